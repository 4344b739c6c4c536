"""Languages, themes, keys, fingers and screen readers."""

import sys
from pathlib import Path

import pytest
from hands import click_product, drawer, picked, search
from town import make_atlas

# ---------------------------------------------------- language and theme


def test_the_language_can_be_changed(show):
    page = show(make_atlas())
    search(page, "工业硅")
    page.locator("#lang").click()
    assert page.locator("h1").inner_text() == "Chains of a town"
    assert drawer(page).locator("h2").inner_text() == "Industrial silicon"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("#heads").inner_text().split() == ["upstream", "midstream", "downstream"]
    page.locator("#lang").click()
    assert drawer(page).locator("h2").inner_text() == "工业硅"


def test_the_theme_follows_the_system_until_changed(show):
    page = show(make_atlas(), screen={"scheme": "dark"})
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    page.emulate_media(color_scheme="light")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


# ---------------------------------------------------------- for everyone


def test_everything_on_the_map_is_done_by_keys(show):
    page = show(make_atlas())
    page.locator("#map").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("chaingraph.open()") == ["silicone"]
    page.keyboard.press("ArrowRight")
    assert picked(page) == "silicon"
    page.keyboard.press("ArrowRight")
    assert picked(page) == "monomer"
    assert "甲基氯硅烷" in page.locator("#live").text_content()
    page.keyboard.press("ArrowLeft")
    assert picked(page) == "silicon"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "drawer"
    page.keyboard.press("Escape")
    assert picked(page) is None
    assert page.evaluate("document.activeElement.id") == "map"
    page.keyboard.press("Escape")
    assert page.evaluate("chaingraph.open()") == []


def test_fingers_do_what_the_mouse_does(show):
    page = show(make_atlas(), screen={"width": 420, "height": 800, "touch": True})
    place = page.evaluate("chaingraph.bandOf('silicone')")
    page.touchscreen.tap(place["x"], place["y"])
    assert page.evaluate("chaingraph.open()") == ["silicone"]
    place = page.evaluate("chaingraph.positionOf('silicon')")
    page.touchscreen.tap(place["x"], place["y"])
    assert picked(page) == "silicon"
    assert drawer(page).is_visible()


def test_plus_and_minus_zoom(show):
    page = show(make_atlas())
    before = page.evaluate("chaingraph.scale()")
    page.locator("#map").focus()
    page.keyboard.press("+")
    assert page.evaluate("chaingraph.scale()") == pytest.approx(before * 1.25)
    page.keyboard.press("-")
    assert page.evaluate("chaingraph.scale()") == pytest.approx(before)


def test_focus_stays_in_the_drawer_when_a_link_in_it_is_followed(show):
    page = show(make_atlas())
    search(page, "monomer")
    page.locator("#drawer button.jump").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.getElementById('drawer').contains(document.activeElement)")


def test_a_button_keeps_the_focus_when_it_is_pressed(show):
    page = show(make_atlas(), fragment="#product=dmc")
    page.locator("#menu").click()
    for name in ("多一步", "计划", "已有 1"):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.innerText").strip()[:1] == name[:1].replace(
            "多", "+"
        )
    for panel, key in (("#menu", "stage-midstream"), ("#whatif-button", "project-0")):
        if panel == "#whatif-button":
            page.locator(panel).click()
        page.locator(f"[data-key='{key}']").focus()
        page.keyboard.press("Space")
        assert page.evaluate("document.activeElement.dataset.key") == key


@pytest.mark.parametrize("opened_by", ["click", "link"])
def test_the_keys_of_the_map_work_after_a_click_and_after_a_link(show, opened_by):
    page = show(make_atlas(), fragment="#product=dmc" if opened_by == "link" else "#open=silicone")
    if opened_by == "click":
        click_product(page, "dmc")
    page.keyboard.press("]")
    assert "深度 2" in drawer(page).inner_text()
    page.keyboard.press("ArrowRight")
    assert picked(page) == "rubber"


def test_escape_closes_the_filters_and_lets_go_of_a_path_being_chosen(show):
    page = show(make_atlas(), fragment="#product=dmc")
    page.locator("#menu").click()
    page.get_by_role("button", name="找路径").click()
    page.keyboard.press("Escape")
    search(page, "工业硅")
    assert picked(page) == "silicon"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not page.locator("#side").is_visible()


def test_closing_the_drawer_beside_the_table_leaves_the_focus_in_the_table(show):
    page = show(make_atlas(), fragment="#product=dmc&table=rank.1")
    drawer(page).get_by_role("button", name="关闭").click()
    assert page.evaluate("document.activeElement.id") == "table"


def test_a_finger_leaves_no_hint_on_the_map(show):
    page = show(make_atlas(), screen={"width": 390, "height": 844, "touch": True})
    place = page.evaluate("chaingraph.bandOf('silicone')")
    page.touchscreen.tap(place["x"], place["y"])
    assert page.evaluate("chaingraph.open()") == ["silicone"]
    assert not page.locator("#tip").is_visible()


STATES = {
    "overview": "",
    "product": "#product=dmc&open=silicone.base",
    "table": "#table=rank.1",
    "what if": "#land=p:rubber_plant&product=rubber",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_serious(show, state, scheme):
    axe = Path(sys.prefix) / "npm/node_modules/axe-core/axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not installed: bash tests/run installs it with npm")
    screen = {"scheme": scheme, "width": 1920}  # so that the open menu covers no button
    page = show(make_atlas(), screen=screen, fragment=STATES[state])
    if state == "what if":
        page.locator("#whatif-button").click()
        page.locator("#menu").click()
        page.locator("#share").click()
    page.evaluate(axe.read_text("utf-8"))
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    assert len(found["passes"]) > 10
    told = [
        f"{each['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
    assert told == []


@pytest.mark.parametrize("width", [420, 1366, 1920])
def test_it_fits_the_window_without_scrolling(show, width):
    page = show(make_atlas(), screen={"width": width})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.documentElement.scrollHeight") <= 768
