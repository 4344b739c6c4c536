"""The plan of the teams: time table, task book and route map (时间表、任务书、路线图).

The task book has the measures of a county's (Fengjie, 2025–2027): for each chain and period
what is to be signed, landed and arrived, and which factory space taken; here with what is
done so far.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any, Literal

from chaingraph.analysis.gaps import Gap, judge
from chaingraph.analysis.score import assess, rank
from chaingraph.analysis.survey import Survey, make_survey
from chaingraph.analysis.targets import Target, target_in
from chaingraph.analysis.track import (
    SPACE,
    Period,
    QuotaStatus,
    plain_record,
    sum_factory_space,
    track_chains,
    track_quotas,
)
from chaingraph.analysis.trips import Stop, Trip
from chaingraph.figures import Text, first_day, last_day
from chaingraph.model import Atlas, View
from chaingraph.units import convert, unit_name

Act = Literal["visit", "talks", "signing", "quota"]
"""拜访、进入洽谈、签约、任务到期."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of the time table."""

    day: datetime.date
    act: Act
    team: str | None
    chain: str | None
    trip: int | None
    """The number of the team's trip; none for what is due to a quota."""
    enterprise: str | None
    what: Text
    """The firm, or the quota with what remains of it."""
    place: str | None
    products: tuple[str, ...]

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the entry as plain values."""
        return plain_record(self, ENTRY_COLUMNS, lang) | {"day": self.day.isoformat()}


ENTRY_COLUMNS = tuple(field.name for field in dataclasses.fields(Entry))
"""The columns of a line of the time table, in their order."""


@dataclasses.dataclass(frozen=True)
class Progress:
    """What is to be reached of one measure, and what has been."""

    goal: float | None
    """None where the atlas has no quota for it."""
    done: float | None
    """None where no figure is known."""


@dataclasses.dataclass(frozen=True)
class Task:
    """What one chain, or one team, is to reach in a period."""

    chain: str | None
    """None for the place as a whole."""
    team: str | None
    direction: tuple[Text, ...]
    """What to attract: what policies name; the best gaps where they name nothing."""
    since: datetime.date
    until: datetime.date
    signed: Progress
    """签约投资额, in 亿元."""
    landed: Progress
    """落地项目, projects that have started."""
    arrived: Progress
    """到位资金, in 亿元."""
    factory_space: Progress
    """入驻标准厂房, in 万㎡ (10,000 m²)."""
    quotas: tuple[str, ...]
    """The quotas that it is made of."""
    others: tuple[QuotaStatus, ...] = ()
    """Those of them that count something else, such as the number of projects signed."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return the task as plain values."""
        record: dict[str, Any] = {
            "chain": self.chain,
            "team": self.team,
            "direction": [each.text(lang) for each in self.direction],
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
        }
        for name in MEASURES:
            progress: Progress = getattr(self, name)
            record |= {f"{name}_done": progress.done, f"{name}_goal": progress.goal}
        return record | {
            "quotas": list(self.quotas),
            "others": [
                {"quota": quota.quota, "done": quota.done, "goal": quota.goal, "unit": quota.unit}
                for quota in self.others
            ],
        }


MEASURES = ("signed", "landed", "arrived", "factory_space")

TASK_COLUMNS = (
    "chain", "team", "direction", "since", "until", "signed_done", "signed_goal", "landed_done",
    "landed_goal", "arrived_done", "arrived_goal", "factory_space_done", "factory_space_goal",
    "quotas", "others",
)  # fmt: skip
"""The columns of a line of the task book, in their order."""

DIRECTIONS, DIRECTIONS_AT_MOST = 3, 6
"""How many gaps the task book names for a chain where no policy does, and how many names at most."""

TRIP_COLUMNS = (
    "team", "number", "start", "end", "region", "provinces", "outpost", "enterprises", "places",
)  # fmt: skip
"""The columns of a trip, in their order."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """Who does what by when."""

    day: datetime.date
    targets: tuple[Target, ...]
    trips: tuple[Trip, ...]
    timetable: tuple[Entry, ...]
    tasks: tuple[Task, ...]

    def of_team(self, team: str | None) -> Plan:
        """Return what of it one team has to do; all of it if none."""
        if team is None:
            return self
        return Plan(
            self.day,
            tuple(target for target in self.targets if target.team == team),
            tuple(trip for trip in self.trips if trip.team == team),
            tuple(entry for entry in self.timetable if entry.team == team),
            tuple(task for task in self.tasks if task.team == team),
        )


def make_plan(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> Plan:
    """
    Lay out the work of the teams: whom to visit when, and what is to be reached.

    Parameters
    ----------
    atlas
        The atlas; `plan` and `quotas` in it say how.
    as_of, view
        As in `find_gaps`; the plan counts from that day.

    Returns
    -------
    plan
        Targets, trips, time table and task book.
    """
    survey = make_survey(atlas, as_of=as_of, view=view)
    return plan_in(survey, rank(assess(survey, judge(survey)), draws=0))


def plan_in(survey: Survey, gaps: Sequence[Gap]) -> Plan:
    """Lay out the work of the teams for gaps that are ranked already; see `make_plan`."""
    found = target_in(survey, gaps)
    quotas = track_quotas(survey.atlas, as_of=survey.day)
    return Plan(
        day=survey.day,
        targets=found.targets,
        trips=found.trips,
        timetable=tuple(_make_timetable(survey.atlas, found.trips, quotas, survey.day)),
        tasks=tuple(_make_tasks(survey, gaps, quotas)),
    )


def trip_record(trip: Trip) -> dict[str, Any]:
    """Return a trip as plain values."""
    return {
        "team": trip.team,
        "number": trip.number,
        "start": trip.start.isoformat(),
        "end": trip.end.isoformat(),
        "region": trip.region,
        "provinces": list(trip.provinces),
        "outpost": trip.outpost,
        "enterprises": [stop.enterprise for stop in trip.stops],
        "places": [stop.place for stop in trip.stops],
    }


# ----------------------------------------------------------------- time table


def _make_timetable(
    atlas: Atlas, trips: Sequence[Trip], quotas: Sequence[QuotaStatus], day: datetime.date
) -> list[Entry]:
    """List visits, talks, signings and the ends of quotas by day."""
    entries = [
        _entry(trip, stop, act, when)
        for trip in trips
        for stop in trip.stops
        for act, when in (("visit", stop.day), ("talks", stop.talks), ("signing", stop.signing))
    ]
    teams = _find_teams(atlas)
    for quota in quotas:
        end = last_day(quota.until)
        if quota.remaining and end >= day:
            entries.append(_quota_entry(quota, end, quota.team or teams.get(quota.chain)))
    return sorted(entries, key=lambda entry: entry.day)


def _entry(trip: Trip, stop: Stop, act: Any, day: datetime.date) -> Entry:
    return Entry(
        day=day,
        act=act,
        team=trip.team,
        chain=trip.chain,
        trip=trip.number,
        enterprise=stop.enterprise,
        what=stop.name,
        place=stop.place,
        products=stop.products,
    )


def _find_teams(atlas: Atlas) -> dict[str | None, str]:
    """Chain → its first team."""
    return {team.chain: id for id, team in reversed(atlas.teams.items())}


def _quota_entry(quota: QuotaStatus, end: datetime.date, team: str | None) -> Entry:
    left, zh, en = f"{quota.remaining:g}", quota.name.text("zh"), quota.name.text("en")
    unit = unit_name(quota.unit, "zh"), unit_name(quota.unit, "en")
    return Entry(
        day=end,
        act="quota",
        team=team,
        chain=quota.chain,
        trip=None,
        enterprise=None,
        what=Text(zh=f"{zh}：还差 {left} {unit[0]}", en=f"{en}: {left} {unit[1]} left".rstrip()),
        place=None,
        products=(),
    )


# ------------------------------------------------------------------ task book


def _make_tasks(survey: Survey, gaps: Sequence[Gap], quotas: Sequence[QuotaStatus]) -> list[Task]:
    """
    Make a task for each chain, team and period that has a quota.

    Without any quota there is one for each chain, of the year so far, without goals.
    """
    atlas = survey.atlas
    teams = _find_teams(atlas)
    by_task: dict[tuple[str | None, str | None, Period], list[QuotaStatus]] = {}
    for quota in map(_in_book_unit, quotas):
        period = first_day(quota.since), last_day(quota.until)
        key = quota.chain, quota.team or teams.get(quota.chain), period
        by_task.setdefault(key, []).append(quota)
    if not by_task:
        return _tasks_of_the_year(survey, gaps)
    tasks = [
        _make_task(survey, gaps, chain, team, period, mine)
        for (chain, team, period), mine in by_task.items()
    ]
    chains, order = list(atlas.chains), list(atlas.teams)
    tasks.sort(
        key=lambda task: (
            chains.index(task.chain) if task.chain else -1,
            order.index(task.team) if task.team else -1,
            task.until,
            task.since,
        )
    )
    return tasks


def _make_task(
    survey: Survey,
    gaps: Sequence[Gap],
    chain: str | None,
    team: str | None,
    period: Period,
    quotas: Sequence[QuotaStatus],
) -> Task:
    progress = {name: _progress(quotas, name) for name in MEASURES}
    return Task(
        chain=chain,
        team=team,
        direction=_direction(survey, gaps, chain),
        since=period[0],
        until=period[1],
        quotas=tuple(quota.quota for quota in quotas),
        others=tuple(
            quota for quota in quotas if (quota.measure, quota.unit) not in COUNTED.values()
        ),
        **progress,
    )


Counted = tuple[str, str | None]
"""The measure of a quota and its unit."""

COUNTED: dict[str, Counted] = {
    "signed": ("signed", "100m_CNY"),
    "landed": ("started", "count"),
    "arrived": ("arrived", "100m_CNY"),
    "factory_space": ("factory_space", SPACE),
}
"""What a task tells of → measure and unit of the quotas that belong there."""


def _in_book_unit(quota: QuotaStatus) -> QuotaStatus:
    """Return a quota in the unit that the task book has for it: m² as 万㎡."""
    if quota.unit != "m2":
        return quota
    goal = None if quota.goal is None else convert(quota.goal, "m2", SPACE)
    return dataclasses.replace(quota, unit=SPACE, goal=goal, done=convert(quota.done, "m2", SPACE))


def _progress(quotas: Sequence[QuotaStatus], name: str) -> Progress:
    mine = [quota for quota in quotas if (quota.measure, quota.unit) == COUNTED[name]]
    if not mine:
        return Progress(None, None)
    return Progress(sum(quota.goal or 0.0 for quota in mine), sum(quota.done for quota in mine))


def _tasks_of_the_year(survey: Survey, gaps: Sequence[Gap]) -> list[Task]:
    atlas, day = survey.atlas, survey.day
    teams = _find_teams(atlas)
    start = datetime.date(day.year, 1, 1)
    return [
        Task(
            chain=row.chain,
            team=teams.get(row.chain),
            direction=_direction(survey, gaps, row.chain),
            since=start,
            until=datetime.date(day.year, 12, 31),
            signed=Progress(None, row.signed_investment),
            landed=Progress(None, float(row.started)),
            arrived=Progress(None, row.arrived),
            factory_space=Progress(None, sum_factory_space(atlas, row.chain, (start, day))),
            quotas=(),
        )
        for row in track_chains(atlas, as_of=day, year=day.year)
        if row.chain is not None
    ]


def _direction(survey: Survey, gaps: Sequence[Gap], chain: str | None) -> tuple[Text, ...]:
    """What policies name of a chain, products and branches; its best gaps where they name none."""
    atlas = survey.atlas
    branches = [
        id for id in survey.wanted if id in atlas.branches and chain in (None, atlas.chain_of(id))
    ]
    products = [
        id
        for id in survey.wanted
        if id in atlas.products and chain in (None, atlas.chain_of(atlas.branch_of[id]))
    ]
    named = [*(atlas.branches[id].name for id in branches), *survey.scene.names(products)]
    best = [gap.name for gap in gaps if chain in (None, gap.chain)]
    return tuple((named or best[:DIRECTIONS])[:DIRECTIONS_AT_MOST])
