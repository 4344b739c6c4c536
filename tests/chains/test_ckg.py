"""A real product graph of 95,558 products and 56,735 links, loops and dirt included."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from chaingraph.analysis.gaps import judge
from chaingraph.analysis.score import assess, rank
from chaingraph.analysis.survey import make_survey
from chaingraph.analysis.unlock import (
    find_feasible_in,
    find_shippable,
    make_options,
    unlock_in,
)

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def survey():
    """The graph with states drawn from a fixed seed, as the benchmarks make it."""
    if not BENCHMARKS.is_dir():
        pytest.skip("needs the source tree, for benchmarks/ckg.py")
    sys.path.insert(0, str(BENCHMARKS))
    try:
        ckg = importlib.import_module("ckg")
    finally:
        sys.path.remove(str(BENCHMARKS))
    if not ckg.FOLDER.is_dir():
        pytest.skip(f"the product graph is not there: {ckg.FOLDER}")
    return make_survey(ckg.build()[0])


def test_every_product_that_is_absent_is_a_gap(survey):
    gaps = {gap.product: gap for gap in judge(survey)}
    absent = set(survey.atlas.products) - survey.scene.here
    assert absent <= set(gaps)
    assert all(gaps[id].kind != "weak" for id in absent)
    assert all(gap.shortfall is None or gap.shortfall == 0 for gap in gaps.values())


def test_what_is_feasible_has_all_it_needs(survey):
    shippable = find_shippable(survey.atlas)
    feasible = find_feasible_in(survey, shippable)
    there = survey.scene.here | shippable | set(feasible)
    for id in feasible:
        (route,) = survey.atlas.products[id].all_routes
        assert set(survey.scene.critical([route])) <= there


def test_scores_are_shares_and_ranks_are_complete(survey):
    ranked = rank(assess(survey, judge(survey)), draws=0)
    assert [gap.rank for gap in ranked] == list(range(1, len(ranked) + 1))
    scores = np.array([gap.score for gap in ranked])
    assert ((scores >= 0) & (scores <= 1)).all()
    assert (np.diff(scores) <= 1e-9).all()


def test_bundles_hold_what_they_need(survey):
    options = make_options(survey)
    targets = [id for id in survey.atlas.products if id not in survey.scene.here][:400:20]
    for target in targets:
        for bundle in unlock_in(survey, options, target, alternatives=1):
            made = set(bundle.products)
            for step in bundle.steps:
                assert {need for need, _ in step.needs} <= made | set(options.at_hand)
