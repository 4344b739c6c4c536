"""What a product is made from, step by step, and what it goes into."""

from __future__ import annotations

import dataclasses
import datetime
from collections import deque
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from chaingraph._html import Cell
from chaingraph._names import find_called
from chaingraph.analysis.state import ProductState, find_states
from chaingraph.errors import NotFoundError, UsageError, find_only, suggest
from chaingraph.figures import Text
from chaingraph.model import Atlas, Flow, State
from chaingraph.outputs.words import word
from chaingraph.records import Records, make_records
from chaingraph.search import search

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
    """Whether its own links are told elsewhere, as in a loop."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the step as plain values."""
        return dataclasses.asdict(self) | {"name": self.name.text(lang)}

    def to_cells(self, lang: str) -> dict[str, Cell]:
        """Return what a person reads of the step, by heading."""
        zh = lang == "zh"
        per = "" if self.per is None else f"{self.per:g} {self.unit or ''}".rstrip()
        return {
            "产品" if zh else "Product": "—" * self.depth
            + " " * bool(self.depth)
            + self.name.text(lang),
            "现状" if zh else "State": word(self.state, lang),
            "种类" if zh else "Kind": word(self.kind or "", lang),
            "单耗" if zh else "Per unit": per,
            "关键" if zh else "Critical": "●" * self.critical,
        }


def find_product(atlas: Atlas, words: str) -> str:
    """
    Return the id of the product that is meant by an id, name or alias.

    Raises
    ------
    NotFoundError
        If no product is called that, with the nearest names.
    AmbiguousError
        If several are.
    """
    if words in atlas.products:
        return words
    found = find_only(words, {id: each.all_names for id, each in atlas.products.items()})
    if found is not None:
        return found
    for id in find_called(words, {id: each.all_names for id, each in atlas.branches.items()}):
        raise NotFoundError(f"{words!r} is a branch, not a product: use --branch {id}", [id])
    near = _find_similar(atlas, words)
    raise NotFoundError(f"no product is called {words!r}{suggest(near)[0]}", near)


def _find_similar(atlas: Atlas, words: str) -> list[str]:
    """Name two products that may be meant, as they are written; of a code, what it stands for."""
    return [
        hit.matched if hit.matched in atlas.products[hit.product].all_names else hit.product
        for hit in search(atlas, words)[:2]
    ]


def trace(
    atlas: Atlas,
    product: str,
    *,
    direction: Direction = "up",
    depth: int | None = None,
    as_of: str | datetime.date | None = None,
) -> Records[Step]:
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
        The product first, then each link below the one it belongs to.  A product is
        followed where it is met nearest to the start, and only told elsewhere, with
        `seen`; so loops end.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> steps = trace(load_atlas(example_atlas()), "PVDF", depth=1)
    >>> [step.product for step in steps]
    ['pvdf', 'vinylidene_fluoride']
    """
    if direction not in ("up", "down"):
        raise UsageError(f"no direction {direction!r}: use 'up' or 'down'")
    start = find_product(atlas, product)
    states = find_states(atlas, as_of=as_of)
    ties = _find_ties(atlas, direction)
    distance = _distances(ties, start)
    steps = [Step(0, start, atlas.products[start].name, states[start].state)]
    told = {start}
    waiting = [(1, start, iter(ties.get(start, ()) if depth != 0 else ()))]
    while waiting:
        level, id, rest = waiting[-1]
        tie = next(rest, None)
        if tie is None:
            waiting.pop()
            continue
        # what is met again, or will be met nearer, is not followed here
        follow = tie.product not in told and distance[tie.product] == level
        told.update([tie.product] if follow else [])
        seen = not follow and bool(ties.get(tie.product))
        steps.append(_make_step(atlas, states, level, id, tie, seen=seen))
        if follow and level != depth:
            waiting.append((level + 1, tie.product, iter(ties.get(tie.product, ()))))
    up = direction == "up"
    zh, en = ("上溯", "Upstream") if up else ("下延", "Downstream")
    return make_records(atlas, steps, zh, en, as_of=as_of)


class Tie(NamedTuple):
    """A link as seen from one of its ends."""

    product: str
    """The product at the other end."""
    route: str
    flow: Flow
    is_byproduct: bool
    unit: str | None
    """The unit of the flow's figure."""


def _make_step(
    atlas: Atlas,
    states: Mapping[str, ProductState],
    level: int,
    link_from: str,
    tie: Tie,
    *,
    seen: bool,
) -> Step:
    flow = tie.flow
    return Step(
        level,
        tie.product,
        atlas.products[tie.product].name,
        states[tie.product].state,
        link_from=link_from,
        route=tie.route,
        kind="byproduct" if tie.is_byproduct else flow.kind,
        critical=flow.critical,
        per=flow.per.best if flow.per else None,
        unit=tie.unit,
        seen=seen,
    )


def _find_ties(atlas: Atlas, direction: Direction) -> dict[str, list[Tie]]:
    """Return the links of each product in one direction, goods moving from input to product."""
    ties: dict[str, list[Tie]] = {}
    for id in atlas.products:
        for route, other, flow, is_byproduct in atlas.flows(id):
            tail, head = (id, other) if is_byproduct else (other, id)
            near, far = (head, tail) if direction == "up" else (tail, head)
            unit = flow.unit or _own_unit(atlas, other, id)
            ties.setdefault(near, []).append(Tie(far, route.id, flow, is_byproduct, unit))
    return ties


def _own_unit(atlas: Atlas, item: str, product: str) -> str | None:
    """The unit of a figure where the atlas leaves it to the two products."""
    top, bottom = atlas.products[item].unit, atlas.products[product].unit
    return f"{top}/{bottom}" if top and bottom else None


def _distances(ties: Mapping[str, list[Tie]], start: str) -> dict[str, int]:
    """How many links each product is away from the start."""
    distance = {start: 0}
    queue = deque([start])
    while queue:
        id = queue.popleft()
        for tie in ties.get(id, ()):
            if tie.product not in distance:
                distance[tie.product] = distance[id] + 1
                queue.append(tie.product)
    return distance
