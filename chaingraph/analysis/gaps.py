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
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from chaingraph.analysis.scene import Evidence, Scene, weakest
from chaingraph.analysis.state import STATES, ProductState, Tally, find_states, tally
from chaingraph.analysis.why import (
    join,
    say_byproduct,
    say_comes_with,
    say_coming,
    say_joins,
    say_missing,
    say_named,
    say_needed,
    say_short,
    say_unknown,
    say_weak,
)
from chaingraph.errors import UsageError
from chaingraph.model import Atlas, Confidence, Policy, Route, Rule, State, Text, View, last_day

Wanted = Mapping[str, tuple[str, ...]]
"""Product or branch → the policies that name it."""

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
    """The critical inputs that are not here, of the route that it would be made by."""
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
        by kind, upstream inputs last, and by how many products here and in all they
        go into.

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
    return _find_gaps(Scene(atlas, states, view), _wanted(atlas, atlas.date(as_of)))


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
    scene = Scene(atlas, find_states(atlas, as_of=as_of), view)
    wanted = _wanted(atlas, atlas.date(as_of))
    gaps = sorted(
        _find_gaps(scene, wanted),
        key=lambda gap: (_is_input(atlas, gap.product), -scene.degree[gap.product], gap.rank),
    )
    return [_make_flagship(scene, gaps, id, policies[0]) for id, policies in wanted.items()]


# ------------------------------------------------------------------ judging


def _find_gaps(scene: Scene, wanted: Wanted) -> list[Gap]:
    gaps = [gap for id in scene.atlas.products if (gap := _judge(scene, wanted, id)) is not None]
    gaps.sort(key=lambda gap: _precedence(scene, wanted, gap))
    return [dataclasses.replace(gap, rank=rank) for rank, gap in enumerate(gaps, start=1)]


def _judge(scene: Scene, wanted: Wanted, id: str) -> Gap | None:
    """Return the gap that a product is, or None."""
    if id in scene.here:
        return _judge_present(scene, wanted, id)
    routes = scene.likely_routes(scene.atlas.products[id])
    critical = scene.critical(routes)
    missing = [other for other in critical if other not in scene.here]
    before, after = scene.joined(id)
    kind: Kind
    if scene.needers[id]:
        kind, why = "broken", say_needed(scene.names(scene.needers[id]), scene.view)
        evidence = scene.evidence_of_users(id, scene.needers[id])
    elif before and after:
        kind, why = "broken", say_joins(scene.names(before), scene.names(after), scene.view)
        evidence = scene.evidence_of_users(id, after) + scene.evidence_of_inputs(id, before)
    elif critical and not missing:
        kind, why = "short", say_short(scene.names(critical), scene.view)
        evidence = scene.evidence_of_inputs(id, critical)
    else:
        kind, (why, missing) = "void", _explain_void(scene, id, routes, missing)
        evidence = scene.evidence_of_inputs(id, missing)
    return _make_gap(scene, wanted, id, kind, why, missing=missing, evidence=evidence)


def _explain_void(
    scene: Scene, id: str, routes: Sequence[Route], missing: list[str]
) -> tuple[Text, list[str]]:
    if missing:
        return say_missing(scene.names(missing)), missing
    sources = scene.comes_with[id]
    if sources and not routes:
        absent = [other for other in sources if other not in scene.here]
        return say_byproduct(scene.names(sources), is_here=len(absent) < len(sources)), absent
    return say_unknown(has_inputs=any(route.inputs for route in routes)), []


def _judge_present(scene: Scene, wanted: Wanted, id: str) -> Gap | None:
    """A product that is here is a gap if another needs it and one single firm makes it."""
    makers = scene.makers(id)
    owners = {scene.owner(maker) for maker in makers}
    needers = [other for other in scene.needers[id] if other != id]
    if len(owners) != 1 or not needers or scene.states[id].byproduct_of:
        return None
    why = say_weak(scene.maker_name(makers[0]), scene.names(needers), scene.view)
    evidence = scene.evidence_of(id) + scene.evidence_of_users(id, needers)
    return _make_gap(scene, wanted, id, "weak", why, missing=[], evidence=evidence)


def _make_gap(
    scene: Scene,
    wanted: Wanted,
    id: str,
    kind: Kind,
    why: Text,
    *,
    missing: Sequence[str],
    evidence: list[Evidence],
) -> Gap:
    atlas, state = scene.atlas, scene.states[id]
    branch = atlas.branch_of[id]
    named = tuple(dict.fromkeys((*wanted.get(id, ()), *wanted.get(branch, ()))))
    counted = tuple(maker.id for maker in scene.makers(id))
    sentences = [why]
    if kind != "weak" and state.state != "absent":
        sentences.append(_explain_pipeline(scene, state))
        evidence = evidence + scene.evidence_of(id)
    if named:
        policy = atlas.policies[named[0]]
        part_of = None if id in wanted else atlas.branches[branch].name
        sentences.append(say_named(policy.name, part_of))
        evidence = [*evidence, (policy.confidence, tuple(policy.sources))]
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
        consumers=tuple(scene.users[id]),
        missing_inputs=tuple(missing),
        pipeline=tuple(maker.id for maker in state.makers if maker.id not in counted),
        named=named,
        confidence=weakest(grade for grade, _ in evidence),
        sources=tuple(dict.fromkeys(key for _, keys in evidence for key in keys)),
    )


def _explain_pipeline(scene: Scene, state: ProductState) -> Text:
    coming = [maker for maker in state.makers if maker.state == state.state]
    if coming:
        names = [scene.maker_name(maker) for maker in coming]
        return say_coming(names, coming[0].since, state.state)
    return say_comes_with(scene.names(state.byproduct_of or state.pool_of), state.state)


def _precedence(
    scene: Scene, wanted: Wanted, gap: Gap
) -> tuple[bool, bool, int, bool, int, int, str]:
    return (
        gap.product not in wanted,
        not gap.named,
        KINDS.index(gap.kind),
        _is_input(scene.atlas, gap.product),
        -len(gap.consumers),
        -scene.degree[gap.product],
        gap.product,
    )


# ---------------------------------------------------------------- flagships


def _make_flagship(scene: Scene, gaps: Sequence[Gap], id: str, policy: str) -> Flagship:
    atlas, states = scene.atlas, scene.states
    section = "products" if id in atlas.products else "branches"
    products = [id] if section == "products" else atlas.products_of(id)
    own = [
        states[product].state
        for product in products
        if states[product].makers and (product == id or not _is_input(atlas, product))
    ]
    return Flagship(
        id=id,
        section=section,
        name=getattr(atlas, section)[id].name,
        policy=policy,
        date=atlas.policies[policy].date,
        state=max(own, key=STATES.index, default="absent"),
        tally=tally(states, products),
        gaps=tuple(gap for gap in gaps if gap.product in products),
    )


def _wanted(atlas: Atlas, day: datetime.date) -> Wanted:
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


def _is_input(atlas: Atlas, product: str) -> bool:
    return atlas.products[product].stage == "upstream"
