"""Which products are gaps here, of which kind, and why.

Rule ``state``, by presence.  A product that the view does not count as here is

- ``broken`` (断链) if something made here needs it as a critical input, or if it
  would join two products made here, as material, from one to the other;
- ``short`` (短链) if nobody here needs it, but a route to it has all its critical
  inputs here;
- ``void`` (无链) otherwise.

A product that is here is ``weak`` (弱链) if another product made here needs it as a
critical input and one single firm makes it.

A product made here needs the critical inputs of the route that its makers name.
Where they name none it is taken to use a route whose critical inputs are all here;
failing that, its first.  What is missing of a product that is not here is told by
the same choice; of a by-product it is the products that it comes with.  Pools need
nothing: they are only as much here as what feeds them.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any, Literal

from chaingraph.analysis.state import (
    VIEWS,
    Maker,
    ProductState,
    Tally,
    find_states,
    tally,
    usual_routes,
)
from chaingraph.analysis.why import (
    join,
    say_joins,
    say_named,
    say_needed,
    say_pipeline,
    say_short,
    say_void,
    say_weak,
)
from chaingraph.errors import UsageError
from chaingraph.model import (
    Atlas,
    Confidence,
    Policy,
    Product,
    Route,
    Rule,
    State,
    Text,
    View,
    last_day,
)

Kind = Literal["broken", "weak", "short", "void"]

KINDS: tuple[Kind, ...] = ("broken", "weak", "short", "void")
"""The kinds of gap, the most pressing first."""


@dataclasses.dataclass(frozen=True)
class Gap:
    """A product to target, and why."""

    product: str
    name: Text
    chain: str | None
    branch: str
    kind: Kind
    why: Text
    """In one sentence."""
    state: State
    """What the pipeline says: a gap may be signed or under construction already."""
    unit: str | None
    suppliers: tuple[str, ...] = ()
    """The enterprises and projects that make it here."""
    consumers: tuple[str, ...] = ()
    """The products made here that it goes into."""
    missing_inputs: tuple[str, ...] = ()
    """The critical inputs that are not here, of the route that lacks fewest."""
    pipeline: tuple[str, ...] = ()
    """The projects that will make it."""
    named: tuple[str, ...] = ()
    """The policies that name it or its branch as wanted."""
    confidence: Confidence | None = None
    """The weakest confidence among the facts that the sentence rests on."""
    sources: tuple[str, ...] = ()
    rank: int = 0
    demand: float | None = None
    supply: float | None = None
    shortfall: float | None = None
    expected_fill: float | None = None
    remaining: float | None = None
    score: float | None = None
    parts: Mapping[str, float] | None = None
    gates: Mapping[str, str] | None = None
    rank_low: int | None = None
    rank_high: int | None = None

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """
        Return the gap as plain values.

        Parameters
        ----------
        lang
            The language of `name` and `why`.

        Returns
        -------
        record
            In the order of the columns that are written to tables and files.
        """
        record = {field: getattr(self, field) for field in GAP_COLUMNS}
        record |= {"name": self.name.text(lang), "why": self.why.text(lang)}
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in record.items()
        }


GAP_COLUMNS = (
    "rank", "product", "name", "chain", "branch", "kind", "why", "state", "named", "demand",
    "supply", "shortfall", "unit", "expected_fill", "remaining", "suppliers", "consumers",
    "missing_inputs", "pipeline", "score", "parts", "gates", "rank_low", "rank_high",
    "confidence", "sources",
)  # fmt: skip
"""The columns of a record, in their order."""


@dataclasses.dataclass(frozen=True)
class Flagship:
    """A product or branch that a policy names as wanted, and how far it is."""

    id: str
    section: str
    """`products` or `branches`."""
    name: Text
    policy: str
    date: str | None
    """When it was named."""
    state: State
    """The highest that firms and projects reach; of a branch, without its upstream inputs."""
    tally: Tally
    gaps: tuple[Gap, ...]
    """What is missing of it: what most others are made from first, upstream inputs last."""


def find_gaps(
    atlas: Atlas,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    rule: Rule | None = None,
) -> list[Gap]:
    """
    Find the gaps of a place on a day.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here: `actual` what operates, `building` also what is under
        construction, `plan` also what is signed.
    rule
        The rule that tells the kinds; the atlas's own if none.

    Returns
    -------
    gaps
        What a policy names first, then what belongs to a branch that one names; then
        by kind, and by how many products here and in all they go into.

    Raises
    ------
    UsageError
        If the rule is not one that can be computed.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> gaps = find_gaps(load_atlas(example_atlas()), as_of="2023-02-15")
    >>> {gap.product: gap.kind for gap in gaps}["pvdf"]
    'void'
    """
    rule = rule or atlas.rule
    if rule != "state":
        raise UsageError(f"the rule {rule!r} cannot be computed yet: use 'state'")
    states = find_states(atlas, as_of=as_of)
    scene = _Scene(atlas, states, view, _wanted(atlas, atlas.date(as_of)))
    gaps = [gap for id in atlas.products if (gap := _judge(scene, id)) is not None]
    gaps.sort(key=lambda gap: _precedence(scene, gap))
    return [dataclasses.replace(gap, rank=rank) for rank, gap in enumerate(gaps, start=1)]


def find_flagships(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> list[Flagship]:
    """
    Tell how far the products and branches are that policies name as wanted.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; a policy counts from its date.
    view
        What counts as here.

    Returns
    -------
    flagships
        In the order of the policies.
    """
    states = find_states(atlas, as_of=as_of)
    gaps = find_gaps(atlas, as_of=as_of, view=view, rule="state")
    degree = _Scene(atlas, states, view, {}).degree
    gaps.sort(key=lambda gap: (_is_input(atlas, gap.product), -degree[gap.product], gap.rank))
    flagships = []
    for id, policies in _wanted(atlas, atlas.date(as_of)).items():
        products = _products_of(atlas, id)
        own = [states[product] for product in products if _is_own(atlas, states, product, id)]
        flagships.append(
            Flagship(
                id=id,
                section="branches" if id in atlas.branches else "products",
                name=(atlas.branches.get(id) or atlas.products[id]).name,
                policy=policies[0],
                date=atlas.policies[policies[0]].date,
                state=max((s.state for s in own), key=_STATE_ORDER.index, default="absent"),
                tally=tally(states, products),
                gaps=tuple(gap for gap in gaps if gap.product in products),
            )
        )
    return flagships


# ------------------------------------------------------------------ judging

_STATE_ORDER: tuple[State, ...] = ("absent", "signed", "building", "present")


class _Scene:
    """What is here in a view, and what the products made here use and need."""

    def __init__(
        self,
        atlas: Atlas,
        states: Mapping[str, ProductState],
        view: View,
        wanted: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.atlas = atlas
        self.states = states
        self.wanted = wanted
        self.counted = VIEWS[view]
        self.here = {id for id, state in states.items() if state.state in self.counted}
        self.users: dict[str, list[str]] = defaultdict(list)
        """Input → the products here that it goes into."""
        self.needers: dict[str, list[str]] = defaultdict(list)
        """Input → the products here that need it."""
        self.degree: dict[str, int] = defaultdict(int)
        """Input → how many products in all it goes into."""
        self.comes_with: dict[str, list[str]] = defaultdict(list)
        """By-product → the products that it comes with."""
        for id, product in atlas.products.items():
            for other in {other for route in product.all_routes for other in route.inputs}:
                self.degree[other] += 1
                if id in self.here:
                    self.users[other].append(id)
            for other in {other for route in product.all_routes for other in route.byproducts}:
                self.comes_with[other].append(id)
            makers = self.makers(id)
            if id in self.here and makers:
                for other in self._needs(id, makers):
                    self.needers[other].append(id)

    def makers(self, id: str) -> list[Maker]:
        """Those of a product's makers that the view counts."""
        return [maker for maker in self.states[id].makers if maker.state in self.counted]

    def _needs(self, id: str, makers: Collection[Maker]) -> list[str]:
        """The critical inputs of the routes by which a product here is made."""
        product = self.atlas.products[id]
        if any(maker.route for maker in makers):
            routes = usual_routes(product, makers)
        else:
            routes = self.likely_routes(product)
        return [other for route in routes for other in _critical(route)]

    def likely_routes(self, product: Product) -> list[Route]:
        """The route that is complete here, or else the first; none if there is none."""
        complete = [route for route in product.all_routes if not self.missing(route)]
        return (complete or product.all_routes)[:1]

    def missing(self, route: Route) -> list[str]:
        """The critical inputs of a route that are not here."""
        return [other for other in _critical(route) if other not in self.here]

    def joined(self, id: str) -> tuple[list[str], list[str]]:
        """The materials here that go into a product, and the products here it goes into as one."""
        products = self.atlas.products
        before = [other for other in _materials(products[id]) if other in self.here]
        after = [user for user in self.users[id] if id in _materials(products[user])]
        return before, [user for user in after if not products[user].pool]


def _critical(route: Route) -> list[str]:
    return [other for other, flow in route.inputs.items() if flow.critical]


def _materials(product: Product) -> dict[str, None]:
    """The material inputs of a product by any route, without those that matter little."""
    return {
        other: None
        for route in product.all_routes
        for other, flow in route.inputs.items()
        if flow.kind == "material" and not flow.minor
    }


def _judge(scene: _Scene, id: str) -> Gap | None:
    """Return the gap that a product is, or None."""
    if id in scene.here:
        return _judge_present(scene, id)
    routes = scene.likely_routes(scene.atlas.products[id])
    critical = _critical(routes[0]) if routes else []
    missing = tuple(scene.missing(routes[0]) if routes else scene.comes_with[id])
    before, after = scene.joined(id)
    kind: Kind
    if scene.needers[id]:
        kind, why = "broken", say_needed(scene.atlas, scene.needers[id])
    elif before and after:
        kind, why = "broken", say_joins(scene.atlas, before, after)
    elif critical and not missing:
        kind, why = "short", say_short(scene.atlas, critical)
    else:
        kind, why = "void", say_void(scene.atlas, routes, missing)
    return _make_gap(scene, id, kind, why, missing=missing)


def _judge_present(scene: _Scene, id: str) -> Gap | None:
    """A product that is here is a gap if another needs it and one single firm makes it."""
    suppliers = [maker.id for maker in scene.makers(id)]
    needers = [other for other in scene.needers[id] if other != id]
    if len(suppliers) != 1 or not needers or scene.states[id].byproduct_of:
        return None
    return _make_gap(scene, id, "weak", say_weak(scene.atlas, suppliers[0], needers))


def _make_gap(
    scene: _Scene, id: str, kind: Kind, why: Text, *, missing: tuple[str, ...] = ()
) -> Gap:
    atlas, state = scene.atlas, scene.states[id]
    branch = atlas.branch_of[id]
    named = tuple(dict.fromkeys((*scene.wanted.get(id, ()), *scene.wanted.get(branch, ()))))
    counted = tuple(maker.id for maker in scene.makers(id))
    sources = [source for maker in state.makers for source in maker.sources]
    sources += [source for policy in named for source in atlas.policies[policy].sources]
    consumers = tuple(scene.users[id])
    sentences = [why]
    if kind != "weak" and state.state != "absent":
        sentences.append(say_pipeline(atlas, state))
    if named:
        by_name = named[0] in scene.wanted.get(id, ())
        sentences.append(say_named(atlas, id, named[0], by_name=by_name))
    return Gap(
        product=id,
        name=atlas.products[id].name,
        chain=atlas.chain_of(branch),
        branch=branch,
        kind=kind,
        why=join(sentences),
        state=state.state,
        unit=atlas.products[id].unit,
        suppliers=counted,
        consumers=consumers,
        missing_inputs=missing,
        pipeline=tuple(maker.id for maker in state.makers if maker.id not in counted),
        named=named,
        confidence=_weakest(scene, id, kind, named),
        sources=tuple(dict.fromkeys(sources)),
    )


def _weakest(scene: _Scene, id: str, kind: Kind, named: Collection[str]) -> Confidence | None:
    """The weakest confidence among consumers, their links, the pipeline and the policies."""
    grades: list[Confidence | None] = [scene.states[id].confidence]
    if kind in ("broken", "weak"):
        for consumer in scene.needers[id] or scene.users[id]:
            grades.append(scene.states[consumer].confidence)
            routes = scene.atlas.products[consumer].all_routes
            grades += [route.inputs[id].confidence for route in routes if id in route.inputs]
    grades += [scene.atlas.policies[policy].confidence for policy in named]
    return max((grade for grade in grades if grade), key="HML".index, default=None)


def _precedence(scene: _Scene, gap: Gap) -> tuple[bool, bool, int, int, int, str]:
    return (
        gap.product not in scene.wanted,
        not gap.named,
        KINDS.index(gap.kind),
        -len(gap.consumers),
        -scene.degree[gap.product],
        gap.product,
    )


def _wanted(atlas: Atlas, day: datetime.date) -> dict[str, tuple[str, ...]]:
    """Product or branch → the policies that name it by that day; whole chains are too wide."""
    wanted: dict[str, tuple[str, ...]] = {}
    for id, policy in atlas.policies.items():
        if _is_out(policy, day):
            for name in policy.names:
                if name in atlas.branches or name in atlas.products:
                    wanted[name] = (*wanted.get(name, ()), id)
    return wanted


def _is_out(policy: Policy, day: datetime.date) -> bool:
    return policy.date is None or last_day(policy.date) <= day


def _products_of(atlas: Atlas, id: str) -> list[str]:
    if id in atlas.branches:
        return [product for product, branch in atlas.branch_of.items() if branch == id]
    return [id]


def _is_own(atlas: Atlas, states: Mapping[str, ProductState], product: str, id: str) -> bool:
    """Whether somebody makes it, and it is what the flagship is about, not an input to it."""
    return bool(states[product].makers) and (id == product or not _is_input(atlas, product))


def _is_input(atlas: Atlas, product: str) -> bool:
    return atlas.products[product].stage == "upstream"
