"""Scores by hand: components, missing data, gates, stability."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chaingraph.analysis.explain import explain_gap
from chaingraph.analysis.gaps import find_gaps
from chaingraph.analysis.gates import try_gates
from chaingraph.analysis.score import (
    COMPONENTS,
    assess,
    find_linkages,
    find_pull,
    rank_gaps,
    weigh,
)
from chaingraph.analysis.survey import make_survey
from chaingraph.errors import UsageError

PRODUCTS = """
ore: {name: {zh: 矿, en: ore}, stage: upstream, unit: t, reach: local, codes: {gbt4754: "1011"}}
water: {name: {zh: 水, en: water}, stage: upstream, unit: m3, reach: local}
acid:
  name: {zh: 酸, en: acid}
  stage: midstream
  unit: t
  codes: {gbt4754: "2611"}
  technology: {value: 0.4, sources: [s], confidence: M}
  inputs: {ore: {per: 2, critical: true}, water: {per: 10, unit: m3/t, critical: true}}
salt:
  name: {zh: 盐, en: salt}
  stage: downstream
  unit: t
  inputs: {acid: {per: 0.5, critical: true}}
"""
FACTS = """
enterprises:
  mine: {name: 矿山, makes: [ore]}
  plant: {name: 盐厂, makes: {salt: {capacity: 100}}}
policies: {plan: {name: {zh: 规划, en: Plan}, names: [acid], date: 2024-01}}
sources: {s: {title: 目录, kind: standard}}
"""


def find(gaps, product):
    return next(gap for gap in gaps if gap.product == product)


def test_every_component_is_what_its_definition_says(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS)
    parts = find(rank_gaps(atlas), "acid").parts
    assert parts["relatedness"] == pytest.approx(2 / 3)  # ore and salt of ore, water, salt
    assert parts["technology"] == 0.4
    assert parts["demand"] == 1 * 1 / 2  # all of the need of one user here is unmet
    assert parts["readiness"] == 1 / 2  # ore is here, water is not
    assert parts["strategy"] == 1
    assert "crowding" not in parts  # no neighbour is in the atlas


def test_linkages_share_a_product_equally_between_its_inputs_and_itself(make_atlas):
    survey = make_survey(make_atlas(PRODUCTS, FACTS))
    linkages = find_linkages(survey)
    at = survey.network.number
    # acid takes ore and water: 1/3 each; salt takes acid: 1/2
    assert linkages.backward[at["acid"]] == pytest.approx(1 + 2 / 3)
    assert linkages.backward[at["salt"]] == pytest.approx(1 + 1 / 2 * (1 + 2 / 3))
    # ore goes to acid and to final demand: 1/2; acid to salt: 1/2
    assert linkages.forward[at["ore"]] == pytest.approx(1 + 1 / 2 * (1 + 1 / 2))
    assert find_pull(linkages)[at["acid"]] == pytest.approx(
        ((2 / 3) / (5 / 6) + (1 / 2) / (3 / 4)) / 2
    )


def test_the_score_is_the_weighted_mean_of_what_is_known(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS)
    gap = find(rank_gaps(atlas), "acid")
    weights = atlas.weights.model_dump()
    known = {name: weights[name] for name in gap.parts}
    by_hand = sum(weight * gap.parts[name] for name, weight in known.items()) / sum(known.values())
    assert gap.score == pytest.approx(by_hand)


def test_crowding_counts_against(make_atlas):
    near = FACTS + "neighbours: {next: {name: 邻县, chases: [acid]}}"
    alone, crowded = (
        find(rank_gaps(make_atlas(PRODUCTS, facts)), "acid") for facts in (FACTS, near)
    )
    assert crowded.parts["crowding"] == 1 / 2
    assert crowded.score < alone.score + 0.05


def test_weights_may_be_given_and_must_be_known(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS)
    only = dict.fromkeys(COMPONENTS, 0) | {"strategy": 1}
    assert find(rank_gaps(atlas, weights=only), "acid").score == 1
    with pytest.raises(ValueError, match="stratgy"):
        rank_gaps(atlas, weights={"stratgy": 1})


GATES = """
gates:
  park: {name: 化工园区, kind: certification, codes: {gbt4754: ["26"]}, needs_chemical_park: true}
  water: {name: 用水, kind: water, consumes: water, available: {value: 400, unit: m3}}
  ban: {name: 禁令, kind: ban, products: [water], verdict: fail, since: 2024-05-01, note: 禁止新建}
"""


def verdicts(atlas, product, **options):
    return find(rank_gaps(atlas, **options), product).gates


def test_gates_pass_fail_or_are_not_known(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS + GATES)
    assert verdicts(atlas, "acid") == {"park": "unknown", "water": "fail"}  # 50 t take 500 m3
    assert verdicts(atlas, "water") == {"water": "unknown", "ban": "fail"}
    park = "parks: {east: {name: 东区, chemical_park: true}}\n"
    enough = GATES.replace("value: 400", "value: 500")
    atlas = make_atlas(PRODUCTS, FACTS + enough + park)
    assert verdicts(atlas, "acid") == {"park": "pass", "water": "pass"}
    nowhere = park.replace("true", "false")
    assert verdicts(make_atlas(PRODUCTS, FACTS + GATES + nowhere), "acid")["park"] == "fail"


def test_a_gate_holds_from_its_date(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS + GATES)
    assert "ban" not in verdicts(atlas, "water", as_of="2024-04-30")
    assert verdicts(atlas, "water", as_of="2024-05-01")["ban"] == "fail"


def test_a_gate_tells_its_figure(make_atlas):
    survey = make_survey(make_atlas(PRODUCTS, FACTS + GATES))
    _, water = try_gates(survey, "acid", 50)
    assert water.told.zh == "50 吨要用 500 m³，可用 400 m³"
    _, unsized = try_gates(survey, "acid", None)
    assert unsized.told.en == "400 m³ to spare, enough for 40 t; size not known"


def test_what_fails_a_gate_comes_last(make_atlas):
    gaps = rank_gaps(make_atlas(PRODUCTS, FACTS + GATES))
    failed = ["fail" in gap.gates.values() for gap in gaps]
    assert failed == sorted(failed)
    assert failed[-1]


def test_stability_is_the_same_each_time_and_holds_the_rank(yumen):
    first, again = (rank_gaps(yumen, draws=200, seed=7) for _ in range(2))
    assert first == again
    inside = [gap.rank_low <= gap.rank <= gap.rank_high for gap in first]
    assert np.mean(inside) > 0.9
    assert sum(gap.top_share for gap in first) == pytest.approx(10)
    assert rank_gaps(yumen, draws=0)[0].rank_low is None


def test_scores_do_not_depend_on_the_order_of_files(yumen):
    products = dict(reversed(yumen.products.items()))
    firms = dict(reversed(yumen.enterprises.items()))
    turned = yumen.model_copy(update={"products": products, "enterprises": firms})
    scores = {gap.product: gap.score for gap in rank_gaps(yumen, draws=0)}
    assert {gap.product: gap.score for gap in rank_gaps(turned, draws=0)} == pytest.approx(scores)


SHARES = st.one_of(st.just(np.nan), st.floats(0, 1, allow_subnormal=False))


@given(
    arrays(float, (5, len(COMPONENTS)), elements=SHARES),
    arrays(float, len(COMPONENTS), elements=st.floats(0.01, 1)),
)
def test_scores_lie_between_nothing_and_one(values, weights):
    scores = weigh(values, weights / weights.sum())
    known = scores[~np.isnan(scores)]
    assert ((known >= -1e-12) & (known <= 1 + 1e-12)).all()
    assert (np.isnan(scores) == np.isnan(values).all(axis=1)).all()


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(COMPONENTS), st.floats(0, 1))
def test_every_component_lies_between_nothing_and_one(yumen, name, weight):
    survey = make_survey(yumen)
    assessment = assess(survey, find_gaps(yumen), weights={name: weight})
    known = assessment.values[~np.isnan(assessment.values)]
    assert ((known >= 0) & (known <= 1)).all()


def test_an_explanation_adds_up_and_has_sources(yumen):
    told = explain_gap(yumen, "PVDF", as_of="2023-02-15")
    assert sum(part.adds or 0 for part in told.components) == pytest.approx(told.gap.score)
    assert [part.name for part in told.components] == list(COMPONENTS)
    assert all(part.told.zh and part.told.en for part in told.components)
    assert set(told.gap.sources) <= set(told.sources) <= set(yumen.sources)
    listed = find(rank_gaps(yumen, as_of="2023-02-15"), "pvdf")
    assert dataclasses.replace(told.gap) == listed


def test_gaps_of_every_kind_and_branch_can_be_explained(yumen):
    first = {(gap.branch, gap.kind): gap.product for gap in reversed(find_gaps(yumen))}
    for product in first.values():
        told = explain_gap(yumen, product)
        assert sum(part.adds or 0 for part in told.components) == pytest.approx(told.gap.score)


def test_a_gap_of_which_little_is_known_can_be_explained(make_atlas):
    told = explain_gap(make_atlas("thing: {name: 物, stage: upstream}"), "thing")
    known = {part.name for part in told.components if part.value is not None}
    assert known == {"pull", "demand"}


def test_what_is_no_gap_cannot_be_explained(yumen):
    with pytest.raises(UsageError, match="is no gap on"):
        explain_gap(yumen, "csp_plant")


def test_an_input_that_takes_none_of_the_water_passes(make_atlas):
    dry = PRODUCTS.replace(
        "water: {per: 10, unit: m3/t, critical: true}", "water: {per: 0, unit: m3/t}"
    )
    assert verdicts(make_atlas(dry, FACTS + GATES), "acid")["water"] == "pass"


def test_a_route_that_is_not_used_is_no_need(make_atlas):
    salt = PRODUCTS.replace(
        "  inputs: {acid: {per: 0.5, critical: true}}",
        "  routes: [{id: dry, inputs: {ore: {per: 1}}}, {id: wet, inputs: {acid: {per: 0.5}}}]",
    )
    assert find(rank_gaps(make_atlas(salt, FACTS)), "acid").parts["demand"] == 0


FORECAST = """
forecasts:
  acid:
    {place: 甘肃, activity: 无机酸, probability: 0.04, percentile: 0.9, as_of: 2024-01-01, until: 2026-12-31,
    why: {zh: 邻近活动多, en: much of its surroundings}, sources: [s]}
"""


def test_a_forecast_is_half_of_relatedness_while_it_counts(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS + FORECAST)
    during = find(rank_gaps(atlas, as_of="2024-06-30", draws=0), "acid").parts
    before = find(rank_gaps(atlas, as_of="2023-12-31", draws=0), "acid").parts
    after = find(rank_gaps(atlas, as_of="2027-01-01", draws=0), "acid").parts
    worth = 0.7 * 2 / 3  # the 90 % quantile of the shares 0, 0, 0 and 2/3
    assert during["relatedness"] == pytest.approx((2 / 3 + worth) / 2)
    assert before["relatedness"] == after["relatedness"] == pytest.approx(2 / 3)


def test_the_explanation_tells_the_forecast_and_its_source(make_atlas):
    told = explain_gap(make_atlas(PRODUCTS, FACTS + FORECAST), "acid", as_of="2024-06-30")
    part = next(part for part in told.components if part.name == "relatedness")
    zh, en = part.told.text("zh"), part.told.text("en")
    assert "甘肃到 2026-12-31 新出现“无机酸”的可能性 4.0%" in zh
    assert "高于当地所缺产业的 90%，折合 0.47" in zh
    assert "with a probability of 4.0%, more than 90% of what is lacking there, worth 0.47" in en
    assert part.sources == ("s",)


def test_a_forecast_alone_is_all_of_relatedness(make_atlas):
    lonely = PRODUCTS + "glass: {name: {zh: 玻璃, en: glass}, stage: midstream, unit: t}\n"
    forecast = FORECAST.replace("  acid:", "  glass:")
    wanted = FACTS.replace("names: [acid]", "names: [acid, glass]")
    gaps = rank_gaps(make_atlas(lonely, wanted + forecast), as_of="2024-06-30", draws=0)
    worth = 0.7 * 2 / 3  # it has no share of its own
    assert find(gaps, "glass").parts["relatedness"] == pytest.approx(worth)


def test_a_forecast_lifts_no_gap_by_being_there(make_atlas):
    middling = FORECAST.replace("percentile: 0.9", "percentile: 0.5")
    with_it, without = (
        find(rank_gaps(make_atlas(PRODUCTS, facts), as_of="2024-06-30", draws=0), "acid").parts
        for facts in (FACTS + middling, FACTS)
    )
    assert with_it["relatedness"] < without["relatedness"]
