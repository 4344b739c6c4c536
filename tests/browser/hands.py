"""What a planner does on the page, and what she sees."""

import xml.etree.ElementTree as ET
from pathlib import Path


def search(page, words):
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def drawer(page):
    return page.locator("#drawer")


def picked(page):
    return page.evaluate("chaingraph.picked()")


def click_product(page, id):
    place = page.evaluate("id => chaingraph.positionOf(id)", id)
    page.mouse.click(place["x"], place["y"])


def click_band(page, id):
    place = page.evaluate("id => chaingraph.bandOf(id)", id)
    page.mouse.click(place["x"], place["y"])


def legend(page, key):
    return page.locator(f"#legend [data-key='{key}']")


def number_in(locator):
    return int(locator.locator("b").inner_text())


def ink(page):
    """Count the colours on the canvas: a blank map has one or two."""
    return page.evaluate(
        """() => {
          const canvas = document.querySelector('#map canvas');
          const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          const seen = new Set();
          for (let i = 0; i < data.length; i += 16) seen.add(data.slice(i, i + 3).join());
          return seen.size;
        }"""
    )


def save_svg(page):
    """Save the view as SVG and return its texts and its shapes."""
    page.locator("#share").click()
    with page.expect_download() as download:
        page.locator("#save-svg").click()
    root = ET.fromstring(Path(download.value.path()).read_text("utf-8"))  # noqa: S314
    spaced = "{http://www.w3.org/2000/svg}"
    return list(root.iter(f"{spaced}text")), list(root.iter(f"{spaced}path"))
