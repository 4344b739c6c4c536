"""An atlas as an interactive map in one HTML file; the only importer of pyvis.

pyvis brings vis-network, which is put into the page from the installed package.  Its
own template is not used: it fetches from the internet and writes names unescaped.
Positions come from `chaingraph.outputs.layout`; the page draws cards and links itself.
"""

from __future__ import annotations

import datetime
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.graph import supply_graph
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.files import seal, write_text
from chaingraph.outputs.layout import Layout, layout
from chaingraph.outputs.map.data import page_data

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


def draw_map(
    atlas: Atlas,
    path: str | Path | None = None,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    chain: str | None = None,
    branch: str | None = None,
    lang: Language | None = None,
) -> str:
    """
    Draw the interactive map of an atlas as one HTML page that needs no network.

    Parameters
    ----------
    atlas
        The atlas.
    path
        The file to write, if any.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here: `actual`, `building` or `plan`.
    chain, branch
        Show this chain or branch alone.
    lang
        The language shown first; the atlas's own if none.

    Returns
    -------
    html
        The page; the same atlas gives the same text.

    Raises
    ------
    UsageError
        If the chain or branch is unknown, or the file cannot be written.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> page = draw_map(load_atlas(example_atlas()), branch="silicone")
    >>> page.startswith("<!DOCTYPE html>")
    True
    """
    groups = _choose(atlas, chain, branch)
    graph = supply_graph(atlas, as_of=as_of, view=view)
    shown = {name for _, _, name in groups}
    inside = [id for id in graph if atlas.branch_of[id] in shown]
    plan = layout(graph.subgraph(inside), groups)
    data = page_data(atlas, graph, plan, as_of=as_of, view=view)
    data["title"] = [_title(atlas, chain, branch, name) for name in ("zh", "en")]
    data["lang"] = lang or atlas.language
    number = {id: index for index, id in enumerate(graph)}
    nodes = [{"id": number[id], "x": plan.cards[id].x, "y": plan.cards[id].y} for id in inside]
    edges = _edges(graph, plan, number)
    text = seal(_render(data, nodes, edges))
    if path is not None:
        write_text(path, text)
    return text


def _choose(
    atlas: Atlas, chain: str | None, branch: str | None
) -> list[tuple[str | None, str | None, str]]:
    """List (cluster, chain, branch) of what is to be shown, in the order of the atlas."""
    for id, known, what in ((chain, atlas.chains, "chain"), (branch, atlas.branches, "branch")):
        if id is not None and id not in known:
            raise UsageError(f"no {what} has the id {id!r}{did_you_mean(id, known)[0]}")
    groups: list[tuple[str | None, str | None, str]] = [
        (entity.cluster, id, name)
        for id, entity in atlas.chains.items()
        for name in entity.branches
    ]
    listed = {name for _, _, name in groups}
    groups += [(None, None, name) for name in atlas.branches if name not in listed]
    chosen = [
        group
        for group in groups
        if group[2] in atlas.branches
        and (chain is None or group[1] == chain)
        and (branch is None or group[2] == branch)
    ]
    if not chosen and chain is not None and branch is not None:
        raise UsageError(f"the chain {chain!r} has no branch {branch!r}")
    return chosen


def _title(atlas: Atlas, chain: str | None, branch: str | None, lang: str) -> str:
    part = atlas.branches[branch] if branch else atlas.chains[chain] if chain else None
    if part is None:
        return atlas.atlas.name.text(lang)
    return f"{atlas.place.name.text(lang)} · {part.name.text(lang)}"


def _edges(graph: Any, plan: Layout, number: dict[str, int]) -> list[dict[str, Any]]:
    wires = {(wire.source, wire.target): wire for wire in plan.wires}
    edges = []
    for tail, head, attributes in graph.edges(data=True):
        edge = {"from": number[tail], "to": number[head], "kind": attributes["kind"]}
        edge |= {name: True for name in ("critical", "minor") if attributes[name]}
        wire = wires.get((tail, head))
        if wire:
            edge["shape"] = wire.shape
            edge["points"] = [value for point in wire.points for value in point]
        edges.append(edge)
    return edges


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
        css=Markup(_read("map.css")),  # noqa: S704
        js=Markup(_read("map.js") + _read("page.js")),  # noqa: S704
    )
    network = Network(directed=True, cdn_resources="in_line")
    network.templateEnv = environment
    network.path = "template.html"
    network.nodes = nodes
    network.edges = edges
    network.options = OPTIONS
    return str(network.generate_html(notebook=False))


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
