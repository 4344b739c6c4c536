"""Panels: how much of each activity each place has, out of a long table.

A table has a row for each place and activity, with or without an amount. What is wrong with it
is told with its line. Rows of a panel are places and columns are activities, everywhere here.
"""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import gzip
import io
import math
import re
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.evidence.writing import find_encoding

if TYPE_CHECKING:
    from _csv import Reader

VALUE = {2: ("firms", "value", "企业数", "数量", "amount")}
"""What the column of the amount is called where nobody says."""

OTHERS = (".parquet", ".xlsx", ".xls", ".json")
"""Endings of files that are no CSV."""

DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?\Z", re.ASCII)
"""Such as 2010-06-30, 2010/6/30, 2010年6月, 2010."""

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What steers a terminal or turns the direction of a text, and has no place in a name; tabs and
new lines may stay."""

Matrix: TypeAlias = NDArray[np.float64]
Row: TypeAlias = tuple[int, list[str], list[int]]
"""Of a row of a table: its line, its cells, and where the columns asked for are."""


@dataclasses.dataclass(frozen=True)
class Panel:
    """
    How much of each activity each place has.

    Raises
    ------
    UsageError
        If names and values do not fit together, a name comes twice, or a value is negative,
        infinite or no number.
    """

    places: tuple[str, ...]
    """Names of the rows; sorted, where they were read from a table."""
    activities: tuple[str, ...]
    """Names of the columns; sorted, where they were read from a table."""
    values: Matrix
    """Places × activities: firms, jobs, output, in any one unit; never negative."""

    def __post_init__(self) -> None:
        shape = (len(self.places), len(self.activities))
        if self.values.shape != shape:
            raise UsageError(f"a panel of shape {self.values.shape} has names for {shape}")
        if (len(set(self.places)), len(set(self.activities))) != shape:
            raise UsageError("a place or an activity of a panel comes twice")
        if not ((self.values >= 0) & (self.values < math.inf)).all():
            raise UsageError("a panel has a value that is no number of at least 0")
        with np.errstate(over="ignore"):
            if self.values.sum() == math.inf:
                raise UsageError("the values of a panel add up to more than can be counted")


def read_panel(
    path: str | Path,
    *,
    place: str | None = None,
    activity: str | None = None,
    value: str | None = None,
    count: bool = False,
) -> Panel:
    """
    Read a long table of places and activities.

    Parameters
    ----------
    path
        A CSV file with a header, also ``.csv.gz``.
    place, activity, value
        Its columns; those that are not asked for are the first that are left, in this order.
        Without a third column each row counts one.
    count
        Count rows, whatever else is in the table.

    Returns
    -------
    panel
        Rectangular; rows of the same place and activity are added up, and what is not in the
        table is 0.

    Raises
    ------
    UsageError
        If a column is missing, a name is empty, or a value is no number of at least 0; with the
        line.
    """
    asked = (place, activity) if count else (place, activity, value)
    places: dict[str, int] = {}
    activities: dict[str, int] = {}
    rows, columns, amounts = array("q"), array("q"), array("d")
    for line, row, at in _read_rows(path, asked, required=2, known=VALUE):
        names = [row[at[number]].strip() for number in (0, 1)]
        if not all(names):
            raise UsageError(f"{path}:{line}: the place or the activity has no name")
        rows.append(places.setdefault(names[0], len(places)))
        columns.append(activities.setdefault(names[1], len(activities)))
        amounts.append(_read_amount(row[at[2]], f"{path}:{line}") if len(at) > 2 else 1.0)
    return _sort(list(places), list(activities), _add_up(rows, columns, amounts))


def make_panel(cells: Mapping[tuple[str, str], float]) -> Panel:
    """
    Make a rectangular panel of (place, activity) → value.

    Examples
    --------
    >>> make_panel({("b", "x"): 2, ("a", "y"): 1}).values.tolist()
    [[0.0, 1.0], [2.0, 0.0]]
    """
    places = {name: at for at, name in enumerate(dict.fromkeys(place for place, _ in cells))}
    activities = {name: at for at, name in enumerate(dict.fromkeys(name for _, name in cells))}
    values = np.zeros((len(places), len(activities)))
    for (place, activity), value in cells.items():
        values[places[place], activities[activity]] = value
    return _sort(list(places), list(activities), values)


def read_table(
    path: str | Path,
    asked: Sequence[str | None],
    *,
    required: int,
    known: Mapping[int, Sequence[str]] | None = None,
) -> list[Row]:
    """
    Read a CSV file: of each row its line, its cells, and where the columns asked for are.

    Parameters
    ----------
    path
        A CSV file with a header, also ``.csv.gz``.
    asked
        Names of columns; None is the first column that nobody asked for, and so on.
    required
        How many columns there must be.
    known
        Of some of those asked for, by number, names that are taken where None is asked for.

    Raises
    ------
    UsageError
        If the file cannot be read, has no rows, a row has more or fewer cells than the header, or
        a cell asked for holds a control character.
    """
    return list(_read_rows(path, asked, required=required, known=known or {}))


def _read_rows(
    path: str | Path,
    asked: Sequence[str | None],
    *,
    required: int,
    known: Mapping[int, Sequence[str]],
) -> Iterator[Row]:
    """Read a CSV file row by row, as `read_table` tells it."""
    if Path(path).suffix.lower() in OTHERS:
        raise UsageError(f"{path}: a panel is a CSV file: save it as CSV")
    with _open_text(Path(path)) as file:
        reader = csv.reader(file)
        try:
            yield from _check_rows(path, reader, asked, required, known)
        except UnicodeDecodeError as error:
            line = _find_undecodable(Path(path))
            raise UsageError(f"{path}:{line}: this is not UTF-8: save it as UTF-8") from error
        except csv.Error as error:
            raise UsageError(f"{path}:{reader.line_num}: this is not CSV: {error}") from error


def _check_rows(
    path: str | Path,
    reader: Reader,
    asked: Sequence[str | None],
    required: int,
    known: Mapping[int, Sequence[str]],
) -> Iterator[Row]:
    header = [name.strip() for name in next(reader, [])]
    if len(header) < required:
        raise UsageError(f"{path} has {len(header)} columns, at least {required} are needed")
    guessed = [
        name or next((each for each in known.get(number, ()) if each in header), None)
        for number, name in enumerate(asked)
    ]
    at = _find_columns(path, header, guessed)
    row: list[str] = []
    for row in filter(None, reader):
        if len(row) != len(header):
            raise UsageError(
                f"{path}:{reader.line_num}: {len(row)} columns instead of {len(header)}"
            )
        for number in at:
            if CONTROL.search(row[number].strip()):
                raise UsageError(
                    f"{path}:{reader.line_num}: {header[number]!r} holds a control character: "
                    f"{row[number].strip()!a}"
                )
        yield reader.line_num, row, at
    if not row:
        raise UsageError(f"{path} has no rows")


@contextlib.contextmanager
def _open_text(path: Path) -> Iterator[io.TextIOWrapper]:
    try:
        with _open(path) as file:
            encoding = find_encoding(file.read(2**16))
        with _open(path) as file, io.TextIOWrapper(file, encoding, newline="") as text:
            yield text
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", "") or error
        raise UsageError(f"cannot read {path}: {reason}") from error


def _open(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path) if path.suffix == ".gz" else path.open("rb"))


def _find_undecodable(path: Path) -> int:
    """Tell the first line that is not UTF-8."""
    with _open(path) as file:
        lines = enumerate(file, 1)
        return next(line for line, text in lines if text.decode(errors="ignore").encode() != text)


def _find_columns(
    path: str | Path, header: Sequence[str], asked: Sequence[str | None]
) -> list[int]:
    """Tell where the columns asked for are; where none is asked for, the next that is left."""
    for name in filter(None, asked):
        if name not in header:
            hint = did_you_mean(name, header)[0]
            raise UsageError(f"{path} has no column {name!r}{hint}: there are {', '.join(header)}")
        if header.count(name) + asked.count(name) > 2:
            raise UsageError(f"{path}: the column {name!r} is there or is asked for twice")
    left = iter([number for number, name in enumerate(header) if name not in asked])
    found = [next(left, None) if name is None else header.index(name) for name in asked]
    return [number for number in found if number is not None]


def _read_amount(text: str, where: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf:
        hint = ": to count rows, add --count" if DATE.match(text.strip()) else ""
        raise UsageError(f"{where}: {text.strip()!r} is no number of at least 0{hint}")
    return amount


def _add_up(rows: array[int], columns: array[int], amounts: array[float]) -> Matrix:
    """Add up amounts by row and column."""
    shape = (max(rows) + 1, max(columns) + 1)
    cells = np.frombuffer(rows, np.int64) * shape[1] + np.frombuffer(columns, np.int64)
    weights = np.frombuffer(amounts, np.float64)
    return np.asarray(np.bincount(cells, weights, shape[0] * shape[1]), np.float64).reshape(shape)


def _sort(places: list[str], activities: list[str], values: Matrix) -> Panel:
    by_place = sorted(range(len(places)), key=places.__getitem__)
    by_activity = sorted(range(len(activities)), key=activities.__getitem__)
    return Panel(
        tuple(places[at] for at in by_place),
        tuple(activities[at] for at in by_activity),
        values[by_place][:, by_activity],
    )
