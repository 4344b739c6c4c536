"""The best few gaps to go after together, under limits of number, money, water, energy and land.

An integer programme (scipy's HiGHS) takes the set of gaps of highest total score in
which each has a route whose critical inputs are here, can be shipped in, or are in the
set themselves.  A limit binds if there is a better set without it.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from chaingraph.analysis.gaps import Gap, judge
from chaingraph.analysis.gates import direct_consumption, plant_size
from chaingraph.analysis.hyperpath import (
    CHOSEN,
    Row,
    Search,
    Way,
    make_search,
    solve,
    support_rows,
)
from chaingraph.analysis.score import assess, rank
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.unlock import (
    find_known_investments,
    find_shippable,
    find_ways,
    middle_investment,
)
from chaingraph.errors import UsageError
from chaingraph.model import Atlas, View

RESOURCES: dict[str, str] = {
    "money": "100m_CNY",
    "water": "m3",
    "energy": "tce",
    "land": "mu",
}
"""What a plant takes, and the unit it is counted in; water and energy are per year."""

NUMBER = "number"
"""The limit on how many gaps are chosen."""

CLEARLY = 1e-4
"""By how much a total score must differ to be another."""


@dataclasses.dataclass(frozen=True)
class Use:
    """What a gap would take of each resource, as far as it is known."""

    product: str
    size: float | None
    """The plant that is thought of, in the product's unit a year."""
    takes: Mapping[str, float]
    """Resource → amount; what is not known is left out, and counts for nothing."""
    assumed: bool = False
    """Whether its money is the median of the plants known, for want of one like it."""


@dataclasses.dataclass(frozen=True)
class Bound:
    """A limit, and what it does to the choice."""

    name: str
    """`number` or a resource."""
    unit: str
    limit: float
    used: float
    binds: bool
    """Whether there is a better set without it."""
    gain_of_one: float
    """How much the total score rises with one unit more."""
    next_step: float | None
    """The least increase that allows a better set; None if none does."""
    next_gain: float | None
    """How much better that set is."""
    unknown: tuple[str, ...]
    """The chosen products for which nobody knows what they take of it: they count for nothing."""
    assumed: tuple[str, ...]
    """The chosen products that are counted as the median of the plants known."""


@dataclasses.dataclass(frozen=True)
class Portfolio:
    """A set of gaps to go after together."""

    gaps: tuple[Gap, ...]
    """In the order of their ranks."""
    score: float
    """The sum of their scores."""
    uses: Mapping[str, Use]
    bounds: tuple[Bound, ...]
    passed_over: tuple[tuple[Gap, tuple[str, ...]], ...]
    """Gaps of a higher rank than the last one chosen, and the inputs that each still lacks."""

    def to_records(self, lang: str = "zh") -> list[dict[str, Any]]:
        """Return the chosen gaps as plain values, with what each takes."""
        return [
            {
                "rank": gap.rank,
                "product": gap.product,
                "name": gap.name.text(lang),
                "branch": gap.branch,
                "kind": gap.kind,
                "score": gap.score,
                "unit": gap.unit,
                "size": self.uses[gap.product].size,
                **{name: self.uses[gap.product].takes.get(name) for name in RESOURCES},
                "money_assumed": self.uses[gap.product].assumed,
            }
            for gap in self.gaps
        ]


def to_record(portfolio: Portfolio, lang: str = "zh") -> dict[str, Any]:
    """Return a portfolio as plain values: its gaps, its limits, and what was passed over."""
    return {
        "score": portfolio.score,
        "gaps": portfolio.to_records(lang),
        "limits": [dataclasses.asdict(bound) for bound in portfolio.bounds],
        "passed_over": [
            {"product": gap.product, "rank": gap.rank, "lacks": list(lacking)}
            for gap, lacking in portfolio.passed_over
        ],
    }


PORTFOLIO_COLUMNS = (
    "rank",
    "product",
    "name",
    "branch",
    "kind",
    "score",
    "size",
    "unit",
    *RESOURCES,
)


def find_portfolio(
    atlas: Atlas,
    *,
    number: int,
    limits: Mapping[str, float] | None = None,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    branches: Sequence[str] = (),
) -> Portfolio:
    """
    Choose the gaps that are worth most together.

    Parameters
    ----------
    atlas
        The atlas.
    number
        At most how many.
    limits
        Resource (`money` in 亿元, `water` in m³ a year, `energy` in tonnes of coal
        equivalent a year, `land` in mu) → how much there is.
    as_of, view
        What is here.
    branches
        Only gaps of these branches; all if none.

    Returns
    -------
    portfolio
        What fails a gate is never in it.  A product for which nobody knows what it takes
        of a resource counts for nothing there, and is named in the bound.

    Raises
    ------
    UsageError
        If the number or a limit is below zero, or there is no such resource or branch.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> chosen = find_portfolio(load_atlas(example_atlas()), number=3)
    >>> len(chosen.gaps), chosen.bounds[0].binds
    (3, True)
    """
    limits = dict(limits or {})
    _check(atlas, number, limits, branches)
    survey = make_survey(atlas, as_of=as_of, view=view)
    gaps = rank(assess(survey, judge(survey)), draws=0)
    open_to = {gap.product: gap for gap in gaps if _may_be_chosen(atlas, gap, branches)}
    known = find_known_investments(atlas)
    middle = middle_investment(known) if known else None
    uses = {id: find_use(survey, gap, middle) for id, gap in open_to.items()}
    problem = _pose(survey, open_to, uses, {NUMBER: float(number), **limits})
    chosen = _choose(problem, problem.limits)
    last = max((open_to[id].rank for id in chosen), default=0)
    return Portfolio(
        passed_over=tuple(
            (gap, _lacking(survey, problem, id, chosen))
            for id, gap in open_to.items()
            if gap.rank < last and id not in chosen
        ),
        gaps=tuple(gap for id, gap in open_to.items() if id in chosen),
        score=problem.total(chosen),
        uses={id: use for id, use in uses.items() if id in chosen},
        bounds=tuple(_weigh_limit(problem, name, chosen, uses) for name in problem.limits),
    )


def _lacking(
    survey: Survey, problem: Problem, product: str, chosen: AbstractSet[str]
) -> tuple[str, ...]:
    """Return the critical inputs of a product that are neither at hand nor chosen."""
    scene, there = survey.scene, problem.at_hand | chosen
    routes = scene.likely_routes(product, survey.spare)
    needs = scene.critical(routes) if routes else scene.comes_with[product]
    return tuple(id for id in needs if id not in there)


def find_use(survey: Survey, gap: Gap, middle: float | None) -> Use:
    """
    Tell what a plant for a gap would take.

    Money and land are those of the plants known, in proportion to size; money where no
    plant of it is known is `middle`, the median of all plants of the atlas.  Water is what its
    route takes of the product that a water gate counts; energy the limit that the
    national standard sets a new plant (grade 2).
    """
    facts = survey.atlas.products[gap.product]
    size = plant_size(survey, gap.product, gap.remaining)
    takes: dict[str, float | None] = {
        "money": _by_example(survey, gap.product, "investment", size),
        "land": _by_example(survey, gap.product, "land", size),
    }
    waters = {gate.consumes for gate in survey.atlas.gates.values() if gate.kind == "water"}
    per = [direct_consumption(survey, gap.product, of) for of in sorted(filter(None, waters))]
    takes["water"] = _times(size, sum(each or 0.0 for each in per) if any(per) else None)
    known = takes["money"]
    if known is None:
        takes["money"] = middle
    entry = [limit.grades[1] for limit in facts.energy_limits if limit.unit == f"kgce/{facts.unit}"]
    takes["energy"] = _times(size, min(entry) / 1000 if entry else None)
    assumed = known is None and takes["money"] is not None
    amounts = {name: each for name, each in takes.items() if each is not None}
    return Use(gap.product, size, amounts, assumed)


def _by_example(survey: Survey, product: str, field: str, size: float | None) -> float | None:
    """The median of what is known per unit times the size; failing that the least known."""
    examples = survey.atlas.products[product].investments
    per: list[float] = []
    whole: list[float] = []
    for example in examples:
        figure = getattr(example, field)
        if figure is None or figure.best is None or figure.unit is not None:
            continue
        whole.append(figure.best)
        if example.size is not None and example.size.best:
            per.append(figure.best / survey.scene.in_own_unit(product, example.size))
    if per and size is not None:
        return statistics.median(per) * size
    return min(whole, default=None)


def _times(size: float | None, per: float | None) -> float | None:
    return None if size is None or per is None else size * per


def _check(atlas: Atlas, number: int, limits: Mapping[str, float], branches: Sequence[str]) -> None:
    if number < 0:
        raise UsageError(f"at most {number} gaps: the number cannot be below zero")
    for name, limit in limits.items():
        if name not in RESOURCES:
            raise UsageError(f"no resource {name!r}: there are {', '.join(RESOURCES)}")
        if not limit >= 0 or math.isinf(limit):
            raise UsageError(f"the limit of {name} is {limit}: it must be zero or more")
    for branch in branches:
        if branch not in atlas.branches:
            raise UsageError(f"no branch {branch!r}: there are {', '.join(atlas.branches)}")


def _may_be_chosen(atlas: Atlas, gap: Gap, branches: Sequence[str]) -> bool:
    if gap.score is None or atlas.products[gap.product].pool:
        return False
    passes = "fail" not in (gap.gates or {}).values()
    return passes and (not branches or gap.branch in branches)


@dataclasses.dataclass(frozen=True)
class Problem:
    """The integer programme: which gaps may be chosen, and what each takes of each limit."""

    search: Search
    at_hand: AbstractSet[str]
    scores: Mapping[str, float]
    """Gap that can be landed → its score."""
    takes: Mapping[str, Mapping[str, float]]
    """Limit → gap → what it takes of it."""
    limits: Mapping[str, float]

    def terms(self, values: Mapping[str, float]) -> dict[int, float]:
        """Put a value for each gap on the variable that says whether it is landed."""
        return {self.search.landed[id]: value for id, value in values.items() if value}

    def total(self, chosen: Iterable[str]) -> float:
        """The sum of the scores of a set."""
        return sum(self.scores[id] for id in sorted(chosen))


def _pose(
    survey: Survey,
    gaps: Mapping[str, Gap],
    uses: Mapping[str, Use],
    limits: Mapping[str, float],
) -> Problem:
    here, products = survey.scene.here, survey.atlas.products
    at_hand = here | find_shippable(survey.atlas, as_of=survey.day)
    ways = [
        way for way in find_ways(survey.scene) if way.product in gaps or products[way.product].pool
    ]
    ways += [Way(id, None, frozenset()) for id in gaps if id in here]
    search = make_search(ways, at_hand)
    known = [id for id in gaps if id in search.landed]
    takes = {
        name: {id: 1.0 if name == NUMBER else uses[id].takes.get(name, 0.0) for id in known}
        for name in limits
    }
    scores = {id: gaps[id].score or 0.0 for id in known}
    return Problem(search, at_hand, scores, takes, limits)


def _choose(problem: Problem, limits: Mapping[str, float]) -> frozenset[str]:
    """Return the set of highest score under some limits."""
    gain = {id: -score for id, score in problem.scores.items()}
    chosen = _solve(problem, limits, gain, [])
    return chosen or frozenset()


def _cheapest(problem: Problem, name: str, at_least: float) -> frozenset[str] | None:
    """Return the set of at least some score that takes least of a limit; None if there is none."""
    others = {other: limit for other, limit in problem.limits.items() if other != name}
    enough: Row = (problem.terms(problem.scores), at_least, np.inf)
    return _solve(problem, others, problem.takes[name], [enough])


def _solve(
    problem: Problem, limits: Mapping[str, float], cost: Mapping[str, float], extra: list[Row]
) -> frozenset[str] | None:
    rows = support_rows(problem.search, problem.at_hand) + extra
    rows += [
        (terms, -np.inf, limit)
        for name, limit in limits.items()
        if (terms := problem.terms(problem.takes[name]))
    ]
    objective = np.zeros(problem.search.size)
    for at, value in problem.terms(cost).items():
        objective[at] = value
    values = solve(problem.search, problem.at_hand, objective, rows)
    if values is None:
        return None
    landed = problem.search.landed
    return frozenset(id for id in problem.scores if values[landed[id]] > CHOSEN)


def _weigh_limit(
    problem: Problem, name: str, chosen: frozenset[str], uses: Mapping[str, Use]
) -> Bound:
    """Tell what a limit keeps out, and what one more unit of it would let in."""
    best, limit = problem.total(chosen), problem.limits[name]
    others = {other: each for other, each in problem.limits.items() if other != name}
    binds = problem.total(_choose(problem, others)) > best + CLEARLY
    gain, step, step_gain = 0.0, None, None
    if binds:
        gain = problem.total(_choose(problem, {**others, name: limit + 1})) - best
        wider = _cheapest(problem, name, best + CLEARLY)
        if wider is not None:
            step = sum(problem.takes[name][id] for id in sorted(wider)) - limit
            step_gain = problem.total(_choose(problem, {**others, name: limit + step})) - best
    return Bound(
        name=name,
        unit=RESOURCES.get(name, "count"),
        limit=limit,
        used=sum(problem.takes[name][id] for id in sorted(chosen)),
        binds=binds,
        gain_of_one=max(0.0, gain),
        next_step=step,
        next_gain=step_gain,
        unknown=tuple(sorted(id for id in chosen if name != NUMBER and name not in uses[id].takes)),
        assumed=tuple(sorted(id for id in chosen if name == "money" and uses[id].assumed)),
    )
