"""Of a large atlas only so much is drawn."""

import csv
import io
from pathlib import Path

import pytest
from hands import picked, search
from town import make_atlas


@pytest.fixture(scope="module")
def large_atlas():
    """Five branches of 200 products; each product feeds the next, and the first of its branch."""
    ids = [f"p{at}" for at in range(1000)]
    products = {
        id: {
            "name": {"zh": f"产品{at}", "en": f"Product {at}"},
            "stage": ("upstream", "midstream", "downstream")[at % 3],
            "unit": "t",
            "inputs": {ids[at - 1]: {"critical": True}} if at else {},
        }
        for at, id in enumerate(ids)
    }
    branches = {f"b{at}": {"id": f"b{at}", "name": f"细分链{at}"} for at in range(5)}
    return make_atlas(
        chains={"chemicals": {"name": "化工", "cluster": "modern", "branches": list(branches)}},
        branches=branches,
        products=products,
        branch_of={id: f"b{at // 200}" for at, id in enumerate(ids)},
        enterprises={},
        projects={},
        candidates={},
    )


def test_of_a_large_atlas_only_so_much_is_drawn_at_once(show, large_atlas):
    page = show(large_atlas)
    assert page.evaluate("chaingraph.drawn()") == 0
    page.get_by_role("button", name="全部展开").click()
    assert 0 < page.evaluate("chaingraph.drawn()") <= 400
    assert "展开了 5 个细分链中的 3 个" in page.locator("#notice").inner_text()
    page.locator("#map").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("chaingraph.drawn()") <= 400
    assert "b4" in page.evaluate("chaingraph.open()")


def test_a_product_without_a_place_is_shown_with_its_chain(show, large_atlas):
    page = show(large_atlas)
    search(page, "产品999")
    assert picked(page) == "p999"
    assert page.evaluate("chaingraph.drawn()") == 2
    assert page.evaluate("chaingraph.positionOf('p998')") is not None


def test_the_csv_of_a_large_atlas_has_every_product(show, large_atlas):
    page = show(large_atlas)
    page.get_by_role("button", name="表格").click()
    assert page.locator("#table tbody tr").count() == 500
    with page.expect_download() as download:
        page.locator("#csv").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text)))) == 1001


def test_no_path_and_no_link_draws_more(show, large_atlas):
    page = show(large_atlas, fragment="#open=b0.b1.b2.b3.b4")
    assert 0 < page.evaluate("chaingraph.drawn()") <= 400
    search(page, "产品1")
    page.get_by_role("button", name="找路径").click()
    page.keyboard.type("产品950")
    page.keyboard.press("Enter")
    assert 0 < page.evaluate("chaingraph.drawn()") <= 400
