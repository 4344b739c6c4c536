"""Forecasts on products: who comes before whom, and of several activities the likeliest."""

import pytest

from chaingraph.errors import UsageError
from chaingraph.evidence.entry import Forecast
from chaingraph.evidence.placing import find_shares, find_strangers, place_forecasts, read_placing


def make_arrival(activity, rank, probability):
    why = {"zh": "因为", "en": "because"}
    return Forecast("甘肃", activity, probability, 0.0, 1.0, rank, 1.0, {"base": 0.1}, (), why)


def place(arrivals, placing):
    return place_forecasts(arrivals, placing, as_of="2018-01-01", until="2020-12-31")


def test_of_four_the_likeliest_has_seven_eighths_below():
    arrivals = [make_arrival(name, at, 0.1 / at) for at, name in enumerate("abcd", 1)]
    found = place(arrivals, {name: [name] for name in "abcd"})
    assert [found[name].percentile for name in "abcd"] == [0.875, 0.625, 0.375, 0.125]
    assert [found[name].probability for name in "ab"] == [0.1, 0.05]


def test_equal_ones_share_their_middle_whatever_their_names():
    arrivals = [make_arrival(name, at, 0.1) for at, name in enumerate("abcd", 1)]
    found = place(arrivals, {name: [name] for name in "abcd"})
    assert {one.percentile for one in found.values()} == {0.5}
    assert find_shares([0.1 + 0.2, 0.3]) == [0.5, 0.5]  # the last digit says nothing


def test_of_several_activities_the_likeliest_counts():
    arrivals = [make_arrival("b", 2, 0.1), make_arrival("a", 1, 0.2)]
    found = place(arrivals, {"a": ["glass"], "b": ["glass"]})
    assert (found["glass"].activity, found["glass"].percentile) == ("a", 0.75)


def test_what_people_wrote_is_told_as_they_wrote_it(make_atlas, tmp_path):
    atlas = make_atlas("soda_ash: {name: {zh: 纯碱, en: Soda ash}, stage: upstream}")
    table = tmp_path / "table.csv"
    table.write_text("activity,product\nBasic Chemicals,soda  ASH\nbasic chemicals,纯碱\n")
    placing = read_placing(table, atlas)
    assert find_strangers(placing, ["Glass"]) == ["Basic Chemicals"]
    assert find_strangers(placing, ["basic chemicals"]) == []
    table.write_text("activity,product\nglass,Soda ahs\n")
    with pytest.raises(UsageError, match=r"did you mean 'Soda ash'"):
        read_placing(table, atlas)


def test_an_atlas_without_any_of_the_activities_is_told_how():
    with pytest.raises(UsageError, match=r"--products FILE\.csv"):
        place([make_arrival("a", 1, 0.1)], {"b": ["glass"]})
