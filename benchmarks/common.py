"""What both makers of atlases share: products, routes and makers without the cost of validation.

Validation would take most of the time of a large atlas and is measured elsewhere, so that
entities are made with pydantic's `model_construct`; empty fields and flows are shared,
which is safe because the models are frozen.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from chaingraph.figures import Figure, Text
from chaingraph.model import (
    Atlas,
    AtlasHead,
    Branch,
    Chain,
    Enterprise,
    Flow,
    Output,
    PlaceFacts,
    Product,
    Project,
    Route,
)

AS_OF = "2024-01-01"
OPERATING, BUILDING = 0.5, 0.25
"""Of what is made: the shares that operate and that are under construction; the rest is signed."""

SIGNED_ON = {"signed": "2023-03"}
BUILT_SINCE = {"signed": "2022-06", "building": "2023-06"}

Kind = TypeVar("Kind", bound=BaseModel)
Flows = Mapping[str, Flow]

_defaults: dict[type[BaseModel], dict[str, Any]] = {}


def make(kind: type[Kind], **fields: Any) -> Kind:
    """Make an entity without validation; fields that are left out are shared, not copied."""
    if kind not in _defaults:
        _defaults[kind] = {
            name: field.get_default(call_default_factory=False)
            for name, field in kind.model_fields.items()
            if not field.is_required()
        }
    return kind.model_construct(None, **{**_defaults[kind], **fields})


def make_flow(per: float | None = None, *, critical: bool) -> Flow:
    """Make a material flow, to be shared by many routes."""
    return make(Flow, per=None if per is None else make(Figure, value=per), critical=critical)


def make_route(inputs: Flows, byproducts: Flows | None = None, *, id: str = "main") -> Route:
    """Make one route."""
    return make(Route, id=id, inputs=inputs, byproducts=byproducts or {})


def make_product(id: str, routes: Sequence[Route], *, stage: str, reach: str) -> Product:
    """Make a product that is called as its id."""
    name = make(Text, en=id)
    return make(Product, name=name, stage=stage, unit="t", reach=reach, routes=routes)


def make_makers(
    products: Sequence[str], figures: Sequence[Figure | None], dice: random.Random
) -> tuple[dict[str, Enterprise], dict[str, Project]]:
    """Let enterprises make half of some products; a quarter is being built, a quarter signed."""
    enterprises: dict[str, Enterprise] = {}
    projects: dict[str, Project] = {}
    for at, id in enumerate(products):
        kind, figure = dice.random(), dice.choice(figures)
        if kind < OPERATING:
            made = {id: make(Output, capacity=figure)}
            enterprises[f"e{at}"] = make(Enterprise, name=make(Text, en=f"e{at}"), makes=made)
        else:
            dates = BUILT_SINCE if kind < OPERATING + BUILDING else SIGNED_ON
            projects[f"j{at}"] = make(
                Project, name=make(Text, en=f"j{at}"), milestones=dates, capacity={id: figure}
            )
    return enterprises, projects


def make_atlas(
    id: str,
    products: Mapping[str, Product],
    made: tuple[dict[str, Enterprise], dict[str, Project]],
    *,
    in_branch: int,
    in_chain: int = 10,
) -> Atlas:
    """Put products into branches of `in_branch`, and branches into chains of `in_chain`."""
    branch_of = {product: f"b{at // in_branch}" for at, product in enumerate(products)}
    ids = list(dict.fromkeys(branch_of.values()))
    parts = {f"c{at // in_chain}": ids[at : at + in_chain] for at in range(0, len(ids), in_chain)}
    return make(
        Atlas,
        atlas=make(AtlasHead, name=make(Text, en=id), id=id),
        place=make(PlaceFacts, name=make(Text, en=id)),
        as_of=AS_OF,
        chains={at: make(Chain, name=make(Text, en=at), branches=of) for at, of in parts.items()},
        branches={at: make(Branch, name=make(Text, en=at), id=at) for at in ids},
        products=products,
        branch_of=branch_of,
        enterprises=made[0],
        projects=made[1],
    )


def count_links(atlas: Atlas) -> int:
    """Count the inputs and by-products of all routes."""
    routes = (route for product in atlas.products.values() for route in product.all_routes)
    return sum(len(route.inputs) + len(route.byproducts) for route in routes)
