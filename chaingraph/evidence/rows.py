"""Registers of firms, row by row: CSV and Parquet to Arrow batches, and what cannot be read.

A CSV file comes from anywhere: with a quote that is never closed, a row too short, a byte that is
no UTF-8. One bad row must not cost its neighbours, so that CSV is read with the standard
library's reader, row by row: what is wrong goes to the rejects with its line and reason.
"""

from __future__ import annotations

import csv
import dataclasses
import gzip
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaingraph.errors import MissingExtraError, UsageError, did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000
"""Rows that are held at a time."""

LONGEST_SCOPE = 100_000
"""Characters; a longer text is no business scope."""

LONGEST_LINE = 4 * 2**20
"""Characters; a longer line is not read."""

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


@dataclasses.dataclass(frozen=True)
class Columns:
    """Which columns of a register hold what."""

    scope: str
    """The business scope."""
    name: str | None = None
    """The firm's name."""
    regions: tuple[str, ...] = ()
    """Where it is registered: any number of columns, from large to small."""
    founded: str | None = None
    """When it was founded."""
    capital: str | None = None
    """Its registered capital, as written."""
    status: str | None = None
    """Whether it still exists."""

    @property
    def plain(self) -> dict[str, str]:
        """What each is called in the results → what it is called in the register."""
        named = {"name": self.name, **{each: each for each in self.regions}}
        named |= {"founded": self.founded, "capital": self.capital, "status": self.status}
        return {key: value for key, value in named.items() if value} | {"scope": self.scope}


@dataclasses.dataclass(frozen=True)
class Unit:
    """A part of a register that is read in one go: a CSV file, or a row group of a Parquet file."""

    file: str
    """Its path."""
    group: int | None = None
    """The row group."""
    first: int = 1
    """The number of its first row."""


@dataclasses.dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be read."""

    file: str
    """Its file."""
    row: int
    """Its line in a CSV file, its number in a Parquet file."""
    reason: str
    """What is wrong with it."""
    text: str
    """How it begins."""


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
        In the order of paths and names; at least one.

    Raises
    ------
    UsageError
        If there is no such file, or it is neither CSV nor Parquet.
    """
    units: list[Unit] = []
    for file in itertools.chain.from_iterable(map(_files, paths)):
        if file.suffix != ".parquet":
            units.append(Unit(str(file)))
            continue
        first = 1
        metadata = _open_parquet(file).metadata
        for group in range(metadata.num_row_groups):
            units.append(Unit(str(file), group, first))
            first += metadata.row_group(group).num_rows
    if not units:
        raise UsageError(
            "the register has no rows: name a CSV or Parquet file, or a folder of them"
        )
    return units


def _files(path: str | Path) -> list[Path]:
    path = Path(path)
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if _is_register(file))
    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    if not _is_register(path):
        raise UsageError(f"{path} is neither CSV nor Parquet: name it .csv, .csv.gz or .parquet")
    return [path]


def _is_register(file: Path) -> bool:
    return file.name.lower().endswith((".csv", ".csv.gz", ".tsv", ".txt", ".parquet"))


def _open_parquet(file: str | Path) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError("evidence", "pyarrow") from error
    try:
        return pyarrow.parquet.ParquetFile(file)
    except (pa.ArrowInvalid, OSError) as error:
        raise UsageError(f"{file} cannot be read as Parquet: {error}") from error


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
            f"no column is known for the business scope among {', '.join(header)}: add --scope NAME"
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
    raise UsageError(f"no column {name!r}{hint}: there are {', '.join(header)}")


def read_header(unit: Unit) -> list[str]:
    """Return the names of the columns of a part of a register."""
    if unit.group is not None:
        return list(_open_parquet(unit.file).schema_arrow.names)
    with _open_csv(unit.file) as stream:
        line = stream.readline(LONGEST_LINE)
    return [name.strip() for name in next(csv.reader([line], delimiter=_delimiter(line)), [])]


def batch_schema(columns: Columns) -> pa.Schema:
    """Return the schema of the batches that `read_unit` yields."""
    import pyarrow as pa

    texts = [(name, pa.string()) for name in columns.plain]
    return pa.schema([("file", pa.string()), ("row", pa.int64()), *texts])


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
        not be read.

    Raises
    ------
    UsageError
        If the file lacks one of the columns.
    """
    rows = _read_csv(unit, columns) if unit.group is None else _read_parquet(unit, columns)
    for part in _parts(rows):
        rejects = [each for each in part if isinstance(each, Reject)]
        yield _to_batch([each for each in part if not isinstance(each, Reject)], columns), rejects


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while part := list(itertools.islice(rows, BATCH)):
        yield part


def _to_batch(rows: list[tuple[Any, ...]], columns: Columns) -> pa.RecordBatch:
    import pyarrow as pa

    schema = batch_schema(columns)
    values = zip(*rows, strict=True) if rows else ((),) * len(schema)
    arrays = [
        pa.array(list(each), type=field.type) for each, field in zip(values, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _fault_of(scope: str | None) -> str | None:
    if scope is not None and len(scope) > LONGEST_SCOPE:
        return f"the scope has {len(scope)} characters"
    return None


# --------------------------------------------------------------------- Parquet


def _read_parquet(unit: Unit, columns: Columns) -> Iterator[tuple[Any, ...] | Reject]:
    file = _open_parquet(unit.file)
    names = list(columns.plain.values())
    for name in names:
        _wanted(name, file.schema_arrow.names)
    at = unit.first
    for batch in file.iter_batches(BATCH, row_groups=[unit.group], columns=names):
        texts = [_as_texts(batch.column(name)) for name in names]
        for values in zip(*texts, strict=True):
            wrong = next((value for value in values if isinstance(value, bytes)), None)
            fault = "not UTF-8" if wrong is not None else _fault_of(values[-1])
            if fault:
                yield Reject(unit.file, at, fault, _head(wrong or values[-1]))
            else:
                yield (unit.file, at, *values)
            at += 1


def _as_texts(column: Any) -> list[str | bytes | None]:
    """The values as text; bytes where they are none."""
    import pyarrow as pa

    kinds = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
    if column.type not in kinds:
        column = column.cast(pa.string())
    return [_decode(value) for value in column.cast(pa.large_binary()).to_pylist()]


def _decode(value: bytes | None) -> str | bytes | None:
    try:
        return value.decode() if value is not None else None
    except UnicodeDecodeError:
        return value


def _head(value: str | bytes) -> str:
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
    return text[:200].encode("utf-8", "backslashreplace").decode()


# ------------------------------------------------------------------------- CSV


class _Lines:
    """The lines of a file, counted; some can be put back."""

    def __init__(self, stream: io.TextIOBase) -> None:
        self.stream = stream
        self.number = 0
        self.taken: list[str] = []
        self.back: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.back.pop() if self.back else self.stream.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    def keep_first(self) -> str:
        """Put back all lines taken but the first, and return that."""
        first, *rest = self.taken
        self.back.extend(reversed(rest))
        self.number -= len(rest)
        self.taken = []
        return first


def _open_csv(file: str) -> io.TextIOWrapper:
    """Open a file for reading; bytes that are none of its encoding come as lone surrogates."""
    try:
        raw: Any = gzip.open(file, "rb") if file.endswith(".gz") else Path(file).open("rb")  # noqa: SIM115
        start = raw.peek(2**16)
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from error
    return io.TextIOWrapper(raw, _encoding(start), errors="surrogateescape", newline="")


def _encoding(start: bytes) -> str:
    """Tell UTF-8 from GB 18030, in which most registers come that are not."""
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    wrong = {name: start.decode(name, "replace").count("\ufffd") for name in ("utf-8", "gb18030")}
    return "gb18030" if 10 * wrong["gb18030"] + 10 < wrong["utf-8"] else "utf-8"


def _delimiter(header: str) -> str:
    return max(",\t;|", key=header.count)


def _read_csv(unit: Unit, columns: Columns) -> Iterator[tuple[Any, ...] | Reject]:
    csv.field_size_limit(LONGEST_LINE)
    with _open_csv(unit.file) as stream:
        lines = _Lines(stream)
        head = next(lines, "")
        delimiter = _delimiter(head)
        header = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
        at = [header.index(_wanted(name, header)) for name in columns.plain.values()]
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            lines.taken, start = [], lines.number + 1
            try:
                row = next(reader)
                fault = _fault_of_row(row, len(header), at)
            except StopIteration:
                return
            except csv.Error as error:
                fault, row = str(error), []
                reader = csv.reader(lines, delimiter=delimiter)
            if not row and fault is None:
                continue
            if fault is None:
                yield (unit.file, start, *(row[i] for i in at))
                continue
            several = len(lines.taken) > 1
            first = lines.keep_first()
            if several:  # a quote that was never closed must not swallow the rows after it
                reader = csv.reader(lines, delimiter=delimiter)
                fault = f"a quote is not closed on its line; {fault}"
            yield Reject(unit.file, start, fault, _head(first.rstrip("\r\n")))


def _fault_of_row(row: list[str], width: int, at: list[int]) -> str | None:
    """Tell what is wrong with a row, if anything."""
    if not row:
        return None
    if len(row) != width:
        return f"{len(row)} columns instead of {width}"
    try:
        "".join([row[i] for i in at]).encode()
    except UnicodeEncodeError:
        return "not UTF-8"
    return _fault_of(row[at[-1]])
