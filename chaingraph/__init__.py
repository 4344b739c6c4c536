"""Industry chains of a place: maps, gaps and what to go after (产业链图谱).

Load an atlas from YAML, build networkx graphs of who supplies whom, find the gaps
and draw the map::

    import chaingraph as cg

    atlas = cg.load_atlas("chains/yumen.yaml")
    for gap in cg.find_gaps(atlas, as_of="2023-02-15"):
        print(gap.name.zh, gap.why.zh)
    cg.draw_map(atlas, "map.html")

The names below are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from chaingraph.analysis.gaps import find_flagships, find_gaps
    from chaingraph.analysis.state import find_states
    from chaingraph.analysis.trace import trace
    from chaingraph.errors import ChaingraphError, DataError, UsageError
    from chaingraph.graph import knowledge_graph, supply_graph
    from chaingraph.loader import example_atlas, load_atlas
    from chaingraph.model import Atlas
    from chaingraph.outputs.map import draw_map

__all__ = [
    "Atlas",
    "ChaingraphError",
    "DataError",
    "UsageError",
    "draw_map",
    "example_atlas",
    "find_flagships",
    "find_gaps",
    "find_states",
    "knowledge_graph",
    "load_atlas",
    "supply_graph",
    "trace",
]

_HOMES = {
    "Atlas": "model",
    "ChaingraphError": "errors",
    "DataError": "errors",
    "UsageError": "errors",
    "draw_map": "outputs.map",
    "example_atlas": "loader",
    "find_flagships": "analysis.gaps",
    "find_gaps": "analysis.gaps",
    "find_states": "analysis.state",
    "knowledge_graph": "graph",
    "load_atlas": "loader",
    "supply_graph": "graph",
    "trace": "analysis.trace",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'chaingraph' has no attribute {name!r}")
    return getattr(importlib.import_module(f"chaingraph.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
