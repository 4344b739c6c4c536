"""Registers as CSV, row by row: one bad row must not cost its neighbours.

A CSV file comes from anywhere: with a quote that is never closed, a row too short, a byte that is
no UTF-8. So CSV is read with the standard library's reader: what is wrong goes to the rejects
with its line and reason.
(That reads 150,000 rows a second, ten times as many as are then understood.)
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chaingraph.errors import UsageError
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
from chaingraph.evidence.writing import find_encoding

LONGEST_LINE = 4 * 2**20
"""Characters; of a longer line the rest is passed over."""

_MARK = "chaingraph.mark"


def _mark(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are none of the encoding become lone surrogates, which no text holds."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_MARK, _mark)


class Lines:
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


@contextmanager
def open_csv(file: str) -> Iterator[io.TextIOWrapper]:
    """Open a file for reading, with long fields; bytes that are none of its encoding are marked."""
    with _open(file) as stream:
        limit = csv.field_size_limit(LONGEST_LINE)
        try:
            yield stream
        finally:
            csv.field_size_limit(limit)  # it is one for all that read CSV in this process


def _open(file: str) -> io.TextIOWrapper:
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


def read_names(lines: Lines, file: str) -> tuple[list[str], str]:
    """Return what the columns are called, and what stands between them."""
    delimiter = max(",\t;|", key=lines.peek().count)
    try:
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        names = next((names for names in reader if names), [])
    except csv.Error as error:
        raise UsageError(f"{file} has no readable first line: {error}") from error
    return [head_of(name.strip()) for name in names], delimiter


def read_csv(unit: Unit, columns: Columns) -> Iterator[tuple[Any, ...] | Reject]:
    """Read a file: of each row its file, line and texts, or why it could not be read."""
    try:
        with open_csv(unit.path) as stream:
            yield from _read_lines(Lines(stream), unit.file, columns)
    except OSError as error:
        raise UsageError(f"cannot read {unit.file}: {error.strerror or error}") from error


def _read_lines(lines: Lines, file: str, columns: Columns) -> Iterator[tuple[Any, ...] | Reject]:
    header, delimiter = read_names(lines, file)
    at = find_places(header, columns, file)
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
                yield plain((file, start, *[row[i] for i in at]))
            continue
        if len(lines.taken) > 1:  # a quote that was never closed must not swallow the rows after it
            fault = f"a quote is not closed on its line; {fault}"
        yield Reject(file, start, fault, head_of(lines.keep_first().rstrip("\r\n")))
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
    return fault_of(text)
