"""Search, filters and the table."""

import csv
import io
from pathlib import Path

import pytest
from hands import drawer, legend, number_in, picked, search
from town import make_atlas

# --------------------------------------------------------------- finding


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


def test_the_kind_of_gap_filters_the_table(show, yumen):
    page = show(yumen, fragment="#table=rank.1")
    legend(page, "kind-broken").click()
    kinds = page.locator("#table tbody tr td:nth-child(6)").all_inner_texts()
    assert len(kinds) == number_in(legend(page, "kind-broken")) > 20
    assert set(kinds) == {"断链"}


def test_an_empty_search_chooses_nothing(show):
    page = show(make_atlas())
    page.keyboard.press("/")
    page.keyboard.type("工业硅")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("Enter")
    assert picked(page) is None


# ----------------------------------------------------------------- table


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
