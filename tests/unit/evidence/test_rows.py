"""Registers come from anywhere: each row is read or told of, and neither twice."""

import csv
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.errors import UsageError
from chaingraph.evidence import rows
from chaingraph.evidence.records import Columns
from chaingraph.evidence.rows import (
    check_columns,
    find_columns,
    find_units,
    read_header,
    read_unit,
)

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet  # noqa: E402

NAMED = Columns(scope="经营范围", name="名称")
SCOPE = Columns(scope="scope")


def read(path, columns=NAMED):
    """All rows and rejects of a register."""
    good, bad = [], []
    for unit in find_units([path]):
        for batch, rejects in read_unit(unit, columns):
            good += [tuple(row.values())[1:] for row in batch.to_pylist()]
            bad += [(reject.row, reject.reason, reject.text) for reject in rejects]
    return good, bad


@pytest.fixture
def put(tmp_path):
    """Write a CSV file, given as text or bytes."""

    def write(content, name="firms.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


HEAD = "名称,经营范围\n"


def test_rows_come_with_their_lines(put):
    good, bad = read(put(HEAD + '甲,"硫酸\n盐酸"\n\n乙,面包\n'))
    assert good == [(2, "甲", "硫酸\n盐酸"), (5, "乙", "面包")]
    assert not bad


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("丙", "1 columns instead of 2"),
        ("丙,丁,戊", "3 columns instead of 2"),
        ("丙,丁\0", "a NUL byte"),
        ('丙,"丁"戊', "',' expected after '\"'"),
        (f"丙,{'丁' * 1_000_000}", "1000001 characters, more than the 20000 of any firm"),
        (f"丙,{'丁' * 5_000_000}", "a line of more than 4194304 characters"),
        ('丙,"丁', "a quote is not closed on its line; unexpected end of data"),
        ('丙,"丁\n甲,"戊"', "a quote is not closed on its line; ',' expected after '\"'"),
    ],
)
def test_a_bad_row_costs_none_of_its_neighbours(put, line, reason):
    extra = line.count("\n")
    good, bad = read(put(f"{HEAD}甲,硫酸\n{line}\n乙,面包\n"))
    assert [row[1:] for row in good][:1] == [("甲", "硫酸")]
    assert good[-1] == (4 + extra, "乙", "面包")
    assert [each[:2] for each in bad] == [(3, reason)]
    assert bad[0][2] == line.split("\n")[0][:200].replace("\0", "\\x00")


def test_bytes_that_are_no_text_are_told_as_bytes(put):
    good, bad = read(
        put(HEAD.encode() + "甲,硫酸\n".encode() + b"a,\xff\xfe\n" + "乙,面包".encode())
    )
    assert [row[1] for row in good] == ["甲", "乙"]
    assert bad == [(3, "bytes that are no text", "a,\\xff\\xfe")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines_are_told_apart(put, encoding, end):
    text = end.join(["名称,经营范围", *(f"第{i}厂,硫酸生产；盐酸销售" for i in range(20))])
    path = put(text.encode(encoding))
    assert read_header(find_units([path])[0]) == ["名称", "经营范围"]
    good, bad = read(path)
    assert len(good) == 20
    assert good[-1] == (21, "第19厂", "硫酸生产；盐酸销售")
    assert not bad


def test_a_few_letters_are_enough_to_tell_an_encoding(put):
    assert read(put((HEAD + "甲,硫酸\n").encode("gb18030"))) == ([(2, "甲", "硫酸")], [])


@pytest.mark.parametrize("mark", ",\t;|")
def test_what_separates_columns_is_told_from_the_first_line(put, mark):
    assert read(put(f"名称{mark}经营范围\n甲{mark}硫酸\n"))[0] == [(2, "甲", "硫酸")]


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", HEAD.encode(), HEAD.strip().encode()])
def test_a_file_without_rows_has_none(put, content):
    assert read(put(content)) == ([], [])


def test_half_a_compressed_file_ends_with_a_reject(put):
    whole = gzip.compress((HEAD + "甲,硫酸\n" * 100_000).encode())
    good, bad = read(put(whole[: len(whole) // 2], "firms.csv.gz"))
    assert 0 < len(good) < 100_000
    assert len(bad) == 1
    assert bad[0][1].startswith("the file breaks off: ")
    assert read(put(whole, "firms.csv.gz")) == ([(i + 2, "甲", "硫酸") for i in range(100_000)], [])


def test_what_is_not_compressed_is_not_called_so(put):
    with pytest.raises(UsageError, match=r"cannot read .*Not a gzipped file"):
        read(put(HEAD, "firms.csv.gz"))


def test_a_first_line_with_an_open_quote_is_told(put):
    with pytest.raises(UsageError, match="has no readable first line"):
        read(put('"名称,经营范围\n甲,硫酸\n'))


def test_other_readers_of_csv_keep_their_limit(put):
    before = csv.field_size_limit(1000)
    try:
        assert len(read(put(HEAD + f"甲,{'硫' * 5000}\n"))[0]) == 1
        assert csv.field_size_limit() == 1000
    finally:
        csv.field_size_limit(before)


def test_memory_is_bounded_by_characters_too(put, monkeypatch):
    monkeypatch.setattr(rows, "LARGEST_BATCH", 1000)
    unit = find_units([put(HEAD + "甲,硫酸生产\n" * 1000)])[0]
    assert max(batch.num_rows for batch, _ in read_unit(unit, NAMED)) == 201


# ---------------------------------------------------------------- columns


def test_all_files_are_asked_for_their_columns_first(tmp_path, put):
    put(HEAD, "a.csv"), put("名称,范围\n", "b.csv"), put("\n", "blank.csv")
    with pytest.raises(UsageError, match=r"b.csv has no column '经营范围'"):
        check_columns(find_units([tmp_path]), NAMED)


def test_two_columns_of_one_name_are_none(put):
    with pytest.raises(UsageError, match="several columns '经营范围'"):
        check_columns(find_units([put("名称,经营范围,经营范围\n")]), NAMED)


@pytest.mark.parametrize(
    "name", ["product", "file", "name", "scope", "firms", "since", "product_name"]
)
def test_regions_do_not_take_the_names_of_results(name):
    with pytest.raises(UsageError, match=f"cannot be called {name!r}"):
        find_columns(["scope", name], {"regions": [name]})


def test_what_is_told_of_a_firm_steers_no_terminal(tmp_path, put):
    told = [(2, "a\\x1b[2J", "\\x0b甘肃 酒泉", "硫酸\n盐酸\x1b")]
    columns = Columns(scope="经营范围", name="名称", regions=("省",))
    firm = {"名称": "a\x1b[2J", "省": "\x0b甘肃\t酒泉\r", "经营范围": "硫酸\n盐酸\x1b"}
    out = io.StringIO()
    writer = csv.DictWriter(out, firm)
    writer.writeheader()
    writer.writerow(firm)
    assert read(put(out.getvalue()), columns) == (told, [])
    pyarrow.parquet.write_table(pa.Table.from_pylist([firm]), tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet", columns) == ([(1, *told[0][1:])], [])


def test_a_file_whose_name_steers_a_terminal_is_refused(put):
    with pytest.raises(UsageError, match="is no readable name of a file"):
        find_units([put(HEAD, "a\x1b[2J.csv")])


def test_regions_are_not_called_what_steers_a_terminal():
    with pytest.raises(UsageError, match=r"cannot be called 'a.x1b\[2J'"):
        Columns(scope="scope", regions=("a\x1b[2J",))


def test_other_columns_may_be_called_as_they_like(put):
    path = put("row,file,product,名称,经营范围\n1,2,3,甲,硫酸\n")
    assert read(path)[0] == [(2, "甲", "硫酸")]


def test_an_unknown_column_is_guessed_at():
    with pytest.raises(UsageError, match=r"no column 'provinces' .did you mean 'province'"):
        find_columns(["scope", "province"], {"regions": ["provinces"]})


# ------------------------------------------------------------------ files


def test_folders_are_searched_for_registers(tmp_path, put):
    (tmp_path / "deep").mkdir()
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / ".out.unfinished.x").mkdir()
    for name in (
        "b.CSV",
        "a.tsv",
        "deep/c.csv",
        ".out.unfinished.x/d.csv",
        "notes.md",
        "notes.txt",
    ):
        put(HEAD, name)
    assert [unit.file for unit in find_units([tmp_path])] == [
        str(tmp_path / name) for name in ("a.tsv", "b.CSV", "deep/c.csv")
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [("absent.csv", "no such file"), ("notes.md", "neither CSV nor Parquet")],
)
def test_what_is_no_register_is_told(put, name, told):
    put(HEAD, "notes.md")
    with pytest.raises(UsageError, match=told):
        find_units([put(HEAD).with_name(name)])


def test_empty_files_are_passed_over(tmp_path, put):
    put("", "a.csv"), put(HEAD, "b.csv")
    assert [unit.file for unit in find_units([tmp_path])] == [str(tmp_path / "b.csv")]


def test_names_of_columns_do_not_steer_a_terminal(put):
    assert read_header(
        find_units([put("a\x1b[2J,b\udc9b\n".encode("utf-8", "surrogateescape"))])[0]
    ) == [
        "a\\x1b[2J",
        "b\\x9b",
    ]


def test_names_of_columns_in_parquet_do_not_steer_a_terminal_either(tmp_path):
    pyarrow.parquet.write_table(pa.table({"a\x1b[2J": ["硫酸"]}), tmp_path / "a.parquet")
    units = find_units([tmp_path])
    header = read_header(units[0])
    for ask in (
        lambda: check_columns(units, SCOPE),
        lambda: find_columns(header, {}),
        lambda: find_columns(header, {"scope": "zzz"}),
    ):
        with pytest.raises(UsageError, match=r"a\\x1b\[2J"):
            ask()


def test_a_folder_without_registers_is_told(tmp_path, put):
    put("")
    with pytest.raises(UsageError, match="the register has no rows"):
        find_units([tmp_path])


# ---------------------------------------------------------------- Parquet


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["硫酸", None, ""]),
        pa.array(["硫酸", None, ""], pa.large_string()),
        pa.array(["硫酸", None, ""], pa.string_view()),
        pa.array(["硫酸".encode(), None, b""], pa.binary()),
        pa.array(["硫酸".encode(), None, b""], pa.large_binary()),
        pa.array(["硫酸", None, ""]).dictionary_encode(),
        pa.array(["硫酸".encode(), None, b""]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_texts_in_parquet_are_read_however_they_are_stored(tmp_path, column):
    pyarrow.parquet.write_table(pa.table({"scope": column}), tmp_path / "a.parquet")
    good, bad = read(tmp_path / "a.parquet", SCOPE)
    assert good == [(1, "硫酸"), (2, None), (3, "")]
    assert not bad


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.nulls(2), [None, None]),
        (pa.array([1999, 2001]), ["1999", "2001"]),
        (pa.array([0, 366], pa.date32()), ["1970-01-01", "1971-01-02"]),
    ],
)
def test_other_values_in_parquet_are_written_out(tmp_path, column, texts):
    pyarrow.parquet.write_table(pa.table({"scope": column}), tmp_path / "a.parquet")
    assert [row[1] for row in read(tmp_path / "a.parquet", SCOPE)[0]] == texts


def test_lists_in_parquet_are_no_texts(tmp_path):
    pyarrow.parquet.write_table(pa.table({"scope": [["硫酸"]]}), tmp_path / "a.parquet")
    with pytest.raises(UsageError, match=r"holds no texts in the column 'scope', but list<"):
        read(tmp_path / "a.parquet", SCOPE)


def test_bad_rows_in_parquet_are_told_by_number(tmp_path):
    values = ["硫酸".encode(), b"\xff", "酸".encode() * 200_000, b"a\0", "盐酸".encode()]
    table = pa.table({"scope": pa.array(values, pa.binary())})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet", row_group_size=2)
    good, bad = read(tmp_path / "a.parquet", SCOPE)
    assert good == [(1, "硫酸"), (5, "盐酸")]
    assert [each[:2] for each in bad] == [
        (2, "not UTF-8"),
        (3, "200000 characters, more than the 20000 of any firm"),
        (4, "a NUL byte"),
    ]


def test_a_row_group_that_is_broken_ends_with_a_reject(tmp_path):
    table = pa.table({"scope": [f"第{i}种硫酸" for i in range(3000)]})
    path = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(table, path, row_group_size=1000, use_dictionary=False)
    chunk = pyarrow.parquet.read_metadata(path).row_group(1).column(0)
    content = bytearray(path.read_bytes())
    content[chunk.data_page_offset : chunk.data_page_offset + 100] = b"\xff" * 100
    path.write_bytes(content)
    good, bad = read(path, SCOPE)
    assert [row[0] for row in good] == [*range(1, 1001), *range(2001, 3001)]
    assert [each[:2] for each in bad] == [(1001, "not readable from here to row 2000")]


def test_what_is_no_parquet_is_told(put):
    with pytest.raises(UsageError, match="cannot be read as Parquet"):
        find_units([put(b"PAR1 nonsense", "a.parquet")])


# -------------------------------------------------------------- any content

BLANKS = "\t\n\r"
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters=BLANKS), max_size=8
)


@given(st.lists(st.tuples(TEXTS, TEXTS)))
def test_what_a_csv_writer_writes_comes_back(tmp_path_factory, pairs):
    out = io.StringIO()
    csv.writer(out).writerows([("名称", "经营范围"), *pairs])
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(out.getvalue().encode())
    good, bad = read(path)
    assert [row[2] for row in good] == [scope for _, scope in pairs]
    for row, (name, _) in zip(good, pairs, strict=True):
        blank = name.translate(dict.fromkeys(map(ord, BLANKS), " ")).strip()
        assert row[1] == (blank if set(name) & set(BLANKS) else name)
    assert not bad


JUNK = st.lists(
    st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff", "硫酸".encode(), b"a"]) | st.binary()
).map(b"".join)


@given(JUNK, st.sampled_from([b"", b"\xff\xfe", HEAD.encode(), HEAD.encode("utf-16")]))
@pytest.mark.parametrize("name", ["junk.csv", "junk.csv.gz", "junk.parquet"])
def test_any_bytes_are_rows_rejects_or_told(tmp_path_factory, name, junk, head):
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(gzip.compress(head + junk) if name.endswith("gz") else head + junk)
    try:
        good, bad = read(path)
    except UsageError as error:
        str(error).encode()
        return
    lines = [row[0] for row in good] + [each[0] for each in bad]
    assert len(set(lines)) == len(lines)
    for each in bad:
        "".join(each[1:]).encode()


@settings(max_examples=300, derandomize=True)
@given(st.data())
def test_any_damage_to_a_parquet_file_is_told(tmp_path_factory, data):
    out = io.BytesIO()
    table = pa.table({"scope": [f"第{i}种硫酸" for i in range(40)]})
    pyarrow.parquet.write_table(table, out, row_group_size=10)
    content = bytearray(out.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.parquet"
    path.write_bytes(content)
    try:
        read(path, SCOPE)
    except UsageError as error:
        str(error).encode()
