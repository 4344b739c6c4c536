"""Specialisation: worked by hand, defined where degenerate, indifferent to order and unit."""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chaingraph.errors import UsageError
from chaingraph.evidence.complexity import (
    ACTIVITY_COLUMNS,
    COLUMNS,
    PLACE_COLUMNS,
    analyse_panel,
    density,
    location_quotient,
    outlook_gain,
    outlook_index,
    presence,
    proximity,
)
from chaingraph.evidence.indices import TOO_FEW, complexity_indices
from chaingraph.evidence.panel import Panel

RELAXED = settings(deadline=None)

STAIRS = np.array([[1.0, 1, 1], [0, 1, 1], [0, 0, 1]])
"""Each place has what the next has, and one more."""

VALUES = st.tuples(st.integers(1, 7), st.integers(1, 7)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(0, 9).map(float))
)
MATRICES = VALUES.map(lambda values: np.minimum(values, 1))


def make(values):
    """A panel of numbered places and activities."""
    values = np.array(values, float)
    return Panel(
        tuple(f"place {number}" for number in range(values.shape[0])),
        tuple(f"activity {number}" for number in range(values.shape[1])),
        values,
    )


def draw(places, activities, seed=0):
    """A panel of real size: able places have more, and hard activities are had by few."""
    dice = np.random.default_rng(seed)
    skill, demand = np.sort(dice.normal(size=places)), dice.normal(size=activities)
    chance = 1 / (1 + np.exp(-2 * np.subtract.outer(skill, demand)))
    return make(dice.lognormal(size=chance.shape) * (dice.random(chance.shape) < chance))


def close(one, other):
    return one == pytest.approx(other, rel=1e-9, abs=1e-6, nan_ok=True)


# ------------------------------------------------------------- worked by hand


def test_quotients_by_hand():
    """Of 10 firms A has 4, 3 of them glass, and 5 are glass: (3/4) / (5/10) = 1.5."""
    assert location_quotient(np.array([[3.0, 1], [2, 4]])) == pytest.approx(
        np.array([[1.5, 0.5], [2 / 3, 4 / 3]])
    )


def test_proximity_and_density_by_hand():
    """Activities are had by 1, 2 and 3 places, each within the next."""
    near = proximity(STAIRS)
    assert near == pytest.approx(
        np.array([[1, 1 / 2, 1 / 3], [1 / 2, 1, 2 / 3], [1 / 3, 2 / 3, 1]])
    )
    assert density(STAIRS, near) == pytest.approx(
        np.array([[1, 1, 1], [5 / 11, 10 / 13, 5 / 6], [2 / 11, 4 / 13, 1 / 2]])
    )


def test_the_diagonal_may_be_nothing():
    near = proximity(STAIRS, diagonal=0.0)
    assert near.diagonal().tolist() == [0, 0, 0]
    assert density(STAIRS, near)[2] == pytest.approx([2 / 5, 4 / 7, 0])


def test_outlook_and_gain_by_hand():
    """The raw PCI is (8, 2, -4) over the root of 6, the sums of proximities 11/6, 13/6 and 2."""
    near, raw = proximity(STAIRS), complexity_indices(STAIRS).raw_pci * np.sqrt(6)
    outlook = np.array([0, 40 / 11, 16 / 11 + 8 / 13])
    assert outlook_index(STAIRS, density(STAIRS, near), raw) == pytest.approx(
        (outlook - outlook.mean()) / outlook.std()
    )
    assert outlook_gain(STAIRS, near, raw) == pytest.approx(
        np.array([[0, 0, 0], [48 / 11, 0, 0], [48 / 11 + 6 / 13, 24 / 11 + 12 / 13, 0]])
    )


@RELAXED
@given(MATRICES, st.sampled_from([0.0, 0.5, 1.0]))
def test_relatedness_is_as_loops_tell_it(has, diagonal):
    near = proximity(has, diagonal=diagonal)
    raw = np.linspace(-1, 2, has.shape[1])
    dense, gain = density(has, near), outlook_gain(has, near, raw)
    places, activities = range(has.shape[0]), range(has.shape[1])
    for p in activities:
        for q in activities:
            both, most = (has[:, p] * has[:, q]).sum(), max(has[:, p].sum(), has[:, q].sum())
            share = both / most if most else 0
            assert near[p, q] == pytest.approx(diagonal if p == q and most else share)
    of = [sum(near[p, q] for q in activities) or np.inf for p in activities]
    for c in places:
        for p in activities:
            here = sum(has[c, q] * near[p, q] for q in activities)
            adds = sum((1 - has[c, q]) * near[q, p] / of[q] * raw[q] for q in activities)
            assert dense[c, p] == pytest.approx(here / of[p])
            assert gain[c, p] == pytest.approx((1 - has[c, p]) * adds)


# ---------------------------------------------------------------- what holds of all


@RELAXED
@given(VALUES)
def test_quotients_are_one_on_average_of_places_and_of_activities(values):
    quotients = location_quotient(values)
    of_place, of_activity = values.sum(axis=1), values.sum(axis=0)
    assert of_place @ quotients == pytest.approx(np.where(of_activity > 0, values.sum(), 0))
    assert quotients @ of_activity == pytest.approx(np.where(of_place > 0, values.sum(), 0))


@RELAXED
@given(MATRICES, st.floats(0, 1))
@example(np.array([[1.0] * 8, [0, 1, 1, 1, 1, 1, 0, 1], [1, 1, 1, 1, 1, 1, 1, 0]]), 0.0)
def test_proximity_and_density_are_shares(has, diagonal):
    near = proximity(has, diagonal=diagonal)
    dense = density(has, near)
    assert (near == near.T).all()
    assert ((near >= 0) & (near <= 1)).all()
    assert ((dense >= 0) & (dense <= 1)).all()
    assert (dense[has.all(axis=1)][:, near.any(axis=0)] > 1 - 1e-12).all()


@RELAXED
@given(VALUES, st.randoms(use_true_random=False))
def test_results_follow_their_places_and_activities(values, dice):
    places, activities = (dice.sample(range(size), size) for size in values.shape)
    found, moved = analyse_panel(make(values)), analyse_panel(make(values[places][:, activities]))
    for name in ("lq", "has", "density", "cog"):
        assert close(getattr(moved, name), getattr(found, name)[places][:, activities]), name
    for name in ("eci", "fitness", "coi", "diversity"):
        assert close(getattr(moved, name), getattr(found, name)[places]), name
    for name in ("pci", "activity_complexity", "ubiquity"):
        assert close(getattr(moved, name), getattr(found, name)[activities]), name
    assert close(moved.proximity, found.proximity[activities][:, activities])


@RELAXED
@given(VALUES, st.sampled_from([1e-200, 1e-9, 1 / 3, 0.1, 7.0, 1e6, 1e200]))
def test_the_unit_does_not_matter(values, unit):
    found, scaled = analyse_panel(make(values)), analyse_panel(make(values * unit))
    assert (scaled.has == found.has).all()
    for name in ("lq", "density", "eci", "pci", "fitness", "activity_complexity", "coi", "cog"):
        assert close(getattr(scaled, name), getattr(found, name)), name


@RELAXED
@given(VALUES)
def test_outlooks_are_standardised(values):
    found = analyse_panel(make(values))
    outlook = found.coi[np.isfinite(found.coi)]
    assert np.isfinite(found.coi).tolist() == np.isfinite(found.eci).tolist()
    if outlook.any():
        assert outlook.mean() == pytest.approx(0, abs=1e-9)
        assert outlook.std() == pytest.approx(1)
    assert (found.cog[(found.has > 0) & np.isfinite(found.pci)] == 0).all()


# ------------------------------------------------------------------- degenerate


def test_ties_are_specialities_whatever_rounding_does():
    """Both places have the average of everything, in units that have no exact sum."""
    values = np.array([[0.1, 0.2, 0.3], [0.3, 0.6, 0.9]])
    assert presence(location_quotient(values)).all()


def test_outlooks_that_differ_by_rounding_are_equal():
    has, densities = np.eye(2, 5), np.array([[0, 0, 0.1, 0.2, 0], [0, 0, 0, 0, 0.3]])
    assert outlook_index(has, densities, np.ones(5)).tolist() == [0, 0]


def test_nothing_is_no_speciality_whatever_the_threshold():
    assert presence(np.zeros((1, 2)), 1e-300).tolist() == [[0, 0]]


def test_an_empty_place_and_an_activity_that_nobody_has_are_kept_with_nothing():
    values = np.pad(draw(25, 30).values, ((0, 1), (0, 1)))
    found, without = analyse_panel(make(values)), analyse_panel(draw(25, 30))
    for name in ("lq", "has", "density", "cog"):
        assert close(getattr(found, name)[:-1, :-1], getattr(without, name)), name
    assert close(found.eci, np.append(without.eci, np.nan))
    assert close(found.pci, np.append(without.pci, np.nan))
    assert close(found.coi, np.append(without.coi, np.nan))
    assert close(found.fitness, np.append(without.fitness, 0))
    assert not found.lq[-1].any()
    assert not found.density[:, -1].any()
    assert np.isnan(found.cog[:, -1]).all()


@pytest.mark.parametrize("values", [[[5.0, 3, 2]], [[5.0], [3], [2]], np.zeros((3, 4))])
def test_one_place_one_activity_and_no_value_have_quotients_but_no_index(values):
    found = analyse_panel(make(values))
    assert (found.lq == np.sign(values)).all()
    assert np.isnan([*found.eci, *found.pci, *found.coi, *found.cog.ravel()]).all()
    assert TOO_FEW in found.warnings


def test_a_panel_of_nothing_has_no_rows():
    found = analyse_panel(make(np.zeros((0, 0))))
    assert found.to_records() == found.places_records() == found.activities_records() == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"threshold": 0}, "threshold of 0"),
        ({"threshold": float("nan")}, "threshold of nan"),
        ({"diagonal": -0.1}, "diagonal of -0.1"),
        ({"diagonal": 2}, "diagonal of 2"),
        ({"iterations": 0}, "0 iterations"),
    ],
)
def test_options_have_their_ranges(options, said):
    with pytest.raises(UsageError, match=said):
        analyse_panel(make([[1.0, 2], [2, 1]]), **options)


# --------------------------------------------------------------------- warnings


def test_large_data_is_not_warned_of():
    assert analyse_panel(draw(25, 30)).warnings == ()


@pytest.mark.parametrize("shape", [(19, 30), (30, 19)])
def test_small_data_means_nothing(shape):
    found = analyse_panel(draw(*shape))
    (warning,) = found.warnings
    real = [int((of > 0).sum()) for of in (found.diversity, found.ubiquity)]
    assert warning.en.startswith("only {} places and {} activities have".format(*real))
    assert "没有意义" in warning.zh


def test_places_that_count_few_things_are_named():
    values = np.round(draw(25, 30).values * 100)
    values[:5] = 0
    values[:5, :3] = 3
    found = analyse_panel(make(values))
    (warning,) = found.warnings
    assert warning.en.startswith("place 0, place 1, place 2 and 2 more: fewer than 10 in all")
    assert warning.zh.startswith("place 0、place 1、place 2等 5 个地区总数不足 10")
    assert analyse_panel(make(values / 2)).warnings == ()


def test_places_that_share_nothing_with_the_others_are_named():
    values = np.pad(draw(25, 30).values, ((0, 1), (0, 1)))
    values[-1, -1] = 10
    found = analyse_panel(make(values))
    assert [warning.en for warning in found.warnings] == [
        "place 25: no speciality in common with the others, which are compared without; no ECI"
    ]
    assert np.isnan([found.eci[-1], found.coi[-1], found.pci[-1]]).all()
    assert np.isfinite(found.eci[:-1]).all()
    assert found.density[-1].tolist() == [0] * 30 + [1]


# ---------------------------------------------------------------------- records


def test_each_view_has_its_rows_and_columns():
    found = analyse_panel(draw(25, 30))
    pairs, places, activities = (
        found.to_records(),
        found.places_records(),
        found.activities_records(),
    )
    assert (len(pairs), len(places), len(activities)) == (750, 25, 30)
    assert {tuple(row) for row in pairs} == {COLUMNS}
    assert {tuple(row) for row in places} == {PLACE_COLUMNS}
    assert {tuple(row) for row in activities} == {ACTIVITY_COLUMNS}


def test_a_row_tells_what_the_arrays_tell():
    found = analyse_panel(draw(25, 30))
    row = found.to_records()[3 * 30 + 7]
    assert row == {
        "place": "place 3",
        "activity": "activity 7",
        "lq": found.lq[3, 7],
        "present": bool(found.has[3, 7]),
        "density": found.density[3, 7],
        "distance": 1 - found.density[3, 7],
        "cog": found.cog[3, 7],
        "diversity": found.diversity[3],
        "ubiquity": found.ubiquity[7],
        "eci": found.eci[3],
        "pci": found.pci[7],
        "coi": found.coi[3],
        "fitness": found.fitness[3],
        "complexity": found.activity_complexity[7],
    }
    assert found.places_records()[3]["eci"] == row["eci"]
    assert found.activities_records()[7]["pci"] == row["pci"]


def test_rows_of_one_place():
    found = analyse_panel(draw(25, 30))
    assert found.to_records("place 3") == found.to_records()[90:120]
    with pytest.raises(UsageError, match="no place 'plaice 3' \\(did you mean 'place 3'"):
        found.to_records("plaice 3")


@RELAXED
@given(VALUES)
def test_rows_are_plain_and_the_same_every_time(values):
    texts = {
        json.dumps([found.to_records(), found.places_records()], allow_nan=False)
        for found in (analyse_panel(make(values)) for _ in range(2))
    }
    assert len(texts) == 1


def test_memory_is_a_few_arrays():
    """300 places × 400 activities: nothing as large as all pairs times all activities."""
    panel = draw(300, 400)
    tracemalloc.start()
    try:
        analyse_panel(panel)
        assert tracemalloc.get_traced_memory()[1] < 20 * panel.values.nbytes
    finally:
        tracemalloc.stop()
