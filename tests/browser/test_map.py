"""The map as a person meets it: in a real browser, from a file, with the network off."""

import csv
import io
import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from chaingraph.errors import UsageError
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
                "codes": {"gbt4754": "2614.7"},
                "stage": "upstream",
                "unit": "t",
                "sources": ["paper"],
            },
            "monomer": {
                "name": {"zh": "甲基氯硅烷", "en": "Methylchlorosilanes"},
                "stage": "midstream",
                "reach": "local",
                "unit": "t",
                "inputs": {
                    "silicon": {"per": 0.25, "critical": True, "sources": ["book"]},
                    "acid": {"per": 0.9, "critical": True},
                },
            },
            "dmc": {
                "name": {"zh": "环硅氧烷", "en": "Cyclosiloxanes"},
                "stage": "midstream",
                "reach": "local",
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
def show(open_page, wait_until, tmp_path):
    """Draw the map of an atlas and open it."""

    def show_map(atlas, *, screen=None, fragment="", **options):
        path = tmp_path / "map.html"
        draw_map(atlas, path, **options)
        page = open_page(path, fragment=fragment, **(screen or {}))
        wait_until(page, "window.chaingraph && chaingraph.scale() > 0")
        return page

    return show_map


def search(page, words):
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def drawer(page):
    return page.locator("#drawer")


def picked(page):
    return page.evaluate("chaingraph.picked()")


def click_product(page, id):
    place = page.evaluate("id => chaingraph.positionOf(id)", id)
    page.mouse.click(place["x"], place["y"])


def click_band(page, id):
    place = page.evaluate("id => chaingraph.bandOf(id)", id)
    page.mouse.click(place["x"], place["y"])


def legend(page, key):
    return page.locator(f"#legend [data-key='{key}']")


def number_in(locator):
    return int(locator.locator("b").inner_text())


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


# ------------------------------------------------------------------ overview


def test_the_map_opens_with_all_branches_closed(show):
    page = show(make_atlas())
    assert page.locator("h1").inner_text() == "小城产业链图谱"
    assert page.locator("#when").inner_text() == "截至 2024-06-30 · 实景"
    assert page.evaluate("chaingraph.open()") == []
    assert page.locator("#heads").inner_text().split() == ["上游", "中游", "下游"]
    assert ink(page) > 10


def test_a_click_opens_a_branch_in_place_and_another_closes_it(show):
    page = show(make_atlas())
    place = page.evaluate("chaingraph.bandOf('silicone')")
    page.mouse.dblclick(place["x"], place["y"])
    assert page.evaluate("chaingraph.open()") == ["silicone"]
    page.wait_for_timeout(500)
    click_band(page, "silicone")
    assert page.evaluate("chaingraph.open()") == []


def test_all_branches_are_one_click_away(show):
    page = show(make_atlas())
    page.get_by_role("button", name="全部展开").click()
    assert page.evaluate("chaingraph.open()") == ["silicone", "base"]
    page.get_by_role("button", name="总览").click()
    assert page.evaluate("chaingraph.open()") == []


def test_hovering_a_branch_tells_its_flows(show):
    page = show(make_atlas())
    place = page.evaluate("chaingraph.bandOf('silicone')")
    page.mouse.move(place["x"], place["y"])
    tip = page.locator("#tip").inner_text()
    assert "有机硅" in tip
    assert "基础化学品 1" in tip


# --------------------------------------------------------------------- focus


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
    assert "rubber" in page.evaluate("chaingraph.lit()")


# ---------------------------------------------------------------- what if


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


# -------------------------------------------------------------------- time


def test_the_slider_moves_the_day_and_the_states(show):
    page = show(make_atlas())
    assert number_in(legend(page, "state-building")) == 1
    page.locator("#slider").focus()
    page.keyboard.press("Home")
    assert page.locator("#day").input_value() == "2020-05-31"
    assert number_in(legend(page, "state-building")) == 0
    assert number_in(legend(page, "state-present")) == 1
    page.keyboard.press("ArrowRight")
    assert page.locator("#day").input_value() == "2023-03-31"
    assert number_in(legend(page, "state-signed")) == 1
    assert "硅橡胶 → 已签约" in page.locator("#happened").inner_text()


def test_any_day_can_be_asked_for(show):
    page = show(make_atlas())
    page.locator("#day").fill("2019-01-01")
    assert number_in(legend(page, "state-present")) == 0
    page.locator("#today").click()
    assert number_in(legend(page, "state-present")) == 1


def test_the_view_decides_what_counts_as_here(show):
    page = show(make_atlas())
    assert number_in(legend(page, "kind-broken")) == 0
    page.get_by_role("button", name="＋在建").click()
    assert "实景加在建" in page.locator("#when").inner_text()
    assert number_in(legend(page, "kind-broken")) > 0


def test_playing_goes_through_the_days(show, wait_until):
    page = show(make_atlas())
    page.get_by_role("button", name="按时间播放").click()
    wait_until(page, "document.getElementById('day').value === '2023-03-31'")
    wait_until(page, "document.getElementById('day').value === '2024-06-30'")
    page.get_by_role("button", name="按时间播放").wait_for()


def test_the_map_opens_in_the_view_and_on_the_day_it_was_drawn_for(show):
    page = show(make_atlas(), view="building", as_of="2024-02-01")
    assert page.locator("#when").inner_text() == "截至 2024-02-01 · 实景加在建"


# ------------------------------------------------------------------ finding


@pytest.mark.parametrize(
    "words",
    ["工业硅", "industrial sil", "金属硅", "silicon", "小城硅业", "town silicon", "gyg",
     "gongyegui", "xcgy", "2614.7", "ｓｉｌｉｃｏｎ"],
)  # fmt: skip
def test_search_finds_by_name_pinyin_code_and_firm(show, words):
    page = show(make_atlas())
    search(page, words)
    assert picked(page) == "silicon"
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


def test_legend_entries_filter_and_the_other_counts_follow(show):
    page = show(make_atlas())
    present, void = legend(page, "state-present"), legend(page, "kind-void")
    assert number_in(void) > 0
    present.click()
    assert present.get_attribute("aria-pressed") == "true"
    assert number_in(void) == 0
    page.get_by_role("button", name="清除筛选").click()
    assert number_in(void) > 0


def test_filters_by_branch_and_stage_narrow_the_table(show):
    page = show(make_atlas())
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("button", name="表格").click()
    rows = page.locator("#table tbody tr")
    assert rows.count() == 5
    page.get_by_label("基础化学品").check()
    assert rows.all_inner_texts()[0].startswith("氯化氢")
    assert rows.count() == 1
    page.get_by_role("checkbox", name="下游").check()
    assert rows.count() == 0


def test_the_best_scored_gaps_can_be_kept_alone(show):
    page = show(make_atlas())
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("button", name="表格").click()
    page.get_by_role("combobox", name="得分").select_option("5")
    ranks = page.locator("#table tbody tr td:nth-child(10)").all_inner_texts()
    assert [int(text.split()[0]) for text in ranks] == list(range(1, len(ranks) + 1))


# -------------------------------------------------------------------- table


def test_the_table_sorts_by_a_click_on_its_heads(show):
    page = show(make_atlas())
    page.get_by_role("button", name="表格").click()
    page.get_by_role("button", name="产品").click()
    first = page.locator("#table tbody tr").first.inner_text()
    assert page.locator("#table th[aria-sort=ascending]").inner_text().startswith("产品")
    page.get_by_role("button", name="产品").click()
    assert page.locator("#table th[aria-sort=descending]").count() == 1
    assert page.locator("#table tbody tr").last.inner_text() == first


def test_a_row_of_the_table_opens_its_product(show):
    page = show(make_atlas())
    page.get_by_role("button", name="表格").click()
    page.locator("#table").get_by_role("button", name="环硅氧烷").click()
    assert picked(page) == "dmc"


def test_the_selection_is_saved_as_csv(show):
    page = show(make_atlas())
    legend(page, "state-building").click()
    page.get_by_role("button", name="分享").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="存为表格 CSV").click()
    assert download.value.suggested_filename == "town-2024-06-30.csv"
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    heads, *rows = csv.reader(io.StringIO(text))
    assert heads[:2] == ["id", "产品"]
    assert [row[0] for row in rows] == ["rubber"]


def test_a_name_that_looks_like_a_formula_stays_text_in_the_csv(show):
    page = show(hostile_atlas(names=["=1+1", "+cmd", "@x"]))
    page.get_by_role("button", name="分享").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="存为表格 CSV").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    names = [row[1] for row in csv.reader(io.StringIO(text))][1:]
    assert sorted(names) == ["'+cmd", "'=1+1", "'=1+1", "'=1+1", "'@x"]


# ------------------------------------------------------------------- drawer


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
    search(page, "monomer")
    text = drawer(page).inner_text()
    for part in ("0.25 吨/吨", "关键", "氯化氢", "有机硅手册"):
        assert part in text
    assert drawer(page).locator("a[href^='javascript']").count() == 0
    search(page, "rubber")
    text = drawer(page).inner_text()
    for part in ("硅橡胶项目", "开工 2024-01", "12.5 亿元", "2 万吨/年"):
        assert part in text
    search(page, "dmc")
    assert "远方股份" in drawer(page).inner_text()
    assert "衢州" in drawer(page).inner_text()


def test_the_score_is_shown_with_its_parts_and_its_interval(show):
    page = show(make_atlas())
    search(page, "dmc")
    text = drawer(page).inner_text()
    for part in ("得分", "名", "关联度", "带动作用", "落地条件", "同质竞争"):
        assert part in text
    assert page.get_by_role("img", name="换权重").count() == 1
    widths = (
        drawer(page).locator(".meter i").evaluate_all("all => all.map(each => each.style.width)")
    )
    assert len(widths) == 7
    assert any(width not in ("0", "0px", "0%") for width in widths)


def test_names_in_the_drawer_lead_to_their_products(show):
    page = show(make_atlas())
    search(page, "monomer")
    drawer(page).get_by_role("button", name="工业硅", exact=True).first.click()
    assert picked(page) == "silicon"


# ------------------------------------------------------------------ sharing


def test_the_address_keeps_the_whole_view(show, wait_until):
    page = show(make_atlas())
    click_band(page, "silicone")
    search(page, "dmc")
    page.get_by_role("button", name="多一步").click()
    page.get_by_role("button", name="计划", exact=True).click()
    page.locator("#day").fill("2024-03-01")
    legend(page, "kind-void").click()
    page.get_by_role("button", name="English").click()
    before = [page.evaluate(f"chaingraph.{name}()") for name in ("picked", "lit", "open")]
    page.reload()
    wait_until(page, "window.chaingraph && chaingraph.scale() > 0")
    after = [page.evaluate(f"chaingraph.{name}()") for name in ("picked", "lit", "open")]
    assert after == before
    assert page.locator("#when").inner_text() == "as of 2024-03-01 · plan"
    assert legend(page, "kind-void").get_attribute("aria-pressed") == "true"


def test_a_link_opens_the_product_that_it_names(show, wait_until):
    page = show(make_atlas(), fragment="#product=dmc")
    assert drawer(page).locator("h2").inner_text() == "环硅氧烷"
    page.evaluate("location.hash = '#product=silicon'")
    wait_until(page, "chaingraph.picked() === 'silicon'")


@pytest.mark.parametrize(
    "fragment", ["#product=nothing&day=never&open=x", "#%E0%A4%A=1", "#at=1.x"]
)
def test_an_address_that_makes_no_sense_opens_the_overview(show, fragment):
    page = show(make_atlas(), fragment=fragment)
    assert picked(page) is None
    assert page.evaluate("chaingraph.open()") == []


def test_the_view_is_saved_as_a_picture(show):
    page = show(make_atlas())
    page.get_by_role("button", name="分享").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="存为图片 PNG").click()
    png = Path(download.value.path()).read_bytes()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20]) > 1500


def test_the_view_is_saved_as_svg_with_its_names(show):
    page = show(make_atlas())
    page.get_by_role("button", name="全部展开").click()
    page.get_by_role("button", name="分享").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="存为矢量图 SVG").click()
    root = ET.fromstring(Path(download.value.path()).read_text("utf-8"))  # noqa: S314
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"工业硅", "硅橡胶", "小城产业链图谱", "上游"} <= texts


def test_paper_gets_the_map_in_light_colours(show):
    page = show(make_atlas(), screen={"scheme": "dark"})
    pdf = page.pdf(landscape=True, format="A3", print_background=True)
    assert pdf[:4] == b"%PDF"
    ground = page.locator("#paper svg path").first.get_attribute("fill")
    assert int(ground[1:3], 16) > 200


# ------------------------------------------------------ language and theme


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


# ------------------------------------------------------------ for everyone


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
    page.locator("#whatif-button").click()
    for name in ("多一步", "计划", "已有 1"):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.innerText").strip()[:1] == name[:1].replace(
            "多", "+"
        )
    for key in ("stage-midstream", "project-0"):
        page.locator(f"[data-key='{key}']").focus()
        page.keyboard.press("Space")
        assert page.evaluate("document.activeElement.dataset.key") == key


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
    page = show(make_atlas(), screen={"scheme": scheme}, fragment=STATES[state])
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


# --------------------------------------------------------------------- safety


def hostile_atlas(names=HOSTILE):
    products = {
        f"p{i}": {
            "name": {"zh": text, "en": text[::-1]},
            "aliases": [f"{text} {i}"],
            "note": text,
            "stage": "midstream",
            "unit": "t",
            "sources": ["__proto__"],
        }
        for i, text in enumerate(names)
    }
    products["__proto__"] = products["constructor"] = products["p0"] | {"aliases": []}
    products["p1"]["inputs"] = {id: {"note": names[1]} for id in ("p0", "p1", "__proto__")}
    name = names[0] + names[1]
    return make_atlas(
        atlas={"id": "town", "name": name},
        chains={"chemicals": {"name": name, "branches": ["silicone"]}},
        branches={"silicone": {"id": "silicone", "name": name}},
        products=products,
        branch_of=dict.fromkeys(products, "silicone"),
        enterprises={"__proto__": {"name": names[1], "makes": ["p1"], "place": names[0]}},
        projects={
            "plant": {
                "name": names[0],
                "milestones": {"signed": "2023-03"},
                "capacity": {"p0": 1},
            }
        },
        candidates={"far": {"name": names[1], "makes": ["p0"], "place": names[0]}},
        sources={
            "__proto__": {
                "title": names[0],
                "url": [
                    "javascript:window.hurt=1",
                    "https://x.org/\"><img onerror='window.hurt=1'",
                ],
                "kind": "news",
            }
        },
    )


def test_hostile_names_are_only_text(show, wait_until):
    atlas = hostile_atlas()
    page = show(atlas)
    assert page.locator("h1").inner_text() == HOSTILE[0] + HOSTILE[1]
    for id in atlas.products:
        page.evaluate(f"location.hash = '#product=' + {json.dumps(id)}")
        wait_until(page, f"chaingraph.picked() === {json.dumps(id)}")
        place = page.evaluate(f"chaingraph.positionOf({json.dumps(id)})")
        page.mouse.move(place["x"], place["y"])
    page.locator("#whatif-button").click()
    page.locator("#menu").click()
    page.locator("#as-table").click()
    page.locator("#search").fill("<img")
    assert page.locator("#hits [role=option]").count() > 0
    page.locator("#lang").click()
    assert page.locator("img").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.evaluate("window.hurt") is None


def test_hostile_names_are_only_text_in_the_saved_svg_and_in_a_notebook(show, open_page, tmp_path):
    page = show(hostile_atlas())
    page.get_by_role("button", name="全部展开").click()
    page.get_by_role("button", name="分享").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="存为矢量图 SVG").click()
    svg = tmp_path / "saved.html"
    text = Path(download.value.path()).read_text("utf-8")
    ET.fromstring(text)  # noqa: S314
    svg.write_text(f"<!DOCTYPE html><meta charset=utf-8>{text}", "utf-8")
    shown = open_page(svg)
    assert shown.locator("img, script").count() == 0
    assert shown.evaluate("window.hurt") is None
    cell = tmp_path / "cell.html"
    html = draw_map(hostile_atlas())._repr_html_()
    cell.write_text(f"<!DOCTYPE html><meta charset=utf-8>{html}", "utf-8")
    notebook = open_page(cell)
    frame = notebook.frame_locator("iframe")
    assert frame.locator("h1").inner_text() == HOSTILE[0] + HOSTILE[1]
    assert notebook.evaluate("window.hurt") is None


def test_the_page_names_nothing_on_the_network():
    html = draw_map(make_atlas()).html
    assert not re.search(r"""<(script|link|img|iframe)[^>]+(src|href)\s*=""", html)
    assert "default-src 'none'" in html


def test_the_policy_of_the_page_forbids_the_network(browser, tmp_path):
    draw_map(make_atlas(), tmp_path / "map.html")
    page = browser.new_page()
    page.goto((tmp_path / "map.html").as_uri())
    blocked = page.evaluate(
        """() => new Promise(done => {
          document.addEventListener('securitypolicyviolation', event => done(event.violatedDirective));
          fetch('https://example.org/').catch(() => {});
        })"""
    )
    page.close()
    assert "connect-src" in blocked


# ------------------------------------------------------------- what is drawn


def test_the_same_atlas_gives_the_same_page():
    assert draw_map(make_atlas()) == draw_map(make_atlas())


def test_a_map_shows_itself_in_a_notebook_and_is_short_as_text():
    drawn = draw_map(make_atlas())
    assert "srcdoc=" in drawn._repr_html_()
    assert len(repr(drawn)) < 200
    assert str(drawn) == drawn.html


def test_one_branch_can_be_shown_alone(show):
    page = show(make_atlas(), branch="silicone", lang="en")
    assert page.locator("h1").inner_text() == "Town · Silicone"
    assert page.evaluate("chaingraph.positionOf('acid')") is None
    search(page, "monomer")
    assert "Hydrogen chloride" in drawer(page).inner_text()


@pytest.mark.parametrize("what", ["chain", "branch"])
def test_an_unknown_chain_or_branch_is_told_with_a_hint(what):
    near = {"chain": "chemical", "branch": "silicon"}[what]
    with pytest.raises(UsageError, match="did you mean"):
        draw_map(make_atlas(), **{what: near})


def test_the_map_of_yumen_is_drawn_whole_and_small(show, yumen):
    page = show(yumen)
    assert page.evaluate("chaingraph.drawn()") == len(yumen.products)
    assert ink(page) > 20
    page.locator("#open-all").click()
    assert len(page.evaluate("chaingraph.open()")) == 13
    for id in list(yumen.products)[::40]:
        search(page, id)
        assert drawer(page).locator("h2").inner_text() == yumen.products[id].name.text("zh")
    assert len(draw_map(yumen).html.encode()) < 1_600_000


def test_yumen_on_the_day_silicone_was_only_a_target(show, yumen):
    page = show(yumen, fragment="#product=dmc_cyclosiloxane&day=2023-02-15")
    assert "没有" in drawer(page).locator(".badges").inner_text()
    page.locator("#day").fill("2024-06-30")
    assert "在建" in drawer(page).locator(".badges").inner_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_name_of_yumen_is_cut(show, yumen, lang):
    page = show(yumen, lang=lang, screen={"width": 1600, "height": 4300})
    page.locator("#open-all").click()
    page.locator("#share").click()
    with page.expect_download() as download:
        page.locator("#save-svg").click()
    root = ET.fromstring(Path(download.value.path()).read_text("utf-8"))  # noqa: S314
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len(texts) > len(yumen.products)
    assert [text for text in texts if "…" in text] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_local_sourcing_rate_is_seen_whole_on_a_small_screen(show, yumen, lang):
    page = show(yumen, lang=lang, screen={"width": 1366, "height": 768})
    rates = page.locator("#rates span")
    assert rates.count() > 3
    for at in range(rates.count()):
        found = rates.nth(at).bounding_box()
        assert found["x"] + found["width"] <= 1366
        assert found["y"] + found["height"] <= 768


# --------------------------------------------------------------- large atlases


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
