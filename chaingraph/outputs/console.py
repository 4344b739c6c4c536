"""Tables and trees for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from chaingraph.analysis.gaps import KINDS, Flagship, Gap
from chaingraph.analysis.trace import Step
from chaingraph.model import Atlas, Language
from chaingraph.outputs.words import word


def make_flagship_table(flagships: Sequence[Flagship], lang: Language) -> Table:
    """Lay out what policies name as wanted: how far each is, and its first gap."""
    zh = lang == "zh"
    table = Table(title="点名的招商目标" if zh else "Named as wanted", title_justify="left")
    table.add_column("目标" if zh else "Flagship", max_width=26)
    table.add_column("现状" if zh else "State", no_wrap=True)
    table.add_column("产品：有/建/签/缺" if zh else "Here/bld./signed/absent", no_wrap=True)
    table.add_column("点名" if zh else "Named", no_wrap=True)
    table.add_column("首要缺口" if zh else "First gap", overflow="fold")
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


def make_gap_table(atlas: Atlas, gaps: Sequence[Gap], title: str, lang: Language) -> Table:
    """Lay out gaps, one a row; a star marks what a policy names."""
    zh = lang == "zh"
    table = Table(title=f"{'缺口' if zh else 'Gaps'} · {title}", title_justify="left")
    table.add_column("#", justify="right")
    table.add_column("产品" if zh else "Product", max_width=26)
    table.add_column("细分链" if zh else "Branch", max_width=24)
    table.add_column("缺口" if zh else "Gap", no_wrap=True)
    table.add_column("现状" if zh else "State", no_wrap=True)
    table.add_column("原因" if zh else "Why", overflow="fold", ratio=1)
    table.add_column("可信度" if zh else "Conf.", no_wrap=True)
    for gap in gaps:
        table.add_row(
            str(gap.rank),
            escape(("★ " if gap.named else "") + gap.name.text(lang)),
            escape(atlas.branches[gap.branch].name.text(lang)),
            f"{word(gap.kind, lang)}·{word('do_' + gap.kind, lang)}",
            word(gap.state, lang),
            escape(gap.why.text(lang)),
            gap.confidence or "",
        )
    return table


def count_kinds(gaps: Sequence[Gap], lang: Language) -> str:
    """Say how many gaps there are of each kind."""
    counts = [f"{word(kind, lang)} {sum(gap.kind == kind for gap in gaps)}" for kind in KINDS]
    if lang == "zh":
        return f"共 {len(gaps)} 个缺口（{'，'.join(counts)}）"
    return f"{len(gaps)} gaps ({', '.join(counts)})"


def make_trace_tree(steps: Sequence[Step], lang: Language) -> Tree:
    """Lay out a trace as a tree; a dot marks what is critical, an arrow what was told above."""
    branches = {0: Tree(_label(steps[0], lang))}
    for step in steps[1:]:
        branches[step.depth] = branches[step.depth - 1].add(_label(step, lang))
    return branches[0]


def _label(step: Step, lang: Language) -> str:
    parts = [f"[bold]{escape(step.name.text(lang))}[/] [dim]{step.product}[/]"]
    parts.append(f"[dim]\\[{word(step.state, lang)}][/]")
    if step.kind and step.kind != "material":
        parts.append(word(step.kind, lang))
    if step.per is not None:
        parts.append(f"{step.per:g} {step.unit or ''}")
    if step.route not in (None, "main"):
        parts.append(f"[dim]({step.route})[/]")
    if step.critical:
        parts.append("[red]●[/]")
    if step.seen:
        parts.append("[dim]↑[/]")
    return " ".join(parts)
