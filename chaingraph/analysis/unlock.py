"""What is feasible here, and what must land first for a product to become so (组团招商).

A product is feasible if a route to it has all its critical inputs here, within reach,
or feasible themselves.  What is within reach is told by how far a product can sensibly
be shipped: `national` comes from anywhere, `regional` from a neighbour that makes it,
`local` from nowhere else.
"""

from __future__ import annotations

import dataclasses
import datetime
import statistics
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Literal, get_args

from chaingraph._html import Cell
from chaingraph.analysis.gates import find_gates, try_gates
from chaingraph.analysis.hyperpath import Plan, Way, derive, find_plan, index_ways
from chaingraph.analysis.scene import Scene
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.trace import find_product
from chaingraph.errors import UsageError
from chaingraph.figures import Text, last_day
from chaingraph.model import Atlas, InvestmentExample, View
from chaingraph.records import Records, make_records

Cost = Literal["steps", "investment"]
Ship = Literal["reach", "upstream", "none"]
Status = Literal["here", "shipped", "landed", "byproduct", "pool", "resource"]

POOL_COST = 1e-3
"""A pool is no step of its own; next to nothing, so that it is not landed for nothing."""

RESOURCE_COST = 1000.0
"""How many steps a resource is worth avoiding: nobody can say how it would come to be here."""


@dataclasses.dataclass(frozen=True)
class Step:
    """One product of a bundle, and what it takes."""

    product: str
    name: Text
    status: Status
    """`landed`; `pool` if it comes of itself; `resource` if the atlas has no route to it."""
    route: str | None
    route_name: Text | None
    needs: tuple[tuple[str, Status], ...]
    """Critical input → how it is to be had."""
    brings: tuple[str, ...]
    """What the bundle takes of its by-products."""
    cost: float | None
    """1 (a resource counts as much here), or in 亿元 the least that a plant of it is known to have cost; None where not known."""


@dataclasses.dataclass(frozen=True)
class Bundle:
    """Products to land together so that a target can be made."""

    target: str
    steps: tuple[Step, ...]
    """In an order in which each has what it needs; none if the target is here already."""
    cost: float
    """The number of steps; or in 亿元, what is not known counted as the median of the known."""
    shipped: tuple[str, ...]
    """The products that it takes from elsewhere."""
    cautions: tuple[tuple[str, str], ...] = ()
    """(product, gate): bans and quotas on what is landed or shipped in."""

    @property
    def products(self) -> tuple[str, ...]:
        """What must be landed."""
        return tuple(step.product for step in self.steps if step.status != "pool")

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the bundle as plain values."""
        return {
            "target": self.target,
            "products": list(self.products),
            "names": [step.name.text(lang) for step in self.steps if step.status != "pool"],
            "routes": {step.product: step.route for step in self.steps if step.route},
            "resources": [step.product for step in self.steps if step.status == "resource"],
            "shipped": list(self.shipped),
            "cautions": [f"{product}:{gate}" for product, gate in self.cautions],
            "cost": self.cost,
        }

    def to_cells(self, lang: str) -> dict[str, Cell]:
        """Return what a person reads of the bundle, by heading."""
        zh = lang == "zh"
        names = [step.name.text(lang) for step in self.steps if step.status != "pool"]
        return {
            "个数" if zh else "Number": len(names),
            "要一起落地（按先后）" if zh else "To land together, in order": (
                "、" if zh else ", "
            ).join(names),
            "代价" if zh else "Cost": self.cost,
        }


BUNDLE_COLUMNS = (
    "target",
    "products",
    "names",
    "routes",
    "resources",
    "shipped",
    "cautions",
    "cost",
)


def find_shippable(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, ship: Ship = "reach"
) -> frozenset[str]:
    """
    Return the products that can be shipped in.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; what is said of a neighbour counts from its date.
    ship
        `reach` for all of them, `upstream` for upstream inputs and equipment, or `none`.

    Returns
    -------
    products
        Those of national reach, and those of regional reach that a neighbour makes; a pool
        is never among them.
    """
    if ship == "none":
        return frozenset()
    day = atlas.date(as_of)
    within = {id for id, since in find_shipping(atlas).items() if since is None or since <= day}
    if ship == "reach":
        return frozenset(within)
    equipment = {
        other
        for id in atlas.products
        for _, other, flow, _ in atlas.flows(id)
        if flow.kind == "equipment"
    }
    return frozenset(
        id for id in within if atlas.products[id].stage == "upstream" or id in equipment
    )


def find_shipping(atlas: Atlas) -> dict[str, datetime.date | None]:
    """
    Tell since when each product can be shipped in.

    Parameters
    ----------
    atlas
        The atlas.

    Returns
    -------
    shipping
        Product → the day; None if always.  What cannot be shipped in is left out.
    """
    nearby: dict[str, list[datetime.date | None]] = {}
    for neighbour in atlas.neighbours.values():
        since = None if neighbour.date is None else last_day(neighbour.date)
        for product in neighbour.makes:
            nearby.setdefault(product, []).append(since)
    shipping: dict[str, datetime.date | None] = {}
    for id, facts in atlas.products.items():
        days = nearby.get(id, []) if facts.reach == "regional" else []
        if facts.pool:
            continue
        if facts.reach == "national" or None in days:
            shipping[id] = None
        elif days:
            shipping[id] = min(day for day in days if day is not None)
    return shipping


def find_feasible(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> list[str]:
    """
    List what is not made here and could be, step by step, from what is here or within reach.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here.

    Returns
    -------
    products
        In the order of the atlas.  A product of which the atlas does not say what it
        critically takes is not among them.
    """
    survey = make_survey(atlas, as_of=as_of, view=view)
    return find_feasible_in(survey, find_shippable(atlas, as_of=survey.day))


def find_feasible_in(survey: Survey, shippable: AbstractSet[str]) -> list[str]:
    """List what is feasible in a survey; see `find_feasible`."""
    here = survey.scene.here
    telling = [way for way in find_ways(survey.scene) if way.needs]
    derived = derive(telling, here | shippable)
    reached = here | shippable | derived.keys()
    possible = {way.product for way in telling if way.needs <= reached} | derived.keys()
    return [id for id in survey.atlas.products if id in possible]


def unlock(
    atlas: Atlas,
    product: str,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    cost: Cost = "steps",
    ship: Ship = "reach",
    alternatives: int = 3,
) -> Records[Bundle]:
    """
    Find what must land for a product to be made here, the cheapest bundle first.

    Parameters
    ----------
    atlas
        The atlas.
    product
        An id, name or alias.
    as_of, view
        What is here.
    cost
        Count `steps`, or `investment` in 亿元 where plants of a product are known to have
        cost something.
    ship
        What may come from elsewhere: all inputs as far as their `reach` allows; of these
        only the `upstream` ones and equipment, so that the rest of the chain is made here;
        or `none`.
    alternatives
        How many bundles at most, none of which holds another.

    Returns
    -------
    bundles
        Empty if it cannot be made whatever lands; one without steps if it is here.

    Raises
    ------
    UsageError
        If there is no such product or way to count.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> first, *others = unlock(load_atlas(example_atlas()), "PVDF", ship="upstream")
    >>> "anhydrous_hf" in first.products and "acid_fluorspar" in first.shipped
    True
    """
    target = find_product(atlas, product)
    survey = make_survey(atlas, as_of=as_of, view=view)
    options = make_options(survey, cost=cost, ship=ship)
    bundles = unlock_in(survey, options, target, alternatives=alternatives)
    return make_records(atlas, bundles, "组团", "Bundles", as_of=as_of)


@dataclasses.dataclass(frozen=True)
class Options:
    """What may be landed and shipped in, made once for all targets of a survey."""

    ways_to: Mapping[str, Sequence[Way]]
    costs: Mapping[str, float]
    cost: Cost
    middle: float
    """What a step of unknown cost counts."""
    at_hand: AbstractSet[str]


def make_options(survey: Survey, *, cost: Cost = "steps", ship: Ship = "reach") -> Options:
    """Gather what may be landed and shipped in; see `unlock`."""
    for word, known in ((cost, get_args(Cost)), (ship, get_args(Ship))):
        if word not in known:
            raise UsageError(f"{word!r} is not one of {', '.join(known)}")
    return Options(
        ways_to=index_ways(way for way in find_ways(survey.scene) if not _fails(survey, way)),
        costs=find_costs(survey.atlas, cost),
        cost=cost,
        middle=middle_investment(find_known_investments(survey.atlas)),
        at_hand=survey.scene.here | find_shippable(survey.atlas, as_of=survey.day, ship=ship),
    )


def _fails(survey: Survey, way: Way) -> bool:
    """Whether a product may not be landed here at all."""
    if not survey.atlas.gates:
        return False
    return any(each.verdict == "fail" for each in try_gates(survey, way.product, None))


def unlock_in(
    survey: Survey, options: Options, target: str, *, alternatives: int = 3
) -> list[Bundle]:
    """Find what must land for a product to be made in a survey; see `unlock`."""
    scene = survey.scene
    if target in scene.here:
        return [Bundle(target, (), 0.0, ())]
    at_hand = options.at_hand - {target}
    bundles: list[Bundle] = []
    taken: list[tuple[str, ...]] = []
    while len(bundles) < alternatives:
        plan = find_plan(options.ways_to, target, at_hand, options.costs, without=taken)
        if plan is None:
            break
        bundles.append(_make_bundle(survey, target, plan, at_hand, options))
        taken.append(plan.products)
    return bundles


def find_ways(scene: Scene) -> list[Way]:
    """Return every route to what is not here, as what it critically needs and what it brings."""
    ways = []
    for id in scene.atlas.products:
        if id in scene.here:
            continue
        routes = scene.making_routes(id)
        for route in routes:
            needs = frozenset(scene.critical([route]))
            ways.append(Way(id, route.id, needs, frozenset(route.byproducts)))
        if not routes and not scene.comes_with[id]:
            ways.append(Way(id, None, frozenset()))
    return ways


def is_resource(atlas: Atlas, product: str) -> bool:
    """Tell whether the atlas has no route to a product."""
    return not atlas.products[product].all_routes


def find_costs(atlas: Atlas, cost: Cost) -> dict[str, float]:
    """Product → what landing it counts; what is not known as the median of what is."""
    known = find_known_investments(atlas)
    one = middle_investment(known) if cost == "investment" else 1.0
    costs = {}
    for id, product in atlas.products.items():
        if product.pool:
            costs[id] = POOL_COST
        elif is_resource(atlas, id):
            costs[id] = RESOURCE_COST * one
        else:
            costs[id] = known.get(id, one) if cost == "investment" else one
    return costs


def find_known_investments(atlas: Atlas) -> dict[str, float]:
    """Product → the least that a plant of it is known to have cost, in 亿元."""
    return {
        id: least
        for id, product in atlas.products.items()
        if (least := least_investment(product.investments)) is not None
    }


def middle_investment(known: Mapping[str, float]) -> float:
    """Return the median of what plants are known to have cost; 1 if none is known."""
    return statistics.median(known.values()) if known else 1.0


def least_investment(examples: Sequence[InvestmentExample]) -> float | None:
    """Return the least that a plant is known to have cost, in 亿元."""
    known = [
        example.investment.best
        for example in examples
        if example.investment and example.investment.best and example.investment.unit is None
    ]
    return min(known, default=None)


def _make_bundle(
    survey: Survey,
    target: str,
    plan: Plan,
    at_hand: AbstractSet[str],
    options: Options,
) -> Bundle:
    scene, products = survey.scene, survey.atlas.products
    landed = set(plan.products)
    brought: dict[str, Way] = {}
    for way in plan.ways:
        for other in sorted(way.brings - at_hand - landed):
            brought.setdefault(other, way)
    steps = []
    for way in plan.ways:
        product = products[way.product]
        route = next((route for route in product.all_routes if route.id == way.route), None)
        own = 1.0 if options.cost == "steps" else least_investment(product.investments)
        steps.append(
            Step(
                product=way.product,
                name=product.name,
                status="pool" if product.pool else "resource" if route is None else "landed",
                route=way.route,
                route_name=route.name if route else None,
                needs=tuple(
                    (need, _status(scene, need, landed, brought))
                    for need in scene.critical([route] if route else [])
                ),
                brings=tuple(sorted(other for other, of in brought.items() if of is way)),
                cost=None if product.pool else own,
            )
        )
    shipped = {need for step in steps for need, status in step.needs if status == "shipped"}
    landings = [step for step in steps if step.status != "pool"]
    total = sum(options.middle if step.cost is None else step.cost for step in landings)
    cautions = tuple(
        (product, gate)
        for product in (*plan.products, *sorted(shipped))
        for gate in find_gates(survey, product)
        if survey.atlas.gates[gate].kind in ("ban", "quota")
    )
    return Bundle(target, tuple(steps), total, tuple(sorted(shipped)), cautions)


def _status(
    scene: Scene, need: str, landed: AbstractSet[str], brought: Mapping[str, Way]
) -> Status:
    if need in scene.here:
        return "here"
    if need in landed:
        return "landed"
    return "byproduct" if need in brought else "shipped"
