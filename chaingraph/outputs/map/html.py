"""An atlas as an interactive map in one HTML file; the only importer of pyvis.

pyvis brings vis-network, which is put into the page from the installed package.  Its
own template is not used: it fetches from the internet and writes names unescaped.
Positions come from `chaingraph.outputs.layout`; the page draws cards and links itself.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import html
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.basis import Basis
from chaingraph.outputs.files import seal, write_text
from chaingraph.outputs.layout import Layout
from chaingraph.outputs.map.data import page_data
from chaingraph.outputs.scope import choose_groups, find_title

SCRIPTS = (
    "base", "engine", "present", "colors", "text", "scene", "focus", "draw", "wires", "cards",
    "camera", "actions", "drawer", "find", "time", "table", "share", "page",
)  # fmt: skip
"""The page's own scripts, each standing on those before it."""

OPTIONS: dict[str, Any] = {
    "physics": {"enabled": False},
    "layout": {"improvedLayout": False},
    "nodes": {"chosen": False, "shape": "custom", "fixed": True},
    "interaction": {
        "dragNodes": False,
        "selectable": False,
        "hover": False,
        "keyboard": False,
        "zoomSpeed": 0.6,
    },
}
"""What vis-network is told; it only keeps the camera and calls us to draw."""


OWN_SCRIPTS = "'own-scripts'"
"""Stands in the policy of the page until its scripts are known."""

_SCRIPT = re.compile("<script>(.*?)</script>", re.DOTALL)


HEIGHT = 720
"""How high a map stands in a notebook [px]."""

ALLOWED = "allow-scripts allow-downloads allow-modals allow-popups allow-popups-to-escape-sandbox"
"""What a map may do in a notebook: run, save pictures, print, open its sources."""

UNTRUSTED = (
    "：信任这个笔记本（Trust Notebook）并重新运行这一格，才能看到图谱",
    ": to see the map, trust this notebook and run the cell again",
)
"""What is said where a notebook shows no frames."""


@dataclasses.dataclass(frozen=True)
class ChainMap:
    """A map, which shows itself in a notebook."""

    html: str = dataclasses.field(repr=False)
    """The whole page; it needs no network."""
    title: str
    path: Path | None = None
    """Where it was written, if anywhere."""
    lang: Language = dataclasses.field(default="zh", repr=False)
    """The language shown first."""

    def __str__(self) -> str:
        return self.html

    def _repr_html_(self) -> str:
        # The frame has an origin of its own: the map reads nothing of the notebook.  What
        # stands inside the element is seen only where a notebook takes the frame away.
        # The page has twenty times more double quotes than single ones, and is large enough.
        page = self.html.replace("&", "&amp;").replace("'", "&#39;")
        title = html.escape(self.title, quote=True)
        instead = UNTRUSTED[0 if self.lang == "zh" else 1]
        return (
            f'<iframe title="{title}" width="100%" height="{HEIGHT}" style="border:0" '
            f"sandbox=\"{ALLOWED}\" allowfullscreen srcdoc='{page}'>"
            f"{title}{html.escape(instead)}</iframe>"
        )


def draw_map(
    atlas: Atlas,
    path: str | Path | None = None,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    chain: str | None = None,
    branch: str | None = None,
    lang: Language | None = None,
) -> ChainMap:
    """
    Draw the interactive map of an atlas as one HTML page that needs no network.

    Parameters
    ----------
    atlas
        The atlas.
    path
        The file to write, if any.
    as_of
        The day it opens with; the atlas's own if none.
    view
        What it first counts as here: `actual`, `building` or `plan`.
    chain, branch
        Show this chain or branch alone.
    lang
        The language shown first; the atlas's own if none.

    Returns
    -------
    map
        The page as `html`; the same atlas gives the same text.  In a notebook it shows itself.

    Raises
    ------
    UsageError
        If the chain or branch is unknown, or the file cannot be written.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> page = draw_map(load_atlas(example_atlas()), branch="silicone")
    >>> page.title, page.html.startswith("<!DOCTYPE html>")
    ('玉门市 · 有机硅', True)
    """
    basis = Basis(atlas, atlas.date(as_of), view)
    drawn = draw_map_of(basis, chain=chain, branch=branch, lang=lang or atlas.language)
    if path is None:
        return drawn
    write_text(path, drawn.html)
    return dataclasses.replace(drawn, path=Path(path))


def draw_map_of(
    basis: Basis, *, chain: str | None = None, branch: str | None = None, lang: Language
) -> ChainMap:
    """Draw the interactive map from what is worked out already; see `draw_map`."""
    atlas = basis.atlas
    groups = choose_groups(atlas, chain, branch)
    shown = {name for _, _, name in groups}
    plan = basis.lay_out(groups, [id for id in basis.graph if atlas.branch_of[id] in shown])
    data = page_data(basis, plan)
    data["title"] = [find_title(atlas, chain, branch, name) for name in ("zh", "en")]
    data["lang"] = lang
    data["fileName"] = branch or chain or atlas.atlas.id
    text = seal(_render(data, *_place(plan, {id: at for at, id in enumerate(atlas.products)})))
    return ChainMap(text, data["title"][0 if lang == "zh" else 1], lang=lang)


def _place(
    plan: Layout, number: dict[str, int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the cards and wires as the nodes and edges of pyvis."""
    nodes, edges = [], []
    for at, band in enumerate(plan.bands):
        for card in band.cards:
            spot = {"x": card.x, "y": card.y, "column": card.column, "band": at}
            nodes.append({"id": number[card.product]} | spot)
        for wire in band.wires:
            ends = {"from": number[wire.source], "to": number[wire.target]}
            points = [value for point in wire.points for value in point]
            edges.append(ends | {"band": at, "shape": wire.shape, "points": points})
    return nodes, edges


def _render(data: dict[str, Any], nodes: list[dict[str, Any]], edges: list[dict[str, Any]]) -> str:
    # Slow to import, and not wanted by those who only compute.
    from jinja2 import ChoiceLoader, Environment, PackageLoader
    from markupsafe import Markup
    from pyvis.network import Network  # type: ignore[import-untyped]

    loader = ChoiceLoader(
        [PackageLoader("chaingraph.outputs.map", "."), PackageLoader("pyvis", "templates")]
    )
    environment = Environment(loader=loader, autoescape=True, keep_trailing_newline=True)
    environment.filters["tojson"] = lambda value: Markup(_json(value))  # noqa: S704
    environment.globals.update(
        data=data,
        title=_plain(data["title"][0 if data["lang"] == "zh" else 1]),
        scripts=Markup(OWN_SCRIPTS),  # noqa: S704
        css=Markup(_read("map.css")),  # noqa: S704
        js=Markup("\n".join(_read(f"{name}.js") for name in SCRIPTS)),  # noqa: S704
    )
    network = Network(directed=True, cdn_resources="in_line")
    network.templateEnv = environment
    network.path = "template.html"
    network.nodes = nodes
    network.edges = edges
    network.options = OPTIONS
    return _allow_own_scripts(str(network.generate_html(notebook=False)))


def _allow_own_scripts(page: str) -> str:
    """Name the page's own scripts in its policy by their digests, so that no others run."""
    digests = [hashlib.sha256(own.encode()).digest() for own in _SCRIPT.findall(page)]
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return page.replace(OWN_SCRIPTS, allowed, 1)


def _read(name: str) -> str:
    return (resources.files(__package__) / name).read_text(encoding="utf-8")


def _json(value: Any) -> str:
    """Write JSON that can stand in a script element whatever texts it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return re.sub(
        "[<>&\u2028\u2029\ud800-\udfff]", lambda match: f"\\u{ord(match.group()):04x}", text
    )


def _plain(text: str) -> str:
    """Replace what cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
