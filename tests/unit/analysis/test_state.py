"""The state of products on a date."""

import pytest

from chaingraph.analysis.state import capacity, find_states, tally

PRODUCTS = """
wheat: {name: 小麦, stage: upstream, unit: t}
flour:
  name: 面粉
  stage: midstream
  unit: t
  inputs: {wheat: {per: 1.25, critical: true}}
  byproducts: {bran: {per: 0.25}}
bran: {name: 麸皮, stage: midstream, unit: t}
feed: {name: 饲料, stage: downstream, pool: true, inputs: {bran: {critical: true}}}
"""
MILL = """
projects:
  mill:
    name: 面粉厂
    milestones: {signed: 2023-03, started: 2024-01-28, operating: 2025}
    capacity: {flour: 1000}
"""


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2023-03-30", "absent"),  # a month counts from its last day
        ("2023-03-31", "signed"),
        ("2024-01-27", "signed"),
        ("2024-01-28", "building"),
        ("2025-12-30", "building"),
        ("2025-12-31", "present"),
    ],
)
def test_a_project_moves_its_product_from_stage_to_stage(make_atlas, day, state):
    states = find_states(make_atlas(PRODUCTS, MILL), as_of=day)
    assert states["flour"].state == state


def test_by_products_and_pools_follow_what_they_come_from(make_atlas):
    states = find_states(make_atlas(PRODUCTS, MILL), as_of="2024-06-30")
    assert (states["bran"].state, states["bran"].byproduct_of) == ("building", ("flour",))
    assert (states["feed"].state, states["feed"].pool_of) == ("building", ("bran",))
    assert states["wheat"].state == "absent"


def test_by_products_follow_the_route_that_each_maker_uses(make_atlas):
    products = """
    x:
      name: 甲
      stage: upstream
      routes: [{id: a, byproducts: {y: {}}}, {id: b, byproducts: {z: {}}}]
    y: {name: 乙, stage: upstream}
    z: {name: 丙, stage: upstream}
    """
    facts = """
    enterprises: {f: {name: 厂, makes: {x: {route: a}}}}
    projects: {p: {name: 新厂, milestones: {signed: 2024}, capacity: {x: null}, route: {x: b}}}
    """
    states = find_states(make_atlas(products, facts), as_of="2025")
    assert (states["y"].state, states["z"].state) == ("present", "signed")


def test_a_stopped_project_makes_nothing(make_atlas):
    facts = MILL.replace("operating: 2025", "stopped: 2024-03-01")
    assert find_states(make_atlas(PRODUCTS, facts), as_of="2024-06-30")["flour"].state == "absent"


def test_makers_of_unknown_age_count_on_every_date_until_they_end(make_atlas):
    facts = "enterprises: {old: {name: 老磨坊, makes: {flour: {until: 2020-05}}}}"
    atlas = make_atlas(PRODUCTS, facts)
    assert find_states(atlas, as_of="1999")["flour"].state == "present"
    assert find_states(atlas, as_of="2020-06-01")["flour"].state == "absent"


def test_no_product_is_here_only_because_it_is_here(make_atlas):
    loop = """
    egg: {name: 蛋, stage: upstream, pool: true, inputs: {hen: {critical: true}}}
    hen: {name: 鸡, stage: upstream, pool: true, inputs: {egg: {critical: true}}}
    """
    states = find_states(make_atlas(loop))
    assert {state.state for state in states.values()} == {"absent"}


def test_capacity_sums_what_the_view_counts(make_atlas):
    facts = (
        MILL
        + "enterprises: {old: {name: 磨坊, makes: {flour: {capacity: {value: 5e5, unit: kg}}}}}"
    )
    atlas = make_atlas(PRODUCTS, facts)
    state = find_states(atlas, as_of="2024-06-30")["flour"]
    assert capacity(atlas, state) == 500
    assert capacity(atlas, state, view="building") == 1500


def test_unknown_capacity_is_none_not_zero(make_atlas):
    atlas = make_atlas(PRODUCTS, "enterprises: {old: {name: 磨坊, makes: [flour]}}")
    assert capacity(atlas, find_states(atlas)["flour"]) is None


def test_tally_counts_every_product_once(make_atlas):
    atlas = make_atlas(PRODUCTS, MILL)
    found = tally(find_states(atlas, as_of="2024-06-30"), atlas.products)
    assert (found.present, found.building, found.signed, found.absent) == (0, 3, 0, 1)
    assert found.total == 4
