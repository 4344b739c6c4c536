"""What is answered to programs and assistants: closed records, every field with its meaning.

The fields are those of the ``to_record()`` of the analyses, so that a record here is the one
that ``--format json`` writes.  Amounts are a year's, in the unit that stands beside them; None
is always *not known*, never zero.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from chaingraph.analysis.gaps import Kind, Remedy
from chaingraph.analysis.targets import Approach
from chaingraph.analysis.trace import Direction
from chaingraph.analysis.track import Colour
from chaingraph.analysis.unlock import Ship
from chaingraph.figures import Confidence
from chaingraph.model import Language, Milestone, Rule, Stage, State, View
from chaingraph.search import How
from chaingraph.settings import Verdict

Ids = tuple[str, ...]


class Record(BaseModel):
    """The settings of all records: closed, frozen, documented field by field."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


# ------------------------------------------------------------- what they hold


class SourceRecord(Record):
    """Where facts come from."""

    key: str
    """The key by which `sources` cites it."""
    title: str
    """What it is or says."""
    publisher: str | None
    """Who published it."""
    date: str | None
    """When it was published."""
    url: Ids
    """Where it was read."""
    kind: str
    """Such as government, news, company, standard, paper, calculation or judgement."""


class GapRecord(Record):
    """A product that is broken, weak, short or void here, why, and how large the gap is."""

    rank: int
    """1 is the gap most worth going after; what fails a gate comes last."""
    product: str
    """The id of the product."""
    name: str
    """Its name."""
    chain: str | None
    """The id of its industry chain."""
    branch: str
    """The id of its branch, a part of the chain."""
    kind: Kind
    """broken 断链: absent, and something made here needs it; weak 弱链: here, but too little, too
    small or from one firm only; short 短链: absent, its inputs are here; void 无链: absent, and
    inputs are missing too."""
    remedy: Remedy
    """What to do about it: fill 补链, strengthen 强链, extend 延链, build 建链, upgrade."""
    why: str
    """Why it is a gap, in one sentence."""
    state: State
    """The highest that any firm or project here reaches: present, building, signed or absent."""
    named: Ids
    """The policies that name it or its branch as wanted."""
    size: str
    """How large it is, in one sentence; says so where nobody knows."""
    demand: float | None
    """What is needed here a year, in `unit`."""
    supply: float | None
    """What is made here a year, in `unit`."""
    shortfall: float | None
    """Demand less supply a year, in `unit`, if nothing more comes."""
    unit: str | None
    """The unit of all amounts of the product."""
    expected_fill: float | None
    """What can be expected of the projects on their way, by how many such projects come to run."""
    remaining: float | None
    """What is then still missing."""
    remaining_if_all: float | None
    """What is missing if all of the projects on their way come."""
    suppliers: Ids
    """The firms and projects that make it here."""
    consumers: Ids
    """The products made here that it goes into."""
    missing_inputs: Ids
    """The critical inputs that are not here, of the route that it would be made by."""
    pipeline: Ids
    """The projects here that will make it."""
    score: float | None
    """How much it is worth going after, from 0 to 1."""
    parts: dict[str, float] | None
    """The components of the score, each from 0 to 1; what has no data is left out."""
    gates: dict[str, Verdict] | None
    """What each limit or ban says to it: pass, fail or unknown."""
    rank_low: int | None
    """The best rank that other weights would give it."""
    rank_high: int | None
    """The worst rank that other weights would give it."""
    top_share: float | None
    """In which share of the weights tried it is among the first ten."""
    confidence: Confidence | None
    """The weakest confidence among the facts that moved it: H high, M medium, L low."""
    sources: Ids
    """The keys of the sources it rests on."""


class ComponentRecord(Record):
    """One part of a score, and the numbers that it came from."""

    name: str
    """relatedness, pull, technology, demand, readiness, strategy or crowding."""
    value: float | None
    """From 0 to 1; None where there is no data, and the component is left out."""
    weight: float
    """Its share among the components for which there is data."""
    adds: float | None
    """What it adds to the score; crowding counts against."""
    told: str
    """On what the value rests."""
    sources: Ids
    """The keys of its sources."""


class PassageRecord(Record):
    """What a limit, ban or quota says to a product."""

    gate: str
    """The id of the gate."""
    name: str
    """Its name."""
    verdict: Verdict
    """pass, fail or unknown."""
    told: str
    """The figure behind it, or what is not known."""
    sources: Ids
    """The keys of its sources."""


class MakerRecord(Record):
    """Who makes something here."""

    name: str
    """The firm or project."""
    since: str | None
    """When that was last seen or begun."""


class PartRecord(Record):
    """One product's part in a demand or supply."""

    product: str
    """What is made."""
    made: float | None
    """How much of it a year, in its own unit."""
    amount: float | None
    """How much it takes or gives, in the unit of the gap."""
    makers: tuple[MakerRecord, ...]
    """Who makes it."""


class ComingRecord(Record):
    """One project on its way."""

    project: str
    """The id of the project."""
    state: State
    """signed or building."""
    months: float
    """Months since it was signed, or since the first milestone known after that."""
    share: float
    """The share of projects like it that come to run."""
    amount: float | None
    """What it will make a year, in the unit of the gap."""


class BundleRecord(Record):
    """Products to land together so that a product can be made here."""

    ship: Ship
    """What it takes from elsewhere: all within `reach`, `upstream` inputs and equipment, `none`."""
    target: str
    """What is to be made."""
    products: Ids
    """What must land, in an order in which each has what it needs; none if it is here already."""
    names: Ids
    """Their names."""
    routes: dict[str, str]
    """Product → the route by which it is made."""
    resources: Ids
    """Of the products those that nobody here can say how to make."""
    shipped: Ids
    """What it takes from elsewhere."""
    cautions: Ids
    """product:gate, the bans and quotas on what is landed or shipped in."""
    cost: float
    """How many products must land; or by investment, in 亿元 (100 million yuan)."""


class TargetRecord(Record):
    """A firm elsewhere that could fill a gap, and why it fits."""

    rank: int
    """By the rank of the gap, then by score."""
    chain: str | None
    """The id of the chain of the gap."""
    product: str
    """What it is to bring."""
    product_name: str
    """The name of that product."""
    kind: Kind
    """The kind of the gap."""
    remedy: Remedy
    """What to do about the gap."""
    state: State
    """How far the product itself is here."""
    gap_rank: int
    """The rank of the gap among all gaps."""
    gap_score: float | None
    """The score of the gap, from 0 to 1."""
    enterprise: str
    """The id of the firm."""
    name: str
    """Its name."""
    place: str | None
    """Where it stands."""
    makes: Ids
    """What it makes, as products of the atlas."""
    titles: Ids
    """What it was awarded; `listed` if it has a stock code."""
    stock_code: str | None
    """Its stock code."""
    direction: str
    """What to ask it for."""
    investment: float | None
    """What a plant would cost, in 亿元 (100 million yuan), by plants known elsewhere."""
    fit: float
    """How sure it is that it makes the product, from 0 to 1."""
    score: float
    """From 0 to 1."""
    parts: dict[str, float]
    """The components of the score; what has no data is left out and counts 0.5."""
    known: float
    """How much of the weight is of components that are known."""
    why: str
    """On what the match rests, in one sentence."""
    here: Ids
    """Its firms that are here already."""
    region: str | None
    """The region it stands in that the place looks to."""
    outpost: str | None
    """The outpost that covers it."""
    approach: Approach
    """Through firms here (referral), by an outpost, by a visit, or through an agent."""
    team: str | None
    """Who answers for it."""
    due: str | None
    """The day by which it is to be visited; None where the plan has no room for it."""
    stage: Milestone | None
    """How far talks and projects with it on this product are."""
    updated: str | None
    """When they last moved."""
    colour: Colour | None
    """How long they have stood still."""
    evidence_date: str | None
    """The date of the newest source by the day."""
    confidence: Confidence | None
    """The weakest confidence among the facts that moved it: H high, M medium, L low."""
    sources: Ids
    """The keys of the sources it rests on."""


class MemberRecord(Record):
    """A firm that brings a part of what must land together."""

    target: str
    """What is to be made here."""
    enterprise: str | None
    """The id of the firm; None for what no firm is known to bring."""
    name: str | None
    """Its name."""
    place: str | None
    """Where it stands."""
    brings: Ids
    """The products that it could bring and those before it do not."""


class StepRecord(Record):
    """One product met on the way, and the link by which it was met."""

    depth: int
    """How many links away; 0 is the product asked for."""
    product: str
    """The id of the product."""
    name: str
    """Its name."""
    state: State
    """How far it is here: present, building, signed or absent."""
    link_from: str | None
    """The product one link nearer to the one asked for."""
    route: str | None
    """The route that the link belongs to."""
    kind: str | None
    """material, energy, equipment, service or byproduct."""
    critical: bool
    """Whether the route cannot do without it."""
    per: float | None
    """Units of the input (or by-product) per unit of the product whose route it is."""
    unit: str | None
    """The unit of `per`."""
    seen: bool
    """Whether its own links are told elsewhere, as in a loop."""


class LandingRecord(Record):
    """Something that is taken to run."""

    product: str | None
    """The product that it makes; None if a project lands."""
    capacity: float | None
    """How much a year, in the product's unit."""
    unit: str | None
    """That unit."""
    route: str | None
    """How it is made; the product's first route if none."""
    project: str | None
    """The project that lands."""


class ChangeRecord(Record):
    """A gap before and after."""

    product: str
    """The id of the product."""
    name: str
    """Its name."""
    change: Literal["closed", "opened", "changed"]
    """closed: no gap any more; opened: something here lacks it only now; changed: other size or kind."""
    kind_before: Kind | None
    """The kind of the gap before; None if there was none."""
    kind_after: Kind | None
    """The kind of the gap after; None if there is none."""
    shortfall_before: float | None
    """What was missing a year, in the product's unit."""
    shortfall_after: float | None
    """What is missing a year, in the product's unit."""
    why: str
    """Why it is a gap after; before, if it is closed."""


class SourcingRecord(Record):
    """The local sourcing rate (本地配套率) of a chain before and after, from 0 to 1."""

    chain: str
    """The id of the chain."""
    by_volume_before: float | None
    """The share of the tonnes of inputs needed that is made here."""
    by_volume_after: float | None
    """The same after the landing."""
    by_number_before: float | None
    """The share of the critical inputs that are here."""
    by_number_after: float | None
    """The same after the landing."""


class BranchRecord(Record):
    """A part of a chain and how much of it is here."""

    branch: str
    """Its id."""
    name: str
    """Its name."""
    products: int
    """How many products it has."""
    present: int
    """How many of them are made here."""
    building: int
    """How many are under construction."""
    signed: int
    """How many are signed."""
    absent: int
    """How many are none of these."""
    gaps: int
    """How many are gaps."""


class ChainRecord(Record):
    """An industry chain."""

    chain: str
    """Its id."""
    name: str
    """Its name."""
    cluster: str | None
    """The cluster that it belongs to, by name."""
    branches: tuple[BranchRecord, ...]
    """Its branches."""


class HitRecord(Record):
    """A product that was searched for."""

    product: str
    """Its id, for the other questions."""
    name: str
    """Its name."""
    other_names: Ids
    """Its name in the other language, and its aliases."""
    matched: str
    """The name, id or code that matches."""
    how: How
    """How well it matches, the best first; `like` is a guess at a misspelled word."""
    chain: str | None
    """The id of its chain."""
    branch: str
    """The id of its branch."""
    stage: Stage
    """Where it stands in its branch."""
    unit: str | None
    """The unit of its capacities, per year unless one of power."""
    codes: dict[str, str]
    """Its class in other systems, such as gbt4754."""
    state: State
    """How far it is here: present, building, signed or absent."""


# ------------------------------------------------------------------ the answers


class Answer(Record):
    """What every answer says: of which place and day it is, and what its ids and sources are."""

    place: str
    """The place that the atlas is of."""
    as_of: str
    """The day on which all of it holds."""
    language: Language
    """The language of names and sentences."""
    names: dict[str, str]
    """Id → name, of the products, firms, projects, policies, gates, regions and teams mentioned;
    where several of them have one id, the names of all, with / between."""
    cited: tuple[SourceRecord, ...]
    """The sources that are cited."""


class Overview(Answer):
    """What an atlas holds."""

    atlas: str
    """The name of the atlas."""
    note: str | None
    """What a reader must know about it."""
    own_day: str
    """The day of the atlas, taken where a question names none."""
    rule: Rule
    """The rule by which the kinds of gap are told."""
    chains: tuple[ChainRecord, ...]
    """The industry chains and their branches."""


class Hits(Answer):
    """Products by name."""

    total: int
    """How many were found; `limit` says how many are told."""
    chains: Ids
    """The chains of which a name holds the words, for the option `chain` of other questions."""
    branches: Ids
    """The branches of which a name holds the words, for the option `branch`."""
    products: tuple[HitRecord, ...]
    """The best match first."""


class Gaps(Answer):
    """The gaps of a place, ranked."""

    view: View
    """What counts as here."""
    rule: Rule
    """The rule that tells the kinds."""
    total: int
    """How many gaps there are of those asked for; `limit` says how many are told."""
    gaps: tuple[GapRecord, ...]
    """By rank."""


class Explanation(Answer):
    """Everything there is to say about one gap."""

    view: View
    """What counts as here."""
    gap: GapRecord
    """The gap itself."""
    of: int
    """How many gaps there are in all."""
    components: tuple[ComponentRecord, ...]
    """What its score is made of."""
    gates: tuple[PassageRecord, ...]
    """The limits, bans and quotas that it meets."""
    demands: tuple[PartRecord, ...]
    """What the demand is made up of."""
    supplies: tuple[PartRecord, ...]
    """What the supply is made up of."""
    coming: tuple[ComingRecord, ...]
    """The projects here that will make it."""
    opens: Ids
    """The products that lack nothing but this one."""
    bundles: tuple[BundleRecord, ...]
    """What must land first; empty if it is here, or cannot be made."""


class Targets(Answer):
    """Whom to go after."""

    view: View
    """What counts as here."""
    total: int
    """How many targets there are of those asked for; `limit` says how many are told."""
    targets: tuple[TargetRecord, ...]
    """By the rank of the gap, then by score."""
    unmet: Ids
    """The products asked for that are gaps and for which the atlas knows no firm."""


class GroupAnswer(Answer):
    """Few firms that together bring what must land for a product."""

    view: View
    """What counts as here."""
    product: str
    """The id of the product."""
    is_here: bool
    """Whether it is made here already."""
    needed: Ids
    """What must land, in an order in which each has what it needs; empty if it is here already,
    or nothing that could land would bring it."""
    firms: tuple[MemberRecord, ...]
    """The firm that brings most first; a last row without a firm has what nobody is known to make."""


class Trace(Answer):
    """What a product is made from, or what it goes into."""

    product: str
    """The id of the product."""
    direction: Direction
    """up: what it is made from; down: what it goes into."""
    steps: tuple[StepRecord, ...]
    """The product first, then each link below the one that it belongs to."""


class Unlocking(Answer):
    """What must land first, and together, for a product to be made here."""

    view: View
    """What counts as here."""
    product: str
    """The id of the product."""
    is_here: bool
    """Whether it is made here already."""
    bundles: tuple[BundleRecord, ...]
    """The cheapest first; empty if nothing that could land would bring it."""


class WhatIfAnswer(Answer):
    """What changes if something lands."""

    view: View
    """What counts as here already."""
    landings: tuple[LandingRecord, ...]
    """What lands, as it was understood."""
    changes: tuple[ChangeRecord, ...]
    """Gaps closed, opened and changed."""
    feasible: Ids
    """Products that come into reach, beyond those that land."""
    sourcing: tuple[SourcingRecord, ...]
    """The local sourcing rate of each chain before and after."""
