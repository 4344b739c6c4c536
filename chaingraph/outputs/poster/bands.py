"""The boxes of chains on a poster: heads, the labels of branches, wires and cards."""

from __future__ import annotations

import dataclasses
from collections import Counter
from xml.etree import ElementTree as ET

from chaingraph.analysis.state import capacity, counted_states
from chaingraph.analysis.why import say_amount
from chaingraph.model import Language
from chaingraph.outputs.columns import CARD_HEIGHT
from chaingraph.outputs.layout import Layout, Wire
from chaingraph.outputs.poster import marks
from chaingraph.outputs.poster.facts import PLAIN, Facts
from chaingraph.outputs.poster.marks import GROUND, INK, LINE, PAPER, SOFT, VOID, Look
from chaingraph.outputs.poster.sheet import HEAD, NAMES, PAD, Box, Row, Sheet, Stack, spot
from chaingraph.outputs.poster.typeset import Setting, clean, fit, ladder, measure
from chaingraph.units import is_yearly

FLOWS = 3
"""How many branches the label of a band names that it supplies, or is supplied by."""
STAGE_LINE = marks.mix(LINE, 0.55)
"""The colour of the lines between stages."""


def draw_box(
    root: ET.Element, facts: Facts, plan: Layout, sheet: Sheet, stack: Stack, box: Box
) -> None:
    """Draw the part of a chain that stands in one column."""
    marks.rect(root, stack.x, box.y, stack.width, box.height, 10, fill=GROUND)
    if box.head:
        _draw_head(root, facts, stack, box)
    for row in box.rows:
        left, wide = stack.x + PAD, stack.width - 2 * PAD
        marks.rect(root, left, row.y, wide, row.height, 7, fill=PAPER, stroke=LINE, stroke_width=1)
        for stage in plan.stages[1:]:
            x, _ = spot(sheet, stack, row, (stage.x, 0))
            marks.path(
                root, ["M", x, row.y + 1, "V", row.y + row.height - 1], stroke=STAGE_LINE,
                stroke_width=1,
            )  # fmt: skip
        _draw_label(root, facts, stack, row)
        _draw_band(root, facts, sheet, stack, row)


def _draw_head(root: ET.Element, facts: Facts, stack: Stack, box: Box) -> None:
    atlas, lang = facts.atlas, facts.lang
    if box.chain is None:
        return
    chain, middle = atlas.chains[box.chain], box.y + HEAD / 2 + 1
    name = chain.name.text(lang) + (facts.say("continued") if box.continued else "")
    if box.cluster:
        of = facts.say("cluster_of", name=atlas.clusters[box.cluster].name.text(lang))
        name = f"{of}  ›  {name}"
    setting = fit(clean(name), stack.width - 300, HEAD - 8, ladder(19, 7))
    marks.write_lines(root, setting, stack.x + PAD + 6, middle, INK, 700)
    own = [name for name in chain.branches if name in facts.members]
    products = [product for name in own for product in facts.members[name]]
    x = stack.x + stack.width - PAD - 8
    for kind, number, color in reversed(facts.counts(products)):
        marks.write(root, str(number), x, middle, 16, color, 700, "end")
        x -= measure(str(number), 16) + 17
        marks.draw_count(root, kind, x, middle - 6, 12, color)
        x -= 20


# ------------------------------------------------------------------------- labels


def _draw_label(root: ET.Element, facts: Facts, stack: Stack, row: Row) -> None:
    """The name of a branch, its counts, and the branches that it works with."""
    branch = row.band.branch
    left, room = stack.x + PAD + 12, NAMES - 14
    named = branch in facts.named
    setting = fit(
        clean(facts.atlas.branches[branch].name.text(facts.lang)), room - 17 * named,
        min(62.0, row.height - 42), ladder(17, 8),
    )  # fmt: skip
    middle = row.y + 13 + setting.height / 2
    if named:
        marks.draw_star(root, left + 6, row.y + 13 + setting.size / 2, 7)
    marks.write_lines(root, setting, left + 17 * named, middle, INK, 700)
    y = row.y + 13 + setting.height + 15
    x = left
    for kind, number, color in facts.counts(facts.members[branch]):
        marks.draw_count(root, kind, x + 1, y - 5, 10, color)
        marks.write(root, str(number), x + 15, y, 12.5, color, 600)
        x += 24 + measure(str(number), 12.5)
    if row.band.hidden:
        y += 17
        note = facts.say("hidden", n=row.band.hidden)
        marks.write_lines(root, fit(note, room, 14, ladder(11, 6)), left, y, SOFT)
    _draw_flows(root, facts, branch, left, y + 12, room, row.y + row.height - 8)


def _draw_flows(
    root: ET.Element, facts: Facts, branch: str, x: float, y: float, room: float, bottom: float
) -> None:
    """Name the branches that it is supplied by and supplies most, as far as there is room."""
    for key, found in zip(("supplied", "supplies"), _flows(facts, branch), strict=True):
        lines = [
            fit(f"{clean(facts.atlas.branches[other].name.text(facts.lang))} {count}", room - 8, 50, (10.5, 10, 9.5, 9, 8, 7))
            for other, count in found
        ]  # fmt: skip
        needed = 16 + sum(setting.height + 4.5 for setting in lines)
        if not lines or y + needed > bottom:
            continue
        marks.write(root, facts.say(key), x, y + 9, 10, VOID, 600)
        y += 16
        for setting in lines:
            marks.write_lines(root, setting, x + 8, y + setting.height / 2 + 2, SOFT)
            y += setting.height + 4.5
        y += 4


def _flows(facts: Facts, branch: str) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """(branch, number of links) of those that supply it and of those that it supplies."""
    of, own = facts.atlas.branch_of, facts.members[branch]
    come = Counter(of[tail] for tail, _ in facts.graph.in_edges(own) if of[tail] != branch)
    go = Counter(of[head] for _, head in facts.graph.out_edges(own) if of[head] != branch)
    order = {id: at for at, id in enumerate(facts.atlas.branches)}

    def first(found: Counter[str]) -> list[tuple[str, int]]:
        return sorted(found.items(), key=lambda item: (-item[1], order[item[0]]))[:FLOWS]

    return first(come), first(go)


# -------------------------------------------------------------------------- bands


def _draw_band(root: ET.Element, facts: Facts, sheet: Sheet, stack: Stack, row: Row) -> None:
    wires = marks.add(root, "g", class_="wires")
    for wire in row.band.wires:
        edge = facts.graph.edges[wire.source, wire.target]
        share = facts.shares.get((wire.source, wire.target))
        style = marks.link_style(edge["kind"], share=share, minor=edge["minor"])
        marks.draw_wire(wires, wire.shape, _points(sheet, stack, row, wire), style)
    cards = marks.add(root, "g", class_="cards")
    (wide, high), spread = sheet.card, min(sheet.spread, sheet.card[1] / CARD_HEIGHT)
    for card in row.band.cards:
        x, y = spot(sheet, stack, row, (card.x, card.y))
        place = marks.group(cards, x - wide / 2, y - high / 2, class_="card")
        _draw_card(place, facts, card.product, (wide, high), spread)


def _points(sheet: Sheet, stack: Stack, row: Row, wire: Wire) -> list[tuple[float, float]]:
    """Where a wire runs; cards grow less than rows, and some wires end at top or bottom of one."""
    grown = (sheet.card[1] - CARD_HEIGHT * stack.stretch) / 2
    points = [spot(sheet, stack, row, point) for point in wire.points]
    if wire.shape == "step":
        down = 1 if points[1][1] > points[0][1] else -1
        (x1, y1), (x2, y2) = points
        return [(x1, y1 + down * grown), (x2, y2 - down * grown)]
    if wire.shape == "self":
        (x1, y1), (x2, y2) = points
        return [(x1, y1 - grown / 2), (x2, y2 + grown / 2)]
    return points


@dataclasses.dataclass(frozen=True)
class _Frame:
    """What room the text of a card has."""

    width: float
    height: float
    left: float
    """Where text begins."""
    right: float
    """How far from the right edge it ends."""
    aside: float
    """How much earlier it ends beside the badge."""
    clear: float
    """How far down the badge reaches."""
    star: bool

    def room(self, top: float) -> tuple[float, float]:
        """Return where a text that begins so far down starts, and how wide it may be."""
        start = max(self.left, 11.0) if self.star and top < 10 else self.left
        aside = self.aside if top < self.clear else 0.0
        return start, self.width - start - self.right - aside


def _frame(look: Look, w: float, h: float) -> _Frame:
    radius = marks.badge_radius(look.weight) if look.kind else 0.0
    right = 7.0 if look.state == "signed" else 5.0
    return _Frame(
        width=w,
        height=h,
        left={"present": 10.0, "building": 12.5, "signed": 8.0}.get(look.state, 6.0),
        right=right,
        aside=max(0.0, radius + 5 - right),
        clear=radius + 2 if radius else 0.0,
        star=look.star,
    )


def _draw_card(
    place: ET.Element, facts: Facts, product: str, size: tuple[float, float], zoom: float
) -> None:
    look, (w, h) = facts.look(product), size
    name = clean(facts.atlas.products[product].name.text(facts.lang))
    marks.add(place, "title").text = name
    marks.draw_card(place, w, h, look)
    frame, foot = _frame(look, w, h), _foot(facts, product)
    setting, start, middle = _set_name(name, frame, zoom, facts.lang)
    if foot and len(setting.lines) == 1:
        above = _set_above(setting, frame)
        below = fit(foot, w - frame.left - 5, 12 * zoom, ladder(9.8 * zoom, 8 * zoom))
        if above and below.whole:
            setting, start, middle = *above, 0.37 * h
            marks.write_lines(place, below, frame.left, 0.76 * h, SOFT, class_="foot")
    marks.write_lines(place, setting, start, middle, look.ink, 600, class_="name")
    if look.star:
        marks.draw_star(place, 4, 2, 6.2)
    if look.kind:
        radius, letter = marks.badge_radius(look.weight), facts.tag(look.kind)
        marks.draw_badge(place, w - 4, 1, radius, look.kind, letter)


def _set_name(
    name: str, frame: _Frame, zoom: float, lang: Language
) -> tuple[Setting, float, float]:
    """Set a name clear of the marks in the upper corners: setting, start, middle."""
    largest, least = (13.5, 7.5) if lang == "zh" else (12.2, 6.6)
    sizes = (*ladder(largest * zoom, least * zoom), *ladder(least * zoom, 4.0))
    middle, high = frame.height / 2 + 0.5, 0.87 * frame.height
    start, room = frame.room(frame.height)
    setting = fit(name, room, high, sizes)
    start, beside = frame.room(middle - setting.height / 2)
    if beside < room:
        setting = fit(name, beside, high, sizes)
    return setting, start, middle


def _set_above(setting: Setting, frame: _Frame) -> tuple[Setting, float] | None:
    """Move a name of one line up to make room for a figure, if it then still has room."""
    start, room = frame.room(0.37 * frame.height - setting.size / 2)
    size = min(
        setting.size, setting.size * room / max(1.0, measure(setting.lines[0], setting.size))
    )
    if size < 0.72 * setting.size:
        return None
    return dataclasses.replace(setting, size=size), start


def _foot(facts: Facts, product: str) -> str:
    """Say how much of it is made here, or will be; failing that, by how many firms."""
    if facts.show in PLAIN:
        return ""
    state, unit = facts.states[product], facts.atlas.products[product].unit
    counted = state.state in counted_states(facts.view)
    amount = capacity(facts.atlas, state, view=facts.view if counted else "plan")
    if amount:
        a_year = facts.say("per_year") if is_yearly(unit) else ""
        return say_amount(amount, unit, facts.lang) + a_year
    makers = sum(maker.state == "present" for maker in state.makers)
    if not makers or state.state != "present":
        return ""
    return facts.say("firm") if makers == 1 else facts.say("firms", n=makers)
