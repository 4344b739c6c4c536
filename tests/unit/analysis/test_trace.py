"""Following a product up and down its routes."""

import pytest

from chaingraph.analysis.trace import trace
from chaingraph.errors import UsageError

PRODUCTS = """
silicon: {name: {zh: 硅, en: silicon}, stage: upstream}
hcl: {name: {zh: 氯化氢, en: HCl}, stage: upstream, aliases: [盐酸]}
chloride: {name: {zh: 氯甲烷, en: chloride}, stage: upstream, inputs: {hcl: {per: 0.722}}}
siloxane:
  name: {zh: 硅氧烷, en: siloxane}
  stage: midstream
  inputs: {silicon: {}, chloride: {}}
  byproducts: {hcl: {per: 0.983}}
"""


def walk(atlas, product, **options):
    return [(step.depth, step.product, step.seen) for step in trace(atlas, product, **options)]


def test_up_follows_inputs_and_ends_in_a_loop(make_atlas):
    assert walk(make_atlas(PRODUCTS), "siloxane") == [
        (0, "siloxane", False),
        (1, "silicon", False),
        (1, "chloride", False),
        (2, "hcl", False),
        (3, "siloxane", True),
    ]


def test_down_follows_users_and_by_products(make_atlas):
    assert walk(make_atlas(PRODUCTS), "盐酸", direction="down", depth=2) == [
        (0, "hcl", False),
        (1, "chloride", False),
        (2, "siloxane", False),
    ]


def test_an_unknown_name_gets_a_suggestion(make_atlas):
    with pytest.raises(UsageError, match="did you mean 'siloxane'"):
        trace(make_atlas(PRODUCTS), "siloxan")


def test_a_figure_is_per_unit_of_what_is_made_in_both_directions(make_atlas):
    products = """
    power: {name: 电, stage: upstream, unit: MWh}
    metal: {name: 铝, stage: midstream, unit: t, inputs: {power: {per: 13}}}
    """
    atlas = make_atlas(products)
    up = trace(atlas, "metal")[1]
    down = trace(atlas, "power", direction="down")[1]
    assert (up.per, up.unit) == (down.per, down.unit) == (13, "MWh/t")
