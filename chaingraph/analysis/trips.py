"""Who is visited on which trip, and when (招商路线图、时间表).

What a visit is worth is the sum over the firm's targets of the gap's score times the
target's, so that a firm that could fill several gaps comes before one that fills one.  A
team sets out for the firm that is worth most, and takes in the best of its neighbours: no
two firms of a trip lie farther apart than the radius of the atlas's plan.  What it then
has not seen it sees on its next trips.  Days are working days, counted from the day asked
for, never from the clock; no trip is interrupted by more than a weekend, unless the atlas
says when it starts.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import math
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from chaingraph.figures import Text
from chaingraph.geography import Point, distance, find_province, locate
from chaingraph.model import Atlas
from chaingraph.workdays import WorkCalendar


class Target(Protocol):
    """What trips need to know of a target (`chaingraph.analysis.targets.Target`)."""

    @property
    def enterprise(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> Text: ...  # noqa: D102
    @property
    def place(self) -> str | None: ...  # noqa: D102
    @property
    def product(self) -> str: ...  # noqa: D102
    @property
    def rank(self) -> int: ...  # noqa: D102
    @property
    def worth(self) -> float: ...  # noqa: D102
    @property
    def here(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def chain(self) -> str | None: ...  # noqa: D102
    @property
    def team(self) -> str | None: ...  # noqa: D102
    @property
    def region(self) -> str | None: ...  # noqa: D102
    @property
    def outpost(self) -> str | None: ...  # noqa: D102


@dataclasses.dataclass(frozen=True)
class Stop:
    """A firm that is visited."""

    enterprise: str
    name: Text
    place: str | None
    point: Point | None
    """Longitude and latitude; None if nobody can say where it lies."""
    products: tuple[str, ...]
    """The gaps that it is visited for, the best first."""
    rank: int
    """Of the best of them."""
    day: datetime.date
    talks: datetime.date
    """By when talks should be under way."""
    signing: datetime.date
    """By when an agreement should be signed."""


@dataclasses.dataclass(frozen=True)
class Trip:
    """A team's journey to firms that lie near each other."""

    number: int
    """Of the team's trips."""
    team: str | None
    chain: str | None
    """The chain of its best target."""
    region: str | None
    """The region that all its firms stand in; None if there is no such."""
    provinces: tuple[str, ...]
    outpost: str | None
    local: bool
    """Whether it goes to firms that are here already."""
    start: datetime.date
    end: datetime.date
    stops: tuple[Stop, ...]


@dataclasses.dataclass(frozen=True)
class _Firm:
    """A firm to be visited, before it has a day."""

    targets: tuple[Target, ...]
    point: Point | None
    worth: float

    @property
    def best(self) -> Target:
        return self.targets[0]


def plan_trips(atlas: Atlas, targets: Sequence[Target], day: datetime.date) -> list[Trip]:
    """
    Lay out the trips on which targets are visited.

    Parameters
    ----------
    atlas
        The atlas, with the settings of its plan.
    targets
        In the order of their ranks.
    day
        The day from which it is planned, if the atlas names no start.

    Returns
    -------
    trips
        Team by team in the order of their best targets, each in the order of its dates.
    """
    settings = atlas.plan
    calendar = WorkCalendar(settings.holidays, settings.workdays)
    if settings.start:
        first = calendar.after(datetime.date.fromisoformat(settings.start), 0)
    else:
        first = calendar.after(day, 1)
    trips: list[Trip] = []
    for team, firms in _share_out(atlas, targets).items():
        start = first
        for number, group in enumerate(_group(atlas, firms), start=1):
            if number > 1 or not settings.start:
                start = _pass_holidays(calendar, start, len(group))
            trips.append(_make_trip(atlas, calendar, team, number, group, start))
            start = calendar.after(start, max(settings.every, len(group)))
    return trips


WEEKEND = datetime.timedelta(days=3)
"""From a Friday to the next Monday."""


def _pass_holidays(calendar: WorkCalendar, start: datetime.date, visits: int) -> datetime.date:
    """Return the first day from which no longer break than a weekend falls between visits."""
    first, day, left = start, start, visits - 1
    while left > 0:
        following = calendar.after(day, 1)
        is_broken = following - day > WEEKEND
        first, left = (following, visits - 1) if is_broken else (first, left - 1)
        day = following
        if day.year > start.year + 1:  # more visits than days between any two holidays
            return start
    return first


def _share_out(atlas: Atlas, targets: Sequence[Target]) -> dict[str | None, list[_Firm]]:
    """Give each firm to the team of its best target; those worth most come first."""
    by_firm: dict[str, list[Target]] = {}
    for target in targets:
        by_firm.setdefault(target.enterprise, []).append(target)
    shared: dict[str | None, list[_Firm]] = {}
    for id, mine in by_firm.items():
        mine.sort(key=lambda target: (-target.worth, target.rank))
        firm = atlas.candidates[id]
        point = locate(firm.place) or locate(firm.province)
        worth = round(sum(target.worth for target in mine), 9)
        shared.setdefault(mine[0].team, []).append(_Firm(tuple(mine), point, worth))
    for firms in shared.values():
        firms.sort(key=lambda firm: (-firm.worth, firm.best.rank))
    return shared


def _group(atlas: Atlas, firms: Sequence[_Firm]) -> list[list[_Firm]]:
    """Choose the firms of each trip: those here already, then the best and its neighbours."""
    settings = atlas.plan
    at_home = [firm for firm in firms if firm.best.here][: settings.visits]
    groups = [at_home] if at_home else []
    left = [firm for firm in firms if not firm.best.here]
    while left and len(groups) < settings.trips:
        group: list[_Firm] = []
        for firm in left:
            if len(group) < settings.visits and _is_near(firm, group, settings.radius):
                group.append(firm)
        groups.append(group)
        left = [firm for firm in left if firm not in group]
    return groups


def _is_near(firm: _Firm, group: Sequence[_Firm], radius: float) -> bool:
    """Whether a firm is within the radius of all of a group; one that lies nowhere goes alone."""
    points = [other.point for other in group]
    return all(
        firm.point is not None and point is not None and distance(firm.point, point) <= radius
        for point in points
    )


def _covers_all(atlas: Atlas, region: str, places: Sequence[str]) -> bool:
    return all(any(name in place for name in atlas.regions[region].covers) for place in places)


def _find_way(firms: Sequence[_Firm]) -> list[_Firm]:
    """Start with the first, then always go to the nearest that is left."""
    way, left = [firms[0]], list(firms[1:])
    while left:
        near = min(left, key=functools.partial(_distance_between, way[-1]))
        way.append(near)
        left.remove(near)
    return way


def _distance_between(one: _Firm, other: _Firm) -> float:
    if one.point is None or other.point is None:
        return math.inf
    return distance(one.point, other.point)


def _make_trip(
    atlas: Atlas,
    calendar: WorkCalendar,
    team: str | None,
    number: int,
    firms: Sequence[_Firm],
    start: datetime.date,
) -> Trip:
    stops = []
    for at, firm in enumerate(firms if firms[0].best.here else _find_way(firms)):
        visit = calendar.after(start, at)
        best = firm.best
        stops.append(
            Stop(
                enterprise=best.enterprise,
                name=best.name,
                place=best.place,
                point=firm.point,
                products=tuple(target.product for target in firm.targets),
                rank=best.rank,
                day=visit,
                talks=calendar.after(visit, atlas.plan.talks),
                signing=calendar.after(visit, atlas.plan.signing),
            )
        )
    outposts = [firm.best.outpost for firm in firms if firm.best.outpost]
    named = [atlas.candidates[firm.best.enterprise] for firm in firms]
    places = [f"{firm.place or ''} {firm.province or ''}" for firm in named]
    regions = Counter(firm.best.region for firm in firms if firm.best.region)
    provinces = [find_province(firm.place, firm.province) for firm in named]
    return Trip(
        number=number,
        team=team,
        chain=firms[0].best.chain,
        region=next(
            (id for id, _ in regions.most_common() if _covers_all(atlas, id, places)), None
        ),
        provinces=tuple(dict.fromkeys(filter(None, provinces))),
        outpost=next(iter(outposts), None),
        local=bool(firms[0].best.here),
        start=start,
        end=stops[-1].day,
        stops=tuple(stops),
    )
