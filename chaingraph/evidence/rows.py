"""Registers of firms, row by row: CSV and Parquet to Arrow batches, and what cannot be read.

A CSV file comes from anywhere: with a quote that is never closed, a row too short, a byte that is
no UTF-8. One bad row must not cost its neighbours, so that CSV is read with the standard
library's reader, row by row: what is wrong goes to the rejects with its line and reason.
(That reads 150,000 rows a second, ten times as many as are then understood.)
"""

from __future__ import annotations

import codecs
import csv
import dataclasses
import gzip
import io
import itertools
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaingraph.errors import MissingExtraError, UsageError, did_you_mean
from chaingraph.evidence.writing import find_encoding

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000
"""Rows that are held at a time."""

LARGEST_BATCH = 16 * 2**20
"""Characters that are held at a time."""

LONGEST_ROW = 20_000
"""Characters of what is read of a row; more than that is no firm."""

LONGEST_LINE = 4 * 2**20
"""Characters; of a longer line the rest is passed over."""

BREAKS_OFF = ("the file breaks off", "not readable from here")
"""How the reason of a reject begins that stands for all rows that follow."""

OWN = frozenset(
    "file row name founded capital status scope product words role strength"
    " firms since product_name".split()
)
"""What columns of the results and of counts are called, beside those of regions."""

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

    def __post_init__(self) -> None:
        for name in self.regions:
            if name in OWN or self.regions.count(name) > 1 or _CONTROL.search(name):
                raise UsageError(f"a column of regions cannot be called {name!r}: rename it")

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
    """Its path, as it was given."""
    group: int | None = None
    """The row group."""
    first: int = 1
    """The number of its first row."""
    folder: str = ""
    """Where paths begin, if not here."""

    @property
    def path(self) -> str:
        """The path to open."""
        return os.path.join(self.folder, self.file)  # noqa: PTH118 - the told name stays as it is


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
        if _NO_NAME.search(str(file)):
            raise UsageError(f"{str(file)!a} is no readable name of a file: rename it")
        if _is_parquet(file):
            units += _row_groups(file)
        elif file.stat().st_size:
            units.append(Unit(str(file)))
    if not units:
        raise UsageError(
            "the register has no rows: name a CSV or Parquet file, or a folder of them"
        )
    return units


def _row_groups(file: Path) -> Iterator[Unit]:
    first = 1
    with _open_parquet(file) as opened:
        for group in range(opened.metadata.num_row_groups):
            yield Unit(str(file), group, first)
            first += opened.metadata.row_group(group).num_rows


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


def _open_parquet(file: str | Path) -> Any:
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
        with _open_parquet(unit.path) as opened:
            return list(opened.schema_arrow.names)
    with _open_csv(unit.path) as stream:
        return _read_names(_Lines(stream), unit.file)[0]


def check_columns(units: Sequence[Unit], columns: Columns) -> None:
    """
    See that all files have the columns, before hours are spent on the first of them.

    Raises
    ------
    UsageError
        If a file lacks one, has two of that name, or holds no texts as business scopes.
    """
    for file in {unit.file: unit for unit in units}.values():
        _places(read_header(file), columns, file.file)
        if file.group is not None:
            _check_scopes(file, columns)


def _check_scopes(unit: Unit, columns: Columns) -> None:
    """See that the column of business scopes of a Parquet file holds no numbers or dates."""
    import pyarrow as pa

    with _open_parquet(unit.path) as file:
        kind = file.schema_arrow.field(columns.scope).type
    if pa.types.is_primitive(kind):
        raise UsageError(f"{unit.file} holds no texts in the column {columns.scope!r}, but {kind}")


def _places(header: Sequence[str], columns: Columns, file: str) -> list[int]:
    """Return where in a file the columns are."""
    for name in columns.plain.values() if header else ():
        if header.count(name) != 1:
            hint = did_you_mean(name, header)[0]
            told = f"several columns {name!r}" if name in header else f"no column {name!r}{hint}"
            raise UsageError(f"{file} has {told}: there are {', '.join(header)}")
    return [header.index(name) for name in columns.plain.values()] if header else []


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
        not be read. Where a file breaks off, as half a download does, its end is one reject.

    Raises
    ------
    UsageError
        If the file lacks one of the columns, or is there no more.
    """
    rows = _read_csv(unit, columns) if unit.group is None else _read_parquet(unit, columns)
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


def _fault_of(text: str) -> str | None:
    """Tell what is wrong with the texts of a row, if anything."""
    if len(text) > LONGEST_ROW:
        return f"{len(text)} characters, more than the {LONGEST_ROW} of any firm"
    if "\0" in text:
        return "a NUL byte"
    return None


# --------------------------------------------------------------------- Parquet


def _read_parquet(unit: Unit, columns: Columns) -> Iterator[tuple[Any, ...] | Reject]:
    at = unit.first
    with _open_parquet(unit.path) as file:
        _places(file.schema_arrow.names, columns, unit.file)
        names = list(columns.plain.values())
        size = _rows_at_a_time(file.metadata.row_group(unit.group))
        batches = file.iter_batches(size, row_groups=[unit.group], columns=names)
        while True:
            try:
                batch = next(batches, None)
            except _parquet_errors() as error:
                yield Reject(
                    unit.file, at, f"{BREAKS_OFF[1]} to {_end(file, unit)}", _head(f"{error}")
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
        return Reject(row[0], row[1], "not UTF-8", _head(wrong))
    text = "".join([value for value in row[2:] if value])
    fault = _fault_of(text)
    return Reject(row[0], row[1], fault, _head(text)) if fault else _plain(row)


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


_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
"""Nothing that is told may steer a terminal, and no workbook holds it."""

_BLANKS = _CONTROLS | dict.fromkeys(map(ord, "\t\n\r"), " ")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_NO_NAME = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_MARKED = {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(256)}


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Write out control characters in all that is told of a firm; its scope is only read."""
    file, line, *told, scope = row
    if not _CONTROL.search("".join([value for value in told if value])):
        return row
    return (file, line, *[value and value.translate(_BLANKS).strip() for value in told], scope)


def _head(value: str | bytes) -> str:
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
    text = text[:200].translate(_CONTROLS | _MARKED)
    return text.encode("utf-8", "backslashreplace").decode()


# ------------------------------------------------------------------------- CSV

_MARK = "chaingraph.mark"


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are none of the encoding become lone surrogates, which no text holds."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_MARK, _mark)


class _Lines:
    """The lines of a file, counted; some can be put back."""

    def __init__(self, stream: io.TextIOBase) -> None:
        self.stream = stream
        self.number = 0
        self.taken: list[str] = []
        self.back: list[str] = []
        self.broken: str | None = None
        """Why the file breaks off, if it does."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.back.pop() if self.back else self._read()
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        return line

    def _read(self) -> str:
        try:
            line = rest = self.stream.readline(LONGEST_LINE)
            while len(rest) == LONGEST_LINE and rest[-1] not in "\r\n":
                rest = self.stream.readline(LONGEST_LINE)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            self.broken = f"{BREAKS_OFF[0]}: {error}"
            return ""
        return line

    def peek(self) -> str:
        """Return the next line and put it back."""
        line = next(self, "")
        if line:
            self.back.append(line)
            self.number -= 1
        return line

    def keep_first(self) -> str:
        """Put back all lines taken but the first, and return that."""
        first, *rest = self.taken
        self.back.extend(reversed(rest))
        self.number -= len(rest)
        return first


def _open_csv(file: str) -> io.TextIOWrapper:
    """Open a file for reading; bytes that are none of its encoding are marked."""
    packed = file.lower().endswith(".gz")
    try:
        raw: Any = gzip.open(file) if packed else Path(file).open("rb", 2**16)  # noqa: SIM115
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror or error}") from error
    try:
        start = raw.peek(2**16)
    except (OSError, EOFError, zlib.error) as error:
        raw.close()
        raise UsageError(f"cannot read {file}: {error}") from error
    return io.TextIOWrapper(raw, find_encoding(start), errors=_MARK, newline="")


def _read_names(lines: _Lines, file: str) -> tuple[list[str], str]:
    """Return what the columns are called, and what stands between them."""
    csv.field_size_limit(LONGEST_LINE)
    delimiter = max(",\t;|", key=lines.peek().count)
    try:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        names = next((names for names in reader if names), [])
    except csv.Error as error:
        raise UsageError(f"{file} has no readable first line: {error}") from error
    return [_head(name.strip()) for name in names], delimiter


def _read_csv(unit: Unit, columns: Columns) -> Iterator[tuple[Any, ...] | Reject]:
    try:
        with _open_csv(unit.path) as stream:
            yield from _read_lines(_Lines(stream), unit.file, columns)
    except OSError as error:
        raise UsageError(f"cannot read {unit.file}: {error.strerror or error}") from error


def _read_lines(lines: _Lines, file: str, columns: Columns) -> Iterator[tuple[Any, ...] | Reject]:
    header, delimiter = _read_names(lines, file)
    at = _places(header, columns, file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken, start = [], lines.number + 1
        row: list[str] = []
        try:
            row = next(reader)
            fault = _fault_of_row(row, len(header), at, lines.taken)
        except StopIteration:
            break
        except csv.Error as error:
            fault = str(error)
        if fault is None:
            if row:
                yield _plain((file, start, *[row[i] for i in at]))
            continue
        if len(lines.taken) > 1:  # a quote that was never closed must not swallow the rows after it
            fault = f"a quote is not closed on its line; {fault}"
        yield Reject(file, start, fault, _head(lines.keep_first().rstrip("\r\n")))
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
    if lines.broken:
        yield Reject(file, lines.number + 1, lines.broken, "")


def _fault_of_row(
    row: list[str], width: int, at: Sequence[int], lines: Sequence[str]
) -> str | None:
    """Tell what is wrong with a row, if anything."""
    if not row:
        return None
    if max(map(len, lines)) >= LONGEST_LINE:
        return f"a line of more than {LONGEST_LINE} characters"
    if len(row) != width:
        return f"{len(row)} columns instead of {width}"
    text = "".join([row[i] for i in at])
    try:
        text.encode()
    except UnicodeEncodeError:
        return "bytes that are no text"
    return _fault_of(text)
