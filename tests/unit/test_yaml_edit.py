"""YAML that is written and changed: what is not meant stays to the letter."""

import textwrap

from hypothesis import given
from hypothesis import strategies as st

from chaingraph._yaml import read_document
from chaingraph._yaml_edit import GONE, edit_yaml, find_changes, format_yaml

MILL = textwrap.dedent(
    """\
    mill:  # the old one
      name: {zh: 磨坊, en: "Mill"}   # two names
      # money
      investment: 410
      since: 2023-02-15
      sources:
        - news_1
        - news_2   # a repost
      note: >-
        第一行
        第二行
    """
)


def read(tmp_path, text):
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    document = read_document(path, "a.yaml")
    assert not document.problems
    return document.data


def change(text, id, new):
    """Edit a text so that its entity becomes another."""
    return edit_yaml(text, (id,), new, list(find_changes(MILL_DATA, new)))


MILL_DATA = {
    "name": {"zh": "磨坊", "en": "Mill"},
    "investment": 410,
    "since": "2023-02-15",
    "sources": ["news_1", "news_2"],
    "note": "第一行 第二行",
}


def lines_that_differ(old, new):
    return [
        (one, other)
        for one, other in zip(old.splitlines(), new.splitlines(), strict=False)
        if one != other
    ]


def test_nothing_changes_where_nothing_differs():
    assert change(MILL, "mill", MILL_DATA) == MILL


def test_one_value_changes_one_line():
    edited = change(MILL, "mill", MILL_DATA | {"investment": 200})
    assert lines_that_differ(MILL, edited) == [("  investment: 410", "  investment: 200")]


def test_a_name_in_brackets_stays_in_brackets_with_its_comment():
    edited = change(MILL, "mill", MILL_DATA | {"name": {"zh": "老磨坊", "en": "Mill"}})
    assert lines_that_differ(MILL, edited) == [
        (
            '  name: {zh: 磨坊, en: "Mill"}   # two names',
            '  name: {zh: 老磨坊, en: "Mill"}  # two names',
        )
    ]


def test_a_bare_number_is_written_out_when_more_is_known():
    edited = change(MILL, "mill", MILL_DATA | {"investment": {"value": 410, "sources": ["a"]}})
    assert "investment: {value: 410, sources: [a]}" in edited


def test_a_value_can_be_added_and_taken_away():
    data = {key: value for key, value in MILL_DATA.items() if key != "since"}
    edited = change(MILL, "mill", data | {"park": "east"})
    assert "since" not in edited
    assert "park: east" in edited
    assert "# the old one" in edited
    assert "# money" in edited


def test_dates_are_written_without_quotes_and_texts_that_look_like_numbers_with(tmp_path):
    data = {
        "a": {"since": "2023-02-15", "month": "2023-02", "year": "2012", "code": "0111", "no": "no"}
    }
    text = format_yaml(data)
    assert "since: 2023-02-15" in text
    assert read(tmp_path, text) == data


def test_a_question_after_a_colon_is_quoted_within_brackets(tmp_path):
    data = {"a": {"note": "钱:?", "more": "a:? b"}}
    assert read(tmp_path, format_yaml(data)) == data


def test_changes_are_told_by_path():
    old = {"a": 1, "b": {"c": [1]}, "gone": 2}
    new = {"a": 1, "b": {"c": [1, 2]}, "more": 3}
    assert list(find_changes(old, new)) == [(("gone",), GONE), (("b", "c"), [1, 2]), (("more",), 3)]


TEXTS = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Co", "Cn"), exclude_characters="\ufeff\u2028\u2029\x85"
    ),
    min_size=1,
    max_size=30,
).filter(str.strip)
VALUES = st.one_of(TEXTS, st.integers(-(10**9), 10**9), st.booleans())
DATA = st.dictionaries(
    st.from_regex("[a-z][a-z0-9_]{0,8}", fullmatch=True),
    st.one_of(
        VALUES,
        st.lists(TEXTS, min_size=1, max_size=4),
        st.dictionaries(
            st.from_regex("[a-z][a-z0-9_]{0,8}", fullmatch=True), VALUES, min_size=1, max_size=4
        ),
    ),
    min_size=1,
    max_size=5,
)


@given(DATA)
def test_what_is_written_is_read_back(tmp_path_factory, data):
    shortened = {
        key: value["value"] if isinstance(value, dict) and list(value) == ["value"] else value
        for key, value in data.items()
    }
    assert read(tmp_path_factory.mktemp("a"), format_yaml({"x": {"y": shortened}})) == {
        "x": {"y": shortened}
    }


@given(DATA, DATA)
def test_any_change_can_be_made_to_what_is_there(tmp_path_factory, old, new):
    folder = tmp_path_factory.mktemp("a")
    old, new = {"first": 1, **old}, {"first": 1, **new}
    text = format_yaml({"x": old})
    have = read(folder, text)["x"]
    edited = edit_yaml(text, ("x",), new, list(find_changes(have, new)))
    found = read(folder, edited)["x"]
    assert found == {
        key: value["value"] if isinstance(value, dict) and list(value) == ["value"] else value
        for key, value in new.items()
    }
