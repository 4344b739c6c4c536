"""The plain way: networkx and dictionaries, as one would write each step by hand.

Nothing here is slowed down on purpose.  Where a definition is the engine's own, such as
who counts as a maker or when a product is weak, it is followed, so that counts can be
compared; what the engine adds beside (sentences in two languages, sources, sizes,
intervals of ranks) is not done here.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from chaingraph.figures import last_day
from chaingraph.model import MILESTONES, Atlas, Product, Project, amount_in
from chaingraph.units import split_ratio

LEVELS = {"signed": 1, "started": 2, "building": 2, "operating": 3, "full": 3}
HERE = 3
TINY = 1e-12
MOST_ROUNDS = 10_000


class Maker(NamedTuple):
    """Who makes a product."""

    id: str
    owner: str
    level: int
    capacity: float | None
    route: str | None


class Place(NamedTuple):
    """What the state step finds."""

    level: dict[str, int]
    makers: dict[str, list[Maker]]
    given: set[str]
    """By-products of what is here."""

    def here(self) -> set[str]:
        """What is made now."""
        return {id for id, level in self.level.items() if level == HERE}

    def operating(self, id: str) -> list[Maker]:
        """Who makes a product now."""
        return [maker for maker in self.makers[id] if maker.level == HERE]


# -------------------------------------------------------------------- state


def find_state(atlas: Atlas) -> Place:
    """Loop over firms and projects, then over products until by-products settle."""
    day = last_day(atlas.as_of)
    makers: dict[str, list[Maker]] = {id: [] for id in atlas.products}
    for id, firm in atlas.enterprises.items():
        for product, output in firm.makes.items():
            begun = output.since is None or last_day(output.since) <= day
            if begun and (output.until is None or day <= last_day(output.until)):
                amount = _amount(atlas.products[product], output.capacity)
                makers[product].append(Maker(id, id, HERE, amount, output.route))
    for id, project in atlas.projects.items():
        level = _project_level(project, day)
        for product, figure in project.capacity.items() if level else ():
            amount = _amount(atlas.products[product], figure)
            route = project.route.get(product)
            makers[product].append(Maker(id, project.enterprise or id, level, amount, route))
    level = {id: max((maker.level for maker in of), default=0) for id, of in makers.items()}
    return _spread(atlas, Place(level, makers, set()))


def _spread(atlas: Atlas, place: Place) -> Place:
    level, changed = place.level, True
    while changed:
        changed = False
        for id, product in atlas.products.items():
            if product.pool:
                changed |= _raise(level, id, _pool_level(product, level))
            for maker in place.makers[id]:
                for route in _routes_of(product, maker):
                    for other in route.byproducts:
                        changed |= _raise(level, other, maker.level)
                        if maker.level == level[other]:
                            place.given.add(other)
    return place


def _raise(level: dict[str, int], id: str, height: int) -> bool:
    higher = height > level[id]
    level[id] = max(level[id], height)
    return higher


def _pool_level(product: Product, level: Mapping[str, int]) -> int:
    return max(
        min((level[of] for of, flow in route.inputs.items() if flow.critical), default=0)
        for route in product.all_routes
    )


def _routes_of(product: Product, maker: Maker) -> list[Any]:
    if maker.route is None:
        return product.all_routes[:1]
    return [route for route in product.all_routes if route.id == maker.route]


def _project_level(project: Project, day: datetime.date) -> int:
    reached = [name for name, date in project.milestones.items() if last_day(date) <= day]
    if "stopped" in reached or not reached:
        return 0
    return LEVELS.get(max(reached, key=MILESTONES.index), 0)


def _amount(product: Product, figure: Any) -> float | None:
    if figure is None or figure.best is None:
        return None
    return amount_in(figure.best, figure.unit, product)


# -------------------------------------------------------------------- graph


def make_graph(atlas: Atlas) -> nx.DiGraph[Any]:
    """Products and routes as nodes: input -> route -> product and by-products."""
    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_nodes_from(atlas.products, kind="product")
    for id, product in atlas.products.items():
        for route in product.all_routes:
            node = (id, route.id)
            graph.add_edge(node, id, makes=True)
            for other, flow in route.inputs.items():
                per = _per(atlas, product, other, flow)
                graph.add_edge(
                    other, node, per=per, critical=flow.critical, minor=flow.minor, kind=flow.kind
                )
            for other, flow in route.byproducts.items():
                per = _per(atlas, product, other, flow)
                graph.add_edge(node, other, makes=False, per=per, minor=flow.minor, kind=flow.kind)
    return graph


def make_supply(graph: nx.DiGraph[Any]) -> nx.DiGraph[str]:
    """Draw the routes together: product -> product, minor links left out."""
    supply: nx.DiGraph[str] = nx.DiGraph()
    supply.add_nodes_from(id for id in graph if isinstance(id, str))
    supply.add_edges_from(
        (other, node[0])
        for other, node, link in graph.edges(data=True)
        if isinstance(other, str) and not link["minor"]
    )
    return supply


def routes(graph: nx.DiGraph[Any], id: str) -> list[tuple[str, str]]:
    """Return the routes that make a product."""
    return [node for node in graph.predecessors(id) if graph.edges[node, id]["makes"]]


def critical(graph: nx.DiGraph[Any], node: tuple[str, str]) -> list[str]:
    """Return the critical inputs of a route."""
    return [other for other, link in graph.pred[node].items() if link["critical"]]


def _per(atlas: Atlas, product: Product, other: str, flow: Any) -> float:
    if flow.per is None or flow.per.best is None:
        return math.nan
    if flow.unit is None:
        return float(flow.per.best)
    top, bottom = split_ratio(flow.unit)
    hours = atlas.utilisation.get(other)
    try:
        amount = amount_in(
            flow.per.best, top, atlas.products[other], hours=hours.best if hours else None
        )
        return amount / amount_in(1, bottom, product)
    except ValueError:
        return math.nan


def in_use(graph: nx.DiGraph[Any], place: Place) -> dict[tuple[str, str], list[Maker]]:
    """Route in use -> who uses it."""
    used: dict[tuple[str, str], list[Maker]] = defaultdict(list)
    for id in place.makers:
        for maker in place.operating(id):
            nodes = [node for node in routes(graph, id) if maker.route in (None, node[1])]
            for node in nodes[:1]:
                used[node].append(maker)
    return used


# ------------------------------------------------------------------ balance


def balance_presence(graph: nx.DiGraph[Any], place: Place) -> dict[str, tuple[int, bool]]:
    """Product that is needed here -> by how many routes in use, and whether it is here."""
    needed: Counter[str] = Counter()
    for node in in_use(graph, place):
        for other in graph.predecessors(node):
            if not graph.edges[other, node]["minor"]:
                needed[other] += 1
    here = place.here()
    return {id: (count, id in here) for id, count in needed.items()}


class Amounts(NamedTuple):
    """Supply and demand by product, and where a figure is lacking."""

    supply: dict[str, float]
    demand: dict[str, float]
    supply_lacks: set[str]
    demand_lacks: set[str]

    def is_short(self, id: str) -> bool:
        """Less is surely made than is needed."""
        supply, demand = self.supply[id], self.demand[id]
        return id not in self.supply_lacks and demand - supply > 1e-9 * max(demand, supply)

    def is_used_up(self, id: str) -> bool:
        """All that is made is surely needed."""
        supply, demand = self.supply[id], self.demand[id]
        return demand > 0 and id not in self.supply_lacks and supply - demand <= 1e-9 * demand


def balance_amounts(atlas: Atlas, graph: nx.DiGraph[Any], place: Place) -> Amounts:
    """Add up what makers at capacity make, take and give."""
    found = Amounts(
        dict.fromkeys(place.makers, 0.0), dict.fromkeys(place.makers, 0.0), set(), set()
    )
    for id in place.makers:
        for maker in place.operating(id):
            found.supply[id] += maker.capacity or 0.0
            if maker.capacity is None:
                found.supply_lacks.add(id)
    for node, makers in in_use(graph, place).items():
        amount = sum(maker.capacity or 0.0 for maker in makers)
        partial = any(maker.capacity is None for maker in makers)
        for other, link in graph.pred[node].items():
            _add(found.demand, found.demand_lacks, other, link, amount, partial=partial)
        for other, link in graph.succ[node].items():
            if not link["makes"]:
                _add(found.supply, found.supply_lacks, other, link, amount, partial=partial)
    for id in _pools(atlas, place):
        for node in routes(graph, id):
            _fill(graph, place, found, node)
    return found


def _pools(atlas: Atlas, place: Place) -> list[str]:
    """Return the pools that are here, those that feed others first."""
    pools = {id for id, product in atlas.products.items() if product.pool} & place.here()
    feeds: nx.DiGraph[str] = nx.DiGraph()
    feeds.add_nodes_from(pools)
    feeds.add_edges_from(
        (other, id)
        for id in pools
        for route in atlas.products[id].all_routes
        for other in pools.intersection(route.inputs)
    )
    return list(nx.topological_sort(feeds))


def _fill(graph: nx.DiGraph[Any], place: Place, found: Amounts, node: tuple[str, str]) -> None:
    """Let a pool take what those that feed it have left."""
    needs = critical(graph, node)
    if any(place.level[other] < HERE for other in needs):
        return
    links = {other: graph.edges[other, node] for other in needs}
    feeders = {of: link["per"] for of, link in links.items() if _is_yearly(link) and link["per"]}
    if not feeders:
        found.supply_lacks.add(node[0])
        return
    given = min(max(0.0, found.supply[of] - found.demand[of]) / per for of, per in feeders.items())
    found.supply[node[0]] += given
    if not found.supply_lacks.isdisjoint(feeders):
        found.supply_lacks.add(node[0])
    for of, per in feeders.items():
        found.demand[of] += given * per


def _add(
    total: dict[str, float], lacks: set[str], id: str, link: Any, amount: float, *, partial: bool
) -> None:
    if _is_yearly(link):
        total[id] += amount * link["per"]
    if (partial or not _is_yearly(link)) and not link["minor"]:
        lacks.add(id)


def find_requirements(graph: nx.DiGraph[Any], amounts: Mapping[str, float]) -> dict[str, float]:
    """Repeat x = max(0, f + (A - B) x) over dictionaries until it settles; first routes only."""
    first = {id: nodes[0] for id in graph if isinstance(id, str) and (nodes := routes(graph, id))}
    made = dict(amounts)
    for _ in range(MOST_ROUNDS):
        again: dict[str, float] = defaultdict(float, amounts)
        for id, amount in made.items():
            node = first.get(id)
            for other, link in graph.pred[node].items() if node else ():
                again[other] += amount * link["per"] if _is_yearly(link) else 0.0
            for other, link in graph.succ[node].items() if node else ():
                if not link["makes"]:
                    again[other] -= amount * link["per"] if _is_yearly(link) else 0.0
        again = {id: amount for id, amount in again.items() if amount > 0}
        largest = max(again.values())
        ids = made.keys() | again.keys()
        moved = max(abs(again.get(id, 0.0) - made.get(id, 0.0)) for id in ids)
        made = again
        if moved <= TINY * largest:
            break
    least = 1e-9 * max(made.values())
    return {id: amount for id, amount in made.items() if amount > least}


def find_requirements_sparse(
    graph: nx.DiGraph[Any], amounts: Mapping[str, float]
) -> dict[str, float]:
    """Do the same through `networkx.to_scipy_sparse_array` and numpy."""
    linked: nx.DiGraph[str] = nx.DiGraph()
    linked.add_nodes_from(id for id in graph if isinstance(id, str))
    for id in list(linked):
        for node in routes(graph, id)[:1]:
            _link(graph, linked, id, node)
    ids = list(linked)
    number = {id: at for at, id in enumerate(ids)}
    matrix = nx.to_scipy_sparse_array(linked, nodelist=ids, weight="per", format="csr")
    wanted = np.zeros(len(ids))
    for id, amount in amounts.items():
        wanted[number[id]] += amount
    made = wanted
    for _ in range(MOST_ROUNDS):
        again = np.maximum(0.0, wanted + matrix @ made)
        moved = np.abs(again - made).max()
        made = again
        if moved <= TINY * made.max():
            break
    return {ids[at]: float(made[at]) for at in np.flatnonzero(made > 1e-9 * made.max())}


def _link(graph: nx.DiGraph[Any], linked: nx.DiGraph[str], id: str, node: Any) -> None:
    taken = [(other, link, 1.0) for other, link in graph.pred[node].items()]
    given = [(other, link, -1.0) for other, link in graph.succ[node].items() if not link["makes"]]
    for other, link, sign in taken + given:
        if _is_yearly(link):
            before = linked.get_edge_data(other, id, {"per": 0.0})["per"]
            linked.add_edge(other, id, per=before + sign * link["per"])


def _is_yearly(link: Any) -> bool:
    """It has a figure, and is not bought once."""
    return not math.isnan(link["per"]) and link["kind"] != "equipment"


# --------------------------------------------------------------------- gaps


class Lists(NamedTuple):
    """What the gap step looks up."""

    here: set[str]
    spare: set[str]
    needers: dict[str, set[str]]
    used: dict[tuple[str, str], list[Maker]]


def find_gaps(
    atlas: Atlas, graph: nx.DiGraph[Any], place: Place, amounts: Amounts
) -> dict[str, str]:
    """Product -> broken, weak, short or void."""
    here, used = place.here(), in_use(graph, place)
    needers: dict[str, set[str]] = defaultdict(set)
    for node in used:
        for other in critical(graph, node):
            needers[other].add(node[0])
    lists = Lists(here, {id for id in here if not amounts.is_used_up(id)}, needers, used)
    gaps = {}
    for id in atlas.products:
        if id not in here:
            gaps[id] = _judge_absent(atlas, graph, lists, id)
        elif _is_weak(atlas, place, amounts, lists, id):
            gaps[id] = "weak"
    return gaps


def _judge_absent(atlas: Atlas, graph: nx.DiGraph[Any], lists: Lists, id: str) -> str:
    if lists.needers[id] or _joins(atlas, graph, lists, id):
        return "broken"
    for node in making_routes(graph, id):
        needs = critical(graph, node)
        if needs and lists.spare.issuperset(needs):
            return "short"
    return "void"


def _joins(atlas: Atlas, graph: nx.DiGraph[Any], lists: Lists, id: str) -> bool:
    """It takes a material that is here, and goes as one into what is made here with it."""
    before = any(
        other in lists.here and _is_material(link)
        for node in routes(graph, id)
        for other, link in graph.pred[node].items()
    )
    return before and any(
        node in lists.used and not atlas.products[node[0]].pool and _is_material(link)
        for node, link in graph.succ[id].items()
    )


def _is_material(link: Any) -> bool:
    return link["kind"] == "material" and not link["minor"]


def making_routes(graph: nx.DiGraph[Any], id: str) -> list[tuple[str, str]]:
    """Leave out the routes of a by-product that take services only."""
    own = routes(graph, id)
    if len(own) == graph.in_degree(id):
        return own
    return [
        node for node in own if any(link["kind"] != "service" for link in graph.pred[node].values())
    ]


def _is_weak(atlas: Atlas, place: Place, amounts: Amounts, lists: Lists, id: str) -> bool:
    least = atlas.products[id].min_scale
    makers = place.operating(id)
    small = least is not None and any(
        maker.capacity is not None and maker.capacity < (least.best or 0.0) for maker in makers
    )
    one = len({maker.owner for maker in makers}) == 1 and id not in place.given
    return amounts.is_short(id) or small or (one and bool(lists.needers[id] - {id}))


# ------------------------------------------------------- feasible and unlock


def find_shippable(atlas: Atlas) -> set[str]:
    """Return what comes from anywhere, or from a neighbour that makes it."""
    nearby = {id for neighbour in atlas.neighbours.values() for id in neighbour.makes}
    return {
        id
        for id, product in atlas.products.items()
        if product.reach == "national" or (product.reach == "regional" and id in nearby)
    }


def find_feasible(graph: nx.DiGraph[Any], here: set[str], shippable: set[str]) -> set[str]:
    """Go through the routes again and again until nothing more can be made."""
    open_routes = {
        node: critical(graph, node)
        for id in graph
        if isinstance(id, str) and id not in here
        for node in making_routes(graph, id)
    }
    telling = {node: needs for node, needs in open_routes.items() if needs}
    reached, found, changed = here | shippable, set[str](), True
    while changed:
        changed = False
        for node, needs in telling.items():
            if reached.issuperset(needs):
                new = {node[0], *graph.successors(node)} - reached
                found |= {node[0]} | new
                changed |= bool(new)
                reached |= new
    return found


def unlock(graph: nx.DiGraph[Any], target: str, at_hand: set[str]) -> set[str]:
    """All critical ancestors that are not at hand: what a planner lists without optimising."""
    missing = nx.subgraph_view(
        graph,
        filter_node=lambda node: node == target or node not in at_hand,
        filter_edge=lambda one, other: graph.edges[one, other].get("critical", True),
    )
    above = nx.ancestors(missing, target) | {target}
    # a by-product comes with the product of its route, which may be landed for its sake
    return {node if isinstance(node, str) else node[0] for node in above}


# -------------------------------------------------------------------- score


def find_linkages(supply: nx.DiGraph[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Backward and forward linkages by repeated sums over predecessors and successors."""
    back = {id: 1 / (1 + supply.in_degree(id)) for id in supply}
    ahead = {id: 1 / (1 + supply.out_degree(id)) for id in supply}
    return (
        _settle(supply.pred, back),
        _settle(supply.succ, ahead),
    )


def _settle(near: Any, share: Mapping[str, float]) -> dict[str, float]:
    value = dict.fromkeys(share, 1.0)
    for _ in range(MOST_ROUNDS):
        again = {id: 1.0 + share[id] * sum(value[other] for other in near[id]) for id in value}
        moved = max(abs(again[id] - value[id]) for id in value)
        value = again
        if moved <= TINY * max(value.values()):
            break
    return value


def find_relatedness(supply: nx.DiGraph[str], here: set[str]) -> dict[str, float]:
    """Return the share of the neighbours that are here, of all that have any."""
    found = {}
    for id in supply:
        around = set(nx.all_neighbors(supply, id))
        if around:
            found[id] = len(around & here) / len(around)
    return found


def score(
    graph: nx.DiGraph[Any],
    supply: nx.DiGraph[str],
    gaps: Iterable[str],
    here: set[str],
    ready: set[str],
) -> list[tuple[float, str]]:
    """Rank by the mean of relatedness, pull, local users and inputs that are ready."""
    related = find_relatedness(supply, here)
    linkages = find_linkages(supply)
    spans = [max(TINY, max(each.values()) - 1) for each in linkages]
    ranked = []
    for id in gaps:
        pull = sum((each[id] - 1) / span for each, span in zip(linkages, spans, strict=True)) / 2
        users = len(set(supply.successors(id)) & here)
        needs = {of for node in routes(graph, id)[:1] for of in critical(graph, node)}
        parts = [related.get(id), pull, users / (users + 1)]
        parts.append(len(needs & ready) / len(needs) if needs else None)
        known = [part for part in parts if part is not None]
        ranked.append((sum(known) / len(known), id))
    return sorted(ranked, key=lambda item: (-item[0], item[1]))


# -------------------------------------------------------------------- loops


def count_parts(supply: nx.DiGraph[str]) -> tuple[int, int]:
    """Return how many strongly connected parts there are, and how large the largest is."""
    condensed = nx.condensation(supply)
    sizes = (len(members) for _, members in condensed.nodes(data="members"))
    return condensed.number_of_nodes(), max(itertools.chain(sizes, [0]))
