"""The same text, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaingraph._cells import inert
from chaingraph.evidence.writing import find_encoding, fold, fold_all

pl = pytest.importorskip("polars")
TEXTS = st.text(st.characters(codec="utf-8"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＰＶＣ", "pvc"),
        ("光伏發電、風機", "光伏发电、风机"),
        ("［甲］【乙】（丙）", "(甲)(乙)(丙)"),
        ("甲；乙，丙：丁\n戊", "甲;乙,丙:丁。戊"),
    ],
)
def test_forms_of_one_text_are_folded_into_one(text, folded):
    assert fold(text) == folded


@given(TEXTS)
def test_every_character_keeps_its_place(text):
    assert len(fold(text)) == len(text)


@given(st.lists(st.none() | TEXTS))
def test_many_texts_are_folded_as_each_is(texts):
    folded = fold_all(pl.Series(texts, dtype=pl.String)).to_list()
    assert folded == [None if text is None else fold(text) for text in texts]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", " =1", "\t=1", "＝1", "﹢1"])
def test_formulas_become_text(text):
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "1-1", "甲=乙", "'=1"])
def test_other_text_stays(text):
    assert inert(text) == text


@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        ("名称,范围\n".encode() + "、\ud800".encode("utf-8", "surrogatepass") * 40, "utf-8"),
        ("名称,范围\r".encode() + "、\ud800".encode("utf-8", "surrogatepass") * 40, "utf-8"),
        (b"name,scope\n" + "面包的生产和销售".encode("gb18030"), "gb18030"),
        ("名称,范围\n面包".encode("gb18030"), "gb18030"),
        ("联通\n".encode("gb18030"), "gb18030"),
        (b"name,scope\n1,\xff\n", "utf-8"),
    ],
)
def test_a_first_line_in_chinese_tells_the_encoding(start, encoding):
    assert find_encoding(start) == encoding
