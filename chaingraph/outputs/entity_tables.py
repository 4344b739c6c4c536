"""Everything in an atlas, and its gaps on a day, as tables with typed columns.

One table holds the entities of a section, one the relations of a field.  The columns
follow from the model alone, so that they are the same for every atlas.  A figure is
spread over columns such as ``capacity``, ``capacity_low``, ``capacity_unit`` and
``capacity_sources``; what has no columns of its own stands in ``data``, which holds the
whole entity.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import networkx as nx
from pydantic import BaseModel

from chaingraph.analysis.gaps import Gap
from chaingraph.analysis.score import rank_gaps
from chaingraph.analysis.state import counted_states
from chaingraph.figures import Figure, Ref, Text
from chaingraph.graph import knowledge_graph, supply_graph
from chaingraph.model import HEAD, SECTIONS, Atlas, AtlasFile, View, find_figures, find_relations
from chaingraph.outputs.figure_units import Path, Units, find_units
from chaingraph.outputs.kinds import bare, is_model, kind_of
from chaingraph.outputs.tables import tidy

ColumnType = Literal["text", "texts", "number", "integer", "truth", "data"]
Columns = dict[str, ColumnType]

ENTITIES: tuple[str, ...] = ("place", "clusters", "chains", "branches", "products", *SECTIONS)
"""The sections of the atlas, in the order of their tables; after them come the gaps."""

_FIGURE: Columns = {
    "value": "number",
    "low": "number",
    "high": "number",
    "unit": "text",
    "date": "text",
    "confidence": "text",
    "sources": "texts",
    "note": "text",
    "conflicts": "data",
}
"""What a figure is spread over."""

_NODE: Columns = {"id": "text", "name_zh": "text", "name_en": "text"}
_EDGE: Columns = {"start": "text", "end": "text", "path": "text"}
_PRODUCT: Columns = {
    "branch": "text",
    "chain": "text",
    "cluster": "text",
    "state": "text",
    "here": "truth",
    "capacity": "number",
}
_GAP: Columns = {
    "rank": "integer",
    "product": "text",
    "chain": "text",
    "branch": "text",
    "kind": "text",
    "remedy": "text",
    "state": "text",
    "why_zh": "text",
    "why_en": "text",
    "size_zh": "text",
    "size_en": "text",
    "demand": "number",
    "supply": "number",
    "shortfall": "number",
    "unit": "text",
    "expected_fill": "number",
    "remaining": "number",
    "remaining_if_all": "number",
    "score": "number",
    "rank_low": "integer",
    "rank_high": "integer",
    "top_share": "number",
    "confidence": "text",
    "sources": "texts",
}
_GAP_TIES: dict[str, tuple[str, ...]] = {
    "suppliers": ("enterprises", "projects"),
    "consumers": ("products",),
    "missing_inputs": ("products",),
    "pipeline": ("projects",),
    "named": ("policies",),
    "sources": ("sources",),
}
"""Field of a gap that lists entities → the sections that they are of."""
_GAP_RELATIONS: dict[str, tuple[str, ...]] = {"of": ("products",), **_GAP_TIES}


@dataclasses.dataclass(frozen=True)
class Table:
    """The entities of a section, or the relations of a field between two sections."""

    name: str
    """The section, or the field."""
    columns: Columns
    """Name → what its cells hold, in their order."""
    rows: list[dict[str, Any]]
    """What is known; a row lacks the columns of which nothing is."""
    ends: tuple[str, str] | None = None
    """The sections that relations run from and to."""


# -------------------------------------------------------------------- graphs


def whole_graph(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> nx.MultiDiGraph[str]:
    """
    Build the knowledge graph with the gaps of the day in it.

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
    graph
        The knowledge graph; its products also have ``here`` and, where known,
        ``capacity``.  Nodes ``gaps:…`` hold the records of the gaps and are tied to
        their product (``of``), ``suppliers``, ``consumers``, ``missing_inputs``,
        ``pipeline``, the policies that ``named`` them and ``sources``.
    """
    graph = knowledge_graph(atlas, as_of=as_of)
    graph.graph["view"] = view
    supply = supply_graph(atlas, as_of=as_of, view=view)
    counted = counted_states(view)
    for id, product in supply.nodes(data=True):
        node = graph.nodes[f"products:{id}"]
        node |= {name: tidy(product[name]) for name in _PRODUCT if name in product}
        node["here"] = product["state"] in counted
    for section in ("forecasts", "scopes"):
        for id in getattr(atlas, section):
            graph.add_edge(f"{section}:{id}", f"products:{id}", key="of", type="of")
    for gap in rank_gaps(atlas, as_of=as_of, view=view):
        _add_gap(graph, gap)
    return graph


def _add_gap(graph: nx.MultiDiGraph[str], gap: Gap) -> None:
    node, data = f"gaps:{gap.product}", gap_data(gap)
    names = {"name_zh": gap.name.text("zh"), "name_en": gap.name.text("en")}
    graph.add_node(node, section="gaps", id=gap.product, **names, data=data)
    for field, others in _ends_of(gap).items():
        for at, other in enumerate(others):
            graph.add_edge(node, other, key=f"{field}.{at}", type=field)


def _ends_of(gap: Gap) -> dict[str, list[str]]:
    """Return what a gap is tied to, field by field."""
    named = {
        field: [f"{sections[0]}:{id}" for id in getattr(gap, field)]
        for field, sections in _GAP_TIES.items()
    }
    makers = [f"{maker.kind}s:{maker.id}" for maker in gap.makers]  # the two may share an id
    return {"of": [f"products:{gap.product}"], **named, "suppliers": makers}


def gap_data(gap: Gap) -> dict[str, Any]:
    """Return what is known of a gap as the lists tell it, its sentences in both languages."""
    data = gap.to_record()
    for name in ("why", "size"):
        said: Text = getattr(gap, name)
        data |= {f"{name}_zh": said.text("zh"), f"{name}_en": said.text("en")}
        del data[name]
    del data["name"]
    known = {name: value for name, value in data.items() if value not in (None, [], {})}
    return {
        name: tidy(dict(value) if isinstance(value, Mapping) else value)
        for name, value in known.items()
    }


# -------------------------------------------------------------------- tables


def make_tables(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> list[Table]:
    """
    Put an atlas and its gaps into tables.

    Parameters
    ----------
    atlas, as_of, view
        As for `whole_graph`.

    Returns
    -------
    tables
        Those of entities first, then those of relations; all of them, even empty ones.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> tables = make_tables(load_atlas(example_atlas()))
    >>> [table.name for table in tables if table.ends == ("enterprises", "products")]
    ['makes']
    """
    return tabulate(whole_graph(atlas, as_of=as_of, view=view))


def tabulate(graph: nx.MultiDiGraph[str]) -> list[Table]:
    """Put the whole graph into tables; see `make_tables`."""
    entities: dict[str, list[dict[str, Any]]] = {section: [] for section in (*ENTITIES, "gaps")}
    relations: dict[tuple[str, str, str], list[dict[str, Any]]] = {
        key: [] for key in sorted(set(find_kinds_of_relation()))
    }
    units = find_units(graph)
    for name, node in graph.nodes(data=True):
        entities[node["section"]].append(entity_row(node, units.get(name, {})))
    for tail, head, key, edge in graph.edges(keys=True, data=True):
        start, end = graph.nodes[tail], graph.nodes[head]
        row = {"start": start["id"], "end": end["id"], "path": key}
        row |= relation_row(edge["type"], edge.get("data"), start, key, units.get(tail, {}))
        relations[edge["type"], start["section"], end["section"]].append(row)
    columns = relation_columns()
    return [
        *(Table(name, entity_columns(name), rows) for name, rows in entities.items()),
        *(
            Table(name, _EDGE | columns[name], rows, (start, end))
            for (name, start, end), rows in relations.items()
        ),
    ]


def make_figures(graph: nx.MultiDiGraph[str]) -> Table:
    """
    Put every figure of the whole graph into one table.

    Parameters
    ----------
    graph
        What `whole_graph` returns.

    Returns
    -------
    figures
        One row a figure: the ``section`` and ``id`` of what it belongs to, the ``path``
        there, what it says, and ``sources_around`` and ``confidence_around``: the nearest
        that are told around it.
    """
    rows: list[dict[str, Any]] = []
    for name, units in find_units(graph).items():
        node = graph.nodes[name]
        for path, figure, _ in find_figures(kind_of(node["section"]), node["data"]):
            row = {"section": node["section"], "id": node["id"], "path": ".".join(map(str, path))}
            row |= dict(_spread_figure("", figure))
            if path in units:
                row["unit"] = units[path]
            for said in ("sources", "confidence"):
                if around := _said_around(node["data"], path, said):
                    row[f"{said}_around"] = around
            rows.append(row)
    keys: Columns = {"section": "text", "id": "text", "path": "text"}
    nearest: Columns = {"sources_around": "texts", "confidence_around": "text"}
    return Table("figures", keys | _FIGURE | nearest, rows)


def _said_around(data: Any, path: Path, field: str) -> Any:
    """What the nearest entry around a figure says in a field."""
    found = None
    for step in path:
        if isinstance(data, dict):
            found = data.get(field) or found
        data = data[step]
    return found


def entity_columns(section: str) -> Columns:
    """Return the columns of the entities of a section."""
    if section == "gaps":
        return _NODE | _GAP | {"data": "data"}
    kind = kind_of(section)
    own = _columns(kind) if is_model(kind) else {}
    extra = _PRODUCT if section == "products" else {}
    fitting = {name: type for name, type in own.items() if name not in (*_NODE, "includes")}
    return _NODE | extra | fitting | {"data": "data"}


def entity_row(node: Mapping[str, Any], units: Units) -> dict[str, Any]:
    """
    Return what a node of the whole graph says, column by column.

    Parameters
    ----------
    node
        The node.
    units
        The units of its figures.
    """
    section, data = node["section"], node["data"]
    row = {name: node[name] for name in (*_NODE, *_PRODUCT) if name in node}
    if section == "gaps":
        row |= {name: data[name] for name in _GAP if name in data}
    else:
        kind = kind_of(section)
        if is_model(kind):
            row |= {name: value for name, value in _spread(kind, data) if name not in _NODE}
            row |= _spread_units(kind, data, (), units)
    return row | {"data": data}


def relation_columns() -> dict[str, Columns]:
    """Return the columns of each relation, beside those that say what it runs between."""
    found: dict[str, Columns] = {field: {} for field, _, _ in find_kinds_of_relation()}
    found |= {field: _said_columns(kind) for field, kind in _SAID.items()}
    for field in ("inputs", "byproducts"):
        found[field] = {"route": "text", **found[field]}
    return found


def relation_row(
    field: str, said: Any, start: Mapping[str, Any], key: str, units: Units
) -> dict[str, Any]:
    """
    Return what an edge of the whole graph says, column by column.

    Parameters
    ----------
    field
        Its type.
    said
        Its data.
    start
        The node that it runs from.
    key
        Its key.
    units
        The units of the figures of that node.
    """
    row: dict[str, Any] = {}
    if field in ("inputs", "byproducts"):
        above, _, at = key.partition(".")
        route = start["data"]["routes"][int(at.split(".")[0])] if above == "routes" else {}
        row["route"] = route.get("id", "main")
    if isinstance(said, str):
        return row | {"value": said}
    kind = _SAID.get(field)
    if kind is None or not said:
        return row
    path = _read_path(start["data"], key)
    return row | _said(kind, said) | _spread_units(kind, said, path, units)


def _read_path(data: Any, key: str) -> Path:
    """Return the steps that the key of an edge stands for."""
    path: list[str | int] = []
    for word in key.split("."):
        path.append(int(word) if isinstance(data, list) else word)
        data = data[path[-1]]
    return tuple(path)


def _spread_units(kind: Any, data: Mapping[str, Any], path: Path, units: Units) -> dict[str, str]:
    """Return the units of the figures that stand at a path in a node, column by column."""
    figures = {"": path}
    if kind is not Figure:
        named = [name for name, _, shape in _shapes(kind) if shape is Figure and data.get(name)]
        figures = {name: (*path, name) for name in named}
    return {_within(name, "unit"): units[at] for name, at in figures.items() if at in units}


def find_kinds_of_relation() -> Iterator[tuple[str, str, str]]:
    """Yield (field, section from, section to) of every relation that an atlas can have."""
    for section in ENTITIES:
        for field, ref, _ in _relations_of(section):
            yield from ((field, section, to) for to in ref.sections)
    yield "branch", "products", "branches"
    yield from (("of", section, "products") for section in ("forecasts", "scopes"))
    for field, sections in _GAP_RELATIONS.items():
        yield from ((field, "gaps", to) for to in sections)


# ------------------------------------------------------------------- columns


def _relations_of(section: str) -> Iterator[tuple[str, Ref, Any]]:
    if section != "place":
        yield from find_relations(kind_of(section))
        return
    for name in HEAD:
        yield from find_relations(AtlasFile.model_fields[name].annotation, name)


def _said_columns(kind: Any) -> Columns:
    if kind is Figure:
        return dict(_FIGURE)
    return {"value": "text"} if _simple(kind) == "text" else _columns(kind)


def _said(kind: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_spread_figure("", data) if kind is Figure else _spread(kind, data))


def _columns(kind: type[BaseModel]) -> Columns:
    found: Columns = {}
    for name, _, shape in _shapes(kind):
        if shape is Figure:
            found |= {_within(name, part): type for part, type in _FIGURE.items()}
        elif isinstance(shape, tuple):
            found |= {f"{name}_{key}": "text" for key in shape}
        else:
            found[name] = shape
    return found


def _spread(kind: type[BaseModel], data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield (column, value) of what data of a model say; defaults are said, too."""
    for name, default, shape in _shapes(kind):
        value = data.get(name, default)
        if value is None or value == []:
            continue
        if shape is Figure:
            yield from _spread_figure(name, value)
        elif isinstance(shape, tuple):
            yield from ((f"{name}_{key}", said) for key, said in value.items())
        else:
            yield name, float(value) if shape == "number" else value


@functools.cache
def _shapes(kind: type[BaseModel]) -> list[tuple[str, Any, Any]]:
    """
    List (field, default, shape) of what of a model has columns.

    The shape is a column's type, `Figure`, or the words that a column each stands for: the
    languages of a text, the milestones of a project.
    """
    found = []
    for name, field in kind.model_fields.items():
        of = bare(field.annotation).kind
        shape = of if of is Figure else _choices(of) or _simple(of)
        if shape:
            found.append((name, field.default, shape))
    return found


def _spread_figure(name: str, figure: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    low, high = figure.get("range") or (None, None)
    parts = {**figure, "low": low, "high": high}
    for part in _FIGURE:
        if parts.get(part) not in (None, []):
            yield _within(name, part), parts[part]


def _within(name: str, part: str) -> str:
    """Name the column of a part of a figure: its value has the name of the figure alone."""
    if not name:
        return part
    return name if part == "value" else f"{name}_{part}"


def _choices(kind: Any) -> tuple[str, ...]:
    """The keys of a mapping from a few given words to texts, such as milestones."""
    if kind is Text:
        return ("zh", "en")
    if get_origin(kind) is not dict:
        return ()
    key, value = (bare(each).kind for each in get_args(kind))
    return get_args(key) if get_origin(key) is Literal and value is str else ()


def _simple(kind: Any) -> ColumnType | None:
    if get_origin(kind) is list:
        return "texts" if _simple(bare(get_args(kind)[0]).kind) == "text" else None
    if get_origin(kind) is Literal or kind is str:
        return "text"
    if kind in (int, float):
        return "integer" if kind is int else "number"
    return "truth" if kind is bool else None


_SAID = {
    field: bare(said).kind
    for section in ENTITIES
    for field, _, said in _relations_of(section)
    if said is not None
}
"""Relation → the type of what is said on it."""
