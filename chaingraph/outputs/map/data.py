"""What the page of the map knows: an atlas as plain values, small and in a fixed order.

Products, branches and chains are told by number, in the order of the atlas.  What is there
for every product stands in columns, what only some have under their number, so that an
atlas of a hundred thousand products still makes a small file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import networkx as nx

from chaingraph.analysis.gaps import Gap
from chaingraph.analysis.gates import plant_size, try_gates
from chaingraph.analysis.score import rank
from chaingraph.analysis.survey import Survey
from chaingraph.analysis.unlock import Bundle, Options, make_options, unlock_in
from chaingraph.figures import Figure, Named, Text, last_day
from chaingraph.model import Atlas, EnergyLimit, Flow, Output, Product, Route
from chaingraph.outputs.basis import Basis
from chaingraph.outputs.columns import CARD_HEIGHT, CARD_WIDTH, COLUMN_GAP
from chaingraph.outputs.layout import ARCS, CLOSED, LABEL, Layout
from chaingraph.outputs.map.facts import map_facts
from chaingraph.outputs.map.labels import LABELS
from chaingraph.outputs.pinyin import spell
from chaingraph.outputs.shares import find_mass_shares
from chaingraph.outputs.words import STEMS, WORDS, word

MAX_CANDIDATES = 12
MOST_TOLD = 3000
"""Of more gaps than this only the first are told in full."""
MOST_BUNDLES = 300
"""For how many gaps, the first by rank, the page says what must land first."""
FEW = 5000
"""From how many gaps on the ranks are not drawn again under other weights."""
KINDS = ("material", "energy", "byproduct", "equipment", "service")
STAGES = ("upstream", "midstream", "downstream")


def page_data(basis: Basis, plan: Layout) -> dict[str, Any]:
    """
    Gather what the page shows, as JSON values.

    Parameters
    ----------
    basis
        The atlas on the day and in the view that the map opens with: products off the map
        are still named in details.
    plan
        Where the products of the map stand.

    Returns
    -------
    data
        What `base.js` reads.
    """
    atlas, survey = basis.atlas, basis.survey
    gaps = basis.gaps if len(basis.judged) < FEW else rank(basis.assessment, draws=0)
    number = survey.network.number
    facts, named = _Facts(atlas, number), _named(atlas)
    branches = {id: at for at, id in enumerate(atlas.branches)}
    chains = {id: at for at, id in enumerate(atlas.chains)}
    data = {
        "asOf": survey.day.isoformat(),
        "view": basis.view,
        "layout": _layout(plan, branches),
        "clusters": [{"id": id, "name": _pair(each.name)} for id, each in atlas.clusters.items()],
        "chains": _chains(atlas, branches),
        "branches": [
            {"id": id, "name": _pair(each.name), "chain": chains.get(atlas.chain_of(id) or "", -1)}
            | ({"named": named[id]} if id in named else {})
            for id, each in atlas.branches.items()
        ],
        "products": _columns(atlas, branches),
        "links": _links(atlas, basis.graph, number),
        "facts": map_facts(atlas),
        "makers": facts.outputs(),
        "enterprises": [facts.enterprise(id) for id in atlas.enterprises],
        "projects": [facts.project(id) for id in atlas.projects],
        "details": facts.details(),
        "gaps": _tell_gaps(facts, survey, gaps),
        "ranked": len(gaps),
        "named": {number[id]: day for id, day in named.items() if id in number},
        "stems": STEMS,
        "words": {key: list(words) for key, words in (WORDS | LABELS).items()},
    }
    return data | {"sources": facts.sources()}


# ------------------------------------------------------------ for every product


def _layout(plan: Layout, branches: Mapping[str, int]) -> dict[str, Any]:
    return {
        "width": plan.width,
        "label": LABEL,
        "arcs": ARCS,
        "closed": CLOSED,
        "pitch": CARD_WIDTH + COLUMN_GAP,
        "card": [CARD_WIDTH, CARD_HEIGHT],
        "columns": plan.columns,
        "stages": [[stage.stage, stage.x, stage.width] for stage in plan.stages],
        "bands": [
            {"branch": branches[band.branch], "height": band.height, "hidden": band.hidden}
            for band in plan.bands
        ],
    }


def _chains(atlas: Atlas, branches: Mapping[str, int]) -> list[dict[str, Any]]:
    clusters = {id: at for at, id in enumerate(atlas.clusters)}
    return [
        {
            "id": id,
            "name": _pair(chain.name),
            "cluster": clusters.get(chain.cluster or "", -1),
            "branches": [branches[each] for each in chain.branches if each in branches],
        }
        for id, chain in atlas.chains.items()
    ]


def _columns(atlas: Atlas, branches: Mapping[str, int]) -> dict[str, list[Any]]:
    products = atlas.products
    return {
        "id": list(products),
        "name": [_pair(product.name) for product in products.values()],
        "spelling": [spell(product.name, product.aliases) for product in products.values()],
        "branch": [branches[atlas.branch_of[id]] for id in products],
        "stage": [STAGES.index(product.stage) for product in products.values()],
        "unit": [product.unit for product in products.values()],
    }


def _links(atlas: Atlas, graph: nx.DiGraph[str], number: Mapping[str, int]) -> dict[str, Any]:
    shares, edges = find_mass_shares(atlas), list(graph.edges(data=True))
    return {
        "from": [number[tail] for tail, _, _ in edges],
        "to": [number[head] for _, head, _ in edges],
        "kind": [KINDS.index(data["kind"]) for _, _, data in edges],
        "flags": [data["critical"] + 2 * data["minor"] for _, _, data in edges],
        "share": [shares.get((tail, head), 0) for tail, head, _ in edges],
    }


def _named(atlas: Atlas) -> dict[str, str]:
    """Product or branch → since when a policy names it; "" if always."""
    since: dict[str, str] = {}
    for policy in atlas.policies.values():
        day = last_day(policy.date).isoformat() if policy.date else ""
        for name in policy.names:
            since[name] = min(since.get(name, day), day)
    return since


# ------------------------------------------------------------------------- gaps


def _tell_gaps(facts: _Facts, survey: Survey, gaps: Sequence[Gap]) -> dict[int, dict[str, Any]]:
    options = {ship: make_options(survey, ship=ship) for ship in ("reach", "upstream")}
    told = {}
    for gap in gaps[:MOST_TOLD]:
        entry = facts.gap(gap) | {"gates": facts.gates(survey, gap)}
        if gap.rank <= MOST_BUNDLES and gap.product not in survey.scene.here:
            entry["bundles"] = facts.bundles(survey, options, gap.product)
        told[facts.number[gap.product]] = _known(entry)
    return told


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

    def __init__(self, atlas: Atlas, number: Mapping[str, int]) -> None:
        self.atlas, self.number = atlas, number
        self.used: set[str] = set()

    def details(self) -> dict[int, dict[str, Any]]:
        """What only some products have: aliases, routes, limits, who makes it elsewhere."""
        elsewhere = _candidates(self.atlas)
        told = {
            self.number[id]: self.detail(product, elsewhere.get(id, []))
            for id, product in self.atlas.products.items()
        }
        return {at: detail for at, detail in told.items() if detail}

    def detail(self, product: Product, elsewhere: Sequence[str]) -> dict[str, Any]:
        """What the drawer tells of a product whatever the day."""
        return _known(
            {
                "aliases": list(product.aliases),
                "codes": [f"{word(system, 'en')} {code}" for system, code in product.codes.items()],
                "reach": product.reach,
                "scale": _figure(product.min_scale),
                "routes": [self.route(product, route) for route in product.all_routes],
                "elsewhere": [self.candidate(id) for id in elsewhere[:MAX_CANDIDATES]],
                "elsewhereMore": max(0, len(elsewhere) - MAX_CANDIDATES) or None,
                "limits": [self.limit(limit) for limit in product.energy_limits],
                "note": product.note,
                "confidence": product.confidence,
                "sources": self.cite(product.sources),
            }
        )

    def cite(self, keys: Iterable[str]) -> list[str]:
        """The keys of sources that there are; they are noted as used."""
        known = [key for key in keys if key in self.atlas.sources]
        self.used.update(known)
        return known

    def outputs(self) -> list[dict[str, Any]]:
        """What is said of each output and capacity, in the order of the facts' makers."""
        atlas = self.atlas
        firms = [
            self.output(output.capacity, output, firm)
            | {"since": output.since, "seen": output.seen, "note": output.note}
            for firm in atlas.enterprises.values()
            for output in firm.makes.values()
        ]
        projects = [
            self.output(amount, project)
            for project in atlas.projects.values()
            for amount in project.capacity.values()
        ]
        return [_known(each) for each in firms + projects]

    def output(self, amount: Figure | None, *entities: Output | Named) -> dict[str, Any]:
        """A capacity and on what it rests: the figure's own sources come first."""
        said = [each for each in (amount, *entities) if each is not None]
        return {
            "capacity": _figure(amount),
            "said": amount.note if amount else None,
            "confidence": next((each.confidence for each in said if each.confidence), None),
            "sources": self.cite(dict.fromkeys(key for each in said for key in each.sources)),
        }

    def enterprise(self, id: str) -> dict[str, Any]:
        """A firm here."""
        firm = self.atlas.enterprises[id]
        return _known(
            {
                "id": id,
                "name": _pair(firm.name),
                "spelling": spell(firm.name, firm.aliases),
                "aliases": list(firm.aliases),
                "park": _pair(self.atlas.parks[firm.park].name) if firm.park else None,
                "place": firm.place,
            }
        )

    def project(self, id: str) -> dict[str, Any]:
        """A project, with its milestones as they are written."""
        project = self.atlas.projects[id]
        owner = project.enterprise
        return _known(
            {
                "id": id,
                "name": _pair(project.name),
                "spelling": spell(project.name),
                "milestones": dict(project.milestones),
                "investment": _figure(project.investment),
                "firm": _pair(self.atlas.firm(owner).name) if owner else None,
                "park": _pair(self.atlas.parks[project.park].name) if project.park else None,
                "place": project.place,
            }
        )

    def route(self, product: Product, route: Route) -> dict[str, Any]:
        """One way to make a product."""
        return _known(
            {
                "name": _pair(route.name) if route.name else None,
                "inputs": [self.flow(product, *item) for item in route.inputs.items()],
                "byproducts": [self.flow(product, *item) for item in route.byproducts.items()],
                "note": route.note,
            }
        )

    def flow(self, product: Product, other: str, flow: Flow) -> dict[str, Any]:
        """An input or by-product, and how much of it."""
        unit = flow.unit
        if unit is None and flow.per is not None:
            unit = f"{self.atlas.products[other].unit or ''}/{product.unit or ''}"
        keys = [*flow.sources, *(flow.per.sources if flow.per else ())]
        return _known(
            {
                "of": self.number[other],
                "per": _figure(flow.per),
                "unit": unit,
                "kind": flow.kind,
                "critical": flow.critical,
                "note": flow.note or (flow.per.note if flow.per else None),
                "confidence": (flow.per and flow.per.confidence) or flow.confidence,
                "sources": self.cite(dict.fromkeys(keys)),
            }
        )

    def gap(self, gap: Gap) -> dict[str, Any]:
        """A gap as it is on the day and in the view that the map opens with."""
        policies = self.atlas.policies
        return {
            "why": _pair(gap.why),
            "size": _pair(gap.size),
            "rank": gap.rank,
            "score": None if gap.score is None else round(gap.score, 4),
            "parts": {name: round(value, 3) for name, value in (gap.parts or {}).items()},
            "low": gap.rank_low,
            "high": gap.rank_high,
            "top": None if gap.top_share is None else round(gap.top_share, 3),
            "named": [_pair(policies[id].name) for id in gap.named if id in policies],
            "confidence": gap.confidence,
            "sources": self.cite(gap.sources),
        }

    def gates(self, survey: Survey, gap: Gap) -> list[dict[str, Any]]:
        """What each gate says to a gap, with the figure behind it."""
        if not self.atlas.gates:
            return []
        size = plant_size(survey, gap.product, gap.remaining)
        return [
            _known(
                {
                    "name": _pair(passage.name),
                    "verdict": passage.verdict,
                    "told": _pair(passage.told),
                    "sources": self.cite(passage.sources),
                }
            )
            for passage in try_gates(survey, gap.product, size)
        ]

    def bundles(
        self, survey: Survey, options: Mapping[str, Options], product: str
    ) -> dict[str, dict[str, Any]]:
        """What must land first: with all that can be bought, and with the chain made here."""
        found = {
            ship: unlock_in(survey, each, product, alternatives=1) for ship, each in options.items()
        }
        return {ship: self.bundle(bundles[0]) for ship, bundles in found.items() if bundles}

    def bundle(self, bundle: Bundle) -> dict[str, Any]:
        """The products to land, in an order in which each has what it needs."""
        return _known(
            {
                "steps": [[self.number[step.product], step.status] for step in bundle.steps],
                "shipped": [self.number[id] for id in bundle.shipped],
                "cautions": [
                    [self.number[id], *_pair(self.atlas.gates[gate].name)]
                    for id, gate in bundle.cautions
                ],
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
