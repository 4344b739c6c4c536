"""Targets, bundles of firms and the plan as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Line

from chaingraph.analysis.plan import Entry, Plan
from chaingraph.analysis.targets import Group, Target
from chaingraph.analysis.trips import Trip
from chaingraph.geography import PROVINCES
from chaingraph.model import Atlas, Language
from chaingraph.outputs.console import measure_need
from chaingraph.outputs.task_book import (
    TaskBook,
    lay_out_tasks,
    say_chain,
    say_direction,
    say_goals,
    say_team,
)
from chaingraph.outputs.words import milestone_word, word


def make_target_table(atlas: Atlas, targets: Sequence[Target], title: str, lang: Language) -> Table:
    """Lay out targets, one a row."""
    zh = lang == "zh"
    table = Table(title=f"{'目标企业' if zh else 'Targets'} · {title}", title_justify="left")
    table.caption = (
        "按缺口名次、再按得分排列；● 企业已在本地，谈增资扩产；时限是计划里上门的日子"
        if zh
        else "by the rank of the gap, then by score; ● is here already: ask it to extend; "
        "due is the day of the visit"
    )
    table.caption_justify = "left"
    table.add_column("#", justify="right")
    table.add_column("环节" if zh else "Gap", min_width=10, max_width=20, overflow="fold")
    table.add_column("缺口" if zh else "Kind", no_wrap=True)
    table.add_column("企业" if zh else "Enterprise", min_width=8, max_width=20, overflow="fold")
    table.add_column("所在地" if zh else "Place", max_width=16, overflow="fold")
    table.add_column("得分" if zh else "Score", justify="right", no_wrap=True)
    table.add_column("对接方式" if zh else "Approach", no_wrap=True)
    table.add_column("时限" if zh else "Due", no_wrap=True)
    table.add_column("阶段" if zh else "Stage", no_wrap=True)
    table.add_column("匹配依据" if zh else "Why", overflow="fold", min_width=20)
    table.add_column("可信度" if zh else "Conf.", no_wrap=True)
    for target in targets:
        table.add_row(
            str(target.rank),
            escape(target.product_name.text(lang)),
            word(target.kind if atlas.rule == "state" else target.remedy, lang),
            escape(("● " if target.here else "") + target.name.text(lang)),
            escape(target.place or ""),
            f"{target.score:.2f}",
            word(target.approach, lang),
            target.due or "",
            milestone_word(target.stage, lang) if target.stage else "",
            escape(target.why.text(lang)),
            target.confidence or "",
        )
    return table


def count_targets(targets: Sequence[Target], gaps_without: int, lang: Language) -> str:
    """Say how many targets there are, for how many gaps, and how many gaps have none."""
    firms = len({target.enterprise for target in targets})
    gaps = len({target.product for target in targets})
    if lang == "zh":
        return f"{gaps} 个缺口有 {firms} 家目标企业，共 {len(targets)} 条；{gaps_without} 个缺口没有候选企业"
    return (
        f"{len(targets)} rows: {firms} firms for {gaps} gaps; "
        f"{gaps_without} gaps have no candidate in the atlas"
    )


def make_group_view(atlas: Atlas, group: Group, title: str, lang: Language) -> Table:
    """Lay out the firms that together could bring a bundle."""
    zh = lang == "zh"
    name = atlas.products[group.target].name.text(lang)
    head = f"组团招商：{name}" if zh else f"Firms to bring together for {name}"
    table = Table(title=f"{escape(head)} · {title}", title_justify="left")
    names = [atlas.products[id].name.text(lang) for id in group.uncovered]
    if names:
        told = "、".join(names) if zh else ", ".join(names)
        table.caption = (
            f"没有候选企业的：{escape(told)}" if zh else f"no candidate for: {escape(told)}"
        )
        table.caption_justify = "left"
    table.add_column("企业" if zh else "Enterprise", min_width=10, overflow="fold")
    table.add_column("所在地" if zh else "Place", overflow="fold")
    table.add_column("能带来" if zh else "Could bring", min_width=20, overflow="fold")
    for id, products in group.firms:
        firm = atlas.candidates[id]
        brought = [atlas.products[product].name.text(lang) for product in products]
        table.add_row(
            escape(firm.name.text(lang)),
            escape(firm.place or ""),
            escape(("、" if zh else ", ").join(brought)),
        )
    return table


# ----------------------------------------------------------------------- plan


def make_plan_view(
    atlas: Atlas,
    plan: Plan,
    only: str | None,
    title: str,
    lang: Language,
    limit: int,
    width: int = 160,
) -> Iterator[RenderableType]:
    """Lay out the task book, the trips and the time table, on pages so many letters wide."""
    if only in (None, "tasks"):
        yield from _make_task_tables(atlas, lay_out_tasks(plan.tasks), title, lang, width)
    if only in (None, "trips"):
        yield _make_trips(atlas, plan.trips, title, lang)
    if only in (None, "times"):
        shown = plan.timetable[:limit] if limit else plan.timetable
        yield _make_timetable(atlas, shown, title, lang)
        if len(shown) < len(plan.timetable):
            more = len(plan.timetable) - len(shown)
            yield Line(
                f"还有 {more} 行；全部：--limit 0" if lang == "zh" else f"{more} more: --limit 0",
                style="dim",
            )


def _make_task_tables(
    atlas: Atlas, book: TaskBook, title: str, lang: Language, width: int
) -> Iterator[Table]:
    """Lay out the task book; where it is too wide, each period in a table of its own."""
    name = "任务书" if lang == "zh" else "Task book"
    whole = _make_tasks(atlas, book, f"{name} · {title}", lang)
    if measure_need(whole) <= width:
        yield whole
        return
    for part in book.split():
        period = part.columns[0].group(lang)
        table = _make_tasks(atlas, part, f"{name} · {period} · {title}", lang, has_periods=False)
        if measure_need(table) > width:  # rather than the chain, which a row is about
            table.columns.pop()
        yield table


def _make_tasks(
    atlas: Atlas, book: TaskBook, title: str, lang: Language, *, has_periods: bool = True
) -> Table:
    zh = lang == "zh"
    table = Table(title=title, title_justify="left")
    table.caption, table.caption_justify = say_goals(book, lang), "left"
    chains = [say_chain(atlas, row.chain, lang) for row in book.rows]
    longest = max((len(word) for chain in chains for word in chain.split()), default=0)
    table.add_column(
        "产业链" if zh else "Chain", min_width=max(8, longest), max_width=20, overflow="fold"
    )
    table.add_column("招引方向" if zh else "Direction", min_width=16, max_width=60, overflow="fold")
    for column in book.columns:
        name = column.name(lang).replace(" ", "\n")
        lines = (column.group(lang) if has_periods else "", name, column.unit(lang))
        table.add_column("\n".join(filter(None, lines)), justify="right", no_wrap=True)
    table.add_column("牵头单位" if zh else "Team", min_width=10, overflow="fold")
    for row, chain in zip(book.rows, chains, strict=True):
        table.add_row(
            escape(chain),
            escape(say_direction(row, lang)),
            *(escape(row.cell(column, lang)) for column in book.columns),
            escape(say_team(atlas, row.team, lang)),
        )
    return table


def _make_trips(atlas: Atlas, trips: Sequence[Trip], title: str, lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title=f"{'路线图' if zh else 'Trips'} · {title}", title_justify="left")
    table.add_column("牵头单位" if zh else "Team", min_width=10, max_width=24, overflow="fold")
    table.add_column("第几程" if zh else "Trip", justify="right")
    table.add_column("日期" if zh else "Days", no_wrap=True)
    table.add_column("去哪里" if zh else "Where", min_width=10, max_width=24, overflow="fold")
    table.add_column("拜访" if zh else "Whom", min_width=20, overflow="fold")
    for trip in trips:
        visited = [
            f"{stop.name.text(lang)}（{stop.place}）"
            if zh
            else f"{stop.name.text(lang)} ({stop.place})"
            for stop in trip.stops
        ]
        table.add_row(
            escape(say_team(atlas, trip.team, lang)),
            str(trip.number),
            f"{trip.start}" if trip.end == trip.start else f"{trip.start} – {trip.end:%m-%d}",
            escape(say_where(atlas, trip, lang)),
            escape(("、" if zh else ", ").join(visited)),
        )
    return table


def say_where(atlas: Atlas, trip: Trip, lang: Language) -> str:
    """Say where a trip goes: its region, and the provinces."""
    zh = lang == "zh"
    if trip.local:
        return "已在本地的企业" if zh else "firms here already"
    provinces = say_provinces(trip, lang)
    if trip.region is None:
        return provinces
    region = atlas.regions[trip.region].name.text(lang)
    return f"{region}：{provinces}" if zh else f"{region}: {provinces}"


def say_provinces(trip: Trip, lang: Language) -> str:
    """Name the provinces that a trip goes to."""
    if lang == "zh":
        return "、".join(trip.provinces)
    return ", ".join(PROVINCES[province] for province in trip.provinces)


def _make_timetable(atlas: Atlas, entries: Sequence[Entry], title: str, lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title=f"{'时间表' if zh else 'Time table'} · {title}", title_justify="left")
    table.add_column("日期" if zh else "Day", no_wrap=True)
    table.add_column("事项" if zh else "What", no_wrap=True)
    table.add_column("对象" if zh else "Whom", min_width=10, overflow="fold")
    table.add_column("地点" if zh else "Place", overflow="fold")
    table.add_column("为哪些环节" if zh else "For", min_width=16, overflow="fold")
    table.add_column("牵头单位" if zh else "Team", min_width=10, max_width=24, overflow="fold")
    for entry in entries:
        names = [atlas.products[id].name.text(lang) for id in entry.products]
        table.add_row(
            entry.day.isoformat(),
            word(f"act_{entry.act}", lang),
            escape(entry.what.text(lang)),
            escape(entry.place or ""),
            escape(("、" if zh else ", ").join(names)),
            escape(say_team(atlas, entry.team, lang)),
        )
    return table
