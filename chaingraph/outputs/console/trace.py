"""What a product is made from, or goes into, as a tree."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.tree import Tree

from chaingraph.analysis.trace import Step
from chaingraph.model import Language
from chaingraph.outputs.words import word


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
