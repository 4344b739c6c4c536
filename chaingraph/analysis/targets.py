"""Whom to go after for each gap, why, and who goes to see them when.

A target is a candidate enterprise for a gap.  Targets stand in the order of the gaps and,
for one gap, of their scores; equal scores are told apart by how much of the weight is
known, by how many other gaps of the branch the firm could fill, then by id.  A firm that has a plant or a signed project here already is no
stranger: it is asked to extend (增资扩产), and never proposed for what it makes here.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from chaingraph._html import Cell
from chaingraph.analysis.candidates import (
    FIT,
    TARGET_COMPONENTS,
    Offer,
    capacity_of,
    find_locals,
    find_offers,
    find_region,
    find_relatives,
    find_signal,
    find_ties,
    measure_leadership,
    measure_region,
    weigh_parts,
)
from chaingraph.analysis.gaps import Gap, Kind, Remedy, judge
from chaingraph.analysis.portfolio import find_use
from chaingraph.analysis.scene import weakest
from chaingraph.analysis.score import assess, rank
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.trace import find_product
from chaingraph.analysis.track import Colour, ProjectStatus, plain_record, track_project
from chaingraph.analysis.trips import Trip, plan_trips
from chaingraph.analysis.unlock import Ship, make_options, unlock_in
from chaingraph.analysis.why import list_names, say_amount
from chaingraph.errors import UsageError
from chaingraph.figures import Confidence, Text, first_day, last_day
from chaingraph.model import Atlas, Enterprise, Milestone, Signal, State, View
from chaingraph.outputs.words import word
from chaingraph.records import Records, make_records

Approach = Literal["referral", "outpost", "visit", "agent"]
"""以商招商、驻点、上门、委托."""

PER_GAP = 5
"""How many targets a gap has at most, if nobody says."""


@dataclasses.dataclass(frozen=True)
class Target:
    """A candidate enterprise for a gap."""

    rank: int
    chain: str | None
    product: str
    product_name: Text
    kind: Kind
    remedy: Remedy
    state: State
    """How far the product itself is here."""
    gap_rank: int
    gap_score: float | None
    enterprise: str
    name: Text
    place: str | None
    makes: tuple[str, ...]
    """What it makes, as products of the atlas."""
    titles: tuple[str, ...]
    """What it was awarded; `listed` if it has a stock code."""
    stock_code: str | None
    direction: Text
    """What to ask it for: the product, and what else it makes that is missing here."""
    investment: float | None
    """What a plant would cost, in 亿元, by plants known elsewhere; None where none is known."""
    fit: float
    """How sure it is that it makes the product, from 0 to 1."""
    score: float
    """From 0 to 1."""
    parts: Mapping[str, float]
    """Component → its value; what has no data is left out, and counts 0.5 in the score."""
    known: float
    """How much of the weight is of components that are known."""
    why: Text
    """On what the match rests, in one sentence."""
    here: tuple[str, ...]
    """Its firms that are here already."""
    region: str | None
    """The region it stands in that the place looks to."""
    outpost: str | None
    """The outpost that covers it."""
    approach: Approach
    team: str | None
    due: str | None
    """The day by which it is to be visited; None where the plan has no room for it."""
    stage: Milestone | None
    """How far talks and projects with it on this product are."""
    updated: str | None
    """When they last moved."""
    colour: Colour | None
    """How long they have stood still."""
    evidence_date: str | None
    """The date of the newest source by the day; of the newest where all are of a later one."""
    confidence: Confidence | None
    sources: tuple[str, ...]

    @property
    def worth(self) -> float:
        """What it is worth to go and see the firm for this gap: both scores multiplied."""
        return (self.gap_score or 0.0) * self.score

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the target as plain values, with texts in one language."""
        return plain_record(self, TARGET_COLUMNS, lang) | {"parts": dict(self.parts)}

    def to_cells(self, lang: str) -> dict[str, Cell]:
        """Return what a person reads of the target, by heading."""
        zh = lang == "zh"
        return {
            "#": self.rank,
            "企业" if zh else "Firm": self.name.text(lang),
            "所在地" if zh else "Place": self.place,
            "缺口" if zh else "Gap": self.product_name.text(lang),
            "得分" if zh else "Score": self.score,
            "方式" if zh else "Approach": word(self.approach, lang),
            "时限" if zh else "Due": self.due,
            "匹配依据" if zh else "Why": self.why.text(lang),
        }


TARGET_COLUMNS = tuple(field.name for field in dataclasses.fields(Target))
"""The columns of a record, in their order."""


@dataclasses.dataclass(frozen=True)
class Targeting:
    """Targets and the trips on which they are visited."""

    targets: tuple[Target, ...]
    trips: tuple[Trip, ...]
    unmet: tuple[Gap, ...]
    """The gaps for which the atlas has no candidate."""

    def of(self, products: Collection[str] | None) -> Targeting:
        """Return what of it is for some products, ranked anew; all if none are named."""
        if products is None:
            return self
        chosen = [target for target in self.targets if target.product in products]
        return Targeting(
            tuple(dataclasses.replace(each, rank=at) for at, each in enumerate(chosen, start=1)),
            self.trips,
            tuple(gap for gap in self.unmet if gap.product in products),
        )


def find_targets(
    atlas: Atlas,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    products: Collection[str] | None = None,
    per_gap: int = PER_GAP,
) -> Records[Target]:
    """
    Find whom to go after for each gap.

    Parameters
    ----------
    atlas
        The atlas.
    as_of, view
        As in `find_gaps`.
    products
        Only for these; for all gaps if none.
    per_gap
        How many for one gap at most; all if 0.

    Returns
    -------
    targets
        In the order of the gaps as `rank_gaps` gives them, then of their scores.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> atlas = load_atlas(example_atlas())
    >>> targets = find_targets(atlas, as_of="2023-02-15", products=["dmc_cyclosiloxane"])
    >>> targets[0].name.zh
    '合盛硅业'
    """
    found = target_gaps(atlas, as_of=as_of, view=view, products=products, per_gap=per_gap)
    return make_records(atlas, found.targets, "目标企业", "Targets", as_of=as_of)


def target_gaps(
    atlas: Atlas,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    products: Collection[str] | None = None,
    per_gap: int = PER_GAP,
) -> Targeting:
    """Find targets, as `find_targets` does, and the trips on which they are visited."""
    if per_gap < 0:
        raise UsageError(f"{per_gap} targets a gap: the number cannot be below zero")
    survey = make_survey(atlas, as_of=as_of, view=view)
    gaps = rank(assess(survey, judge(survey)), draws=0)
    return target_in(survey, gaps, products=products, per_gap=per_gap)


def target_in(
    survey: Survey,
    gaps: Sequence[Gap],
    *,
    products: Collection[str] | None = None,
    per_gap: int = PER_GAP,
) -> Targeting:
    """Find targets for gaps that are ranked already; the trips are those of all gaps."""
    found = _Search(survey, gaps).find(per_gap and max(per_gap, PER_GAP))
    trips = plan_trips(survey.atlas, _best_of_each(found, PER_GAP), survey.day)
    met = {target.product for target in found}
    due = {stop.enterprise: stop.day.isoformat() for trip in trips for stop in trip.stops}
    return Targeting(
        tuple(
            _set_date(target, due.get(target.enterprise))
            for target in _best_of_each(found, per_gap)
        ),
        tuple(trips),
        tuple(gap for gap in gaps if gap.product not in met),
    ).of(products)


def _best_of_each(targets: Sequence[Target], per_gap: int) -> list[Target]:
    """The first targets of each gap, ranked anew; all if `per_gap` is 0."""
    counted: Counter[str] = Counter()
    chosen: list[Target] = []
    for target in targets:
        counted[target.product] += 1
        if not per_gap or counted[target.product] <= per_gap:
            chosen.append(dataclasses.replace(target, rank=len(chosen) + 1))
    return chosen


def _set_date(target: Target, due: str | None) -> Target:
    """A firm that a trip passes by is visited, even where no one looks for firms otherwise."""
    approach = "visit" if due and target.approach == "agent" else target.approach
    return dataclasses.replace(target, due=due, approach=approach)


class _Search:
    """What finding targets for one gap after the other needs to know only once."""

    def __init__(self, survey: Survey, gaps: Sequence[Gap]) -> None:
        self.survey, self.atlas, self.gaps = survey, survey.atlas, gaps
        self.missing = {gap.product for gap in gaps}
        self.offers = find_offers(self.atlas)
        self.weights = self.atlas.target_weights.model_dump()
        self.locals = find_locals(survey)
        self.made_by = _find_made(survey, self.locals)
        self.relatives = find_relatives(survey)
        self.projects = _find_projects(self.atlas, self.relatives)
        self.makes: dict[str, list[str]] = {}
        for product, offers in self.offers.items():
            for offer in offers:
                self.makes.setdefault(offer.candidate, []).append(product)
        self.ties = {product: find_ties(survey, product) for product in self.offers}
        self.teams = _find_teams(self.atlas)
        self.facts: dict[str, _Facts] = {}

    def find(self, per_gap: int) -> list[Target]:
        """Return the targets of all gaps, the best of each."""
        found: list[Target] = []
        for gap in self.gaps:
            offers = [
                offer
                for offer in self.offers.get(gap.product, ())
                if gap.product not in self.made_by.get(offer.candidate, ())
            ]
            largest = max(
                (capacity_of(self.atlas, gap.product, offer) or 0.0 for offer in offers),
                default=0.0,
            )
            rated = [(offer, *self._rate(gap, offer, largest)) for offer in offers]
            rated.sort(key=lambda each: self._order(gap, *each))
            for offer, score, known, parts in rated[: per_gap or None]:
                place = len(found) + 1
                found.append(self._make_target(gap, offer, score, known, parts, place))
        return found

    def _order(
        self, gap: Gap, offer: Offer, score: float, known: float, _: Mapping[str, float]
    ) -> tuple[float, float, int, str]:
        return -round(score, 9), -known, -len(self._also(gap, offer)), offer.candidate

    def _also(self, gap: Gap, offer: Offer) -> list[str]:
        """What else of the branch the firm makes that is missing here."""
        return [
            other
            for other in self.makes[offer.candidate]
            if other != gap.product
            and other in self.missing
            and self.atlas.branch_of[other] == gap.branch
        ]

    def _facts_of(self, id: str) -> _Facts:
        if id not in self.facts:
            firm, day = self.atlas.candidates[id], self.survey.day
            region = find_region(self.atlas, firm, day)
            signal = find_signal(firm, day)
            ties = {
                owner: other
                for product in self.makes[id]
                for owner, other in self.ties[product].items()
            }
            partners = [partner for partner in firm.partners if partner not in ties]
            relatives = tuple(self.relatives.get(id, ()))
            close = bool(relatives or firm.partners)
            self.facts[id] = _Facts(
                region,
                signal,
                ties | dict.fromkeys(partners, ""),
                relatives,
                {
                    "leadership": measure_leadership(firm),
                    "region": measure_region(self.atlas, firm, region),
                    "ties": 1.0 if close else len(ties) / (len(ties) + 1),
                    "signal": 1.0 if signal else None,
                },
            )
        return self.facts[id]

    def _rate(
        self, gap: Gap, offer: Offer, largest: float
    ) -> tuple[float, float, Mapping[str, float]]:
        facts = self._facts_of(offer.candidate)
        amount = capacity_of(self.atlas, gap.product, offer)
        values = {
            **facts.parts,
            "fit": FIT[offer.match],
            "capacity": amount / largest if amount is not None and largest else None,
        }
        score, known = weigh_parts({name: values[name] for name in TARGET_COMPONENTS}, self.weights)
        return score, known, {n: v for n in TARGET_COMPONENTS if (v := values[n]) is not None}

    def _make_target(
        self,
        gap: Gap,
        offer: Offer,
        score: float,
        known: float,
        parts: Mapping[str, float],
        place: int,
    ) -> Target:
        atlas, id = self.atlas, offer.candidate
        firm, facts = atlas.candidates[id], self._facts_of(offer.candidate)
        here = tuple(self.locals.get(id, ()))
        status = self._status(id, gap.product)
        sources = _sources_of(firm, offer, facts.signal)
        dates = [date for key in sources if (date := atlas.sources[key].date) is not None]
        return Target(
            rank=place,
            chain=gap.chain,
            product=gap.product,
            product_name=gap.name,
            kind=gap.kind,
            remedy=gap.remedy,
            state=gap.state,
            gap_rank=gap.rank,
            gap_score=gap.score,
            enterprise=id,
            name=firm.name,
            place=firm.place,
            makes=tuple(self.makes[id]),
            titles=(*firm.titles, *(["listed"] if firm.stock_code else [])),
            stock_code=firm.stock_code,
            direction=self._direction(gap, self._also(gap, offer)),
            investment=find_use(self.survey, gap, None).takes.get("money"),
            fit=FIT[offer.match],
            score=score,
            parts=parts,
            known=known,
            why=self._why(gap, offer, facts, here, sources, dates),
            here=here,
            region=facts.region,
            outpost=_outpost(atlas, facts.region),
            approach=_approach(atlas, firm, facts),
            team=self.teams.get(gap.chain) or self.teams.get(None),
            due=None,
            stage=status.milestone if status else None,
            updated=status.last_progress if status else None,
            colour=status.colour if status else None,
            evidence_date=_newest(dates, self.survey.day),
            confidence=weakest(
                [firm.confidence, offer.output.confidence if offer.output else None]
                + ([facts.signal.confidence] if facts.signal else [])
            ),
            sources=sources,
        )

    def _status(self, candidate: str, product: str) -> ProjectStatus | None:
        """How far a project of the firm for the product is; the one that moved last counts."""
        known = [
            status
            for project in self.projects.get((candidate, product), ())
            if (status := track_project(self.atlas, project, self.survey.day)) is not None
        ]
        return max(known, key=lambda status: last_day(status.last_progress), default=None)

    def _direction(self, gap: Gap, also: Sequence[str]) -> Text:
        if not also:
            return gap.name
        zh, en = list_names([self.atlas.products[id].name for id in also])
        return Text(zh=f"{gap.name.text('zh')}，可连同{zh}", en=f"{gap.name.text('en')}, with {en}")

    def _why(
        self,
        gap: Gap,
        offer: Offer,
        facts: _Facts,
        here: Sequence[str],
        sources: Sequence[str],
        dates: Sequence[str],
    ) -> Text:
        """Say on what the match rests."""
        atlas, firm = self.atlas, self.atlas.candidates[offer.candidate]
        told = [_say_match(atlas, gap, offer)]
        if here:
            zh, en = list_names([atlas.firm(id).name for id in here])
            told.append((f"已在本地：{zh}，谈增资扩产", f"here already: {en}; ask it to extend"))
        if firm.stock_code:
            told.append((f"上市公司（{firm.stock_code}）", f"listed ({firm.stock_code})"))
        related = [id for id in facts.relatives if id not in here]
        if related:
            zh, en = list_names([atlas.firm(id).name for id in related])
            told.append((f"本地有关联企业：{zh}", f"a firm of its own is being set up here: {en}"))
        close = [id for id in facts.ties if id not in facts.relatives]
        if close:
            zh, en = list_names([_name_of(atlas, id) for id in close])
            told.append((f"本地可配套的上下游：{zh}", f"customers and suppliers here: {en}"))
        if facts.region:
            region = atlas.regions[facts.region]
            words = {
                "outpost": ("驻点", "an outpost covers it"),
                "target": ("目标地区", "a target region"),
                "visited": ("去过的地方", "visited before"),
            }[region.kind]
            told.append(
                (f"{words[0]}“{region.name.text('zh')}”", f"{region.name.text('en')}: {words[1]}")
            )
        if facts.signal:
            told.append(_say_signal(facts.signal))
        if not sources:
            told.append(("图谱未记来源，用前须核", "the atlas names no source: check before use"))
        elif dates and min(map(first_day, dates)) > self.survey.day:
            told.append(
                ("证据晚于当日，当时情况须核", "evidence of a later day: check how it was then")
            )
        return Text(zh="；".join(zh for zh, _ in told), en="; ".join(en for _, en in told))


@dataclasses.dataclass(frozen=True)
class _Facts:
    """What is the same of a firm whatever the gap."""

    region: str | None
    signal: Signal | None
    ties: Mapping[str, str]
    relatives: Sequence[str]
    """Its firms here, those included whose projects are only talked about."""
    parts: Mapping[str, float | None]


def _find_made(survey: Survey, locals_: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """Candidate → what it makes here or has signed for."""
    made: dict[str, set[str]] = {}
    for product, state in survey.scene.states.items():
        for maker in state.makers:
            made.setdefault(survey.scene.owner(maker), set()).add(product)
    return {
        candidate: {product for firm in firms for product in made.get(firm, ())}
        for candidate, firms in locals_.items()
    }


def _find_projects(
    atlas: Atlas, relatives: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], list[str]]:
    """(candidate, product) → its projects here, those that are only talked about included."""
    owners: dict[str, list[str]] = {}
    for candidate, firms in relatives.items():
        for firm_id in firms:
            owners.setdefault(firm_id, []).append(candidate)
    found: dict[tuple[str, str], list[str]] = {}
    for id, project in atlas.projects.items():
        of = project.enterprise
        if of is None:
            continue
        for candidate in dict.fromkeys([of] if of in atlas.candidates else owners.get(of, ())):
            for product in project.capacity:
                found.setdefault((candidate, product), []).append(id)
    return found


def _find_teams(atlas: Atlas) -> dict[str | None, str]:
    """Chain → its team; None → the one that serves all."""
    teams: dict[str | None, str] = {}
    for id, team in atlas.teams.items():
        teams.setdefault(team.chain, id)
    return teams


def _outpost(atlas: Atlas, region: str | None) -> str | None:
    return region if region and atlas.regions[region].kind == "outpost" else None


def _approach(atlas: Atlas, firm: Enterprise, facts: _Facts) -> Approach:
    """Through firms here; else an outpost's staff; else a visit where the place looks; else an agent."""
    if facts.relatives or firm.partners:
        return "referral"
    if facts.region is None:
        return "agent"
    return "outpost" if atlas.regions[facts.region].kind == "outpost" else "visit"


def _name_of(atlas: Atlas, id: str) -> Text:
    """The name of a firm, or of a project that names none."""
    return atlas.projects[id].name if id in atlas.projects else atlas.firm(id).name


def _say_match(atlas: Atlas, gap: Gap, offer: Offer) -> tuple[str, str]:
    zh, en = gap.name.text("zh"), gap.name.text("en")
    if offer.match == "id":
        amount = capacity_of(atlas, gap.product, offer)
        if amount is None:
            return f"生产{zh}", f"makes {en}"
        unit = atlas.products[gap.product].unit
        return (
            f"生产{zh}，{say_amount(amount, unit, 'zh')}",
            f"makes {en}, {say_amount(amount, unit, 'en')}",
        )
    sure = ("名称相符", "by name") if offer.match == "name" else ("名称相近", "by a like name")
    return f"自报产品与{zh}{sure[0]}", f"names {en} among its products ({sure[1]})"


_SIGNALS = {
    "expansion": ("扩产", "expansion"),
    "relocation": ("外迁", "relocation"),
    "new_firm": ("新设企业", "a firm founded"),
    "investment": ("对外投资", "investment elsewhere"),
    "financing": ("融资", "financing"),
    "contact": ("已有接洽", "in contact"),
}


def _say_signal(signal: Signal) -> tuple[str, str]:
    zh, en = _SIGNALS[signal.kind]
    note = signal.note.rstrip("。") if signal.note else ""
    where = signal.place or ""
    return (
        f"{signal.date} {zh}{f'（{where}）' if where else ''}{f'：{note}' if note else ''}",
        f"{en} {signal.date}{f' ({where})' if where else ''}{f': {note}' if note else ''}",
    )


def _sources_of(firm: Enterprise, offer: Offer, signal: Signal | None) -> tuple[str, ...]:
    keys = [*firm.sources, *(offer.output.sources if offer.output else ())]
    if offer.output and offer.output.capacity:
        keys += offer.output.capacity.sources
    return tuple(dict.fromkeys([*keys, *(signal.sources if signal else ())]))


def _newest(dates: Sequence[str], day: datetime.date) -> str | None:
    """Return the latest date by a day; the latest of all where none is."""
    by_then = [date for date in dates if first_day(date) <= day]
    return max(by_then or dates, key=last_day, default=None)


# -------------------------------------------------------------------- bundles


@dataclasses.dataclass(frozen=True)
class Group:
    """Firms that together could bring what must land for a product (组团招商)."""

    target: str
    needed: tuple[str, ...]
    """What must land, in an order in which each has what it needs."""
    firms: tuple[tuple[str, tuple[str, ...]], ...]
    """(candidate, what it could bring that those before it do not), the widest first."""
    uncovered: tuple[str, ...]
    """What no candidate is known to make."""
    is_here: bool = False
    """Whether it is made here already."""

    def to_records(self, atlas: Atlas, lang: str = "zh") -> list[dict[str, Any]]:
        """Return a row for each firm, and one without a firm for what none brings."""
        rows: list[tuple[str | None, tuple[str, ...]]] = [*self.firms]
        if self.uncovered:
            rows.append((None, self.uncovered))
        return [
            {
                "target": self.target,
                "enterprise": id,
                "name": atlas.candidates[id].name.text(lang) if id else None,
                "place": atlas.candidates[id].place if id else None,
                "brings": list(brings),
            }
            for id, brings in rows
        ]


GROUP_COLUMNS = ("target", "enterprise", "name", "place", "brings")
"""The columns of a record, in their order."""


def find_group(
    atlas: Atlas,
    product: str,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    ship: Ship = "upstream",
) -> Group:
    """
    Choose few firms that together could bring a bundle.

    Parameters
    ----------
    atlas
        The atlas.
    product
        An id, name or alias of what is to be made here; its cheapest bundle is taken, as `unlock` finds it.
    as_of, view, ship
        As in `unlock`.

    Returns
    -------
    group
        Chosen one after the other: the firm that covers most of what is left, by its
        scores where several do (greedy set cover).
    """
    survey = make_survey(atlas, as_of=as_of, view=view)
    id = find_product(atlas, product)
    bundles = unlock_in(survey, make_options(survey, ship=ship), id, alternatives=1)
    needed = bundles[0].products if bundles else ()
    is_here = any(not bundle.steps for bundle in bundles)
    gaps = rank(assess(survey, judge(survey)), draws=0)
    wanted = [gap for gap in gaps if gap.product in needed]
    targets = _Search(survey, wanted).find(0)
    makes: dict[str, dict[str, float]] = {}
    for target in targets:
        makes.setdefault(target.enterprise, {})[target.product] = target.score
    left, firms = set(needed), []
    while best := _widest(makes, left):
        brought = tuple(id for id in needed if id in makes[best] and id in left)
        firms.append((best, brought))
        left -= set(brought)
    return Group(id, tuple(needed), tuple(firms), tuple(id for id in needed if id in left), is_here)


def _widest(makes: Mapping[str, Mapping[str, float]], left: Collection[str]) -> str | None:
    """The firm that covers most of what is left; the higher scores, then the id, decide."""

    def worth(id: str) -> tuple[int, float]:
        own = [score for product, score in makes[id].items() if product in left]
        return len(own), round(sum(own), 9)

    best = min(makes, key=lambda id: (-worth(id)[0], -worth(id)[1], id), default=None)
    return best if best is not None and worth(best)[0] else None
