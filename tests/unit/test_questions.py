"""Words that stand for products, projects and amounts."""

import pytest

from chaingraph.analysis.whatif import Landing
from chaingraph.errors import NotFoundError, UsageError
from chaingraph.questions import choose, read_amount, read_landing

PRODUCTS = """
bread: {name: {zh: 面包, en: Bread}, stage: downstream, unit: t}
sugar: {name: {zh: 糖, en: C=O sugar}, stage: upstream, unit: t}
"""
PROJECTS = """
projects:
  bread: {name: 面包项目}
  mill_north: {name: {zh: 面粉厂, en: Mill}}
  mill_south: {name: {zh: 面粉厂, en: South mill}}
"""


@pytest.fixture
def town(make_atlas):
    return make_atlas(PRODUCTS, PROJECTS)


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("0.5", 0.5),
        ("１，５００", 1500),
        ("1,500", 1500),
        ("12,345,678.9", 12345678.9),
        (" 1_000 ", 1000),
        ("5e4", 5e4),
    ],
)
def test_an_amount_may_have_commas_between_its_thousands(town, words, amount):
    assert read_amount(town, f"bread={words}") == ("bread", amount)
    assert read_landing(town, f"bread={words}") == Landing("bread", amount)


@pytest.mark.parametrize("words", ["0,5", "1,5", "0,500", "1,2345", "1500,250", "1.5,000", ",5"])
def test_a_decimal_comma_is_refused_with_how_to_write_it(town, words):
    for read in (read_amount, read_landing):
        with pytest.raises(UsageError, match=r"is not a number; .* has a point, as in 0\.5"):
            read(town, f"bread={words}")


def test_a_name_may_hold_an_equals_sign(town):
    assert read_amount(town, "c=o sugar=5") == ("sugar", 5)
    assert read_landing(town, "c=o sugar=5:main") == Landing("sugar", 5, "main")
    assert read_landing(town, "C=O sugar") == Landing("sugar")


def test_a_project_is_meant_by_its_name_small_or_capital(town):
    assert read_landing(town, "MILL") == Landing(project="mill_north")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("面粉厂", "projects:mill_north or projects:mill_south"),
        ("bread", "projects:bread or products:bread"),
    ],
)
def test_what_may_be_several_things_is_asked_back(town, words, meant):
    with pytest.raises(UsageError, match=f"{words!r} may be {meant}: write which is meant"):
        read_landing(town, words)


def test_a_section_before_the_id_tells_a_product_from_a_project(town):
    assert read_landing(town, "projects:bread") == Landing(project="bread")
    assert read_landing(town, "products:bread") == Landing("bread")
    assert read_landing(town, "products:bread＝５：main") == Landing("bread", 5, "main")


def test_a_name_of_two_chains_is_asked_back_and_an_id_is_not():
    known = {"north": ["Mills"], "south": ["mills", "north"]}
    with pytest.raises(UsageError, match="'MILLS' may be north or south"):
        choose("chain", "MILLS", known)
    assert choose("chain", "mills", known) == "south"
    assert choose("chain", "north", known) == "north"
    with pytest.raises(NotFoundError, match=r"no chain 'Wills' \(did you mean 'mills'"):
        choose("chain", "Wills", known)


@pytest.mark.parametrize(
    "words", ["面 粉厂", "NORTH ", " Flour  mill", "ｆｌｏｕｒ mill", "flourmill"]
)
def test_case_width_and_blanks_of_a_name_do_not_matter(words):
    assert choose("chain", words, {"north": ["面粉厂", "Flour mill"], "south": []}) == "north"


def test_each_thing_is_suggested_once_and_as_it_is_written():
    with pytest.raises(NotFoundError, match="did you mean '") as caught:
        choose("chain", "soda ahs", {"soda_ash": ["Soda ash", "纯碱"], "salt": ["Salt"]})
    assert caught.value.suggestions == ("Soda ash",)
