"""The day and the view move the map."""

import pytest
from hands import drawer, legend, number_in
from town import make_atlas


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


def test_going_back_to_the_present_keeps_the_view_and_what_is_assumed(show):
    page = show(make_atlas(), fragment="#day=2024-01-31&view=plan&land=p:rubber_plant")
    page.locator("#today").click()
    assert page.locator("#when").inner_text() == "截至 2024-06-30 · 计划 · 推演 1 项落地"


def test_scores_and_ranks_say_of_which_day_they_are(show):
    page = show(make_atlas(), fragment="#table=rank.1")
    heads = page.locator("#table thead").inner_text
    assert "按 2024-06-30" not in heads()
    page.locator("#day").fill("2023-02-15")
    assert heads().count("按 2024-06-30、实景计算") == 2


@pytest.mark.parametrize("day", ["9999-99-99", "2024-02-31"])
def test_a_day_that_is_none_is_not_believed(show, day):
    page = show(make_atlas(), fragment=f"#day={day}")
    assert page.locator("#when").inner_text() == "截至 2024-06-30 · 实景"


def test_on_another_day_the_reason_is_the_one_of_that_day(show):
    page = show(make_atlas(rule="position"), fragment="#product=dmc&day=2024-06-29&view=plan")
    said = drawer(page).locator(".why").inner_text()
    assert said.startswith("本地没有，硅橡胶离不开它")
    assert "一家" not in said
