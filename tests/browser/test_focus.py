"""One product and what hangs on it: neighbours, paths, what must land first, what if."""

import re

from hands import click_product, drawer, legend, number_in, picked, search
from town import make_atlas

from chaingraph.analysis.whatif import Landing, find_whatif

# ----------------------------------------------------------------- focus


def test_a_click_on_a_product_lights_its_neighbours(show):
    page = show(make_atlas())
    click_product(page, "monomer")
    assert picked(page) == "monomer"
    assert sorted(page.evaluate("chaingraph.lit()")) == ["acid", "dmc", "monomer", "silicon"]
    assert drawer(page).locator("h2").inner_text() == "甲基氯硅烷"


def test_more_depth_lights_more(show):
    page = show(make_atlas())
    search(page, "silicon")
    page.get_by_role("button", name="多一步").click()
    assert sorted(page.evaluate("chaingraph.lit()")) == ["dmc", "monomer", "silicon"]
    page.locator("#map").focus()
    page.keyboard.press("]")
    assert "rubber" in page.evaluate("chaingraph.lit()")
    page.keyboard.press("[")
    assert "rubber" not in page.evaluate("chaingraph.lit()")


def test_a_click_beside_the_products_lets_go(show):
    page = show(make_atlas())
    click_product(page, "dmc")
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] - 4)
    assert picked(page) is None
    assert not drawer(page).is_visible()


def test_a_path_between_two_products_is_found_by_search(show):
    page = show(make_atlas())
    search(page, "工业硅")
    page.get_by_role("button", name="找路径").click()
    page.keyboard.type("硅橡胶")
    page.keyboard.press("Enter")
    assert page.evaluate("chaingraph.lit()") == ["silicon", "monomer", "dmc", "rubber"]
    way = drawer(page).locator(".way").inner_text()
    assert re.findall("工业硅|甲基氯硅烷|环硅氧烷|硅橡胶", way) == [
        "工业硅", "甲基氯硅烷", "环硅氧烷", "硅橡胶",
    ]  # fmt: skip


def test_a_path_is_found_by_clicking_the_other_product(show):
    page = show(make_atlas(), screen={"width": 1920, "height": 1080})
    click_product(page, "silicon")
    place = page.evaluate("chaingraph.positionOf('rubber')")
    page.keyboard.down("Shift")
    page.mouse.click(place["x"], place["y"])
    page.keyboard.up("Shift")
    assert page.evaluate("chaingraph.lit()") == ["silicon", "monomer", "dmc", "rubber"]
    page.keyboard.press("Escape")
    page.get_by_role("button", name="找路径").click()
    click_product(page, "dmc")
    assert page.evaluate("chaingraph.lit()") == ["silicon", "monomer", "dmc"]


def test_where_there_is_no_path_the_page_says_so(show, wait_until):
    atlas = make_atlas()
    alone = atlas.model_copy(update={"products": {**atlas.products, "x": atlas.products["acid"]}})
    alone = alone.model_copy(update={"branch_of": {**atlas.branch_of, "x": "base"}})
    page = show(alone)
    page.evaluate("location.hash = '#product=x'")
    wait_until(page, "chaingraph.picked() === 'x'")
    page.get_by_role("button", name="找路径").click()
    page.keyboard.type("rubber")
    page.keyboard.press("Enter")
    assert "没有路径" in page.locator("#notice").inner_text()


def test_a_loop_through_a_product_is_shown(show):
    page = show(make_atlas())
    search(page, "acid")
    page.get_by_role("button", name="循环").click()
    assert sorted(set(page.evaluate("chaingraph.lit()"))) == ["acid", "dmc", "monomer"]


def test_a_product_can_be_seen_with_its_chain_alone(show):
    page = show(make_atlas())
    search(page, "dmc")
    page.get_by_role("button", name="只看上下游").click()
    assert page.evaluate("chaingraph.drawn()") == 4
    page.get_by_role("button", name="回到全图").click()
    assert page.evaluate("chaingraph.drawn()") == 5


def test_what_must_land_first_is_told_and_shown(show):
    page = show(make_atlas())
    search(page, "rubber")
    text = drawer(page).inner_text()
    assert "先要落地" in text
    steps = drawer(page).locator("ol.steps").first.inner_text()
    assert "环硅氧烷" in steps
    drawer(page).locator("button.show").first.click()
    lit = set(page.evaluate("chaingraph.lit()"))
    assert {"rubber", "dmc", "monomer"} <= lit
    assert "silicon" not in lit


def test_in_its_chain_a_product_stands_between_its_inputs_and_its_users(show, yumen):
    page = show(yumen, fragment="#product=pvdf&related=1&depth=9")
    here = page.evaluate("chaingraph.positionOf('pvdf')")["x"]
    assert page.evaluate("chaingraph.positionOf('vinylidene_fluoride')")["x"] < here
    for user in ("pvdf_film", "separator", "lithium_cell"):
        assert page.evaluate("id => chaingraph.positionOf(id)", user)["x"] > here


def test_the_kinds_of_link_can_be_shown_alone(show):
    page = show(make_atlas(), fragment="#open=silicone")
    legend(page, "link-energy").click()
    assert page.evaluate("chaingraph.wires()") == 0
    legend(page, "link-material").click()
    assert page.evaluate("chaingraph.wires()") == 3


# --------------------------------------------------------------- what if


def test_projects_and_products_can_be_taken_as_landed(show):
    page = show(make_atlas())
    assert number_in(legend(page, "state-present")) == 1
    page.get_by_role("button", name="推演").click()
    page.get_by_label("硅橡胶项目").check()
    assert number_in(legend(page, "state-present")) == 2
    panel = page.locator("#whatif")
    assert "环硅氧烷" in panel.inner_text()
    click_product(page, "dmc")
    page.get_by_role("button", name="假设落地", exact=True).click()
    assert number_in(legend(page, "state-present")) == 4  # and the acid that comes with it
    panel.get_by_role("button", name="取消全部假设").click()
    assert number_in(legend(page, "state-present")) == 1


def test_what_a_product_would_open_is_told(show):
    atlas = make_atlas()
    acid = atlas.products["acid"].model_copy(update={"reach": "local"})
    page = show(atlas.model_copy(update={"products": {**atlas.products, "acid": acid}}))
    search(page, "monomer")
    assert "能带出" in drawer(page).inner_text()


def test_the_panel_tells_what_the_package_finds(show, yumen):
    found = find_whatif(yumen, [Landing(project="juhua_silicon_fluorine")])
    page = show(yumen, fragment="#land=p:juhua_silicon_fluorine")
    page.locator("#whatif-button").click()
    said = page.locator("#whatif").inner_text()
    assert f"补上的缺口 ({len(found.closed)})" in said
    assert f"新显出的缺口 ({len(found.opened)})" in said
    assert ("新进入可做范围" in said) == bool(found.feasible)
    for before, after in zip(found.before, found.after, strict=True):
        if after.by_number is not None:
            name = yumen.chains[before.chain].name.text("zh")
            cells = page.locator(".outcome tr", has_text=f"{name}配套率（按个数）").locator("td")
            assert cells.all_inner_texts() == [f"{each.by_number:.0%}" for each in (before, after)]
