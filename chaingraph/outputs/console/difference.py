"""What differs between two days, two atlases or two revisions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Line

from chaingraph.analysis.difference import Change, Difference
from chaingraph.model import Language
from chaingraph.outputs.words import word


def make_difference_view(found: Difference, title: str, lang: Language) -> Iterator[RenderableType]:
    """Lay out every kind of change that there is."""
    zh = lang == "zh"
    days = f"{found.old_day} → {found.new_day}"
    heading = f"变化：{title}" if zh else f"What changed: {title}"
    yield Line.from_markup(f"\n[bold]{escape(heading)}[/]  [dim]{days}[/]")
    groups = (
        (found.added, "新增" if zh else "Added"),
        (found.removed, "去掉" if zh else "Removed"),
        (found.edited, "改写" if zh else "Written otherwise"),
        (found.moved, "项目进展" if zh else "Projects moved"),
        (found.states, "产品现状" if zh else "Products"),
        (found.opened, "新缺口" if zh else "Gaps opened"),
        (found.closed, "补上的缺口" if zh else "Gaps closed"),
        (found.kinds, "缺口换了类型" if zh else "Gaps of another kind"),
        (found.sizes, "缺口大小变了" if zh else "Gaps of another size"),
    )
    shown = [(changes, name) for changes, name in groups if changes]
    for changes, name in shown:
        yield _make_table(changes, f"{name} {len(changes)}", lang)
    if not shown:
        yield Line("没有变化" if zh else "Nothing changed")


def _make_table(changes: Sequence[Change], title: str, lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title=title, title_justify="left")
    table.add_column("名称" if zh else "Name")
    table.add_column("id", style="dim")
    if any(change.before or change.after for change in changes):
        table.add_column("之前" if zh else "Before", no_wrap=True)
        table.add_column("之后" if zh else "After", no_wrap=True)
    else:
        table.add_column("类别" if zh else "Section", no_wrap=True)
    for change in changes:
        cells = [escape(change.name.text(lang)), change.id]
        if change.before or change.after:
            date = f" {change.date}" if change.date else ""
            cells += [_word(change, change.before, lang), _word(change, change.after, lang) + date]
        else:
            cells.append(change.section)
        table.add_row(*cells)
    return table


def _word(change: Change, key: str | None, lang: Language) -> str:
    if key is None:
        return "—"
    is_milestone = change.change == "moved" and key in ("signed", "building")
    return word(f"milestone_{key}" if is_milestone else key, lang)
