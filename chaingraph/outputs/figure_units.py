"""The units of figures, which a file may leave to their field or their product."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx

from chaingraph.figures import ImpliedUnit
from chaingraph.model import find_figures, find_references
from chaingraph.outputs.kinds import kind_of

Path = tuple[str | int, ...]
Units = Mapping[Path, str]
"""Where a figure stands in an entity → its unit; figures of none are left out."""


def find_units(graph: nx.MultiDiGraph[str]) -> dict[str, Units]:
    """
    Return the units of all figures of the whole graph, their own or those that fields imply.

    Parameters
    ----------
    graph
        What `chaingraph.outputs.entity_tables.whole_graph` returns.

    Returns
    -------
    units
        Node → the units of its figures.

    Examples
    --------
    >>> from chaingraph.graph import knowledge_graph
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> units = find_units(knowledge_graph(load_atlas(example_atlas())))
    >>> units["projects:juhua_silicon_fluorine"]["investment",]
    '100m_CNY'
    """
    entities = {name: node for name, node in graph.nodes(data=True) if node["section"] != "gaps"}
    products = {
        node["id"]: node["data"].get("unit")
        for node in entities.values()
        if node["section"] == "products"
    }
    return {name: dict(_units_of(node, products)) for name, node in entities.items()}


def _units_of(
    node: Mapping[str, Any], unit_of: Mapping[str, str | None]
) -> Iterator[tuple[Path, str]]:
    """Yield (path, unit) of the figures of an entity, given the unit of each product."""
    kind, data = kind_of(node["section"]), node["data"]
    spoken_of = {
        path: unit_of[id]
        for path, ref, id in find_references(kind, data)
        if "products" in ref.sections and id in unit_of
    }
    if node["section"] == "products":
        spoken_of[()] = unit_of[node["id"]]
    for path, figure, implied in find_figures(kind, data):
        unit = figure.get("unit") or (implied and _imply(implied, path, data, spoken_of))
        if unit:
            yield path, unit


def _imply(
    implied: ImpliedUnit, path: Path, data: Any, spoken_of: Mapping[Path, str | None]
) -> str | None:
    """Return the unit that is implied at a path, if the products spoken of there have units."""
    *above, key = path
    around = functools.reduce(lambda inner, step: inner[step], above, data)
    if implied.unless and around.get(implied.unless):
        return str(around[implied.unless])
    ends = range(len(path), -1, -1)
    products = [spoken_of[path[:end]] for end in ends if path[:end] in spoken_of] or [None]
    words = {
        "product": products[0],
        "made": products[-1],
        "consumed": spoken_of.get((*above, "consumes")),
        "key": str(key),
    }
    said = [words.get(word, word) for word in implied.unit.split("/")]
    return "/".join(map(str, said)) if all(said) else None
