"""What a register is made of: its columns, parts and rows, and what is wrong with them."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from chaingraph.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_ROW = 20_000
"""Characters of what is read of a row; more than that is no firm."""

BREAKS_OFF = ("the file breaks off", "not readable from here")
"""How the reason of a reject begins that stands for all rows that follow."""

OWN = frozenset(
    "file row name founded capital status scope product words role strength"
    " firms since product_name".split()
)
"""What columns of the results and of counts are called, beside those of regions."""

CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
"""Nothing that is told may steer a terminal, and no workbook holds it."""

BLANKS = CONTROLS | dict.fromkeys(map(ord, "\t\n\r"), " ")
"""How they are written out in what is told of a firm."""

MARKED = CONTROLS | {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(256)}
"""How they are written out in a reject, with bytes that are no text, as the readers mark them."""

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
NO_NAME = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


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
            if name in OWN or self.regions.count(name) > 1 or CONTROL.search(name):
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


def find_places(header: Sequence[str], columns: Columns, file: str) -> list[int]:
    """Return where in a file the columns are."""
    for name in columns.plain.values() if header else ():
        if header.count(name) != 1:
            hint = did_you_mean(name, header)[0]
            told = f"several columns {name!r}" if name in header else f"no column {name!r}{hint}"
            raise UsageError(f"{file} has {told}: there are {', '.join(map(head_of, header))}")
    return [header.index(name) for name in columns.plain.values()] if header else []


def batch_schema(columns: Columns) -> pa.Schema:
    """Return the schema of the batches that `read_unit` yields."""
    import pyarrow as pa

    texts = [(name, pa.string()) for name in columns.plain]
    return pa.schema([("file", pa.string()), ("row", pa.int64()), *texts])


def fault_of(text: str) -> str | None:
    """Tell what is wrong with the texts of a row, if anything."""
    if len(text) > LONGEST_ROW:
        return f"{len(text)} characters, more than the {LONGEST_ROW} of any firm"
    if "\0" in text:
        return "a NUL byte"
    return None


def plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Write out control characters in all that is told of a firm; its scope is only read."""
    file, line, *told, scope = row
    if not CONTROL.search("".join([value for value in told if value])):
        return row
    return (file, line, *[value and value.translate(BLANKS).strip() for value in told], scope)


def head_of(value: str | bytes) -> str:
    """Write out how a text begins, so that it can be told anywhere."""
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
    text = text[:200].translate(MARKED)
    return text.encode("utf-8", "backslashreplace").decode()
