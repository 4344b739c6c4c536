"""Everything that is handed in, written into one folder."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping
from pathlib import Path

from chaingraph.analysis.gaps import GAP_COLUMNS
from chaingraph.analysis.targets import TARGET_COLUMNS
from chaingraph.bundles import MapItem
from chaingraph.errors import MissingExtraError
from chaingraph.graph import supply_graph
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.contents import Contents, gather
from chaingraph.outputs.export import format_graphml
from chaingraph.outputs.files import write_folder
from chaingraph.outputs.index import draw_index
from chaingraph.outputs.map import draw_map
from chaingraph.outputs.maps import draw_map_pages, draw_map_sheet
from chaingraph.outputs.poster import draw_poster
from chaingraph.outputs.report import make_report
from chaingraph.outputs.tables import format_records
from chaingraph.outputs.workbook import make_workbook

WORKBOOK, REPORT = "lists.xlsx", "report.docx"


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
    lang = lang or atlas.language
    contents = gather(atlas, as_of=as_of, view=view)
    gaps = [gap.to_record(lang) for gap in contents.gaps]
    targets = [target.to_record(lang) for target in contents.plan.targets]
    sheets = {
        f"map{number}_{item.kind}.svg": draw_map_sheet(contents, item, lang).encode()
        for number, item in enumerate(_drawn(contents), start=1)
    }
    files = {
        "map.html": draw_map(atlas, as_of=as_of, view=view, lang=lang).html.encode(),
        "poster.svg": draw_poster(atlas, as_of=as_of, view=view, lang=lang).encode(),
        **sheets,
        **_office_files(contents, list(sheets), lang),
        "gaps.json": format_records(gaps, GAP_COLUMNS, "json"),
        "gaps.csv": format_records(gaps, GAP_COLUMNS, "csv"),
        "targets.csv": format_records(targets, TARGET_COLUMNS, "csv"),
        "graph.graphml": format_graphml(supply_graph(atlas, as_of=as_of, view=view)),
    }
    index = draw_index(contents, files=list(files), lang=lang)
    return write_folder(folder, {"index.html": index.encode(), **files}, force=force)


def _drawn(contents: Contents) -> list[MapItem]:
    """The maps that an atlas can fill; the others are supplied by hand."""
    return [item for item in contents.bundle.maps if item.kind is not None]


def _office_files(contents: Contents, sheets: list[str], lang: Language) -> Mapping[str, bytes]:
    """The workbook and the report, as far as their extras are installed."""
    files: dict[str, bytes] = {}
    with contextlib.suppress(MissingExtraError):
        files[WORKBOOK] = make_workbook(contents, lang=lang, files=sheets)
    with contextlib.suppress(MissingExtraError):
        pages = {
            item.kind: draw_map_pages(contents, item, lang)
            for item in _drawn(contents)
            if item.kind is not None
        }
        files[REPORT] = make_report(contents, pages, lang=lang)
    return files
