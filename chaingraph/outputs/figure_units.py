"""The units of figures, which a file may leave to their field or their product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx


def find_product_units(graph: nx.MultiDiGraph[str]) -> dict[str, str | None]:
    """Return the unit of each product of the whole graph."""
    nodes = (node for _, node in graph.nodes(data=True) if node["section"] == "products")
    return {node["id"]: node["data"].get("unit") for node in nodes}


def find_unit(
    units: Mapping[str, str | None], section: str, id: str, data: Any, path: tuple[str | int, ...]
) -> str | None:
    """
    Return the unit of a figure, its own or the one that its field implies.

    Parameters
    ----------
    units
        The unit of each product.
    section, id, data
        The entity that it belongs to.
    path
        Where it stands there.

    Examples
    --------
    >>> data = {"makes": {"ptfe": {"capacity": {"value": 5.0}}}}
    >>> find_unit({"ptfe": "t"}, "enterprises", "x", data, ("makes", "ptfe", "capacity"))
    't'
    """
    around: Any = {}
    for step in path:
        around, data = data, data[step]
    if data.get("unit"):
        return str(data["unit"])
    field, above = path[-1], path[-2] if len(path) > 1 else None
    if field in ("investment", "arrived"):
        return "100m_CNY"
    if field == "jobs":
        return "count"
    if above == "equivalents":
        return f"{units[id]}/{field}" if units[id] else None
    if field == "factory_space":
        return "10k_m2"
    if field == "per":
        both = units[str(above)], units[id]
        return around.get("unit") or ("/".join(map(str, both)) if all(both) else None)
    if section == "products" and field in ("min_scale", "size"):
        return units[id]
    made = {"makes": above, "capacity": field}.get(str(path[0])) if section != "place" else None
    return units.get(str(made))
