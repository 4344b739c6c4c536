"""Least-cost ways through routes: all inputs of a route (AND), one route a product (OR).

A way is a set of products to land, each by a route whose inputs are at hand, come as a
by-product of what is landed, or are landed too, in an order in which nothing comes
before what it needs: no product may justify itself.  The least-cost one is a minimal
hyperpath (Ausiello, Franciosa and Frigioni 2001); it is found by an integer programme
(scipy's HiGHS) in which every set of products that only justify each other is cut off
by its loop formula (Lin and Zhao 2004) until none is left.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet

import networkx as nx
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from chaingraph.analysis.network import Floats
from chaingraph.errors import ChaingraphError

MAX_CUTS = 500
"""After how many rounds the search is given up."""

CHOSEN = 0.5
"""From which value a yes-or-no variable is a yes."""

Row = tuple[dict[int, float], float, float]
"""Variable → coefficient, and the bounds of their sum."""


@dataclasses.dataclass(frozen=True)
class Way:
    """One route: what it makes, what it needs, what comes with it."""

    product: str
    route: str | None
    """None for a product of which the atlas does not say what it takes."""
    needs: frozenset[str]
    brings: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Plan:
    """Products to land and the routes to land them by."""

    ways: tuple[Way, ...]
    """In an order in which each has what it needs."""
    cost: float

    @property
    def products(self) -> tuple[str, ...]:
        """The products, in that order."""
        return tuple(dict.fromkeys(way.product for way in self.ways))


@dataclasses.dataclass(frozen=True)
class Search:
    """The variables of the programme: landing products, using ways, having products."""

    ways: tuple[Way, ...]
    landed: Mapping[str, int]
    """Product → the variable that says whether it is landed."""
    had: Mapping[str, int]
    """Product that is not at hand → the variable that says whether it comes to be had."""
    used: Mapping[Way, int]
    """Way → the variable that says whether it is used."""

    @property
    def size(self) -> int:
        """How many variables there are."""
        return len(self.landed) + len(self.had) + len(self.used)


def derive(ways: Iterable[Way], at_hand: AbstractSet[str]) -> dict[str, Way]:
    """
    Chain forward: what can be made, step by step, from what is at hand.

    Parameters
    ----------
    ways
        The routes that may be used.
    at_hand
        The products to start from.

    Returns
    -------
    derived
        Product that is not at hand → the way by which it is first reached, in the order
        in which they are reached.
    """
    waiting: dict[str, list[int]] = defaultdict(list)
    all_ways = list(ways)
    open_needs = [0] * len(all_ways)
    derived: dict[str, Way] = {}
    queue: list[Way] = []
    for index, way in enumerate(all_ways):
        missing = way.needs - at_hand
        open_needs[index] = len(missing)
        for need in missing:
            waiting[need].append(index)
        if not missing:
            queue.append(way)
    for way in queue:
        for product in (way.product, *sorted(way.brings)):
            if product in at_hand or product in derived:
                continue
            derived[product] = way
            for index in waiting[product]:
                open_needs[index] -= 1
                if not open_needs[index]:
                    queue.append(all_ways[index])
    return derived


def index_ways(ways: Iterable[Way]) -> dict[str, list[Way]]:
    """Product → the ways that make or bring it."""
    makes: dict[str, list[Way]] = defaultdict(list)
    for way in ways:
        for product in (way.product, *way.brings):
            makes[product].append(way)
    return dict(makes)


def relevant_ways(
    ways_to: Mapping[str, Sequence[Way]], target: str, at_hand: AbstractSet[str]
) -> list[Way]:
    """Return the ways that could have a part in making a target."""
    seen, queue, kept = {target}, [target], dict[Way, None]()
    for product in queue:
        for way in ways_to.get(product, ()):
            kept[way] = None
            for other in sorted((way.needs | {way.product}) - at_hand - seen):
                seen.add(other)
                queue.append(other)
    return list(kept)


def find_plan(
    ways_to: Mapping[str, Sequence[Way]],
    target: str,
    at_hand: AbstractSet[str],
    costs: Mapping[str, float],
    *,
    without: Sequence[Collection[str]] = (),
) -> Plan | None:
    """
    Find the cheapest set of products to land so that a target can be made.

    Parameters
    ----------
    ways_to
        The routes that may be used, as `index_ways` gives them.
    target
        The product to have, made or as a by-product.
    at_hand
        The products that need not be landed.
    costs
        What landing each product costs, above zero.
    without
        Sets of products that must not be part of the plan as a whole, to find another.

    Returns
    -------
    plan
        None if no order of landing makes the target.

    Notes
    -----
    Where no product that takes part comes in more than one way, there is nothing to search:
    whatever else is landed, the target is had by these ways, and it needs no others.
    """
    ways = relevant_ways(ways_to, target, at_hand)
    derived = derive(ways, at_hand)
    if target not in derived:
        return None
    reached = derived.keys() | at_hand
    ways = [way for way in ways if way.needs <= reached]
    choices = index_ways(ways)
    if any(len(choices[product]) > 1 for product in _trace(derived, target, at_hand)):
        return search_plan(ways, target, at_hand, costs, without=without)
    plan = _make_plan(derived, target, at_hand, costs)
    return None if any(set(taken) <= set(plan.products) for taken in without) else plan


def search_plan(
    ways: Sequence[Way],
    target: str,
    at_hand: AbstractSet[str],
    costs: Mapping[str, float],
    *,
    without: Sequence[Collection[str]] = (),
) -> Plan | None:
    """Find the cheapest plan among ways whose needs can all be had; see `find_plan`."""
    search = make_search(ways, at_hand)
    rows = support_rows(search, at_hand)
    rows.append(({search.had[target]: 1.0}, 1.0, 1.0))
    for taken in without:
        if all(product in search.landed for product in taken):
            each = {search.landed[product]: 1.0 for product in taken}
            rows.append((each, 0.0, len(taken) - 1.0))
    objective = np.zeros(search.size)
    for product, at in search.landed.items():
        objective[at] = costs[product]
    values = solve(search, at_hand, objective, rows)
    if values is None:
        return None
    used = [way for way, at in search.used.items() if values[at] > CHOSEN]
    return _make_plan(derive(used, at_hand), target, at_hand, costs)


def make_search(ways: Sequence[Way], at_hand: AbstractSet[str]) -> Search:
    """Number the variables for some ways."""
    landed = list(dict.fromkeys(way.product for way in ways))
    met = (other for way in ways for other in (way.product, *sorted(way.brings | way.needs)))
    had = list(dict.fromkeys(product for product in met if product not in at_hand))
    return Search(
        ways=tuple(ways),
        landed={product: index for index, product in enumerate(landed)},
        had={product: len(landed) + index for index, product in enumerate(had)},
        used={way: len(landed) + len(had) + index for index, way in enumerate(ways)},
    )


def support_rows(search: Search, at_hand: AbstractSet[str]) -> list[Row]:
    """Say that what is landed has a way, a way has its needs, what is had comes from somewhere."""
    rows: list[Row] = []
    own: dict[str, dict[int, float]] = defaultdict(dict)
    bringing: dict[str, dict[int, float]] = defaultdict(dict)
    for way, used in search.used.items():
        own[way.product][used] = -1.0
        for product in (way.product, *way.brings):
            bringing[product][used] = -1.0
        rows.append(({used: 1.0, search.landed[way.product]: -1.0}, -np.inf, 0.0))
        missing = sorted(way.needs - at_hand)
        rows += [({used: 1.0, search.had[need]: -1.0}, -np.inf, 0.0) for need in missing]
    for product, landed in search.landed.items():
        rows.append(({landed: 1.0, **own[product]}, -np.inf, 0.0))
    for product, had in search.had.items():
        rows.append(({had: 1.0, **bringing[product]}, -np.inf, 0.0))
    return rows


def _loop_rows(search: Search, loop: AbstractSet[str]) -> list[Row]:
    """Say that what is in a loop is had only by a way that needs nothing of the loop."""
    outside = {
        used: -1.0
        for way, used in search.used.items()
        if not way.needs & loop and (way.product in loop or way.brings & loop)
    }
    return [({search.had[product]: 1.0, **outside}, -np.inf, 0.0) for product in sorted(loop)]


def solve(
    search: Search, at_hand: AbstractSet[str], objective: Floats, rows: list[Row]
) -> Floats | None:
    """
    Minimise an objective over landings in which no product justifies itself.

    Parameters
    ----------
    search
        The variables.
    at_hand
        The products that need not be landed.
    objective
        The cost of each variable.
    rows
        The constraints, `support_rows` among them; loop formulas are added to them.

    Returns
    -------
    values
        The value of each variable; None if nothing satisfies the rows.
    """
    if not search.size:  # scipy's solver takes no programme without variables
        return np.zeros(0)
    for _ in range(MAX_CUTS):
        found = milp(
            objective,
            constraints=_constraint(rows, search.size),
            integrality=np.ones(search.size),
            bounds=Bounds(0, 1),
        )
        if found.x is None:
            return None
        values = np.asarray(found.x, dtype=np.float64)
        had = {product for product, at in search.had.items() if values[at] > CHOSEN}
        used = [way for way, at in search.used.items() if values[at] > CHOSEN]
        loop = had - derive(used, at_hand).keys()
        if not loop:
            return values
        for part in _loops_in(used, loop):
            rows += _loop_rows(search, part)
    raise ChaingraphError("the loops of these routes are too many to search")


def _loops_in(used: Sequence[Way], unfounded: AbstractSet[str]) -> list[AbstractSet[str]]:
    """The whole of what is not founded, and each loop in it."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_edges_from(
        (need, product)
        for way in used
        for product in (way.product, *way.brings)
        for need in way.needs
        if product in unfounded and need in unfounded
    )
    loops: list[AbstractSet[str]] = [
        part for part in nx.strongly_connected_components(graph) if len(part) > 1
    ]
    return loops if loops == [unfounded] else [unfounded, *loops]


def _constraint(rows: Sequence[Row], size: int) -> LinearConstraint:
    at = [index for index, (terms, _, _) in enumerate(rows) for _ in terms]
    variables = [variable for terms, _, _ in rows for variable in terms]
    values = [value for terms, _, _ in rows for value in terms.values()]
    matrix = csr_array((values, (at, variables)), shape=(len(rows), size))
    return LinearConstraint(matrix, [low for _, low, _ in rows], [high for *_, high in rows])


def _make_plan(
    derived: Mapping[str, Way], target: str, at_hand: AbstractSet[str], costs: Mapping[str, float]
) -> Plan:
    """Leave out of what was derived what the target does not need."""
    wanted = _trace(derived, target, at_hand)
    ways = tuple(dict.fromkeys(way for product, way in derived.items() if product in wanted))
    return Plan(ways, sum(costs[product] for product in {way.product for way in ways}))


def _trace(derived: Mapping[str, Way], target: str, at_hand: AbstractSet[str]) -> set[str]:
    """Trace back what must be derived for a target, the target included."""
    wanted, queue = {target}, [target]
    for product in queue:
        way = derived[product]
        for other in sorted((way.needs | {way.product}) - at_hand - wanted):
            wanted.add(other)
            queue.append(other)
    return wanted
