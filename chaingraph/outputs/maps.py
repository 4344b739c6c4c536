"""The maps of a bundle as drawings: one sheet for the wall each, and the sheets of the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chaingraph.bundles import MapItem, MapKind
from chaingraph.model import Language
from chaingraph.outputs.basis import Basis
from chaingraph.outputs.contents import Contents
from chaingraph.outputs.poster import draw_poster_of
from chaingraph.outputs.poster.places import draw_places
from chaingraph.outputs.poster.route import draw_route_map
from chaingraph.outputs.poster.tree import draw_tree

if TYPE_CHECKING:
    from chaingraph.outputs.poster.facts import Show

_SHOWS: dict[MapKind, Show] = {
    "panorama": "panorama",
    "present": "present",
    "gaps": "gaps",
    "plan": "present",
    "applications": "applications",
}
"""Maps that are posters, and what they mark."""


def draw_map_sheet(contents: Contents, item: MapItem, lang: Language) -> str:
    """
    Draw one map of a bundle as a sheet for the wall.

    Parameters
    ----------
    contents
        The atlas on its day.
    item
        The map; it must have a kind.
    lang
        `zh` or `en`.

    Returns
    -------
    svg
        An A1 sheet where it is a poster, else A3.
    """
    kind, name = item.kind, item.name.text(lang)
    if kind in _SHOWS:
        basis = _find_basis(contents, kind)
        return draw_poster_of(basis, size="A1", lang=lang, show=_SHOWS[kind], name=name)
    return _OTHERS[kind or "tree"](contents, lang, name)


def draw_map_pages(contents: Contents, item: MapItem, lang: Language) -> list[tuple[str, str]]:
    """
    Draw one map of a bundle as pages that can be read in a document.

    Returns
    -------
    pages
        (caption, SVG): all chains on one page; then, for the map of gaps, each branch that
        a policy names.
    """
    atlas, kind, name = contents.atlas, item.kind, item.name.text(lang)
    if kind not in _SHOWS:
        return [(name, draw_map_sheet(contents, item, lang))]
    basis = _find_basis(contents, kind)
    pages = [(name, draw_tree(basis, lang=lang, show=_SHOWS[kind], name=name))]
    if kind == "gaps":
        colon = "：" if lang == "zh" else ": "
        named = [flagship.id for flagship in contents.flagships if flagship.section == "branches"]
        for branch in named:
            svg = draw_poster_of(basis, size="A3", branch=branch, lang=lang, name=name)
            pages.append((f"{name}{colon}{atlas.branches[branch].name.text(lang)}", svg))
    return pages


def _find_basis(contents: Contents, kind: MapKind) -> Basis:
    """What a map is drawn from; the map of the plan shows what is planned in any view."""
    if kind == "plan" and contents.view != "plan":
        return Basis(contents.atlas, contents.day, "plan")
    return contents.basis


def _draw_route(contents: Contents, lang: Language, name: str) -> str:
    return draw_route_map(contents.atlas, contents.plan, lang=lang, name=name)


def _draw_places(contents: Contents, lang: Language, name: str) -> str:
    return draw_places(contents.atlas, as_of=contents.day.isoformat(), lang=lang, name=name)


def _draw_tree(contents: Contents, lang: Language, name: str) -> str:
    return draw_tree(contents.basis, lang=lang, name=name)


_OTHERS: dict[MapKind, Callable[[Contents, Language, str], str]] = {
    "route": _draw_route,
    "places": _draw_places,
    "tree": _draw_tree,
}
