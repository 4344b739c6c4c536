"""A map in a notebook: it works in its frame, and cannot get out of it."""

from pathlib import Path

import pytest
from town import make_atlas

from chaingraph.outputs.map import draw_map

PAGE = '<!DOCTYPE html><meta charset="utf-8"><title>A notebook</title><body>{shown}</body>'


@pytest.fixture
def frame(open_page, wait_until, tmp_path):
    """The frame of a map that a page shows as a notebook does."""
    path = tmp_path / "notebook.html"
    path.write_text(PAGE.format(shown=draw_map(make_atlas())._repr_html_()), "utf-8")
    page = open_page(path)
    _, inner = page.frames
    wait_until(inner, "window.chaingraph && chaingraph.scale() > 0")
    return inner


def test_the_map_answers_a_search_and_a_change_of_view(frame, wait_until):
    frame.locator("#search").fill("dmc")
    frame.locator("#search").press("Enter")
    wait_until(frame, "chaingraph.picked() === 'dmc'")
    assert frame.locator("#drawer h2").inner_text() == "环硅氧烷"
    frame.get_by_role("button", name="计划", exact=True).click()
    assert "计划" in frame.locator("#when").text_content()


def test_the_map_cannot_reach_into_the_notebook(frame):
    assert frame.evaluate("window.origin") == "null"
    tried = "(() => { try { return parent.document.title } catch (error) { return error.name } })()"
    assert frame.evaluate(tried) == "SecurityError"


def test_a_picture_can_be_saved_from_the_frame(frame):
    frame.get_by_role("button", name="分享").click()
    with frame.page.expect_download() as saved:
        frame.get_by_role("button", name="存为图片 PNG").click()
    assert Path(saved.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
