"""What an atlas may say: closed, frozen models; the string under a field is its documentation.

Three kinds of file make an atlas.  The atlas file (`AtlasFile`) names the place,
its clusters, chains and settings; a branch file (`BranchFile`) holds the products
of one branch, the same for every place; a facts file (`FactsFile`) holds any of
the sections of local facts, candidates and sources.  `Atlas` is all of them put
together.  Nothing here reads files or computes.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from itertools import combinations
from types import UnionType
from typing import Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictBool, model_validator

from chaingraph._html import make_line, make_table, make_view
from chaingraph.bundles import BundleSettings
from chaingraph.figures import (
    Amount,
    BranchId,
    ChainId,
    Confidence,
    Date,
    Entity,
    Figure,
    Id,
    ImpliedUnit,
    Line,
    Money,
    Name,
    Named,
    NewSourceKey,
    Number,
    ParkId,
    People,
    ProductId,
    Quantity,
    RatioUnit,
    Ref,
    SourceKey,
    Text,
    Unit,
    Year,
    at_most_one,
    first_day,
    last_day,
    read_date,
)
from chaingraph.settings import (
    Forecast,
    Gate,
    Maturity,
    Neighbour,
    Pipeline,
    PlanSettings,
    Quota,
    TargetWeights,
    Weights,
)
from chaingraph.units import QUANTITY, convert

Language = Literal["zh", "en"]
Stage = Literal["upstream", "midstream", "downstream"]
Reach = Literal["local", "regional", "national"]
Kind = Literal["material", "energy", "equipment", "service"]
Milestone = Literal[
    "planned", "negotiating", "signed", "started", "building", "operating", "full", "stopped"
]
State = Literal["present", "building", "signed", "absent"]
View = Literal["actual", "building", "plan"]
Rule = Literal["state", "position", "maturity"]

MILESTONES: tuple[Milestone, ...] = (
    "planned", "negotiating", "signed", "started", "building", "operating", "full",
)  # fmt: skip
"""The milestones of a project in the order in which they come; `stopped` may follow any."""


# ------------------------------------------------------------------ products


class Flow(Entity):
    """An input of a route, or a by-product of it."""

    per: Annotated[Amount, ImpliedUnit("product/made", unless="unit")] | None = None
    """Units of it per one unit of the product made; left out where no figure is known."""
    unit: RatioUnit | None = None
    """The unit of `per`, such as kWh/t, where it is not the two products' own units."""
    kind: Kind = "material"
    """Material, energy, equipment (bought once) or service."""
    critical: StrictBool = False
    """Without it the route does not run, and nothing readily takes its place."""
    minor: StrictBool = False
    """It matters little: kept for completeness, the first to be hidden on a map."""
    sources: list[SourceKey] = []
    """Where the link and its figure come from."""
    confidence: Confidence | None = None
    """How far they can be trusted."""
    note: str | None = None
    """What a reader must know about it."""

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.critical and self.minor:
            raise ValueError("critical_minor")
        if self.per is not None and self.per.unit is not None:
            raise ValueError("per_unit")
        return self


def _empty_as_mapping(value: Any) -> Any:
    return {} if value is None else value


Input = Annotated[Flow, BeforeValidator(_empty_as_mapping, json_schema_input_type=Flow | None)]


class Route(Entity):
    """One way to make a product: all its critical inputs are needed."""

    id: Id = "main"
    """Names the route within its product."""
    name: Name | None = None
    """What it is called."""
    inputs: dict[ProductId, Input] = {}
    """What goes in."""
    byproducts: dict[ProductId, Input] = {}
    """What comes out beside the product."""
    note: str | None = None
    """What a reader should know."""


class EnergyLimit(Entity):
    """The most energy that a national standard allows per unit of product."""

    item: Line
    """What the limit is for, where the standard tells cases apart."""
    unit: str
    """Such as kgce/t."""
    grades: list[Annotated[Number, Field(ge=0)]] = Field(min_length=3, max_length=3)
    """Grade 1 (advanced), 2 (entry for new plants), 3 (limit for existing plants)."""
    standard: Line
    """The standard's number."""
    since: Date | None = None
    """When it comes into force, where that is still to come."""
    sources: list[SourceKey] = []
    """Where the transcription comes from."""
    confidence: Confidence | None = None
    """How far it can be trusted."""
    note: str | None = None
    """What a reader must know."""


class InvestmentExample(Entity):
    """What a plant elsewhere cost."""

    item: Line
    """What was built."""
    capacity: str | None = None
    """What it makes in a year, as announced."""
    investment: Money | None = None
    """In 亿元 (100 million yuan) unless the figure says otherwise."""
    per_unit: str | None = None
    """Investment per unit of capacity, where it can be told."""
    size: Quantity | None = None
    """What it makes in a year, as a figure in the product's unit."""
    land: Annotated[Amount, ImpliedUnit("mu")] | None = None
    """The land it takes, in mu unless the figure says otherwise."""
    sources: list[SourceKey] = []
    """Where it was announced."""
    confidence: Confidence | None = None
    """How far it can be trusted."""


class Product(Named):
    """A good or service at one place of a chain."""

    stage: Stage
    """Where it stands in its branch."""
    unit: Unit | None = None
    """The unit of its capacities: per year, unless it is one of power."""
    equivalents: dict[Unit, Annotated[Amount, ImpliedUnit("product/key")]] = {}
    """How many of the product's units one of another unit counts, such as {mu: 3} for t."""
    codes: dict[str, Annotated[str, Field(pattern=r"^[0-9A-Za-z.]+$")]] = {}
    """Its class in other systems, such as gbt4754 (industries); quote them."""
    reach: Reach = "national"
    """How far it can sensibly be shipped; a missing input blocks if it cannot reach the place."""
    pool: StrictBool = False
    """No firm makes it: it is here as soon as one of its routes has its inputs (a grid, a pipe)."""
    technology: Annotated[Amount, AfterValidator(at_most_one)] | None = None
    """How demanding it is, from 0 to 1."""
    min_scale: Quantity | None = None
    """The smallest plant that pays or is allowed, in the product's unit unless it says otherwise."""
    routes: list[Route] = []
    """The ways to make it; one is enough."""
    inputs: dict[ProductId, Input] = {}
    """Short for a single route."""
    byproducts: dict[ProductId, Input] = {}
    """By-products of that single route."""
    energy_limits: list[EnergyLimit] = []
    """National limits on the energy it may take."""
    investments: list[InvestmentExample] = []
    """What plants elsewhere cost."""
    figures: dict[Id, Amount] = {}
    """Other figures worth keeping, such as round_trip_efficiency."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.routes and (self.inputs or self.byproducts):
            raise ValueError("two_forms")
        return self

    @cached_property
    def all_routes(self) -> list[Route]:
        """Its routes, the short form included."""
        if self.inputs or self.byproducts:
            return [Route(inputs=self.inputs, byproducts=self.byproducts)]
        return self.routes


class Branch(Named):
    """A branch of a chain: one file of products."""

    id: Id
    """Names the branch."""


# --------------------------------------------------------------- local facts


class Output(Entity):
    """What an enterprise makes of one product."""

    capacity: Quantity | None = None
    """Units of the product per year; left out where it is not known."""
    since: Date | None = None
    """Since when; left out where it is not known: then it counts on every date."""
    until: Date | None = None
    """The last day, where it has ended."""
    seen: Date | None = None
    """When the evidence was written."""
    route: str | None = None
    """Which of the product's routes it uses."""
    sources: list[SourceKey] = []
    """Where this comes from."""
    confidence: Confidence | None = None
    """How far it can be trusted."""
    note: str | None = None
    """What a reader must know."""


def _list_as_mapping(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return {item: {} for item in value}
    return value


MaybeOutput = Annotated[
    Output, BeforeValidator(_empty_as_mapping, json_schema_input_type=Output | None)
]
Makes = Annotated[
    dict[ProductId, MaybeOutput],
    BeforeValidator(
        _list_as_mapping, json_schema_input_type=dict[ProductId, MaybeOutput] | list[ProductId]
    ),
]
"""Product → what is known of its making, or a plain list of products."""


Title = Literal["chain_leader", "champion", "little_giant", "specialised", "high_tech"]
"""链主、制造业单项冠军、专精特新“小巨人”、专精特新、高新技术企业."""


class Signal(Entity):
    """Something that shows a firm is on the move (动向)."""

    kind: Literal["expansion", "relocation", "new_firm", "investment", "financing", "contact"]
    """Expansion, relocation, a firm founded, money put in elsewhere or raised, or talks with us."""
    date: Date
    """When it became known; it counts from then on."""
    place: str | None = None
    """Where it leads."""
    note: str | None = None
    """What is known of it."""
    sources: list[SourceKey] = []
    """Where it was reported."""
    confidence: Confidence | None = None
    """How far it can be trusted."""


class Enterprise(Named):
    """A firm: local, or a candidate that makes things elsewhere."""

    makes: Makes = {}
    """What it makes; empty for a firm known by name only."""
    park: ParkId | None = None
    """The park it stands in."""
    chain: ChainId | None = None
    """The chain it belongs to, where its products do not say so."""
    products: list[Line] = []
    """What it makes in its own words; a candidate is matched by them where `makes` is silent."""
    titles: list[Title] = []
    """Chain leader (链主), champion and the like, as awarded."""
    signals: list[Signal] = []
    """What shows that it is on the move."""
    partners: list[Annotated[str, Ref("enterprises")]] = []
    """Firms here that it buys from, sells to or holds shares in."""
    parent: Annotated[str, Ref("enterprises", "candidates")] | None = None
    """The firm that owns or leads it."""
    owners: str | None = None
    """Who owns it, where that is no enterprise of the atlas."""
    place: str | None = None
    """Where it stands: the site of a local firm, the seat of a candidate."""
    province: str | None = None
    """The province that a candidate is listed in."""
    stock_code: str | None = None
    """Its code at a stock exchange, such as 603260.SH."""
    jobs: People | None = None
    """How many people it employs or plans to."""
    investment: Money | None = None
    """In 亿元 (100 million yuan)."""


def find_disorder(milestones: Mapping[Milestone, str]) -> tuple[Milestone, Milestone] | None:
    """
    Return two milestones of which the later one surely came first, if there are any.

    Examples
    --------
    >>> find_disorder({"signed": "2023-06", "started": "2023-05-20"})
    ('signed', 'started')
    >>> find_disorder({"signed": "2023", "started": "2023-05-20"})
    """
    order = [name for name in (*MILESTONES, "stopped") if name in milestones]
    for earlier, later in combinations(order, 2):
        if first_day(milestones[earlier]) > last_day(milestones[later]):
            return earlier, later
    return None


def _dates_in_order(milestones: dict[Milestone, str]) -> dict[Milestone, str]:
    if find_disorder(milestones):
        raise ValueError("date_order")
    return milestones


Milestones = Annotated[dict[Milestone, Date], AfterValidator(_dates_in_order)]
"""Milestone → when it was reached; in order."""


class Project(Named):
    """An investment with a stage, dates, money and capacities."""

    milestones: Milestones = {}
    """When it reached each milestone, as far as known."""
    capacity: dict[ProductId, Quantity | None] = {}
    """What it will make in a year; empty where only the product is known."""
    route: dict[ProductId, str] = {}
    """Which of the products' routes it uses."""
    enterprise: Annotated[str, Ref("enterprises", "candidates")] | None = None
    """Whose project it is; a candidate while it is only talked about."""
    chain: ChainId | None = None
    """The chain it belongs to, where its products do not say so."""
    park: ParkId | None = None
    """Where it stands."""
    place: str | None = None
    """Where it stands, if in no park."""
    investment: Money | None = None
    """Total investment in 亿元 (100 million yuan)."""
    arrived: Money | None = None
    """Money arrived or spent so far, in 亿元, with its date."""
    factory_space: Annotated[Amount, ImpliedUnit("10k_m2")] | None = None
    """Standard factory space that it takes, in 万㎡ (10,000 m²), with the day it moves in."""
    jobs: People | None = None
    """How many people it will employ."""
    updated: Date | None = None
    """When it last moved, where that is later than its last milestone."""
    overlaps: list[Annotated[str, Ref("projects")]] = []
    """Projects that are in part the same: never add their money or capacity to this one's."""
    figures: dict[Id, Amount] = {}
    """Other figures worth keeping."""


class Park(Named):
    """An industrial park or base."""

    place: str | None = None
    """Where it lies."""
    level: str | None = None
    """Such as provincial."""
    chemical_park: StrictBool | None = None
    """Whether it is a recognised chemical park; left out where not known."""
    founded: Date | None = None
    """When it was founded."""
    part_of: ParkId | None = None
    """The zone it belongs to."""
    figures: dict[Id, Amount] = {}
    """Figures with their units and dates."""


class Limit(Named):
    """Something there is only so much of: water, energy, land, certification."""

    kind: Literal["water", "energy", "land", "certification", "grid"]
    """What is limited."""
    amount: Amount | None = None
    """How much there is or is needed."""
    parks: list[ParkId] = []
    """Where it binds; everywhere if empty."""


class Team(Named):
    """Who answers for a chain (专班)."""

    chain: ChainId | None = None
    """The chain; left out for one that serves all."""
    lead: str | None = None
    """The department in the lead, where it is known."""


class Region(Named):
    """Where the place looks for investors."""

    kind: Literal["target", "outpost", "visited"]
    """A target region, a city with a resident post, or a place visited."""
    covers: list[str] = []
    """Provinces and cities it covers."""
    date: Date | None = None
    """When it was named or visited."""


class Policy(Named):
    """A plan, policy or statement of what the place wants."""

    date: Date | None = None
    """When it was published; it counts from then on."""
    issuer: str | None = None
    """Who published it."""
    names: list[Annotated[str, Ref("products", "branches", "chains")]] = []
    """The products, branches and chains that it names as wanted."""
    clauses: list[Line] = []
    """What it says, one clause each; the check looks at their wording."""


class ScopeWords(Entity):
    """How registers of firms word a product in business scopes (经营范围), beside its names."""

    terms: list[Line] = []
    """Further words that mean it."""
    generic: list[Line] = []
    """Names and aliases of it that mean too much there to count."""
    unlike: list[Line] = []
    """Longer phrases that contain a word of it and mean another thing."""
    when: dict[Line, list[Line]] = {}
    """Words that mean it only together with one of these activities."""


class Source(Entity):
    """Where facts come from."""

    title: Line
    """What it is or says."""
    publisher: str | None = None
    """Who published it."""
    date: Date | None = None
    """When."""
    url: list[str] = []
    """Where it was read."""
    kind: Literal[
        "government", "news", "company", "standard", "data", "paper", "web",
        "textbook", "calculation", "judgement",
    ]  # fmt: skip
    """What kind of source it is."""
    confidence: Confidence | None = None
    """How far it can be trusted."""
    note: str | None = None
    """What a reader must know about it."""


# --------------------------------------------------------------- the atlas


class Cluster(Named):
    """A group of chains."""


class Chain(Named):
    """One industry's branches, from raw material to use."""

    cluster: Annotated[str, Ref("clusters")] | None = None
    """The cluster it belongs to, if any."""
    branches: list[BranchId] = []
    """Its branches, in the order in which they are shown."""


class AtlasHead(Named):
    """What the atlas is of."""

    id: Id
    """Names the atlas."""


class PlaceFacts(Named):
    """The city or zone itself."""

    figures: dict[Id, Amount] = {}
    """Area, resources and the like."""


class Sections(Entity):
    """The sections that a facts file or the atlas file itself may hold."""

    enterprises: dict[Id, Enterprise] = {}
    """Firms of the place."""
    projects: dict[Id, Project] = {}
    """Investments, from idea to full capacity."""
    parks: dict[Id, Park] = {}
    """Industrial parks and bases."""
    limits: dict[Id, Limit] = {}
    """Water, energy, land and the like."""
    teams: dict[Id, Team] = {}
    """Who answers for what."""
    regions: dict[Id, Region] = {}
    """Where to look for investors."""
    policies: dict[Id, Policy] = {}
    """Plans and policies."""
    gates: dict[Id, Gate] = {}
    """Hard conditions that a target must pass."""
    quotas: dict[Id, Quota] = {}
    """What is to be reached by when."""
    neighbours: dict[Id, Neighbour] = {}
    """Places nearby: what they make and chase."""
    candidates: dict[Id, Enterprise] = {}
    """Firms elsewhere that could come."""
    forecasts: dict[ProductId, Forecast] = {}
    """What takes root in places like this, by data from elsewhere."""
    scopes: dict[ProductId, ScopeWords] = {}
    """How registers of firms word the products."""
    sources: dict[NewSourceKey, Source] = {}
    """Where facts come from."""
    years: dict[Year, dict[Id, Amount]] = {}
    """The place's figures, year by year."""


SECTIONS = tuple(Sections.model_fields)
"""The names of those sections."""


SECTION_TITLES = {
    section: Text(zh=zh, en=en)
    for section, zh, en in (
        ("place", "地方", "Place"),
        ("clusters", "产业集群", "Clusters"),
        ("chains", "产业链", "Chains"),
        ("branches", "细分链", "Branches"),
        ("products", "产品", "Products"),
        ("enterprises", "本地企业", "Enterprises"),
        ("projects", "项目", "Projects"),
        ("parks", "园区", "Parks"),
        ("limits", "资源约束", "Limits"),
        ("teams", "专班", "Teams"),
        ("regions", "招商区域", "Regions"),
        ("policies", "政策文件", "Policies"),
        ("gates", "门槛", "Gates"),
        ("quotas", "任务", "Quotas"),
        ("neighbours", "周边地区", "Neighbours"),
        ("candidates", "候选企业", "Candidates"),
        ("forecasts", "预测", "Forecasts"),
        ("scopes", "经营范围用语", "Scope words"),
        ("sources", "来源", "Sources"),
        ("years", "年度数据", "Years"),
    )
}
"""What the parts of an atlas are called."""


class FactsFile(Sections):
    """A file of local facts, candidates or sources."""


class BranchFile(Entity):
    """A file that holds the products of one branch."""

    branch: Branch
    """The branch."""
    products: dict[Id, Product]
    """Its products."""


class AtlasFile(Sections):
    """The file that an atlas starts from."""

    atlas: AtlasHead
    """What it is an atlas of."""
    place: PlaceFacts
    """The place."""
    language: Language = "zh"
    """The language of plain strings, and the one that output is in unless asked otherwise."""
    as_of: Date
    """The day that is meant where none is asked for."""
    rule: Rule = "state"
    """Which rule tells the kinds of gap."""
    weights: Weights = Weights()
    """How much each component counts in the score of a gap."""
    target_weights: TargetWeights = TargetWeights()
    """How much each component counts in the score of a target."""
    plan: PlanSettings = PlanSettings()
    """How the visits of the teams are laid out in time."""
    bundle: BundleSettings = BundleSettings()
    """Which maps and lists are handed in, under which names."""
    pipeline: Pipeline = Pipeline()
    """How much of what is signed or building is expected to come."""
    maturity: dict[BranchId, Maturity] = {}
    """How mature branches are here; told by how much of them is here where not given."""
    utilisation: dict[ProductId, Annotated[Amount, ImpliedUnit("h")]] = {}
    """Full-load hours a year [h] of products counted in MW, to turn them into MWh."""
    clusters: dict[Id, Cluster] = {}
    """Groups of chains."""
    chains: dict[Id, Chain]
    """The chains, in the order in which they are shown."""
    includes: list[str] = []
    """Files that belong to the atlas, relative to this one; * and ** stand for any name."""


HEAD = tuple(
    name
    for name in AtlasFile.model_fields
    if name not in {*SECTIONS, "clusters", "chains", "includes"}
)
"""The names of what an atlas file says of the place itself, and of how it reckons."""


class Atlas(AtlasFile):
    """Everything loaded from one atlas file."""

    branches: dict[Id, Branch] = {}
    """The branches, by id."""
    products: dict[Id, Product] = {}
    """All products, by id."""
    branch_of: dict[ProductId, BranchId] = {}
    """Which branch each product belongs to."""

    def date(self, as_of: str | datetime.date | None = None) -> datetime.date:
        """
        Return the day that is asked for.

        Parameters
        ----------
        as_of
            A day, month or year; the atlas's own `as_of` if none.

        Raises
        ------
        UsageError
            If it is not a date.
        """
        if isinstance(as_of, datetime.datetime):
            return as_of.date()
        if isinstance(as_of, datetime.date):
            return as_of
        return read_date(as_of) if as_of else last_day(self.as_of)

    def __repr_args__(self) -> Iterable[tuple[str, Any]]:
        """Say in one line what it is of and how much there is."""
        yield "place", self.place.name.text(self.language)
        yield "as_of", self.as_of
        yield from self._counts()

    def _counts(self) -> Iterator[tuple[str, int]]:
        """Yield each section that has something, and how much."""
        for section in ("chains", "branches", "products", *SECTIONS):
            if count := len(getattr(self, section)):
                yield section, count

    def _repr_html_(self) -> str:
        """Show the chains with their branches, in a notebook."""
        lang, zh = self.language, self.language == "zh"
        rows = []
        for id, chain in self.chains.items():
            branches = [self.branches[branch].name.text(lang) for branch in chain.branches]
            cluster = self.clusters[chain.cluster].name.text(lang) if chain.cluster else ""
            count = sum(self.chain_of(branch) == id for branch in self.branch_of.values())
            listed = ("、" if zh else ", ").join(branches)
            rows.append((cluster, chain.name.text(lang), listed, count))
        counted = " · ".join(
            f"{SECTION_TITLES[section].text(lang)} {count:,}" for section, count in self._counts()
        )
        titles = ("clusters", "chains", "branches", "products")
        headings = [SECTION_TITLES[section].text(lang) for section in titles]
        title = f"{self.atlas.name.text(lang)} · {self.date().isoformat()}"
        return make_view(title, make_line(counted), make_table(headings, rows))

    def chain_of(self, branch: str) -> str | None:
        """Return the chain that a branch belongs to."""
        return self._chain_by_branch.get(branch)

    @cached_property
    def _chain_by_branch(self) -> dict[str, str]:
        return {branch: id for id, chain in self.chains.items() for branch in chain.branches}

    def firm(self, id: str) -> Enterprise:
        """Return an enterprise of the place, or a candidate."""
        return self.enterprises[id] if id in self.enterprises else self.candidates[id]

    def products_of(self, branch: str) -> list[str]:
        """Return the products of a branch, in the order of its file."""
        return [product for product, of in self.branch_of.items() if of == branch]

    def flows(self, product: str) -> Iterator[tuple[Route, str, Flow, bool]]:
        """Yield (route, other product, flow, whether it is a by-product) of every route."""
        for route in self.products[product].all_routes:
            for other, flow in route.inputs.items():
                yield route, other, flow, False
            for other, flow in route.byproducts.items():
                yield route, other, flow, True


def find_references(
    kind: Any, value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Ref, str]]:
    """
    Yield (path, reference, id) for every id of another entity in plain data.

    Parameters
    ----------
    kind
        The model, or any type built of models, that the data is meant for.
    value
        The plain data; parts that do not fit the model are passed over.
    path
        Where the data stands.
    """
    metadata: list[Any] = []
    if get_origin(kind) is Annotated:
        kind, *metadata = get_args(kind)
    ref = next((mark for mark in metadata if isinstance(mark, Ref)), None)
    if ref is not None and isinstance(value, str):
        yield path, ref, value
    for of, step, inner in _inside(kind, value):
        yield from find_references(of, inner, path if step is None else (*path, step))


def find_figures(
    kind: Any, value: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any], ImpliedUnit | None]]:
    """
    Yield (path, figure, the unit that its field implies) for every figure in plain data.

    Parameters
    ----------
    kind, value, path
        As for `find_references`.
    """
    metadata: list[Any] = []
    if get_origin(kind) is Annotated:
        kind, *metadata = get_args(kind)
    if kind is Figure and isinstance(value, dict):
        yield path, value, next((mark for mark in metadata if isinstance(mark, ImpliedUnit)), None)
        return
    for of, step, inner in _inside(kind, value):
        yield from find_figures(of, inner, path if step is None else (*path, step))


def find_relations(kind: Any, field: str = "") -> Iterator[tuple[str, Ref, Any]]:
    """
    Yield (field, reference, type of what is said there) for all that a type can refer to.

    Parameters
    ----------
    kind
        A model, or any type built of models.
    field
        The name of the field that has the type.
    """
    metadata: list[Any] = []
    if get_origin(kind) is Annotated:
        kind, *metadata = get_args(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    yield from ((field, mark, None) for mark in metadata if isinstance(mark, Ref))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, inner in kind.model_fields.items():
            yield from find_relations(_annotate(inner.annotation, inner.metadata), name)
    elif origin is dict:
        key, value = arguments
        yield from ((name, ref, value) for name, ref, _ in find_relations(key, field))
        yield from find_relations(value, field)
    elif origin in (list, Union, UnionType):
        for option in arguments:
            yield from find_relations(option, field)


def _inside(kind: Any, value: Any) -> Iterator[tuple[Any, str | int | None, Any]]:
    """Yield (type, step, value) of what a value of a type holds."""
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(value, dict):
        for name, of in _referring(kind).items():
            if name in value:
                yield of, name, value[name]
    elif origin is dict and isinstance(value, dict):
        for key, item in value.items():
            yield arguments[0], key, key
            yield arguments[1], key, item
    elif origin in (dict, list) and isinstance(value, list):
        for index, item in enumerate(value):
            yield arguments[0], index, item
    elif origin in (Union, UnionType):
        for option in arguments:
            yield option, None, value


@cache
def _referring(model: type[BaseModel]) -> dict[str, Any]:
    """Return the fields of a model that can hold ids of other entities, and their types."""
    return {name: kind for name, kind in _kinds(model) if _refers(kind, frozenset({model}))}


def _refers(kind: Any, within: frozenset[Any]) -> bool:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner = within | {kind}
        return kind not in within and any(_refers(of, inner) for _, of in _kinds(kind))
    return isinstance(kind, Ref) or any(_refers(of, within) for of in get_args(kind))


def _kinds(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        yield name, _annotate(field.annotation, field.metadata)


def _annotate(kind: Any, metadata: list[Any]) -> Any:
    """Put back the marks that pydantic takes off a field's type."""
    return Annotated[(kind, *metadata)] if metadata else kind


def amount_in(
    amount: float, unit: str | None, product: Product, *, hours: float | None = None
) -> float:
    """
    Count an amount in a product's own unit.

    Parameters
    ----------
    amount
        The amount.
    unit
        The unit it is in; the product's own if none.
    product
        The product, with its unit and equivalents.
    hours
        Full-load hours a year [h], to count energy in a product that has power.

    Returns
    -------
    amount
        The amount in the product's unit.

    Raises
    ------
    ValueError
        If the unit cannot be counted in the product's.
    """
    if unit is None or unit == product.unit:
        return amount
    factor = product.equivalents[unit].best if unit in product.equivalents else None
    if factor is not None:
        return amount * factor
    if product.unit is None:
        raise ValueError(f"the product has no unit, the amount is in {unit!r}")
    if hours and QUANTITY.get(unit) == "energy" and QUANTITY.get(product.unit) == "power":
        return convert(convert(amount, unit, "MWh") / hours, "MW", product.unit)
    return convert(amount, unit, product.unit)
