"""Registers of firms, row by row: CSV and Parquet to Arrow batches, and what cannot be read."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.evidence.csv_rows import Lines, open_csv, read_csv, read_names
from chaingraph.evidence.parquet_rows import (
    check_scopes,
    find_row_groups,
    open_parquet,
    read_parquet,
)
from chaingraph.evidence.records import (
    NO_NAME,
    Columns,
    Reject,
    Unit,
    batch_schema,
    find_places,
    head_of,
)

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000
"""Rows that are held at a time."""

LARGEST_BATCH = 16 * 2**20
"""Characters that are held at a time."""

KNOWN: dict[str, tuple[str, ...]] = {
    "scope": ("经营范围", "业务范围", "scope", "business_scope", "opscope"),
    "name": ("企业名称", "公司名称", "名称", "企业名", "name", "company", "entname"),
    "founded": ("成立日期", "成立时间", "注册日期", "成立年份", "founded", "since", "estdate"),
    "capital": ("注册资本", "注册资金", "capital", "regcap"),
    "status": ("经营状态", "登记状态", "企业状态", "状态", "status", "entstatus"),
}
"""Names by which columns are known where none is named."""

REGIONS = (
    "省份", "省", "所属省份", "province", "城市", "市", "所属城市", "city", "区县", "县", "所属区县",
    "county", "district", "地区", "region",
)  # fmt: skip
"""Names by which columns of regions are known."""


def find_units(paths: Sequence[str | Path]) -> list[Unit]:
    """
    Split registers into parts that can be read one by one, or side by side.

    Parameters
    ----------
    paths
        CSV files (also ``.csv.gz``) and Parquet files, or folders of them.

    Returns
    -------
    units
        In the order of paths and names; at least one. Empty files have none.

    Raises
    ------
    UsageError
        If there is no such file, or it is neither CSV nor Parquet.

    Notes
    -----
    A CSV file is one part, however long: where a line begins a row is known only when all lines
    before it are read, because a quoted text may hold line ends. A register of hundreds of
    millions of rows had better come as Parquet, or as several CSV files.
    """
    units: list[Unit] = []
    for file in itertools.chain.from_iterable(map(_files, paths)):
        if NO_NAME.search(str(file)):
            raise UsageError(f"{str(file)!a} is no readable name of a file: rename it")
        if _is_parquet(file):
            units += find_row_groups(file)
        elif file.stat().st_size:
            units.append(Unit(str(file)))
    if not units:
        raise UsageError(
            "the register has no rows: name a CSV or Parquet file, or a folder of them"
        )
    return units


def _files(path: str | Path) -> list[Path]:
    path = Path(path)
    if path.is_dir():
        return sorted(
            file
            for file in path.rglob("*")
            if _is_register(file)
            and file.suffix.lower() != ".txt"  # notes lie beside registers
            and file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    if not _is_register(path):
        raise UsageError(f"{path} is neither CSV nor Parquet: name it .csv, .csv.gz or .parquet")
    return [path]


def _is_register(file: Path) -> bool:
    return file.name.lower().endswith((".csv", ".csv.gz", ".tsv", ".txt", ".parquet"))


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() == ".parquet"


def find_columns(header: Sequence[str], asked: dict[str, str | Sequence[str] | None]) -> Columns:
    """
    Tell which columns hold what.

    Parameters
    ----------
    header
        The columns that are there.
    asked
        Field of `Columns` → the column that was asked for, if any.

    Returns
    -------
    columns
        What was asked for, else what is known by its name.

    Raises
    ------
    UsageError
        If a column asked for is not there, or none is known for the business scope.

    Examples
    --------
    >>> find_columns(["企业名称", "省份", "经营范围"], {}).regions
    ('省份',)
    """
    by_fold = {name.strip().casefold(): name for name in header}

    def find(field: str) -> str | None:
        name = asked.get(field)
        if isinstance(name, str):
            return _wanted(name, header)
        return next((by_fold[each] for each in KNOWN[field] if each in by_fold), None)

    scope = find("scope")
    if scope is None:
        raise UsageError(
            f"no column is known for the business scope among {', '.join(map(head_of, header))}: add --scope NAME"
        )
    regions = asked.get("regions") or ()
    return Columns(
        scope=scope,
        name=find("name"),
        regions=tuple(_wanted(name, header) for name in regions)
        or tuple(by_fold[each] for each in REGIONS if each in by_fold),
        founded=find("founded"),
        capital=find("capital"),
        status=find("status"),
    )


def _wanted(name: str, header: Sequence[str]) -> str:
    if name in header:
        return name
    hint = did_you_mean(name, header)[0]
    raise UsageError(f"no column {name!r}{hint}: there are {', '.join(map(head_of, header))}")


def read_header(unit: Unit) -> list[str]:
    """Return the names of the columns of a part of a register."""
    if unit.group is not None:
        with open_parquet(unit.path) as opened:
            return list(opened.schema_arrow.names)
    with open_csv(unit.path) as stream:
        return read_names(Lines(stream), unit.file)[0]


def check_columns(units: Sequence[Unit], columns: Columns) -> None:
    """
    See that all files have the columns, before hours are spent on the first of them.

    Raises
    ------
    UsageError
        If a file lacks one, has two of that name, or holds no texts as business scopes.
    """
    for file in {unit.file: unit for unit in units}.values():
        find_places(read_header(file), columns, file.file)
        if file.group is not None:
            check_scopes(file, columns)


def read_unit(unit: Unit, columns: Columns) -> Iterator[tuple[pa.RecordBatch, list[Reject]]]:
    """
    Read a part of a register.

    Parameters
    ----------
    unit
        Which.
    columns
        What to read of it.

    Yields
    ------
    batch, rejects
        Up to `BATCH` rows, with the names of `Columns.plain`, and the rows among them that could
        not be read. Where a file breaks off, as half a download does, its end is one reject.

    Raises
    ------
    UsageError
        If the file lacks one of the columns, or is there no more.
    """
    rows = read_csv(unit, columns) if unit.group is None else read_parquet(unit, columns)
    for part in _parts(rows):
        rejects = [each for each in part if isinstance(each, Reject)]
        yield _to_batch([each for each in part if not isinstance(each, Reject)], columns), rejects


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    part: list[Any] = []
    size = 0
    for row in rows:
        part.append(row)
        if isinstance(row, tuple):
            size += sum(len(value) for value in row[2:] if value)
        if len(part) == BATCH or size > LARGEST_BATCH:
            yield part
            part, size = [], 0
    if part:
        yield part


def _to_batch(rows: list[tuple[Any, ...]], columns: Columns) -> pa.RecordBatch:
    import pyarrow as pa

    schema = batch_schema(columns)
    values = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [
        pa.array(list(each), type=field.type) for each, field in zip(values, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
