"""A picture of how far the probabilities of a back-test can be believed.

Hand-written SVG, so that the same back-test gives the same bytes.
"""

from __future__ import annotations

import math
from html import escape

from chaingraph.evidence.backtest import Backtest, Bin

WIDTH, HEIGHT = 560, 560
"""Of the picture [px]."""

LEFT, RIGHT, TOP, BOTTOM = 84, 28, 92, 76
"""Margins around the square in which the dots stand [px]."""

WORDS = {
    "zh": {
        "title": "预测概率与实际",
        "range": "{split} 起预测，以截至 {until} 的实际检验：{candidates:,} 个候选，{entries:,} 个落地",
        "x": "预测概率",
        "y": "实际落地比例",
        "exact": "完全吻合",
        "key": "对数坐标；每点候选的预测落地数相同；数字为候选数，竖线为抽样误差（95%）",
        "level": "预计 {expected:.0f} 个，实际 {entries} 个",
        "none": "没有可画的数据",
    },
    "en": {
        "title": "Forecast and truth",
        "range": "Forecast on {split}, judged until {until}: {candidates:,} candidates, {entries:,} arrived",
        "x": "Probability forecast",
        "y": "Share that arrived",
        "exact": "exactly right",
        "key": "Log scales. Each dot: as many expected; number: candidates; bar: chance (95 %)",
        "level": "{expected:.0f} expected, {entries} arrived",
        "none": "Nothing to draw",
    },
}
"""What stands in the picture."""

Z95 = 1.96
"""Standard deviations on either side that hold 95 % of a normal distribution."""


def draw_calibration(result: Backtest, *, lang: str = "zh") -> str:
    """
    Draw the calibration of a back-test: of each group, the probability and the truth.

    Parameters
    ----------
    result
        The back-test.
    lang
        Of the labels, ``zh`` or ``en``.

    Returns
    -------
    svg
        The picture; both axes are logarithmic, because most arrivals are rare.
    """
    words = WORDS[lang]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" lang="{lang}" '
        "font-family=\"'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif\">"
    )
    parts = [
        head,
        f"<title>{escape(words['title'])}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 36, words["title"], size=20, fill="#12263a", weight=600),
        _text(
            LEFT,
            60,
            words["range"].format(
                split=result.split,
                until=result.until,
                candidates=result.candidates,
                entries=result.entries,
            ),
            size=12,
        ),
    ]
    if result.calibration:
        parts += _draw_axes(result.calibration, words)
        scale = _Scale(result.calibration)
        parts += [_draw_bin(one, scale) for one in result.calibration]
        said = words["level"].format(expected=result.expected, entries=result.entries)
        parts.append(_text(WIDTH - RIGHT - 14, HEIGHT - BOTTOM - 14, said, anchor="end"))
    else:
        parts.append(_text(WIDTH / 2, HEIGHT / 2, words["none"], anchor="middle"))
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Scale:
    """Where a share stands on both axes, which are logarithmic and the same."""

    def __init__(self, bins: tuple[Bin, ...]) -> None:
        shares = [one.predicted for one in bins]
        shares += [one.observed for one in bins if one.observed > 0]
        self.low = max(math.log10(min(shares)) - 0.35, -5.0)
        self.high = min(math.log10(max(shares)) + 0.35, 0.0)

    def along(self, share: float) -> float:
        """From 0, the lower end, to 1."""
        if share <= 0:
            return 0.0
        return min(max((math.log10(share) - self.low) / (self.high - self.low), 0.0), 1.0)

    def x(self, share: float) -> float:
        """From the left [px]."""
        return LEFT + self.along(share) * (WIDTH - LEFT - RIGHT)

    def y(self, share: float) -> float:
        """From the top [px]."""
        return HEIGHT - BOTTOM - self.along(share) * (HEIGHT - TOP - BOTTOM)

    def ticks(self) -> list[float]:
        """1, 2 and 5 of each power of ten that stand on the axes; 1 alone on long ones."""
        steps = (1, 2, 5) if self.high - self.low < LONG_AXIS else (1,)
        shares = [step * 10.0**power for power in range(-6, 1) for step in steps]
        return [share for share in shares if self.low <= math.log10(share) <= self.high + 1e-9]


LONG_AXIS = 3.2
"""Powers of ten from which on only they are marked."""


def _draw_axes(bins: tuple[Bin, ...], words: dict[str, str]) -> list[str]:
    scale = _Scale(bins)
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for share in scale.ticks():
        x, y, label = scale.x(share), scale.y(share), f"{share * 100:g}%"
        parts.append(_line(x, TOP, x, bottom, "#e6ebf0"))
        parts.append(_line(LEFT, y, right, y, "#e6ebf0"))
        parts.append(_text(x, bottom + 20, label, anchor="middle"))
        parts.append(_text(LEFT - 10, y + 4, label, anchor="end"))
    parts += [
        _line(LEFT, bottom, right, TOP, "#8a98a8", dash="5 4"),
        _text(right - 14, TOP - 6, words["exact"], anchor="end", fill="#6b7885"),
        _line(LEFT, bottom, right, bottom, "#52606d"),
        _line(LEFT, TOP, LEFT, bottom, "#52606d"),
        _text((LEFT + right) / 2, bottom + 42, words["x"], size=13, anchor="middle"),
        f'<g transform="rotate(-90 22 {(TOP + bottom) / 2:g})">'
        + _text(22, (TOP + bottom) / 2, words["y"], size=13, anchor="middle")
        + "</g>",
        _text((LEFT + right) / 2, bottom + 64, words["key"], size=11, anchor="middle"),
    ]
    return parts


def _draw_bin(one: Bin, scale: _Scale) -> str:
    """Draw a dot, its bar, and its number away from the line."""
    x, above = scale.x(one.predicted), one.observed >= one.predicted
    low, high = (scale.y(end) for end in find_interval(one.observed, one.count))
    label = high - 7 if above else low + 15
    dot = f'cx="{x:.1f}" cy="{scale.y(one.observed):.1f}" r="5.5"'
    return "\n".join(
        [
            _line(x, low, x, high, "#7fb0d6", width=3),
            f'<circle {dot} fill="#12608f" stroke="#ffffff" stroke-width="1.5"/>',
            _text(x, label, f"{one.count:,}", size=10, anchor="middle", fill="#34495e"),
        ]
    )


def find_interval(share: float, count: int) -> tuple[float, float]:
    """
    Return the interval of 95 % of a share of a count (Wilson 1927).

    Examples
    --------
    >>> [round(end, 3) for end in find_interval(0.5, 10)]
    [0.237, 0.763]
    """
    middle = (share + Z95**2 / (2 * count)) / (1 + Z95**2 / count)
    half = math.sqrt(share * (1 - share) / count + Z95**2 / (4 * count**2))
    half *= Z95 / (1 + Z95**2 / count)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 12,
    anchor: str = "start",
    fill: str = "#52606d",
    weight: int = 400,
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
        f'fill="{fill}" font-weight="{weight}">{escape(text)}</text>'
    )


def _line(
    x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float = 1, dash: str = ""
) -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width:g}"{dashed}/>'
    )
