"""The day and the view move the map."""

from hands import legend, number_in
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
