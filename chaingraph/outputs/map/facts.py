"""What the engine of the page computes with: an atlas as columns of numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from chaingraph.analysis.network import Links, make_network
from chaingraph.analysis.unlock import find_shipping
from chaingraph.figures import Figure, last_day
from chaingraph.model import MILESTONES, Atlas, Flow, Product, amount_in
from chaingraph.units import QUANTITY, convert

CRITICAL, MINOR, ONCE, MATERIAL, SERVICE = 1, 2, 4, 8, 16
"""The flags of a link."""


def map_facts(atlas: Atlas) -> dict[str, Any]:
    """
    Gather what `engine.js` computes states, gaps and balances from, for any day.

    Parameters
    ----------
    atlas
        The atlas.

    Returns
    -------
    facts
        Products, routes, enterprises and projects by number, in the order of the atlas:

        - ``products``: how many there are; ``pools``: which of them are pools;
          ``stages``: 0 upstream, 1 midstream, 2 downstream; ``branches``: by number;
          ``scales``: product → the smallest plant that pays, in its unit;
          ``tonnes``: product → tonnes in its unit, where that is one of mass.
        - ``routes``: the product that each route makes.
        - ``inputs`` and ``byproducts``: columns ``route``, ``product``, ``per`` (units per unit
          made, None where not known) and ``flags``.
        - ``makers``: columns ``product``, ``enterprise`` and ``project`` (-1 where it is the
          other), ``route`` (-1 where none is named), ``amount`` (a year, in the product's unit),
          ``since`` and ``until`` (days): enterprises first, then projects.
        - ``projects``: of each its ``owner`` (an enterprise, or -1), its ``milestones`` as (number
          of the milestone, day), its ``overlaps`` with other projects, and its place among
          them by id, which settles ties.
        - ``shipped``: products that can be had from elsewhere, as (product, the day from which
          that is known; None: always).
        - ``chains``: the branches of each; ``rule``; ``maturity``: of each branch, or None.
    """
    network = make_network(atlas)
    branches = {id: at for at, id in enumerate(atlas.branches)}
    products = list(atlas.products.values())
    flows = [flow for id in atlas.products for flow in atlas.flows(id)]
    return {
        "products": len(products),
        "pools": [at for at, product in enumerate(products) if product.pool],
        "stages": [("upstream", "midstream", "downstream").index(each.stage) for each in products],
        "branches": [branches[atlas.branch_of[id]] for id in atlas.products],
        "scales": {
            at: amount_in(product.min_scale.best, product.min_scale.unit, product)
            for at, product in enumerate(products)
            if product.min_scale is not None and product.min_scale.best is not None
        },
        "tonnes": {
            at: convert(1.0, product.unit, "t")
            for at, product in enumerate(products)
            if product.unit is not None and QUANTITY.get(product.unit) == "mass"
        },
        "routes": network.maker_of.tolist(),
        "inputs": _links(network.inputs, [flow for _, _, flow, by in flows if not by]),
        "byproducts": _links(network.byproducts, [flow for _, _, flow, by in flows if by]),
        "makers": _makers(atlas, network.number, network.route_number),
        "projects": _projects(atlas),
        "shipped": [
            (network.number[id], None if since is None else since.isoformat())
            for id, since in find_shipping(atlas).items()
        ],
        "chains": [
            [branches[each] for each in chain.branches if each in branches]
            for chain in atlas.chains.values()
        ],
        "rule": atlas.rule,
        "maturity": [atlas.maturity.get(id) for id in atlas.branches],
    }


def _links(links: Links, flows: Sequence[Flow]) -> dict[str, list[Any]]:
    flags = [
        CRITICAL * flow.critical
        + MINOR * flow.minor
        + ONCE * (flow.kind == "equipment")
        + MATERIAL * (flow.kind == "material")
        + SERVICE * (flow.kind == "service")
        for flow in flows
    ]
    return {
        "route": links.route.tolist(),
        "product": links.product.tolist(),
        "per": [None if math.isnan(per) else per for per in links.per.tolist()],
        "flags": flags,
    }


def _makers(
    atlas: Atlas, number: Mapping[str, int], route_number: Mapping[tuple[str, str], int]
) -> dict[str, list[Any]]:
    rows: list[tuple[Any, ...]] = []
    for at, enterprise in enumerate(atlas.enterprises.values()):
        for product, output in enterprise.makes.items():
            route = -1 if output.route is None else route_number[product, output.route]
            amount = _amount(output.capacity, atlas.products[product])
            rows.append(
                (number[product], at, -1, route, amount, _day(output.since), _day(output.until))
            )
    for at, project in enumerate(atlas.projects.values()):
        for product, figure in project.capacity.items():
            named = project.route.get(product)
            route = -1 if named is None else route_number[product, named]
            amount = _amount(figure, atlas.products[product])
            rows.append((number[product], -1, at, route, amount, None, None))
    names = ("product", "enterprise", "project", "route", "amount", "since", "until")
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def _amount(figure: Figure | None, product: Product) -> float | None:
    if figure is None or figure.best is None:
        return None
    return amount_in(figure.best, figure.unit or product.unit, product)


def _day(date: str | None) -> str | None:
    return None if date is None else last_day(date).isoformat()


def _projects(atlas: Atlas) -> list[dict[str, Any]]:
    numbers = {id: at for at, id in enumerate(atlas.projects)}
    owners = {id: at for at, id in enumerate([*atlas.enterprises, *atlas.candidates])}
    overlaps: list[set[int]] = [set() for _ in numbers]
    for id, project in atlas.projects.items():
        for other in project.overlaps:
            if other in numbers:
                overlaps[numbers[id]].add(numbers[other])
                overlaps[numbers[other]].add(numbers[id])
    ranks = {id: rank for rank, id in enumerate(sorted(numbers))}
    return [
        {
            "owner": owners.get(project.enterprise or "", -1),
            "milestones": [
                [_MILESTONES.index(name), _day(date)] for name, date in project.milestones.items()
            ],
            "overlaps": sorted(overlaps[at]),
            "order": ranks[id],
        }
        for at, (id, project) in enumerate(atlas.projects.items())
    ]


_MILESTONES = (*MILESTONES, "stopped")
