"""An atlas as networkx graphs; the only place that names node and edge attributes.

`supply_graph` has one node a product and one edge for each pair of products that
a route ties together, from input to product and from product to by-product.
`knowledge_graph` has every entity of the atlas as a node and every relation as an
edge of its own.  All attributes are plain JSON values; an attribute whose value is
not known is left out.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

import networkx as nx

from chaingraph._html import Cell, make_line, make_table, make_view
from chaingraph.analysis.state import STATES, ProductState, capacity, find_states
from chaingraph.figures import Text
from chaingraph.model import (
    HEAD,
    SECTION_TITLES,
    SECTIONS,
    Atlas,
    AtlasFile,
    Flow,
    Route,
    View,
    find_references,
)
from chaingraph.outputs.words import word

if TYPE_CHECKING:
    Graph = nx.Graph[str]
    DiGraph = nx.DiGraph[str]
    MultiDiGraph = nx.MultiDiGraph[str]
else:
    Graph, DiGraph, MultiDiGraph = nx.Graph, nx.DiGraph, nx.MultiDiGraph

SHOWN = 12
"""How many products a graph shows in a notebook: those with the most links."""


class SupplyGraph(DiGraph):
    """A directed graph of networkx like any other, which shows itself in a notebook."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        lang = _language(self)
        zh = lang == "zh"
        states = Counter(map(str, nx.get_node_attributes(self, "state").values()))
        critical = sum(map(bool, nx.get_edge_attributes(self, "critical").values()))
        counts = (
            [f"产品 {len(self):,}", f"供应关系 {self.size():,}", f"其中关键 {critical:,}"]
            if zh
            else [f"{len(self):,} products", f"{self.size():,} links", f"{critical:,} critical"]
        )
        counts += [
            f"{word(state, lang)} {states[state]:,}" for state in reversed(STATES) if states[state]
        ]
        most = sorted(self.degree, key=lambda pair: (-pair[1], str(pair[0])))[:SHOWN]
        rows = [self._cells(node, lang) for node, _ in most]
        parts = [make_line(" · ".join(counts)), *([_table(rows)] if rows else [])]
        if len(self) > SHOWN:
            said = (
                f"联系最多的 {SHOWN} 个产品" if zh else f"The {SHOWN} products with the most links"
            )
            parts.append(make_line(said))
        return make_view(_heading(self, "供应关系图", "Supply graph"), *parts)

    def _cells(self, node: str, lang: str) -> dict[str, Cell]:
        zh = lang == "zh"
        told = {name: str(value) for name, value in self.nodes[node].items()}
        return {
            "产品" if zh else "Product": told.get(f"name_{lang}", str(node)),
            "环节" if zh else "Stage": word(told.get("stage", ""), lang),
            "现状" if zh else "State": word(told.get("state", ""), lang),
            "从几种产品来" if zh else "Made from": self.in_degree(node),
            "到几种产品去" if zh else "Goes into": self.out_degree(node),
        }


class KnowledgeGraph(MultiDiGraph):
    """A directed multigraph of networkx like any other, which shows itself in a notebook."""

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        lang = _language(self)
        zh = lang == "zh"
        sections = Counter(map(str, nx.get_node_attributes(self, "section").values()))
        relations = Counter(map(str, nx.get_edge_attributes(self, "type").values()))
        entities: list[dict[str, Cell]] = [
            {
                "实体" if zh else "Entities": _section_title(section, lang),
                "个数" if zh else "Number": count,
            }
            for section, count in sections.most_common()
        ]
        ties: list[dict[str, Cell]] = [
            {"关系" if zh else "Relations": type, "条数" if zh else "Number": count}
            for type, count in relations.most_common(SHOWN)
        ]
        line = f"实体 {len(self):,} · 关系 {self.size():,}"
        if not zh:
            line = f"{len(self):,} entities · {self.size():,} relations"
        tables = [_table(rows) for rows in (entities, ties) if rows]
        return make_view(_heading(self, "知识图谱", "Knowledge graph"), make_line(line), *tables)


def _language(graph: Graph) -> str:
    return "en" if graph.graph.get("language") == "en" else "zh"


def _heading(graph: Graph, zh: str, en: str) -> str:
    """Say of what place, day and view a graph is, as far as it still knows."""
    lang, told = _language(graph), graph.graph
    view = word(f"view_{told['view']}", lang) if told.get("view") else None
    parts = (zh if lang == "zh" else en, told.get("atlas"), told.get("as_of"), view)
    return " · ".join(str(part) for part in parts if part)


def _section_title(section: str, lang: str) -> str:
    return SECTION_TITLES[section].text(lang) if section in SECTION_TITLES else section


def _table(rows: list[dict[str, Cell]]) -> str:
    return make_table(list(rows[0]), [list(row.values()) for row in rows])


def supply_graph(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> SupplyGraph:
    """
    Build the graph of who supplies whom, from input to product.

    Nodes are product ids with the attributes ``name_zh``, ``name_en``, ``aliases``,
    ``stage``, ``branch``, ``chain``, ``cluster``, ``unit``, ``reach``, ``state`` and,
    where known, ``capacity`` in the product's unit: what the view counts as here.

    Edges have ``kind`` (material, energy, equipment, service, or byproduct where it is
    nothing else), ``critical`` (whether any of its links is), ``minor`` (whether all
    are) and ``links``: one mapping for each route that makes the tie, with ``of`` (the
    product whose route it is), ``route``, ``kind``, ``critical``, ``minor`` and, where
    known, ``per``, ``range``, ``unit``, ``sources``, ``confidence``, ``note`` and
    ``conflicts``.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    view
        Which capacities count: `actual`, `building` or `plan`.

    Returns
    -------
    graph
        The supply graph; it may have cycles.  ``graph.graph`` has ``atlas``,
        ``as_of``, ``view`` and ``language``.
    """
    states = find_states(atlas, as_of=as_of)
    graph = SupplyGraph(
        atlas=atlas.atlas.id,
        as_of=atlas.date(as_of).isoformat(),
        view=view,
        language=atlas.language,
    )
    for id in atlas.products:
        graph.add_node(id, **_product_attributes(atlas, states[id], view))
    for id in atlas.products:
        for route, other, flow, is_byproduct in atlas.flows(id):
            tail, head = (id, other) if is_byproduct else (other, id)
            link = _link(id, route, flow, is_byproduct)
            if graph.has_edge(tail, head):
                graph.edges[tail, head]["links"].append(link)
            else:
                graph.add_edge(tail, head, links=[link])
    for _, _, edge in graph.edges(data=True):
        links = edge["links"]
        kinds = [link["kind"] for link in links]
        edge["kind"] = next((kind for kind in kinds if kind != "byproduct"), "byproduct")
        edge["critical"] = any(link["critical"] for link in links)
        edge["minor"] = all(link["minor"] for link in links)
    return graph


def knowledge_graph(atlas: Atlas, *, as_of: str | datetime.date | None = None) -> KnowledgeGraph:
    """
    Build the graph of everything in the atlas and how it hangs together.

    Nodes are ``section:id`` such as ``products:ptfe`` (the place itself: ``place:`` and
    the atlas's id), with ``section``, ``id``,
    ``name_zh``, ``name_en`` and ``data``: the whole entity as plain values; products
    also have ``state``.  An edge runs from an entity to each entity that it names:
    its key is the path at which it does, its ``type`` the name of the field, such as
    ``inputs``, ``byproducts``, ``makes``, ``capacity``, ``park`` or ``sources``, and
    ``data`` what is said there, such as the unit consumption.  A product's edge to
    its branch has the type ``branch``.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day on which the state of products is told; the atlas's own if none.

    Returns
    -------
    graph
        The knowledge graph.
    """
    states = find_states(atlas, as_of=as_of)
    graph = KnowledgeGraph(
        atlas=atlas.atlas.id, as_of=atlas.date(as_of).isoformat(), language=atlas.language
    )
    for section, id, kind, entity in _entities(atlas):
        node, data = f"{section}:{id}", _plain(entity)
        graph.add_node(node, section=section, id=id, **_title(id, entity), data=data)
        for path, ref, other in find_references(kind, data):
            found = next(name for name in ref.sections if other in getattr(atlas, name))
            field, said = _said_at(data, path, other)
            key = ".".join(map(str, path))
            graph.add_edge(node, f"{found}:{other}", key=key, type=field, data=said)
    for id, branch in atlas.branch_of.items():
        graph.nodes[f"products:{id}"]["state"] = states[id].state
        graph.add_edge(f"products:{id}", f"branches:{branch}", key="branch", type="branch")
    return graph


def _entities(atlas: Atlas) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield (section, id, type, entity) of everything in the atlas."""
    yield "place", atlas.atlas.id, AtlasFile, atlas
    for section in ("clusters", "chains", "branches", "products", *SECTIONS):
        kind = get_args(Atlas.model_fields[section].annotation)[1]
        for id, entity in getattr(atlas, section).items():
            yield section, id, kind, entity


def _plain(entity: Any) -> dict[str, Any]:
    if isinstance(entity, Atlas):
        return entity.model_dump(mode="json", exclude_defaults=True, include=set(HEAD))
    if isinstance(entity, dict):
        return {name: _plain(inner) for name, inner in entity.items()}
    data: dict[str, Any] = entity.model_dump(mode="json", exclude_defaults=True)
    return data


def _title(id: str, entity: Any) -> dict[str, str]:
    """Return the names of an entity; a year has only its id, a source only its title."""
    if isinstance(entity, Atlas):
        return _names(entity.place.name)
    title = getattr(entity, "title", id)
    return _names(getattr(entity, "name", Text(zh=title)))


def _product_attributes(atlas: Atlas, state: ProductState, view: View) -> dict[str, Any]:
    product, branch = atlas.products[state.product], atlas.branch_of[state.product]
    chain = atlas.chain_of(branch)
    attributes = {
        **_names(product.name),
        "aliases": list(product.aliases),
        "stage": product.stage,
        "branch": branch,
        "chain": chain,
        "cluster": atlas.chains[chain].cluster if chain else None,
        "unit": product.unit,
        "reach": product.reach,
        "state": state.state,
        "capacity": capacity(atlas, state, view=view),
    }
    return {name: value for name, value in attributes.items() if value is not None}


def _link(of: str, route: Route, flow: Flow, is_byproduct: bool) -> dict[str, Any]:
    claims = flow.per.conflicts if flow.per else ()
    link = {
        "of": of,
        "route": route.id,
        "kind": "byproduct" if is_byproduct else flow.kind,
        "critical": flow.critical,
        "minor": flow.minor,
        "per": flow.per.best if flow.per else None,
        "range": flow.per.range if flow.per else None,
        "unit": flow.unit,
        "sources": [*flow.sources, *(flow.per.sources if flow.per else ())] or None,
        "confidence": (flow.per and flow.per.confidence) or flow.confidence,
        "note": flow.note or (flow.per and flow.per.note),
        "conflicts": [claim.model_dump(mode="json", exclude_defaults=True) for claim in claims]
        or None,
    }
    return {name: value for name, value in link.items() if value is not None}


def _names(name: Text) -> dict[str, str]:
    return {"name_zh": name.text("zh"), "name_en": name.text("en")}


def _said_at(data: Any, path: tuple[str | int, ...], other: str) -> tuple[str, Any]:
    """Return the name of the field at the path, and what stands under a key there."""
    *above, last = path
    for step in above:
        data = data[step]
    if isinstance(data, dict) and above and last == other != data[last]:
        return str(above[-1]), data[last]
    fields = [step for step in path if isinstance(step, str)]
    return fields[-1], None
