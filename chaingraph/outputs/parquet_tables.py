"""An atlas and its gaps as Parquet files, for polars, pandas, DuckDB and Spark."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Mapping
from typing import Any

from chaingraph.errors import MissingExtraError
from chaingraph.model import Atlas, View
from chaingraph.outputs.entity_tables import (
    ColumnType,
    Table,
    make_figures,
    tabulate,
    whole_graph,
)


def make_parquet(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> dict[str, bytes]:
    """
    Write an atlas and its gaps as Parquet files.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here.

    Returns
    -------
    files
        Name → content: ``nodes_….parquet``, one a section, ``relations_….parquet``, one a
        field, and ``figures.parquet``, every figure of the atlas with its sources.  Each
        file tells atlas, day and view in its metadata.  All files are there, even empty
        ones, and their columns are the same for every atlas.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed (extra ``export``).
    """
    graph = whole_graph(atlas, as_of=as_of, view=view)
    files: dict[str, bytes] = {}
    relations: dict[str, Table] = {}
    for table in tabulate(graph):
        if table.ends is None:
            files[f"nodes_{table.name}.parquet"] = _write(table, graph.graph)
        else:
            merged = relations.setdefault(table.name, _start(table))
            merged.rows.extend(_with_ends(table))
    for name, table in relations.items():
        files[f"relations_{name}.parquet"] = _write(table, graph.graph)
    return files | {"figures.parquet": _write(make_figures(graph), graph.graph)}


def _start(table: Table) -> Table:
    ends: dict[str, ColumnType] = {"start_section": "text", "end_section": "text"}
    return Table(table.name, ends | table.columns, [])


def _with_ends(table: Table) -> list[dict[str, Any]]:
    start, end = table.ends or ("", "")
    return [{"start_section": start, "end_section": end, **row} for row in table.rows]


def _write(table: Table, told: Mapping[str, str]) -> bytes:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError("export", "pyarrow") from error
    types = {
        "text": pa.string(),
        "texts": pa.list_(pa.string()),
        "number": pa.float64(),
        "integer": pa.int64(),
        "truth": pa.bool_(),
        "data": pa.string(),
    }
    columns = {
        name: pa.array([_cell(row.get(name), type) for row in table.rows], types[type])
        for name, type in table.columns.items()
    }
    made = pa.table(columns).replace_schema_metadata(
        {f"chaingraph.{name}": told[name] for name in ("atlas", "as_of", "view")}
    )
    out = io.BytesIO()
    parquet.write_table(made, out, compression="zstd")
    return out.getvalue()


def _cell(value: Any, type: ColumnType) -> Any:
    if type == "data" and value is not None:
        return json.dumps(value, ensure_ascii=False)
    return value
