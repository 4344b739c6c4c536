"""ECI, PCI and fitness: worked by hand, defined where degenerate, indifferent to order."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from chaingraph.errors import UsageError
from chaingraph.evidence.indices import (
    ALL_SAME,
    NO_LARGEST,
    NO_SIGN,
    TIED,
    TOO_FEW,
    complexity_indices,
    find_largest_group,
    fitness,
)

RELAXED = settings(deadline=None)

STAIRS = np.array([[1.0, 1, 1], [0, 1, 1], [0, 0, 1]])
"""Each place has what the next has, and one more."""

MATRICES = st.tuples(st.integers(1, 8), st.integers(1, 8)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0]))
)


def test_three_places_by_hand():
    """The eigenvalues of the matrix of places are 1, 1/4, 1/9; the second vector is (2, -1, -4).

    Its mean is -1, its deviation the root of 6; PCI is four times the mean of what it is found in.
    """
    found = complexity_indices(STAIRS)
    root = np.sqrt(6)
    assert found.eci == pytest.approx([3 / root, 0, -3 / root])
    assert found.raw_pci == pytest.approx([8 / root, 2 / root, -4 / root])
    assert found.pci == pytest.approx([9 / root, 3 / root, -3 / root])
    assert found.warnings == ()


def test_the_sides_may_be_of_any_length():
    """An activity that is there twice changes nothing but diversity."""
    wide, tall = np.hstack([STAIRS, STAIRS]), np.vstack([STAIRS, STAIRS])
    assert complexity_indices(wide).eci == pytest.approx(complexity_indices(STAIRS).eci)
    assert complexity_indices(tall).pci == pytest.approx(complexity_indices(STAIRS).pci)


def test_who_has_nothing_is_left_out():
    more = np.zeros((5, 5))
    more[np.ix_([0, 2, 4], [1, 3, 4])] = STAIRS
    found, without = complexity_indices(more), complexity_indices(STAIRS)
    assert found.eci[[0, 2, 4]] == pytest.approx(without.eci)
    assert found.pci[[1, 3, 4]] == pytest.approx(without.pci)
    assert np.isnan([*found.eci[[1, 3]], *found.pci[[0, 2]], *found.raw_pci[[0, 2]]]).all()


def test_groups_that_share_nothing_cannot_be_compared():
    """The largest group has its indices as if alone; the package ecomplexity tells groups only."""
    apart = np.zeros((5, 5))
    apart[:3, :3] = STAIRS
    apart[3:, 3:] = [[1, 1], [0, 1]]
    found = complexity_indices(apart)
    assert found.eci[:3] == pytest.approx(complexity_indices(STAIRS).eci)
    assert np.isnan(found.eci[3:]).all()
    assert np.isnan(found.pci[3:]).all()


@pytest.mark.parametrize(
    ("has", "why"),
    [
        (np.zeros((0, 0)), TOO_FEW),
        (np.zeros((3, 3)), TOO_FEW),
        (np.ones((1, 4)), TOO_FEW),
        (np.ones((4, 1)), TOO_FEW),
        (np.ones((4, 5)), ALL_SAME),
        (np.array([[1.0, 0], [1, 0], [1, 0]]), TOO_FEW),
        (np.array([[1.0, 1, 0], [1, 1, 0], [1, 1, 0]]), ALL_SAME),
        (np.eye(3), NO_LARGEST),
        (np.kron(np.eye(2), STAIRS), NO_LARGEST),
        (np.eye(4) + np.roll(np.eye(4), 1, 1), TIED),
        (1 - np.eye(4), TIED),
        (np.array([[1.0, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]]), NO_SIGN),
    ],
)
def test_where_there_is_no_index_all_is_undefined_and_told_in_both_languages(has, why):
    found = complexity_indices(has)
    assert found.warnings == (why,)
    assert np.isnan(found.eci).all()
    assert np.isnan(found.pci).all()
    assert np.isnan(found.raw_pci).all()
    assert why.zh
    assert why.en


@RELAXED
@given(MATRICES, st.randoms(use_true_random=False))
def test_indices_follow_their_places_and_activities(has, dice):
    places, activities = (dice.sample(range(size), size) for size in has.shape)
    found, moved = complexity_indices(has), complexity_indices(has[places][:, activities])
    assert moved.eci == pytest.approx(found.eci[places], abs=1e-6, nan_ok=True)
    assert moved.pci == pytest.approx(found.pci[activities], abs=1e-6, nan_ok=True)
    assert moved.warnings == found.warnings


@RELAXED
@given(MATRICES)
def test_an_index_is_standardised_and_follows_diversity_and_pci(has):
    found = complexity_indices(has)
    real = np.isfinite(found.eci)
    assert real.any() == (not found.warnings)
    if real.any():
        eci, diversity = found.eci[real], has[real].sum(axis=1)
        assert eci.mean() == pytest.approx(0, abs=1e-9)
        assert eci.std() == pytest.approx(1)
        assert np.corrcoef(eci, diversity)[0, 1] > 0
        assert (has[real] @ np.nan_to_num(found.pci)) / diversity == pytest.approx(eci, abs=1e-6)


@RELAXED
@given(MATRICES)
def test_a_group_is_closed_and_held_together(has):
    group = find_largest_group(has)
    if group is not None:
        places, activities = group
        assert not has[places][:, ~activities].any()
        assert not has[~places][:, activities].any()
        assert places.any() == activities.any() == has.any()


def test_fitness_by_hand():
    """Places (3, 2, 1) over their mean; activities the inverse of (1, 2, 3) over theirs."""
    fit, complexity = fitness(STAIRS, iterations=2)
    assert fit == pytest.approx([3 / 2, 1, 1 / 2])
    assert complexity == pytest.approx([18 / 11, 9 / 11, 6 / 11])


def test_fitness_starts_from_ones():
    fit, complexity = fitness(STAIRS, iterations=1)
    assert fit.tolist() == complexity.tolist() == [1, 1, 1]


def test_fitness_needs_an_iteration():
    with pytest.raises(UsageError, match="0 iterations"):
        fitness(STAIRS, iterations=0)


def test_the_least_fit_tend_to_nothing_without_breaking():
    """Here they fall by half each time, and would be below any number after 2,000."""
    has = np.array([[1.0, 0, 0, 1], [0, 1, 1, 1], [1, 0, 0, 1]])
    fit, complexity = fitness(has, iterations=3000)
    assert fit == pytest.approx([0, 3, 0], abs=1e-100)
    assert complexity == pytest.approx([0, 2, 2, 0], abs=1e-100)
    assert (fit > 0).all()


@RELAXED
@given(MATRICES, st.integers(1, 60))
def test_fitness_is_at_least_nothing_and_one_on_average(has, iterations):
    fit, complexity = fitness(has, iterations=iterations)
    for values, there in ((fit, has.any(axis=1)), (complexity, has.any(axis=0))):
        assert (values[there] > 0).all()
        assert (values[~there] == 0).all()
        if there.any():
            assert values[there].mean() == pytest.approx(1)


@RELAXED
@given(MATRICES, st.randoms(use_true_random=False))
def test_fitness_follows_its_places_and_activities(has, dice):
    places, activities = (dice.sample(range(size), size) for size in has.shape)
    fit, complexity = fitness(has)
    moved, moved_complexity = fitness(has[places][:, activities])
    assert moved == pytest.approx(fit[places], abs=1e-9)
    assert moved_complexity == pytest.approx(complexity[activities], abs=1e-9)
