"""Records as CSV, JSON, Markdown and Excel sheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, Literal

from chaingraph._cells import FORMULAS, inert
from chaingraph.errors import MissingExtraError

Format = Literal["json", "csv", "md", "xlsx"]


def format_records(
    records: Sequence[dict[str, Any]], columns: Sequence[str], format: Format
) -> bytes:
    r"""
    Write records in a format that other programs read.

    Parameters
    ----------
    records
        Plain values by column.
    columns
        Which columns, in which order.
    format
        `json`, `csv` (with a byte-order mark, so that Excel reads Chinese), `md` or
        `xlsx` (needs the extra ``excel``).

    Returns
    -------
    data
        The whole file.

    Raises
    ------
    MissingExtraError
        If `xlsx` is asked for and openpyxl is not installed.

    Examples
    --------
    >>> format_records([{"a": "=1+1"}], ["a"], "csv").decode("utf-8-sig")
    "a\r\n'=1+1\r\n"
    """
    records = [{column: tidy(record.get(column)) for column in columns} for record in records]
    if format == "json":
        rows = records
        return format_json(rows)
    if format == "csv":
        return _csv(records, columns).encode("utf-8-sig")
    if format == "md":
        return _markdown(records, columns).encode()
    return _xlsx(records, columns)


def format_json(data: Any) -> bytes:
    """Write plain data as JSON, without the digits that binary fractions add."""
    return (json.dumps(tidy(data), ensure_ascii=False, indent=1) + "\n").encode()


def tidy(value: Any) -> Any:
    """Drop the digits that binary fractions add: 463999.99999999994 is 464000."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, dict):
        return {key: tidy(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(inner) for inner in value]
    return value


def plain_cell(value: Any) -> str | float | None:
    """Return a value as one cell: lists with semicolons, mappings as JSON, text never a formula."""
    if value is None or isinstance(value, float | int):
        return value
    if isinstance(value, list | tuple):
        value = "; ".join(map(str, value))
    elif isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def _csv(records: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for record in records:
        writer.writerow([_inert_cell(record.get(column)) for column in columns])
    return out.getvalue()


def _inert_cell(value: Any) -> str | float | None:
    cell = plain_cell(value)
    return inert(cell) if isinstance(cell, str) else cell


def _markdown(records: Sequence[dict[str, Any]], columns: Sequence[str]) -> str:
    rows = [columns, ["---"] * len(columns)]
    rows += [[_markdown_cell(record.get(column)) for column in columns] for record in records]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _markdown_cell(value: Any) -> str:
    cell = plain_cell(value)
    text = "" if cell is None else str(cell)
    for character in "\\|<*`[":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def _xlsx(records: Sequence[dict[str, Any]], columns: Sequence[str]) -> bytes:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError as error:
        raise MissingExtraError("excel", "openpyxl") from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("chaingraph")
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    for record in records:
        row = []
        for column in columns:
            cell = WriteOnlyCell(sheet, plain_cell(record.get(column)))
            if isinstance(cell.value, str):
                cell.data_type = "s"  # openpyxl would take a leading = for a formula
                cell.quotePrefix = cell.value[:1] in FORMULAS and bool(cell.value)
            row.append(cell)
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
