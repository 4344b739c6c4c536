"""What a back-test found, as a table and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from chaingraph.model import Language
from chaingraph.outputs.words import word

MEASURES = ("roc_auc", "auc_pr", "lift", "precision_at_10", "precision_at_100", "brier")
"""Of each ranking, in the order of the table."""


def make_backtest_table(record: Mapping[str, Any], lang: Language) -> Table:
    """Lay out the measures of the model and of each baseline."""
    zh = lang == "zh"
    head = "回测" if zh else "Back-test"
    table = Table(title=f"{head} · {record['split']} – {record['until']}", title_justify="left")
    table.add_column("排法" if zh else "Ranking")
    for name in MEASURES:
        table.add_column(word(f"measure_{name}", lang), justify="right", no_wrap=True)
    for name, measures in {"model": record["model"], **record["baselines"]}.items():
        cells = [_say(measures[each]) for each in MEASURES]
        table.add_row(word(f"ranking_{name}", lang), *cells)
    return table


def tell_backtest(record: Mapping[str, Any], lang: Language) -> str:
    """Say how many could appear, how many did, and how the model compares with what is simple."""
    over, intervals = record["over_density"], record["intervals"]
    told = {name: _span(over.get(name), intervals.get(f"{name}_over_density")) for name in over}
    best = {
        name: _span(ratio, intervals.get(f"{name}_over_best"))
        for name, ratio in record["over_best"].items()
    }
    called = {
        name: word(f"ranking_{of}", lang) if of else "–"
        for name, of in record["best_baseline"].items()
    }
    expected = record["expected"]
    if lang == "zh":
        return (
            f"可能新出现的 {record['candidates']:,} 对，实际出现 {record['entries']:,} 对"
            f"（模型预计 {expected:.0f}），另有 {record['unseen']:,} 对没有历史、无从预测\n"
            f"模型是关联密度的几倍：AUC-PR {told['auc_pr']}，前 10 名命中 {told['precision_at_10']}\n"
            f"是最好的简单排法的几倍：AUC-PR {best['auc_pr']}（{called['auc_pr']}），"
            f"前 10 名命中 {best['precision_at_10']}（{called['precision_at_10']}）"
        )
    return (
        f"{record['candidates']:,} pairs could appear, {record['entries']:,} did "
        f"({expected:.0f} expected); {record['unseen']:,} more had no history to forecast from\n"
        f"model over density: AUC-PR {told['auc_pr']}, precision@10 {told['precision_at_10']}\n"
        f"model over the best baseline: AUC-PR {best['auc_pr']} ({called['auc_pr']}), "
        f"precision@10 {best['precision_at_10']} ({called['precision_at_10']})"
    )


def _span(ratio: float | None, interval: list[float | None] | None) -> str:
    """A ratio with the interval of its draws."""
    if ratio is None:
        return "–"
    if not interval or None in interval:
        return f"{ratio:.2f}"
    low, high = interval
    return f"{ratio:.2f} ({low:.2f}–{high:.2f})"


def _say(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
