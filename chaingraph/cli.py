"""The command line: parse, call, print.

Results go to stdout, everything else to stderr.  Bad data ends with 1, a bad
question with 2.  The commands that analyse are in `chaingraph.cli_analysis`.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import chaingraph as cg
from chaingraph import (
    cli_analysis,
    cli_evidence,
    cli_export,
    cli_mcp,
    cli_registry,
    cli_serve,
    cli_targets,
)
from chaingraph.errors import DataError, Place, Problem, UsageError
from chaingraph.questions import choose, names_of
from chaingraph.terminal import (
    AsOf,
    AtlasArgument,
    BranchOption,
    ChainOption,
    Force,
    FormatName,
    FormatOption,
    Lang,
    LangOption,
    OutOption,
    PaperName,
    ViewName,
    ViewOption,
    app,
    complain,
    deliver,
    language_of,
    load,
    name_in,
    note,
    show,
    speaker,
    to_json,
    wants_file,
)

if TYPE_CHECKING:
    from chaingraph.model import Language


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
        try:
            app(args=arguments, prog_name="chaingraph")
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except DataError as error:
        complain(error)
        return 1
    except cg.ChaingraphError as error:
        note(f"chaingraph: {error}")
        return 2
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as error:  # a full disk, most often
        where = f"{error.filename}: " if error.filename else ""
        note(f"chaingraph: {where}{error.strerror or error}")
        return 2
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
    """Write everything: entry page, map, wall sheets, workbook, report, lists and graph."""
    from chaingraph.outputs.bundle import REPORT, WORKBOOK, write_bundle

    atlas = load(atlas_file, lang)
    atlas.date(as_of)
    written = write_bundle(
        atlas, output, as_of=as_of, view=view.value, lang=language_of(atlas, lang), force=force
    )
    for path in written[1:]:
        note(f"  {path}")
    say = speaker(atlas, lang)
    missing = {WORKBOOK: "excel", REPORT: "report"}
    for name, extra in missing.items():
        if name not in {path.name for path in written}:
            install = f"pip install 'chaingraph[{extra}]'"
            note(say(f"没有写 {name}，要先装：{install}", f"{name} left out: {install}"))
    note(say("请用浏览器打开：", "Open in a browser:"))
    typer.echo(str(written[0]))


@app.command()
def check(
    atlas_file: AtlasArgument = None,
    lang: LangOption = None,
) -> None:
    """Check every file of an atlas and print all problems, or a summary."""
    from chaingraph.outputs.summary import count_entities

    try:
        atlas = load(atlas_file, lang)
    except DataError as error:
        # what is missing may stand in a file that was not read
        _point_out_unread(atlas_file, error.language)
        raise
    say = speaker(atlas, lang)
    name = name_in(atlas.atlas.name, atlas, lang)
    typer.echo(say(f"{name}：没有发现问题", f"{name}: no problems"))
    for zh, en, count in count_entities(atlas):
        typer.echo(f"{count:>6}  {say(zh, en)}")
    _point_out_unread(atlas_file, language_of(atlas, lang))
    _point_out(atlas, atlas_file, language_of(atlas, lang))


def _point_out_unread(atlas_file: Path | None, lang: str) -> None:
    """Point out files that lie beside those of the atlas but are no part of it."""
    from chaingraph.loader import SUFFIXES, find_unread

    for path in find_unread(atlas_file):
        en, zh = "it is in no `includes`, so it was not read", "不在 includes 里，没有读"
        if path.suffix not in SUFFIXES:
            en = "not read: its name must end in .yaml or .yml, in small letters"
            zh = "没有读：文件名要以小写的 .yaml 或 .yml 结尾"
        note(Problem(Place(str(path)), "", en, zh).text(lang))


def _point_out(atlas: cg.Atlas, atlas_file: Path | None, lang: Language) -> None:
    """Point out wording in policies that fair-competition review forbids; it is no problem of the data."""
    from chaingraph.analysis.fairness import find_unfair
    from chaingraph.loader import find_places
    from chaingraph.outputs.summary import say_finding

    found = find_unfair(atlas)
    if not found:
        return
    places = find_places(
        atlas_file,
        [
            ("policies", finding.policy, finding.field)
            + ((finding.clause,) if finding.clause is not None else ())
            for finding in found
        ],
    )
    for finding, place in zip(found, places, strict=True):
        said = say_finding(finding, lang)
        note(f"{place}: {finding.name.text(lang)}{'：' if lang == 'zh' else ': '}{said}")


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

    atlas = load(atlas_file, lang)
    atlas.date(as_of)
    chain = choose("chain", chain, names_of(atlas.chains))
    branch = choose("branch", branch, names_of(atlas.branches))
    to_file = str(output) != "-"
    if to_file:
        guard(output, force=force)
    drawn = draw_map(
        atlas,
        output if to_file else None,
        as_of=as_of,
        view=view.value,
        chain=chain,
        branch=branch,
        lang=language_of(atlas, lang),
    )
    if not to_file:
        sys.stdout.buffer.write(drawn.html.encode())
        return
    note(speaker(atlas, lang)("请用浏览器打开：", "Open in a browser:"))
    typer.echo(str(output))


READABLE_NAME = 4.5
"""Names printed smaller [pt] are warned of."""


@app.command()
def poster(
    atlas_file: AtlasArgument = None,
    size: Annotated[
        PaperName, typer.Option(case_sensitive=False, help="The paper, lying on its long side.")
    ] = PaperName.A1,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    chain: ChainOption = None,
    branch: BranchOption = None,
    lang: LangOption = None,
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="File to write, .svg or .pdf; - for an SVG on stdout."),
    ] = Path("poster.svg"),
    force: Force = False,
) -> None:
    """Draw the chain map as a sheet for the wall: an SVG, or a PDF where a converter is installed."""
    from chaingraph.outputs.files import guard
    from chaingraph.outputs.poster import draw_poster, smallest_name

    to_file = str(output) != "-"
    if to_file and output.suffix.lower() not in (".svg", ".pdf"):
        raise UsageError(f"a poster is an .svg or a .pdf, not {output.name!r}")
    atlas = load(atlas_file, lang)
    atlas.date(as_of)
    chain = choose("chain", chain, names_of(atlas.chains))
    branch = choose("branch", branch, names_of(atlas.branches))
    if to_file:
        guard(output, force=force)
    svg = draw_poster(
        atlas,
        output if to_file else None,
        size=size.value,
        as_of=as_of,
        view=view.value,
        chain=chain,
        branch=branch,
        lang=language_of(atlas, lang),
    )
    if not to_file:
        sys.stdout.buffer.write(svg.encode())
        return
    smallest = smallest_name(svg)
    if smallest < READABLE_NAME:
        note(
            speaker(atlas, lang)(
                f"最小的产品名只有 {smallest:.1f} 磅，印出来难认：换大一号的纸，或用 --chain、--branch",
                f"the smallest name is {smallest:.1f} pt, hard to read in print: "
                "take larger paper, or --chain or --branch",
            )
        )
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
    from chaingraph.outputs.console.trace import make_trace_tree

    if up and down:
        raise UsageError("choose --up or --down")
    atlas = load(atlas_file, lang)
    atlas.date(as_of)
    steps = follow(atlas, product, direction="down" if down else "up", depth=depth, as_of=as_of)
    if not wants_file(format, output):
        show(make_trace_tree(steps, language_of(atlas, lang)))
        return
    columns = list(Step.__dataclass_fields__)
    records = [step.to_record(language_of(atlas, lang)) for step in steps]
    deliver(records, columns, format, output, force=force)


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
        typer.echo(to_json(schemas[kind] if kind else schemas))
        return
    for name in schemas:
        typer.echo(str(write_schema(output / f"{name}.json", name, force=force)))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where the new atlas goes.")] = Path("chains"),
    excel: Annotated[
        Path | None,
        typer.Option(metavar="FILE.xlsx", help="Instead: an empty Excel form to fill in."),
    ] = None,
    lang: Annotated[
        Lang, typer.Option(help="Language of the comments, of the form, and of the output.")
    ] = Lang.zh,
    force: Force = False,
) -> None:
    """Start a new place: a small commented atlas that passes the check, or an Excel form."""
    from chaingraph.scaffold import start_atlas

    following = "下一步" if lang is Lang.zh else "Next"
    if excel is not None:
        from chaingraph.outputs.files import guard, write_bytes
        from chaingraph.outputs.template import make_template

        if excel.suffix.lower() != ".xlsx":
            raise UsageError(f"an Excel form is an .xlsx, not {excel.name!r}")
        guard(excel, force=force)
        form = make_template(lang=lang.value)
        typer.echo(str(write_bytes(excel, form)))
        note(f"{following}: chaingraph import {shlex.quote(str(excel))} -o chains")
        return
    written = start_atlas(folder, lang=lang.value)
    for path in written:
        typer.echo(str(path))
    note(f"{following}: chaingraph check {shlex.quote(str(written[0]))}")


cli_analysis.register(app)
cli_targets.register(app)
cli_export.register(app)
cli_mcp.register(app)
cli_serve.register(app)
app.add_typer(cli_registry.registry)
app.add_typer(cli_evidence.evidence)
