"""An empty sheet with a title and a foot, for drawings that are no chain map."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from chaingraph.outputs.poster import marks
from chaingraph.outputs.poster.marks import INK, PAPER, SOFT
from chaingraph.outputs.poster.typeset import clean, fit, ladder

WIDTH, HEIGHT = 1188.0, 840.0
"""An A3 sheet lying on its long side, in units of 420/1188 mm."""
MARGIN, TOP = 28.0, 92.0


def make_sheet(title: str, told: str, lang: str, foot: str) -> ET.Element:
    """Return a sheet with its title, a line below it, and a foot."""
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": "420mm",
            "height": "297mm",
            "viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}",
            "font-family": marks.FONTS,
            "xml:lang": "zh-CN" if lang == "zh" else "en",
        },
    )
    marks.add(root, "title").text = clean(title)
    marks.rect(root, 0, 0, WIDTH, HEIGHT, fill=PAPER)
    wide = WIDTH - 2 * MARGIN
    marks.write_lines(root, fit(clean(title), wide, 36, ladder(30, 12)), MARGIN, 44, INK, 700)
    marks.write_lines(root, fit(clean(told), wide, 16, ladder(13, 7)), MARGIN, 70, SOFT)
    marks.path(root, ["M", MARGIN, TOP - 8, "H", WIDTH - MARGIN], stroke=INK, stroke_width=1.2)
    marks.write(root, clean(foot), MARGIN, HEIGHT - 16, 8, SOFT)
    return root


def finish(root: ET.Element) -> str:
    """Return the sheet as text."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}'
