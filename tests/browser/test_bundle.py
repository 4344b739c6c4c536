"""What a planner does with a built folder: open it, read the gaps, follow them to the map."""

import pytest

from chaingraph.cli import run
from chaingraph.loader import example_atlas


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    assert run(["build", str(example_atlas()), "-o", str(folder), "--as-of", "2024-06-30"]) == 0
    return folder


def test_the_entry_page_shows_the_place_its_chains_and_what_to_target(open_page, bundle):
    page = open_page(bundle / "index.html")
    assert page.locator("h1").inner_text() == "玉门市产业链图谱"
    text = page.inner_text("body")
    for name in (
        "化工",
        "新能源及装备制造",
        "绿色农业",
        "文化旅游",
        "商贸物流",
        "有机硅",
        "氟材料",
    ):
        assert name in text
    silicone = page.locator("section.card", has_text="有机硅").first
    assert "在建" in silicone.inner_text()


def test_gaps_are_found_by_typing_and_lead_to_the_map(open_page, bundle, wait_until):
    page = open_page(bundle / "index.html")
    page.fill("#find", "PVDF")
    rows = page.locator("#gaps tbody tr:visible")
    assert 0 < rows.count() < 10
    rows.locator("a", has_text="聚偏氟乙烯").first.click()
    wait_until(page, "window.chaingraph && chaingraph.picked() === 'pvdf'")
    assert "偏氟乙烯" in page.locator("#drawer").inner_text()


def test_the_map_is_found_its_way_in_by_search(open_page, bundle, wait_until):
    page = open_page(bundle / "index.html")
    page.get_by_role("link", name="打开产业链图谱").click()
    wait_until(page, "window.chaingraph && chaingraph.scale() > 0")
    page.keyboard.press("/")
    page.keyboard.type("cyclosiloxane")
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer").inner_text()
    assert "二甲基环硅氧烷" in drawer
    assert "甘肃巨化高性能硅氟新材料一体化项目" in drawer
    assert "2024-01-28" in drawer
    assert page.locator("#drawer a[href^='http']").count() > 0


def test_the_maps_the_workbook_and_the_report_are_a_click_away(open_page, bundle):
    page = open_page(bundle / "index.html")
    card = page.locator("section.card", has_text="产业链全景图")
    for link in card.locator("a").all():
        assert (bundle / link.get_attribute("href")).exists()
    assert page.locator("section.card a[href='lists.xlsx']").count() == 1
    assert page.locator("section.card a[href='report.docx']").count() == 1
    card.get_by_role("link", name="招商路线图").click()
    assert "化工产业链专班" in page.locator("svg").text_content()


def test_targets_and_trips_are_on_the_entry_page(open_page, bundle):
    text = open_page(bundle / "index.html").inner_text("body")
    assert "匹配依据" in text
    assert "合盛硅业" in text
    assert "化工产业链专班" in text
