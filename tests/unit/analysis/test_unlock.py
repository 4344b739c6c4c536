"""Bundles: AND, OR, loops, by-products, reach; minimal, and the same as brute force."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.analysis.hyperpath import (
    Way,
    derive,
    find_plan,
    index_ways,
    relevant_ways,
    search_plan,
)
from chaingraph.analysis.unlock import find_feasible, unlock
from chaingraph.errors import UsageError

PRODUCTS = """
ore: {name: 矿, stage: upstream, reach: local}
acid: {name: 酸, stage: upstream, reach: national}
hf: {name: 氟化氢, stage: midstream, reach: local, inputs: {ore: {critical: true}, acid: {critical: true}}}
gas: {name: 气, stage: midstream, reach: local,
      routes: [{id: dear, inputs: {hf: {critical: true}, lamp: {critical: true}}},
               {id: cheap, inputs: {hf: {critical: true}}}]}
lamp: {name: 灯, stage: midstream, reach: local, inputs: {ore: {critical: true}}}
resin: {name: 树脂, stage: downstream, reach: local, inputs: {gas: {critical: true}}}
"""
ORE = "enterprises: {mine: {name: 矿山, makes: [ore]}}"


def products(bundles):
    return [bundle.products for bundle in bundles]


def test_the_cheapest_route_is_taken_and_the_other_listed(make_atlas):
    bundles = unlock(make_atlas(PRODUCTS, ORE), "resin")
    assert products(bundles) == [("hf", "gas", "resin")]
    assert (bundles[0].cost, bundles[0].shipped) == (3, ("acid",))


def test_with_nothing_shipped_in_the_inputs_must_land_too(make_atlas):
    (bundle,) = unlock(make_atlas(PRODUCTS, ORE), "hf", ship="none")
    assert set(bundle.products) == {"acid", "hf"}
    assert bundle.to_record()["resources"] == ["acid"]


def test_regional_inputs_come_from_a_neighbour_that_makes_them(make_atlas):
    regional = PRODUCTS.replace(
        "stage: upstream, reach: national", "stage: upstream, reach: regional"
    )
    (alone,) = unlock(make_atlas(regional, ORE), "hf")
    assert alone.shipped == ()
    near = ORE + "\nneighbours: {next: {name: 邻县, makes: [acid], date: 2024-01}}"
    (helped,) = unlock(make_atlas(regional, near), "hf")
    assert (helped.products, helped.shipped) == (("hf",), ("acid",))
    (before,) = unlock(make_atlas(regional, near), "hf", as_of="2023-12")
    assert before.shipped == ()


def test_what_is_here_needs_nothing(make_atlas):
    (bundle,) = unlock(make_atlas(PRODUCTS, ORE), "ore")
    assert (bundle.steps, bundle.cost) == ((), 0)


LOOP = """
a: {name: 甲, stage: midstream, reach: local, inputs: {b: {critical: true}}}
b: {name: 乙, stage: midstream, reach: local, inputs: {a: {critical: true}}}
"""


def test_no_product_justifies_itself(make_atlas):
    assert unlock(make_atlas(LOOP), "a") == []
    assert find_feasible(make_atlas(LOOP)) == []


def test_pools_that_feed_each_other_come_from_nowhere(make_atlas):
    pools = LOOP.replace("reach: local,", "pool: true,")
    assert unlock(make_atlas(pools), "a") == []


def test_a_loop_can_be_entered_from_outside(make_atlas):
    loop = LOOP.replace(
        "inputs: {a: {critical: true}}}",
        "routes: [{id: r, inputs: {a: {critical: true}}}, {id: s, inputs: {c: {critical: true}}}]}",
    )
    atlas = make_atlas(loop + "c: {name: 丙, stage: upstream, reach: local}\n")
    assert products(unlock(atlas, "a")) == [("c", "b", "a")]


def test_a_by_product_of_what_lands_is_had(make_atlas):
    text = """
    salt: {name: 盐, stage: upstream, reach: national}
    plant: {name: 氯碱, stage: upstream, reach: local, inputs: {salt: {critical: true}}, byproducts: {chlorine: {}}}
    chlorine: {name: 氯, stage: upstream, reach: local}
    vdc: {name: 偏氯乙烯, stage: midstream, reach: local, inputs: {chlorine: {critical: true}}}
    """
    (bundle,) = unlock(make_atlas(text), "vdc")
    assert bundle.products == ("plant", "vdc")
    assert bundle.steps[0].brings == ("chlorine",)


def test_cost_may_be_investment_and_what_is_unknown_is_the_median(make_atlas):
    text = """
    x: {name: 甲, stage: upstream, reach: local, inputs: {z: {critical: true}}, investments: [{item: 厂, investment: 10}]}
    y: {name: 乙, stage: upstream, reach: local, inputs: {z: {critical: true}}, investments: [{item: 厂, investment: 2}]}
    z: {name: 丙, stage: upstream, reach: national}
    goal:
      name: 丁
      stage: midstream
      reach: local
      routes: [{id: one, inputs: {x: {critical: true}}}, {id: two, inputs: {y: {critical: true}}}]
    """
    first, second = unlock(make_atlas(text), "goal", cost="investment")
    assert (first.products, first.cost) == (("y", "goal"), 2 + 6)  # the median of 10 and 2 is 6
    assert (second.products, second.cost) == (("x", "goal"), 10 + 6)


def test_pvdf_needs_its_precursors(yumen):
    least = unlock(yumen, "PVDF")[0]
    assert least.products == ("vinylidene_fluoride", "pvdf")
    assert least.shipped == ("refrigerant_r142b",)
    whole = unlock(yumen, "PVDF", ship="upstream")[0]
    assert {"anhydrous_hf", "refrigerant_r142b", "vinylidene_fluoride"} < set(whole.products)
    assert "acid_fluorspar" in whole.shipped


@pytest.mark.parametrize(("option", "value"), [("cost", "money"), ("ship", "all")])
def test_options_that_are_not_there_are_refused(yumen, option, value):
    with pytest.raises(UsageError, match=f"'{value}' is not one of"):
        unlock(yumen, "pvdf", **{option: value})


NAMES = "abcdefg"


@st.composite
def hypergraphs(draw, once=False):
    """Ways to make and bring products; if ``once``, no product is made in more than one way."""
    ways = draw(
        st.lists(
            st.builds(
                Way,
                st.sampled_from(NAMES),
                st.just(None),
                st.frozensets(st.sampled_from(NAMES), max_size=3),
                st.frozensets(st.sampled_from(NAMES), max_size=1),
            ),
            max_size=14,
            unique_by=(lambda way: way.product) if once else None,
        )
    )
    ways = [
        Way(
            way.product,
            str(index),
            way.needs - {way.product},
            way.brings - {way.product} - way.needs,
        )
        for index, way in enumerate(ways)
    ]
    costs = {name: draw(st.integers(1, 4)) for name in NAMES}
    return ways, costs, draw(st.frozensets(st.sampled_from(NAMES[1:]), max_size=2))


def least_cost(ways, costs, at_hand, target):
    """The cheapest set of products with which forward chaining lands the target, of all sets."""
    found = []
    for size in range(1, len(NAMES) + 1):
        for landed in combinations(NAMES, size):
            usable = [way for way in ways if way.product in landed]
            reached = derive(usable, at_hand).keys() | at_hand
            lands = {way.product for way in usable if way.needs <= reached}
            if set(landed) <= lands and target in derive(usable, at_hand):
                found.append(sum(costs[name] for name in landed))
    return min(found, default=None)


@settings(max_examples=150, deadline=None)
@given(hypergraphs())
def test_plans_match_brute_force_on_hypergraphs_with_cycles(case):
    ways, costs, at_hand = case
    plan = find_plan(index_ways(ways), "a", at_hand, costs)
    assert (plan and plan.cost) == least_cost(ways, costs, at_hand, "a")


@settings(max_examples=150, deadline=None)
@given(hypergraphs())
def test_dropping_any_product_of_a_plan_breaks_it(case):
    ways, costs, at_hand = case
    plan = find_plan(index_ways(ways), "a", at_hand, costs)
    if plan is not None:
        assert "a" in derive(plan.ways, at_hand)
        for dropped in plan.products:
            left = [way for way in plan.ways if way.product != dropped]
            assert "a" not in derive(left, at_hand)


@settings(max_examples=150, deadline=None)
@given(hypergraphs(once=True) | hypergraphs())
def test_plans_without_a_choice_are_those_that_the_search_finds(case):
    ways, costs, at_hand = case
    for target in derive(ways, at_hand):
        relevant = relevant_ways(index_ways(ways), target, at_hand)
        reached = derive(relevant, at_hand).keys() | at_hand
        usable = [way for way in relevant if way.needs <= reached]
        plan = find_plan(index_ways(ways), target, at_hand, costs)
        assert plan == search_plan(usable, target, at_hand, costs)
        for taken in (plan.products, plan.products[:1], NAMES):
            other = find_plan(index_ways(ways), target, at_hand, costs, without=[taken])
            assert other == search_plan(usable, target, at_hand, costs, without=[taken])


def test_without_a_choice_nothing_is_searched(monkeypatch):
    monkeypatch.delattr("chaingraph.analysis.hyperpath.search_plan")
    ways = [
        Way("b", "1", frozenset("a")),
        Way("a", "2", frozenset("c")),
        Way("c", "3", frozenset()),
    ]
    costs = dict.fromkeys("abc", 1.0)
    plan = find_plan(index_ways(ways), "b", set(), costs)
    assert (plan.products, plan.cost) == (("c", "a", "b"), 3)
    assert find_plan(index_ways(ways), "b", set(), costs, without=["ca"]) is None


def test_ways_are_in_an_order_in_which_each_has_what_it_needs(yumen):
    for bundle in unlock(yumen, "dmc_cyclosiloxane", ship="upstream"):
        there = {
            need
            for step in bundle.steps
            for need, status in step.needs
            if status in ("here", "shipped")
        }
        for step in bundle.steps:
            assert {need for need, _ in step.needs} <= there
            there |= {step.product, *step.brings}


def test_what_may_not_be_landed_is_not_part_of_a_bundle(make_atlas):
    ban = "\ngates: {ban: {name: 禁令, kind: ban, products: [hf], verdict: fail}}"
    assert unlock(make_atlas(PRODUCTS, ORE + ban), "resin") == []
