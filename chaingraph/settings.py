"""What a place decides for itself: weights, gates, how sure the pipeline is, maturity.

They are part of the atlas, so that a ranking can be read, disputed and changed in
the open.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, model_validator

from chaingraph.figures import (
    Amount,
    BranchId,
    Confidence,
    Date,
    Day,
    Entity,
    ImpliedUnit,
    Line,
    Name,
    Named,
    Number,
    ProductId,
    Ref,
    SourceKey,
)

Weight = Annotated[Number, Field(ge=0)]
Share = Annotated[Number, Field(ge=0, le=1)]
Months = Annotated[Number, Field(ge=0)]

Maturity = Literal["advantage", "weak", "traditional", "emerging"]
"""优势、短板、传统、新兴产业."""

Verdict = Literal["pass", "fail", "unknown"]


class _SomeWeight(Entity):
    """Weights of which at least one counts."""

    @model_validator(mode="after")
    def _not_all_zero(self) -> Self:
        if not any(self.model_dump().values()):
            raise ValueError("no_weight")
        return self


class Weights(_SomeWeight):
    """How much each component counts in the score of a gap; only their proportions matter."""

    relatedness: Weight = 0.15
    """How much of its neighbourhood is here, and how likely it takes root by a forecast (关联度)."""
    pull: Weight = 0.2
    """What it opens up and feeds (带动作用)."""
    technology: Weight = 0.1
    """How demanding it is (核心技术)."""
    demand: Weight = 0.2
    """Unmet local need (本地需求)."""
    readiness: Weight = 0.15
    """Inputs, parks and utilities that are there (落地条件)."""
    strategy: Weight = 0.15
    """Whether the place names it as wanted (战略导向)."""
    crowding: Weight = 0.05
    """How many neighbours chase the same, counted against it (同质竞争)."""


class TargetWeights(_SomeWeight):
    """How much each component counts in the score of a target; only their proportions matter."""

    fit: Weight = 0.3
    """How surely it makes what is missing (产品匹配)."""
    leadership: Weight = 0.2
    """Chain leader, champion, listed and the like (龙头地位)."""
    capacity: Weight = 0.1
    """How much it makes beside the largest of the candidates (产能规模)."""
    region: Weight = 0.15
    """Whether it stands where the place looks for investors (目标区域)."""
    ties: Weight = 0.15
    """Its customers, suppliers and sister firms that are here (本地联系)."""
    signal: Weight = 0.1
    """Whether it is known to be on the move (外迁扩产动向)."""


Days = Annotated[int, Field(strict=True, ge=0)]
Count = Annotated[int, Field(strict=True, ge=1)]


class PlanSettings(Entity):
    """How the visits of the teams are laid out in time; days are working days."""

    start: Day | None = None
    """The first day; the working day after the day asked for if left out."""
    trips: Count = 6
    """How many trips a team makes at most."""
    visits: Count = 5
    """How many firms one trip takes in at most."""
    radius: Annotated[Number, Field(ge=1)] = 400.0
    """How far apart the firms of one trip may lie at most [km]."""
    every: Count = 10
    """How many days after the start of one trip the team sets out on its next."""
    talks: Days = 20
    """How many days after the visit talks should be under way."""
    signing: Days = 60
    """How many days after the visit an agreement should be signed."""
    holidays: list[Day] = []
    """Days off beside the public holidays of China."""
    workdays: list[Day] = []
    """Days worked that would be off."""


class Gate(Named):
    """A hard condition that comes before the score: pass, fail or not known."""

    kind: Literal["water", "energy", "land", "certification", "ban", "quota"]
    """What it is about."""
    products: list[ProductId] = []
    """The products it holds for."""
    branches: list[BranchId] = []
    """The branches it holds for."""
    codes: dict[str, list[Annotated[str, Field(pattern=r"^[0-9A-Za-z.]+$")]]] = {}
    """Holds for products whose code in a system begins so, such as gbt4754: ["26"]."""
    consumes: ProductId | None = None
    """The input that is counted against `available`, such as industrial water."""
    available: Annotated[Amount, ImpliedUnit("consumed")] | None = None
    """How much there is for new plants, a year."""
    needs_chemical_park: StrictBool = False
    """Passes if there is a recognised chemical park here."""
    verdict: Verdict | None = None
    """What a ban or quota comes to here, where nothing is to be computed."""
    since: Date | None = None
    """The day from which it holds."""


class Odds(Entity):
    """How likely it is, at an age, that a project operates."""

    months: Months
    """Months since signing."""
    share: Share
    """The share of projects of that age that operate."""


# The 19th and 20th Lanzhou trade fairs, read after about 26 and 12 months: of the projects
# signed 36.69 and 25.17 % were completed, 82.98 and 77.14 % had been started.
_SIGNED = [Odds(months=12, share=0.2517), Odds(months=26, share=0.3669)]
_STARTED = [Odds(months=12, share=0.3263), Odds(months=26, share=0.4422)]


def _in_order(odds: list[Odds]) -> list[Odds]:
    if not odds or any(second.months <= first.months for first, second in pairwise(odds)):
        raise ValueError("odds_order")
    return odds


OddsByAge = Annotated[list[Odds], AfterValidator(_in_order)]


class Pipeline(Entity):
    """How much of what is signed or building is expected to come, by age."""

    signed: OddsByAge = _SIGNED
    """Of all that is signed."""
    building: OddsByAge = _STARTED
    """Of what is under construction."""
    sources: list[SourceKey] = []
    """Where the shares come from."""
    confidence: Confidence | None = None
    """How far they can be trusted."""
    note: str | None = None
    """What a reader must know about them."""


class Neighbour(Named):
    """A place nearby: what it makes can be shipped from there, what it chases crowds the field."""

    makes: list[ProductId] = []
    """Products made there: those of regional reach can be shipped in."""
    chases: list[Annotated[str, Ref("products", "branches")]] = []
    """Products and branches it builds or openly wants."""
    date: Date | None = None
    """When that was said; it counts from then on."""


class Forecast(Entity):
    """How likely a product is to take root, as estimated from where activities appeared before."""

    place: Line
    """The place that it speaks of, such as the province."""
    activity: Line
    """What the data call it."""
    probability: Share
    """That the first firm of it appears there between the two days."""
    percentile: Share
    """Of what is not there, the share that is less likely; equal ones count half."""
    as_of: Date
    """What was known before this day went into it; it counts from then on."""
    until: Date
    """The end of the time that it speaks of; it counts until then."""
    why: Name | None = None
    """What speaks for it and against it."""
    sources: list[SourceKey] = []
    """The data that it was made from."""
    note: str | None = None
    """What else a reader should know."""


class Quota(Named):
    """One line of a task book (任务书): what is to be reached by when."""

    chain: Annotated[str, Ref("chains")] | None = None
    """The chain it is for; all if left out."""
    team: Annotated[str, Ref("teams")] | None = None
    """Who answers for it."""
    measure: Literal["signed", "started", "operating", "arrived", "factory_space"]
    """What is counted: projects that reach a milestone, money arrived, or factory space taken."""
    goal: Amount
    """How much: count of projects, 100m_CNY of investment or money, 10k_m2 or m2 of space."""
    since: Date
    """The first day that counts."""
    until: Date
    """The last day."""
