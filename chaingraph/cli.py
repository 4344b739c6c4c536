"""The command line: parse, call, print; the only place that prints or exits.

Results go to stdout, everything else to stderr.  Bad data ends with 1, a bad
question with 2.
"""

from __future__ import annotations

import enum
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import chaingraph as cg
from chaingraph.errors import DataError, UsageError, did_you_mean

if TYPE_CHECKING:
    from chaingraph.model import Atlas, Language, Text, View

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


class FormatName(enum.StrEnum):
    table = "table"
    json = "json"
    csv = "csv"
    md = "md"
    xlsx = "xlsx"


AtlasArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[ATLAS]", help="Atlas file; the only one in ./chains if not given."),
]
AsOf = Annotated[str | None, typer.Option(help="Day, month or year that is meant: 2023-02-15.")]
LangOption = Annotated[Lang | None, typer.Option(help="Language; the atlas's own if not given.")]
ViewOption = Annotated[ViewName, typer.Option(help="What counts as here.")]
FormatOption = Annotated[FormatName, typer.Option("--format", help="How the result is written.")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")]
Force = Annotated[bool, typer.Option("--force", help="Replace files that are already there.")]
ChainOption = Annotated[str | None, typer.Option(help="Only this chain, by id.")]
BranchOption = Annotated[str | None, typer.Option(help="Only this branch, by id.")]


def run(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Parameters
    ----------
    arguments
        The words after ``chaingraph``; those of the process if none.

    Returns
    -------
    code
        0 if all went well, 1 if data are wrong, 2 if the question is.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    try:
        app(args=arguments, prog_name="chaingraph")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except DataError as error:
        _complain(error)
        return 1
    except cg.ChaingraphError as error:
        _note(f"chaingraph: {error}")
        return 2
    except BrokenPipeError:
        sys.stderr.close()
    return 0


# ----------------------------------------------------------------- commands


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"chaingraph {cg.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


@app.command()
def build(
    atlas_file: AtlasArgument = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write.")] = Path("out"),
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    lang: LangOption = None,
    force: Force = False,
) -> None:
    """Write everything: entry page, map, gap list and graph."""
    from chaingraph.outputs.bundle import write_bundle

    atlas = _load(atlas_file, lang)
    atlas.date(as_of)
    written = write_bundle(
        atlas, output, as_of=as_of, view=view.value, lang=_lang(atlas, lang), force=force
    )
    for path in written[1:]:
        _note(f"  {path}")
    say = _speaker(atlas, lang)
    _note(say("请用浏览器打开：", "Open in a browser:"))
    typer.echo(str(written[0]))


@app.command()
def check(
    atlas_file: AtlasArgument = None,
    lang: LangOption = None,
) -> None:
    """Check every file of an atlas and print all problems, or a summary."""
    from chaingraph.outputs.index import count_entities

    atlas = _load(atlas_file, lang)
    say = _speaker(atlas, lang)
    name = _name(atlas.atlas.name, atlas, lang)
    typer.echo(say(f"{name}：没有发现问题", f"{name}: no problems"))
    for zh, en, count in count_entities(atlas):
        typer.echo(f"{count:>6}  {say(zh, en)}")


@app.command()
def gaps(
    atlas_file: AtlasArgument = None,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    chain: ChainOption = None,
    branch: BranchOption = None,
    kind: Annotated[
        str | None, typer.Option(help="Only this kind: broken, weak, short or void.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="How many rows the table shows; 0 for all.")
    ] = 30,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """List the gaps to target, why they are gaps, and what is coming."""
    from chaingraph.analysis.gaps import GAP_COLUMNS, KINDS, find_flagships, find_gaps
    from chaingraph.outputs.console import count_kinds, make_flagship_table, make_gap_table

    atlas = _load(atlas_file, lang)
    language = _lang(atlas, lang)
    atlas.date(as_of)
    _check_choice("chain", chain, atlas.chains)
    _check_choice("branch", branch, atlas.branches)
    _check_choice("kind", kind, KINDS)
    found = [
        gap
        for gap in find_gaps(atlas, as_of=as_of, view=view.value)
        if chain in (None, gap.chain) and branch in (None, gap.branch) and kind in (None, gap.kind)
    ]
    if format is FormatName.table and output is None:
        if not (chain or branch or kind):
            flagships = find_flagships(atlas, as_of=as_of, view=view.value)
            if flagships:
                _print(make_flagship_table(flagships, language))
        title = _scene(atlas, as_of, view, lang)
        shown = found[:limit] if limit else found
        if shown:
            _print(make_gap_table(atlas, shown, title, language))
        _note(count_kinds(found, language))
        if len(shown) < len(found):
            say = _speaker(atlas, lang)
            _note(
                say(f"只列了前 {limit} 个；全部：--limit 0", f"The first {limit}; all: --limit 0")
            )
        return
    records = [gap.to_record(language) for gap in found]
    _deliver(records, GAP_COLUMNS, format, output, force=force)


@app.command(name="map")
def map_(
    atlas_file: AtlasArgument = None,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    chain: ChainOption = None,
    branch: BranchOption = None,
    lang: LangOption = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="File to write; - for stdout.")
    ] = Path("map.html"),
    force: Force = False,
) -> None:
    """Draw the chain map: one HTML file that needs no network."""
    from chaingraph.outputs.files import guard
    from chaingraph.outputs.map import draw_map

    atlas = _load(atlas_file, lang)
    atlas.date(as_of)
    to_file = str(output) != "-"
    if to_file:
        guard(output, force=force)
    html = draw_map(
        atlas,
        output if to_file else None,
        as_of=as_of,
        view=view.value,
        chain=chain,
        branch=branch,
        lang=_lang(atlas, lang),
    )
    if not to_file:
        sys.stdout.buffer.write(html.encode())
        return
    _note(_speaker(atlas, lang)("请用浏览器打开：", "Open in a browser:"))
    typer.echo(str(output))


@app.command()
def trace(
    product: Annotated[str, typer.Argument(help="Id, name or alias of a product.")],
    atlas_file: AtlasArgument = None,
    up: Annotated[bool, typer.Option("--up", help="What it is made from (the default).")] = False,
    down: Annotated[bool, typer.Option("--down", help="What it goes into.")] = False,
    depth: Annotated[int | None, typer.Option(min=0, help="How many links to follow.")] = None,
    as_of: AsOf = None,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Follow a product upstream to what it is made from, or downstream to its uses."""
    from chaingraph.analysis.trace import Step
    from chaingraph.analysis.trace import trace as follow
    from chaingraph.outputs.console import make_trace_tree

    if up and down:
        raise UsageError("choose --up or --down")
    atlas = _load(atlas_file, lang)
    atlas.date(as_of)
    steps = follow(atlas, product, direction="down" if down else "up", depth=depth, as_of=as_of)
    if format is FormatName.table and output is None:
        _print(make_trace_tree(steps, _lang(atlas, lang)))
        return
    columns = list(Step.__dataclass_fields__)
    records = [step.to_record(_lang(atlas, lang)) for step in steps]
    _deliver(records, columns, format, output, force=force)


@app.command()
def schema(
    kind: Annotated[
        str | None, typer.Argument(help="atlas, branch or facts; all of them if not given.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder to write the schemas into.")
    ] = None,
    force: Force = False,
) -> None:
    """Print the JSON Schemas of the files, for editors."""
    from chaingraph.loader import SCHEMAS, make_schema
    from chaingraph.scaffold import write_schema

    schemas = {name: make_schema(name) for name in ([kind] if kind else SCHEMAS)}
    if output is None:
        typer.echo(_json(schemas[kind] if kind else schemas))
        return
    for name in schemas:
        typer.echo(str(write_schema(output / f"{name}.json", name, force=force)))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where the new atlas goes.")] = Path("chains"),
) -> None:
    """Start a new place: a small commented atlas that passes the check."""
    from chaingraph.scaffold import start_atlas

    written = start_atlas(folder)
    for path in written:
        typer.echo(str(path))
    _note(f"下一步 Next: chaingraph check {written[0]}")


# ----------------------------------------------------------------- printing


def _note(text: str) -> None:
    typer.echo(text, err=True)


def _complain(error: DataError) -> None:
    count, zh = len(error.problems), error.language == "zh"
    for problem in error.problems:
        _note(problem.text(error.language))
    _note(f"共 {count} 个问题" if zh else f"{count} problem{'s' * (count != 1)}")


def _load(path: Path | None, lang: Lang | None) -> Atlas:
    try:
        return cg.load_atlas(path)
    except DataError as error:
        raise DataError(error.problems, lang.value if lang else error.language) from None


def _lang(atlas: Atlas, lang: Lang | None) -> Language:
    return lang.value if lang else atlas.language


def _name(name: Text, atlas: Atlas, lang: Lang | None) -> str:
    return name.text(_lang(atlas, lang))


def _speaker(atlas: Atlas, lang: Lang | None) -> Callable[[str, str], str]:
    return lambda zh, en: zh if _lang(atlas, lang) == "zh" else en


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _check_choice(what: str, choice: str | None, known: Sequence[str] | dict[str, Any]) -> None:
    if choice is not None and choice not in known:
        hint = did_you_mean(choice, known)[0]
        raise UsageError(f"no {what} {choice!r}{hint}: there are {', '.join(known)}")


def _deliver(
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


def _print(renderable: Any) -> None:
    """Print a table or tree; as wide as a page where there is no terminal to fit."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 160
    console.print(renderable)


def _scene(atlas: Atlas, as_of: str | None, view: View | ViewName, lang: Lang | None) -> str:
    from chaingraph.outputs.words import word

    day = atlas.date(as_of).isoformat()
    return f"{_name(atlas.place.name, atlas, lang)} · {day} · " + word(
        f"view_{view}", _lang(atlas, lang)
    )
