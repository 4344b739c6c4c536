"""The state of products on a date."""

import datetime

import pytest

from chaingraph.analysis.state import capacity, find_states, tally
from chaingraph.errors import UsageError

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


def test_a_product_that_only_comes_with_another_runs_no_route_of_its_own(make_atlas):
    products = """
    x: {name: 甲, stage: upstream, byproducts: {b: {}}}
    b: {name: 乙, stage: upstream, inputs: {z: {critical: true}}, byproducts: {c: {}}}
    z: {name: 丁, stage: upstream}
    c: {name: 丙, stage: upstream}
    """
    states = find_states(make_atlas(products, "enterprises: {f: {name: 厂, makes: [x]}}"))
    assert (states["b"].state, states["c"].state) == ("present", "absent")


def test_a_pool_needs_all_critical_inputs_of_a_route(make_atlas):
    products = """
    wind: {name: 风电, stage: upstream}
    grid: {name: 电网, stage: upstream}
    power:
      name: 绿电
      stage: midstream
      pool: true
      inputs: {wind: {critical: true}, grid: {critical: true}}
    """
    facts = "enterprises: {f: {name: 风电场, makes: [wind]}}"
    assert find_states(make_atlas(products, facts))["power"].state == "absent"


def test_projects_that_overlap_are_counted_once(make_atlas):
    facts = """
    projects:
      whole: {name: 全部, milestones: {operating: 2020}, capacity: {flour: 9}, overlaps: [part]}
      part: {name: 部分, milestones: {operating: 2020}, capacity: {flour: 4}, overlaps: [whole]}
    """
    atlas = make_atlas(PRODUCTS, facts)
    assert capacity(atlas, find_states(atlas)["flour"]) == 9


def test_a_figure_brings_its_own_source_and_confidence(make_atlas):
    facts = """
    enterprises:
      mill:
        name: 磨坊
        confidence: H
        sources: [old]
        makes: {flour: {capacity: {value: 5, confidence: L, sources: [new]}}}
    sources: {old: {title: 旧, kind: web}, new: {title: 新, kind: web}}
    """
    (maker,) = find_states(make_atlas(PRODUCTS, facts))["flour"].makers
    assert (maker.confidence, maker.sources) == ("L", ("new", "old"))


def test_the_last_day_of_an_ended_plant_still_counts(make_atlas):
    facts = "enterprises: {old: {name: 老磨坊, makes: {flour: {until: 2020-05-31}}}}"
    atlas = make_atlas(PRODUCTS, facts)
    assert find_states(atlas, as_of="2020-05-31")["flour"].state == "present"


def test_days_may_be_given_as_dates_and_times(make_atlas):
    atlas = make_atlas(PRODUCTS, MILL)
    for day in (
        datetime.date(2024, 6, 30),
        datetime.datetime(2024, 6, 30, 12, tzinfo=datetime.UTC),
    ):
        assert find_states(atlas, as_of=day)["flour"].state == "building"
    with pytest.raises(UsageError, match="'someday' is not a date"):
        find_states(atlas, as_of="someday")
