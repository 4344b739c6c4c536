"""Records of any kind as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from chaingraph.analysis.why import say_share
from chaingraph.model import Language
from chaingraph.outputs.words import column_name, word

NARROW = 24
"""The widest that a column may be that is not the last."""

PERCENT = ("probability", "low", "high")
"""Columns whose values are shares, told in percent."""

CODED = ("role",)
"""Columns whose values are words of the package."""


def make_record_table(
    records: Sequence[dict[str, Any]],
    columns: Sequence[str],
    lang: Language,
    title: str | None = None,
) -> Table:
    """
    Lay out records, one a row.

    Parameters
    ----------
    records
        Plain values by column.
    columns
        Which columns, in which order.
    lang
        The language of the headings.
    title
        What stands above the table.

    Returns
    -------
    table
        Numbers stand at the right.
    """
    table = Table(title=title, title_justify="left")
    for column in columns:
        values = [record.get(column) for record in records]
        number = all(isinstance(value, int | float) for value in values if value is not None)
        table.add_column(
            column_name(column, lang),
            justify="right" if number else "left",
            no_wrap=number,
            min_width=None if number else 20 if column == columns[-1] else 6,
            max_width=None if number or column == columns[-1] else NARROW,
            overflow="fold",
        )
    for record in records:
        table.add_row(*(_say(column, record.get(column), lang) for column in columns))
    return table


def _say(column: str, value: Any, lang: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else ""
    if column in PERCENT:
        return say_share(value)
    if isinstance(value, float):
        return f"{value + 0.0:.3g}"  # never -0
    if isinstance(value, int):
        return str(value)
    text = word(f"{column}_{value}", lang) if column in CODED else str(value)
    return escape("".join(each if each.isprintable() else " " for each in text))
