"""An atlas as networkx graphs; the only place that names node and edge attributes.

`supply_graph` has one node a product and one edge for each pair of products that
a route ties together, from input to product and from product to by-product.
`knowledge_graph` has every entity of the atlas as a node and every relation as an
edge of its own.  All attributes are plain JSON values; an attribute whose value is
not known is left out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, get_args

import networkx as nx

from chaingraph.analysis.state import ProductState, capacity, find_states
from chaingraph.figures import Text
from chaingraph.model import HEAD, SECTIONS, Atlas, AtlasFile, Flow, Route, View, find_references


def supply_graph(
    atlas: Atlas, *, as_of: str | datetime.date | None = None, view: View = "actual"
) -> nx.DiGraph[str]:
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
        ``as_of`` and ``view``.
    """
    states = find_states(atlas, as_of=as_of)
    graph: nx.DiGraph[str] = nx.DiGraph(
        atlas=atlas.atlas.id, as_of=atlas.date(as_of).isoformat(), view=view
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


def knowledge_graph(
    atlas: Atlas, *, as_of: str | datetime.date | None = None
) -> nx.MultiDiGraph[str]:
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
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(
        atlas=atlas.atlas.id, as_of=atlas.date(as_of).isoformat()
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
