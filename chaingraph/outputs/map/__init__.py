"""The map: one HTML file that needs no network."""

from __future__ import annotations

from chaingraph.outputs.map.html import draw_map, draw_map_of

__all__ = ["draw_map", "draw_map_of"]
