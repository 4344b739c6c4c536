"""What a landing changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Line

from chaingraph.analysis.gaps import Gap
from chaingraph.analysis.whatif import Change, Landing, WhatIf
from chaingraph.analysis.why import say_amount
from chaingraph.model import Atlas, Language
from chaingraph.outputs.words import word


def make_whatif_view(
    atlas: Atlas, landings: Sequence[Landing], found: WhatIf, title: str, lang: Language
) -> Iterator[RenderableType]:
    """Lay out what some landings change: gaps, what comes into reach, local sourcing."""
    zh = lang == "zh"
    comma = "、" if zh else ", "
    what = comma.join(_say_landing(atlas, each, lang) for each in landings)
    heading = f"假如落地：{what}" if zh else f"What if this lands: {what}"
    yield Line.from_markup(f"\n[bold]{escape(heading)}[/]  [dim]{escape(title)}[/]")
    shown = [each for each in found.changed if _shows(each)]
    groups = (
        (found.closed, "补上的缺口" if zh else "Gaps closed"),
        (found.opened, "新显出的缺口" if zh else "Gaps opened"),
        (shown, "有变化的缺口" if zh else "Gaps changed"),
    )
    for changes, name in groups:
        if changes:
            yield _make_changes(changes, f"{name} {len(changes)}", lang)
    if len(shown) < len(found.changed):
        count = len(found.changed) - len(shown)
        yield Line(
            f"另有 {count} 个缺口类型和大小不变，只是还缺的投入不同了"
            if zh
            else f"{count} more gaps keep their kind and size; only what they lack has changed",
            style="dim",
        )
    if found.feasible:
        names = comma.join(atlas.products[id].name.text(lang) for id in found.feasible)
        label = "新进入可做范围" if zh else "Now within reach"
        yield Line.from_markup(f"[bold]{label} {len(found.feasible)}[/]  {escape(names)}")
    yield _make_sourcing(atlas, found, lang)


def _shows(change: Change) -> bool:
    """Whether the kind or the size of a gap differs."""
    before, after = change.before, change.after
    return (
        before is None
        or after is None
        or (before.kind, before.shortfall) != (after.kind, after.shortfall)
    )


def _say_landing(atlas: Atlas, landing: Landing, lang: Language) -> str:
    if landing.project is not None:
        return atlas.projects[landing.project].name.text(lang)
    product = atlas.products[landing.product or ""]
    name = product.name.text(lang)
    if landing.capacity is None:
        return name
    return f"{name} {say_amount(landing.capacity, product.unit, lang)}"


def _make_changes(changes: Sequence[Change], title: str, lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title=title, title_justify="left")
    table.add_column("产品" if zh else "Product", min_width=12, max_width=26, overflow="fold")
    table.add_column("之前" if zh else "Before", no_wrap=True)
    table.add_column("之后" if zh else "After", no_wrap=True)
    table.add_column("原因" if zh else "Why", overflow="fold", min_width=20)
    for change in changes:
        why = change.after.why.text(lang) if change.after else ""
        table.add_row(
            escape(change.name.text(lang)),
            _say_gap(change.before, lang),
            _say_gap(change.after, lang),
            escape(why),
        )
    return table


def _say_gap(gap: Gap | None, lang: Language) -> str:
    if gap is None:
        return "[green]—[/]"
    size = f" {say_amount(gap.shortfall, gap.unit, lang)}" if gap.shortfall else ""
    return f"{word(gap.kind, lang)}{size}"


def _make_sourcing(atlas: Atlas, found: WhatIf, lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title="本地配套率" if zh else "Local sourcing", title_justify="left")
    table.add_column("产业链" if zh else "Chain", min_width=8, overflow="fold")
    table.add_column(
        "按重量（有数字的投入）" if zh else "By mass (inputs with figures)", justify="right"
    )
    table.add_column("按个数（关键投入）" if zh else "By number (critical inputs)", justify="right")
    for before, after in zip(found.before, found.after, strict=True):
        table.add_row(
            escape(atlas.chains[before.chain].name.text(lang)),
            _arrow(before.by_volume, after.by_volume),
            _arrow(before.by_number, after.by_number),
        )
    return table


def _arrow(before: float | None, after: float | None) -> str:
    first, second = ("—" if share is None else f"{share:.1%}" for share in (before, after))
    return first if first == second else f"{first} → [bold]{second}[/]"
