"""The map at first sight: branches, what is drawn, and Yumen whole."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hands import click_band, drawer, ink, picked, save_svg, search
from town import make_atlas

from chaingraph.analysis.score import rank_gaps
from chaingraph.errors import UsageError
from chaingraph.outputs.map import draw_map

# -------------------------------------------------------------- overview


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


def test_a_gap_named_beside_its_branch_is_picked_by_a_click(show, yumen):
    page = show(yumen, fragment="#open=silicone")
    place = page.evaluate("chaingraph.firstGap('silicone')")
    page.mouse.click(place["x"], place["y"])
    ranked = [gap.product for gap in rank_gaps(yumen) if gap.branch == "silicone"]
    assert picked(page) == ranked[0]
    assert page.evaluate("chaingraph.open()") == ["silicone"]


def test_an_atlas_without_products_is_drawn_too(show):
    page = show(make_atlas(products={}, branch_of={}, enterprises={}, projects={}, candidates={}))
    assert page.evaluate("chaingraph.painted()") > 0
    assert page.locator("#play").is_disabled()


# --------------------------------------------------------- what is drawn


def test_what_is_not_lit_fades(show):
    def color(fragment):
        texts, _ = save_svg(show(make_atlas(), fragment=fragment))
        return next(text.attrib["fill"] for text in texts if text.text == "硅橡胶")

    assert color("#open=silicone") == color("#product=dmc") != color("#product=silicon")


def test_a_star_marks_what_a_policy_names(show):
    policy = {"name": "招商计划", "date": "2024-01-01", "names": ["dmc"], "sources": ["paper"]}
    plain, named = (
        save_svg(show(make_atlas(policies=policies), fragment="#open=silicone"))[1]
        for policies in ({}, {"plan": policy})
    )
    assert len(named) == len(plain) + 1


def test_a_gap_is_marked_the_larger_the_better_its_score(show, yumen):
    by_score, by_shortfall = (
        {each.attrib["d"] for each in save_svg(show(yumen, fragment=fragment))[1]}
        for fragment in ("#open=silicone", "#open=silicone&size=shortfall")
    )
    assert by_score != by_shortfall


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
