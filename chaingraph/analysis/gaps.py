"""Which products are gaps here, of which kind, how large, and why.

Rule ``state``.  A product that the view does not count as here is

- ``broken`` (断链) if something made here needs it as a critical input, or if it
  would join two products made here, as material, from one to the other;
- ``short`` (短链) if nobody here needs it, but a route to it has all its critical
  inputs here, and none of them is known to be used up;
- ``void`` (无链) otherwise.

A product that is here is ``weak`` (弱链) if there is less of it than what is here needs,
if a plant of it is below the smallest that pays, or if another product made here needs
it as a critical input and one single firm makes it.

What to do about it is 补链, 强链, 延链 or 建链 in that order.  Two other rules tell the
same products apart in another way: ``position`` by stage (上游补、中游强、下游延), and
``maturity`` by branch (短板补、优势延、传统升、新兴建).

A product made here needs the critical inputs of the routes that its makers name; of a
maker that names none, those of the first.  What is missing of a product that is not
here is told by a route whose critical inputs are all here; failing that, by its first;
of a by-product it is the products that it comes with.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from chaingraph._html import Cell
from chaingraph.analysis.pipeline import find_fill
from chaingraph.analysis.scene import Evidence, Scene, weakest
from chaingraph.analysis.state import Maker, ProductState
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.why import (
    join,
    say_amount,
    say_below_scale,
    say_byproduct,
    say_comes_with,
    say_coming,
    say_joins,
    say_missing,
    say_named,
    say_needed,
    say_short,
    say_size,
    say_too_little,
    say_unknown,
    say_weak,
)
from chaingraph.errors import UsageError, did_you_mean
from chaingraph.figures import Confidence, Text
from chaingraph.model import Atlas, Route, Rule, State, View
from chaingraph.outputs.words import WORDS, word
from chaingraph.records import Records, make_records
from chaingraph.settings import Maturity

Kind = Literal["broken", "weak", "short", "void"]
Remedy = Literal["fill", "strengthen", "extend", "build", "upgrade"]

KINDS: tuple[Kind, ...] = ("broken", "weak", "short", "void")
"""The kinds of gap, the most pressing first."""

KIND_NAMES: dict[str, tuple[str, str]] = {kind: WORDS[kind] for kind in KINDS}
"""What they are called, in Chinese and English."""

RULES: tuple[Rule, ...] = ("state", "position", "maturity")
"""The rules that tell the kinds."""

REMEDIES: dict[Kind, Remedy] = {
    "broken": "fill",
    "weak": "strengthen",
    "short": "extend",
    "void": "build",
}
"""What to do about each kind: 补链, 强链, 延链, 建链."""

_BY_STAGE: dict[str, Kind] = {"upstream": "broken", "midstream": "weak", "downstream": "short"}

_BY_MATURITY: dict[Maturity, tuple[Kind, Remedy]] = {
    "weak": ("broken", "fill"),
    "advantage": ("short", "extend"),
    "traditional": ("weak", "upgrade"),
    "emerging": ("void", "build"),
}

ADVANTAGE = 0.5
"""From which share of its products here a branch counts as an advantage, if nobody says."""


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
    size: Text
    """How large it is, in one sentence; "no figure" where nobody knows."""
    remedy: Remedy
    """What to do about it, by the rule in force."""
    demand: float | None = None
    """What is needed here a year, in the product's unit."""
    supply: float | None = None
    """What is made here a year."""
    shortfall: float | None = None
    """What is missing if nothing more comes."""
    expected_fill: float | None = None
    """What can be expected of the pipeline."""
    remaining: float | None = None
    """What is then still missing."""
    remaining_if_all: float | None = None
    """What is missing if all of the pipeline comes; None where some of it has no figure."""
    makers: tuple[Maker, ...] = ()
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
    """The weakest confidence among the facts that moved it."""
    sources: tuple[str, ...] = ()
    rank: int = 0
    score: float | None = None
    """From 0 to 1; None until it is scored, as are the fields below."""
    parts: Mapping[str, float] | None = None
    """Component → its value; what has no data is left out."""
    gates: Mapping[str, str] | None = None
    """Gate → pass, fail or unknown."""
    rank_low: int | None = None
    """The best rank under other weights."""
    rank_high: int | None = None
    """The worst rank under other weights."""
    top_share: float | None = None
    """In which share of the draws of weights it is among the first."""

    @property
    def suppliers(self) -> tuple[str, ...]:
        """The ids of its makers; an enterprise and a project may share one."""
        return tuple(maker.id for maker in self.makers)

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """
        Return the gap as plain values.

        Parameters
        ----------
        lang
            The language of `name`, `why` and `size`.

        Returns
        -------
        record
            In the order of the columns that are written to tables and files.
        """
        record = {field: getattr(self, field) for field in GAP_COLUMNS}
        record |= {name: record[name].text(lang) for name in ("name", "why", "size")}
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in record.items()
        }

    def to_cells(self, lang: str) -> dict[str, Cell]:
        """Return what a person reads of the gap, by heading."""
        zh = lang == "zh"
        remedy, short = word(self.remedy, lang), self.shortfall
        by_state = REMEDIES[self.kind] == self.remedy
        amount = "没有数字" if zh else "no figure"
        if short is not None:
            amount = say_amount(short, self.unit, lang) if short else ""
        return {
            "#": self.rank,
            "产品" if zh else "Product": "★ " * bool(self.named) + self.name.text(lang),
            "缺口" if zh else "Gap": f"{word(self.kind, lang)}·{remedy}" if by_state else remedy,
            "现状" if zh else "State": word(self.state, lang),
            "缺多少" if zh else "Short by": amount,
            "得分" if zh else "Score": self.score,
            "原因" if zh else "Why": self.why.text(lang),
        }


GAP_COLUMNS = (
    "rank", "product", "name", "chain", "branch", "kind", "remedy", "why", "state", "named",
    "size", "demand", "supply", "shortfall", "unit", "expected_fill", "remaining",
    "remaining_if_all", "suppliers", "consumers", "missing_inputs", "pipeline", "score", "parts",
    "gates", "rank_low", "rank_high", "top_share", "confidence", "sources",
)  # fmt: skip
"""The columns of a record, in their order."""


def find_gaps(
    atlas: Atlas,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    rule: Rule | None = None,
) -> Records[Gap]:
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
        go into.  `rank_gaps` puts them into the order of their scores instead.

    Raises
    ------
    UsageError
        If there is no such rule.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> gaps = find_gaps(load_atlas(example_atlas()), as_of="2023-02-15")
    >>> {gap.product: gap.kind for gap in gaps}["pvdf"]
    'void'
    """
    gaps = judge(make_survey(atlas, as_of=as_of, view=view), rule=rule)
    return make_records(atlas, gaps, "缺口", "Gaps", as_of=as_of)


def judge(survey: Survey, *, rule: Rule | None = None) -> list[Gap]:
    """
    Find the gaps of a survey; see `find_gaps`.

    Parameters
    ----------
    survey
        A place on a day.
    rule
        The rule that tells the kinds; the atlas's own if none.
    """
    rule = rule or survey.atlas.rule
    if rule not in RULES:
        raise UsageError(f"no rule {rule!r}{did_you_mean(rule, RULES)[0]}: use {', '.join(RULES)}")
    gaps = [gap for id in survey.atlas.products if (gap := _judge_product(survey, id)) is not None]
    gaps = _apply_rule(survey, gaps, rule)
    gaps.sort(key=lambda gap: _precedence(survey, gap))
    return [dataclasses.replace(gap, rank=rank) for rank, gap in enumerate(gaps, start=1)]


def is_input(atlas: Atlas, product: str) -> bool:
    """Tell whether a product is an upstream input of its branch."""
    return atlas.products[product].stage == "upstream"


# ------------------------------------------------------------------ judging


@dataclasses.dataclass(frozen=True)
class _Finding:
    """What is wrong with a product, and on what evidence."""

    kind: Kind
    sentences: tuple[Text, ...]
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...] = ()


def _judge_product(survey: Survey, id: str) -> Gap | None:
    """Return the gap that a product is, or None."""
    finding = _judge_present(survey, id) if id in survey.scene.here else _judge_absent(survey, id)
    return None if finding is None else _make_gap(survey, id, finding)


def _judge_absent(survey: Survey, id: str) -> _Finding:
    scene = survey.scene
    routes = scene.likely_routes(id, survey.spare)
    critical = scene.critical(routes)
    missing = tuple(other for other in critical if other not in survey.spare)
    needers = scene.needers[id]
    before, after = scene.joined(id)
    if needers:
        why = say_needed(scene.names(needers), scene.view)
        return _Finding("broken", (why,), (*scene.evidence_of_users(id, needers),), missing)
    if before and after:
        why = say_joins(scene.names(before), scene.names(after), scene.view)
        evidence = scene.evidence_of_users(id, after) + scene.evidence_of_inputs(id, before)
        return _Finding("broken", (why,), tuple(evidence), missing)
    if critical and not missing:
        why = say_short(scene.names(critical), scene.view)
        return _Finding("short", (why,), (*scene.evidence_of_inputs(id, critical),))
    why, missing = _explain_void(survey, id, routes, missing)
    return _Finding("void", (why,), (*scene.evidence_of_inputs(id, missing),), missing)


def _explain_void(
    survey: Survey, id: str, routes: Sequence[Route], missing: tuple[str, ...]
) -> tuple[Text, tuple[str, ...]]:
    scene = survey.scene
    if missing:
        used_up = [other for other in missing if other in scene.here]
        gone = [other for other in missing if other not in scene.here]
        return say_missing(scene.names(gone), scene.names(used_up)), missing
    sources = scene.comes_with[id]
    if sources and not routes:
        absent = tuple(other for other in sources if other not in scene.here)
        return say_byproduct(scene.names(sources), is_here=len(absent) < len(sources)), absent
    return say_unknown(has_inputs=any(route.inputs for route in routes)), ()


def _judge_present(survey: Survey, id: str) -> _Finding | None:
    """A product that is here is a gap if there is too little of it, or too few who make it."""
    found = [
        finding
        for finding in (
            _find_too_little(survey, id),
            _find_below_scale(survey, id),
            _find_single_source(survey, id),
        )
        if finding is not None
    ]
    if not found:
        return None
    return _Finding(
        "weak",
        tuple(text for finding in found for text in finding.sentences),
        tuple(evidence for finding in found for evidence in finding.evidence),
    )


def _find_too_little(survey: Survey, id: str) -> _Finding | None:
    balance, scene = survey.balances[id], survey.scene
    if not balance.shortfall or balance.supply_partial or balance.supply is None:
        return None
    users = [user for user, _ in balance.users]
    why = say_too_little(balance.supply, balance.demand or 0.0, balance.unit, scene.names(users))
    return _Finding("weak", (why,), (*scene.evidence_of(id), *scene.evidence_of_users(id, users)))


def _find_below_scale(survey: Survey, id: str) -> _Finding | None:
    scene, least = survey.scene, survey.atlas.products[id].min_scale
    if least is None or least.best is None:
        return None
    plants, smallest = scene.amounts(id), scene.in_own_unit(id, least)
    small = [maker for maker in scene.makers(id) if plants.get(maker.id, smallest) < smallest]
    if not small:
        return None
    unit = survey.atlas.products[id].unit
    names = [scene.maker_name(maker) for maker in small]
    why = say_below_scale(names, plants[small[0].id], smallest, unit)
    evidence = (*scene.evidence_of(id), (least.confidence, tuple(least.sources)))
    return _Finding("weak", (why,), evidence)


def _find_single_source(survey: Survey, id: str) -> _Finding | None:
    scene = survey.scene
    makers = scene.makers(id)
    owners = {scene.owner(maker) for maker in makers}
    needers = [other for other in scene.needers[id] if other != id]
    if len(owners) != 1 or not needers or scene.states[id].byproduct_of:
        return None
    why = say_weak(scene.maker_name(makers[0]), scene.names(needers), scene.view)
    evidence = scene.evidence_of(id) + scene.evidence_of_users(id, needers)
    return _Finding("weak", (why,), tuple(evidence))


def _make_gap(survey: Survey, id: str, finding: _Finding) -> Gap:
    atlas, scene = survey.atlas, survey.scene
    state, balance, branch = scene.states[id], survey.balances[id], atlas.branch_of[id]
    sentences, evidence = list(finding.sentences), list(finding.evidence)
    if finding.kind != "weak" and state.state != "absent":
        sentences.append(_explain_pipeline(scene, state))
        evidence += scene.evidence_of(id)
    named = find_names(survey, id)
    if named:
        policy = atlas.policies[named[0]]
        part_of = None if id in survey.wanted else atlas.branches[branch].name
        sentences.append(say_named(policy.name, part_of))
        evidence.append((policy.confidence, tuple(policy.sources)))
    if balance.assumed_routes:
        evidence.append(("L", ()))
    fill = find_fill(scene, id, survey.day)
    return Gap(
        product=id,
        name=atlas.products[id].name,
        chain=atlas.chain_of(branch),
        branch=branch,
        kind=finding.kind,
        why=join(sentences),
        state=state.state,
        unit=atlas.products[id].unit,
        size=say_size(balance, fill, _route_names(atlas, balance.assumed_routes)),
        remedy=REMEDIES[finding.kind],
        demand=balance.demand,
        supply=balance.supply,
        shortfall=balance.shortfall,
        expected_fill=fill.expected,
        remaining=_left(balance.shortfall, fill.expected),
        remaining_if_all=None if fill.is_partial else _left(balance.shortfall, fill.whole),
        makers=tuple(scene.makers(id)),
        consumers=tuple(scene.users[id]),
        missing_inputs=finding.missing,
        pipeline=tuple(dict.fromkeys(each.project for each in fill.coming)),
        named=named,
        confidence=weakest(grade for grade, _ in evidence),
        sources=tuple(dict.fromkeys(key for _, keys in evidence for key in keys)),
    )


def _left(shortfall: float | None, filled: float | None) -> float | None:
    return None if shortfall is None else max(0.0, shortfall - (filled or 0.0))


def find_names(survey: Survey, id: str) -> tuple[str, ...]:
    """Return the policies that name a product or its branch; whole chains are too wide."""
    wanted, branch = survey.wanted, survey.atlas.branch_of[id]
    return tuple(dict.fromkeys((*wanted.get(id, ()), *wanted.get(branch, ()))))


def _route_names(atlas: Atlas, routes: Sequence[tuple[str, str]]) -> list[tuple[Text, Text]]:
    names = []
    for product, id in routes:
        route = next(each for each in atlas.products[product].all_routes if each.id == id)
        names.append((atlas.products[product].name, route.name or Text(zh=id, en=id)))
    return names


def _explain_pipeline(scene: Scene, state: ProductState) -> Text:
    coming = [maker for maker in state.makers if maker.state == state.state]
    if coming:
        names = [scene.maker_name(maker) for maker in coming]
        return say_coming(names, coming[0].since, state.state)
    return say_comes_with(scene.names(state.byproduct_of or state.pool_of), state.state)


# -------------------------------------------------------------- rules, order


def _apply_rule(survey: Survey, gaps: list[Gap], rule: Rule) -> list[Gap]:
    if rule == "state":
        return gaps
    if rule == "position":
        products = survey.atlas.products
        kinds = [_BY_STAGE[products[gap.product].stage] for gap in gaps]
        return [
            dataclasses.replace(gap, kind=kind, remedy=REMEDIES[kind])
            for gap, kind in zip(gaps, kinds, strict=True)
        ]
    maturity = {branch: _mature(survey, branch) for branch in survey.atlas.branches}
    told = [_BY_MATURITY[maturity[gap.branch]] for gap in gaps]
    return [
        dataclasses.replace(gap, kind=kind, remedy=remedy)
        for gap, (kind, remedy) in zip(gaps, told, strict=True)
    ]


def _mature(survey: Survey, branch: str) -> Maturity:
    """How mature a branch is: as the atlas says, or by how much of it is here."""
    if branch in survey.atlas.maturity:
        return survey.atlas.maturity[branch]
    products = survey.atlas.products_of(branch)
    here = [id for id in products if id in survey.scene.here]
    if not here:
        return "emerging"
    return "advantage" if len(here) >= ADVANTAGE * len(products) else "weak"


def _precedence(survey: Survey, gap: Gap) -> tuple[bool, bool, int, bool, int, int, str]:
    return (
        gap.product not in survey.wanted,
        not gap.named,
        KINDS.index(gap.kind),
        is_input(survey.atlas, gap.product),
        -len(gap.consumers),
        -len(survey.scene.all_users[gap.product]),
        gap.product,
    )
