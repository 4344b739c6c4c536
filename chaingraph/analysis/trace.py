"""What a product is made from, step by step, and what it goes into."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Any, Literal

from chaingraph.analysis.state import find_states
from chaingraph.errors import UsageError, did_you_mean
from chaingraph.model import Atlas, Flow, State, Text

Direction = Literal["up", "down"]


@dataclasses.dataclass(frozen=True)
class Step:
    """One product met on the way, and the link by which it was met."""

    depth: int
    """How many links away; 0 is the product asked for."""
    product: str
    name: Text
    state: State
    link_from: str | None = None
    """The product one step nearer to the one asked for."""
    route: str | None = None
    kind: str | None = None
    """Material, energy, equipment, service or byproduct."""
    critical: bool = False
    per: float | None = None
    """Units of the input (or by-product) per unit of the product whose route it is."""
    unit: str | None = None
    seen: bool = False
    """Whether its own links were already told above, as in a loop."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the step as plain values."""
        return dataclasses.asdict(self) | {"name": self.name.text(lang)}


def find_product(atlas: Atlas, words: str) -> str:
    """
    Return the id of the product that is meant by an id, name or alias.

    Raises
    ------
    UsageError
        If no product is called that, with the nearest names.
    """
    if words in atlas.products:
        return words
    names: dict[str, str] = {}
    for id, product in atlas.products.items():
        for name in (product.name.zh, product.name.en, *product.aliases):
            if name:
                names.setdefault(name.casefold(), id)
    found = names.get(words.casefold())
    if found is None:
        hint = did_you_mean(words.casefold(), [*atlas.products, *names])[0]
        raise UsageError(f"no product is called {words!r}{hint}")
    return found


def trace(
    atlas: Atlas,
    product: str,
    *,
    direction: Direction = "up",
    depth: int | None = None,
    as_of: str | datetime.date | None = None,
) -> list[Step]:
    """
    Follow the routes from a product to what it is made from, or to what it goes into.

    Parameters
    ----------
    atlas
        The atlas.
    product
        An id, name or alias.
    direction
        `up` to the inputs, `down` to the users and by-products.
    depth
        How many links to follow; all if none.
    as_of
        The day on which states are told; the atlas's own if none.

    Returns
    -------
    steps
        The product first, then each link below the one it belongs to; in a loop
        the product that closes it is told once more, with `seen`.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> steps = trace(load_atlas(example_atlas()), "PVDF", depth=1)
    >>> [step.product for step in steps]
    ['pvdf', 'vinylidene_fluoride']
    """
    start = find_product(atlas, product)
    states = find_states(atlas, as_of=as_of)
    ties = _ties_up(atlas) if direction == "up" else _ties_down(atlas)
    steps = [Step(0, start, atlas.products[start].name, states[start].state)]
    told = {start}

    def follow(id: str, level: int) -> None:
        for other, route, flow, is_byproduct, unit in ties.get(id, ()):
            step = Step(
                level,
                other,
                atlas.products[other].name,
                states[other].state,
                link_from=id,
                route=route,
                kind="byproduct" if is_byproduct else flow.kind,
                critical=flow.critical,
                per=flow.per.best if flow.per else None,
                unit=unit,
                seen=other in told and bool(ties.get(other)),
            )
            steps.append(step)
            if other not in told and (depth is None or level < depth):
                told.add(other)
                follow(other, level + 1)

    if depth is None or depth > 0:
        follow(start, 1)
    return steps


Tie = tuple[str, str, Flow, bool, str | None]
"""The product at the other end, the route, the flow, whether a by-product, the unit of `per`."""


def _ties(atlas: Atlas) -> Iterator[tuple[str, str, Tie, Tie]]:
    """Yield each link as (from, to, as seen from its end, as seen from its start)."""
    for id in atlas.products:
        for route, other, flow, is_byproduct in atlas.flows(id):
            tail, head = (id, other) if is_byproduct else (other, id)
            said = (route.id, flow, is_byproduct, flow.unit or _own_unit(atlas, other, id))
            yield tail, head, (tail, *said), (head, *said)


def _own_unit(atlas: Atlas, item: str, product: str) -> str | None:
    """The unit of a figure where the atlas leaves it to the two products."""
    top, bottom = atlas.products[item].unit, atlas.products[product].unit
    return f"{top}/{bottom}" if top and bottom else None


def _ties_up(atlas: Atlas) -> dict[str, list[Tie]]:
    ties: dict[str, list[Tie]] = {}
    for _, head, towards_start, _ in _ties(atlas):
        ties.setdefault(head, []).append(towards_start)
    return ties


def _ties_down(atlas: Atlas) -> dict[str, list[Tie]]:
    ties: dict[str, list[Tie]] = {}
    for tail, _, _, towards_end in _ties(atlas):
        ties.setdefault(tail, []).append(towards_end)
    return ties
