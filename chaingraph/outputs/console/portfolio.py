"""The few gaps to go after together, and what limits them."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Line

from chaingraph.analysis.gaps import Gap
from chaingraph.analysis.portfolio import RESOURCES, Bound, Portfolio
from chaingraph.analysis.why import say_amount
from chaingraph.model import Atlas, Language
from chaingraph.outputs.words import say_number, word

MAX_PASSED = 6
"""How many gaps that were passed over are told."""


def make_portfolio_view(
    atlas: Atlas, found: Portfolio, title: str, lang: Language
) -> Iterator[RenderableType]:
    """Lay out the chosen gaps and the limits."""
    zh = lang == "zh"
    heading = "组合" if zh else "Portfolio"
    total = f"总分 {found.score:.2f}" if zh else f"total score {found.score:.2f}"
    table = Table(title=f"{heading} · {title} · {total}", title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("产品" if zh else "Product", min_width=12, max_width=26, overflow="fold")
    table.add_column("缺口" if zh else "Gap", no_wrap=True)
    table.add_column("得分" if zh else "Score", justify="right")
    table.add_column("设想规模" if zh else "Size", justify="right", no_wrap=True)
    for name in RESOURCES:
        table.add_column(word(f"resource_{name}", lang), justify="right", no_wrap=True)
    for gap in found.gaps:
        use = found.uses[gap.product]
        size = "—" if use.size is None else say_amount(use.size, gap.unit, lang)
        takes = [
            _take(use.takes.get(name), assumed=use.assumed and name == "money")
            for name in RESOURCES
        ]
        table.add_row(
            str(gap.rank),
            escape(gap.name.text(lang)),
            f"{word(gap.kind, lang)}·{word(gap.remedy, lang)}",
            f"{gap.score:.3f}",
            size,
            *takes,
        )
    if found.bounds and any(use.assumed for use in found.uses.values()):
        table.caption = (
            "≈ 没有同类厂的投资数字，按图谱中已知各厂的中位数；— 没有数字，不计"
            if zh
            else "≈ no plant of it is known: the median of all known; — no figure, not counted"
        )
        table.caption_justify = "left"
    yield table
    for gap, lacking in found.passed_over[:MAX_PASSED]:
        yield Line(_say_passed(atlas, gap, lacking, lang), style="dim")
    yield _make_bounds(atlas, found, lang)


def _say_passed(atlas: Atlas, gap: Gap, lacking: tuple[str, ...], lang: Language) -> str:
    name = gap.name.text(lang)
    comma = "、" if lang == "zh" else ", "
    first = comma.join(atlas.products[id].name.text(lang) for id in lacking)
    if lang == "zh":
        reason = f"还缺 {first}，组合里没有" if lacking else "放进来总分更低或超出限制"
        return f"没选第 {gap.rank} 位 {name}：{reason}"
    reason = f"lacks {first}" if lacking else "the total would be lower, or a limit exceeded"
    return f"passed over: {gap.rank} {name}: {reason}"


def _take(amount: float | None, *, assumed: bool) -> str:
    return "—" if amount is None else f"{'≈' * assumed}{say_number(amount)}"


def _make_bounds(atlas: Atlas, found: Portfolio, lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title="限制" if zh else "Limits", title_justify="left")
    table.add_column("限制" if zh else "Limit", no_wrap=True)
    table.add_column("用了/有" if zh else "Used / there is", justify="right", no_wrap=True)
    table.add_column("卡住" if zh else "Binds", no_wrap=True)
    table.add_column("再多一点" if zh else "With more", overflow="fold")
    for bound in found.bounds:
        table.add_row(
            word(f"resource_{bound.name}", lang),
            f"{say_number(bound.used)} / {say_number(bound.limit)}",
            _say_binds(bound, len(found.gaps), lang),
            escape(_say_more(atlas, bound, lang)),
        )
    return table


def _say_binds(bound: Bound, chosen: int, lang: Language) -> str:
    zh = lang == "zh"
    if chosen and len(bound.unknown) == chosen:
        return "无从判断" if zh else "cannot be told"
    if bound.binds:
        return "是" if zh else "yes"
    return "否" if zh else "no"


def _say_more(atlas: Atlas, bound: Bound, lang: Language) -> str:
    zh = lang == "zh"
    told = []
    if bound.binds:
        told.append(
            f"多 1 个单位，总分 +{bound.gain_of_one:.3f}"
            if zh
            else f"one unit more adds {bound.gain_of_one:.3f}"
        )
    if bound.next_step is not None and bound.next_gain is not None and bound.next_step > 1:
        told.append(
            f"至少再多 {say_number(bound.next_step)} 才换得动，总分 +{bound.next_gain:.3f}"
            if zh
            else f"it takes {say_number(bound.next_step)} more to change the choice, which adds "
            f"{bound.next_gain:.3f}"
        )
    if bound.unknown:
        names = "、".join(atlas.products[id].name.text(lang) for id in bound.unknown[:4])
        count = len(bound.unknown)
        told.append(
            f"{count} 个没有数字，没有计入：{names}" if zh else f"{count} without a figure: {names}"
        )
    return "；".join(told) if zh else "; ".join(told)
