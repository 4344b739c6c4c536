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


@pytest.mark.parametrize("words", ["盐 酸", " hcl ", "HCL", "ｈｃｌ"])
def test_case_width_and_blanks_of_a_name_do_not_matter(make_atlas, words):
    assert trace(make_atlas(PRODUCTS), words)[0].product == "hcl"


def test_pinyin_gets_the_name_as_a_suggestion(make_atlas):
    with pytest.raises(
        UsageError, match=r"no product is called 'lvhuaqing' \(did you mean '氯化氢'"
    ):
        trace(make_atlas(PRODUCTS), "lvhuaqing")


def test_a_figure_is_per_unit_of_what_is_made_in_both_directions(make_atlas):
    products = """
    power: {name: 电, stage: upstream, unit: MWh}
    metal: {name: 铝, stage: midstream, unit: t, inputs: {power: {per: 13}}}
    """
    atlas = make_atlas(products)
    up = trace(atlas, "metal")[1]
    down = trace(atlas, "power", direction="down")[1]
    assert (up.per, up.unit) == (down.per, down.unit) == (13, "MWh/t")


def test_depth_reaches_all_that_is_so_many_links_away(make_atlas):
    products = """
    z: {name: 己, stage: upstream}
    y: {name: 戊, stage: upstream, inputs: {z: {}}}
    x: {name: 丁, stage: upstream, inputs: {y: {}}}
    a: {name: 甲, stage: upstream, inputs: {x: {}}}
    s: {name: 子, stage: downstream, inputs: {a: {}, x: {}}}
    """
    found = {step.product for step in trace(make_atlas(products), "s", depth=3)}
    assert found == {"s", "a", "x", "y", "z"}


def test_a_chain_of_thousands_is_followed_to_its_end(make_atlas):
    names = [f"p{i}" for i in range(3000)]
    lines = [f"{names[0]}: {{name: n0, stage: upstream}}"]
    pairs = zip(names[1:], names, strict=False)
    lines += [f"{a}: {{name: n{a}, stage: upstream, inputs: {{{b}: {{}}}}}}" for a, b in pairs]
    assert len(trace(make_atlas("\n".join(lines)), names[-1])) == 3000


def test_a_wrong_direction_is_refused(make_atlas):
    with pytest.raises(UsageError, match="sideways"):
        trace(make_atlas(PRODUCTS), "hcl", direction="sideways")
