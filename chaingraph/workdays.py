"""Working days: weekends, the public holidays of China, and what an atlas says of its own.

The holidays and the weekends worked instead are those of the package ``holidays``;
of years whose arrangement the State Council has not announced it knows the feasts only.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from holidays import country_holidays

DAY = datetime.timedelta(days=1)


class WorkCalendar:
    """
    Which days are worked.

    Parameters
    ----------
    holidays
        Days off beside the public holidays.
    workdays
        Days worked that would be off.
    """

    def __init__(self, holidays: Iterable[str] = (), workdays: Iterable[str] = ()) -> None:
        self._public = country_holidays("CN")
        self._off = {datetime.date.fromisoformat(day) for day in holidays}
        self._on = {datetime.date.fromisoformat(day) for day in workdays}

    def is_worked(self, day: datetime.date) -> bool:
        """
        Return whether a day is worked.

        Examples
        --------
        >>> calendar = WorkCalendar()
        >>> [calendar.is_worked(datetime.date(2023, 10, day)) for day in (6, 7, 8, 9)]
        [False, True, True, True]
        """
        if day in self._on:
            return True
        return day not in self._off and self._public.is_working_day(day)

    def after(self, day: datetime.date, number: int) -> datetime.date:
        """
        Return the day that comes a number of working days later.

        Parameters
        ----------
        day
            From when; it does not count itself.
        number
            How many; with 0 the day itself if it is worked, else the next that is.

        Examples
        --------
        >>> WorkCalendar().after(datetime.date(2023, 9, 27), 2)
        datetime.date(2023, 10, 7)
        """
        while number > 0:
            day += DAY
            number -= self.is_worked(day)
        while not self.is_worked(day):
            day += DAY
        return day
