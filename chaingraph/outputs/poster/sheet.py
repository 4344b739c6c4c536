"""How a poster is arranged on its paper.

The bands of a layout are stacked in columns, those of a chain in a box; beside or below
the columns stands a panel.  Of all numbers of columns and both places of the panel the
one is chosen that shows the cards largest; what room is then left is shared out, so that
the columns fill the sheet.

Lengths are in the units of the layout; the paper is as many units wide as are needed.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.outputs.columns import CARD_HEIGHT, CARD_WIDTH
from chaingraph.outputs.layout import LABEL, Band, Layout

PAPERS = {"A0": (1189, 841), "A1": (841, 594), "A2": (594, 420), "A3": (420, 297)}
"""Width and height [mm] of a sheet that lies on its long side."""

MARGIN, TITLE, FOOTER = 0.019, 0.062, 0.014
"""Shares of the width of the sheet."""
NAMES = 152.0
"""Room at the left of a band for the name of its branch."""
STAGES = 30.0
"""The height of the heads of the stages above a column."""
HEAD = 34.0
"""The height of the head of a chain."""
PAD, BAND_GAP, BOX_GAP, GUTTER = 8.0, 7.0, 13.0, 26.0
PANEL = 330.0
"""How wide the panel is beside the columns, before it is scaled."""
READABLE, LEAST = 2350.0, 3500.0
"""On a sheet so wide the panel is as large as the cards, on a wider one it grows; beside the
columns it may be as small as it is on the second, if only so all of it has room."""
WIDEST, TALLEST = 1.5, 1.9
"""How far columns and rows are drawn apart to fill the sheet."""
WHOLE = 1.07
"""How much taller columns may be if no chain is then split."""

Measure = Callable[[float, bool], float]
"""Width of the panel and whether it lies below → its height."""


@dataclasses.dataclass(frozen=True)
class Row:
    """A band on the sheet; ``y`` is its top."""

    band: Band
    y: float
    height: float


@dataclasses.dataclass(frozen=True)
class Box:
    """The bands of a chain in one column."""

    cluster: str | None
    chain: str | None
    y: float
    height: float
    head: bool
    """Whether it has a head."""
    continued: bool
    """Whether the chain began in the column before."""
    rows: tuple[Row, ...]


@dataclasses.dataclass(frozen=True)
class Stack:
    """A column of boxes."""

    x: float
    y: float
    width: float
    stretch: float
    """By how much the rows of its bands are drawn apart."""
    boxes: tuple[Box, ...]


@dataclasses.dataclass(frozen=True)
class Panel:
    """The place of the panel; what stands in it is drawn ``scale`` times as large."""

    x: float
    y: float
    width: float
    height: float
    scale: float
    below: bool


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A poster before it is drawn."""

    paper: str
    width: float
    height: float
    stacks: tuple[Stack, ...]
    panel: Panel
    spread: float
    """By how much the columns of cards are drawn apart."""
    card: tuple[float, float]
    """Width and height of a card."""

    @property
    def margin(self) -> float:
        """What stays free all around."""
        return MARGIN * self.width

    @property
    def millimetres(self) -> tuple[int, int]:
        """Width and height of the paper."""
        return PAPERS[self.paper]


@dataclasses.dataclass(frozen=True)
class _Part:
    """Bands of one chain that stay together."""

    bands: tuple[Band, ...]
    head: bool
    continued: bool = False

    @property
    def height(self) -> float:
        top = HEAD if self.head or self.continued else PAD
        return top + sum(band.height + BAND_GAP for band in self.bands) + PAD - BAND_GAP


_Pile = list[_Part]


def check_paper(size: str) -> str:
    """
    Return the name of a paper size.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    if size.upper() not in PAPERS:
        hint = did_you_mean(size, PAPERS)[0]
        raise UsageError(f"no paper size {size!r}{hint}: use {', '.join(PAPERS)}")
    return size.upper()


def arrange(plan: Layout, heads: Mapping[str | None, bool], measure: Measure, size: str) -> Sheet:
    """
    Arrange bands and a panel on a sheet so that the cards are as large as can be.

    Parameters
    ----------
    plan
        Where the cards stand in their bands.
    heads
        Whether a chain has a head of its own.
    measure
        How high the panel is at a width, as it is before it is scaled.
    size
        A key of `PAPERS`.

    Returns
    -------
    sheet
        Everything in its place; nothing overlaps.
    """
    options: list[tuple[float, bool, list[_Pile]]] = []
    for count in range(1, max(2, len(plan.bands) + 1)):
        piles = _pack(plan.bands, heads, count)
        found = [
            (_narrowest(plan, piles, measure, size, below), below, piles) for below in (False, True)
        ]
        options.append(min(found, key=lambda option: option[0]))
        if len(options) > 2 and options[-1][0] > options[-2][0] > options[-3][0]:
            break
    width, below, piles = min(options, key=lambda option: option[0])
    return _place(plan, piles, measure, size, width, below)


# ------------------------------------------------------------- bands into columns


def _pack(bands: Sequence[Band], heads: Mapping[str | None, bool], count: int) -> list[_Pile]:
    """Stack the bands in so many columns, in their order, the tallest as low as can be."""
    chains = [
        _Part(tuple(group), heads.get(chain, False))
        for chain, group in itertools.groupby(bands, key=lambda band: band.chain)
    ]
    apart = [
        _Part((band,), part.head and at == 0, part.head and at > 0)
        for part in chains
        for at, band in enumerate(part.bands)
    ]
    whole, split = _lowest(chains, count), _lowest(apart, count)
    better = whole if _tallest(whole) <= WHOLE * _tallest(split) else split
    return better or [[]]


def _lowest(parts: Sequence[_Part], count: int) -> list[_Pile]:
    high = _tallest([_join(parts)])
    low = max((part.height for part in parts), default=0.0)
    for _ in range(24):
        middle = (low + high) / 2
        if len(_pile(parts, middle)) <= count:
            high = middle
        else:
            low = middle
    return _pile(parts, high + 0.1)


def _pile(parts: Iterable[_Part], most: float) -> list[_Pile]:
    piles: list[_Pile] = []
    for part in parts:
        joined = _join([*piles[-1], part]) if piles else []
        if piles and _height(joined) <= most:
            piles[-1] = joined
        else:
            piles.append([part])
    return piles


def _join(parts: Iterable[_Part]) -> _Pile:
    """Put neighbours of one chain into one box."""
    pile: _Pile = []
    for part in parts:
        if pile and pile[-1].bands[0].chain == part.bands[0].chain:
            pile[-1] = dataclasses.replace(pile[-1], bands=pile[-1].bands + part.bands)
        else:
            pile.append(part)
    return pile


def _height(pile: _Pile) -> float:
    return sum(part.height + BOX_GAP for part in pile) - BOX_GAP


def _tallest(piles: Iterable[_Pile]) -> float:
    return max((_height(pile) for pile in piles if pile), default=0.0)


# ---------------------------------------------------------------- how large


@dataclasses.dataclass(frozen=True)
class _Frame:
    """What room a sheet of some width has."""

    left: float
    top: float
    width: float
    height: float
    panel: Panel


def _frame(plan: Layout, measure: Measure, size: str, width: float, *, below: bool) -> _Frame:
    """Return the room of the columns, heads of stages left out, and of the panel."""
    long, short = PAPERS[size]
    margin, scale = MARGIN * width, max(1.0, width / READABLE)
    top = margin + TITLE * width
    inner, bottom = width - 2 * margin, width * short / long - margin - FOOTER * width
    heads = STAGES + PAD if plan.bands else 0.0
    if below:
        high = measure(inner / scale, True) * scale
        panel = Panel(margin, bottom - high, inner, high, scale, below)
        return _Frame(margin, top + heads, inner, bottom - high - GUTTER - top - heads, panel)
    scale = min(scale, (bottom - top) / measure(PANEL, False))
    wide = PANEL * scale
    panel = Panel(width - margin - wide, top, wide, bottom - top, scale, below)
    return _Frame(margin, top + heads, inner - wide - GUTTER, bottom - top - heads, panel)


def _column_width(plan: Layout) -> float:
    return 2 * PAD + NAMES + sum(stage.width for stage in plan.stages)


def _fits(
    plan: Layout, piles: list[_Pile], measure: Measure, size: str, width: float, below: bool
) -> bool:
    frame = _frame(plan, measure, size, width, below=below)
    least = len(piles) * (_column_width(plan) + GUTTER) - GUTTER
    panel = below or frame.panel.scale >= max(1.0, width / LEAST)
    return panel and frame.width >= least and frame.height >= _tallest(piles)


def _narrowest(plan: Layout, piles: list[_Pile], measure: Measure, size: str, below: bool) -> float:
    """Return of how few units the sheet can be wide: the fewer, the larger is all of it."""
    low = high = 600.0
    while not _fits(plan, piles, measure, size, high, below):
        low, high = high, 1.5 * high
    for _ in range(14):
        middle = (low + high) / 2
        if _fits(plan, piles, measure, size, middle, below):
            high = middle
        else:
            low = middle
    return high


# ------------------------------------------------------------------ in its place


def _place(
    plan: Layout, piles: list[_Pile], measure: Measure, size: str, width: float, below: bool
) -> Sheet:
    frame = _frame(plan, measure, size, width, below=below)
    room = (frame.width + GUTTER) / len(piles) - GUTTER
    cards = max(1.0, sum(stage.width for stage in plan.stages))
    spread = min(WIDEST, (room - 2 * PAD - NAMES) / cards)
    stretches = [_stretch(pile, frame.height) for pile in piles]
    stacks = tuple(
        _stack(pile, frame.left + at * (room + GUTTER), frame.top, room, frame.height, stretch)
        for at, (pile, stretch) in enumerate(zip(piles, stretches, strict=True))
    )
    card = CARD_WIDTH * spread, CARD_HEIGHT * min(1.45, 1.25 * spread, *stretches)
    long, short = PAPERS[size]
    panel = _grown(frame, stacks, measure) if below else frame.panel
    return Sheet(size, width, width * short / long, stacks, panel, spread, card)


def _stretch(pile: _Pile, height: float) -> float:
    bands = sum(band.height for part in pile for band in part.bands)
    if not bands:
        return 1.0
    spare = height - _height(pile)
    gaps = 0.12 if len(pile) > 1 else 0.0
    return min(TALLEST, 1 + spare * (1 - gaps) / bands)


def _stack(pile: _Pile, x: float, y: float, width: float, height: float, stretch: float) -> Stack:
    grown = _height(pile) + (stretch - 1) * sum(b.height for part in pile for b in part.bands)
    gap = BOX_GAP + min(60.0, max(0.0, height - grown) / max(1, len(pile) - 1))
    boxes, top = [], y
    for part in pile:
        box = _box(part, top, stretch)
        boxes.append(box)
        top += box.height + gap
    return Stack(x, y, width, stretch, tuple(boxes))


def _box(part: _Part, y: float, stretch: float) -> Box:
    rows, top = [], y + (HEAD if part.head or part.continued else PAD)
    for band in part.bands:
        rows.append(Row(band, top, band.height * stretch))
        top += band.height * stretch + BAND_GAP
    first = part.bands[0]
    height = top - BAND_GAP + PAD - y
    has_head = part.head or part.continued
    return Box(first.cluster, first.chain, y, height, has_head, part.continued, tuple(rows))


def _grown(frame: _Frame, stacks: Iterable[Stack], measure: Measure) -> Panel:
    """A panel below takes what the columns leave free, and is drawn larger if it can be."""
    ends = [box.y + box.height for stack in stacks for box in stack.boxes]
    panel = frame.panel
    top = max(ends, default=frame.top) + GUTTER
    high = panel.y + panel.height - top
    scale = panel.scale
    for larger in (1.06, 1.12, 1.18, 1.24, 1.3, 1.36, 1.42):
        tried = panel.scale * larger
        if measure(panel.width / tried, True) * tried > high:
            break
        scale = tried
    return dataclasses.replace(panel, y=top, height=high, scale=scale)


def spot(sheet: Sheet, stack: Stack, row: Row, point: tuple[float, float]) -> tuple[float, float]:
    """Return where a point of a band stands on the sheet."""
    x, y = point
    return stack.x + PAD + NAMES + (x - LABEL) * sheet.spread, row.y + y * stack.stretch
