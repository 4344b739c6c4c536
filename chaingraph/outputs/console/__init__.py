"""Tables and trees for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Column, Table
from rich.text import Text

OPTIONAL = (
    ("副产来源", "Comes with"),
    ("主要用户", "Main users"),
    ("细分链", "Branch"),
    ("可信度", "Conf."),
    ("所在地", "Place"),
    ("阶段", "Stage"),
    ("时限", "Due"),
    ("名次区间", "Ranks"),
    ("用地（亩）", "land (mu)"),
    ("能耗（吨标煤/年）", "energy (tce a year)"),
    ("用水（m³/年）", "water (m³ a year)"),
    ("保障率", "Cover"),
    ("余", "Over"),
    ("停了几个月", "Months idle"),
    ("到位", "Arrived"),
    ("自", "Since"),
    ("现状", "State"),
    ("产业链", "Chain"),
    ("点名", "Named"),
    ("距离", "distance"),
    ("COI", "COI"),
    ("复杂度", "complexity"),
    ("适合度", "fitness"),
    ("前景增益", "COG"),
    ("慢年份", "slow years"),
    ("快年份", "fast years"),
    ("产品编号", "product"),
    ("产品：有/建/签/缺", "Here/bld./signed/absent"),
)
"""Columns that a narrow terminal does without, the first to go first; files have all of them."""


MARGIN = 3
"""A rule and two blanks."""


def measure_need(table: Table) -> int:
    """Return how many letters wide a table must be to be read with all its columns."""
    return sum(map(_need, table.columns)) + 1


def fit(table: Table, width: int) -> Table:
    """Leave columns out of a table until the rest can be read at the width there is."""
    for names in OPTIONAL:
        if sum(map(_need, table.columns)) < width:
            break
        kept = [column for column in table.columns if column.header not in names]
        table.columns = kept if len(kept) > 1 else table.columns
    if sum(map(_wish, table.columns)) >= width:
        _share_out(table.columns, width)
    return table


def _share_out(columns: Sequence[Column], width: int) -> None:
    """Give each column that can be folded its least, and the last of them what is left."""
    folded = [column for column in columns if _can_fold(column)]
    left = width - 1 - sum(map(_need, columns))
    for column in folded:
        column.width = _need(column) - MARGIN
        if column is folded[-1]:
            column.width += max(0, left)
        elif column.max_width is not None:
            more = min(left // 2, column.max_width - column.width, _wish(column) - _need(column))
            column.width += max(0, more)
            left -= max(0, more)


def _can_fold(column: Column) -> bool:
    return column.min_width is not None and not column.no_wrap


def _need(column: Column) -> int:
    """How wide a column must be, its rule and blanks included."""
    if _can_fold(column):
        return max(column.min_width or 0, _longest_line(str(column.header))) + MARGIN
    return _wish(column)


def _wish(column: Column) -> int:
    """How wide a column is if nothing in it is folded."""
    cells = (_longest_line(Text.from_markup(str(cell)).plain) for cell in column.cells)
    widest = max([_longest_line(str(column.header)), *cells])
    return min(widest, column.max_width or widest) + MARGIN


def _longest_line(text: str) -> int:
    return max(map(cell_len, text.split("\n")))
