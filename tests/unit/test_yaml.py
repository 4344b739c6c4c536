"""What plain scalars become, and that every value knows its place."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph._yaml import read_document


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        path = tmp_path / "a.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_document(path, "a.yaml")

    return read_text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("0111", "0111"),
        ("000725", "000725"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("2023-02-15", "2023-02-15"),
        ("2024-13-45", "2024-13-45"),
        (".inf", ".inf"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("E10", "E10"),
        ("e5", "e5"),
        (".", "."),
        ("1.", 1.0),
        ("'12'", "12"),
        ('"true"', "true"),
        ("9" * 5000, math.inf),
    ],
)
def test_plain_scalars_keep_what_was_meant(read, written, value):
    found = read(f"key: {written}\n").data["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_knows_its_line_and_column(read):
    document = read("a:\n  b: [1, {c: x}]\n")
    assert str(document.place(("a", "b", 1, "c"))) == "a.yaml:2:14"
    assert str(document.place(("a", "b", 1, "c"), of_key=True)) == "a.yaml:2:11"


def test_a_missing_path_is_placed_at_its_nearest_parent(read):
    assert str(read("a:\n  b: {c: 1}\n").place(("a", "b", "x", "y"))) == "a.yaml:2:6"


def test_chinese_text_counts_characters_not_bytes(read):
    assert str(read("名称: {甲: 硅, 乙: 氟}\n").place(("名称", "乙"))) == "a.yaml:1:15"


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "fuzz.yaml"
    path.write_bytes(raw)
    document = read_document(path, "fuzz.yaml")
    assert document.problems or document.data is not None


scalars = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8)
trees = st.recursive(
    scalars | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=15,
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), trees, min_size=1))
def test_json_reads_back_as_it_was(tmp_path_factory, data):
    import json

    path = tmp_path_factory.getbasetemp() / "json.yaml"
    path.write_text(json.dumps(data), "ascii")
    document = read_document(path, "json.yaml")
    if not any(problem.code in {"control", "syntax", "too-deep"} for problem in document.problems):
        assert math_equal(document.data, data)


def math_equal(one, two):
    if isinstance(one, float) and isinstance(two, float):
        return math.isclose(one, two, rel_tol=1e-12)
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(math_equal(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(math_equal, one, two))
    return one == two


def test_mending_leaves_running_text_alone(read):
    document = read("a:\n  note: >-\n    S26：x\n    \t(y)\n  b： 1\n")
    assert [str(problem.place) for problem in document.problems] == ["a.yaml:5:4"]
    assert document.data["a"]["b"] == 1
