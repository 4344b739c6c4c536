"""The best few gaps under limits, against every set there is."""

from itertools import combinations

import pytest

from chaingraph.analysis.portfolio import find_portfolio
from chaingraph.analysis.score import rank_gaps
from chaingraph.errors import UsageError

PRODUCTS = """
ore: {name: 矿, stage: upstream, unit: t, reach: local, investments: [{item: 厂, investment: 5}]}
acid: {name: 酸, stage: midstream, unit: t, reach: local, inputs: {ore: {critical: true}}, investments: [{item: 厂, investment: 3}]}
salt: {name: 盐, stage: downstream, unit: t, reach: local, inputs: {acid: {critical: true}}, investments: [{item: 厂, investment: 2}]}
wool: {name: 棉, stage: upstream, unit: t, reach: local, investments: [{item: 厂, investment: 4}]}
"""
MONEY = {"ore": 5, "acid": 3, "salt": 2, "wool": 4}
NEEDS = {"ore": set(), "acid": {"ore"}, "salt": {"acid"}, "wool": set()}


def chosen(portfolio):
    return {gap.product for gap in portfolio.gaps}


def best_by_hand(scores, number, money):
    sets = (set(each) for size in range(number + 1) for each in combinations(MONEY, size))
    fit = [each for each in sets if all(NEEDS[id] <= each for id in each)]
    return max(
        sum(scores[id] for id in each) for each in fit if sum(MONEY[id] for id in each) <= money
    )


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize("money", [0, 4, 7, 9, 10, 14])
def test_it_is_the_best_of_all_sets_that_can_be_made(make_atlas, number, money):
    atlas = make_atlas(PRODUCTS)
    scores = {gap.product: gap.score for gap in rank_gaps(atlas, draws=0)}
    found = find_portfolio(atlas, number=number, limits={"money": money})
    assert found.score == pytest.approx(best_by_hand(scores, number, money))
    assert all(NEEDS[id] <= chosen(found) for id in chosen(found))


def test_where_there_is_no_gap_nothing_is_chosen(make_atlas):
    made = "enterprises: {pit: {name: 矿坑, makes: [ore]}}"
    atlas = make_atlas("ore: {name: 矿, stage: upstream, unit: t}", made)
    assert find_portfolio(atlas, number=3, limits={"money": 60}).gaps == ()


def test_it_says_which_limit_binds_and_what_more_would_buy(make_atlas):
    atlas = make_atlas(PRODUCTS)
    found = find_portfolio(atlas, number=4, limits={"money": 9})
    number, money = found.bounds
    assert not number.binds
    assert money.binds
    assert money.next_step == pytest.approx(1)  # ore, acid and salt cost 10
    assert money.next_gain == pytest.approx(money.gain_of_one)
    assert found.score + money.next_gain == pytest.approx(find_portfolio(atlas, number=4).score)


def test_what_needs_more_than_the_set_holds_is_not_chosen(make_atlas):
    found = find_portfolio(make_atlas(PRODUCTS), number=1)
    assert chosen(found) <= {"ore", "wool"}


def test_what_fails_a_gate_is_never_chosen(make_atlas):
    ban = "gates: {ban: {name: 禁令, kind: ban, products: [wool], verdict: fail}}"
    assert "wool" not in chosen(find_portfolio(make_atlas(PRODUCTS, ban), number=4))


def test_water_and_energy_follow_from_the_size_of_the_plant(make_atlas):
    products = """
    water: {name: 水, stage: upstream, unit: m3, reach: national}
    acid:
      name: 酸
      stage: midstream
      unit: t
      min_scale: 1000
      inputs: {water: {per: 10, critical: true}}
      energy_limits: [{item: 酸, unit: kgce/t, grades: [100, 200, 300], standard: GB 1}]
    """
    gate = "gates: {w: {name: 用水, kind: water, consumes: water, available: 1000000}}"
    found = find_portfolio(make_atlas(products, gate), number=2, limits={"water": 1e6})
    use = found.uses["acid"]
    assert (use.size, use.takes["water"], use.takes["energy"]) == (1000, 10_000, 200)
    tight = find_portfolio(make_atlas(products, gate), number=2, limits={"energy": 199})
    assert "acid" not in chosen(tight)


def test_money_that_nobody_knows_is_the_median_and_is_named(make_atlas):
    unknown = PRODUCTS + (
        "silk: {name: 丝, stage: upstream, unit: t, reach: local, inputs: {ore: {critical: true}}}\n"
    )
    found = find_portfolio(make_atlas(unknown), number=5, limits={"money": 1000})
    assert found.uses["silk"].takes["money"] == 3.5  # of 5, 3, 2 and 4
    assert found.bounds[1].assumed == ("silk",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"number": -1}, "below zero"),
        ({"number": 1, "limits": {"gold": 1}}, "no resource 'gold'"),
        ({"number": 1, "limits": {"money": float("nan")}}, "zero or more"),
        ({"number": 1, "branches": ["nowhere"]}, "no branch 'nowhere'"),
    ],
)
def test_what_cannot_be_asked_is_refused(make_atlas, options, message):
    with pytest.raises(UsageError, match=message):
        find_portfolio(make_atlas(PRODUCTS), **options)
