"""How far projects, chains and quotas are on a day.

A date that is known only to the month or year counts from its last day.  A project
that has a later milestone has passed the earlier ones, at the latest then; one that
was stopped later still counts as having reached what it reached.  Of two projects
that are in part the same the money counts once, the larger.

The colours are those of the Handan Economic Development Zone: yellow after two months
without progress, red after three, and after more than six the project leaves the pool
(https://handan.hebnews.cn/2024-03/18/content_9152984.htm, 2024-03-18).
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from typing import Any, Literal

from chaingraph.analysis.state import project_milestone
from chaingraph.errors import UsageError
from chaingraph.figures import Confidence, Figure, Text, first_day, last_day
from chaingraph.model import MILESTONES, Atlas, Milestone, Project
from chaingraph.settings import Quota
from chaingraph.units import QUANTITY, convert

Colour = Literal["green", "yellow", "red", "out"]
Reached = Literal["signed", "started", "operating"]
Period = tuple[datetime.date, datetime.date]
"""The first day and the last."""

YELLOW_MONTHS, RED_MONTHS, OUT_MONTHS = 2, 3, 6
"""Months without progress: yellow and red from then on, out of the pool after."""

_DONE: tuple[Milestone, ...] = ("operating", "full", "stopped")
_BEGUN: tuple[Milestone, ...] = ("signed", "started", "building")
_MONEY = "100m_CNY"
SPACE = "10k_m2"
"""The unit of factory space where none is given."""


def plain_record(entity: Any, columns: Sequence[str], lang: str) -> dict[str, Any]:
    """Return fields as values that any table takes."""
    record = {}
    for column in columns:
        value = getattr(entity, column)
        if isinstance(value, Text):
            value = value.text(lang)
        record[column] = list(value) if isinstance(value, tuple) else value
    return record


# ----------------------------------------------------------------- projects


@dataclasses.dataclass(frozen=True)
class ProjectStatus:
    """How far one project is on a day."""

    project: str
    name: Text
    chain: str | None
    milestone: Milestone
    since: str
    """When it reached that milestone, as the atlas writes it."""
    investment: float | None
    """Total investment in 亿元 (100 million yuan)."""
    arrived: float | None
    """Money arrived by the day, in 亿元."""
    months: int | None
    """Full months since signing, or since the first milestone known after it."""
    last_progress: str
    """The latest of its milestones, of the date of `arrived` and of `updated`."""
    idle_months: int
    """Full months since then."""
    colour: Colour | None
    """`out` has left the pool; None for what operates or was stopped."""
    confidence: Confidence | None = None
    sources: tuple[str, ...] = ()

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the status as plain values, with the name in one language."""
        return plain_record(self, PROJECT_COLUMNS, lang)


PROJECT_COLUMNS = tuple(field.name for field in dataclasses.fields(ProjectStatus))
"""The columns of a project's record, in their order."""


def track_projects(
    atlas: Atlas, *, as_of: str | datetime.date | None = None
) -> list[ProjectStatus]:
    """
    Tell how far every project is that is known on a day.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.

    Returns
    -------
    projects
        Those with a milestone on or before the day, in the order of the atlas.
    """
    day = atlas.date(as_of)
    known = (track_project(atlas, id, day) for id in atlas.projects)
    return [status for status in known if status is not None]


def track_project(atlas: Atlas, id: str, day: datetime.date) -> ProjectStatus | None:
    """Tell how far a project is on a day; None if nothing is known of it by then."""
    project = atlas.projects[id]
    milestone = project_milestone(project, day)
    if milestone is None:
        return None
    known = {name: date for name, date in project.milestones.items() if last_day(date) <= day}
    arrived = project.arrived.date if project.arrived else None
    moves = [date for date in (*known.values(), arrived, project.updated) if date is not None]
    last = max((date for date in moves if last_day(date) <= day), key=last_day)
    begun = known.get("signed") or min(
        (known[name] for name in _BEGUN if name in known), key=last_day, default=None
    )
    return ProjectStatus(
        project=id,
        name=project.name,
        chain=_chain_of(atlas, project),
        milestone=milestone,
        since=project.milestones[milestone],
        investment=_money(project.investment),
        arrived=_arrived(project, day),
        months=None if begun is None else _full_months(last_day(begun), day),
        last_progress=last,
        idle_months=_full_months(last_day(last), day),
        colour=None if milestone in _DONE else _colour(last_day(last), day),
        confidence=project.confidence,
        sources=tuple(project.sources),
    )


def _chain_of(atlas: Atlas, project: Project) -> str | None:
    if project.chain is not None:
        return project.chain
    product = next(iter(project.capacity), None)
    return None if product is None else atlas.chain_of(atlas.branch_of[product])


def _money(figure: Figure | None) -> float | None:
    """Return a figure in 亿元; None where it tells no money."""
    if figure is None or figure.best is None:
        return None
    unit = figure.unit or _MONEY
    return convert(figure.best, unit, _MONEY) if QUANTITY.get(unit) == "money" else None


def _arrived(project: Project, day: datetime.date) -> float | None:
    figure = project.arrived
    if figure is None or (figure.date is not None and last_day(figure.date) > day):
        return None
    return _money(figure)


def _colour(last: datetime.date, day: datetime.date) -> Colour:
    if day > _months_after(last, OUT_MONTHS):
        return "out"
    if day >= _months_after(last, RED_MONTHS):
        return "red"
    return "yellow" if day >= _months_after(last, YELLOW_MONTHS) else "green"


def _months_after(day: datetime.date, months: int) -> datetime.date:
    """Return the same day of a later month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _full_months(first: datetime.date, day: datetime.date) -> int:
    months = (day.year - first.year) * 12 + day.month - first.month
    return months if _months_after(first, months) <= day else months - 1


# ------------------------------------------------------------------- chains


@dataclasses.dataclass(frozen=True)
class Progress:
    """How many projects of a chain, and how much money, have come how far."""

    chain: str | None
    """None in the row of the total."""
    name: Text
    signed: int
    """Projects that have reached signing."""
    signed_investment: float | None
    """Their investment in 亿元; None where no figure is known."""
    started: int
    started_investment: float | None
    operating: int
    operating_investment: float | None
    arrived: float | None
    """Money arrived in 亿元, at whatever milestone; None where no figure is known."""
    arrival_rate: float | None
    """资金到位率: money arrived per investment, of the signed projects that have both figures."""
    arrival_projects: int
    """How many projects that rate is taken over."""
    start_rate: float | None
    """开工率: the share of the signed projects that have started."""
    operating_rate: float | None
    """投产率: the share of the signed projects that have come into operation."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the progress as plain values, with the name in one language."""
        return plain_record(self, PROGRESS_COLUMNS, lang)


PROGRESS_COLUMNS = tuple(field.name for field in dataclasses.fields(Progress))
"""The columns of a chain's record, in their order."""

TOTAL = Text(zh="合计", en="Total")


def track_chains(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, year: int | None = None
) -> list[Progress]:
    """
    Count the projects and the money of every chain that have come how far.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    year
        Count only what was reached in that year.  Money arrived is then that of the
        figures dated in it, each a running total.  The rates are those of the projects
        signed in it, by the day.

    Returns
    -------
    progress
        One for each chain, then the total, which also has the projects of no chain.
        As overlaps count once, and may cross chains, it can be less than the sum.

    Raises
    ------
    UsageError
        If the year is none of a calendar.
    """
    day = atlas.date(as_of)
    first, last = datetime.date.min, day
    if year is not None:
        if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
            raise UsageError(f"{year} is not a year: write one such as {day.year}")
        first, last = datetime.date(year, 1, 1), min(day, datetime.date(year, 12, 31))
    chain_of = {id: _chain_of(atlas, project) for id, project in atlas.projects.items()}
    rows = []
    for id, chain in atlas.chains.items():
        own = [project for project, of in chain_of.items() if of == id]
        rows.append(_progress(atlas, id, chain.name, own, (first, last), day))
    return [*rows, _progress(atlas, None, TOTAL, list(chain_of), (first, last), day)]


def _progress(
    atlas: Atlas,
    chain: str | None,
    name: Text,
    projects: Sequence[str],
    period: Period,
    day: datetime.date,
) -> Progress:
    signed = _reached(atlas, projects, "signed", period)
    started = _reached(atlas, projects, "started", period)
    operating = _reached(atlas, projects, "operating", period)
    since_ever = (datetime.date.min, day)
    investments = _investments(atlas, signed)
    arrived = {id: _arrived(atlas.projects[id], day) for id in signed}
    both = _once(
        atlas, {id: amount for id, amount in investments.items() if arrived[id] is not None}
    )
    return Progress(
        chain=chain,
        name=name,
        signed=len(signed),
        signed_investment=_sum(atlas, signed),
        started=len(started),
        started_investment=_sum(atlas, started),
        operating=len(operating),
        operating_investment=_sum(atlas, operating),
        arrived=_sum_arrived(atlas, projects, period, undated=period[0] == datetime.date.min),
        arrival_rate=_rate(fsum(arrived[id] or 0.0 for id in both), fsum(both.values())),
        arrival_projects=len(both),
        start_rate=_rate(len(_reached(atlas, signed, "started", since_ever)), len(signed)),
        operating_rate=_rate(len(_reached(atlas, signed, "operating", since_ever)), len(signed)),
    )


def _reached(
    atlas: Atlas,
    projects: Iterable[str],
    milestone: Reached,
    period: Period,
) -> list[str]:
    """List the projects that reached a milestone, or first a later one, within a period."""
    first, last = period
    later = MILESTONES[MILESTONES.index(milestone) :]
    found = []
    for id in projects:
        milestones = atlas.projects[id].milestones
        dates = [last_day(milestones[name]) for name in later if name in milestones]
        if dates and first <= min(dates) <= last:
            found.append(id)
    return found


def _investments(atlas: Atlas, projects: Iterable[str]) -> dict[str, float]:
    known = {id: _money(atlas.projects[id].investment) for id in projects}
    return {id: amount for id, amount in known.items() if amount is not None}


def _arrivals(
    atlas: Atlas,
    projects: Iterable[str],
    period: Period,
    *,
    undated: bool,
) -> dict[str, float]:
    """Return the money arrived that is dated within a period."""
    found = {}
    for id in projects:
        project = atlas.projects[id]
        date = project.arrived.date if project.arrived else None
        is_known = project_milestone(project, period[1]) is not None
        amount = _arrived(project, period[1]) if is_known else None
        in_period = undated if date is None else last_day(date) >= period[0]
        if amount is not None and in_period:
            found[id] = amount
    return found


def _once(atlas: Atlas, amounts: Mapping[str, float]) -> dict[str, float]:
    """Leave out the smaller of two projects that are in part the same, whichever says so."""
    kept = dict(amounts)
    for id in sorted(kept, key=lambda id: (kept[id], id)):
        own = atlas.projects[id].overlaps
        if any(
            other != id and (other in own or id in atlas.projects[other].overlaps) for other in kept
        ):
            del kept[id]
    return {id: kept[id] for id in amounts if id in kept}


def _spaces(atlas: Atlas, projects: Iterable[str], period: Period) -> dict[str, float]:
    """Return the factory space [10,000 m²] of the projects that moved in within a period."""
    found = {}
    for id in projects:
        figure = atlas.projects[id].factory_space
        if figure is None or figure.best is None:
            continue
        if figure.date is None:  # by then at the latest
            moved_in = bool(_reached(atlas, [id], "operating", period))
        else:
            moved_in = period[0] <= last_day(figure.date) <= period[1]
        if moved_in:
            found[id] = convert(figure.best, figure.unit or SPACE, SPACE)
    return found


def sum_factory_space(atlas: Atlas, chain: str | None, period: Period) -> float | None:
    """
    Add up the factory space that was taken within a period.

    Parameters
    ----------
    atlas
        The atlas.
    chain
        Whose projects count; all if none.
    period
        The first day and the last.

    Returns
    -------
    space
        In 万㎡ (10,000 m²); None where no figure is known.
    """
    projects = [
        id for id, of in atlas.projects.items() if chain is None or chain == _chain_of(atlas, of)
    ]
    amounts = _once(atlas, _spaces(atlas, projects, period))
    return fsum(amounts.values()) if amounts else None


def _sum(atlas: Atlas, projects: Sequence[str]) -> float | None:
    """Sum investments; None where there are projects, but no figure."""
    amounts = _once(atlas, _investments(atlas, projects))
    return fsum(amounts.values()) if amounts or not projects else None


def _sum_arrived(
    atlas: Atlas,
    projects: Sequence[str],
    period: Period,
    *,
    undated: bool,
) -> float | None:
    amounts = _once(atlas, _arrivals(atlas, projects, period, undated=undated))
    return fsum(amounts.values()) if amounts else None


def _rate(part: float, whole: float) -> float | None:
    return part / whole if whole else None


# ------------------------------------------------------------------- quotas


@dataclasses.dataclass(frozen=True)
class QuotaStatus:
    """How much of one line of the task book is done on a day."""

    quota: str
    name: Text
    chain: str | None
    """The chain it is for; None for all."""
    team: str | None
    measure: str
    since: str
    until: str
    goal: float | None
    done: float
    unit: str | None
    """`count`, `100m_CNY`, `10k_m2` or `m2`."""
    share: float | None
    """Of the goal; above 1 where more was reached."""
    remaining: float | None
    """Not below zero."""
    days_left: int
    """Until the last day, not below zero."""
    counted: tuple[str, ...] = ()
    """The projects that it is made of."""
    no_figure: tuple[str, ...] = ()
    """Projects that reached it too, but whose money nobody knows."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the status as plain values, with the name in one language."""
        return plain_record(self, QUOTA_COLUMNS, lang)


QUOTA_COLUMNS = tuple(field.name for field in dataclasses.fields(QuotaStatus))
"""The columns of a quota's record, in their order."""


def track_quotas(atlas: Atlas, *, as_of: str | datetime.date | None = None) -> list[QuotaStatus]:
    """
    Tell how much of every quota is done on a day.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.

    Returns
    -------
    quotas
        In the order of the atlas.  A figure of money arrived counts if it is dated
        within the time of the quota: it is a running total, as it stands in the atlas.
        Factory space counts if its date is; without a date from when the project operates.
    """
    day = atlas.date(as_of)
    return [_track_quota(atlas, id, quota, day) for id, quota in atlas.quotas.items()]


def _track_quota(atlas: Atlas, id: str, quota: Quota, day: datetime.date) -> QuotaStatus:
    end = last_day(quota.until)
    period = (first_day(quota.since), min(day, end))
    projects = [
        project
        for project, of in atlas.projects.items()
        if quota.chain is None or quota.chain == _chain_of(atlas, of)
    ]
    reached: list[str] = []
    if quota.measure == "arrived":
        amounts = _once(atlas, _arrivals(atlas, projects, period, undated=False))
    elif quota.measure == "factory_space":
        spaces = _once(atlas, _spaces(atlas, projects, period))
        unit = quota.goal.unit or SPACE
        amounts = {id: convert(space, SPACE, unit) for id, space in spaces.items()}
    else:
        reached = _reached(atlas, projects, quota.measure, period)
        amounts = _once(atlas, _investments(atlas, reached))
    if quota.goal.unit == "count":
        amounts = dict.fromkeys(reached, 1.0)
    goal, done = quota.goal.best, fsum(amounts.values())
    return QuotaStatus(
        quota=id,
        name=quota.name,
        chain=quota.chain,
        team=quota.team,
        measure=quota.measure,
        since=quota.since,
        until=quota.until,
        goal=goal,
        done=done,
        unit=quota.goal.unit,
        share=None if goal is None else _rate(done, goal),
        remaining=None if goal is None else max(0.0, goal - done),
        days_left=max(0, (end - day).days),
        counted=tuple(amounts),
        no_figure=tuple(
            project
            for project in reached
            if quota.goal.unit != "count" and _money(atlas.projects[project].investment) is None
        ),
    )
