"""The map as a person meets it: in a real browser, from a file, with the network off."""

import json
import re
from pathlib import Path

import pytest

from chaingraph.errors import UsageError
from chaingraph.loader import load_atlas
from chaingraph.model import Atlas
from chaingraph.outputs.map import draw_map

HOSTILE = [
    "</script><script>window.hurt=1</script>",
    "<img src=x onerror=window.hurt=1>",
    "\"'`${window.hurt=1}{{ 7*7 }}{% raw %}",
    "line\u2028and\u2029paragraph",
    "\u202egnirts desrever\u202c \u200fright",
    "<!--<script>",
    "长" * 10_000,
    "href=javascript:window.hurt=1",
]


def make_atlas(**changes):
    data = {
        "atlas": {"id": "town", "name": {"zh": "小城产业链图谱", "en": "Chains of a town"}},
        "place": {"name": {"zh": "小城", "en": "Town"}},
        "as_of": "2024-06-30",
        "clusters": {"modern": {"name": {"zh": "现代化工", "en": "Modern chemicals"}}},
        "chains": {
            "chemicals": {
                "name": {"zh": "化工", "en": "Chemicals"},
                "cluster": "modern",
                "branches": ["silicone", "base"],
            }
        },
        "branches": {
            "silicone": {"id": "silicone", "name": {"zh": "有机硅", "en": "Silicone"}},
            "base": {"id": "base", "name": {"zh": "基础化学品", "en": "Base chemicals"}},
        },
        "products": {
            "silicon": {
                "name": {"zh": "工业硅", "en": "Industrial silicon"},
                "aliases": ["金属硅"],
                "stage": "upstream",
                "unit": "t",
                "sources": ["paper"],
            },
            "monomer": {
                "name": {"zh": "甲基氯硅烷", "en": "Methylchlorosilanes"},
                "stage": "midstream",
                "unit": "t",
                "inputs": {
                    "silicon": {"per": 0.25, "critical": True, "sources": ["book"]},
                    "acid": {"per": 0.9, "critical": True},
                },
            },
            "dmc": {
                "name": {"zh": "环硅氧烷", "en": "Cyclosiloxanes"},
                "stage": "midstream",
                "unit": "t",
                "inputs": {"monomer": {"critical": True}},
                "byproducts": {"acid": {"per": 0.6}},
            },
            "rubber": {
                "name": {"zh": "硅橡胶", "en": "Silicone rubber"},
                "stage": "downstream",
                "unit": "t",
                "inputs": {"dmc": {"critical": True}},
            },
            "acid": {
                "name": {"zh": "氯化氢", "en": "Hydrogen chloride"},
                "stage": "midstream",
                "unit": "t",
            },
        },
        "branch_of": {
            "silicon": "silicone",
            "monomer": "silicone",
            "dmc": "silicone",
            "rubber": "silicone",
            "acid": "base",
        },
        "enterprises": {
            "quartz_works": {
                "name": {"zh": "小城硅业", "en": "Town Silicon"},
                "makes": {"silicon": {"capacity": 50000, "since": "2020-05", "sources": ["paper"]}},
            }
        },
        "projects": {
            "rubber_plant": {
                "name": {"zh": "硅橡胶项目", "en": "Rubber plant"},
                "milestones": {"signed": "2023-03", "started": "2024-01"},
                "capacity": {"rubber": 20000},
                "investment": 12.5,
            }
        },
        "candidates": {
            "far_firm": {
                "name": {"zh": "远方股份", "en": "Far Co"},
                "makes": ["dmc"],
                "place": "衢州",
            }
        },
        "sources": {
            "paper": {
                "title": "小城日报",
                "url": ["https://example.org/a?b=1&c=2"],
                "kind": "news",
            },
            "book": {"title": "有机硅手册", "url": ["javascript:alert(1)"], "kind": "textbook"},
        },
    }
    return Atlas.model_validate(data | changes)


@pytest.fixture
def show(open_page, tmp_path):
    """Draw the map of an atlas and open it."""

    def show_map(atlas, *, width=1366, height=768, scheme="light", fragment="", **options):
        path = tmp_path / "map.html"
        draw_map(atlas, path, **options)
        page = open_page(path, fragment=fragment, width=width, height=height, scheme=scheme)
        page.wait_for_function("window.chaingraph && chaingraph.scale() > 0")
        return page

    return show_map


def search(page, words):
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def drawer(page):
    return page.locator("#drawer")


def ink(page):
    """Count the colours on the canvas: a blank map has one or two."""
    return page.evaluate(
        """() => {
          const canvas = document.querySelector('#map canvas');
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          const seen = new Set();
          for (let i = 0; i < data.length; i += 16) seen.add(data.slice(i, i + 3).join());
          return seen.size;
        }"""
    )


def test_the_map_is_drawn(show):
    page = show(make_atlas())
    assert page.locator("h1").inner_text() == "小城产业链图谱"
    assert ink(page) > 10
    assert page.locator("#when").inner_text() == "截至 2024-06-30 · 实景"


@pytest.mark.parametrize(
    "words", ["工业硅", "industrial sil", "金属硅", "silicon", "小城硅业", "town silicon"]
)
def test_search_finds_by_any_name(show, words):
    page = show(make_atlas())
    search(page, words)
    assert page.evaluate("chaingraph.picked()") == "silicon"
    assert drawer(page).locator("h2").inner_text() == "工业硅"


def test_the_arrows_choose_among_the_suggestions(show):
    page = show(make_atlas())
    page.locator("#search").fill("硅")
    options = page.locator("#hits [role=option]")
    assert options.count() == 4
    page.keyboard.press("ArrowDown")
    assert options.nth(1).get_attribute("aria-selected") == "true"
    active = page.locator("#search").get_attribute("aria-activedescendant")
    assert active == options.nth(1).get_attribute("id")
    page.keyboard.press("Escape")
    assert page.locator("#search").input_value() == ""
    assert not page.locator("#hits").is_visible()


def test_the_drawer_says_who_makes_it_and_where_that_is_from(show):
    page = show(make_atlas())
    search(page, "工业硅")
    text = drawer(page).inner_text()
    for part in ("Industrial silicon", "金属硅", "小城硅业", "5 万吨/年", "2020-05", "甲基氯硅烷"):
        assert part in text
    link = drawer(page).locator("a")
    assert link.inner_text() == "小城日报"
    assert link.get_attribute("href") == "https://example.org/a?b=1&c=2"
    assert "noopener" in link.get_attribute("rel")
    assert link.get_attribute("target") == "_blank"


def test_the_drawer_shows_routes_gaps_projects_and_candidates(show):
    page = show(make_atlas())
    page.evaluate("chaingraph.pick('monomer')")
    text = drawer(page).inner_text()
    for part in ("0.25 吨/吨", "关键", "氯化氢", "有机硅手册"):
        assert part in text
    assert drawer(page).locator("a[href^='javascript']").count() == 0
    page.evaluate("chaingraph.pick('rubber')")
    assert "硅橡胶项目" in drawer(page).inner_text()
    assert "开工" in drawer(page).inner_text()
    assert "12.5 亿元" in drawer(page).inner_text()
    page.evaluate("chaingraph.pick('dmc')")
    assert "远方股份" in drawer(page).inner_text()
    assert "衢州" in drawer(page).inner_text()


def test_names_in_the_drawer_lead_to_their_products(show):
    page = show(make_atlas())
    page.evaluate("chaingraph.pick('monomer')")
    drawer(page).get_by_role("button", name="工业硅", exact=True).first.click()
    assert page.evaluate("chaingraph.picked()") == "silicon"


def test_a_click_on_a_card_picks_it_and_one_beside_lets_go(show):
    page = show(make_atlas())
    place = page.evaluate("chaingraph.positionOf('dmc')")
    page.mouse.click(place["x"], place["y"])
    page.wait_for_function("chaingraph.picked() === 'dmc'")
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] - 4)
    page.wait_for_function("chaingraph.picked() === null")
    assert not drawer(page).is_visible()


def test_the_keyboard_walks_along_the_links(show):
    page = show(make_atlas())
    search(page, "工业硅")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("chaingraph.picked()") == "monomer"
    assert "甲基氯硅烷" in page.locator("#live").text_content()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("chaingraph.picked()") == "silicon"
    page.keyboard.press("Escape")
    assert page.evaluate("chaingraph.picked()") is None


def test_the_language_can_be_changed(show):
    page = show(make_atlas())
    search(page, "工业硅")
    page.locator("#lang").click()
    assert page.locator("h1").inner_text() == "Chains of a town"
    assert drawer(page).locator("h2").inner_text() == "Industrial silicon"
    assert page.evaluate("document.documentElement.lang") == "en"
    assert "Silicone" in page.locator("#side").inner_text()
    page.locator("#lang").click()
    assert drawer(page).locator("h2").inner_text() == "工业硅"


def test_the_theme_follows_the_system_until_changed(show):
    page = show(make_atlas(), scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark


def test_the_sidebar_counts_and_leads_to_a_branch(show):
    page = show(make_atlas())
    row = page.locator("#side .branch").first
    assert row.locator("i").all_inner_texts() == ["1", "1", "3"]
    before = page.evaluate("chaingraph.positionOf('silicon')")
    row.click()
    assert row.get_attribute("aria-current") == "true"
    assert page.evaluate("chaingraph.positionOf('silicon')") != before
    page.locator("#fit").click()
    assert page.evaluate("chaingraph.positionOf('silicon')") == pytest.approx(before)


def test_the_legend_counts_and_filters(show):
    page = show(make_atlas())
    button = page.locator("#legend button").first
    assert "已有" in button.inner_text()
    assert button.inner_text().endswith("1")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"


def test_every_button_has_a_name(show):
    page = show(make_atlas())
    page.evaluate("chaingraph.pick('dmc')")
    for button in page.locator("button").all():
        assert (button.get_attribute("aria-label") or button.inner_text()).strip()


@pytest.mark.parametrize("width", [420, 1366, 1920])
def test_it_fits_the_window_without_scrolling(show, width):
    page = show(make_atlas(), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def hostile_atlas():
    products = {
        f"p{i}": {
            "name": {"zh": text, "en": text[::-1]},
            "aliases": [f"{text} {i}"],
            "note": text,
            "stage": "midstream",
            "unit": "t",
            "sources": ["__proto__"],
        }
        for i, text in enumerate(HOSTILE)
    }
    products["__proto__"] = products["constructor"] = products["p0"] | {"aliases": []}
    products["p1"]["inputs"] = {id: {"note": HOSTILE[1]} for id in ("p0", "p1", "__proto__")}
    name = HOSTILE[0] + HOSTILE[1]
    return make_atlas(
        atlas={"id": "town", "name": name},
        chains={"chemicals": {"name": name, "branches": ["silicone"]}},
        branches={"silicone": {"id": "silicone", "name": name}},
        products=products,
        branch_of=dict.fromkeys(products, "silicone"),
        enterprises={"__proto__": {"name": HOSTILE[1], "makes": ["p1"], "place": HOSTILE[0]}},
        projects={},
        candidates={"far": {"name": HOSTILE[1], "makes": ["p0"], "place": HOSTILE[0]}},
        sources={
            "__proto__": {
                "title": HOSTILE[0],
                "url": [
                    "javascript:window.hurt=1",
                    "https://x.org/\"><img onerror='window.hurt=1'",
                ],
                "kind": "news",
            }
        },
    )


def test_hostile_names_are_only_text(show):
    atlas = hostile_atlas()
    page = show(atlas)
    assert page.locator("h1").inner_text() == HOSTILE[0] + HOSTILE[1]
    for id in atlas.products:
        page.evaluate(f"chaingraph.pick({json.dumps(id)})")
        place = page.evaluate(f"chaingraph.positionOf({json.dumps(id)})")
        page.mouse.move(place["x"], place["y"])
    page.locator("#search").fill("<img")
    assert page.locator("#hits [role=option]").count() > 0
    page.locator("#lang").click()
    assert page.locator("img").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.evaluate("window.hurt") is None


def test_the_page_names_nothing_on_the_network():
    html = draw_map(make_atlas())
    assert not re.search(r"""<(script|link|img|iframe)[^>]+(src|href)\s*=""", html)
    assert "default-src 'none'" in html


def test_the_same_atlas_gives_the_same_page():
    assert draw_map(make_atlas()) == draw_map(make_atlas())


def test_one_chain_or_branch_can_be_shown_alone(show):
    page = show(make_atlas(), branch="silicone", lang="en")
    assert page.locator("h1").inner_text() == "Town · Silicone"
    assert page.evaluate("chaingraph.positionOf('acid')") is None
    page.evaluate("chaingraph.pick('monomer')")
    assert "Hydrogen chloride" in drawer(page).inner_text()


@pytest.mark.parametrize("what", ["chain", "branch"])
def test_an_unknown_chain_or_branch_is_told_with_a_hint(what):
    near = {"chain": "chemical", "branch": "silicon"}[what]
    with pytest.raises(UsageError, match="did you mean"):
        draw_map(make_atlas(), **{what: near})


def test_the_map_of_yumen(show):
    path = Path(__file__).parents[2] / "chains" / "yumen.yaml"
    if not path.exists():
        pytest.skip("chains/yumen.yaml is not here")
    atlas = load_atlas(path)
    page = show(atlas)
    assert ink(page) > 20
    for id in list(atlas.products)[::25]:
        page.evaluate(f"chaingraph.pick('{id}')")
        assert drawer(page).locator("h2").inner_text() == atlas.products[id].name.text("zh")
    assert len(draw_map(atlas).encode()) < 1_500_000


def test_the_view_changes_what_counts_as_here(show):
    page = show(make_atlas(), view="building", as_of="2024-06-30")
    assert "实景加在建" in page.locator("#when").inner_text()


def test_a_click_on_a_far_panel_zooms_to_it(show):
    page = show(make_atlas(), width=420, height=700)
    before = page.evaluate("chaingraph.scale()")
    place = page.evaluate("chaingraph.positionOf('silicon')")
    page.mouse.click(place["x"], place["y"])
    page.wait_for_function(f"chaingraph.scale() > {before} || chaingraph.picked() !== null")


def test_a_link_opens_the_product_that_it_names(show):
    page = show(make_atlas(), fragment="#product=dmc")
    assert drawer(page).locator("h2").inner_text() == "环硅氧烷"
    page.evaluate("location.hash = '#product=silicon'")
    page.wait_for_function("chaingraph.picked() === 'silicon'")


def test_the_address_of_a_picked_product_opens_it_again(show):
    page = show(make_atlas())
    page.evaluate("chaingraph.pick('dmc')")
    page.reload()
    page.wait_for_function("window.chaingraph && chaingraph.picked() === 'dmc'")


def test_focus_stays_in_the_drawer_when_a_link_in_it_is_followed(show):
    page = show(make_atlas())
    search(page, "monomer")
    page.locator("#drawer button.jump").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.getElementById('drawer').contains(document.activeElement)")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "map"


def test_a_theme_that_was_chosen_stays(show):
    page = show(make_atlas())
    page.click("#theme")
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_wide_letters_are_searched_as_narrow_ones(show):
    page = show(make_atlas())
    search(page, "ｓｉｌｉｃｏｎ")
    assert page.evaluate("chaingraph.picked()") == "silicon"
