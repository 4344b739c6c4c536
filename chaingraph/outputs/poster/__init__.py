"""The map as a sheet for the wall."""

from __future__ import annotations

from chaingraph.outputs.poster.draw import draw_poster, draw_poster_of, smallest_name

__all__ = ["draw_poster", "draw_poster_of", "smallest_name"]
