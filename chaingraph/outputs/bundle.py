"""Everything that is handed in, written into one folder."""

from __future__ import annotations

import datetime
from pathlib import Path

from chaingraph.analysis.flagships import find_flagships
from chaingraph.analysis.gaps import GAP_COLUMNS
from chaingraph.analysis.score import rank_gaps
from chaingraph.analysis.state import find_states
from chaingraph.graph import supply_graph
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.export import format_graphml
from chaingraph.outputs.files import write_folder
from chaingraph.outputs.index import draw_index
from chaingraph.outputs.map import draw_map
from chaingraph.outputs.poster import draw_poster
from chaingraph.outputs.tables import format_records


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
    Write the entry page, the map, the wall sheet, the gap list and the graph.

    Parameters
    ----------
    atlas
        The atlas.
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
        The files written, the entry page first.

    Raises
    ------
    UsageError
        If a file would be replaced that is not chaingraph's own, or cannot be written.
    """
    lang = lang or atlas.language
    gaps = rank_gaps(atlas, as_of=as_of, view=view)
    records = [gap.to_record(lang) for gap in gaps]
    files = {
        "map.html": draw_map(atlas, as_of=as_of, view=view, lang=lang).html.encode(),
        "poster.svg": draw_poster(atlas, as_of=as_of, view=view, lang=lang).encode(),
        "gaps.json": format_records(records, GAP_COLUMNS, "json"),
        "gaps.csv": format_records(records, GAP_COLUMNS, "csv"),
        "graph.graphml": format_graphml(supply_graph(atlas, as_of=as_of, view=view)),
    }
    index = draw_index(
        atlas,
        states=find_states(atlas, as_of=as_of),
        gaps=gaps,
        flagships=find_flagships(atlas, as_of=as_of, view=view),
        day=atlas.date(as_of),
        view=view,
        files=list(files),
        lang=lang,
    )
    return write_folder(folder, {"index.html": index.encode(), **files}, force=force)
