"""Names are only text, and the page asks the network for nothing."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

from town import make_atlas

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


def test_a_name_that_looks_like_a_formula_stays_text_in_the_csv(show):
    page = show(hostile_atlas(names=["=1+1", "＝1+1", "\u00a0=2", "+cmd", "@x"]))
    page.get_by_role("button", name="分享").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="存为表格 CSV").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    names = [row[1] for row in csv.reader(io.StringIO(text))][1:]
    assert set(names) == {"'=1+1", "'＝1+1", "'\u00a0=2", "'+cmd", "'@x"}
