"""Registers as Parquet: row groups, read a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.evidence.records import (
    BREAKS_OFF,
    Columns,
    Reject,
    Unit,
    fault_of,
    find_places,
    head_of,
    plain,
)


def find_row_groups(file: Path) -> Iterator[Unit]:
    """Split a file into its row groups."""
    first = 1
    with open_parquet(file) as opened:
        for group in range(opened.metadata.num_row_groups):
            yield Unit(str(file), group, first)
            first += opened.metadata.row_group(group).num_rows


def open_parquet(file: str | Path) -> Any:
    """Open a file so that it is read page by page."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("evidence", "pyarrow") from error
    try:
        opened = pyarrow.parquet.ParquetFile(file, buffer_size=2**20, pre_buffer=False)
        opened.schema_arrow  # noqa: B018 - a broken schema shows here
    except _parquet_errors() as error:
        raise UsageError(f"{file} cannot be read as Parquet: {error}") from error
    return opened


def _parquet_errors() -> tuple[type[Exception], ...]:
    """What pyarrow raises where bytes are not what they should be."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError)


def check_scopes(unit: Unit, columns: Columns) -> None:
    """See that the column of business scopes of a Parquet file holds no numbers or dates."""
    import pyarrow as pa

    with open_parquet(unit.path) as file:
        kind = file.schema_arrow.field(columns.scope).type
    if pa.types.is_primitive(kind):
        raise UsageError(f"{unit.file} holds no texts in the column {columns.scope!r}, but {kind}")


def read_parquet(unit: Unit, columns: Columns) -> Iterator[tuple[Any, ...] | Reject]:
    """Read a row group: of each row its file, number and texts, or why it could not be read."""
    at = unit.first
    with open_parquet(unit.path) as file:
        find_places(file.schema_arrow.names, columns, unit.file)
        names = list(columns.plain.values())
        size = _rows_at_a_time(file.metadata.row_group(unit.group))
        batches = file.iter_batches(size, row_groups=[unit.group], columns=names)
        while True:
            try:
                batch = next(batches, None)
            except _parquet_errors() as error:
                yield Reject(
                    unit.file, at, f"{BREAKS_OFF[1]} to {_end(file, unit)}", head_of(f"{error}")
                )
                return
            if batch is None:
                return
            texts = [_as_texts(batch.column(name), name, unit.file) for name in names]
            for values in zip(*texts, strict=True):
                yield _checked((unit.file, at, *values))
                at += 1


def _rows_at_a_time(group: Any) -> int:
    """So few that long texts do not fill the memory."""
    return int(max(1, min(2_000, 2**26 * group.num_rows // max(1, group.total_byte_size))))


def _end(file: Any, unit: Unit) -> str:
    return f"row {unit.first + file.metadata.row_group(unit.group).num_rows - 1}"


def _checked(row: tuple[Any, ...]) -> tuple[Any, ...] | Reject:
    wrong = next((value for value in row if isinstance(value, bytes)), None)
    if wrong is not None:
        return Reject(row[0], row[1], "not UTF-8", head_of(wrong))
    text = "".join([value for value in row[2:] if value])
    fault = fault_of(text)
    return Reject(row[0], row[1], fault, head_of(text)) if fault else plain(row)


def _as_texts(column: Any, name: str, file: str) -> list[str | bytes | None]:
    """The values as text; bytes where they are none."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        if not pa.types.is_fixed_size_binary(column.type) and "binary" not in str(column.type):
            column = column.cast(pa.large_string())
        return [_decode(value) for value in column.cast(pa.large_binary()).to_pylist()]
    except _parquet_errors() as error:
        raise UsageError(
            f"{file} holds no texts in the column {name!r}, but {column.type}"
        ) from error


def _decode(value: bytes | None) -> str | bytes | None:
    try:
        return value.decode() if value is not None else None
    except UnicodeDecodeError:
        return value
