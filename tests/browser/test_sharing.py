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
