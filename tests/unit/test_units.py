"""Amounts change between units of one quantity and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.model import Product, amount_in
from chaingraph.units import QUANTITY, UNIT_WORDS, UNITS, convert, split_ratio


def product(**fields):
    return Product.model_validate({"name": "x", "stage": "upstream", **fields})


@pytest.mark.parametrize(
    ("amount", "unit", "to", "result"),
    [
        (12500, "kWh", "MWh", 12.5),
        (3.6, "GJ", "MWh", 1),
        (3, "mu", "m2", 2000),
        (5, "kg", "t", 0.005),
        (1.2, "10k_m2", "m2", 12000),
    ],
)
def test_known_conversions(amount, unit, to, result):
    assert convert(amount, unit, to) == pytest.approx(result)


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.floats(0, 1e9))
def test_there_and_back_is_the_same_or_refused(unit, to, amount):
    if QUANTITY[unit] == QUANTITY[to]:
        assert convert(convert(amount, unit, to), to, unit) == pytest.approx(amount)
    else:
        with pytest.raises(ValueError, match="cannot turn"):
            convert(amount, unit, to)


@pytest.mark.parametrize("unit", ["kWh", "kWh/", "kWh/ton", "a/b"])
def test_a_ratio_needs_two_known_units(unit):
    with pytest.raises(ValueError, match="not of the form"):
        split_ratio(unit)


def test_every_spoken_unit_means_a_known_one():
    assert set(UNIT_WORDS.values()) <= set(UNITS)


def test_equivalents_count_pieces_in_the_products_unit():
    turbine = product(unit="MW", equivalents={"set": 7.69})
    assert amount_in(2, "set", turbine) == pytest.approx(15.38)


def test_hours_turn_energy_into_power():
    assert amount_in(2380, "MWh", product(unit="MW"), hours=2380) == pytest.approx(1)


def test_energy_without_hours_cannot_be_counted_in_power():
    with pytest.raises(ValueError, match="cannot turn"):
        amount_in(1, "MWh", product(unit="MW"))
