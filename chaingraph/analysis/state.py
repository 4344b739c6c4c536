"""Who makes what when, and so the state of every product on a date.

The state of a product is the highest that any enterprise or project reaches:
``present``, ``building``, ``signed`` or ``absent``.  A by-product is here as far
as the product is that it comes with.  A pool, such as the hydrogen network, is
made by no firm: it is here as far as the critical inputs of one of its routes
are.  Both are followed round loops from what firms make, so that no product is
here only because it is here.

A date that is known only to the month or year counts from its last day.  What
an enterprise makes since nobody knows when counts on every date.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.figures import Confidence, Figure, Named, last_day
from chaingraph.model import (
    MILESTONES,
    Atlas,
    Milestone,
    Output,
    Product,
    Project,
    Route,
    State,
    View,
    amount_in,
)

STATES: tuple[State, ...] = ("absent", "signed", "building", "present")
"""The states, lowest first."""

VIEWS: dict[View, tuple[State, ...]] = {
    "actual": ("present",),
    "building": ("present", "building"),
    "plan": ("present", "building", "signed"),
}
"""Which states each view counts as here."""

_STATE_AT: dict[Milestone, State] = {
    "planned": "absent",
    "negotiating": "absent",
    "signed": "signed",
    "started": "building",
    "building": "building",
    "operating": "present",
    "full": "present",
    "stopped": "absent",
}


def counted_states(view: View) -> tuple[State, ...]:
    """
    Return the states that a view counts as here.

    Raises
    ------
    UsageError
        If there is no such view.
    """
    if view not in VIEWS:
        raise UsageError(f"no view {view!r}{did_you_mean(view, VIEWS)[0]}: use {', '.join(VIEWS)}")
    return VIEWS[view]


@dataclasses.dataclass(frozen=True)
class Maker:
    """An enterprise or project that makes, or will make, a product here."""

    product: str
    id: str
    """The id of the enterprise or project."""
    kind: str
    """``enterprise`` or ``project``."""
    state: State
    capacity: float | None
    """In the product's unit as written in the atlas, or None where not known."""
    unit: str | None
    since: str | None
    """When it reached that state, where known."""
    seen: str | None
    """When the evidence was written, where that is all that is known."""
    route: str | None
    confidence: Confidence | None
    sources: tuple[str, ...]
    note: str | None


@dataclasses.dataclass(frozen=True)
class ProductState:
    """The state of one product on a date, and why."""

    product: str
    state: State
    makers: tuple[Maker, ...] = ()
    """Who makes it or will, highest state first."""
    byproduct_of: tuple[str, ...] = ()
    """The products it comes with."""
    pool_of: tuple[str, ...] = ()
    """For a pool, the inputs that feed it."""

    @property
    def confidence(self) -> Confidence | None:
        """The best confidence among the makers that reach the state."""
        grades = [maker.confidence for maker in self.makers if maker.state == self.state]
        return min((grade for grade in grades if grade), key="HML".index, default=None)


@dataclasses.dataclass(frozen=True)
class Tally:
    """How many products of a group are in each state."""

    present: int
    building: int
    signed: int
    absent: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.present + self.building + self.signed + self.absent


def project_milestone(project: Project, day: datetime.date) -> Milestone | None:
    """
    Return the last milestone that a project has reached on a day.

    Parameters
    ----------
    project
        The project.
    day
        The day asked for.

    Returns
    -------
    milestone
        `stopped` if it has been, None if nothing is known yet.
    """
    reached = {name for name, date in project.milestones.items() if last_day(date) <= day}
    if "stopped" in reached:
        return "stopped"
    return next((name for name in reversed(MILESTONES) if name in reached), None)


def find_makers(atlas: Atlas, *, as_of: str | datetime.date | None = None) -> list[Maker]:
    """
    List who makes what on a day, what is signed and building included.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.

    Returns
    -------
    makers
        One for each enterprise or project and product, in the order of the atlas.
    """
    day = atlas.date(as_of)
    makers = []
    for id, enterprise in atlas.enterprises.items():
        for product, output in enterprise.makes.items():
            if _runs(output, day):
                makers.append(_enterprise_maker(atlas, id, product, output))
    for id, project in atlas.projects.items():
        milestone = project_milestone(project, day)
        if milestone and _STATE_AT[milestone] != "absent":
            makers.extend(_project_makers(atlas, id, milestone))
    return makers


def find_states(
    atlas: Atlas, *, as_of: str | datetime.date | None = None
) -> dict[str, ProductState]:
    """
    Tell the state of every product on a day.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.

    Returns
    -------
    states
        By product, in the order of the atlas.
    """
    makers: dict[str, list[Maker]] = {product: [] for product in atlas.products}
    for maker in find_makers(atlas, as_of=as_of):
        makers[maker.product].append(maker)
    for ranked in makers.values():
        ranked.sort(key=lambda maker: -STATES.index(maker.state))
    level = {
        product: STATES.index(ranked[0].state) if ranked else 0
        for product, ranked in makers.items()
    }
    byproduct_of, pool_of = _spread(atlas, level, makers)
    return {
        product: ProductState(
            product,
            STATES[level[product]],
            tuple(makers[product]),
            tuple(sorted(byproduct_of.get((product, level[product]), ()))),
            tuple(sorted(pool_of.get(product, ()))),
        )
        for product in atlas.products
    }


def capacity(atlas: Atlas, state: ProductState, *, view: View = "actual") -> float | None:
    """
    Sum the capacities that a view counts as here.

    Parameters
    ----------
    atlas
        The atlas.
    state
        The state of a product, with its makers.
    view
        Which states count.

    Returns
    -------
    capacity
        In the product's unit; None where no maker's capacity is known.
    """
    amounts = counted_amounts(atlas, state, counted_states(view))
    return sum(amounts.values()) if amounts else None


def counted_amounts(
    atlas: Atlas, state: ProductState, counted: Collection[State]
) -> dict[str, float]:
    """
    Return the capacities of the makers in some states.

    Parameters
    ----------
    atlas
        The atlas.
    state
        The state of a product, with its makers.
    counted
        Which states count.

    Returns
    -------
    amounts
        Maker → capacity in the product's unit, of those whose capacity is known.  Of two
        projects that are in part the same only the larger is there: it stands for both.
    """
    product = atlas.products[state.product]
    amounts = {
        maker.id: amount_in(maker.capacity, maker.unit, product)
        for maker in state.makers
        if maker.state in counted and maker.capacity is not None
    }
    for id in sorted(amounts, key=lambda id: (amounts[id], id)):
        if any(overlap(atlas, id, other) for other in amounts):
            del amounts[id]
    return amounts


def overlap(atlas: Atlas, one: str, other: str) -> bool:
    """Tell whether two projects are in part the same; one of them saying so is enough."""
    projects = atlas.projects
    if one not in projects or other not in projects:
        return False
    return other in projects[one].overlaps or one in projects[other].overlaps


def tally(states: Mapping[str, ProductState], products: Iterable[str]) -> Tally:
    """
    Count the products of a group by state.

    Parameters
    ----------
    states
        As `find_states` returns them.
    products
        The group, such as the products of a branch.

    Returns
    -------
    tally
        The counts.
    """
    found = [states[product].state for product in products]
    return Tally(*(found.count(state) for state in reversed(STATES)))


def usual_routes(product: Product, makers: Iterable[Maker] = ()) -> list[Route]:
    """
    Return the routes by which a product is made.

    Parameters
    ----------
    product
        The product.
    makers
        Those who make it, as far as they count.

    Returns
    -------
    routes
        Those that the makers name; of one that names none, and where there is no maker, the first.
    """
    names = {maker.route for maker in makers}
    first = product.all_routes[:1] if None in names or not names else []
    return [route for route in product.all_routes if route.id in names or route in first]


def _runs(output: Output, day: datetime.date) -> bool:
    begun = output.since is None or last_day(output.since) <= day
    return begun and (output.until is None or day <= last_day(output.until))


def _enterprise_maker(atlas: Atlas, id: str, product: str, output: Output) -> Maker:
    enterprise, amount = atlas.enterprises[id], output.capacity
    return Maker(
        product=product,
        id=id,
        kind="enterprise",
        state="present",
        capacity=amount.best if amount else None,
        unit=(amount.unit if amount else None) or atlas.products[product].unit,
        since=output.since,
        seen=output.seen,
        route=output.route,
        confidence=(amount.confidence if amount else None)
        or output.confidence
        or enterprise.confidence,
        sources=_cited(amount, output, enterprise),
        note=output.note or (amount.note if amount else None),
    )


def _cited(*entities: Figure | Output | Named | None) -> tuple[str, ...]:
    """All sources of a fact: the figure's own first, then those of what it stands in."""
    keys = [key for entity in entities if entity is not None for key in entity.sources]
    return tuple(dict.fromkeys(keys))


def _project_makers(atlas: Atlas, id: str, milestone: Milestone) -> list[Maker]:
    project = atlas.projects[id]
    return [
        Maker(
            product=product,
            id=id,
            kind="project",
            state=_STATE_AT[milestone],
            capacity=amount.best if amount else None,
            unit=(amount.unit if amount else None) or atlas.products[product].unit,
            since=project.milestones[milestone],
            seen=None,
            route=project.route.get(product),
            confidence=(amount.confidence if amount else None) or project.confidence,
            sources=_cited(amount, project),
            note=amount.note if amount else None,
        )
        for product, amount in project.capacity.items()
    ]


def _spread(
    atlas: Atlas, level: dict[str, int], makers: Mapping[str, list[Maker]]
) -> tuple[dict[tuple[str, int], set[str]], dict[str, set[str]]]:
    """Raise by-products and pools to the level of what they come from, to a fixed point."""
    byproduct_of: dict[tuple[str, int], set[str]] = {}
    pool_of: dict[str, set[str]] = {}
    changed = True
    while changed:
        changed = False
        for id, product in atlas.products.items():
            before = level[id]
            if product.pool:
                _fill_pool(id, product, level, pool_of)
            changed |= level[id] > before
            if level[id]:
                changed |= _raise_byproducts(id, product, level, makers[id], byproduct_of)
    return byproduct_of, pool_of


def _fill_pool(
    id: str, product: Product, level: dict[str, int], pool_of: dict[str, set[str]]
) -> None:
    for route in product.all_routes:
        needed = [other for other, flow in route.inputs.items() if flow.critical]
        reached = min((level[other] for other in needed), default=0)
        if reached:
            pool_of.setdefault(id, set()).update(needed)
            level[id] = max(level[id], reached)


def _raise_byproducts(
    id: str,
    product: Product,
    level: dict[str, int],
    makers: Sequence[Maker],
    byproduct_of: dict[tuple[str, int], set[str]],
) -> bool:
    """Raise what comes with each maker's product to that maker's level."""
    raised = False
    reached = [([maker], STATES.index(maker.state)) for maker in makers]
    if product.pool:
        reached.append(([], level[id]))
    for of, height in reached:
        for route in usual_routes(product, of):
            for other in route.byproducts:
                byproduct_of.setdefault((other, height), set()).add(id)
                if level[other] < height:
                    level[other] = height
                    raised = True
    return raised
