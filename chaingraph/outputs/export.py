"""Graphs in the formats that other programs read."""

from __future__ import annotations

import io
import json
from typing import Any

import networkx as nx


def format_graphml(graph: nx.Graph[str]) -> bytes:
    """
    Write a graph as GraphML.

    Lists and mappings, which GraphML has no types for, become JSON texts; nothing
    is left out.

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
    plain = graph.copy()
    plain.graph = _flat(graph.graph)
    for _, attributes in plain.nodes(data=True):
        _flatten(attributes)
    for *_, attributes in plain.edges(data=True):
        _flatten(attributes)
    out = io.BytesIO()
    nx.write_graphml_xml(plain, out)
    return out.getvalue()


def _flatten(attributes: dict[str, Any]) -> None:
    flat = _flat(attributes)
    attributes.clear()
    attributes.update(flat)


def _flat(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
        for name, value in attributes.items()
        if value is not None
    }
