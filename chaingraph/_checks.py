"""What no entity can tell alone: ids, references, chains, names, routes, units, dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from chaingraph._names import find_called, fold
from chaingraph._yaml import Document
from chaingraph.errors import Place, Problem, did_you_mean, make_problem, suggest
from chaingraph.figures import Figure, first_day, last_day
from chaingraph.model import (
    SECTIONS,
    AtlasFile,
    BranchFile,
    Enterprise,
    FactsFile,
    Product,
    Project,
    Route,
    Sections,
    amount_in,
    find_references,
)
from chaingraph.settings import Quota
from chaingraph.units import QUANTITY, split_ratio

SECTION_NAMES = ("products", "branches", "chains", "clusters", *SECTIONS)
"""Every section that holds entities by id."""

MAX_HINTS = 50
"""How many unknown references get a suggestion."""


def kind_of(document: Document, *, is_start: bool) -> type[BaseModel]:
    """Tell which kind of file a document is meant to be."""
    if is_start:
        return AtlasFile
    keys = document.data if isinstance(document.data, dict) else {}
    return BranchFile if "branch" in keys or "products" in keys else FactsFile


def check_duplicates(documents: list[Document]) -> Iterator[Problem]:
    """Find ids that two files define."""
    first: dict[tuple[str, str], Place] = {}
    for document in documents:
        for section, id, _ in _entities(document):
            is_branch = section == "branches"
            path = ("branch", "id") if is_branch else (section, id)
            here = document.place(path, of_key=not is_branch)
            before = first.setdefault((section, id), here)
            if before is not here:
                yield make_problem(here, "duplicate-id", id=id, where=str(before))


def _entities(document: Document) -> Iterator[tuple[str, str, Any]]:
    """Yield section, id and plain data of what a document defines."""
    data = document.data if isinstance(document.data, dict) else {}
    for section in SECTION_NAMES:
        entities = data.get(section)
        if isinstance(entities, dict):
            yield from ((section, id, entity) for id, entity in entities.items())
    branch = data.get("branch")
    if isinstance(branch, dict) and isinstance(branch.get("id"), str):
        yield "branches", branch["id"], branch


def check_references(documents: list[Document]) -> Iterator[Problem]:
    """Find ids that nothing defines."""
    known: dict[str, dict[str, Any]] = defaultdict(dict)
    for document in documents:
        for section, id, entity in _entities(document):
            known[section][id] = entity
    hints = 0
    for document in documents:
        kind = kind_of(document, is_start=document is documents[0])
        for path, ref, id in find_references(kind, document.data):
            if not any(id in known[section] for section in ref.sections):
                hints += 1  # each takes a while to find, and nobody reads hundreds
                among = [known[section] for section in ref.sections] if hints <= MAX_HINTS else []
                hint = _suggest_id(id, {id: of[id] for of in among for id in of})
                place = document.place(path, of_key=path[-1] == id)
                yield make_problem(
                    place,
                    "unknown-reference",
                    section=(" or ".join(ref.sections), "、".join(ref.sections)),
                    id=id,
                    hint=hint,
                )


def _suggest_id(words: str, known: dict[str, Any]) -> tuple[str, str]:
    """Suggest the id of what is called so, or else the nearest ids."""
    called = find_called(words, {id: _names_in(entity) for id, entity in known.items()})
    return suggest(called) if called else did_you_mean(words, known)


def _names_in(entity: Any) -> list[str]:
    """Return what plain data, which may be wrong, say that something is called."""
    if not isinstance(entity, dict):
        return []
    name, aliases = entity.get("name"), entity.get("aliases")
    names = list(name.values()) if isinstance(name, dict) else [name]
    names += aliases if isinstance(aliases, list) else []
    return [each for each in names if isinstance(each, str)]


def check_chains(documents: list[Document]) -> Iterator[Problem]:
    """Every branch belongs to exactly one chain."""
    start, *others = documents
    data = start.data if isinstance(start.data, dict) else {}
    chains = data.get("chains")
    listed: dict[str, str] = {}
    for id, chain in chains.items() if isinstance(chains, dict) else ():
        branches = chain.get("branches") if isinstance(chain, dict) else None
        for index, branch in enumerate(branches if isinstance(branches, list) else ()):
            if not isinstance(branch, str):
                continue
            first = listed.get(branch)
            listed.setdefault(branch, id)
            if first is not None:
                place = start.place(("chains", id, "branches", index))
                yield make_problem(place, "branch-twice", id=branch, first=first, second=id)
    for document in others:
        for section, id, _ in _entities(document):
            if section == "branches" and id not in listed:
                yield make_problem(document.place(("branch", "id")), "branch-nowhere", id=id)


def check_together(parts: list[tuple[Document, BaseModel]]) -> Iterator[Problem]:
    """Check what no entity can tell alone: names, routes, units, dates."""
    products = {
        id: product
        for _, part in parts
        if isinstance(part, BranchFile)
        for id, product in part.products.items()
    }
    names: dict[str, tuple[str, Place]] = {}
    for document, part in parts:
        if isinstance(part, BranchFile):
            for id, product in part.products.items():
                yield from _check_names(document, id, product, names)
                yield from _check_routes(document, id, product)
                yield from _check_flow_units(document, id, products)
                yield from _check_scale(document, id, product, products)
        elif isinstance(part, Sections):
            yield from _check_firms(document, part, products)
            yield from _check_plans(document, part, products)


def _check_names(
    document: Document, id: str, product: Product, names: dict[str, tuple[str, Place]]
) -> Iterator[Problem]:
    for name in product.all_names:
        at = ("aliases", name) if name in product.aliases else ("name",)
        place = document.place(("products", id, *at))
        other, where = names.setdefault(fold(name), (id, place))
        if other != id:
            yield make_problem(
                place, "duplicate-alias", alias=name, product=other, where=str(where)
            )


def _check_routes(document: Document, id: str, product: Product) -> Iterator[Problem]:
    ids = [route.id for route in product.routes]
    for index, route in enumerate(product.routes):
        if route.id in ids[:index]:
            place = document.place(("products", id, "routes", index, "id"))
            yield make_problem(place, "duplicate-route", id=route.id)
    for path, route in _route_paths(id, product):
        both = [other for other in route.byproducts if other in route.inputs or other == id]
        both += [id] if id in route.inputs else []
        for other in both:
            table = "byproducts" if other in route.byproducts else "inputs"
            place = document.place((*path, table, other), of_key=True)
            yield make_problem(place, "own-input", id=other)


def _route_paths(id: str, product: Product) -> Iterator[tuple[tuple[str | int, ...], Route]]:
    if product.routes:
        for index, route in enumerate(product.routes):
            yield ("products", id, "routes", index), route
    else:
        yield from ((("products", id), route) for route in product.all_routes)


def _check_flow_units(
    document: Document, id: str, products: dict[str, Product]
) -> Iterator[Problem]:
    """Both sides of a flow's unit must be countable in the units of the two products."""
    for path, route in _route_paths(id, products[id]):
        for table in ("inputs", "byproducts"):
            for other, flow in getattr(route, table).items():
                if other not in products or flow.per is None or flow.unit is None:
                    continue
                place = document.place((*path, table, other, "unit"))
                for unit, product in zip(split_ratio(flow.unit), (other, id), strict=True):
                    # branch files serve every place, with or without hours of its own
                    yield from _check_unit(place, unit, product, products, hours=1)


def _check_scale(
    document: Document, id: str, product: Product, products: dict[str, Product]
) -> Iterator[Problem]:
    """The sizes of plants are told in the product's unit."""
    path = ("products", id)
    yield from _check_amount(document, (*path, "min_scale"), product.min_scale, id, products)
    for index, example in enumerate(product.investments):
        here = (*path, "investments", index, "size")
        yield from _check_amount(document, here, example.size, id, products)


def _check_plans(
    document: Document, part: Sections, products: dict[str, Product]
) -> Iterator[Problem]:
    for id, gate in part.gates.items():
        if gate.consumes in products:
            here = ("gates", id, "available")
            yield from _check_amount(document, here, gate.available, gate.consumes, products)
    for id, quota in part.quotas.items():
        yield from _check_quota(document, ("quotas", id), quota)
    for id, forecast in part.forecasts.items():
        yield from _check_order(document, ("forecasts", id), forecast.as_of, forecast.until)


def _check_order(
    document: Document, path: tuple[str, ...], since: str, until: str
) -> Iterator[Problem]:
    if last_day(until) < first_day(since):
        place = document.place((*path, "until"))
        yield make_problem(place, "until-before-since", until=until)


_GOALS = {"arrived": ("100m_CNY",), "factory_space": ("10k_m2", "m2")}
"""Measure of a quota → the units of its goal; those of projects can be counted or added up."""


def _check_quota(document: Document, path: tuple[str, ...], quota: Quota) -> Iterator[Problem]:
    yield from _check_order(document, path, quota.since, quota.until)
    units = _GOALS.get(quota.measure, ("count", "100m_CNY"))
    if quota.goal.unit not in units:
        yield make_problem(
            document.place((*path, "goal")),
            "quota-unit",
            measure=quota.measure,
            wanted=(" or ".join(units), " 或 ".join(units)),
            found=(quota.goal.unit or "no unit", quota.goal.unit or "没有单位的数"),
        )


def _check_firms(
    document: Document, part: Sections, products: dict[str, Product]
) -> Iterator[Problem]:
    for section in ("enterprises", "candidates"):
        for id, enterprise in getattr(part, section).items():
            yield from _check_enterprise(document, (section, id), enterprise, products)
    for id, project in part.projects.items():
        yield from _check_project(document, ("projects", id), project, products)


def _check_enterprise(
    document: Document,
    path: tuple[str, ...],
    enterprise: Enterprise,
    products: dict[str, Product],
) -> Iterator[Problem]:
    for id, output in enterprise.makes.items():
        here = (*path, "makes", id)
        if output.since and output.until and last_day(output.until) < last_day(output.since):
            place = document.place((*here, "until"))
            yield make_problem(place, "until-before-since", until=output.until)
        if id not in products:
            continue
        if output.route is not None:
            yield from _check_route(document.place((*here, "route")), output.route, id, products)
        yield from _check_amount(document, (*here, "capacity"), output.capacity, id, products)


def _check_project(
    document: Document, path: tuple[str, ...], project: Project, products: dict[str, Product]
) -> Iterator[Problem]:
    for id, route in project.route.items():
        if id in products:
            yield from _check_route(document.place((*path, "route", id)), route, id, products)
    for id, amount in project.capacity.items():
        if id in products:
            yield from _check_amount(document, (*path, "capacity", id), amount, id, products)
    unit = project.factory_space.unit if project.factory_space else None
    if unit is not None and QUANTITY.get(unit) != "area":
        place = document.place((*path, "factory_space"))
        yield make_problem(place, "space-unit", unit=unit)


def _check_route(
    place: Place, route: str, id: str, products: dict[str, Product]
) -> Iterator[Problem]:
    known = [found.id for found in products[id].all_routes]
    if route not in known:
        hint = did_you_mean(route, known)
        yield make_problem(place, "unknown-route", product=id, id=route, hint=hint)


def _check_amount(
    document: Document,
    path: tuple[str | int, ...],
    amount: Figure | None,
    id: str,
    products: dict[str, Product],
) -> Iterator[Problem]:
    if amount is not None:
        yield from _check_unit(document.place(path), amount.unit, id, products)


def _check_unit(
    place: Place,
    unit: str | None,
    id: str,
    products: dict[str, Product],
    *,
    hours: float | None = None,
) -> Iterator[Problem]:
    try:
        amount_in(1, unit, products[id], hours=hours)
    except ValueError:
        own = products[id].unit or "—"
        yield make_problem(place, "unit-mismatch", unit=unit, own=own, product=id)
