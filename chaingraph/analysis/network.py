"""The routes of an atlas as arrays: what goes in, what comes out, and how much.

Everything that counts or searches over routes starts from here, so that it takes
time in proportion to the number of links.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from chaingraph.model import Atlas, Flow, Product, amount_in
from chaingraph.units import split_ratio

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Links:
    """The inputs or the by-products of all routes, one entry a link."""

    route: Ints
    """The number of the route."""
    product: Ints
    """The number of the product that goes in or comes out."""
    per: Floats
    """Units of it per unit of the product made, each in its own unit; nan where no figure is known."""
    critical: Bools
    minor: Bools
    once: Bools
    """Bought once, as equipment is: no flow of a year."""

    def __len__(self) -> int:
        return len(self.route)


@dataclasses.dataclass(frozen=True)
class Network:
    """Products and routes by number; the numbers follow the order of the atlas."""

    products: tuple[str, ...]
    number: Mapping[str, int]
    """Product → its number."""
    routes: tuple[tuple[str, str], ...]
    """Route number → (product, id of the route)."""
    route_number: Mapping[tuple[str, str], int]
    maker_of: Ints
    """Route number → number of the product that it makes."""
    inputs: Links
    byproducts: Links

    def matrix(self, links: Links) -> csr_array:
        """Return units per unit made, products by routes, of the flows of a year with figures."""
        known = ~np.isnan(links.per) & ~links.once
        return csr_array(
            (links.per[known], (links.product[known], links.route[known])),
            shape=(len(self.products), len(self.routes)),
        )


def make_network(atlas: Atlas) -> Network:
    """
    Number the products and routes of an atlas and gather their links.

    Parameters
    ----------
    atlas
        The atlas.

    Returns
    -------
    network
        With every route of every product; a product without routes has none.
    """
    number = {id: index for index, id in enumerate(atlas.products)}
    routes: list[tuple[str, str]] = []
    inputs: list[tuple[int, int, float, bool, bool, bool]] = []
    byproducts: list[tuple[int, int, float, bool, bool, bool]] = []
    for id, product in atlas.products.items():
        for route in product.all_routes:
            at = len(routes)
            routes.append((id, route.id))
            for links, flows in ((inputs, route.inputs), (byproducts, route.byproducts)):
                for other, flow in flows.items():
                    per = unit_consumption(atlas, product, other, flow)
                    once = flow.kind == "equipment"
                    link = (at, number[other], per, flow.critical, flow.minor, once)
                    links.append(link)
    return Network(
        products=tuple(atlas.products),
        number=number,
        routes=tuple(routes),
        route_number={route: index for index, route in enumerate(routes)},
        maker_of=np.array([number[id] for id, _ in routes], dtype=np.int64),
        inputs=_make_links(inputs),
        byproducts=_make_links(byproducts),
    )


def unit_consumption(atlas: Atlas, product: Product, other: str, flow: Flow) -> float:
    """
    Return the figure of a flow, both products counted in their own units.

    Parameters
    ----------
    atlas
        The atlas, for its hours of utilisation.
    product
        The product that is made.
    other
        The product that goes in or comes out.
    flow
        The link between them.

    Returns
    -------
    per
        Units of the other product per unit of the product; nan where no figure is known,
        or where it is one of energy, the product is counted in power and the atlas has
        no hours for it.
    """
    if flow.per is None or flow.per.best is None:
        return math.nan
    if flow.unit is None:
        return flow.per.best
    top, bottom = split_ratio(flow.unit)
    try:
        amount = amount_in(
            flow.per.best, top, atlas.products[other], hours=full_load_hours(atlas, other)
        )
        return amount / amount_in(1, bottom, product)
    except ValueError:
        return math.nan


def full_load_hours(atlas: Atlas, product: str) -> float | None:
    """Return the hours a year [h] that a product counted in power runs at full load, if known."""
    figure = atlas.utilisation.get(product)
    if figure is None or figure.best is None:
        return None
    return figure.best


def _make_links(links: list[tuple[int, int, float, bool, bool, bool]]) -> Links:
    columns = list(zip(*links, strict=True)) or [()] * 6
    return Links(
        route=np.array(columns[0], dtype=np.int64),
        product=np.array(columns[1], dtype=np.int64),
        per=np.array(columns[2], dtype=np.float64),
        critical=np.array(columns[3], dtype=np.bool_),
        minor=np.array(columns[4], dtype=np.bool_),
        once=np.array(columns[5], dtype=np.bool_),
    )
