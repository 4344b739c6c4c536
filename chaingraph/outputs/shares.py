"""How much of a recipe each input is: what tells the width of a link."""

from __future__ import annotations

from chaingraph.analysis.network import make_network
from chaingraph.model import Atlas
from chaingraph.units import QUANTITY, convert


def find_mass_shares(atlas: Atlas) -> dict[tuple[str, str], int]:
    """
    Return how much of the weighed inputs of a product each of them is.

    Parameters
    ----------
    atlas
        The atlas.

    Returns
    -------
    shares
        (Input, product) → percent of the mass of all inputs of a route that are counted by
        mass and have a unit consumption, at least 1; the largest where several routes take it.
        Inputs without such a figure are left out.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> find_mass_shares(load_atlas(example_atlas()))["vinylidene_fluoride", "pvdf"]
    100
    """
    network, ids = make_network(atlas), list(atlas.products)
    units = [product.unit or "" for product in atlas.products.values()]
    tonnes = [convert(1.0, unit, "t") if QUANTITY.get(unit) == "mass" else 0.0 for unit in units]
    inputs = network.inputs
    masses = [
        (int(route), int(product), per * tonnes[product])
        for route, product, per, once in zip(
            inputs.route, inputs.product, inputs.per, inputs.once, strict=True
        )
        if per > 0 and tonnes[product] and not once
    ]
    whole: dict[int, float] = {}
    for route, _, mass in masses:
        whole[route] = whole.get(route, 0.0) + mass
    shares: dict[tuple[str, str], int] = {}
    for route, product, mass in masses:
        ends = ids[product], ids[int(network.maker_of[route])]
        shares[ends] = max(shares.get(ends, 1), round(100 * mass / whole[route]))
    return shares
