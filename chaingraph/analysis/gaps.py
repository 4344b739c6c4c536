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

from chaingraph.analysis.state import VIEWS, ProductState, Tally, find_states, tally, usual_routes
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

MAX_NAMES = 3
"""How many names a sentence lists before it says how many there are in all."""


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
        self.here = {id for id, state in states.items() if state.state in VIEWS[view]}
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
            if id in self.here and states[id].makers:
                for other in self._needs(id):
                    self.needers[other].append(id)

    def _needs(self, id: str) -> list[str]:
        """The critical inputs of the route by which a product here is made."""
        product, makers = self.atlas.products[id], self.states[id].makers
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

    def name(self, id: str) -> Text:
        """The name of a product, project, enterprise or policy."""
        atlas = self.atlas
        for section in (atlas.products, atlas.projects, atlas.enterprises, atlas.policies):
            if id in section:
                return section[id].name
        return Text(zh=id, en=id)


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
        kind, why = "broken", _say_needed(scene, scene.needers[id])
    elif before and after:
        kind, why = "broken", _say_joins(scene, before, after)
    elif critical and not missing:
        kind, why = "short", _say_short(scene, critical)
    else:
        kind, why = "void", _say_void(scene, routes, missing)
    return _make_gap(scene, id, kind, why, missing=missing)


def _judge_present(scene: _Scene, id: str) -> Gap | None:
    """A product that is here is a gap if another needs it and one single firm makes it."""
    state = scene.states[id]
    suppliers = [maker.id for maker in state.makers if maker.state == state.state]
    needers = [other for other in scene.needers[id] if other != id]
    if len(suppliers) != 1 or not needers or state.byproduct_of:
        return None
    return _make_gap(scene, id, "weak", _say_weak(scene, suppliers[0], needers))


def _make_gap(
    scene: _Scene, id: str, kind: Kind, why: Text, *, missing: tuple[str, ...] = ()
) -> Gap:
    atlas, state = scene.atlas, scene.states[id]
    branch = atlas.branch_of[id]
    named = tuple(dict.fromkeys((*scene.wanted.get(id, ()), *scene.wanted.get(branch, ()))))
    pipeline = tuple(maker.id for maker in state.makers) if kind != "weak" else ()
    sources = [source for maker in state.makers for source in maker.sources]
    sources += [source for policy in named for source in atlas.policies[policy].sources]
    consumers = tuple(scene.users[id])
    return Gap(
        product=id,
        name=atlas.products[id].name,
        chain=atlas.chain_of(branch),
        branch=branch,
        kind=kind,
        why=_join(why, _say_pipeline(scene, state, kind), _say_named(scene, id, named)),
        state=state.state,
        unit=atlas.products[id].unit,
        suppliers=tuple(maker.id for maker in state.makers) if kind == "weak" else (),
        consumers=consumers,
        missing_inputs=missing,
        pipeline=pipeline,
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


# ---------------------------------------------------------------- sentences


def _join(*sentences: Text | None) -> Text:
    said = [sentence for sentence in sentences if sentence is not None]
    en = "; ".join(text.text("en") for text in said)
    return Text(
        zh="；".join(text.text("zh") for text in said) + "。",
        en=f"{en[0].upper()}{en[1:]}.",
    )


def _list(scene: _Scene, ids: Collection[str]) -> tuple[str, str]:
    """A few names, and how many there are if not all are said."""
    few = [scene.name(id) for id in list(ids)[:MAX_NAMES]]
    zh = "、".join(name.text("zh") for name in few)
    en = ", ".join(name.text("en") for name in few)
    if len(ids) > MAX_NAMES:
        return f"{zh}等 {len(ids)} 项", f"{en} and {len(ids) - MAX_NAMES} more"
    return zh, en


def _say_needed(scene: _Scene, needers: Collection[str]) -> Text:
    zh, en = _list(scene, needers)
    return Text(
        zh=f"本地已有的{zh}离不开它，本地没有生产",
        en=f"needed by what is made here ({en}), and nobody here makes it",
    )


def _say_joins(scene: _Scene, inputs: Collection[str], users: Collection[str]) -> Text:
    (zh_in, en_in), (zh_out, en_out) = (
        _list(scene, dict.fromkeys(inputs)),
        _list(scene, users),
    )
    return Text(
        zh=f"上接本地的{zh_in}，下接本地的{zh_out}，中间这一环本地没有",
        en=f"would join what is here ({en_in}) to what is here ({en_out}); nobody here makes it",
    )


def _say_weak(scene: _Scene, supplier: str, needers: Collection[str]) -> Text:
    zh, en = _list(scene, needers)
    firm = scene.name(supplier)
    return Text(
        zh=f"本地的{zh}离不开它，供应只有{firm.text('zh')}一家",
        en=f"needed by what is made here ({en}), with one single source: {firm.text('en')}",
    )


def _say_short(scene: _Scene, inputs: Collection[str]) -> Text:
    zh, en = _list(scene, inputs)
    return Text(
        zh=f"本地没有生产，而关键投入{zh}本地都有，可以往下延伸",
        en=f"nobody here makes it, and all its critical inputs are here ({en})",
    )


def _say_void(scene: _Scene, routes: Collection[Route], missing: Collection[str]) -> Text:
    if missing and not routes:
        zh, en = _list(scene, missing)
        return Text(
            zh=f"本地没有生产，它随{zh}副产而来，本地都没有",
            en=f"nobody here makes it; it comes with what is not here either ({en})",
        )
    if missing:
        zh, en = _list(scene, missing)
        return Text(
            zh=f"本地没有生产，关键投入还缺{zh}",
            en=f"nobody here makes it, and critical inputs are missing ({en})",
        )
    return Text(
        zh="本地没有生产，图谱没有登记做它要什么",
        en="nobody here makes it, and the atlas does not say what it is made from",
    )


def _say_pipeline(scene: _Scene, state: ProductState, kind: Kind) -> Text | None:
    if kind == "weak" or state.state == "absent":
        return None
    zh_state, en_state = ("在建", "under construction") if state.state == "building" else (
        "已签约", "signed"
    )  # fmt: skip
    coming = [maker for maker in state.makers if maker.state == state.state]
    if not coming:
        zh, en = _list(scene, state.byproduct_of or state.pool_of)
        return Text(zh=f"{zh_state}的{zh}将带来它", en=f"to come with {en}, {en_state}")
    names = [scene.name(maker.id) for maker in coming]
    since = coming[0].since
    return Text(
        zh=f"{zh_state}：{'、'.join(name.text('zh') for name in names)}（{since}）",
        en=f"{en_state}: {', '.join(name.text('en') for name in names)} ({since})",
    )


def _say_named(scene: _Scene, id: str, named: Collection[str]) -> Text | None:
    if not named:
        return None
    first = next(iter(named))
    policy = scene.atlas.policies[first].name
    if first in scene.wanted.get(id, ()):
        return Text(
            zh=f"“{policy.text('zh')}”点名要它", en=f"wanted by name in “{policy.text('en')}”"
        )
    branch = scene.atlas.branches[scene.atlas.branch_of[id]].name
    return Text(
        zh=f"属于“{policy.text('zh')}”点名的{branch.text('zh')}",
        en=f"part of {branch.text('en')}, wanted in “{policy.text('en')}”",
    )
