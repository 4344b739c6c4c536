"""Dated arrivals of activities at places, as read from a file, and what was there when.

A row is one arrival: a firm that was listed, founded or opened. Days are counted as
`datetime.date.toordinal` counts them, years as 365.25 days.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from chaingraph.errors import UsageError
from chaingraph.evidence.panel import DATE, Matrix, read_table
from chaingraph.figures import last_day

SINCE = {2: ("since", "date", "founded", "日期", "成立日期", "成立时间", "起", "自")}
"""What the column of the date is called where nobody says."""

YEAR = 365.25
"""Days of a year."""

Link = tuple[str, str]
"""Supplier and user, or an activity and its group."""


@dataclasses.dataclass(frozen=True)
class Entries:
    """Arrivals in order of their days."""

    places: tuple[str, ...]
    """Names of the places, sorted."""
    activities: tuple[str, ...]
    """Names of the activities, sorted."""
    place: NDArray[np.int64]
    """Of each arrival the number of its place."""
    activity: NDArray[np.int64]
    """Of each arrival the number of its activity."""
    day: NDArray[np.int64]
    """Of each arrival its day."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many places and activities there are."""
        return len(self.places), len(self.activities)

    def before(self, day: int) -> Entries:
        """Return what was known on a day: earlier arrivals, and the names in them alone."""
        return make_entries(
            (self.places[place], self.activities[activity], at)
            for place, activity, at in zip(
                self.place.tolist(), self.activity.tolist(), self.day.tolist(), strict=True
            )
            if at < day
        )

    def count(self, day: int, half_life: float = np.inf) -> Matrix:
        r"""
        Return how many arrivals each place and activity had before a day.

        .. math:: N_{cp} = \sum_i 2^{-a_i / h}

        with the age :math:`a_i` of each arrival on that day and the half-life :math:`h`
        [years]; without one every arrival counts 1.
        """
        past = self.day < day
        worth = 0.5 ** ((day - self.day[past]) / YEAR / half_life)
        counts = np.zeros(self.shape)
        np.add.at(counts, (self.place[past], self.activity[past]), worth)
        return counts

    def arrived(self, start: int, end: int) -> NDArray[np.bool_]:
        """Return where something arrived from a day on until before another."""
        within = (self.day >= start) & (self.day < end)
        found = np.zeros(self.shape, dtype=bool)
        found[self.place[within], self.activity[within]] = True
        return found


def make_entries(rows: Iterable[tuple[str, str, int]]) -> Entries:
    """Make entries of rows of (place, activity, day)."""
    found = sorted(rows, key=lambda row: (row[2], row[0], row[1]))
    places = tuple(sorted({row[0] for row in found}))
    activities = tuple(sorted({row[1] for row in found}))
    row_of = {name: number for number, name in enumerate(places)}
    column_of = {name: number for number, name in enumerate(activities)}
    return Entries(
        places,
        activities,
        np.array([row_of[row[0]] for row in found], dtype=np.int64),
        np.array([column_of[row[1]] for row in found], dtype=np.int64),
        np.array([row[2] for row in found], dtype=np.int64),
    )


def read_entries(
    path: str | Path,
    *,
    place: str | None = None,
    activity: str | None = None,
    since: str | None = None,
) -> Entries:
    """
    Read a long table of arrivals.

    Parameters
    ----------
    path
        A CSV file with a header, also ``.csv.gz``; one row an arrival. A place and an
        activity may have several; later ones tell how fast it grows.
    place, activity, since
        Its columns; the first, second and third if none. Dates are ``2010-06-30``,
        ``2010-06`` or ``2010``; the latter two mean the first day.

    Returns
    -------
    entries
        All of them.

    Raises
    ------
    UsageError
        If a column is missing, a name is empty, or a date is none; with the line.
    """
    rows = []
    for line, row, at in read_table(path, (place, activity, since), required=3, known=SINCE):
        where, what, when = (row[column].strip() for column in at[:3])
        if not where or not what:
            raise UsageError(f"{path}:{line}: the {'activity' if where else 'place'} is empty")
        rows.append((where, what, _read_day(when, f"{path}:{line}: ")))
    return make_entries(rows)


def read_links(path: str | Path, *, source: str | None = None, to: str | None = None) -> list[Link]:
    """
    Read a table of pairs: links between activities, or activities and their groups.

    Parameters
    ----------
    path
        A CSV file with a header, such as ``from,to`` or ``activity,group``.
    source, to
        Its columns; the first and second if none.

    Returns
    -------
    links
        Sorted, each once.
    """
    rows = read_table(path, (source, to), required=2)
    return sorted({(row[at[0]].strip(), row[at[1]].strip()) for _, row, at in rows})


def parse_day(text: str, *, last: bool = False) -> int:
    """
    Return the day of a date.

    Parameters
    ----------
    text
        The date.
    last
        Take the last day that a month or year can mean, not the first.

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> parse_day("2010") == parse_day("2010-01") == parse_day("2010-01-01")
    True
    >>> parse_day("2010", last=True) == parse_day("2010-12-31")
    True
    """
    day = _read_day(text, "")
    match = DATE.match(text)
    if not last or match is None:
        return day
    return last_day("-".join(filter(None, match.groups()))).toordinal()


def write_day(day: int) -> str:
    """Return the date of a day, as ISO 8601 writes it."""
    return datetime.date.fromordinal(min(day, datetime.date.max.toordinal())).isoformat()


def _read_day(text: str, at: str) -> int:
    match = DATE.match(text)
    parts = [int(part or 1) for part in match.groups()] if match else [0, 0, 0]
    try:
        return datetime.date(*parts).toordinal()
    except ValueError:
        raise UsageError(f"{at}{text!r} is no date such as 2010-06-30 or 2010") from None
