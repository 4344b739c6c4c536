"""Leontief and Ghosh linkages, against hand-worked, published and other programs' figures."""

import numpy as np
import pymrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array, diags_array

from chaingraph.analysis import linkages
from chaingraph.analysis.linkages import (
    backward_linkages,
    find_runaway_loop,
    forward_linkages,
    normalised,
    spectral_radius,
    total_requirements,
)
from chaingraph.errors import RunawayLoopError, UsageError

# Eurostat Manual of Supply, Use and Input-Output Tables (2008), Table 15.4, page 481:
# domestic flows and output of Germany 1995 in million euros; agriculture, industry,
# construction, trade, business services, other services.  Taken from
# https://github.com/rOpenGov/iotables/blob/master/data-raw/Beutel_15_4.csv
GERMAN_FLOWS = np.array([
    [1131, 25480, 1, 607, 710, 762],
    [7930, 304584, 64167, 41082, 11981, 30360],
    [426, 7334, 3875, 5296, 23457, 9155],
    [3559, 72717, 14190, 74399, 10835, 21008],
    [3637, 96115, 31027, 65755, 193176, 34223],
    [1552, 14986, 1747, 11225, 15058, 22070],
])  # fmt: skip
GERMAN_OUTPUT = np.array([43910, 1079446, 245606, 540063, 692487, 508918])


@st.composite
def systems(draw):
    """A system in which every activity takes less than it makes, in whatever units."""
    size = draw(st.integers(1, 12))
    shares = draw(arrays(float, (size, size), elements=st.floats(0, 1)))
    taken = draw(arrays(float, size, elements=st.floats(0, 0.9)))
    shares[shares < draw(st.floats(0, 1))] = 0
    return shares * (taken / np.maximum(shares.sum(axis=0), 1e-300))


def random_cycles(size, rng, taken=0.9):
    """A sparse system of one great tangle of loops, of columns that add up to `taken`."""
    ring = np.arange(size)
    rows = np.concatenate([ring, rng.integers(size, size=4 * size)])
    columns = np.concatenate([np.roll(ring, 1), rng.integers(size, size=4 * size)])
    tangle = csr_array((rng.random(len(rows)) + 0.01, (rows, columns)), shape=(size, size))
    return (tangle @ diags_array(taken / tangle.sum(axis=0))).tocsr()


@pytest.fixture
def large(monkeypatch):
    """Take even small systems for large ones."""
    monkeypatch.setattr(linkages, "SMALL", 0)


# ------------------------------------------------------------ hand-worked


def test_two_activities_by_hand():
    # x1 = x2 / 2 + 1, x2 = x1 / 2 + 1: both are 2
    halves = np.array([[0, 0.5], [0.5, 0]])
    assert total_requirements(halves, np.array([1.0, 1.0])) == pytest.approx([2, 2])
    assert backward_linkages(halves) == pytest.approx([2, 2])
    assert forward_linkages(halves) == pytest.approx([2, 2])
    assert spectral_radius(halves) == pytest.approx(0.5)


def test_a_chain_multiplies_its_unit_consumption_exactly():
    # 3 of the first in each of the second, 1e9 of the second in each of the third
    chain = np.array([[0, 3, 0], [0, 0, 1e9], [0, 0, 0]])
    assert list(total_requirements(chain, np.array([0.0, 0.0, 2.0]))) == [6e9, 2e9, 2]
    assert spectral_radius(chain) == 0.0


def test_nothing_is_needed_of_what_no_chain_leads_to():
    chain = csr_array(np.array([[0, 0.5, 0], [0, 0, 0], [0.5, 0, 0]]))
    assert list(total_requirements(chain, np.array([0.0, 2.0, 0.0]))) == [1, 2, 1 / 2]
    assert list(total_requirements(chain, np.array([0.0, 0.0, 2.0]))) == [0, 0, 2]


def test_several_demands_are_answered_at_once():
    halves = np.array([[0, 0.5], [0.5, 0]])
    assert total_requirements(halves, np.eye(2)) == pytest.approx(np.linalg.inv(np.eye(2) - halves))
    assert total_requirements(halves, np.empty((2, 0))).shape == (2, 0)


def test_key_sectors_are_above_the_average_both_ways():
    relative = normalised(np.array([1.0, 2.0, 3.0]))
    assert list(relative > 1) == [False, False, True]
    assert relative.mean() == pytest.approx(1)


def test_an_empty_system_has_no_linkages():
    assert backward_linkages(csr_array((0, 0))).shape == (0,)
    assert spectral_radius(csr_array((0, 0))) == 0.0


# -------------------------------------------------------------- published


def test_germany_1995_as_the_r_package_iotables_prints_it():
    """
    Coefficients are rounded to four digits, as there.

    https://ropengov.github.io/iotables/reference/backward_linkages.html
    https://ropengov.github.io/iotables/reference/forward_linkages.html
    """
    coefficients = (GERMAN_FLOWS / GERMAN_OUTPUT).round(4)
    allocation = (GERMAN_FLOWS / GERMAN_OUTPUT[:, None]).round(4)
    assert list(backward_linkages(coefficients).round(6)) == [
        1.704922, 1.841421, 1.813747, 1.603712, 1.594974, 1.378375,
    ]  # fmt: skip
    assert list(forward_linkages(allocation).round(4)) == [
        2.1128, 1.6909, 1.3559, 1.5850, 2.1040, 1.2105,
    ]  # fmt: skip


def test_germany_1995_unrounded_is_as_the_eurostat_manual_has_it():
    """
    Eurostat Manual (2008), pages 506-507, as iotables quotes it in its own tests.

    The manual rounds on the way, so the last digit may differ.
    https://github.com/rOpenGov/iotables/blob/master/tests/testthat/test-backward_linkages.R
    """
    backward = backward_linkages(GERMAN_FLOWS / GERMAN_OUTPUT)
    assert backward == pytest.approx([1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782], abs=1e-4)


def test_millers_and_blairs_two_sectors():
    """Miller and Blair, Input-Output Analysis, 2nd ed. (2009), section 2.3."""
    flows, output = np.array([[150, 500], [200, 100]]), np.array([1000, 2000])
    inverse = total_requirements(flows / output, np.eye(2))
    assert inverse == pytest.approx(np.array([[1.2541, 0.3300], [0.2640, 1.1221]]), abs=5e-5)
    assert total_requirements(flows / output, np.array([350, 1700])) == pytest.approx(output)


# ----------------------------------------------------------------- pymrio


@pytest.fixture(scope="module")
def world():
    """The test system of pymrio: six regions of eight sectors."""
    return pymrio.load_test().calc_all()


def test_output_is_that_of_pymrio(world):
    demand = world.Y.to_numpy().sum(axis=1)
    output = total_requirements(world.A.to_numpy(), demand)
    assert output == pytest.approx(world.x.to_numpy().ravel(), rel=1e-9)


def test_backward_linkages_are_the_column_sums_of_pymrios_leontief_inverse(world):
    linkages = backward_linkages(csr_array(world.A.to_numpy()))
    assert linkages == pytest.approx(world.L.to_numpy().sum(axis=0), rel=1e-9)


def test_forward_linkages_are_the_row_sums_of_the_ghosh_inverse(world):
    flows, output = world.Z.to_numpy(), world.x.to_numpy().ravel()
    # pymrio says G = x^-1 L x, which is Ghosh's inverse of the shares of each row
    ghosh = world.L.to_numpy() * output / output[:, None]
    linkages = forward_linkages(flows / output[:, None])
    assert linkages == pytest.approx(ghosh.sum(axis=1), rel=1e-9)


# ------------------------------------------------------------- properties


@given(systems())
def test_solutions_are_those_of_the_dense_inverse(matrix):
    inverse = np.linalg.inv(np.eye(len(matrix)) - matrix)
    assert backward_linkages(csr_array(matrix)) == pytest.approx(inverse.sum(axis=0), rel=1e-8)
    assert forward_linkages(matrix) == pytest.approx(inverse.sum(axis=1), rel=1e-8)


@given(systems())
def test_linkages_count_the_activity_itself(matrix):
    assert (backward_linkages(matrix) >= 1).all()
    assert (forward_linkages(matrix) >= 1).all()


@given(systems(), st.floats(-100, 100))
def test_requirements_are_linear_in_demand(matrix, factor):
    one, other = np.ones(len(matrix)), np.arange(len(matrix), dtype=float)
    together = total_requirements(matrix, one + factor * other)
    apart = total_requirements(matrix, one) + factor * total_requirements(matrix, other)
    assert together == pytest.approx(apart, rel=1e-8, abs=1e-6)


@given(systems(), st.data())
def test_requirements_follow_the_units(matrix, data):
    size = len(matrix)
    units = data.draw(arrays(float, size, elements=st.sampled_from([1e-6, 1e-3, 1, 1e3, 1e6])))
    demand = np.ones(size)
    converted = total_requirements(matrix * units[:, None] / units, demand * units)
    assert converted / units == pytest.approx(total_requirements(matrix, demand), rel=1e-8)


@given(systems())
def test_the_spectral_radius_is_the_largest_eigenvalue(matrix):
    # repeated eigenvalues of the whole are known only to the root of rounding
    largest = np.abs(np.linalg.eigvals(matrix)).max()
    assert spectral_radius(matrix) <= matrix.sum(axis=0).max() * (1 + 1e-9)
    assert spectral_radius(matrix) == pytest.approx(largest, rel=1e-6, abs=1e-2)


# ------------------------------------------------------------------ loops


def test_a_loop_that_takes_as_much_as_it_makes_is_named():
    # 1 and 3 need each other in full; 0 and 2 do so by half
    matrix = np.zeros((5, 5))
    matrix[0, 2] = matrix[2, 0] = 0.5
    matrix[1, 3], matrix[3, 1] = 4, 0.25
    matrix[4, 1] = 1
    assert find_runaway_loop(matrix) == [1, 3]
    assert spectral_radius(matrix) == pytest.approx(1)
    with pytest.raises(RunawayLoopError, match="1, 3") as caught:
        total_requirements(matrix, np.ones(5))
    assert caught.value.loop == (1, 3)


def test_an_activity_that_takes_more_of_itself_than_it_makes_is_named():
    with pytest.raises(RunawayLoopError) as caught:
        backward_linkages(csr_array(np.diag([0.5, 1.5])))
    assert caught.value.loop == (1,)


def test_a_loop_that_takes_less_than_it_makes_may_take_more_on_the_way():
    loop = np.array([[0, 1000], [0.0005, 0]])
    assert find_runaway_loop(loop) == []
    assert total_requirements(loop, np.array([1.0, 0.0])) == pytest.approx([2, 0.001])


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("gain", "expected"), [(0.5, []), (1.5, [0, 1, 2])])
def test_large_loops_are_judged_by_bounds(gain, expected):
    loop = np.array([[0, 1000, 0], [0, 0, 0.001], [gain, 0, 0]])
    assert find_runaway_loop(loop) == expected
    assert spectral_radius(loop) == pytest.approx(gain ** (1 / 3))


@pytest.mark.usefixtures("large")
def test_a_large_loop_too_near_to_one_to_tell_says_so(monkeypatch):
    monkeypatch.setattr(linkages, "MAX_SWEEPS", 1)
    with pytest.raises(UsageError, match="cannot tell whether a loop of 2 "):
        find_runaway_loop(np.array([[0, 1000], [0.0005, 0]]))


def test_a_stored_zero_is_no_link():
    zero = csr_array(([0.5, 0.0], ([0, 1], [1, 0])), shape=(2, 2))
    assert spectral_radius(zero) == 0.0
    assert zero.nnz == 2  # what the caller holds is left alone


# ------------------------------------------------------------------ sizes


@pytest.mark.parametrize("taken", [0.9, 0.9999])
def test_fifty_thousand_activities_in_loops_are_solved(taken):
    size = 50_000
    rng = np.random.default_rng(1)
    matrix, demand = random_cycles(size, rng, taken), rng.random(size)
    total = total_requirements(matrix, demand)
    assert total - matrix @ total == pytest.approx(demand, rel=1e-6)
    # what goes in is what comes out: each takes a fixed part of what it makes
    assert demand.sum() == pytest.approx((1 - taken) * total.sum(), rel=1e-6)


def test_fifty_thousand_loops_apart_are_solved():
    size = 50_000
    matrix = csr_array((np.full(size, 0.5), (np.arange(size), np.arange(size))))
    assert backward_linkages(matrix) == pytest.approx(np.full(size, 2.0))


@pytest.mark.usefixtures("large")
def test_strong_loops_are_solved_in_mixed_units():
    matrix = random_cycles(300, np.random.default_rng(2), 0.9999)
    units = 10.0 ** np.random.default_rng(3).integers(-6, 7, 300)
    demand = np.ones(300)
    converted = csr_array(matrix.toarray() * units[:, None] / units)
    total = total_requirements(converted, demand * units) / units
    assert total == pytest.approx(np.linalg.solve(np.eye(300) - matrix.toarray(), demand), rel=1e-7)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("matrix", "demand", "message"),
    [
        (np.zeros((2, 3)), np.ones(2), "square"),
        (np.array([[-0.1]]), np.ones(1), "below zero"),
        (np.array([[np.nan]]), np.ones(1), "no number"),
        (np.zeros((2, 2)), np.ones(3), "does not fit"),
        (np.zeros((1, 1)), np.array([np.inf]), "final demand has"),
    ],
)
def test_what_is_no_system_is_refused(matrix, demand, message):
    with pytest.raises(UsageError, match=message):
        total_requirements(matrix, demand)


@pytest.mark.usefixtures("large")
def test_what_does_not_settle_is_not_passed_for_an_answer(monkeypatch):
    monkeypatch.setattr(linkages, "FEW_SWEEPS", 1)
    monkeypatch.setattr(linkages, "_leap", lambda _matrix, _wanted, start: start)
    monkeypatch.setattr(linkages, "_bounds", lambda _block: [(0.99, 0.99)])
    monkeypatch.setattr(linkages, "MAX_SWEEPS", 2)
    with pytest.raises(UsageError, match="no answer after 2 sweeps"):
        total_requirements(np.array([[0.99]]), np.ones(1))
