"""Text without font metrics: broken where it may be, cut only where it must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph.outputs.poster.typeset import LEADING, clean, fit, ladder, measure, shorten, wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("有机硅", 60, ["有机硅"]),
        ("二甲基环硅氧烷混合物", 70, ["二甲基环硅", "氧烷混合物"]),
        ("氢气（园区氢网）", 50, ["氢气（园", "区氢网）"]),
        ("Liquid silicone rubber (LSR)", 90, ["Liquid silicone", "rubber (LSR)"]),
        ("Chloropropyltrichlorosilane", 100, ["Chloropropyltri-", "chlorosilane"]),
        ("截至 2026-01-16", 80, ["截至", "2026-01-16"]),
    ],
)
def test_lines_break_where_a_reader_would(text, width, lines):
    assert wrap(text, width, 10) == lines


@given(st.text(max_size=60), st.floats(20, 200))
def test_no_line_is_wider_than_its_room(text, width):
    text = clean(text)
    for line in wrap(text, width, 10):
        assert measure(line, 10) <= width or len(line) <= 2


@given(st.text(max_size=200), st.floats(30, 150), st.floats(15, 60))
def test_a_text_is_set_within_its_box_and_whole_if_it_says_so(text, width, height):
    text = clean(text)
    setting = fit(text, width, height, ladder(14, 6))
    assert setting.size * (1 + LEADING * (len(setting.lines) - 1)) <= max(height, setting.size)
    if setting.whole:
        joined = "".join(setting.lines).replace("-", "").replace(" ", "")
        assert joined == text.replace("-", "").replace(" ", "")


@given(st.text(max_size=80), st.floats(5, 100))
def test_a_cut_text_fits(text, width):
    assert measure(shorten(text, width, 10), 10) <= width


@given(st.text())
def test_nothing_that_xml_forbids_is_left(text):
    cleaned = clean(text)
    assert all(letter >= " " and not "\ud800" <= letter <= "\udfff" for letter in cleaned)
    assert "\ufffe" not in cleaned
    assert cleaned == clean(cleaned)
