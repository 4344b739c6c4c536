"""The panel of a poster: what was named as wanted, the gaps to close first, how to read it.

Blocks are built at their natural size with their corner in the origin; the panel puts
them below or beside each other and shares out what room is left.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from functools import lru_cache
from xml.etree import ElementTree as ET

from chaingraph.analysis.flagships import Flagship
from chaingraph.analysis.gaps import KINDS, Gap
from chaingraph.analysis.state import STATES
from chaingraph.analysis.why import say_amount
from chaingraph.model import Language
from chaingraph.outputs.poster import marks
from chaingraph.outputs.poster.facts import Facts
from chaingraph.outputs.poster.marks import GAP, INK, LINE, SOFT, VOID
from chaingraph.outputs.poster.typeset import Setting, clean, fit, ladder, measure, shorten, wrap

TITLE = 34.0
"""The height of the title of a block."""
ROW_GAP, BLOCK_GAP = 10.0, 26.0
ROW = 320.0
"""How wide a gap is listed, at least, where there is room for several side by side."""
SMALL = 11.2
"""The size of what is not said first."""
MOST_FLAGSHIPS = 12
FEW = 2
"""So few flagship targets have no column of their own."""

_PLAIN = str.maketrans("“”‘’", "\"\"''")

Draw = Callable[[ET.Element, float], None]
"""Draws a block into a group, with so much more height than it needs."""


@dataclasses.dataclass(frozen=True)
class Block:
    """A part of the panel, ready to be drawn."""

    height: float
    draw: Draw


class SidePanel:
    """The panel in both its forms: beside the columns, and below them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._block = lru_cache(maxsize=256)(self._make)

    def measure(self, width: float, below: bool) -> float:
        """Return how high the panel is at a width."""
        if below:
            return max(_height(blocks) for _, blocks in self._side_by_side(width))
        return _height(self._stacked(width))

    def draw(self, parent: ET.Element, width: float, height: float, *, below: bool) -> None:
        """Draw the panel into a box; what is higher than needed is shared out."""
        if below:
            for x, blocks in self._side_by_side(width):
                _draw_stacked(marks.group(parent, x, 0), blocks, height)
        else:
            _draw_stacked(parent, self._stacked(width), height)

    def _names(self) -> list[str]:
        facts = self.facts
        names = ["flagships"] * bool(facts.flagships) + ["priorities"] * bool(facts.listed)
        return [*names, "legend"]

    def _stacked(self, width: float) -> list[Block]:
        return [self._block(name, round(width, 1)) for name in self._names()]

    def _side_by_side(self, width: float) -> list[tuple[float, list[Block]]]:
        """Return (x, blocks) of each column; the gaps take what the others leave."""
        gap, names = 36.0, self._names()
        few = len(self.facts.flagships) <= FEW
        columns = [[name] for name in names if name != "flagships" or not few]
        if few and "flagships" in names:
            columns[-1].insert(0, "flagships")
        side = min(330.0, width * 0.25)
        left = width - sum(side + gap for column in columns if column != ["priorities"])
        placed, x = [], 0.0
        for column in columns:
            wide = round(left if column == ["priorities"] else side, 1)
            placed.append((x, [self._block(name, wide) for name in column]))
            x += wide + gap
        return placed

    def _make(self, name: str, width: float) -> Block:
        makers = {"flagships": make_flagships, "priorities": make_priorities, "legend": make_legend}
        return makers[name](self.facts, width)


def _plain(line: str, lang: Language) -> str:
    """Return a line as it is set: the quotes of Chinese fonts are too wide for English."""
    return line if lang == "zh" else line.translate(_PLAIN)


def _height(blocks: Sequence[Block]) -> float:
    return sum(block.height + BLOCK_GAP for block in blocks) - BLOCK_GAP


def _draw_stacked(parent: ET.Element, blocks: Sequence[Block], height: float) -> None:
    spare, top = max(0.0, height - _height(blocks)), 0.0
    for block in blocks:
        share = spare * block.height / sum(each.height for each in blocks)
        block.draw(marks.group(parent, 0, top), share)
        top += block.height + share + BLOCK_GAP


def _head(parent: ET.Element, text: str, width: float, hint: str = "") -> None:
    marks.write(parent, text, 0, 11, 19, INK, 700)
    x = measure(text, 19) + 14
    if hint and width - x > 60:
        size = next((s for s in (10.5, 10, 9.5, 9, 8.5, 8) if measure(hint, s) <= width - x), 0)
        if size:
            marks.write(parent, hint, width, 13, size, SOFT, anchor="end")
    marks.path(parent, ["M", 0, 26, "H", width], stroke=INK, stroke_width=1.6)


# ------------------------------------------------------------------- flagships


def make_flagships(facts: Facts, width: float) -> Block:
    """List what policies name as wanted, and how far it is."""
    shown = facts.flagships[:MOST_FLAGSHIPS]
    more = len(facts.flagships) - len(shown)
    pitch = 23.0

    def draw(parent: ET.Element, spare: float) -> None:
        _head(parent, facts.say("flagships"), width)
        step = pitch + min(14.0, spare / max(1, len(shown)))
        for at, flagship in enumerate(shown):
            _draw_flagship(parent, facts, flagship, width, TITLE + (at + 0.5) * step)
        if more:
            middle = TITLE + (len(shown) + 0.4) * step
            marks.write(parent, facts.say("more", n=more), 18, middle, SMALL, SOFT)

    return Block(TITLE + pitch * (len(shown) + bool(more)), draw)


def _draw_flagship(
    parent: ET.Element, facts: Facts, flagship: Flagship, width: float, y: float
) -> None:
    state, count = facts.say(flagship.state), flagship.tally
    marks.draw_star(parent, 6, y, 6)
    room = width - 18 - 150
    setting = fit(clean(flagship.name.text(facts.lang)), room, 22, ladder(13.5, 8))
    marks.write_lines(parent, setting, 18, y, INK, 600)
    x = width - 142
    glyph = marks.group(parent, x, y - 6)
    _draw_glyph(glyph, flagship.state)
    marks.write(parent, state, x + 20, y, SMALL, SOFT)
    if flagship.section == "branches":
        _draw_bar(parent, flagship, width - 62, y, 30)
        marks.write(
            parent, f"{count.present}/{count.total}", width, y, 10, SOFT, anchor="end"
        )  # fmt: skip


def _draw_glyph(parent: ET.Element, state: str) -> None:
    """A card, as small as a letter."""
    small = marks.group(parent, 0, 0, 0.5)
    marks.draw_card(small, 30, 24, marks.Look(state))


def _draw_bar(parent: ET.Element, flagship: Flagship, x: float, y: float, width: float) -> None:
    tally, left = flagship.tally, x
    marks.rect(parent, x, y - 3.5, width, 7, fill="none", stroke=VOID, stroke_width=0.7)
    for count, color in ((tally.present, marks.HERE), (tally.building + tally.signed, "#d9a557")):
        wide = width * count / max(1, tally.total)
        marks.rect(parent, left, y - 3.5, wide, 7, fill=color)
        left += wide


# ------------------------------------------------------------------ priorities


@dataclasses.dataclass(frozen=True)
class _Entry:
    """A gap of the list, set in its lines."""

    gap: Gap
    head: Setting
    why: list[str]

    @property
    def height(self) -> float:
        return 26 + self.head.height + 4 + len(self.why) * SMALL * 1.32


def make_priorities(facts: Facts, width: float) -> Block:
    """List the best-ranked gaps, with score, interval of ranks and why."""
    across = max(1, int((width + 28) // (ROW + 28)))
    wide = (width + 28) / across - 28
    entries = [_set_entry(facts, gap, wide) for gap in facts.listed]
    ends = [-(-len(entries) * at // across) for at in range(across + 1)]
    columns = [entries[start:end] for start, end in itertools.pairwise(ends)]
    heights = [sum(entry.height + ROW_GAP for entry in column) - ROW_GAP for column in columns]
    natural = max(heights, default=0.0)

    def draw(parent: ET.Element, spare: float) -> None:
        _head(parent, facts.say("priorities"), width, facts.say("priorities_hint"))
        for at, (column, height) in enumerate(zip(columns, heights, strict=True)):
            most = 40.0 + (natural - height) / max(1, len(column) - 1)
            extra = min(most, (natural + spare - height) / max(1, len(column)))
            y = TITLE + 4 + min(8.0, extra / 2)
            for order, entry in enumerate(column):
                x = at * (wide + 28)
                if order:
                    line = y - (ROW_GAP + extra) / 2
                    marks.path(parent, ["M", x, line, "h", wide], stroke=LINE, stroke_width=0.7)
                _draw_entry(marks.group(parent, x, y), facts, entry, wide)
                y += entry.height + ROW_GAP + extra

    return Block(TITLE + 4 + natural, draw)


def _set_entry(facts: Facts, gap: Gap, width: float) -> _Entry:
    lang, room = facts.lang, width - 34
    branch = clean(facts.atlas.branches[gap.branch].name.text(lang), 64)
    told = f"{branch}{'，' if lang == 'zh' else ', '}{facts.say_kind(gap.kind)}"
    rank = measure(_say_rank(facts, gap), SMALL)
    head = fit(told, room - rank - 8, SMALL * 2.3, ladder(SMALL, 5))
    why = clean(gap.why.text(lang), 400)
    if gap.shortfall:
        amount = say_amount(gap.shortfall, gap.unit, lang)
        why = facts.say("short_by", amount=amount) + why
    lines = wrap(why, room, SMALL)
    if len(lines) > 6:
        lines = [*lines[:5], shorten("".join(lines[5:]), room - SMALL, SMALL)]
    return _Entry(gap, head, lines)


def _say_rank(facts: Facts, gap: Gap) -> str:
    if gap.rank_low is None:
        return ""
    return f"{facts.say('rank')} {gap.rank_low}–{gap.rank_high}"


def _draw_entry(parent: ET.Element, facts: Facts, entry: _Entry, width: float) -> None:
    gap, pitch = entry.gap, SMALL * 1.32
    size = min(17.0, 26 / measure(str(gap.rank)))
    marks.write(parent, str(gap.rank), 26, 9, size, INK, 700, "end")
    r = marks.badge_radius(0.55)
    marks.draw_badge(parent, 45, 9, r, gap.kind, facts.tag(gap.kind))
    setting = fit(clean(gap.name.text(facts.lang)), width - 60 - 78, 21, ladder(15, 7.5))
    marks.write_lines(parent, setting, 60, 9, INK, 700)
    score = "–" if gap.score is None else f"{gap.score:.2f}"
    marks.write(parent, score, width, 9, 15, INK, 700, "end")
    if gap.score is not None:
        x, room = width - 72, 32
        marks.rect(parent, x, 6, room, 6, fill=marks.TINT)
        marks.rect(parent, x, 6, room * min(1.0, max(0.0, gap.score)), 6, fill=INK)
    y = 24 + SMALL / 2
    marks.write(parent, _say_rank(facts, gap), width, y, SMALL, SOFT, anchor="end")
    middle = y + (entry.head.height - entry.head.size) / 2
    marks.write_lines(parent, entry.head, 34, middle, SOFT, 600)
    y += entry.head.height - SMALL / 2 + 4 - pitch / 2
    for line in entry.why:
        y += pitch
        marks.write(parent, _plain(line, facts.lang), 34, y, SMALL, SOFT)


# ---------------------------------------------------------------------- legend


Key = Callable[[ET.Element], None]
"""Draws a line of the legend; the middle of the line is the origin."""


def make_legend(facts: Facts, width: float) -> Block:
    """Say what the marks mean."""
    states = [_state_key(facts, state) for state in reversed(STATES)]
    kinds = [_kind_key(facts, kind, width) for kind in KINDS]
    half = width / 2
    links = [*(_link_key(facts, kind) for kind in marks.DASHES), _width_key(facts, half)]
    lines: list[tuple[float, Key]] = []
    if facts.show in ("gaps", "present"):
        lines.append((18.0, _caption(facts.say("states"))))
        lines += [(21.0, _in_columns(pair, half)) for pair in _pairs(states)]
    if facts.show == "gaps":
        lines.append((27.0, _caption(facts.say("kinds"))))
        lines += [(23.0, key) for key in kinds]
        lines += [(23.0, _size_key(facts, width)), (20.0, _star_key(facts, width))]
    lines.append((25.0, _caption(facts.say("links"))))
    lines += [(20.0, _in_columns(pair, half)) for pair in _pairs(links)]
    if facts.show == "gaps":
        lines.append((27.0, _count_key(facts, width)))

    def draw(parent: ET.Element, spare: float) -> None:
        _head(parent, facts.say("legend"), width)
        more, y = min(10.0, spare / len(lines)), TITLE - 4
        for height, line in lines:
            y += height + more
            line(marks.group(parent, 0, y - 10))

    return Block(TITLE - 4 + sum(height for height, _ in lines), draw)


def _pairs(keys: Sequence[Key]) -> list[Sequence[Key]]:
    return [keys[at : at + 2] for at in range(0, len(keys), 2)]


def _caption(text: str) -> Key:
    def draw(parent: ET.Element) -> None:
        marks.write(parent, text, 0, 0, SMALL, SOFT, 600)

    return draw


def _in_columns(entries: Sequence[Key], width: float) -> Key:
    def draw(parent: ET.Element) -> None:
        for at, entry in enumerate(entries):
            entry(marks.group(parent, at * width, 0))

    return draw


def _note(
    parent: ET.Element, text: str, x: float, width: float, size: float, color: str = SOFT
) -> None:
    """Write a line as large as there is room, but not larger."""
    setting = fit(text, width - x, size, ladder(size, 4))
    marks.write_lines(parent, setting, x, 0, color)


def _state_key(facts: Facts, state: str) -> Key:
    def draw(parent: ET.Element) -> None:
        marks.draw_card(marks.group(parent, 0, -8), 30, 16, marks.Look(state))
        marks.write(parent, facts.say(state), 40, 0, 12.5)

    return draw


def _kind_key(facts: Facts, kind: str, width: float) -> Key:
    def draw(parent: ET.Element) -> None:
        marks.draw_badge(parent, 15, 0, 8.5, kind, facts.tag(kind))
        name = facts.say_kind(kind)
        marks.write(parent, name, 40, 0, 12.5, INK, 600)
        if facts.atlas.rule == "state":
            _note(parent, facts.say(f"{kind}_is"), 48 + measure(name, 12.5), width, SMALL)

    return draw


def _size_key(facts: Facts, width: float) -> Key:
    def draw(parent: ET.Element) -> None:
        x = 2.0
        for weight in (0.0, 0.5, 1.0):
            r = marks.badge_radius(weight)
            marks.draw_badge(parent, x + r, 0, r, "void", facts.tag("void"))
            x += 2 * r + 2
        _note(parent, facts.say("badge_size"), x + 6, width, SMALL)

    return draw


def _star_key(facts: Facts, width: float) -> Key:
    def draw(parent: ET.Element) -> None:
        marks.draw_star(parent, 15, 0, 7)
        _note(parent, facts.say("star"), 40, width, SMALL)

    return draw


def _link_key(facts: Facts, kind: str) -> Key:
    def draw(parent: ET.Element) -> None:
        _draw_link(parent, kind, None)
        marks.write(parent, facts.say(kind), 40, 0, 12.5)

    return draw


def _width_key(facts: Facts, width: float) -> Key:
    def draw(parent: ET.Element) -> None:
        _draw_link(parent, "material", 100)
        _note(parent, facts.say("width"), 40, width, 12.5, INK)

    return draw


def _draw_link(parent: ET.Element, kind: str, share: int | None) -> None:
    style = marks.link_style(kind, share=share, minor=False)
    marks.draw_wire(parent, "forward", [(0, 0), (32, 0)], style)


def _count_key(facts: Facts, width: float) -> Key:
    def draw(parent: ET.Element) -> None:
        for at, (kind, color) in enumerate(
            (("present", marks.HERE), ("building", marks.BUILD), ("gaps", GAP))
        ):
            marks.draw_count(parent, kind, at * 13, -5, 10, color)
        _note(parent, facts.say("counts"), 44, width, SMALL)

    return draw
