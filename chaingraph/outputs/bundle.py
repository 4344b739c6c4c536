"""Everything that is handed in, written into one folder."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from chaingraph.analysis.gaps import GAP_COLUMNS
from chaingraph.analysis.targets import TARGET_COLUMNS
from chaingraph.bundles import MapItem
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.contents import Contents, gather
from chaingraph.outputs.export import format_graphml
from chaingraph.outputs.files import write_folder
from chaingraph.outputs.index import draw_index
from chaingraph.outputs.map import draw_map_of
from chaingraph.outputs.maps import draw_map_pages, draw_map_sheet
from chaingraph.outputs.poster import draw_poster_of
from chaingraph.outputs.report import make_report
from chaingraph.outputs.tables import format_records
from chaingraph.outputs.workbook import make_workbook

WORKBOOK, REPORT = "lists.xlsx", "report.docx"
NEEDED = {WORKBOOK: ["openpyxl"], REPORT: ["docx", "resvg_py"]}
"""What must be installed to make them."""


def write_bundle(
    atlas: Atlas,
    folder: str | Path,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    lang: Language | None = None,
    force: bool = False,
) -> list[Path]:
    """
    Write all that is handed in: entry page, map, wall sheets, workbook, report, lists, graph.

    Parameters
    ----------
    atlas
        The atlas; its `bundle` names the maps and lists.
    folder
        Where to; made if need be.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here.
    lang
        `zh` or `en`; the atlas's own if none.
    force
        Whether files that chaingraph did not write may be replaced.

    Returns
    -------
    paths
        The files written, the entry page first.  Without the extras ``excel`` and
        ``report`` the workbook and the report are left out.

    Raises
    ------
    UsageError
        If a file would be replaced that is not chaingraph's own, or cannot be written.
    """
    contents = gather(atlas, as_of=as_of, view=view)
    files = {name: make() for name, make in offer_files(contents, lang).items()}
    return write_folder(folder, files, force=force)


def offer_files(contents: Contents, lang: Language | None = None) -> dict[str, Callable[[], bytes]]:
    """
    Offer all that is handed in, each file to be made when it is called for.

    Parameters
    ----------
    contents
        The atlas on its day, as `gather` works it out.
    lang
        `zh` or `en`; the atlas's own if none.

    Returns
    -------
    files
        Name → what makes its bytes, the entry page first.  What needs an extra that is not
        installed is left out.
    """
    lang = lang or contents.atlas.language
    basis = contents.basis
    drawn = [item for item in contents.bundle.maps if item.kind is not None]
    sheets = {f"map{number}_{item.kind}.svg": item for number, item in enumerate(drawn, start=1)}

    def draw_page() -> bytes:
        return draw_map_of(basis, lang=lang).html.encode()

    def draw_sheet(item: MapItem) -> bytes:
        return draw_map_sheet(contents, item, lang).encode()

    def write_report() -> bytes:
        pages = {item.kind: draw_map_pages(contents, item, lang) for item in drawn if item.kind}
        return make_report(contents, pages, lang=lang)

    def list_gaps(format: Literal["json", "csv"]) -> bytes:
        return format_records([gap.to_record(lang) for gap in contents.gaps], GAP_COLUMNS, format)

    def list_targets() -> bytes:
        records = [target.to_record(lang) for target in contents.plan.targets]
        return format_records(records, TARGET_COLUMNS, "csv")

    files: dict[str, Callable[[], bytes]] = {
        "map.html": draw_page,
        "poster.svg": lambda: draw_poster_of(basis, lang=lang).encode(),
        **{name: partial(draw_sheet, item) for name, item in sheets.items()},
        WORKBOOK: lambda: make_workbook(contents, lang=lang, files=list(sheets)),
        REPORT: write_report,
        "gaps.json": lambda: list_gaps("json"),
        "gaps.csv": lambda: list_gaps("csv"),
        "targets.csv": list_targets,
        "graph.graphml": lambda: format_graphml(basis.graph),
    }
    for name, packages in NEEDED.items():
        if not all(map(find_spec, packages)):
            del files[name]
    return {
        "index.html": lambda: draw_index(contents, files=list(files), lang=lang).encode()
    } | files
