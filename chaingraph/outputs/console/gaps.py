"""Gaps and flagships as tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from chaingraph.analysis.flagships import Flagship
from chaingraph.analysis.gaps import KINDS, Gap
from chaingraph.analysis.why import say_amount
from chaingraph.model import Atlas, Language, Rule
from chaingraph.outputs.words import word


def make_flagship_table(flagships: Sequence[Flagship], lang: Language) -> Table:
    """Lay out what policies name as wanted: how far each is, and its first gap."""
    zh = lang == "zh"
    table = Table(title="点名的招商目标" if zh else "Named as wanted", title_justify="left")
    table.add_column("目标" if zh else "Flagship", min_width=12, max_width=26, overflow="fold")
    table.add_column("现状" if zh else "State", no_wrap=True)
    table.add_column("产品：有/建/签/缺" if zh else "Here/bld./signed/absent", no_wrap=True)
    table.add_column("点名" if zh else "Named", no_wrap=True)
    table.add_column("首要缺口" if zh else "First gap", overflow="fold", min_width=20)
    for flagship in flagships:
        tally = flagship.tally
        colon = "：" if zh else ": "
        told = [gap.name.text(lang) + colon + gap.why.text(lang) for gap in flagship.gaps[:1]]
        table.add_row(
            escape(flagship.name.text(lang)),
            word(flagship.state, lang),
            f"{tally.present}/{tally.building}/{tally.signed}/{tally.absent}",
            flagship.date or "",
            escape("".join(told)),
        )
    return table


def make_gap_table(
    atlas: Atlas, gaps: Sequence[Gap], title: str, lang: Language, *, rule: Rule = "state"
) -> Table:
    """Lay out gaps, one a row; a star marks what a policy names."""
    zh = lang == "zh"
    table = Table(title=f"{'缺口' if zh else 'Gaps'} · {title}", title_justify="left")
    table.caption = (
        "★ 有文件点名；✕ 有门槛不通过；名次区间：权重在所定附近变动时，九成情况下的名次"
        if zh
        else "★ named in a policy; ✕ fails a gate; ranks: where nine in ten sets of weights near "
        "the atlas's put it"
    )
    table.caption_justify = "left"
    table.add_column("#", justify="right")
    table.add_column("产品" if zh else "Product", min_width=12, max_width=24, overflow="fold")
    table.add_column("细分链" if zh else "Branch", max_width=16)
    table.add_column("缺口" if zh else "Gap", no_wrap=True)
    table.add_column("现状" if zh else "State", no_wrap=True)
    table.add_column("缺多少" if zh else "Short by", justify="right", no_wrap=True)
    table.add_column("得分" if zh else "Score", justify="right", no_wrap=True)
    table.add_column("名次区间" if zh else "Ranks", justify="right", no_wrap=True)
    table.add_column("原因" if zh else "Why", overflow="fold", min_width=20)
    table.add_column("可信度" if zh else "Conf.", no_wrap=True)
    for gap in gaps:
        fails = "fail" in (gap.gates or {}).values()
        table.add_row(
            str(gap.rank),
            escape(("★ " if gap.named else "") + gap.name.text(lang)),
            escape(atlas.branches[gap.branch].name.text(lang)),
            say_kind(gap, lang, rule=rule),
            word(gap.state, lang),
            _say_shortfall(gap, lang),
            "" if gap.score is None else f"{'[red]✕[/] ' * fails}{gap.score:.2f}",
            "" if gap.rank_low is None else f"{gap.rank_low}–{gap.rank_high}",
            escape(gap.why.text(lang)),
            gap.confidence or "",
        )
    return table


def say_kind(gap: Gap, lang: Language, *, rule: Rule) -> str:
    """Name a gap in both vocabularies; the state of the chain only where the rule tells it."""
    remedy = word(gap.remedy, lang)
    return f"{word(gap.kind, lang)}·{remedy}" if rule == "state" else remedy


def _say_shortfall(gap: Gap, lang: Language) -> str:
    if gap.shortfall is None:
        return "没有数字" if lang == "zh" else "no figure"
    return say_amount(gap.shortfall, gap.unit, lang) if gap.shortfall else ""


def count_kinds(gaps: Sequence[Gap], lang: Language) -> str:
    """Say how many gaps there are of each kind."""
    counts = [f"{word(kind, lang)} {sum(gap.kind == kind for gap in gaps)}" for kind in KINDS]
    sized = sum(bool(gap.shortfall) for gap in gaps)
    if lang == "zh":
        return f"共 {len(gaps)} 个缺口（{'，'.join(counts)}），其中 {sized} 个算得出缺多少"
    return f"{len(gaps)} gaps ({', '.join(counts)}), {sized} of them with a shortfall in figures"
