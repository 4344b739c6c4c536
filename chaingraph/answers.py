"""Questions about an atlas and their answers, for the web interface and for assistants alike.

Each question is a function of an atlas and keywords that returns a frozen record of
`chaingraph.replies`.  What its keywords mean is said in `chaingraph.options`, and its docstring
tells people and assistants what it is for; how it is asked from outside, in `chaingraph.asking`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from chaingraph.analysis.explain import Part, explain_in
from chaingraph.analysis.gaps import KIND_NAMES, Gap, find_gaps, judge
from chaingraph.analysis.score import Assessment, assess, rank
from chaingraph.analysis.state import find_states, tally
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.targets import PER_GAP, Targeting, find_group, target_in
from chaingraph.analysis.trace import find_product, trace
from chaingraph.analysis.unlock import Bundle, Ship, unlock
from chaingraph.analysis.whatif import Landing, find_whatif
from chaingraph.memory import Memory
from chaingraph.model import Atlas, Rule, View
from chaingraph.options import (
    LIMIT,
    Alternatives,
    BranchList,
    BranchWords,
    ChainWords,
    CostName,
    Day,
    Depth,
    DirectionName,
    GroupShipName,
    KindName,
    Landings,
    LanguageName,
    Limit,
    PerGap,
    ProductList,
    ProductWords,
    RuleName,
    SearchWords,
    ShipName,
    ViewName,
)
from chaingraph.questions import choose, choose_products, names_of, read_landing
from chaingraph.replies import (
    Explanation,
    Gaps,
    GroupAnswer,
    Hits,
    Overview,
    Targets,
    Trace,
    Unlocking,
    WhatIfAnswer,
)
from chaingraph.search import find_groups, search
from chaingraph.telling import Teller

_RANKINGS = Memory(size=8)

# -------------------------------------------------------------- the questions


def overview(atlas: Atlas, *, as_of: Day = None, lang: LanguageName = None) -> Overview:
    """
    What the atlas holds: the place, its chains and branches.

    Ask this first.  It gives the ids of chains and branches that other questions take, the day
    on which answers hold, and how many products of each branch are made here, under
    construction, signed or absent, and how many are gaps.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> overview(load_atlas(example_atlas()), lang="en").place
    'Yumen'
    """
    told = Teller(atlas, as_of, lang)
    states = find_states(atlas, as_of=told.day)
    missing = [gap.branch for gap in find_gaps(atlas, as_of=told.day)]

    def tell_branch(id: str) -> dict[str, Any]:
        counts = tally(states, atlas.products_of(id))
        return {
            "branch": id,
            "name": told.text(atlas.branches[id].name),
            "products": counts.total,
            **dataclasses.asdict(counts),
            "gaps": missing.count(id),
        }

    return told.answer(
        Overview,
        atlas=told.text(atlas.atlas.name),
        note=atlas.atlas.note,
        own_day=atlas.date().isoformat(),
        rule=atlas.rule,
        chains=[
            {
                "chain": id,
                "name": told.text(chain.name),
                "cluster": told.text(atlas.clusters[chain.cluster].name) if chain.cluster else None,
                "branches": [tell_branch(branch) for branch in chain.branches],
            }
            for id, chain in atlas.chains.items()
        ],
    )


def search_products(
    atlas: Atlas,
    *,
    words: SearchWords,
    as_of: Day = None,
    lang: LanguageName = None,
    limit: Limit = LIMIT,
) -> Hits:
    """
    Products by name, alias, code or pinyin.

    Finds the id by which other questions know a product, and says how far it is here.  Guesses
    at a misspelled word are marked `like`: ask back before you rely on one.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> search_products(load_atlas(example_atlas()), words="PVDF").products[0].product
    'pvdf'
    """
    told = Teller(atlas, as_of, lang)
    states, found = find_states(atlas, as_of=told.day), search(atlas, words)
    return told.answer(
        Hits,
        total=len(found),
        chains=find_groups(atlas.chains, words),
        branches=find_groups(atlas.branches, words),
        products=[
            {
                "product": hit.product,
                "name": told.text(product.name),
                "other_names": told.other_names(product),
                "matched": hit.matched,
                "how": hit.how,
                "chain": atlas.chain_of(atlas.branch_of[hit.product]),
                "branch": atlas.branch_of[hit.product],
                "stage": product.stage,
                "unit": product.unit,
                "codes": product.codes,
                "state": states[hit.product].state,
            }
            for hit in _first(found, limit)
            for product in [atlas.products[hit.product]]
        ],
    )


def list_gaps(
    atlas: Atlas,
    *,
    as_of: Day = None,
    view: ViewName = "actual",
    rule: RuleName = None,
    chain: ChainWords = None,
    branch: BranchWords = None,
    kind: KindName = None,
    lang: LanguageName = None,
    limit: Limit = LIMIT,
) -> Gaps:
    """
    The gaps of the industry chains here, ranked by how much each is worth going after.

    A gap is a product that is missing here or too weak.  Each comes with the reason, the amount
    missing where it can be computed, the projects that will fill it, a score with its parts and
    how far the rank depends on weights, the limits it meets, confidence and sources.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> answer = list_gaps(load_atlas(example_atlas()), kind="broken", limit=1)
    >>> answer.gaps[0].kind, len(answer.gaps)
    ('broken', 1)
    """
    told = Teller(atlas, as_of, lang)
    rule = rule or atlas.rule
    chain = choose("chain", chain, names_of(atlas.chains))
    branch = choose("branch", branch, names_of(atlas.branches))
    wanted = choose("kind", kind, KIND_NAMES)
    found = [
        gap
        for gap in _rank(told, view, rule).gaps
        if chain in (None, gap.chain)
        and branch in (None, gap.branch)
        and wanted in (None, gap.kind)
    ]
    return told.answer(
        Gaps,
        view=view,
        rule=rule,
        total=len(found),
        gaps=[gap.to_record(told.lang) for gap in _first(found, limit)],
    )


def explain(
    atlas: Atlas,
    *,
    product: ProductWords,
    as_of: Day = None,
    view: ViewName = "actual",
    rule: RuleName = None,
    lang: LanguageName = None,
) -> Explanation:
    """
    The whole story of one gap: where every number comes from.

    Tells why the product is a gap, what its demand and supply are made up of and who makes it,
    the projects on their way and how far they can be counted on, each component of the score
    with what it rests on, the limits and bans, what must land first, what it then opens, and all
    sources in full.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> answer = explain(load_atlas(example_atlas()), product="PVDF", as_of="2023-02-15")
    >>> answer.gap.kind, len(answer.components)
    ('void', 7)
    """
    told = Teller(atlas, as_of, lang)
    id = find_product(atlas, product)
    known = _rank(told, view, rule or atlas.rule)
    found = explain_in(known.survey, known.assessment, known.gaps, id)
    return told.answer(
        Explanation,
        view=view,
        gap=found.gap.to_record(told.lang),
        of=found.of,
        components=[told.plain(part) for part in found.components],
        gates=[told.plain(passage) for passage in found.gates],
        demands=[_tell_part(part, told) for part in found.demands],
        supplies=[_tell_part(part, told) for part in found.supplies],
        coming=[told.plain(project) for project in found.fill.coming],
        opens=found.opens,
        bundles=[_tell_bundle(bundle, "reach", told) for bundle in found.bundles],
    )


def list_targets(
    atlas: Atlas,
    *,
    product: ProductList = (),
    branch: BranchList = (),
    chain: ChainWords = None,
    per_gap: PerGap = PER_GAP,
    as_of: Day = None,
    view: ViewName = "actual",
    lang: LanguageName = None,
    limit: Limit = LIMIT,
) -> Targets:
    """
    Whom to go after for each gap: firms elsewhere that could fill it, and why.

    Each firm comes with what it makes, why it fits, its score by part, how to reach it, who
    answers for it, by when, and sources.  Gaps for which the atlas knows no firm are `unmet`:
    that means no firm is known, not that there is none.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> atlas = load_atlas(example_atlas())
    >>> list_targets(atlas, product=["有机硅DMC"], as_of="2023-02-15").targets[0].name
    '合盛硅业'
    """
    told = Teller(atlas, as_of, lang)
    wanted = choose_products(atlas, product, branch, chain)
    found = _find_targets(told, view, per_gap).of(wanted)
    return told.answer(
        Targets,
        view=view,
        total=len(found.targets),
        targets=[target.to_record(told.lang) for target in _first(found.targets, limit)],
        unmet=[gap.product for gap in found.unmet],
    )


def find_firms_together(
    atlas: Atlas,
    *,
    product: ProductWords,
    ship: GroupShipName = "upstream",
    as_of: Day = None,
    view: ViewName = "actual",
    lang: LanguageName = None,
) -> GroupAnswer:
    """
    Few firms that together could bring all that must land for a product (组团招商).

    Takes the cheapest bundle that unlocks the product and chooses firms that cover it, the
    widest first.  What no firm is known to make stands in a last row without a firm.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> answer = find_firms_together(load_atlas(example_atlas()), product="PVDF")
    >>> "pvdf" in answer.firms[0].brings
    True
    """
    told = Teller(atlas, as_of, lang)
    group = find_group(atlas, product, as_of=told.day, view=view, ship=ship)
    return told.answer(
        GroupAnswer,
        view=view,
        product=group.target,
        is_here=group.is_here,
        needed=group.needed,
        firms=group.to_records(atlas, told.lang),
    )


def trace_product(
    atlas: Atlas,
    *,
    product: ProductWords,
    direction: DirectionName = "up",
    depth: Depth = 3,
    as_of: Day = None,
    lang: LanguageName = None,
) -> Trace:
    """
    What a product is made from, link by link, or what it goes into.

    Follows the process routes with their unit consumption and by-products, and says of every
    product met how far it is here.  Loops are told once.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> answer = trace_product(load_atlas(example_atlas()), product="PVDF", depth=1)
    >>> [step.product for step in answer.steps]
    ['pvdf', 'vinylidene_fluoride']
    """
    told = Teller(atlas, as_of, lang)
    steps = trace(atlas, product, direction=direction, depth=depth, as_of=told.day)
    return told.answer(
        Trace,
        product=steps[0].product,
        direction=direction,
        steps=[step.to_record(told.lang) for step in steps],
    )


def unlock_product(
    atlas: Atlas,
    *,
    product: ProductWords,
    ship: ShipName = None,
    cost: CostName = "steps",
    alternatives: Alternatives = 3,
    as_of: Day = None,
    view: ViewName = "actual",
    lang: LanguageName = None,
) -> Unlocking:
    """
    What must land first, and together, for a product to be made here.

    Gives the smallest or cheapest sets of plants that make a product possible, the route of
    each, what is shipped in, and the bans and quotas to look at.  No bundle means that nothing
    that could land would bring it.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> answer = unlock_product(load_atlas(example_atlas()), product="PVDF", ship="upstream")
    >>> answer.bundles[0].products[-1]
    'pvdf'
    """
    told = Teller(atlas, as_of, lang)
    id = find_product(atlas, product)
    ways: Sequence[Ship] = (ship,) if ship else ("reach", "upstream")
    found = {
        way: unlock(
            atlas, id, as_of=told.day, view=view, cost=cost, ship=way, alternatives=alternatives
        )
        for way in ways
    }
    return told.answer(
        Unlocking,
        view=view,
        product=id,
        is_here=any(not bundle.steps for bundles in found.values() for bundle in bundles),
        bundles=[
            _tell_bundle(bundle, way, told) for way, bundles in found.items() for bundle in bundles
        ],
    )


def what_if(
    atlas: Atlas,
    *,
    land: Landings,
    as_of: Day = None,
    view: ViewName = "actual",
    lang: LanguageName = None,
) -> WhatIfAnswer:
    """
    What changes if something lands here: gaps closed and opened, products in reach, sourcing.

    Several things may land together.  Nothing is written: the atlas stays as it is.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> answer = what_if(load_atlas(example_atlas()), land=["anhydrous_hf=50000"])
    >>> [each.product for each in answer.changes if each.change == "closed"]
    ['anhydrous_hf', 'fluorogypsum']
    """
    told = Teller(atlas, as_of, lang)
    landings = [read_landing(atlas, text) for text in land]
    found = find_whatif(atlas, landings, as_of=told.day, view=view)
    return told.answer(
        WhatIfAnswer,
        view=view,
        landings=[_tell_landing(landing, atlas) for landing in landings],
        **found.to_record(told.lang),
    )


# --------------------------------------------------------------------- telling

_T = TypeVar("_T")


class _Ranking(NamedTuple):
    """The gaps of a place on a day, ranked, and what they were told from."""

    survey: Survey
    assessment: Assessment
    gaps: Sequence[Gap]


def _rank(told: Teller, view: View, rule: Rule) -> _Ranking:
    """Rank the gaps, once for all questions of the same day, view and rule."""

    def work() -> _Ranking:
        survey = make_survey(told.atlas, as_of=told.day, view=view)
        assessment = assess(survey, judge(survey, rule=rule))
        return _Ranking(survey, assessment, rank(assessment))

    return _RANKINGS.recall(told.atlas, (told.day, view, rule), work)


def _find_targets(told: Teller, view: View, per_gap: int) -> Targeting:
    """Find the targets of all gaps, once for all questions of the same day and view."""

    def work() -> Targeting:
        ranking = _rank(told, view, told.atlas.rule)
        return target_in(ranking.survey, ranking.gaps, per_gap=per_gap)

    return _RANKINGS.recall(told.atlas, (told.day, view, "targets", per_gap), work)


def _first(rows: Sequence[_T], limit: int) -> Sequence[_T]:
    return rows[:limit] if limit else rows


def _tell_part(part: Part, told: Teller) -> dict[str, Any]:
    makers = [{"name": told.text(name), "since": since} for name, since in part.makers]
    return told.plain(part) | {"makers": makers}


def _tell_bundle(bundle: Bundle, ship: Ship, told: Teller) -> dict[str, Any]:
    return {"ship": ship, **bundle.to_record(told.lang)}


def _tell_landing(landing: Landing, atlas: Atlas) -> dict[str, Any]:
    unit = atlas.products[landing.product].unit if landing.product else None
    return dataclasses.asdict(landing) | {"unit": unit}
