"""Words that stand for products and amounts."""

import pytest

from chaingraph.analysis.whatif import Landing
from chaingraph.errors import UsageError
from chaingraph.questions import read_amount, read_landing

PRODUCTS = """
bread: {name: {zh: 面包, en: Bread}, stage: downstream, unit: t}
sugar: {name: {zh: 糖, en: C=O sugar}, stage: upstream, unit: t}
"""


@pytest.fixture
def town(make_atlas):
    return make_atlas(PRODUCTS)


@pytest.mark.parametrize(
    ("words", "amount"),
    [("0.5", 0.5), ("1,500", 1500), ("12,345,678.9", 12345678.9), (" 1_000 ", 1000), ("5e4", 5e4)],
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
