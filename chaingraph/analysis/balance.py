"""Supply, demand and shortfall of every product, through routes, by-products and loops.

Every maker runs at its capacity: with ``x`` the activity of each route, ``A`` its inputs
and ``B`` its by-products per unit made,

    supply = capacities + B x,    demand = A x,
    shortfall = max(0, demand - supply),    surplus = max(0, supply - demand),
    cover = supply / demand.

A maker whose capacity is known but not its route is taken to use the first.  A pool
gives what its feeders have left after everyone else.  A product of which nobody knows
how much is made takes part by presence: its figures are None, and those of its inputs
and by-products are partial.  Equipment is bought once, and is no demand of a year.

`find_requirements` turns the question round: what it takes in all to make so much.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from chaingraph.analysis.linkages import solve_fixed_point, total_requirements
from chaingraph.analysis.network import Bools, Floats, Links, Network, make_network
from chaingraph.analysis.scene import Scene
from chaingraph.analysis.state import find_states
from chaingraph.errors import RunawayLoopError, UsageError
from chaingraph.model import Atlas, View

Amounts = tuple[tuple[str, float], ...]
"""Products and how much of something each takes or gives."""

EXACT = 1e-9
"""Below this share of the larger figure a difference is rounding."""

MOST = 1e18
"""More of anything is a slip of the pen."""

MAX_ROUNDS = 100
"""How often the set of what is made may change."""


@dataclasses.dataclass(frozen=True)
class Balance:
    """How much of a product there is here in a year, and how much is needed."""

    product: str
    unit: str | None
    supply: float | None
    """In the product's unit; None if it is made here and nobody knows how much."""
    demand: float | None
    """In the product's unit; None if it is needed here and nobody knows how much."""
    shortfall: float | None
    surplus: float | None
    cover: float | None
    """Supply over demand; None without demand."""
    supply_partial: bool = False
    """Some of what is made here has no figure: supply is at least this much."""
    demand_partial: bool = False
    """Some of what needs it has no figure: demand is at least this much."""
    users: Amounts = ()
    """What takes it, the largest first."""
    byproduct_of: Amounts = ()
    """What gives it as a by-product, the largest first."""
    assumed_routes: tuple[tuple[str, str], ...] = ()
    """(product, route) of makers that name no route, where there is a choice."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the balance as plain values; it holds no text in a language."""
        del lang
        record = dataclasses.asdict(self)
        for name in ("users", "byproduct_of"):
            record[name] = dict(record[name])
        record["assumed_routes"] = [f"{of}:{route}" for of, route in self.assumed_routes]
        return record


BALANCE_COLUMNS = tuple(field.name for field in dataclasses.fields(Balance))
"""The columns of a record, in their order."""


@dataclasses.dataclass(frozen=True)
class Activity:
    """How much each route makes in a year."""

    amount: Floats
    """In the unit of the product that it makes, as far as it is known."""
    runs: Bools
    """Whether it is in use, with or without a figure."""
    partial: Bools
    """Whether a maker of unknown capacity uses it."""
    made: Floats
    """By product: the capacities of its makers."""
    unknown: Bools
    """By product: whether a maker of it has no figure."""
    assumed: frozenset[int]
    """Routes that are the first of several and that a maker uses without saying so."""


def find_balance(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> dict[str, Balance]:
    """
    Balance every product of a place on a day.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    view
        Which capacities count.

    Returns
    -------
    balances
        By product, in the order of the atlas; amounts are per year, in the product's unit.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> balance = find_balance(load_atlas(example_atlas()), view="plan")["chloroform"]
    >>> round(balance.demand), balance.supply is None
    (273438, True)
    """
    scene = Scene(atlas, find_states(atlas, as_of=as_of), view)
    return balance_scene(scene, make_network(atlas))


def balance_scene(scene: Scene, network: Network) -> dict[str, Balance]:
    """
    Balance every product in a scene.

    Parameters
    ----------
    scene
        What is here.
    network
        The routes of the same atlas.

    Returns
    -------
    balances
        By product.
    """
    activity = _run_at_capacity(scene, network)
    needs, gives = network.matrix(network.inputs), network.matrix(network.byproducts)
    supply = activity.made + gives @ activity.amount
    demand = needs @ activity.amount
    lacks_supply = activity.unknown | _touched(network, network.byproducts, activity)
    lacks_demand = _touched(network, network.inputs, activity)
    _fill_pools(scene, network, supply, demand, lacks_supply)
    users = _amounts(network, needs, activity)
    sources = _amounts(network, gives, activity)
    assumed = _assumed(network, activity)
    return {
        id: _make_balance(
            id,
            scene.atlas.products[id].unit,
            (float(supply[index]), bool(lacks_supply[index])),
            (float(demand[index]), bool(lacks_demand[index])),
            (users.get(index, ()), sources.get(index, ()), assumed.get(index, ())),
        )
        for index, id in enumerate(network.products)
    }


def find_requirements(
    atlas: Atlas, amounts: Mapping[str, float], *, routes: Mapping[str, str] | None = None
) -> dict[str, float]:
    """
    Tell what it takes in all to make so much of some products, loops included.

    Solves ``x = max(0, f + (A - B) x)`` with ``A`` the inputs and ``B`` the by-products per
    unit made (Leontief's open model with joint products): what by-products return is not
    made again, and what they give beyond need is left over.

    Parameters
    ----------
    atlas
        The atlas.
    amounts
        Product → how much of it is wanted a year, in its unit.
    routes
        Product → the route to make it by; the first of each where none is named.

    Returns
    -------
    requirements
        Product → how much of it must be made or brought in a year, in its unit; products
        that are not needed, or returned in full, are left out.

    Raises
    ------
    UsageError
        If a product or route is unknown.
    RunawayLoopError
        If a loop takes more of a product than it makes.

    Examples
    --------
    A tonne of siloxane returns as much hydrogen chloride as making it takes:

    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> needs = find_requirements(load_atlas(example_atlas()), {"siloxane_hydrolysate": 1000})
    >>> round(needs["chloromethane"])
    1565
    """
    network = make_network(atlas)
    for id in (*amounts, *(routes or {})):
        if id not in network.number:
            raise UsageError(f"no product {id!r}")
    chosen = _choose_routes(network, routes or {})
    needs = _columns_of(network, network.inputs, chosen)
    gives = _columns_of(network, network.byproducts, chosen)
    wanted = np.zeros(len(network.products))
    for id, amount in amounts.items():
        if not 0 <= amount <= MOST:
            raise UsageError(f"{amount:g} of {id}: it must be zero or more, at most {MOST:g}")
        wanted[network.number[id]] += amount
    try:
        made = _solve_with_byproducts(needs, gives, wanted)
    except RunawayLoopError as error:
        names = [network.products[number] for number in error.loop]
        raise RunawayLoopError(error.loop, names) from None
    least = EXACT * max(made.max(initial=0), wanted.max(initial=0))
    return {
        id: float(amount)
        for id, amount in zip(network.products, made, strict=True)
        if amount > least
    }


# ----------------------------------------------------------------- activity


def _run_at_capacity(scene: Scene, network: Network) -> Activity:
    """Let every maker run at its capacity, by the route that it names or the first."""
    size = len(network.routes)
    amount, runs, partial = np.zeros(size), np.zeros(size, bool), np.zeros(size, bool)
    made, unknown = np.zeros(len(network.products)), np.zeros(len(network.products), bool)
    assumed = set()
    for id in scene.here:
        product, at = scene.atlas.products[id], network.number[id]
        capacities = scene.amounts(id)
        makers = scene.makers(id)
        unknown[at] = any(maker.capacity is None for maker in makers)
        made[at] = sum(capacities.values())
        for maker in makers:
            for route in scene.routes_of(maker)[:1]:
                number = network.route_number[id, route.id]
                runs[number] = True
                if maker.route is None and len(product.all_routes) > 1:
                    assumed.add(number)
                if maker.capacity is None:
                    partial[number] = True
                else:
                    amount[number] += capacities.get(maker.id, 0.0)
    return Activity(amount, runs, partial, made, unknown, frozenset(assumed))


def _touched(network: Network, links: Links, activity: Activity) -> Bools:
    """
    Which products are taken or given at a rate that nobody knows.

    So is what is bought once: how much of it is replaced a year is not known.
    """
    at_unknown_rate = activity.partial[links.route]
    without_figure = activity.runs[links.route] & (np.isnan(links.per) | links.once)
    touched = np.zeros(len(network.products), bool)
    touched[links.product[~links.minor & (at_unknown_rate | without_figure)]] = True
    return touched


def _fill_pools(
    scene: Scene, network: Network, supply: Floats, demand: Floats, lacks_supply: Bools
) -> None:
    """
    Let each pool take what its feeders have left; a pool that feeds a pool goes first.

    All pools take what their users need before any takes the rest.
    """
    pools = [
        (network.number[id], network.route_number[id, route.id])
        for id in _pools_in_order(scene)
        for route in scene.atlas.products[id].all_routes
        if scene.here.issuperset(scene.critical([route]))
    ]
    for needed_only in (True, False):
        for at, number in pools:
            links, is_complete = _feeders(network, number)
            lacks_supply[at] |= not is_complete or any(lacks_supply[other] for other in links)
            if not links:
                continue
            left = {other: max(0.0, supply[other] - demand[other]) for other in links}
            given = min(left[other] / per for other, per in links.items())
            if needed_only:
                given = min(given, max(0.0, demand[at] - supply[at]))
            supply[at] += given
            for other, per in links.items():
                demand[other] += given * per


def _pools_in_order(scene: Scene) -> Iterator[str]:
    """Yield the pools that are here, those that feed others first."""
    products, done = scene.atlas.products, set[str]()

    def visit(id: str) -> Iterator[str]:
        if id in done or not products[id].pool or id not in scene.here:
            return
        done.add(id)
        for route in products[id].all_routes:
            for other in route.inputs:
                yield from visit(other)
        yield id

    for id in products:
        yield from visit(id)


def _feeders(network: Network, route: int) -> tuple[dict[int, float], bool]:
    """Units of each critical input per unit that a pool gives, and whether all have figures."""
    links = network.inputs
    start, end = np.searchsorted(links.route, [route, route + 1])
    critical = [at for at in range(start, end) if links.critical[at] and not links.once[at]]
    known = {int(links.product[at]): float(links.per[at]) for at in critical if links.per[at] > 0}
    products = [network.products[links.product[at]] for at in critical]
    return known, bool(known) and len(known) == len(products)


# ------------------------------------------------------------------ records


def _make_balance(
    id: str,
    unit: str | None,
    supply: tuple[float, bool],
    demand: tuple[float, bool],
    links: tuple[Amounts, Amounts, tuple[tuple[str, str], ...]],
) -> Balance:
    (given, supply_partial), (taken, demand_partial) = supply, demand
    users, byproduct_of, assumed = links
    has_supply = given > 0 or not supply_partial
    has_demand = taken > 0 or not demand_partial
    both = has_supply and has_demand
    difference = taken - given
    if abs(difference) <= EXACT * max(taken, given):
        difference = 0.0
    return Balance(
        product=id,
        unit=unit,
        supply=given if has_supply else None,
        demand=taken if has_demand else None,
        shortfall=max(0.0, difference) if both else None,
        surplus=max(0.0, -difference) if both else None,
        cover=given / taken if both and taken > 0 else None,
        supply_partial=supply_partial,
        demand_partial=demand_partial,
        users=users,
        byproduct_of=byproduct_of,
        assumed_routes=assumed,
    )


def _amounts(network: Network, matrix: csr_array, activity: Activity) -> dict[int, Amounts]:
    """Product number → what the routes in use take or give of it, by the product made."""
    table = matrix.tocoo()
    flows = table.data * activity.amount[table.coords[1]]
    of: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for at in np.flatnonzero(flows):
        maker = network.products[network.maker_of[table.coords[1][at]]]
        of[int(table.coords[0][at])][maker] += float(flows[at])
    return {
        at: tuple(sorted(amounts.items(), key=lambda item: (-item[1], item[0])))
        for at, amounts in of.items()
    }


def _assumed(network: Network, activity: Activity) -> dict[int, tuple[tuple[str, str], ...]]:
    """Product number → the assumed routes that take or give it."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for route in sorted(activity.assumed):
        for links in (network.inputs, network.byproducts):
            start, end = np.searchsorted(links.route, [route, route + 1])
            for at in range(start, end):
                if not links.once[at]:
                    found[int(links.product[at])].append(network.routes[route])
    return {at: tuple(routes) for at, routes in found.items()}


# ------------------------------------------------------------- requirements


def _choose_routes(network: Network, routes: Mapping[str, str]) -> Sequence[int]:
    """One route number for each product that has any: the named one, or the first."""
    chosen: dict[int, int] = {}
    for number in range(len(network.routes)):
        chosen.setdefault(int(network.maker_of[number]), number)
    for id, route in routes.items():
        if (id, route) not in network.route_number:
            known = [name for of, name in network.routes if of == id]
            raise UsageError(f"{id!r} has no route {route!r}: there are {', '.join(known)}")
        chosen[network.number[id]] = network.route_number[id, route]
    return list(chosen.values())


def _columns_of(network: Network, links: Links, chosen: Sequence[int]) -> csr_array:
    """Units of each product per unit of each product made by its chosen route."""
    table = network.matrix(links).tocoo()
    rows, routes = table.coords
    kept = np.isin(routes, np.asarray(chosen, dtype=np.int64))
    size = len(network.products)
    return csr_array(
        (table.data[kept], (rows[kept], network.maker_of[routes[kept]])), shape=(size, size)
    )


def _solve_with_byproducts(needs: csr_array, gives: csr_array, wanted: Floats) -> Floats:
    """
    Find x = max(0, wanted + (needs - gives) x).

    Starts from Leontief's answer, in which nothing is returned, and leaves out what the
    by-products of the others return in full, until that no longer changes.
    """
    made = total_requirements(needs, wanted)
    net = (needs - gives).tocsr()
    active = made > 0
    for _ in range(MAX_ROUNDS):
        made = np.zeros_like(wanted)
        at = np.flatnonzero(active)
        made[at] = solve_fixed_point(net[at][:, at], wanted[at])
        open_need = wanted + net @ made
        again = np.where(active, made, open_need) > EXACT * np.abs(made).max(initial=0)
        if (again == active).all():
            return made
        active = again
    raise UsageError("the by-products of these routes do not settle: name other routes")
