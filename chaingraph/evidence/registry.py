"""A register of firms, read by the words of an atlas: which firm makes, sells or serves what.

One kernel, `match_batch`, works on Arrow batches. `match_registry` drives it here, in one
streaming pass that never holds the register; `chaingraph.evidence.spark` drives the same kernel
on a cluster. Both write the same rows.
"""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.evidence.rows import Columns, Reject, Unit, batch_schema, find_units, read_unit
from chaingraph.evidence.scopes import ScopeReader
from chaingraph.evidence.writing import fold_all

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

MATCHES, REJECTS, SUMMARY = "matches.parquet", "rejects.csv", "summary.json"
"""What a match leaves in its folder; the matches may be one file or a folder of them."""

CLOSED = ("注销", "吊销", "撤销", "迁出", "清算", "歇业", "停业")
"""Words in a status of firms that are no more."""


@dataclasses.dataclass
class Counts:
    """How many rows a register has, and what became of them: the last three add up to it."""

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
    scopes = fold_all(pl.Series(batch.column("scope").to_pylist(), dtype=pl.String))
    named = scopes.str.contains_any(reader.names).fill_null(value=False)
    rows: list[int] = []
    found: list[tuple[str, str, str, float]] = []
    for row in named.arg_true():
        for match in reader.read_folded(scopes[row]):
            rows.append(row)
            found.append((match.product, match.words, match.role, match.strength))
    told = list(zip(*found, strict=True)) or [(), (), (), ()]
    taken = batch.take(pa.array(rows, pa.int64()))
    values = {name: taken.column(name) for name in batch.schema.names}
    if "founded" in values:
        values["founded"] = _years(values["founded"])
    values |= dict(zip(("product", "words", "role", "strength"), told, strict=True))
    return pa.RecordBatch.from_arrays(
        [
            value
            if isinstance(value := values[field.name], pa.Array)
            else pa.array(value, field.type)
            for field in schema
        ],
        schema=schema,
    )


def _years(texts: Any) -> Any:
    """The years in dates, however they are written."""
    import polars as pl

    year = pl.Series(texts.to_pylist(), dtype=pl.String).str.extract(r"((?:18|19|20)\d\d)")
    return year.cast(pl.Int16).to_arrow()


def match_registry(
    paths: Sequence[str | Path],
    folder: str | Path,
    *,
    columns: Columns,
    reader: ScopeReader,
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
    progress
        Called with what has been counted so far, every now and then.

    Returns
    -------
    counts
        What became of the rows.

    Raises
    ------
    UsageError
        If a file cannot be read, or the folder cannot be written.
    """
    import pyarrow.parquet

    counts = Counts()
    with new_results(folder) as unfinished:
        with (
            pyarrow.parquet.ParquetWriter(
                unfinished / MATCHES, match_schema(columns), compression="zstd"
            ) as writer,
            (unfinished / REJECTS).open("w", encoding="utf-8", newline="") as stream,
        ):
            told = csv.writer(stream, lineterminator="\n")
            told.writerow([field.name for field in dataclasses.fields(Reject)])
            for matches, rejects, counted in match_units(find_units(paths), columns, reader):
                if matches.num_rows:
                    writer.write_batch(matches)
                told.writerows(dataclasses.astuple(_harmless(reject)) for reject in rejects)
                counts.add(counted)
                if progress:
                    progress(counts)
        write_summary(unfinished, counts, reader)
    return counts


def match_units(
    units: Sequence[Unit], columns: Columns, reader: ScopeReader
) -> Iterator[tuple[pa.RecordBatch, list[Reject], Counts]]:
    """Yield matches, rejects and counts of parts of a register, batch by batch."""
    for unit in units:
        for batch, rejects in read_unit(unit, columns):
            matches = match_batch(batch, columns, reader)
            matched = len(set(matches.column("row").to_pylist()))
            yield (
                matches,
                rejects,
                Counts(
                    rows=batch.num_rows + len(rejects),
                    matched=matched,
                    unmatched=batch.num_rows - matched,
                    rejected=len(rejects),
                    matches=matches.num_rows,
                ),
            )


def _harmless(reject: Reject) -> Reject:
    """What a spreadsheet would take for a formula is text."""
    text = f"'{reject.text}" if reject.text.startswith(("=", "+", "-", "@")) else reject.text
    return dataclasses.replace(reject, text=text)


def write_summary(folder: Path, counts: Counts, reader: ScopeReader) -> None:
    """Write what became of the rows, and how many terms they were read with."""
    told = {**dataclasses.asdict(counts), "terms": len(reader.lexicon.senses)}
    (folder / SUMMARY).write_text(json.dumps(told, indent=1) + "\n", "utf-8")


@contextmanager
def new_results(folder: str | Path) -> Iterator[Path]:
    """
    Give a folder for results that takes its place only when they are complete.

    Parameters
    ----------
    folder
        Where they shall be in the end.

    Yields
    ------
    unfinished
        A folder beside it.

    Raises
    ------
    UsageError
        If it cannot be written, or holds anything but results.
    """
    folder = Path(folder).absolute()
    if folder.exists() and (not folder.is_dir() or not _holds_results(folder)):
        raise UsageError(f"{folder} is already there and holds other things: name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror or error}") from error
    try:
        unfinished.chmod(0o755)
        yield unfinished
        old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        if folder.exists():
            folder.replace(old)
        unfinished.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _holds_results(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()}
    return not names or (SUMMARY in names and names <= {MATCHES, REJECTS, SUMMARY})


# ------------------------------------------------------------------ aggregating


def scan_matches(folder: str | Path) -> pl.LazyFrame:
    """
    Open the matches of a folder, however many there are.

    Raises
    ------
    UsageError
        If the folder holds none.
    """
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtraError("evidence", "polars") from error
    path = Path(folder) / MATCHES
    if not path.exists():
        raise UsageError(f"{folder} holds no matches: make them with 'chaingraph registry match'")
    return pl.scan_parquet(path / "**/*.parquet" if path.is_dir() else path)


def aggregate_matches(
    folder: str | Path,
    *,
    by: Sequence[str] = (),
    roles: Sequence[str] = ("make",),
    cohort: int | None = None,
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
    roles
        What firms must do with the product.
    cohort
        Count those founded in each span of so many years by themselves [years].
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
    import polars as pl

    rows = scan_matches(folder)
    names = rows.collect_schema().names()
    regions = _regions_of(names)
    for name in by:
        if name not in names[2 : names.index("product")]:
            raise UsageError(f"no column {name!r}: there are {', '.join(regions) or 'none'}")
    if cohort is not None and "founded" not in names:
        raise UsageError("the register does not say when firms were founded: leave out --cohort")
    rows = _keep(rows, roles=roles, closed=closed, strength=strength)
    keys = [*(by or regions), "product"]
    if cohort is not None:
        rows = rows.with_columns(since=pl.col("founded") // cohort * cohort)
        keys.append("since")
    counts = rows.group_by(keys).agg(firms=pl.len().cast(pl.Int64)).sort(keys, nulls_last=True)
    return counts.collect(engine="streaming")


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
    import polars as pl

    rows = scan_matches(folder)
    regions = _regions_of(rows.collect_schema().names())
    rows = _keep(rows, roles=roles, closed=closed, strength=strength)
    if products:
        rows = rows.filter(pl.col("product").is_in(list(products)))
    if where is not None:
        held = [
            pl.col(name).str.contains(where, literal=True).fill_null(value=False)
            for name in regions
        ]
        rows = rows.filter(pl.any_horizontal(held) if held else pl.lit(value=False))
    return rows.sort(
        ["product", "strength", "file", "row"], descending=[False, True, False, False]
    ).collect(engine="streaming")


def _regions_of(names: Sequence[str]) -> list[str]:
    known = names[2 : names.index("product")]
    return [name for name in known if name not in ("name", "founded", "capital", "status")]


def _keep(
    rows: pl.LazyFrame, *, roles: Sequence[str], closed: bool, strength: float
) -> pl.LazyFrame:
    """Keep the matches that count."""
    import polars as pl

    rows = rows.filter(pl.col("role").is_in(list(roles)), pl.col("strength") >= strength)
    if "status" in rows.collect_schema().names() and not closed:
        gone = pl.col("status").str.contains_any(list(CLOSED)).fill_null(value=False)
        rows = rows.filter(~gone)
    return rows
