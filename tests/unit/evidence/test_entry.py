"""What takes root: reading arrivals, what drives them, and a forecast that says why."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.errors import UsageError
from chaingraph.evidence import hazard
from chaingraph.evidence.arrivals import make_entries, parse_day, read_entries, read_links
from chaingraph.evidence.drivers import find_nearness, measure_drivers
from chaingraph.evidence.entry import COLUMNS, forecast, look_ahead, to_records
from chaingraph.evidence.hazard import Window, fit_pace, fit_weights, learn, look, relative_rates
from chaingraph.evidence.panel import read_panel

NONE = np.zeros((0, 1))


def make_panel(rows):
    return make_entries((place, activity, parse_day(since)) for place, activity, since in rows)


def draw_panel(seed, places=8, activities=30, rows=400, popular=0.0):
    """Arrivals at random; with some popularity, at few places and of few activities."""
    random = np.random.default_rng(seed)
    weight = np.exp(popular * random.normal(size=places))
    share = np.exp(popular * random.normal(size=activities))
    return make_entries(
        (f"地{place:02}", f"业{activity:02}", day)
        for place, activity, day in zip(
            random.choice(places, rows, p=weight / weight.sum()).tolist(),
            random.choice(activities, rows, p=share / share.sum()).tolist(),
            random.integers(parse_day("2000"), parse_day("2015"), rows).tolist(),
            strict=True,
        )
    )


@pytest.fixture
def panel():
    return draw_panel(1, popular=0.8)


# ------------------------------------------------------------------------ reading


def write(tmp_path, text):
    path = tmp_path / "panel.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_several_arrivals_of_one_pair_are_kept(tmp_path):
    entries = read_entries(
        write(tmp_path, "region,activity,since\n甘肃,铜,2001\n甘肃,铜,1999-05\n")
    )
    assert entries.day.tolist() == [parse_day("1999-05-01"), parse_day("2001-01-01")]
    assert entries.count(parse_day("2020")).tolist() == [[2.0]]


def test_columns_can_be_named(tmp_path):
    path = write(tmp_path, "since,what,where\n2001,铜,甘肃\n")
    entries = read_entries(path, place="where", activity="what", since="since")
    assert (entries.places, entries.activities) == (("甘肃",), ("铜",))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("甘肃,铜,2001-13-01", r":3: '2001-13-01' is no date such as 2010-06-30 or 2010"),
        ("甘肃,铜,soon", r":3: 'soon' is no date"),
        ("甘肃,铜,", r":3: '' is no date"),
        ("甘肃,铜,0000", r":3: '0000' is no date"),
        ("甘肃,铜,٢٠١٠", r":3: '٢٠١٠' is no date"),
        ("甘肃,,2001", r":3: the activity is empty"),
        (",铜,2001", r":3: the place is empty"),
        ("甘肃,铜", r":3: 2 columns instead of 3"),
        ("甘\x1b[31m肃,铜,2001", r":3: 'region' holds a control character: '\\u7518\\x1b\[31m"),
        ("甘肃,\u202e铜,2001", r":3: 'activity' holds a control character: '\\u202e"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path, row, message):
    path = write(tmp_path, f"region,activity,since\n甘肃,铝,1999\n{row}\n")
    with pytest.raises(UsageError, match=r"panel\.csv" + message):
        read_entries(path)


def test_a_control_character_in_an_amount_or_a_link_is_told_and_elsewhere_passed_over(tmp_path):
    path = write(tmp_path, "place,activity,firms,note\n甘肃,铜\x07,1,x\n")
    with pytest.raises(UsageError, match=r"panel\.csv:2: 'activity' holds a control"):
        read_panel(path)
    with pytest.raises(UsageError, match=r"panel\.csv:2: 'activity' holds a control"):
        read_links(path)
    assert read_panel(write(tmp_path, 'a,b,c,d\n甘肃,铜,1,"x\ny"\n')).places == ("甘肃",)


def test_links_are_read_once_each(tmp_path):
    assert read_links(write(tmp_path, "from,to\nb,c\na,b\nb,c\n")) == [("a", "b"), ("b", "c")]


def test_an_old_arrival_counts_half_after_its_half_life():
    entries = make_panel([("a", "x", "2000-01-01")])
    assert entries.count(parse_day("2004-01-01"), 4.0)[0, 0] == pytest.approx(0.5, abs=1e-3)


# ------------------------------------------------------------------------ drivers


def test_drivers_by_hand():
    entries = make_panel(
        [("a", "水泥", "2009-12-31"), ("a", "玻璃", "2009-12-31"), ("b", "水泥", "2009-12-31")]
    )
    near = find_nearness(entries.activities)  # both are building materials
    values = measure_drivers(entries, parse_day("2010"), near)
    names = [driver.name for driver in near.drivers]
    assert names == ["pace", "momentum", "trend", "spread", "kin", "peers", "relatedness"]
    b, glass = entries.places.index("b"), entries.activities.index("玻璃")
    got = dict(zip(names, values[:, b, glass], strict=True))
    assert got["pace"] == pytest.approx(math.log(1 + 1), abs=1e-3)
    assert got["momentum"] == pytest.approx(math.log(2 + 1), abs=1e-3)
    assert got["spread"] == math.log((1 + 1) / (1 + 1))
    assert got["kin"] == pytest.approx(math.log((1 + 3) / (2 / 3 + 3)), abs=1e-3)  # 2 × 1/3
    alike = 1 / math.sqrt(2)
    assert got["peers"] == pytest.approx(math.log((alike + 0.1) / (alike / 2 + 0.1)), abs=1e-3)
    assert got["relatedness"] == pytest.approx(
        math.log((alike + 0.3) / (alike * 2 / 3 + 0.3)), abs=1e-3
    )


def test_the_trend_of_a_field_by_hand():
    entries = make_panel([("a", "水泥", "1998-01-01"), ("a", "玻璃", "2009-12-31")])
    near = find_nearness(entries.activities)  # both are building materials
    trend = measure_drivers(entries, parse_day("2010"), near)[2]
    lately, before = 1 + 0.5 ** (12 / 3), 1 + 0.5 ** (12 / 12)
    assert trend == pytest.approx(math.log((1 + lately) / (1 + before)), abs=1e-3)


def test_links_and_groups_are_drivers_only_where_there_are_any():
    near = find_nearness(["x", "y"], links=[("x", "y")], groups=[("x", "g"), ("y", "g")])
    assert [driver.name for driver in near.drivers][-2:] == ["group", "links"]
    near = find_nearness(["x", "y"], links=[("x", "elsewhere")], groups=[("x", "g")])
    assert [driver.name for driver in near.drivers][-1] == "relatedness"


# -------------------------------------------------------------------------- model


def test_weights_start_from_the_priors_and_move_with_evidence():
    random = np.random.default_rng(0)
    values = random.normal(size=(20_000, 1))
    happened = random.random(20_000) < -np.expm1(-0.05 * np.exp(2 * values[:, 0]))
    window = Window(parse_day("2010"), 1.0, np.ones((1, 20_000), bool), values, NONE, happened)
    assert fit_weights([], np.ones(1)).tolist() == [1.0]
    nothing = dataclasses.replace(window, happened=np.zeros(20_000, bool))
    assert fit_weights([nothing], np.ones(1)).tolist() == [1.0]
    assert 1 < fit_weights([window], np.ones(1))[0] < 2
    assert fit_weights([window], np.ones(1), strength=1e-6)[0] == pytest.approx(2, abs=0.05)


def test_the_priors_are_worth_five_hundred_arrivals():
    # half of 2000 candidates one above the mean, half one below: 30 and 10 of them arrive
    values = np.repeat([1.0, -1.0], 1000)[:, None]
    happened = np.zeros(2000, bool)
    happened[:30] = happened[1000:1010] = True
    window = Window(1, 1.0, np.ones((1, 2000), bool), values, NONE, happened)
    # of rare arrivals: 20 - 40 tanh w = n w, so that w is nearly 20 / (n + 40)
    assert fit_weights([window], np.zeros(1))[0] == pytest.approx(20 / 540, rel=0.03)
    assert fit_weights([window], np.zeros(1), strength=50)[0] == pytest.approx(20 / 90, rel=0.05)


@pytest.mark.parametrize(
    ("arrived", "told"),
    [
        (0, "nothing arrived in earlier windows"),
        (1, "only 1 arrivals to learn from: the weights are mostly the priors"),
        (29, "only 29 arrivals to learn from: the weights are mostly the priors"),
        (30, ""),
    ],
)
def test_few_arrivals_to_learn_from_are_warned_of(arrived, told):
    happened = np.arange(100) < arrived
    window = Window(1, 1.0, np.ones((1, 100), bool), np.zeros((100, 1)), NONE, happened)
    warned = " ".join(warning.text("en") for warning in hazard._warn([window]))
    assert warned.startswith(told)
    assert bool(warned) == bool(told)


def test_the_pace_gives_as_many_arrivals_as_there_were(panel):
    model = learn(panel, parse_day("2012"), years=2)
    worth = [hazard._worth(window, model.windows[0].day) for window in model.windows]
    expected = [-np.expm1(-model.expect(window, window.years)).sum() for window in model.windows]
    observed = [window.happened.sum() for window in model.windows]
    assert np.dot(worth, expected) == pytest.approx(np.dot(worth, observed))


def test_a_pace_where_nothing_ever_arrived_is_half_an_arrival():
    window = Window(1, 2.0, np.ones((1, 10), bool), np.zeros((10, 1)), NONE, np.zeros(10, bool))
    assert fit_pace([window], np.ones(1))[0] == 0.5 / 20


def test_windows_end_before_the_day_and_hold_only_what_was_lacking(panel):
    day = parse_day("2012")
    model = learn(panel, day, years=2)
    for window in model.windows:
        assert window.day + round(window.years * 365.25) <= day
        there = model.entries.count(window.day) > 0
        assert not (window.lacking & there).any()
        assert window.others.shape == (there.sum(), len(model.drivers))


def test_the_average_rate_is_over_all_pairs():
    window = Window(
        1, 1.0, np.ones((1, 1), bool), np.log([[1.0]]), np.log([[3.0]]), np.zeros(1, bool)
    )
    assert relative_rates(window, np.ones(1)).tolist() == [0.5]


def test_popular_activities_at_busy_places_come_first():
    panel = draw_panel(3, popular=1.0)
    now = look(panel, parse_day("2012"), parse_day("2015"), find_nearness(panel.activities))
    model = learn(panel, parse_day("2012"), years=3)
    expected = model.expect(now, 3)
    assert expected[now.happened].mean() > 1.5 * expected[~now.happened].mean()


# ----------------------------------------------------------------------- forecast


def test_the_parts_multiply_to_what_is_expected(panel):
    for one in forecast(panel, as_of="2013-01-01", horizon_years=2, top=3):
        assert -math.expm1(-math.prod(one.parts.values())) == pytest.approx(one.probability)
        assert one.low <= one.probability <= one.high


def test_what_a_place_has_is_not_forecast_and_ranks_are_by_probability(panel):
    found = forecast(panel, as_of="2013-01-01", places=["地03"])
    there = panel.count(parse_day("2013"))[panel.places.index("地03")] > 0
    had = {name for name, has in zip(panel.activities, there, strict=True) if has}
    assert not had & {one.activity for one in found}
    assert [one.rank for one in found] == list(range(1, len(found) + 1))
    assert (np.diff([one.probability for one in found]) <= 0).all()


def test_what_is_local_is_the_product_of_what_only_this_place_has(panel):
    found = forecast(panel, as_of="2013-01-01", groups=[("业00", "g"), ("业01", "g")])
    for one in found:
        parts = [one.parts[name] for name in ("kin", "peers", "relatedness", "group")]
        assert one.local == pytest.approx(math.prod(parts))
        assert "links" not in one.parts
    assert to_records(found)[0]["local"] == round(found[0].local, 4)


THIN = [
    ("甲", "铝", "2010"), ("甲", "铜", "2010"), ("乙", "锌", "2010"),
    ("乙", "水泥", "2010"), ("丙", "玻璃", "2010"), ("丙", "锌", "2010"),
]  # fmt: skip
"""All in one year: there is no earlier window to learn from."""


def test_without_a_pace_ranks_are_still_by_rates_and_not_by_name():
    outlook = look_ahead(make_panel(THIN), places=["甲"])
    assert [one.probability for one in outlook.forecasts] == [0, 0, 0]
    assert outlook.forecasts[0].activity == "锌"  # at two places; by name it would be last
    assert outlook.model.learned == 0
    assert "no earlier window to learn from" in outlook.model.warnings[0].text("en")


def test_a_longer_horizon_is_likelier(panel):
    short = forecast(panel, as_of="2013-01-01", horizon_years=1, places=["地03"], top=1)
    long = forecast(panel, as_of="2013-01-01", horizon_years=3, places=["地03"], top=1)
    assert short[0].probability < long[0].probability < 1


def test_later_rows_change_nothing(panel):
    early = panel.before(parse_day("2013"))
    later = make_entries(
        [
            *((p, a, d) for p, a, d in rows_of(panel) if d < parse_day("2013")),
            ("新地", "新业", parse_day("2014")),
            ("地00", "业00", parse_day("2013")),
        ]
    )
    told = [to_records(forecast(one, as_of="2013-01-01", top=5)) for one in (early, panel, later)]
    assert told[0] == told[1] == told[2]


def rows_of(entries):
    return [
        (entries.places[place], entries.activities[activity], day)
        for place, activity, day in zip(
            entries.place.tolist(), entries.activity.tolist(), entries.day.tolist(), strict=True
        )
    ]


def test_the_order_of_rows_changes_nothing(panel):
    again = make_entries(reversed(rows_of(panel)))
    assert to_records(forecast(again)) == to_records(forecast(panel))


def test_records_say_why_in_both_languages():
    rows = [("甘肃", "水泥制造", "2001"), ("浙江", "玻璃制造", "2002"), ("浙江", "白酒", "2004")]
    found = forecast(make_panel(rows), places=["甘肃"])
    zh, en = (to_records(found, lang=lang) for lang in ("zh", "en"))
    assert tuple(zh[0]) == COLUMNS
    (glass,) = (row for row in zh if row["activity"] == "玻璃制造")
    assert glass["nearest"] == ["水泥制造"]
    assert glass["why"].endswith("本地已有水泥制造")
    (glass,) = (row for row in en if row["activity"] == "玻璃制造")
    assert glass["why"].endswith("already here: 水泥制造")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"places": ["地3"]}, r"nothing arrived at '地3' before 2013-01-01 \(did you mean"),
        ({"horizon_years": 0}, "a horizon of 0 years: above 0 and at most 50"),
        ({"horizon_years": math.nan}, "a horizon of nan years"),
        ({"top": 0}, "the top 0 of each place: at least 1"),
        (
            {"as_of": "1999"},
            r"nothing arrived before 1999-01-01: the data run from 2000-.*; try 20",
        ),
        ({"as_of": "never"}, "'never' is no date"),
    ],
)
def test_a_question_that_cannot_be_asked_says_what_can(panel, asked, message):
    with pytest.raises(UsageError, match=message):
        forecast(panel, **({"as_of": "2013-01-01"} | asked))


def test_no_arrivals_at_all_are_refused():
    with pytest.raises(UsageError, match="no arrivals"):
        forecast(make_entries([]))


names = st.sampled_from("abcd")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(names, names, st.integers(730_000, 734_000)), min_size=1, max_size=25))
def test_any_panel_has_a_forecast(rows):
    for one in forecast(make_entries(rows)):
        assert 0 <= one.low <= one.probability <= one.high <= 1
