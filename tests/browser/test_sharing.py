"""Links, pictures, paper and notebooks."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hands import click_band, drawer, legend, picked, search
from town import make_atlas


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


def test_a_picture_says_what_is_shown_and_what_the_marks_mean(show):
    page = show(make_atlas(), fragment="#kind=void&land=p:rubber_plant")
    page.get_by_role("button", name="分享").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="存为矢量图 SVG").click()
    root = ET.fromstring(Path(download.value.path()).read_text("utf-8"))  # noqa: S314
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "截至 2024-06-30 · 实景 · 推演 1 项落地 · 无链" in texts
    assert {"已有", "断链 · 补链", "点名方向", "原料", "副产"} <= set(texts)


def test_from_the_table_the_table_is_printed_and_no_picture_is_offered(show):
    page = show(make_atlas(), screen={"scheme": "dark"}, fragment="#table=rank.1")
    page.get_by_role("button", name="分享").click()
    assert page.locator("#share-list button").all_inner_texts() == [
        "存为表格 CSV",
        "复制链接",
        "打印",
    ]
    page.keyboard.press("Escape")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#table tbody tr").count() == 5
    assert page.locator("#table table").is_visible()
    assert not page.locator("#paper").is_visible()
    assert "截至 2024-06-30" in page.locator("#table caption").inner_text()


def test_back_takes_back_one_choice_after_another(show, wait_until):
    page = show(make_atlas())
    click_band(page, "silicone")
    search(page, "dmc")
    page.get_by_role("button", name="计划", exact=True).click()
    page.go_back()
    wait_until(page, "document.getElementById('mode-actual').ariaPressed === 'true'")
    assert picked(page) == "dmc"
    page.go_back()
    wait_until(page, "chaingraph.picked() === null")
    assert page.evaluate("chaingraph.open()") == ["silicone"]
    page.go_forward()
    wait_until(page, "chaingraph.picked() === 'dmc'")
