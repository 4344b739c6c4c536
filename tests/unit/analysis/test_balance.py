"""Supply, demand and shortfall by hand: by-products, loops, pools, units, missing figures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.analysis.balance import find_balance, find_requirements
from chaingraph.errors import RunawayLoopError, UsageError
from chaingraph.model import Atlas

# The silicone chlorine loop, per tonne of siloxane: 1.362 t of chloromethane take
# 1.362 x 0.7218 = 0.983 t of hydrogen chloride, and the hydrolysis returns 0.983 t.
CHLORINE = """
hcl: {name: 氯化氢, stage: upstream, unit: t}
chloromethane:
  name: 氯甲烷
  stage: upstream
  unit: t
  inputs: {hcl: {per: 0.72173, critical: true}}
siloxane:
  name: 硅氧烷
  stage: midstream
  unit: t
  inputs: {chloromethane: {per: 1.362, critical: true}}
  byproducts: {hcl: {per: 0.983}}
"""


def capacities(**amounts):
    rows = [
        f"  f_{id}: {{name: {id}, makes: {{{id}: {{capacity: {x}}}}}}}" for id, x in amounts.items()
    ]
    return "\n".join(["enterprises:", *rows]) if rows else ""


def test_a_closed_loop_balances_to_its_make_up_only(make_atlas):
    atlas = make_atlas(CHLORINE, capacities(siloxane=1000, chloromethane=1362))
    hcl = find_balance(atlas)["hcl"]
    assert (hcl.supply, hcl.demand) == (983, pytest.approx(983, abs=0.01))
    assert hcl.shortfall == pytest.approx(0, abs=0.01)


def test_what_a_loop_loses_is_its_make_up(make_atlas):
    leaky = CHLORINE.replace("hcl: {per: 0.983}", "hcl: {per: 0.9}")
    atlas = make_atlas(leaky, capacities(siloxane=1000, chloromethane=1362))
    assert find_balance(atlas)["hcl"].shortfall == pytest.approx(83, abs=0.01)


def test_requirements_count_what_by_products_return_only_once(make_atlas):
    needs = find_requirements(make_atlas(CHLORINE), {"siloxane": 1000})
    assert needs["siloxane"] == pytest.approx(1000)
    assert needs["chloromethane"] == pytest.approx(1362)
    assert needs.get("hcl", 0) == pytest.approx(0, abs=0.01)


def test_requirements_take_the_route_that_is_named(make_atlas):
    products = """
    coal: {name: 煤, stage: upstream, unit: t}
    gas: {name: 天然气, stage: upstream, unit: t}
    methanol:
      name: 甲醇
      stage: midstream
      unit: t
      routes:
        - {id: coal, inputs: {coal: {per: 1.5, critical: true}}}
        - {id: gas, inputs: {gas: {per: 0.7, critical: true}}}
    """
    atlas = make_atlas(products)
    assert find_requirements(atlas, {"methanol": 10}) == {"methanol": 10, "coal": 15}
    by_gas = find_requirements(atlas, {"methanol": 10}, routes={"methanol": "gas"})
    assert by_gas == {"methanol": 10, "gas": pytest.approx(7)}
    with pytest.raises(UsageError, match="has no route 'oil': there are coal, gas"):
        find_requirements(atlas, {"methanol": 10}, routes={"methanol": "oil"})


def test_a_by_product_beyond_need_is_left_over_and_not_unmade(make_atlas):
    products = """
    ore: {name: 矿, stage: upstream, unit: t}
    slag: {name: 渣, stage: midstream, unit: t, inputs: {ore: {per: 1}}}
    metal: {name: 金属, stage: downstream, unit: t, inputs: {ore: {per: 2}, slag: {per: 0.1}},
            byproducts: {}}
    cake: {name: 块, stage: downstream, unit: t, inputs: {metal: {per: 1}}, byproducts: {slag: {per: 5}}}
    """
    needs = find_requirements(make_atlas(products), {"cake": 1})
    assert needs == {"cake": pytest.approx(1), "metal": pytest.approx(1), "ore": pytest.approx(2)}


def test_a_loop_that_takes_more_than_it_makes_is_named(make_atlas):
    products = """
    a: {name: 甲, stage: upstream, unit: t, inputs: {b: {per: 2}}}
    b: {name: 乙, stage: upstream, unit: t, inputs: {a: {per: 0.5}}}
    """
    with pytest.raises(RunawayLoopError, match="a, b"):
        find_requirements(make_atlas(products), {"a": 1})


def test_units_are_counted_in_those_of_the_two_products(make_atlas):
    products = """
    power: {name: 电, stage: upstream, unit: MWh}
    silicon: {name: 硅, stage: midstream, unit: t, inputs: {power: {per: 12500, unit: kWh/t}}}
    """
    power = find_balance(make_atlas(products, capacities(silicon=10)))["power"]
    assert (power.demand, power.unit) == (125, "MWh")


GRID = """
wind: {name: 风电场, stage: upstream, unit: MW}
grid:
  name: 电网
  stage: midstream
  unit: MWh
  pool: true
  inputs: {wind: {per: 1, unit: kWh/kWh, kind: energy, critical: true}}
silicon: {name: 硅, stage: downstream, unit: t, inputs: {grid: {per: 10, unit: MWh/t}}}
"""


def test_hours_turn_power_into_energy_and_a_pool_passes_it_on(make_atlas):
    head = HEAD + "utilisation: {wind: 2000}\n"
    balances = find_balance(make_atlas(GRID, capacities(wind=50, silicon=6000), head))
    assert balances["grid"].supply == pytest.approx(100_000)  # 50 MW x 2000 h
    assert (balances["grid"].demand, balances["grid"].surplus) == (60_000, pytest.approx(40_000))
    assert balances["wind"].surplus == pytest.approx(0)


def test_without_hours_a_pool_has_no_figure(make_atlas):
    grid = find_balance(make_atlas(GRID, capacities(wind=50, silicon=6000)))["grid"]
    assert (grid.supply, grid.demand, grid.shortfall) == (None, 60_000, None)


def test_equipment_is_bought_once_and_is_no_demand_of_a_year(make_atlas):
    products = """
    turbine: {name: 风机, stage: upstream, unit: MW}
    wind: {name: 风电场, stage: midstream, unit: MW, inputs: {turbine: {per: 1, kind: equipment}}}
    """
    turbine = find_balance(make_atlas(products, capacities(wind=50)))["turbine"]
    assert (turbine.demand, turbine.demand_partial) == (None, True)


def test_a_maker_of_unknown_capacity_makes_the_figures_partial(make_atlas):
    facts = capacities(siloxane=1000) + "\n  more: {name: 又一家, makes: [siloxane]}"
    balances = find_balance(make_atlas(CHLORINE, facts))
    assert (balances["siloxane"].supply, balances["siloxane"].supply_partial) == (1000, True)
    assert (balances["chloromethane"].demand, balances["chloromethane"].demand_partial) == (
        1362,
        True,
    )


def test_a_maker_without_a_route_uses_the_first_and_it_is_said(make_atlas):
    products = """
    x: {name: 甲, stage: upstream, unit: t}
    y: {name: 乙, stage: upstream, unit: t}
    z:
      name: 丙
      stage: midstream
      unit: t
      routes: [{id: one, inputs: {x: {per: 2}}}, {id: two, inputs: {y: {per: 3}}}]
    """
    balances = find_balance(make_atlas(products, capacities(z=10)))
    assert (balances["x"].demand, balances["y"].demand) == (20, 0)
    assert balances["x"].assumed_routes == (("z", "one"),)
    named = "enterprises: {f: {name: 厂, makes: {z: {capacity: 10, route: two}}}}"
    balances = find_balance(make_atlas(products, named))
    assert (balances["x"].demand, balances["y"].demand) == (0, 30)
    assert balances["y"].assumed_routes == ()


def test_makers_of_two_routes_each_take_their_own_inputs(make_atlas):
    products = """
    x: {name: 甲, stage: upstream, unit: t}
    y: {name: 乙, stage: upstream, unit: t}
    z:
      name: 丙
      stage: midstream
      unit: t
      routes: [{id: one, inputs: {x: {per: 2}}}, {id: two, inputs: {y: {per: 3}}}]
    """
    facts = """
    enterprises:
      f: {name: 一厂, makes: {z: {capacity: 10, route: one}}}
      g: {name: 二厂, makes: {z: {capacity: 5, route: two}}}
    """
    balances = find_balance(make_atlas(products, facts))
    assert (balances["x"].demand, balances["y"].demand, balances["z"].supply) == (20, 15, 15)


def test_overlapping_projects_run_once(make_atlas):
    facts = """
    projects:
      small: {name: 一期, milestones: {operating: 2020}, capacity: {siloxane: 100}}
      large: {name: 全部, milestones: {operating: 2020}, capacity: {siloxane: 300}, overlaps: [small]}
    """
    balances = find_balance(make_atlas(CHLORINE, facts))
    assert (balances["siloxane"].supply, balances["hcl"].supply) == (300, pytest.approx(294.9))


def test_long_chains_with_loops_and_by_products_are_solved():
    """1,500 products in a ring, each giving back some of another, against the plain iteration."""
    count = 1500
    ids = [f"p{number}" for number in range(count)]
    products = {
        id: {
            "name": {"zh": id},
            "stage": "midstream",
            "unit": "t",
            "inputs": {ids[(at + 1) % count]: {"per": 0.9}},
            "byproducts": {ids[(at + 7) % count]: {"per": 0.1}} if at % 10 == 0 else {},
        }
        for at, id in enumerate(ids)
    }
    atlas = Atlas.model_validate(
        {
            "atlas": {"id": "ring", "name": {"zh": "环"}},
            "place": {"name": {"zh": "环"}},
            "as_of": "2024",
            "chains": {"all": {"name": {"zh": "链"}, "branches": ["all"]}},
            "branches": {"all": {"id": "all", "name": {"zh": "链"}}},
            "products": products,
            "branch_of": dict.fromkeys(products, "all"),
        }
    )
    found = find_requirements(atlas, {"p0": 1000})
    made = np.zeros(count)
    for _ in range(2000):
        needed = 0.9 * np.roll(made, 1)
        returned = np.roll(np.where(np.arange(count) % 10 == 0, 0.1 * made, 0), 7)
        made = np.maximum(0, needed - returned)
        made[0] += 1000
    assert [found.get(id, 0) for id in ids[:200]] == pytest.approx(made[:200], rel=1e-6, abs=1e-6)


AMOUNTS = st.floats(0, 1e6, allow_subnormal=False)


@settings(max_examples=25, deadline=None)
@given(first=AMOUNTS, second=AMOUNTS)
def test_the_balance_is_linear_in_the_capacities(yumen, first, second):
    def demand(amount):
        maker = {"makes": {"pvdf": {"capacity": amount}}, "name": "厂"}
        firms = {"only": type(yumen.enterprises["gansu_juhua"]).model_validate(maker)}
        atlas = yumen.model_copy(update={"enterprises": firms, "projects": {}})
        return find_balance(atlas)["vinylidene_fluoride"].demand

    assert demand(first) + demand(second) == pytest.approx(demand(first + second), rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(before=st.floats(1e-6, 1e6), more=st.floats(1e-6, 1e6))
def test_another_supplier_never_raises_the_shortfall_of_what_it_makes(
    make_atlas_once, before, more
):
    from chaingraph.analysis.whatif import land

    atlas = make_atlas_once(CHLORINE, capacities(siloxane=1000, chloromethane=100))
    one = find_balance(land(atlas, "chloromethane", before))["chloromethane"].shortfall
    both = land(land(atlas, "chloromethane", before), "chloromethane", more)
    assert find_balance(both)["chloromethane"].shortfall <= one + 1e-6


HEAD = """
atlas: {id: town, name: 小城图谱}
place: {name: 小城}
as_of: 2024-06-30
chains: {food: {name: 食品, branches: [bakery]}}
includes: [products/*.yaml, facts.yaml]
"""


def test_two_products_that_come_with_each_other_have_no_single_answer(make_atlas):
    products = """
    soda: {name: 碱, stage: upstream, unit: t, byproducts: {chlorine: {per: 0.5}}}
    chlorine: {name: 氯, stage: upstream, unit: t, byproducts: {soda: {per: 2}}}
    """
    with pytest.raises(UsageError, match="come"):
        find_requirements(make_atlas(products), {"soda": 100, "chlorine": 40})


@pytest.mark.parametrize("amount", [-5, float("nan"), float("inf"), 1e308])
def test_amounts_that_cannot_be_are_refused(make_atlas, amount):
    with pytest.raises(UsageError, match="must be zero or more"):
        find_requirements(make_atlas(CHLORINE), {"siloxane": amount})


POOLS = """
gas: {name: 气, stage: upstream, unit: t}
first: {name: 网一, stage: midstream, unit: t, pool: true, inputs: {gas: {per: 1, critical: true}}}
second: {name: 网二, stage: midstream, unit: t, pool: true, inputs: {gas: {per: 1, critical: true}}}
one: {name: 甲, stage: downstream, unit: t, inputs: {first: {per: 1, critical: true}}}
two: {name: 乙, stage: downstream, unit: t, inputs: {second: {per: 1, critical: true}}}
"""


def test_pools_on_one_feeder_each_get_what_they_need_before_any_gets_more(make_atlas):
    balances = find_balance(make_atlas(POOLS, capacities(gas=100, one=50, two=50)))
    assert (balances["first"].shortfall, balances["second"].shortfall) == (0, 0)


def test_a_pool_of_which_an_input_has_no_figure_is_told_as_partial(make_atlas):
    text = POOLS.replace(
        "inputs: {gas: {per: 1, critical: true}}}\none", "inputs: {gas: {critical: true}}}\none"
    )
    second = find_balance(make_atlas(text, capacities(gas=100, two=50)))["second"]
    assert (second.supply, second.shortfall) == (None, None)
