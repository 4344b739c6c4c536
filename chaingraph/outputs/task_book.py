"""The task book (任务书) as a county prints it: a row a chain, a group of columns a period.

In the groups stand the measures that something is to be reached of, each cell as done / goal:
the form of Fengjie county's for 2025–2027.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from chaingraph.analysis.plan import COUNTED, Counted, Progress, Task
from chaingraph.analysis.track import QuotaStatus
from chaingraph.figures import Text
from chaingraph.model import Atlas
from chaingraph.units import unit_name

Period = tuple[datetime.date, datetime.date]
"""The first day and the last."""

MEASURES: dict[Counted, Text] = {
    ("signed", "100m_CNY"): Text(zh="签约投资额", en="Money signed"),
    ("started", "count"): Text(zh="落地项目", en="Projects landed"),
    ("arrived", "100m_CNY"): Text(zh="到位资金", en="Money arrived"),
    ("factory_space", "10k_m2"): Text(zh="入驻标准厂房", en="Factory space"),
    ("signed", "count"): Text(zh="签约项目", en="Projects signed"),
    ("started", "100m_CNY"): Text(zh="落地投资额", en="Money landed"),
    ("operating", "count"): Text(zh="投产项目", en="Projects operating"),
    ("operating", "100m_CNY"): Text(zh="投产投资额", en="Money operating"),
}
"""What a column counts → what it is called, in the order of the columns."""


@dataclasses.dataclass(frozen=True)
class BookColumn:
    """One measure in one period."""

    period: Period
    counted: Counted

    def group(self, lang: str) -> str:
        """Return the heading of the period, which it shares with its neighbours."""
        return name_period(self.period).text(lang)

    def name(self, lang: str) -> str:
        """Return what is counted, without its unit."""
        return MEASURES[self.counted].text(lang)

    def unit(self, lang: str) -> str:
        """Return its unit; nothing for projects in English."""
        return unit_name(self.counted[1], lang)

    def lines(self, lang: str) -> list[str]:
        """Return its heading in the lines of a narrow column: 签约投资额 above （亿元）."""
        name, unit = self.name(lang), self.unit(lang)
        if lang != "zh":
            return [name, f"({unit})"] if unit else [name]
        names = [name] if len(name) < 6 else [name[:2], name[2:]]  # 入驻 above 标准厂房
        return [*names, f"（{unit}）"]

    def head(self, lang: str) -> str:
        """Return its heading in one line: 签约投资额（亿元）."""
        return ("" if lang == "zh" else " ").join(self.lines(lang))


@dataclasses.dataclass(frozen=True)
class BookRow:
    """What one chain, or one team, is to reach."""

    chain: str | None
    team: str | None
    direction: tuple[Text, ...]
    tasks: tuple[Task, ...]
    """One for each of its periods."""

    def cell(self, column: BookColumn, lang: str) -> str:
        """Say what is done of a goal; nothing where it has none."""
        for task in self.tasks:
            if (task.since, task.until) == column.period:
                return _say_cell(task, column.counted, lang)
        return ""


@dataclasses.dataclass(frozen=True)
class TaskBook:
    """The table: its columns by period, and its rows."""

    columns: tuple[BookColumn, ...]
    rows: tuple[BookRow, ...]

    @property
    def has_goals(self) -> bool:
        """Whether anything is to be reached, or only what was done is told."""
        return any(task.quotas for row in self.rows for task in row.tasks)

    def split(self) -> list[TaskBook]:
        """Return a table for each period, for pages that are not wide enough for all."""
        return [
            TaskBook(
                tuple(column for column in self.columns if column.period == period),
                tuple(row for row in self.rows if period in _periods(row.tasks)),
            )
            for period in dict.fromkeys(column.period for column in self.columns)
        ]

    def to_records(self, atlas: Atlas, lang: str) -> list[dict[str, Any]]:
        """Return its rows for Markdown and plain sheets, the two headings in one."""
        zh = lang == "zh"
        return [
            {
                "产业链" if zh else "Chain": say_chain(atlas, row.chain, lang),
                "招引方向" if zh else "Direction": say_direction(row, lang),
                **{
                    f"{column.group(lang)} {column.head(lang)}": row.cell(column, lang)
                    for column in self.columns
                },
                "牵头单位" if zh else "Team": say_team(atlas, row.team, lang),
            }
            for row in self.rows
        ]


def lay_out_tasks(tasks: Sequence[Task]) -> TaskBook:
    """
    Lay out the tasks of a plan as the table of a task book.

    Parameters
    ----------
    tasks
        Those of a `Plan`: one for each chain, team and period.

    Returns
    -------
    book
        A row for each chain and team.  Only periods and measures that a quota is for have
        columns; where there is no quota at all, those of what was done this year.
    """
    columns = [
        BookColumn(period, counted)
        for period in sorted(_periods(tasks), key=lambda period: (period[1], period[0]))
        for counted in MEASURES
        if any(
            (task.since, task.until) == period and counted in _counted_in(task) for task in tasks
        )
    ]
    rows: dict[tuple[str | None, str | None], list[Task]] = {}
    for task in tasks:
        rows.setdefault((task.chain, task.team), []).append(task)
    return TaskBook(
        tuple(columns),
        tuple(
            BookRow(chain, team, mine[0].direction, tuple(mine))
            for (chain, team), mine in rows.items()
        ),
    )


def name_period(period: Period) -> Text:
    """
    Return what a period is called at the head of its columns.

    Examples
    --------
    >>> from datetime import date
    >>> name_period((date(2025, 1, 1), date(2025, 12, 31))).zh
    '2025年'
    >>> name_period((date(2025, 1, 1), date(2027, 12, 31))).zh
    '2025年至2027年末'
    >>> name_period((date(2026, 4, 1), date(2026, 6, 30))).en
    '2026-04-01 to 2026-06-30'
    """
    since, until = period
    if (since.month, since.day, until.month, until.day) != (1, 1, 12, 31):
        return Text(zh=f"{since} 至 {until}", en=f"{since} to {until}")
    if since.year == until.year:
        return Text(zh=f"{until.year}年", en=str(until.year))
    return Text(zh=f"{since.year}年至{until.year}年末", en=f"{since.year} to end of {until.year}")


def say_chain(atlas: Atlas, chain: str | None, lang: str) -> str:
    """Name a chain, or the place as a whole."""
    if chain is None:
        return "全市" if lang == "zh" else "all"
    return atlas.chains[chain].name.text(lang)


def say_team(atlas: Atlas, team: str | None, lang: str) -> str:
    """Name a team by its lead where that is known."""
    if team is None:
        return ""
    return atlas.teams[team].lead or atlas.teams[team].name.text(lang)


def say_direction(row: BookRow, lang: str) -> str:
    """Name what is to be attracted."""
    return ("、" if lang == "zh" else ", ").join(each.text(lang) for each in row.direction)


def say_goals(book: TaskBook, lang: str) -> str:
    """Say how its cells are read."""
    if book.has_goals:
        return "每格为完成 / 目标" if lang == "zh" else "each cell: done / goal"
    return (
        "图谱没有登记目标数，只列本年度已完成的"
        if lang == "zh"
        else "the atlas has no quotas: only what was done this year"
    )


def _periods(tasks: Iterable[Task]) -> list[Period]:
    return list(dict.fromkeys((task.since, task.until) for task in tasks))


def _counted_in(task: Task) -> set[Counted]:
    """What is to be reached in a task; without any quota what was done is told of."""
    if not task.quotas:
        space = task.factory_space.done is not None
        return {each for name, each in COUNTED.items() if space or name != "factory_space"}
    mine = {each for name, each in COUNTED.items() if getattr(task, name).goal is not None}
    return mine | {(quota.measure, quota.unit) for quota in task.others}


def _say_cell(task: Task, counted: Counted, lang: str) -> str:
    """Several quotas that count the same for different ends are told by their names."""
    for name, each in COUNTED.items():
        if each == counted:
            return _say_progress(getattr(task, name))
    others = [quota for quota in task.others if (quota.measure, quota.unit) == counted]
    said = [_say_progress(Progress(quota.goal, quota.done)) for quota in others]
    if len(others) < 2:
        return "".join(said)
    return "\n".join(
        f"{_name(quota, lang)} {each}" for quota, each in zip(others, said, strict=True)
    )


def _name(quota: QuotaStatus, lang: str) -> str:
    return quota.name.text(lang)


def _say_progress(progress: Progress) -> str:
    """Say what is done of a goal: done / goal, or what is done where there is no goal."""
    if progress.goal is None:
        return "" if progress.done is None else _say_number(progress.done)
    return f"{_say_number(progress.done or 0.0)} / {_say_number(progress.goal)}"


def _say_number(value: float) -> str:
    """Say a number with as many decimals as it has, at most four."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")
