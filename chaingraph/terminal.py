"""What all commands share: their options, and how they load, print and write."""

from __future__ import annotations

import enum
import gc
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import chaingraph as cg
from chaingraph.errors import DataError, UsageError
from chaingraph.questions import read_day

if TYPE_CHECKING:
    from rich.console import Console

    from chaingraph.errors import Problem
    from chaingraph.figures import Text
    from chaingraph.model import Atlas, Language, View

app = typer.Typer(
    name="chaingraph",
    help="Industry chains of a place: maps, gaps and what to go after (产业链图谱).",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Lang(enum.StrEnum):
    zh = "zh"
    en = "en"


class ViewName(enum.StrEnum):
    actual = "actual"
    building = "building"
    plan = "plan"


class PaperName(enum.StrEnum):
    A0 = "A0"
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"


class ShipName(enum.StrEnum):
    reach = "reach"
    upstream = "upstream"
    none = "none"


class FormatName(enum.StrEnum):
    table = "table"
    json = "json"
    csv = "csv"
    md = "md"
    xlsx = "xlsx"


AtlasArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[ATLAS]",
        help="Atlas file; the only one in ./chains, or here, if not given.",
    ),
]
AtlasOption = Annotated[
    Path | None,
    typer.Option(
        "--atlas",
        metavar="FILE",
        help="Atlas file; the only one in ./chains, or here, if none.",
    ),
]


AsOf = Annotated[
    str | None,
    typer.Option(help="Day, month or year that is meant: 2023-02-15, or today.", callback=read_day),
]
LangOption = Annotated[Lang | None, typer.Option(help="Language; the atlas's own if not given.")]
ViewOption = Annotated[ViewName, typer.Option(help="What counts as here.")]
FormatOption = Annotated[FormatName, typer.Option("--format", help="How the result is written.")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")]
LimitOption = Annotated[int, typer.Option(min=0, help="How many rows a table shows; 0 for all.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are already there.")]
ChainOption = Annotated[str | None, typer.Option(help="Only this chain, by id or name.")]
BranchOption = Annotated[str | None, typer.Option(help="Only this branch, by id or name.")]


def note(text: str) -> None:
    """Print a remark to stderr."""
    typer.echo(text, err=True)


def complain(error: DataError) -> None:
    """Print every problem of the data, and how many there are."""
    for problem in error.problems:
        note(problem.text(error.language))
    note(say_count(error.problems, error.language))


def say_count(problems: Sequence[Problem], lang: str) -> str:
    """Say how many problems there are."""
    count = len(problems)
    return f"共 {count} 个问题" if lang == "zh" else f"{count} problem{'s' * (count != 1)}"


def load(path: Path | None, lang: Lang | None) -> Atlas:
    """Load an atlas; its problems are told in the language asked for."""
    try:
        atlas = cg.load_atlas(path)
    except DataError as error:
        raise DataError(error.problems, lang.value if lang else error.language) from None
    gc.freeze()  # it lives as long as the process: no collection need walk it
    return atlas


def language_of(atlas: Atlas, lang: Lang | None) -> Language:
    """Return the language asked for, or the atlas's own."""
    return lang.value if lang else atlas.language


def name_in(name: Text, atlas: Atlas, lang: Lang | None) -> str:
    """Return a name in the language asked for."""
    return name.text(language_of(atlas, lang))


def speaker(atlas: Atlas, lang: Lang | None) -> Callable[[str, str], str]:
    """Return a function that chooses between a Chinese and an English text."""
    return lambda zh, en: zh if language_of(atlas, lang) == "zh" else en


def to_json(value: Any) -> str:
    """Write a value as JSON that people can read."""
    return json.dumps(value, ensure_ascii=False, indent=1)


def deliver(
    records: list[dict[str, Any]],
    columns: Sequence[str],
    format: FormatName,
    output: Path | None,
    *,
    force: bool,
) -> None:
    """Write records to a file or to stdout, in the format asked for or the file's own."""
    from chaingraph.outputs.files import guard, write_bytes
    from chaingraph.outputs.tables import format_records

    name = format.value
    if name == "table":
        name = output.suffix.lstrip(".").lower() if output else "csv"
        if name not in ("json", "csv", "md", "xlsx"):
            raise UsageError(
                f"no format is called {name!r}: name the file .json, .csv, .md or .xlsx"
            )
    data = format_records(records, columns, name)  # type: ignore[arg-type]
    if output is None:
        if name == "xlsx" and sys.stdout.isatty():
            raise UsageError("a workbook needs a file: add -o gaps.xlsx")
        sys.stdout.buffer.write(data.removeprefix(b"\xef\xbb\xbf"))
        return
    guard(output, force=force)
    typer.echo(str(write_bytes(output, data)))


def is_json(format: FormatName, output: Path | None) -> bool:
    """Tell whether a result is to be written as JSON."""
    if format is FormatName.table and output is not None:
        return output.suffix.lower() == ".json"
    return format is FormatName.json


def deliver_json(data: Any, output: Path | None, *, force: bool) -> None:
    """Write plain data as JSON to a file or to stdout."""
    from chaingraph.outputs.files import guard, write_bytes
    from chaingraph.outputs.tables import format_json

    if output is None:
        sys.stdout.buffer.write(format_json(data))
        return
    guard(output, force=force)
    typer.echo(str(write_bytes(output, format_json(data))))


def show(renderable: Any) -> None:
    """Print a table or tree; as wide as a page where there is no terminal to fit."""
    from rich.table import Table

    from chaingraph.outputs.console import fit

    console = _make_console()
    console.print(fit(renderable, console.width) if isinstance(renderable, Table) else renderable)


def page_width() -> int:
    """Return how many letters a line of the terminal has, or of a page where there is none."""
    return _make_console().width


def _make_console() -> Console:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    return console


def show_records(
    records: Sequence[dict[str, Any]],
    columns: Sequence[str],
    limit: int,
    lang: Language,
    title: str | None = None,
) -> None:
    """Print the first records as a table, and say how many there are more."""
    from chaingraph.outputs.console.records import make_record_table

    shown = records[:limit] if limit else records
    zh = lang == "zh"
    if shown:
        show(make_record_table(shown, columns, lang, title))
    if len(shown) < len(records):
        note(
            f"共 {len(records):,} 行，只列了前 {limit} 行；全部：--limit 0"
            if zh
            else f"The first {limit} of {len(records):,} rows; all: --limit 0"
        )
    elif not records:
        note("没有" if zh else "none")


def wants_file(format: FormatName, output: Path | None) -> bool:
    """Tell whether a result is for a file or a program, not for the terminal."""
    return format is not FormatName.table or output is not None


def title_of(
    atlas: Atlas, as_of: str | None, view: View | ViewName | None, lang: Lang | None
) -> str:
    """Say which place, day and, if it matters, view a result is of."""
    from chaingraph.outputs.words import word

    parts = [name_in(atlas.place.name, atlas, lang), atlas.date(as_of).isoformat()]
    if view is not None:
        parts.append(word(f"view_{view}", language_of(atlas, lang)))
    return " · ".join(parts)
