"""Long tables become panels, and what is wrong with them is told with its line."""

import gzip
import random

import numpy as np
import pytest

from chaingraph.errors import UsageError
from chaingraph.evidence.panel import Panel, make_panel, read_panel, read_table

TRADE = "country,product,value\ncl,copper,5\nbe,glass,2\ncl,glass,1.5\ncl,copper,1\n"


@pytest.fixture
def write(tmp_path):
    def write(text, name="panel.csv"):
        path = tmp_path / name
        data = text if isinstance(text, bytes) else text.encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write


@pytest.mark.parametrize("name", ["panel.csv", "panel.csv.gz"])
def test_rows_of_one_place_and_activity_add_up_and_what_is_absent_is_nothing(write, name):
    panel = read_panel(write(TRADE, name))
    assert (panel.places, panel.activities) == (("be", "cl"), ("copper", "glass"))
    assert panel.values.tolist() == [[0, 2], [6, 1.5]]


def test_without_a_third_column_rows_are_counted(write):
    panel = read_panel(write("place,activity\na,x\na,x\nb,x\n"))
    assert panel.values.tolist() == [[2], [1]]


def test_rows_are_counted_whatever_else_is_in_the_table(write):
    panel = read_panel(write("place,activity,since\na,x,1990-01-01\na,x,1991-01-01\n"), count=True)
    assert panel.values.tolist() == [[2]]


def test_columns_that_are_not_asked_for_are_the_next_that_are_left(write):
    path = write("value,country,product\n2,cl,copper\n")
    panel = read_panel(path, value="value")
    assert (panel.places, panel.activities, panel.values.tolist()) == (("cl",), ("copper",), [[2]])
    assert read_panel(path, place="product", value="value").places == ("copper",)


def test_the_order_of_rows_does_not_matter(write):
    head, *rows = TRADE.splitlines()
    random.Random(1).shuffle(rows)
    first, other = read_panel(write(TRADE)), read_panel(write("\n".join([head, *rows]), "b.csv"))
    assert (first.places, first.activities) == (other.places, other.activities)
    assert first.values.tobytes() == other.values.tobytes()


def test_blanks_around_names_blank_lines_and_a_mark_of_utf8_are_no_part_of_the_data(write):
    panel = read_panel(
        write("\ufeffplace, activity ,value\n 甲 , 玻璃 , 3 \n\n"), activity="activity"
    )
    assert (panel.places, panel.activities, panel.values.tolist()) == (("甲",), ("玻璃",), [[3]])


def test_quoted_names_hold_commas_and_lines(write):
    panel = read_panel(write('place,activity\n"a, b","x\ny"\n'))
    assert (panel.places, panel.activities) == (("a, b",), ("x\ny",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has 0 columns, at least 2"),
        ("place\na\n", "has 1 columns, at least 2"),
        ("place,activity\n", "has no rows"),
        ("place,activity\n\n\n", "has no rows"),
        ("p,a,v\nx,y,1\nx,y\n", "csv:3: 2 columns instead of 3"),
        ("p,a,v\nx,y,many\n", "csv:2: 'many' is no number of at least 0"),
        ("p,a,v\nx,y,\n", "csv:2: '' is no number"),
        ("p,a,v\nx,y,nan\n", "csv:2: 'nan' is no number"),
        ("p,a,v\nx,y,inf\n", "csv:2: 'inf' is no number"),
        ("p,a,v\nx,y,1\nx,y,-1\n", "csv:3: '-1' is no number"),
        ("p,a\n ,y\n", "csv:2: the place or the activity has no name"),
        ("p,a\nx,\n", "csv:2: the place or the activity has no name"),
        ("p,a,v\nx,y,1e308\nx,y,1e308\n", "no number of at least 0"),
        ("p,a,v\nx,y,1e308\nx,z,1e308\n", "more than can be counted"),
        (b"p,a\nx," + "玻璃".encode("gb18030"), "csv:2: this is not UTF-8"),
        ("p,a\nx," + "y" * 140_000, "csv:2: this is not CSV: field larger"),
    ],
)
def test_what_is_wrong_with_a_table_is_told(write, text, said):
    with pytest.raises(UsageError, match=said):
        read_panel(write(text))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"place": "contry"},
            r"no column 'contry' \(did you mean 'country'\?\): there are country",
        ),
        ({"place": "product", "activity": "product"}, "'product' is there or is asked for twice"),
    ],
)
def test_columns_that_are_not_there_or_asked_for_twice(write, asked, said):
    with pytest.raises(UsageError, match=said):
        read_panel(write(TRADE), **asked)


def test_a_column_that_is_there_twice_cannot_be_asked_for(write):
    with pytest.raises(UsageError, match="is there or is asked for twice"):
        read_panel(write("a,a,b\n1,2,3\n"), place="a")


def test_files_that_cannot_be_read(tmp_path):
    whole = gzip.compress(TRADE.encode())
    cut, broken = tmp_path / "cut.csv.gz", tmp_path / "broken.csv.gz"
    cut.write_bytes(whole[:-9])
    broken.write_bytes(whole[:10] + b"\xff" * 20 + whole[30:])
    plain = tmp_path / "plain.csv.gz"
    plain.write_text(TRADE, "utf-8")
    for path in (cut, broken, plain, tmp_path / "none.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot read"):
            read_panel(path)


def test_rows_of_a_table_come_with_their_lines_and_columns(write):
    rows = read_table(write("a,b,c\n1,2,3\n\n4,5,6\n"), ("c", None), required=2)
    assert rows == [(2, ["1", "2", "3"], [2, 0]), (4, ["4", "5", "6"], [2, 0])]


@pytest.mark.parametrize(
    ("places", "activities", "values", "said"),
    [
        (("a",), ("x", "y"), [[1.0]], "has names for"),
        (("a", "a"), ("x",), [[1.0], [1.0]], "comes twice"),
        (("a",), ("x", "x"), [[1.0, 1.0]], "comes twice"),
        (("a",), ("x",), [[-1.0]], "no number of at least 0"),
        (("a",), ("x",), [[np.nan]], "no number of at least 0"),
        (("a",), ("x",), [[np.inf]], "no number of at least 0"),
    ],
)
def test_a_panel_holds_together(places, activities, values, said):
    with pytest.raises(UsageError, match=said):
        Panel(places, activities, np.array(values))


def test_no_cells_make_an_empty_panel():
    assert make_panel({}).values.shape == (0, 0)
