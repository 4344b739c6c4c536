"""How far projects, chains and quotas are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Line

from chaingraph.analysis.track import Progress, ProjectStatus, QuotaStatus
from chaingraph.model import Atlas, Language
from chaingraph.outputs.words import milestone_word, say_number, word
from chaingraph.units import unit_name

_COLOURS = {"green": "green", "yellow": "yellow", "red": "red", "out": "dim"}


def make_track_view(
    atlas: Atlas, tables: Mapping[str, Sequence[Any]], title: str, lang: Language
) -> Iterator[RenderableType]:
    """Lay out what was asked for: chains, projects, quotas."""
    if "chains" in tables:
        yield _make_chains(tables["chains"], title, lang)
    if "projects" in tables:
        yield _make_projects(atlas, tables["projects"], title, lang)
    if "quotas" in tables:
        yield _make_quotas(atlas, tables["quotas"], title, lang)


def _make_chains(rows: Sequence[Progress], title: str, lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title=f"{'进度' if zh else 'Progress'} · {title}", title_justify="left")
    table.caption = (
        "金额只加有数字的项目；部分重复的项目只计较大的一个"
        if zh
        else "money of the projects that have a figure; of two that overlap the larger counts"
    )
    table.caption_justify = "left"
    table.add_column("产业链" if zh else "Chain", min_width=8, overflow="fold")
    for name in ("签约", "开工", "投产") if zh else ("Signed", "Started", "Operating"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("到位资金" if zh else "Arrived", justify="right", no_wrap=True)
    for name in (
        ("开工率", "投产率", "资金到位率") if zh else ("Started %", "Operating %", "Arrived %")
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        arrival = _share(row.arrival_rate)
        if row.arrival_rate is not None:
            count = row.arrival_projects
            arrival += f"（{count} 个）" if zh else f" ({count})"
        table.add_row(
            f"[bold]{escape(row.name.text(lang))}[/]"
            if row.chain is None
            else escape(row.name.text(lang)),
            _count(row.signed, row.signed_investment, lang),
            _count(row.started, row.started_investment, lang),
            _count(row.operating, row.operating_investment, lang),
            "" if row.arrived is None else _money(row.arrived, lang),
            _share(row.start_rate),
            _share(row.operating_rate),
            arrival,
        )
    return table


def _make_projects(
    atlas: Atlas, rows: Sequence[ProjectStatus], title: str, lang: Language
) -> Table:
    zh = lang == "zh"
    note = (
        "按图谱里最后一次进展算，没有新报道不等于停工：满 2 个月黄，满 3 个月红，超过 6 个月出库"
        if zh
        else "by the last progress in the atlas: yellow after 2 months, red after 3, out of the pool "
        "after more than 6"
    )
    table = Table(
        title=f"{'项目' if zh else 'Projects'} · {title}", title_justify="left", caption=note
    )
    table.caption_justify = "left"
    table.add_column("颜色" if zh else "Colour", no_wrap=True)
    table.add_column("项目" if zh else "Project", min_width=12, max_width=44, overflow="fold")
    table.add_column("产业链" if zh else "Chain", min_width=8, max_width=20, overflow="fold")
    table.add_column("阶段" if zh else "Stage", no_wrap=True)
    table.add_column("自" if zh else "Since", no_wrap=True)
    table.add_column("投资" if zh else "Investment", justify="right", no_wrap=True)
    table.add_column("到位" if zh else "Arrived", justify="right", no_wrap=True)
    table.add_column("最近进展" if zh else "Last progress", no_wrap=True)
    table.add_column("停了几个月" if zh else "Months idle", justify="right", no_wrap=True)
    order = ("green", "yellow", "red", "out", None)
    for row in sorted(rows, key=lambda row: (order.index(row.colour), row.idle_months)):
        colour = (
            ""
            if row.colour is None
            else f"[{_COLOURS[row.colour]}]{word(f'colour_{row.colour}', lang)}[/]"
        )
        table.add_row(
            colour,
            escape(row.name.text(lang)),
            escape(atlas.chains[row.chain].name.text(lang)) if row.chain else "",
            milestone_word(row.milestone, lang),
            row.since,
            "" if row.investment is None else _money(row.investment, lang),
            "" if row.arrived is None else _money(row.arrived, lang),
            row.last_progress,
            "" if row.colour is None else str(row.idle_months),
        )
    return table


def _make_quotas(
    atlas: Atlas, rows: Sequence[QuotaStatus], title: str, lang: Language
) -> RenderableType:
    zh = lang == "zh"
    if not rows:
        return Line(
            "任务书：图谱没有登记目标数（quotas）" if zh else "Quotas: the atlas has none",
            style="dim",
        )
    table = Table(title=f"{'任务书' if zh else 'Quotas'} · {title}", title_justify="left")
    table.add_column("任务" if zh else "Quota")
    table.add_column("产业链" if zh else "Chain", min_width=8, overflow="fold")
    table.add_column("完成/目标" if zh else "Done / goal", justify="right", no_wrap=True)
    table.add_column("完成率" if zh else "Share", justify="right")
    table.add_column("还差" if zh else "Remaining", justify="right", no_wrap=True)
    table.add_column("期限" if zh else "Until", no_wrap=True)
    table.add_column("剩余天数" if zh else "Days left", justify="right")
    for row in rows:
        unit = unit_name(row.unit, lang)
        table.add_row(
            escape(row.name.text(lang)),
            escape(atlas.chains[row.chain].name.text(lang)) if row.chain else "",
            f"{row.done:g} / {row.goal:g} {unit}",
            _share(row.share),
            f"{row.remaining:g} {unit}",
            str(row.until),
            str(row.days_left),
        )
    return table


def _count(number: int, money: float | None, lang: Language) -> str:
    if not number:
        return ""
    return str(number) if money is None else f"{number} · {_money(money, lang)}"


def _money(amount: float, lang: Language) -> str:
    return f"{say_number(amount)} 亿元" if lang == "zh" else f"CNY {say_number(amount / 10)} bn"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
