"""A register of firms, read by the words of an atlas: which firm makes, sells or serves what.

One kernel, `match_batch`, works on Arrow batches. `match_registry` drives it here, in one
streaming pass that never holds the register; `chaingraph.evidence.spark` drives the same kernel
on a cluster. Both write the same rows.
"""

from __future__ import annotations

import csv
import dataclasses
import importlib.util
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaingraph._cells import inert
from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.evidence.processes import map_in_order
from chaingraph.evidence.records import BREAKS_OFF, Columns, Reject, batch_schema
from chaingraph.evidence.results import (
    MATCHES,
    REJECTS,
    SUMMARY,
    bring_back,
    check_apart,
    new_results,
)
from chaingraph.evidence.rows import check_columns, find_units, read_unit
from chaingraph.evidence.scopes import ScopeReader
from chaingraph.evidence.writing import fold_all

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

FOUND = ("product", "words", "role", "strength")
"""What a match tells beside what the register does."""

GROUP = 100_000
"""Matches that make a group of rows in a file."""

CLOSED = "(?:^|[^未])(?:注销|吊销|撤销|迁出|清算|歇业|停业|责令关闭|关闭|除名|解散|破产)"
"""Words in a status of firms that are no more, unless it says that they are not."""


@dataclasses.dataclass
class Counts:
    """How many rows a register has, and what became of them: the next three add up to it."""

    rows: int = 0
    """Rows read, rejects among them."""
    matched: int = 0
    """Rows that name at least one product."""
    unmatched: int = 0
    """Rows that name none, or have no scope."""
    rejected: int = 0
    """Rows that could not be read."""
    matches: int = 0
    """Pairs of a row and a product that it names."""
    cut: int = 0
    """Files, or parts of them, that break off; what should follow there is not counted."""

    def add(self, other: Counts) -> None:
        """Count another part of the register, too."""
        for field in dataclasses.fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


def match_schema(columns: Columns) -> pa.Schema:
    """
    Return the schema of matches.

    Returns
    -------
    schema
        Of each match the file and row, what is known of the firm, the product, the words by which
        it is named, the role (make, sell, service) and the strength in (0, 1].
    """
    import pyarrow as pa

    fields = [field for field in batch_schema(columns) if field.name != "scope"]
    fields = [
        pa.field("founded", pa.int16()) if field.name == "founded" else field for field in fields
    ]
    found = [("product", pa.string()), ("words", pa.string()), ("role", pa.string())]
    return pa.schema([*fields, *found, ("strength", pa.float64())])


def match_batch(batch: pa.RecordBatch, columns: Columns, reader: ScopeReader) -> pa.RecordBatch:
    """
    Place the firms of a batch on products: the kernel of both engines.

    Parameters
    ----------
    batch
        Rows as `read_unit` yields them.
    columns
        What they hold.
    reader
        The reader of scopes, with the lexicon.

    Returns
    -------
    matches
        With the schema of `match_schema`, in the order of the rows.
    """
    import polars as pl
    import pyarrow as pa

    schema = match_schema(columns)
    scopes = fold_all(pl.Series(batch.column("scope"), dtype=pl.String))
    named = scopes.str.contains_any(reader.names).fill_null(value=False)
    rows: list[int] = []
    found: list[tuple[str, str, str, float]] = []
    for row, scope in zip(named.arg_true(), scopes.filter(named), strict=True):
        for match in reader.read_folded(scope):
            rows.append(row)
            found.append((match.product, match.words, match.role, match.strength))
    told = list(zip(*found, strict=True)) or [(), (), (), ()]
    taken = batch.take(pa.array(rows, pa.int64()))
    values = {name: taken.column(name) for name in batch.schema.names}
    if "founded" in values:
        values["founded"] = _years(values["founded"])
    values |= dict(zip(FOUND, told, strict=True))
    return pa.RecordBatch.from_arrays(
        [
            value
            if isinstance(value := values[field.name], pa.Array)
            else pa.array(value, field.type)
            for field in schema
        ],
        schema=schema,
    )


YEAR = r"(?:^|\D)((?:18|19|20)\d\d)(?:(?:0[1-9]|1[0-2])(?:(?:[0-2]\d|3[01])(?:\d{6})?)?)?(?:\D|$)"
"""A year by itself, or with a month, day and time, as in 2015, 201503, 20150301, 2015-03-01."""

LONG_NUMBER = r"^\s*(\d{5,})\.\d+\s*$"
"""A number whose decimals are no year: days since 1900, or seconds since 1970."""


def _years(texts: Any) -> Any:
    """The years in dates, however they are written; none in numbers of days or seconds."""
    import polars as pl

    plain = pl.Series(texts, dtype=pl.String).str.replace(LONG_NUMBER, "$1")
    return plain.str.extract(YEAR).cast(pl.Int16).to_arrow()


Part = tuple["pa.RecordBatch", list[Reject]]
"""Some rows of a register, and those among them that could not be read."""

Result = tuple["pa.RecordBatch", list[Reject], Counts]
"""What they name."""


def match_registry(
    paths: Sequence[str | Path],
    folder: str | Path,
    *,
    columns: Columns,
    reader: ScopeReader,
    workers: int = 1,
    progress: Callable[[Counts], None] | None = None,
) -> Counts:
    """
    Place every firm of a register on the products that its business scope names.

    Parameters
    ----------
    paths
        CSV and Parquet files, or folders of them; read once, from start to end.
    folder
        Where the results go: `MATCHES`, `REJECTS` and `SUMMARY`. What a match left there before
        is replaced when all is done, and stays as it was when the run is stopped.
    columns
        What the columns of the register hold.
    reader
        The reader of scopes, with the lexicon.
    workers
        How many processes read scopes; the results are the same.
    progress
        Called with what has been counted so far, every now and then.

    Returns
    -------
    counts
        What became of the rows.

    Raises
    ------
    UsageError
        If a file cannot be read or lacks a column, or the folder cannot be written or lies in
        one that is read.
    MissingExtraError
        If what the extra `evidence` brings is not installed.
    """
    check_extra()
    check_apart(paths, folder)
    units = find_units(paths)
    check_columns(units, columns)
    work = partial(match_part, columns=columns, reader=reader)
    with new_results(folder) as unfinished:
        start_rejects(unfinished / REJECTS)
        parts = itertools.chain.from_iterable(read_unit(unit, columns) for unit in units)
        with closing(map_in_order(work, parts, workers=workers)) as results:
            counts = write_results(
                results, unfinished / MATCHES, unfinished / REJECTS, columns, progress
            )
        write_summary(unfinished / SUMMARY, counts, reader)
    return counts


def check_extra() -> None:
    """See that all is installed that the extra `evidence` brings."""
    for package in ("polars", "pyarrow", "ahocorasick_rs", "opencc"):
        if importlib.util.find_spec(package) is None:
            raise MissingExtraError("evidence", package)


def match_part(part: Part, *, columns: Columns, reader: ScopeReader) -> Result:
    """Match some rows, and count them."""
    import pyarrow.compute

    batch, rejects = part
    matches = match_batch(batch, columns, reader)
    matched = pyarrow.compute.count_distinct(matches.column("row")).as_py()
    counts = Counts(
        rows=batch.num_rows + len(rejects),
        matched=matched,
        unmatched=batch.num_rows - matched,
        rejected=len(rejects),
        matches=matches.num_rows,
        cut=sum(reject.reason.startswith(BREAKS_OFF) for reject in rejects),
    )
    return matches, rejects, counts


def start_rejects(path: Path) -> None:
    """Write the names of the columns of rejects."""
    names = ",".join(field.name for field in dataclasses.fields(Reject))
    path.write_text(f"{names}\n", "utf-8-sig")


def write_results(
    results: Iterable[Result],
    matches: Path,
    rejects: Path,
    columns: Columns,
    progress: Callable[[Counts], None] | None = None,
) -> Counts:
    """
    Write results as they come.

    Parameters
    ----------
    results
        Of any number of parts of a register.
    matches
        The Parquet file to write.
    rejects
        The CSV file that rows are added to.
    columns
        What the columns of the register hold.
    progress
        Called with what has been counted so far.

    Returns
    -------
    counts
        The sum of them.
    """
    counts = Counts()
    with (
        _open_parquet(matches, match_schema(columns)) as write,
        rejects.open("a", encoding="utf-8", newline="") as stream,
    ):
        told = csv.writer(stream, lineterminator="\n")
        for found, wrong, counted in results:
            write(found)
            for reject in wrong:
                told.writerow([inert(reject.file), reject.row, reject.reason, inert(reject.text)])
            counts.add(counted)
            if progress:
                progress(counts)
    return counts


@contextmanager
def _open_parquet(path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Write batches to a file, many small ones as one group of rows."""
    import pyarrow as pa
    import pyarrow.parquet

    held: list[pa.RecordBatch] = []

    def flush(least: int) -> None:
        if sum(batch.num_rows for batch in held) >= least:
            writer.write_table(pa.Table.from_batches(held, schema))
            held.clear()

    def write(batch: pa.RecordBatch) -> None:
        if batch.num_rows:
            held.append(batch)
        flush(GROUP)

    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield write
        flush(1)


def write_summary(path: Path, counts: Counts, reader: ScopeReader) -> None:
    """Write what became of the rows, and how many terms they were read with."""
    told = {**dataclasses.asdict(counts), "terms": len(reader.lexicon.senses)}
    path.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


# ------------------------------------------------------------------ aggregating


def scan_matches(folder: str | Path) -> pl.LazyFrame:
    """
    Open the matches of a folder, however many there are.

    Raises
    ------
    UsageError
        If the folder holds none, or they cannot be read.
    """
    check_extra()
    import polars as pl

    bring_back(folder)
    path = Path(folder) / MATCHES
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    if not path.exists() or not files:
        raise UsageError(f"{folder} holds no matches: make them with 'chaingraph registry match'")
    with _reading(folder):
        rows = pl.scan_parquet(files, glob=False)
        if not {"file", "row", *FOUND} <= set(rows.collect_schema().names()):
            raise UsageError(f"{path} holds no matches, but another table")
    return rows


@contextmanager
def _reading(folder: str | Path) -> Iterator[None]:
    """Tell in a line that the matches of a folder are damaged."""
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        told = str(error).partition("\n")[0]
        raise UsageError(f"the matches in {folder} cannot be read, match again: {told}") from error


def _collect(rows: pl.LazyFrame, folder: str | Path) -> pl.DataFrame:
    with _reading(folder):
        return rows.collect(engine="streaming")


def aggregate_matches(
    folder: str | Path,
    *,
    by: Sequence[str] = (),
    products: Sequence[str] = (),
    roles: Sequence[str] = ("make",),
    cohort: int | None = None,
    known: bool = False,
    closed: bool = False,
    strength: float = 0.0,
) -> pl.DataFrame:
    """
    Count firms by product and region.

    Parameters
    ----------
    folder
        The results of a match.
    by
        Columns of regions; all that the register has if none.
    products
        Ids of the products that count; all if none.
    roles
        What firms must do with the product.
    cohort
        Count those founded in each span of so many years by themselves [years].
    known
        Leave out firms whose region or founding year is not known.
    closed
        Whether firms count that are no more by their status.
    strength
        The least strength of a match that counts, in [0, 1].

    Returns
    -------
    counts
        Columns: the regions, ``product``, ``since`` (the first year of the cohort, if asked for)
        and ``firms``; sorted by these.

    Raises
    ------
    UsageError
        If there are no matches, or a column is missing.
    """
    rows = scan_matches(folder)
    import polars as pl

    names = rows.collect_schema().names()
    regions = _regions_of(names)
    for name in by:
        if name not in names[2 : names.index("product")]:
            raise UsageError(f"no column {name!r}: there are {', '.join(regions) or 'none'}")
    if cohort is not None and "founded" not in names:
        raise UsageError("the register does not say when firms were founded: leave out --cohort")
    rows = _keep(rows, products, roles=roles, closed=closed, strength=strength)
    keys = [*(by or regions), "product"]
    if cohort is not None:
        rows = rows.with_columns(since=pl.col("founded") // cohort * cohort)
        keys.append("since")
    if known:
        texts = pl.col(*(by or regions)) if by or regions else pl.col("product")
        rows = rows.filter(pl.all_horizontal(texts.fill_null("").str.strip_chars() != ""))
        rows = rows.drop_nulls(keys)
    counts = rows.group_by(keys).agg(firms=pl.len().cast(pl.Int64)).sort(keys, nulls_last=True)
    return _collect(counts, folder)


def list_firms(
    folder: str | Path,
    *,
    products: Sequence[str] = (),
    where: str | None = None,
    roles: Sequence[str] = ("make",),
    closed: bool = False,
    strength: float = 0.0,
) -> pl.DataFrame:
    """
    List the firms that were placed on products.

    Parameters
    ----------
    folder
        The results of a match.
    products
        Their ids; all if none.
    where
        A text that one of the columns of regions must hold.
    roles, closed, strength
        As for `aggregate_matches`.

    Returns
    -------
    firms
        With the columns of `match_schema`; the strongest matches of each product first, then in
        the order of the register.

    Raises
    ------
    UsageError
        If there are no matches.
    """
    rows = scan_matches(folder)
    import polars as pl

    regions = _regions_of(rows.collect_schema().names())
    rows = _keep(rows, products, roles=roles, closed=closed, strength=strength)
    if where is not None:
        held = [
            pl.col(name).str.contains(where, literal=True).fill_null(value=False)
            for name in regions
        ]
        rows = rows.filter(pl.any_horizontal(held) if held else pl.lit(value=False))
    order = ["product", "strength", "file", "row"]
    return _collect(rows.sort(order, descending=[False, True, False, False]), folder)


def _regions_of(names: Sequence[str]) -> list[str]:
    known = names[2 : names.index("product")]
    return [name for name in known if name not in ("name", "founded", "capital", "status")]


def _keep(
    rows: pl.LazyFrame,
    products: Sequence[str],
    *,
    roles: Sequence[str],
    closed: bool,
    strength: float,
) -> pl.LazyFrame:
    """Keep the matches that count."""
    import polars as pl

    if products:
        rows = rows.filter(pl.col("product").is_in(list(products)))
    rows = rows.filter(pl.col("role").is_in(list(roles)), pl.col("strength") >= strength)
    if "status" in rows.collect_schema().names() and not closed:
        gone = pl.col("status").str.contains(CLOSED).fill_null(value=False)
        rows = rows.filter(~gone)
    return rows
