"""The command that hands an atlas to other programs, Excel among them: export."""

from __future__ import annotations

import enum
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.errors import UsageError
from chaingraph.terminal import (
    AsOf,
    AtlasArgument,
    Force,
    Lang,
    LangOption,
    ViewName,
    ViewOption,
    language_of,
    load,
    note,
    speaker,
)

if TYPE_CHECKING:
    from chaingraph.model import Atlas, Language


class ExportName(enum.StrEnum):
    xlsx = "xlsx"
    graphml = "graphml"
    gexf = "gexf"
    node_link = "node-link"
    cytoscape = "cytoscape"
    turtle = "turtle"
    json_ld = "json-ld"
    property_graph = "property-graph"
    parquet = "parquet"
    shapes = "shapes"


class ScopeName(enum.StrEnum):
    all = "all"
    supply = "supply"


_GRAPHS = (ExportName.graphml, ExportName.gexf, ExportName.node_link, ExportName.cytoscape)
_LINKED = (ExportName.turtle, ExportName.json_ld)
_FOLDERS = (ExportName.property_graph, ExportName.parquet)
_DATED = (*_GRAPHS, *_LINKED, *_FOLDERS)

_TAKEN_BY = {
    "ATLAS": (ExportName.xlsx, *_DATED),
    "--graph": _GRAPHS,
    "--base": _LINKED,
    "--as-of": _DATED,
    "--view": _DATED,
    "--lang": (ExportName.xlsx, *_DATED),
}
"""Which formats an option is for."""

_SUFFIXES = {
    ExportName.graphml: ".graphml",
    ExportName.gexf: ".gexf",
    ExportName.node_link: ".json",
    ExportName.cytoscape: ".cyjs",
    ExportName.turtle: ".ttl",
    ExportName.json_ld: ".jsonld",
    ExportName.shapes: ".ttl",
}
"""What files of a format are called: for the advice where none is named."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(export)


def export(
    format: Annotated[ExportName, typer.Argument(help="What the other program reads.")],
    atlas_file: AtlasArgument = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE|FOLDER",
            help="File to write, or folder for property-graph and parquet; if none, stdout, "
            "and atlas.xlsx for xlsx.",
        ),
    ] = None,
    scope: Annotated[
        ScopeName | None,
        typer.Option(
            "--graph",
            help="For graphml, gexf, node-link and cytoscape: everything, or products and "
            "who supplies whom; everything if not given.",
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="IRI", help="For turtle and json-ld: what the IRIs of the place begin with."
        ),
    ] = None,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    lang: LangOption = None,
    force: Force = False,
) -> None:
    """Write the atlas for other programs: a form for Excel, or graphs and tables with its gaps."""
    _refuse_misplaced(
        format,
        {
            "ATLAS": atlas_file,
            "--graph": scope,
            "--base": base,
            "--as-of": as_of,
            "--view": None if view is ViewName.actual else view,
            "--lang": lang,
        },
    )
    if format is ExportName.xlsx:
        _write_form(atlas_file, output or Path("atlas.xlsx"), lang, force=force)
        return
    _refuse_missing_output(format, output)
    if format is ExportName.shapes:
        from chaingraph.outputs.linked_data import read_shapes

        _deliver_file(read_shapes(), output, force=force)
        return
    atlas = load(atlas_file, lang)
    atlas.date(as_of)
    if format in _FOLDERS and output is not None:
        from chaingraph.outputs.files import write_folder

        files = _make_files(atlas, format, as_of, view)
        write_folder(output, files, force=force)
        say = speaker(atlas, lang)
        note(say(f"{len(files)} 个文件，在文件夹：", f"{len(files)} files in the folder:"))
        typer.echo(str(output))
        return
    data = (
        _make_linked(atlas, format, as_of, view, base)
        if format in _LINKED
        else _make_graph(
            atlas, format, scope or ScopeName.all, as_of, view, language_of(atlas, lang)
        )
    )
    _deliver_file(data, output, force=force)


def _write_form(atlas_file: Path | None, output: Path, lang: Lang | None, *, force: bool) -> None:
    """Write the form that `import` brings back."""
    from chaingraph.outputs.template import make_template

    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"an Excel form is an .xlsx, not {output.name!r}")
    atlas = load(atlas_file, lang)
    _deliver_file(make_template(atlas, lang=language_of(atlas, lang)), output, force=force)


def _refuse_misplaced(format: ExportName, given: Mapping[str, object]) -> None:
    for option, value in given.items():
        formats = _TAKEN_BY[option]
        if value is not None and format not in formats:
            raise UsageError(f"{option} is for {', '.join(formats)}: not for {format}")


def _refuse_missing_output(format: ExportName, output: Path | None) -> None:
    if output is not None:
        return
    if format in _FOLDERS:
        raise UsageError(f"{format} is a folder of files: add -o {format}")
    if sys.stdout.isatty() and format is not ExportName.shapes:
        raise UsageError(f"{format} is for a program: add -o atlas{_SUFFIXES[format]}")


def _make_graph(
    atlas: Atlas,
    format: ExportName,
    scope: ScopeName,
    as_of: str | None,
    view: ViewName,
    lang: Language,
) -> bytes:
    from chaingraph.outputs import export as graphs

    make = {
        ExportName.graphml: graphs.make_graphml,
        ExportName.gexf: graphs.make_gexf,
        ExportName.node_link: graphs.make_node_link,
        ExportName.cytoscape: graphs.make_cytoscape,
    }[format]
    return make(atlas, scope=scope.value, as_of=as_of, view=view.value, lang=lang)


def _make_linked(
    atlas: Atlas, format: ExportName, as_of: str | None, view: ViewName, base: str | None
) -> bytes:
    from chaingraph.outputs.linked_data import make_json_ld, make_turtle

    make = make_turtle if format is ExportName.turtle else make_json_ld
    return make(atlas, as_of=as_of, view=view.value, base=base)


def _make_files(
    atlas: Atlas, format: ExportName, as_of: str | None, view: ViewName
) -> dict[str, bytes]:
    if format is ExportName.parquet:
        from chaingraph.outputs.parquet_tables import make_parquet

        return make_parquet(atlas, as_of=as_of, view=view.value)
    from chaingraph.outputs.property_graph import make_property_graph

    return make_property_graph(atlas, as_of=as_of, view=view.value)


def _deliver_file(data: bytes, output: Path | None, *, force: bool) -> None:
    from chaingraph.outputs.files import guard, write_bytes

    if output is None:
        sys.stdout.buffer.write(data)
        return
    guard(output, force=force)
    typer.echo(str(write_bytes(output, data)))
