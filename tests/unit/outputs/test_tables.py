"""Records as files that other programs open."""

import csv
import io
import json
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from chaingraph.outputs.tables import format_records

HOSTILE = [" =1+1", "＝1+1", "＠x", "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")']


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


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_a_workbook_opens_in_libreoffice_with_every_cell_as_it_was(tmp_path):
    records = [{"name": text, "amount": 1.5} for text in [*HOSTILE, "有机硅，氟"]]
    (tmp_path / "a.xlsx").write_bytes(format_records(records, ["name", "amount"], "xlsx"))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    filter_ = "csv:Text - txt - csv (StarCalc):44,34,76"
    command = ["soffice", home, "--headless", "--convert-to", filter_, "a.xlsx"]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=tmp_path)
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8"))))
    assert rows[0] == ["name", "amount"]
    assert [row[0].strip() for row in rows[1:]] == [record["name"].strip() for record in records]


@pytest.mark.parametrize("format", ["csv", "json", "md"])
def test_binary_fractions_leave_no_digits_behind(format):
    text = format_records([{"a": 0.58 * 800_000, "b": {"c": 0.1 + 0.2}}], ["a", "b"], format)
    assert b"464000" in text
    assert b"463999" not in text
    assert b"0.30000000000000004" not in text
