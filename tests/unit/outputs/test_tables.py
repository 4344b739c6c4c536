"""Records as files that other programs open."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from chaingraph.outputs.tables import format_records

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")']


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(text):
    rows = csv.reader(io.StringIO(format_records([{"a": text}], ["a"], "csv").decode("utf-8-sig")))
    assert list(rows)[1][0][0] == "'"
    sheet = load_workbook(io.BytesIO(format_records([{"a": text}], ["a"], "xlsx"))).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == (text, "s")


def test_csv_opens_as_chinese_in_excel():
    assert format_records([{"name": "硅"}], ["name"], "csv").startswith(b"\xef\xbb\xbfname")


def test_lists_and_missing_values_are_cells():
    records = [{"a": ["x", "y"], "b": None}]
    assert format_records(records, ["a", "b"], "csv").decode("utf-8-sig") == "a,b\r\nx; y,\r\n"
    assert json.loads(format_records(records, ["a", "b"], "json")) == records


@given(st.lists(st.text(alphabet="|\n\\*_<硅a", min_size=1), min_size=1))
def test_markdown_keeps_one_line_a_record(names):
    text = format_records([{"a": name} for name in names], ["a"], "md").decode()
    assert len(text.splitlines()) == len(names) + 2
