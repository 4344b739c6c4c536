"""What the drawer tells of a product."""

import pytest
from hands import drawer, picked, search
from town import make_atlas

from chaingraph.analysis.why import say_amount


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


AMOUNTS = [
    (12000, "MW"), (12000, "kW"), (3.2e8, "t"), (285123, "t"), (0.25, "t"), (99.99, "set"),
    (4.2, "mu"), (110250, "MWh"),
]  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_amounts_read_as_the_package_writes_them(show, lang):
    page = show(make_atlas(), lang=lang)
    told = page.evaluate("all => all.map(each => chaingraph.amount(...each))", AMOUNTS)
    assert told == [say_amount(value, unit, lang) for value, unit in AMOUNTS]
