"""The back-test: measures by hand, no skill where there is none, nothing from the future."""

import dataclasses
import json
import math
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.errors import UsageError
from chaingraph.evidence import backtest as judge
from chaingraph.evidence.arrivals import make_entries, parse_day, read_entries
from chaingraph.evidence.backtest import backtest
from chaingraph.evidence.baselines import BASELINES, _drive
from chaingraph.evidence.entry import forecast
from chaingraph.evidence.hazard import Model, learn, look
from chaingraph.evidence.ranking import average_precision, brier_score, precision_at, roc_auc
from chaingraph.evidence.reliability import draw_calibration

KEYS = {"roc_auc", "auc_pr", "lift", "precision_at_10", "precision_at_100", "brier"}
CKG = os.environ.get("CHAINGRAPH_CKG") or Path(__file__).parents[4] / "shared" / "data" / "ckg"
PANEL = Path(CKG).parent / "entries_1990_2017.csv"


def draw_rows(seed, *, places=8, activities=30, rows=400, popular=0.0):
    """Arrivals at random; with some popularity, at few places and of few activities."""
    random = np.random.default_rng(seed)
    weight = np.exp(popular * random.normal(size=places))
    share = np.exp(popular * random.normal(size=activities))
    return [
        (f"地{place:02}", f"业{activity:02}", day)
        for place, activity, day in zip(
            random.choice(places, rows, p=weight / weight.sum()).tolist(),
            random.choice(activities, rows, p=share / share.sum()).tolist(),
            random.integers(parse_day("2000"), parse_day("2015"), rows).tolist(),
            strict=True,
        )
    ]


@pytest.fixture(scope="module")
def rows():
    return draw_rows(1, popular=0.8)


@pytest.fixture(scope="module")
def result(rows):
    return backtest(make_entries(rows), split="2011-01-01", draws=50)


def make_panel(rows):
    return make_entries((place, activity, parse_day(since)) for place, activity, since in rows)


# ----------------------------------------------------------------------- measures

SCORES = np.array([9.0, 7.0, 7.0, 7.0, 5.0, 1.0])
TRUTH = np.array([True, True, False, False, True, False])


def test_measures_by_hand():
    # of 9 pairs: 9 beats 3, 7 beats 1 and ties with 2, 5 beats 1
    assert roc_auc(SCORES, TRUTH) == (3 + 1 + 2 / 2 + 1) / 9
    # the hit among the ties stands at rank 2, 3 or 4
    assert average_precision(SCORES, TRUTH) == pytest.approx(
        (1 + (2 / 2 + 2 / 3 + 2 / 4) / 3 + 3 / 5) / 3
    )
    assert precision_at(SCORES, TRUTH, 3) == pytest.approx((1 + 2 / 3) / 3)
    assert precision_at(SCORES, TRUTH, 100) == 0.5
    assert brier_score(np.array([1.0, 0.4]), np.array([True, True])) == pytest.approx(0.18)


def test_ties_are_the_mean_over_all_their_orders():
    random = np.random.default_rng(0)
    ranked = []
    for _ in range(4000):
        broken = SCORES + random.random(6) * 1e-3
        ranked.append([average_precision(broken, TRUTH), precision_at(broken, TRUTH, 2)])
    expected = average_precision(SCORES, TRUTH), precision_at(SCORES, TRUTH, 2)
    assert np.mean(ranked, axis=0) == pytest.approx(expected, abs=0.01)


def test_measures_without_anything_to_find_are_not_defined():
    none, all_ = np.zeros(3, bool), np.ones(3, bool)
    assert math.isnan(roc_auc(np.ones(3), none))
    assert math.isnan(roc_auc(np.ones(3), all_))
    assert math.isnan(average_precision(np.ones(3), none))
    assert math.isnan(precision_at(np.zeros(0), np.zeros(0, bool), 10))


def test_measures_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is only a cross-check")
    random = np.random.default_rng(2)
    scores, truth = random.random(500), random.random(500) < 0.1
    assert roc_auc(scores, truth) == pytest.approx(metrics.roc_auc_score(truth, scores))
    assert average_precision(scores, truth) == pytest.approx(
        metrics.average_precision_score(truth, scores)
    )
    assert brier_score(scores, truth) == pytest.approx(metrics.brier_score_loss(truth, scores))
    assert roc_auc(scores.round(1), truth) == pytest.approx(
        metrics.roc_auc_score(truth, scores.round(1))
    )


def test_baselines_by_hand():
    has = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])
    assert BASELINES["degree"](has)[1].tolist() == [2, 2, 1]
    # to activity 1: itself 1, 0 has 1/2, 2 has 1/2; of that place 1 has 0
    assert BASELINES["density"](has)[1, 1] == 0.5 / 2
    assert BASELINES["similarity"](has)[1, 1] == pytest.approx(1 / 2)
    assert len(np.unique(BASELINES["random"](has))) == 1


# ---------------------------------------------------------------------- candidates


def test_candidates_are_what_was_known_but_not_together():
    entries = make_panel(
        [
            ("a", "x", "2000"),
            ("b", "y", "2001"),
            ("a", "y", "2011"),  # a candidate that arrives
            ("a", "y", "2012"),  # again: counts once
            ("b", "z", "2011"),  # an activity without history
            ("c", "x", "2011"),  # a place without history
            ("b", "y", "2011"),  # was there before
        ]
    )
    result = backtest(entries, split="2010", draws=0)
    assert (result.candidates, result.entries, result.unseen) == (2, 1, 2)
    assert (result.prevalence, result.until) == (0.5, "2012-01-01")
    assert result.baselines["random"].precision_at_10 == 0.5
    assert backtest(entries, split="2010", until="2010-12-31", draws=0).entries == 0


@pytest.mark.parametrize(
    ("until", "day"),
    [("2012", "2012-12-31"), ("2012-02", "2012-02-29"), ("2012/6/3", "2012-06-03")],
)
def test_a_year_is_judged_until_its_last_day_and_split_on_its_first(rows, until, day):
    result = backtest(make_entries(rows), split="2012", until=until, draws=0)
    assert (result.split, result.until) == ("2012-01-01", day)


def test_the_record_is_plain_and_complete(result):
    record = json.loads(json.dumps(result.to_record(), allow_nan=False))
    assert set(record["model"]) == KEYS
    assert list(record["baselines"]) == ["random", "degree", "density", "similarity"]
    assert all(set(one) == KEYS for one in record["baselines"].values())
    assert record["prevalence"] == round(record["entries"] / record["candidates"], 6)
    assert record["model"]["lift"] == pytest.approx(
        record["model"]["auc_pr"] / record["prevalence"], rel=1e-3
    )
    assert sum(one["count"] for one in record["calibration"]) == record["candidates"]
    assert sum(one["count"] * one["observed"] for one in record["calibration"]) == pytest.approx(
        record["entries"], rel=1e-3
    )
    low, high = record["intervals"]["auc_pr_over_density"]
    assert low <= record["over_density"]["auc_pr"] <= high


def test_the_best_baseline_of_each_measure_is_named_and_compared_with(result):
    record = result.to_record()
    for measure in ("auc_pr", "precision_at_10"):
        of = {name: one[measure] for name, one in record["baselines"].items()}
        assert of[record["best_baseline"][measure]] == max(of.values())
        ratio = record["over_best"][measure]
        assert ratio == pytest.approx(record["model"][measure] / max(of.values()), rel=1e-4)
        assert ratio <= record["over_density"][measure]
        low, high = record["intervals"][f"{measure}_over_best"]
        assert low <= ratio <= high


def test_the_same_input_gives_the_same_bytes(rows, result):
    again = backtest(make_entries(reversed(rows)), split="2011-01-01", draws=50)
    assert json.dumps(again.to_record()) == json.dumps(result.to_record())
    assert draw_calibration(again) == draw_calibration(result)


def test_draws_are_what_plain_measuring_of_each_draw_finds():
    entries = make_entries(draw_rows(4, places=12, activities=25, rows=250, popular=0.8))
    result = backtest(entries, split="2011", draws=40, seed=3)
    start, end = parse_day("2011"), int(entries.day[-1]) + 1
    years = (end - start) / 365.25
    model = learn(entries, start, years=years)
    now = look(model.entries, start, start, model.near)
    has = (model.entries.count(start) > 0).astype(float)
    row = [entries.places.index(place) for place in model.entries.places]
    column = [entries.activities.index(activity) for activity in model.entries.activities]
    happened = entries.arrived(start, end)[np.ix_(row, column)][now.lacking]
    expected = model.expect(now, years)
    rivals = {name: score(has)[now.lacking] for name, score in BASELINES.items()}
    rows = np.nonzero(now.lacking)[0]

    def measure(scores, at, again):
        scores, truth = scores[at], happened[at]
        at_10 = [
            precision_at(scores[again == row], truth[again == row], 10) for row in np.unique(again)
        ]
        precision = average_precision(scores, truth)
        brier = brier_score(-np.expm1(-scores), truth)
        return {
            "roc_auc": roc_auc(scores, truth),
            "auc_pr": precision,
            "lift": precision / float(truth.mean()),
            "precision_at_10": float(np.mean(at_10)),
            "precision_at_100": precision_at(scores, truth, 100),
            "brier": brier,
        }

    everything = np.arange(rows.size)
    assert dataclasses.asdict(result.model) == measure(expected, everything, rows)
    members = [np.flatnonzero(rows == row) for row in np.unique(rows)]
    random, samples = np.random.default_rng(3), []
    for _ in range(40):
        drawn = random.integers(len(members), size=len(members))
        at = np.concatenate([members[number] for number in drawn])
        again = np.repeat(np.arange(len(drawn)), [members[number].size for number in drawn])
        sample = measure(expected, at, again)
        density = measure(rivals["density"], at, again)
        for name in ("auc_pr", "precision_at_10", "precision_at_100"):
            sample[f"{name}_over_density"] = sample[name] / density[name]
        for name, best in result.best.items():
            sample[f"{name}_over_best"] = sample[name] / measure(rivals[best], at, again)[name]
        samples.append(sample)
    for name in samples[0]:
        values = np.array([sample[name] for sample in samples])
        bounds = np.quantile(values, (0.025, 0.975), method="nearest")
        assert result.intervals[name] == tuple(bounds.tolist()), name


def test_what_no_draw_and_no_place_changes_is_computed_once(monkeypatch, rows):
    calls = []
    expect = Model.expect
    monkeypatch.setattr(Model, "expect", lambda *of: calls.append(1) or expect(*of))
    forecast(make_entries(rows), top=1)
    assert len(calls) == 1
    sort, calls[:] = np.argsort, []
    monkeypatch.setattr(np, "argsort", lambda *of, **how: calls.append(1) or sort(*of, **how))
    counts = []
    for draws in (1, 30):
        calls.clear()
        backtest(make_entries(rows), split="2011", draws=draws)
        counts.append(len(calls))
    assert counts[0] == counts[1]


# ------------------------------------------------------------------ skill, and none


def test_nothing_after_the_split_is_learned_from(rows):
    split = parse_day("2011-01-01")
    other = [row for row in draw_rows(9, popular=2.0) if row[2] >= split]
    past = [row for row in rows if row[2] < split]
    one, two = (
        backtest(make_entries(past + later), split="2011-01-01", until="2014-12-31", draws=0)
        for later in ([row for row in rows if row[2] >= split], other)
    )
    assert one.weights == two.weights
    assert one.expected == two.expected
    assert [bin.predicted for bin in one.calibration] == [bin.predicted for bin in two.calibration]
    assert one.entries != two.entries


def test_chance_cannot_be_forecast():
    found = [
        backtest(make_entries(draw_rows(seed, activities=60)), split="2011", draws=0)
        for seed in range(25)
    ]
    assert np.mean([one.model.roc_auc for one in found]) == pytest.approx(0.5, abs=0.03)
    assert np.mean([one.model.lift for one in found]) == pytest.approx(1, abs=0.15)


def test_the_random_baseline_is_no_skill(result):
    random = result.baselines["random"]
    assert random.roc_auc == 0.5
    assert random.lift == pytest.approx(1, abs=0.2)  # a little above 1 in few candidates
    assert random.precision_at_100 == pytest.approx(result.prevalence)


def test_probabilities_are_right_where_rates_are_as_they_were():
    rows = [draw_rows(seed, places=30, activities=100, rows=3000, popular=1.0) for seed in range(3)]
    found = [backtest(make_entries(one), split="2012", draws=0) for one in rows]
    expected, happened = sum(one.expected for one in found), sum(one.entries for one in found)
    assert expected == pytest.approx(happened, rel=0.15)
    assert np.mean([one.slope for one in found]) == pytest.approx(1, abs=0.25)


# ---------------------------------------------------------------------- degenerate


def test_no_arrivals_after_the_split_leave_measures_undefined():
    entries = make_panel([("a", "x", "2000"), ("b", "y", "2001"), ("a", "x", "2012")])
    record = backtest(entries, split="2010").to_record()
    assert record["model"]["roc_auc"] is record["model"]["auc_pr"] is None
    assert record["model"]["precision_at_10"] == 0
    assert any("nothing arrived after the split" in told for told in record["warnings"])
    assert record["best_baseline"] == {"auc_pr": None, "precision_at_10": None}
    assert record["over_best"] == {"auc_pr": None, "precision_at_10": None}


def test_one_place_can_be_tested():
    entries = make_panel([("a", "x", "2000"), ("a", "y", "2001"), ("a", "z", "2010")])
    result = backtest(entries, split="2010")
    assert (result.candidates, result.entries, result.unseen) == (0, 0, 1)
    told = [warning.text("en") for warning in result.warnings]
    assert "no candidates: every place has every activity" in told
    assert "没有可画的数据" in draw_calibration(result)
    json.dumps(result.to_record(), allow_nan=False)


def test_few_places_and_arrivals_are_warned_of(result):
    told = [warning.text("en") for warning in result.warnings]
    assert "only 8 places: the intervals, which draw places, mean little" in told
    assert "只有 8 个地方：按地方抽样的区间意义不大" in result.to_record("zh")["warnings"]


@pytest.mark.parametrize(
    ("arrived", "places", "told"),
    [
        (49, 10, ["only 49 arrivals to judge by: see the intervals"]),
        (50, 9, ["only 9 places: the intervals, which draw places, mean little"]),
        (50, 10, []),
    ],
)
def test_from_where_on_there_is_enough_to_judge_by(arrived, places, told):
    warned = judge._warn(np.arange(100) < arrived, places, "")
    assert [warning.text("en") for warning in warned] == told


def test_intervals_hold_the_middle_95_of_100_draws():
    draws = np.array([*range(1001), math.nan])
    assert judge._middle(np.random.default_rng(0).permutation(draws)) == (25, 975)
    assert all(map(math.isnan, judge._middle(np.array([math.nan]))))


def test_a_score_of_nothing_is_half_of_the_least_there_is():
    entries = make_panel([("a", "x", "2000"), ("a", "y", "2000"), ("b", "z", "2000")])
    model = learn(entries, parse_day("2010"), years=1)
    now = look(model.entries, model.day, model.day, model.near)
    score = np.array([[9.0, 9.0, 0.0], [3.0, 4.0, 9.0]])  # a lacks z; b lacks x and y
    logs = np.log([3 / 2, 3.0, 4.0])
    found = _drive(model, now, lambda _: score).values[:, 0]
    assert found == pytest.approx(logs - logs.mean())


def test_time_without_data_is_warned_of(rows):
    late = backtest(make_entries(rows), split="2011-01-01", until="2020-01-01", draws=0)
    assert any("the data end on 2014-" in told for told in late.to_record()["warnings"])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"split": "1999"}, "nothing arrived before 1999-01-01: the data run from 2000-.*; try 20"),
        ({"split": "2030"}, "nothing to judge by from 2030 to 2014-12-.*; try 20"),
        ({"split": "2011", "until": "2010"}, "nothing to judge by from 2011 to 2010-12-31"),
        ({"split": "soon"}, "'soon' is no date"),
    ],
)
def test_a_split_without_a_before_or_an_after_is_refused(rows, asked, message):
    with pytest.raises(UsageError, match=message):
        backtest(make_entries(rows), **asked)


names = st.sampled_from("abcd")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(names, names, st.integers(730_000, 734_000)), min_size=2, max_size=30))
def test_any_panel_can_be_tested(rows):
    rows = sorted({*rows, ("a", "b", 729_000), ("b", "a", 735_000)})
    result = backtest(make_entries(rows), split="2005", draws=3)
    json.dumps(result.to_record(), allow_nan=False)
    ET.fromstring(draw_calibration(result))  # noqa: S314 - our own text


# ------------------------------------------------------------------------ pictures


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_picture_has_a_dot_for_each_bin(result, lang):
    tree = ET.fromstring(draw_calibration(result, lang=lang))  # noqa: S314 - our own text
    dots = tree.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(dots) == len(result.calibration)
    assert all(
        0 <= float(dot.get("cx")) <= 560 and 0 <= float(dot.get("cy")) <= 560 for dot in dots
    )


# ----------------------------------------------------------------------- real data


@pytest.mark.skipif(not PANEL.is_file(), reason=f"the panel is not there: {PANEL}")
@pytest.mark.parametrize(
    ("split", "until", "floor"),
    [("2009", "2012", 1.75), ("2011", "2013", 1.75), ("2014", None, 1.5)],
)
def test_listed_firms_are_forecast_better_than_by_density(split, until, floor):
    result = backtest(read_entries(PANEL), split=split, until=until, draws=0)
    assert result.ratios["auc_pr"] >= 1.25
    assert result.ratios["precision_at_10"] >= floor
    assert all(ratio > 1 for ratio in result.over_best.values())
    assert result.slope == pytest.approx(1, abs=0.25)
    assert all(result.model.brier < one.brier for one in result.baselines.values())
