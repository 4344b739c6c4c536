"""What the page of the map knows: an atlas as plain values, small and in a fixed order."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import networkx as nx

from chaingraph.analysis.gaps import Gap, find_gaps
from chaingraph.analysis.state import (
    Maker,
    ProductState,
    capacity,
    find_states,
    project_milestone,
)
from chaingraph.figures import Figure, Text
from chaingraph.model import Atlas, EnergyLimit, Flow, Product, Route, View
from chaingraph.outputs.columns import CARD_HEIGHT, CARD_WIDTH, PANEL_HEAD
from chaingraph.outputs.layout import GROUP_HEAD, Group, Layout, Panel
from chaingraph.outputs.map.labels import LABELS
from chaingraph.outputs.words import WORDS

MAX_CANDIDATES = 12


def page_data(
    atlas: Atlas,
    graph: nx.DiGraph[str],
    plan: Layout,
    *,
    as_of: str | datetime.date | None,
    view: View,
) -> dict[str, Any]:
    """
    Gather what the page shows, as JSON values.

    Parameters
    ----------
    atlas
        The atlas.
    graph
        Its supply graph, all of it: products off the map are still named in details.
    plan
        Where the products of the map stand.
    as_of, view
        As for the graph.

    Returns
    -------
    data
        Products come in the order of the graph; others refer to them by their number.
    """
    number = {id: index for index, id in enumerate(graph)}
    states = find_states(atlas, as_of=as_of)
    gaps = {gap.product: gap for gap in find_gaps(atlas, as_of=as_of, view=view)}
    elsewhere = _candidates(atlas)
    facts = _Facts(atlas, number, as_of)
    products = [
        facts.product(states[id], gaps.get(id), elsewhere.get(id, []), view) for id in graph
    ]
    return {
        "asOf": atlas.date(as_of).isoformat(),
        "view": view,
        "sizes": [CARD_WIDTH, CARD_HEIGHT, PANEL_HEAD, GROUP_HEAD],
        "size": [plan.width, plan.height],
        "groups": [_group(atlas, group) for group in plan.groups],
        "panels": [_panel(atlas, panel) for panel in plan.panels],
        "products": products,
        "sources": facts.sources(),
        "words": {key: list(words) for key, words in (WORDS | LABELS).items()},
    }


def _group(atlas: Atlas, group: Group) -> dict[str, Any]:
    entity = atlas.clusters[group.id] if group.kind == "cluster" else atlas.chains[group.id]
    return {
        "kind": group.kind,
        "id": group.id,
        "name": _pair(entity.name),
        "box": [group.x, group.y, group.width, group.height],
        "head": group.head,
        "cluster": getattr(entity, "cluster", None),
    }


def _panel(atlas: Atlas, panel: Panel) -> dict[str, Any]:
    return {
        "id": panel.id,
        "name": _pair(atlas.branches[panel.id].name),
        "chain": atlas.chain_of(panel.id),
        "box": [panel.x, panel.y, panel.width, panel.height],
        "bands": [[band.stage, band.x, band.width] for band in panel.bands],
    }


def _pair(name: Text) -> list[str]:
    zh, en = name.text("zh"), name.text("en")
    return [zh] if zh == en else [zh, en]


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not known or not so, to keep the file small."""
    return {
        key: value
        for key, value in values.items()
        if value is not None and value is not False and value not in ("", [], {})
    }


def _candidates(atlas: Atlas) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for id, firm in atlas.candidates.items():
        for product in firm.makes:
            found.setdefault(product, []).append(id)
    return found


class _Facts:
    """Turns entities into plain values and notes which sources they use."""

    def __init__(
        self, atlas: Atlas, number: Mapping[str, int], as_of: str | datetime.date | None
    ) -> None:
        self.atlas, self.number = atlas, number
        self.day = atlas.date(as_of)
        self.used: set[str] = set()

    def product(
        self, state: ProductState, gap: Gap | None, elsewhere: list[str], view: View
    ) -> dict[str, Any]:
        atlas, product = self.atlas, self.atlas.products[state.product]
        return _known(
            {
                "id": state.product,
                "name": _pair(product.name),
                "aliases": list(product.aliases),
                "branch": atlas.branch_of[state.product],
                "stage": product.stage,
                "state": state.state,
                "unit": product.unit,
                "capacity": _number(capacity(atlas, state, view=view)),
                "makers": [self.maker(maker) for maker in state.makers],
                "byproductOf": self.numbers(state.byproduct_of),
                "poolOf": self.numbers(state.pool_of),
                "routes": [self.route(product, route) for route in product.all_routes],
                "gap": self.gap(gap) if gap else None,
                "elsewhere": [self.candidate(id) for id in elsewhere[:MAX_CANDIDATES]],
                "elsewhereMore": max(0, len(elsewhere) - MAX_CANDIDATES) or None,
                "limits": [self.limit(limit) for limit in product.energy_limits],
                "note": product.note,
                "confidence": product.confidence,
                "sources": self.cite(product.sources),
            }
        )

    def numbers(self, ids: Iterable[str]) -> list[int]:
        return [self.number[id] for id in ids if id in self.number]

    def cite(self, keys: Iterable[str]) -> list[str]:
        known = [key for key in keys if key in self.atlas.sources]
        self.used.update(known)
        return known

    def maker(self, maker: Maker) -> dict[str, Any]:
        atlas = self.atlas
        values: dict[str, Any] = {
            "kind": maker.kind,
            "state": maker.state,
            "capacity": _number(maker.capacity),
            "unit": maker.unit,
            "since": maker.since,
            "seen": maker.seen,
            "confidence": maker.confidence,
            "note": maker.note,
            "sources": self.cite(maker.sources),
        }
        if maker.kind == "project":
            project = atlas.projects[maker.id]
            values["name"] = _pair(project.name)
            values["milestone"] = project_milestone(project, self.day)
            values["investment"] = _figure(project.investment)
            values["firm"] = (
                _pair(atlas.enterprises[project.enterprise].name) if project.enterprise else None
            )
            values["park"] = _pair(atlas.parks[project.park].name) if project.park else None
            values["place"] = project.place
        else:
            firm = atlas.enterprises[maker.id]
            values["name"] = _pair(firm.name)
            values["aliases"] = list(firm.aliases)
            values["park"] = _pair(atlas.parks[firm.park].name) if firm.park else None
            values["place"] = firm.place
        return _known(values)

    def route(self, product: Product, route: Route) -> dict[str, Any]:
        return _known(
            {
                "id": route.id,
                "name": _pair(route.name) if route.name else None,
                "inputs": [self.flow(product, *item) for item in route.inputs.items()],
                "byproducts": [self.flow(product, *item) for item in route.byproducts.items()],
                "note": route.note,
            }
        )

    def flow(self, product: Product, other: str, flow: Flow) -> dict[str, Any]:
        unit = flow.unit
        if unit is None and flow.per is not None:
            unit = f"{self.atlas.products[other].unit or ''}/{product.unit or ''}"
        return _known(
            {
                "of": self.number[other],
                "per": _figure(flow.per),
                "unit": unit,
                "kind": flow.kind,
                "critical": flow.critical,
                "note": flow.note,
                "confidence": flow.confidence,
                "sources": self.cite(flow.sources),
            }
        )

    def gap(self, gap: Gap) -> dict[str, Any]:
        policies = self.atlas.policies
        return _known(
            {
                "kind": gap.kind,
                "why": _pair(gap.why),
                "size": _pair(gap.size),
                "missing": self.numbers(gap.missing_inputs),
                "consumers": self.numbers(gap.consumers),
                "named": [_pair(policies[id].name) if id in policies else [id] for id in gap.named],
                "confidence": gap.confidence,
                "sources": self.cite(gap.sources),
            }
        )

    def candidate(self, id: str) -> dict[str, Any]:
        firm = self.atlas.candidates[id]
        return _known(
            {
                "name": _pair(firm.name),
                "aliases": list(firm.aliases),
                "place": firm.place or firm.province,
                "code": firm.stock_code,
                "sources": self.cite(firm.sources),
            }
        )

    def limit(self, limit: EnergyLimit) -> dict[str, Any]:
        return _known(
            {
                "item": limit.item,
                "grades": limit.grades,
                "unit": limit.unit,
                "standard": limit.standard,
                "since": limit.since,
                "sources": self.cite(limit.sources),
            }
        )

    def sources(self) -> dict[str, dict[str, Any]]:
        return {
            key: _known(
                {
                    "title": source.title,
                    "publisher": source.publisher,
                    "date": source.date,
                    "urls": [url for url in source.url if _is_web(url)],
                    "note": source.note,
                }
            )
            for key, source in self.atlas.sources.items()
            if key in self.used
        }


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _number(value: float | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == int(value) else round(value, 6)


def _figure(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    return _known({"value": _number(figure.value), "range": figure.range, "unit": figure.unit})
