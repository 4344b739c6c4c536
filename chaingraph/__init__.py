"""Industry chains of a place: maps, gaps and what to go after (产业链图谱).

Load an atlas from YAML, build networkx graphs of who supplies whom, find the gaps,
rank them and draw the map::

    import chaingraph as cg

    atlas = cg.load_atlas("chains/yumen.yaml")
    for gap in cg.rank_gaps(atlas, as_of="2023-02-15"):
        print(gap.rank, gap.name.zh, gap.size.zh, gap.why.zh)
    cg.draw_map(atlas, "map.html")

The names below are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from chaingraph.analysis.balance import find_balance
    from chaingraph.analysis.difference import compare_atlases
    from chaingraph.analysis.explain import explain_gap
    from chaingraph.analysis.flagships import find_flagships
    from chaingraph.analysis.gaps import find_gaps
    from chaingraph.analysis.plan import make_plan
    from chaingraph.analysis.portfolio import find_portfolio
    from chaingraph.analysis.score import rank_gaps
    from chaingraph.analysis.state import find_states
    from chaingraph.analysis.targets import find_targets
    from chaingraph.analysis.trace import trace
    from chaingraph.analysis.unlock import unlock
    from chaingraph.analysis.whatif import Landing, find_whatif, land
    from chaingraph.errors import ChaingraphError, DataError, UsageError
    from chaingraph.graph import knowledge_graph, supply_graph
    from chaingraph.loader import example_atlas, load_atlas
    from chaingraph.model import Atlas
    from chaingraph.outputs.map import draw_map
    from chaingraph.outputs.poster import draw_poster

__all__ = [
    "Atlas",
    "ChaingraphError",
    "DataError",
    "Landing",
    "UsageError",
    "compare_atlases",
    "draw_map",
    "draw_poster",
    "example_atlas",
    "explain_gap",
    "find_balance",
    "find_flagships",
    "find_gaps",
    "find_portfolio",
    "find_states",
    "find_targets",
    "find_whatif",
    "knowledge_graph",
    "land",
    "load_atlas",
    "make_plan",
    "rank_gaps",
    "supply_graph",
    "trace",
    "unlock",
]

_HOMES = {
    "Atlas": "model",
    "ChaingraphError": "errors",
    "DataError": "errors",
    "Landing": "analysis.whatif",
    "UsageError": "errors",
    "compare_atlases": "analysis.difference",
    "draw_map": "outputs.map",
    "draw_poster": "outputs.poster",
    "example_atlas": "loader",
    "explain_gap": "analysis.explain",
    "find_balance": "analysis.balance",
    "find_flagships": "analysis.flagships",
    "find_gaps": "analysis.gaps",
    "find_portfolio": "analysis.portfolio",
    "find_states": "analysis.state",
    "find_targets": "analysis.targets",
    "find_whatif": "analysis.whatif",
    "knowledge_graph": "graph",
    "land": "analysis.whatif",
    "load_atlas": "loader",
    "make_plan": "analysis.plan",
    "rank_gaps": "analysis.score",
    "supply_graph": "graph",
    "trace": "analysis.trace",
    "unlock": "analysis.unlock",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'chaingraph' has no attribute {name!r}")
    return getattr(importlib.import_module(f"chaingraph.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
