"""Tables and trees for the terminal."""

from __future__ import annotations

from rich.cells import cell_len
from rich.table import Column, Table
from rich.text import Text

OPTIONAL = (
    ("副产来源", "Comes with"),
    ("主要用户", "Main users"),
    ("细分链", "Branch"),
    ("可信度", "Conf."),
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
    ("产品：有/建/签/缺", "Here/bld./signed/absent"),
)
"""Columns that a narrow terminal does without, the first to go first; files have all of them."""


def fit(table: Table, width: int) -> Table:
    """Leave columns out of a table until the rest can be read at the width there is."""
    for names in OPTIONAL:
        if sum(map(_need, table.columns)) + 1 <= width:
            break
        kept = [column for column in table.columns if column.header not in names]
        table.columns = kept if len(kept) > 1 else table.columns
    return table


def _need(column: Column) -> int:
    """How wide a column must be, its rule and blanks included."""
    header = cell_len(str(column.header))
    if column.min_width is not None and not column.no_wrap:
        return max(column.min_width, header) + 3
    cells = (Text.from_markup(str(cell)).cell_len for cell in column.cells)
    return max([header, *cells]) + 3
