"""The marks that a poster is drawn with, as elements of SVG: cards, badges, stars, wires, texts.

State is told by fill and outline, the kind of a gap by the form of its badge and the kind
of a link by its dashes, never by colour alone: a poster must read in grey, too.  Only
plain shapes with attributes are used, which every program that opens SVG draws alike.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from chaingraph.outputs.poster.typeset import LEADING, Setting, clean, measure

FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif'

INK, SOFT, LINE, PAPER = "#16202b", "#4c5a68", "#c5ced7", "#ffffff"
GROUND, TINT = "#eef2f6", "#dde5ed"
HERE, HERE_FILL = "#14599c", "#dceafa"
BUILD, BUILD_FILL = "#96580a", "#fdf3e1"
GAP, VOID, WIRE = "#b3202c", "#5f6d7a", "#6f8296"

DASHES = {
    "material": (),
    "energy": (7, 3.5),
    "byproduct": (7, 2.5, 1.6, 2.5),
    "equipment": (0.1, 3.2),
    "service": (0.1, 6.0),
}
"""Strokes and gaps of a link, by its kind."""
LINK_COLORS = {"energy": BUILD, "byproduct": HERE}
BASELINE = 0.36
"""From the middle of a line to its baseline, in em."""

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Look:
    """How a product looks."""

    state: str
    kind: str | None = None
    """The kind of gap that it is, if any."""
    weight: float = 0.0
    """From 0 to 1: how large its badge is."""
    star: bool = False

    @property
    def urgent(self) -> bool:
        """Whether what is here suffers from it."""
        return self.kind in ("broken", "weak")

    @property
    def outline(self) -> str:
        """The colour of the frame."""
        if self.state == "any":
            return SOFT
        if self.state == "absent":
            return GAP if self.kind == "broken" else VOID
        return HERE if self.state == "present" else BUILD

    @property
    def fill(self) -> str:
        """The colour of the card."""
        return {"present": HERE_FILL, "absent": PAPER, "any": PAPER}.get(self.state, BUILD_FILL)

    @property
    def ink(self) -> str:
        """The colour of the name."""
        return SOFT if self.state == "absent" and not self.urgent else INK


def mix(color: str, share: float, ground: str = PAPER) -> str:
    """
    Lay a colour thinly on another.

    Examples
    --------
    >>> mix("#000000", 0.5)
    '#808080'
    """
    pairs = [(int(color[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(one * share + two * (1 - share)):02x}" for one, two in pairs)


# ------------------------------------------------------------------- elements


def add(parent: ET.Element, tag: str, **attributes: str | float) -> ET.Element:
    """Add an element; ``_`` in the name of an attribute stands for ``-``."""
    known = {key.rstrip("_").replace("_", "-"): say(value) for key, value in attributes.items()}
    return ET.SubElement(parent, tag, known)


def say(value: str | float) -> str:
    """Write a number as short as it can be."""
    if isinstance(value, str):
        return value
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def group(parent: ET.Element, x: float, y: float, scale: float = 1.0, **more: str) -> ET.Element:
    """Add a group with its own origin and scale."""
    zoom = f" scale({scale:.5g})" if scale != 1 else ""
    return add(parent, "g", transform=f"translate({say(x)} {say(y)}){zoom}", **more)


def rect(
    parent: ET.Element, x: float, y: float, w: float, h: float, r: float = 0.0, **more: str | float
) -> ET.Element:
    """Add a box, with round corners if wanted."""
    return add(parent, "rect", x=x, y=y, width=max(0.0, w), height=max(0.0, h), rx=r, **more)


def path(parent: ET.Element, steps: Iterable[str | float], **more: str | float) -> ET.Element:
    """Add a path."""
    return add(parent, "path", d=" ".join(map(say, steps)), **more)


def write(
    parent: ET.Element,
    text: str,
    x: float,
    middle: float,
    size: float,
    color: str = INK,
    weight: int = 400,
    anchor: str = "start",
    **more: str | float,
) -> ET.Element:
    """Write a line whose middle is at a height."""
    element = add(
        parent, "text", x=x, y=middle + BASELINE * size, font_size=size, fill=color,
        **({"font_weight": weight} if weight != 400 else {}),
        **({"text_anchor": anchor} if anchor != "start" else {}),
        **more,
    )  # fmt: skip
    element.text = clean(text, 1000)
    return element


def write_lines(
    parent: ET.Element,
    setting: Setting,
    x: float,
    middle: float,
    color: str = INK,
    weight: int = 400,
    **more: str | float,
) -> ET.Element:
    """Write lines whose middle is at a height; they are one text."""
    pitch = setting.size * LEADING
    top = middle - pitch * (len(setting.lines) - 1) / 2 + BASELINE * setting.size
    element = add(
        parent, "text", font_size=setting.size, fill=color, font_weight=weight, **more
    )  # fmt: skip
    for at, line in enumerate(setting.lines):
        add(element, "tspan", x=x, y=top + at * pitch).text = line
    return element


# ----------------------------------------------------------------------- marks


def draw_card(parent: ET.Element, w: float, h: float, look: Look) -> None:
    """Draw the body of a card whose corner is the origin; its text comes on top."""
    broken = look.kind == "broken"
    rect(parent, 0, 0, w, h, 6, fill=look.fill)
    if look.state == "present":
        path(parent, ["M6 0 H5 V", h, "H6 A6 6 0 0 1 0", h - 6, "V6 A6 6 0 0 1 6 0 Z"], fill=HERE)
    if look.state == "building":
        hatch(parent, 1.5, 1.5, 7, h - 3, 5, BUILD)
    dashed = {"stroke_dasharray": "5 3"} if look.state == "absent" else {}
    rect(
        parent, 0, 0, w, h, 6, fill="none", stroke=look.outline,
        stroke_width=1.7 if broken else 1.1, **dashed,
    )  # fmt: skip
    if look.state == "signed":
        rect(parent, 3, 3, w - 6, h - 6, 4, fill="none", stroke=BUILD, stroke_width=1)


def hatch(
    parent: ET.Element, x: float, y: float, w: float, h: float, step: float, color: str
) -> None:
    """Fill a box with slanting strokes."""
    steps: list[str | float] = []
    at = step
    while at < w + h:
        one = (x + at, y) if at < w else (x + w, y + at - w)
        two = (x, y + at) if at < h else (x + at - h, y + h)
        steps += ["M", *one, "L", *two]
        at += step
    path(parent, steps, stroke=color, stroke_width=step * 0.36, fill="none")


def draw_star(parent: ET.Element, x: float, y: float, r: float, color: str = GAP) -> None:
    """Draw the mark of what a policy names as wanted."""
    steps: list[str | float] = []
    for at in range(10):
        angle, reach = math.pi * (at / 5 - 0.5), r * 0.45 if at % 2 else r
        steps += ["L" if at else "M", x + math.cos(angle) * reach, y + math.sin(angle) * reach]
    path(parent, [*steps, "Z"], fill=PAPER, stroke=PAPER, stroke_width=r * 0.34)
    path(parent, [*steps, "Z"], fill=color)


def badge_radius(weight: float) -> float:
    """Return how large the badge of a gap is."""
    return 5.8 + 3.6 * weight


def draw_badge(parent: ET.Element, x: float, y: float, r: float, kind: str, letter: str) -> None:
    """Draw the kind of a gap as a letter in a badge of its own form."""
    color = GAP if kind in ("broken", "weak") else VOID
    filled = kind in ("broken", "short")
    style: dict[str, str | float] = {
        "fill": color if filled else PAPER, "stroke": color if not filled else PAPER,
        "stroke_width": 1.3 if not filled else 0.8,
    }  # fmt: skip
    if kind == "broken":
        reach = r * 1.32
        path(
            parent,
            ["M", x, y - reach, "L", x + reach, y, "L", x, y + reach, "L", x - reach, y, "Z"],
            **style,
        )
    else:
        rect(parent, x - r, y - r, 2 * r, 2 * r, 2 if kind == "weak" else r, **style)
    size = r * (1.34 if measure(letter) >= 1 else 1.5) * (0.8 if kind == "broken" else 1)
    write(parent, letter, x, y, size, PAPER if filled else color, 700, "middle")


def draw_count(parent: ET.Element, kind: str, x: float, y: float, size: float, color: str) -> None:
    """Draw the mark of a count: full what is here, half what is coming, dashed what lacks."""
    dashed = {"stroke_dasharray": f"{say(size * 0.3)} {say(size * 0.2)}"} if kind == "gaps" else {}
    rect(
        parent, x, y, size, size, size * 0.12, stroke=color, stroke_width=size * 0.14,
        fill=color if kind == "present" else "none", **dashed,
    )  # fmt: skip
    if kind == "building":
        rect(parent, x, y + size / 2, size, size / 2, fill=color)


# ----------------------------------------------------------------------- wires


def link_style(kind: str, *, share: int | None, minor: bool) -> dict[str, str | float]:
    """Return the stroke of a link; its width tells the share of a recipe [%], where known."""
    color = mix(LINK_COLORS.get(kind, WIRE), 0.5 if minor else 0.85)
    style: dict[str, str | float] = {
        "stroke": color,
        "stroke_width": 0.9 + 0.021 * share if share else 0.8 if minor else 1.1,
        "fill": "none",
    }
    if DASHES[kind]:
        style["stroke_dasharray"] = " ".join(map(say, DASHES[kind]))
    if kind in ("service", "equipment"):  # round ends make dots of strokes without length
        style |= {"stroke_linecap": "round", "stroke_width": 1.5}
    return style


def draw_wire(
    parent: ET.Element, shape: str, points: Sequence[Point], style: dict[str, str | float]
) -> None:
    """Draw a wire of a layout, with its arrow."""
    (x, y), color = points[-1], style["stroke"]
    if shape == "step":
        direction = (0.0, 1.0 if y > points[0][1] else -1.0)
    else:
        direction = (-1.0 if shape in ("side", "self") else 1.0, 0.0)
    inside = (x - 3 * direction[0], y - 3 * direction[1])  # the tip is to be sharp
    path(parent, _trace(shape, [*points[:-1], inside]), **style)
    draw_arrow(parent, x, y, direction, 5.6, str(color))


def draw_arrow(
    parent: ET.Element, x: float, y: float, direction: Point, size: float, color: str
) -> None:
    """Draw the head of an arrow that ends in a point."""
    (dx, dy), half = direction, size * 0.5
    back = (x - dx * size, y - dy * size)
    steps: list[str | float] = [
        "M", x, y, "L", back[0] - dy * half, back[1] - dx * half,
        "L", back[0] + dy * half, back[1] + dx * half, "Z",
    ]  # fmt: skip
    path(parent, steps, fill=color)


def _trace(shape: str, points: Sequence[Point]) -> list[str | float]:
    start, end = points[0], points[-1]
    if shape == "forward":
        return _trace_forward(points)
    if shape == "step":
        return ["M", *start, "L", *end]
    if shape == "back":
        return ["M", *start, *_rounded(points)]
    out = 24.0 if shape == "self" else min(24.0, 12 + abs(end[1] - start[1]) / 10)
    return ["M", *start, "C", start[0] + out, start[1], end[0] + out, end[1], *end]


def _trace_forward(points: Sequence[Point]) -> list[str | float]:
    steps: list[str | float] = ["M", *points[0]]
    for at in range(0, len(points), 2):
        (x1, y1), (x2, y2) = points[at], points[at + 1]
        if at:
            steps += ["L", x1, y1]
        bend = (x2 - x1) / 2
        steps += (
            ["L", x2, y2] if abs(y1 - y2) < 0.01 else ["C", x1 + bend, y1, x2 - bend, y2, x2, y2]
        )
    return steps


def _rounded(points: Sequence[Point]) -> list[str | float]:
    steps: list[str | float] = []
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        steps += ["L", *_toward(corner, before), "Q", *corner, *_toward(corner, after)]
    return [*steps, "L", *points[-1]]


def _toward(start: Point, end: Point) -> Point:
    length = math.dist(start, end) or 1.0
    share = min(7.0, length / 2) / length
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
