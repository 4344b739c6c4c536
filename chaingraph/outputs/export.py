"""Graphs in the formats that other programs read: GraphML, GEXF, node-link and Cytoscape JSON.

Each format holds either everything, one node an entity, or the supply graph alone, one
node a product.  All of it is told twice where it helps: in flat, typed attributes that a
program can colour, filter and compute by, and whole in ``data`` and ``links``.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import networkx as nx
from networkx.readwrite.gexf import GEXFWriter

from chaingraph.analysis.score import rank_gaps
from chaingraph.figures import first_day, last_day
from chaingraph.graph import supply_graph
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.entity_tables import (
    entity_row,
    gap_data,
    relation_row,
    whole_graph,
)
from chaingraph.outputs.figure_units import find_units
from chaingraph.outputs.tables import tidy

Scope = Literal["all", "supply"]
"""Every entity and relation, or products and who supplies whom."""

_FIRST = ("label", "section", "entity")
"""The attributes that programs show first."""


# -------------------------------------------------------------------- graphs


def flat_graph(
    atlas: Atlas,
    *,
    scope: Scope = "all",
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    lang: Language | None = None,
) -> nx.MultiDiGraph[str]:
    """
    Build a graph with flat attributes, as programs that draw and query graphs want it.

    Parameters
    ----------
    atlas
        The atlas.
    scope
        `all`: every entity, relation and gap; `supply`: products and who supplies whom.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here.
    lang
        The language of ``label``; the atlas's own if none.

    Returns
    -------
    graph
        Every node has ``label``; nodes of `all` also ``section`` and ``entity``, its id
        there, and ``data``, all that is said of it; products of `supply` what
        `supply_graph` says and, of a gap, ``gap_kind``, ``gap_rank`` and the like, and
        ``gap``, all that is known of it.  Edges have ``relation``.  The sources are nodes
        of `all`; of `supply` they stand in ``graph.graph["sources"]``, by key.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> graph = flat_graph(load_atlas(example_atlas()), scope="supply", lang="en")
    >>> graph.nodes["ptfe"]["label"], graph.nodes["ptfe"]["gap_kind"]
    ('PTFE', 'void')
    """
    lang = lang or atlas.language
    make = _everything if scope == "all" else _supply
    graph = make(atlas, as_of, view, lang)
    graph.graph["name"] = atlas.atlas.name.text(lang)
    return graph


def _everything(
    atlas: Atlas, as_of: str | datetime.date | None, view: View, lang: Language
) -> nx.MultiDiGraph[str]:
    whole = whole_graph(atlas, as_of=as_of, view=view)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(**whole.graph)
    units = find_units(whole)
    for name, node in whole.nodes(data=True):
        row = entity_row(node, units.get(name, {}))
        first = {"label": row[f"name_{lang}"], "section": node["section"], "entity": row.pop("id")}
        graph.add_node(name, **first, **row)
    for at, (tail, head, key, edge) in enumerate(whole.edges(keys=True, data=True)):
        said = relation_row(
            edge["type"], edge.get("data"), whole.nodes[tail], key, units.get(tail, {})
        )
        whole_said = {"data": edge["data"]} if edge.get("data") is not None else {}
        graph.add_edge(
            tail, head, key=f"e{at}", relation=edge["type"], path=key, **said, **whole_said
        )
    return graph


def _supply(
    atlas: Atlas, as_of: str | datetime.date | None, view: View, lang: Language
) -> nx.MultiDiGraph[str]:
    supply = supply_graph(atlas, as_of=as_of, view=view)
    gaps = {gap.product: gap_data(gap) for gap in rank_gaps(atlas, as_of=as_of, view=view)}
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(**supply.graph)
    graph.graph["sources"] = {
        key: source.model_dump(mode="json", exclude_defaults=True)
        for key, source in atlas.sources.items()
    }
    for id, node in supply.nodes(data=True):
        graph.add_node(id, label=node[f"name_{lang}"], **tidy(node))
        if id in gaps:
            graph.nodes[id].update(_told_of_gap(gaps[id]), gap=gaps[id])
    for at, (tail, head, edge) in enumerate(supply.edges(data=True)):
        only = edge["links"][0] if len(edge["links"]) == 1 else {}
        said = {name: only[name] for name in ("per", "unit", "confidence") if name in only}
        graph.add_edge(tail, head, key=f"e{at}", relation="supplies", **said, **edge)
    return graph


def _told_of_gap(gap: Mapping[str, Any]) -> dict[str, Any]:
    told = (
        "rank", "kind", "remedy", "why_zh", "why_en", "demand", "supply", "shortfall", "remaining",
        "score", "confidence",
    )  # fmt: skip
    return {f"gap_{name}": gap[name] for name in told if name in gap}


# ------------------------------------------------------------------- formats


def make_graphml(
    atlas: Atlas,
    *,
    scope: Scope = "all",
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    lang: Language | None = None,
) -> bytes:
    """Write an atlas as GraphML, for yEd, igraph and networkx; parameters as `flat_graph`."""
    return format_graphml(flat_graph(atlas, scope=scope, as_of=as_of, view=view, lang=lang))


def format_graphml(graph: nx.Graph[str]) -> bytes:
    """
    Write a graph as GraphML.

    Lists and mappings, which GraphML has no types for, become JSON texts; true and false
    become 1 and 0, as igraph takes a truth that is not known for false, but a number for
    unknown; nothing is left out.  Control characters, which XML cannot hold, become their pictures (␀).

    Parameters
    ----------
    graph
        A graph with plain JSON values as attributes.

    Returns
    -------
    data
        The whole file.

    Examples
    --------
    >>> graph = nx.DiGraph([("a", "b", {"links": [{"per": 1.5}]})])
    >>> nx.parse_graphml(format_graphml(graph).decode()).edges["a", "b"]["links"]
    '[{"per": 1.5}]'
    """
    out = io.BytesIO()
    plain = _for_xml(graph)
    for *_, attributes in (*plain.nodes(data=True), *plain.edges(data=True)):
        truths = {name: float(told) for name, told in attributes.items() if isinstance(told, bool)}
        attributes.update(truths)
    nx.write_graphml_xml(plain, out)
    return out.getvalue()


def make_gexf(
    atlas: Atlas,
    *,
    scope: Scope = "all",
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    lang: Language | None = None,
) -> bytes:
    """
    Write an atlas as GEXF, for Gephi; parameters as `flat_graph`.

    Projects and what firms make have dates, so that Gephi's timeline can run through
    them.  Lists and mappings become JSON texts.
    """
    graph = flat_graph(atlas, scope=scope, as_of=as_of, view=view, lang=lang)
    for _, attributes in graph.nodes(data=True):
        first = _first_milestone(attributes)
        attributes.update(_life(first, attributes.get("milestones_stopped")))
    for *_, attributes in graph.edges(data=True):
        attributes.update(_life(attributes.get("since"), attributes.get("until")))
    writer = GEXFWriter(_for_xml(graph))
    meta = writer.xml.find("meta")
    meta.set("lastmodifieddate", graph.graph["as_of"])  # the clock's day would differ each time
    meta.find("creator").text = "chaingraph"
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def make_node_link(
    atlas: Atlas,
    *,
    scope: Scope = "all",
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    lang: Language | None = None,
) -> bytes:
    """Write an atlas as node-link JSON, for networkx and D3; parameters as `flat_graph`."""
    graph = flat_graph(atlas, scope=scope, as_of=as_of, view=view, lang=lang)
    data = {
        "directed": True,
        "multigraph": True,
        "graph": graph.graph,
        "nodes": [{"id": id, **node} for id, node in graph.nodes(data=True)],
        "edges": [
            {"source": tail, "target": head, "key": key, **edge}
            for tail, head, key, edge in graph.edges(keys=True, data=True)
        ],
    }
    return _json(data)


def make_cytoscape(
    atlas: Atlas,
    *,
    scope: Scope = "all",
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    lang: Language | None = None,
) -> bytes:
    """
    Write an atlas as Cytoscape JSON, for Cytoscape and Cytoscape.js; parameters as `flat_graph`.

    Mappings, which Cytoscape's tables cannot hold, become JSON texts.
    """
    graph = flat_graph(atlas, scope=scope, as_of=as_of, view=view, lang=lang)
    nodes = [
        {"data": {"id": id, "value": id, "name": node["label"], **_cells(node)}}
        for id, node in graph.nodes(data=True)
    ]
    edges = [
        {
            "data": {
                "id": key, "key": key, "source": tail, "target": head,
                "interaction": edge["relation"], **_cells(edge),
            }
        }
        for tail, head, key, edge in graph.edges(keys=True, data=True)
    ]  # fmt: skip
    return _json(
        {
            "format_version": "1.0",
            "generated_by": "chaingraph",
            "target_cytoscapejs_version": "~3",
            "directed": True,
            "multigraph": True,
            "data": _cells(graph.graph),
            "elements": {"nodes": nodes, "edges": edges},
        }
    )


# -------------------------------------------------------------------- values


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False) + "\n").encode()


def _cells(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return attributes with mappings, and lists of anything but texts, as JSON texts.

    What Cytoscape.js calls the parent of a node is the box that it is drawn in.
    """
    return {
        "parent_firm" if name == "parent" else name: value
        if _is_cell(value)
        else json.dumps(value, ensure_ascii=False)
        for name, value in attributes.items()
    }


def _is_cell(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return not isinstance(value, dict)


def _first_milestone(attributes: Mapping[str, Any]) -> str | None:
    """The day on which a project reached its first milestone."""
    days = [first_day(day) for name, day in attributes.items() if name.startswith("milestones_")]
    return min(days).isoformat() if days else None


def _life(since: str | None, until: str | None) -> dict[str, str]:
    ends = {}
    if since:
        ends["start"] = first_day(since).isoformat()
    if until:
        ends["end"] = last_day(until).isoformat()
    return ends


def _for_xml(graph: nx.Graph[str]) -> nx.Graph[str]:
    plain = graph.copy()
    plain.graph = dict(_flat(graph.graph))
    for _, attributes in plain.nodes(data=True):
        _flatten(attributes)
    for *_, attributes in plain.edges(data=True):
        _flatten(attributes)
    return plain


def _flatten(attributes: dict[str, Any]) -> None:
    flat = dict(_flat(attributes))
    attributes.clear()
    attributes.update(flat)


_UNFIT_FOR_XML = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n\r"}
_UNFIT_FOR_XML |= dict.fromkeys((*range(0xD800, 0xE000), 0xFFFE, 0xFFFF), 0xFFFD)


def _flat(attributes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in attributes.items():
        if value is not None:
            yield name, _flat_value(value)


def _flat_value(value: Any) -> str | float | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)  # one column has one type
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.translate(_UNFIT_FOR_XML)
