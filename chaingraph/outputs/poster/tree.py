"""The chains on one page: clusters, chains and branches, and every product by its stage.

It has no links, so that hundreds of products can be read on an A3 sheet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from chaingraph.analysis.state import STATES, tally
from chaingraph.model import Language
from chaingraph.outputs.basis import Basis
from chaingraph.outputs.files import seal
from chaingraph.outputs.poster import marks
from chaingraph.outputs.poster.canvas import HEIGHT, MARGIN, TOP, WIDTH, finish, make_sheet
from chaingraph.outputs.poster.facts import PLAIN, Facts, Show, gather_facts
from chaingraph.outputs.poster.marks import BUILD, GAP, GROUND, HERE, INK, LINE, SOFT, Look
from chaingraph.outputs.poster.typeset import LEADING, clean, fit, ladder, measure
from chaingraph.outputs.scope import choose_groups, find_title

STAGES = ("upstream", "midstream", "downstream")
SHARES = {"upstream": 0.32, "midstream": 0.36, "downstream": 0.32}
"""How much of the width each stage gets."""
CHAIN, BRANCH = 62.0, 104.0
"""The widths of the columns of chains and branches."""
HEAD, FOOT, PAD = 22.0, 46.0, 5.0
SIZES = ladder(12.0, 4.0)


@dataclasses.dataclass(frozen=True)
class _Row:
    """A branch: the lines of each of its cells."""

    branch: str
    cells: Mapping[str, Sequence[Sequence[str]]]

    @property
    def lines(self) -> int:
        return max(1, *(len(lines) for lines in self.cells.values()))


def draw_tree(basis: Basis, *, lang: Language, show: Show = "gaps", name: str = "") -> str:
    """
    Draw all chains on one page.

    Parameters
    ----------
    basis
        The atlas on its day.
    lang
        The language.
    show
        What is marked, as in `draw_poster`.
    name
        What the map is called, to stand in its title.

    Returns
    -------
    svg
        An A3 sheet; the same atlas gives the same text.
    """
    atlas = basis.atlas
    groups = choose_groups(atlas, None, None)
    facts = gather_facts(basis, groups, lang=lang, show=show)
    title = (
        atlas.place.name.text(lang) + " · " + name if name else find_title(atlas, None, None, lang)
    )
    told = [facts.say("as_of", day=facts.day)]
    if show not in PLAIN:
        told.append(facts.say(f"view_{basis.view}"))
    foot = f"{facts.say('made_by')} · {facts.say('sources', n=len(facts.sources))}"
    root = make_sheet(title, " · ".join([*told, _count(facts)]), lang, foot)
    size, rows = _arrange(facts)
    _draw_heads(root, facts)
    _draw_rows(root, facts, groups, size, rows)
    _draw_legend(root, facts)
    return seal(finish(root))


def _count(facts: Facts) -> str:
    found = tally(facts.states, facts.inside)
    zh = facts.lang == "zh"
    branches = len(facts.members)
    said = [
        f"{branches} 条细分链，{found.total} 个产品"
        if zh
        else f"{branches} branches, {found.total} products"
    ]
    if facts.show not in PLAIN:
        said += [f"{facts.say(state)} {getattr(found, state)}" for state in reversed(STATES)]
    if facts.show == "gaps":
        said.append(f"{'缺口' if zh else 'gaps'} {len(facts.gaps)}")
    return ("，" if zh else ", ").join(said)


def _cell_width(stage: str) -> float:
    return (WIDTH - 2 * MARGIN - CHAIN - BRANCH) * SHARES[stage]


def _cell_left(stage: str) -> float:
    before = STAGES[: STAGES.index(stage)]
    return MARGIN + CHAIN + BRANCH + sum(map(_cell_width, before))


def _arrange(facts: Facts) -> tuple[float, list[_Row]]:
    """Choose the largest type in which all products have room."""
    room = HEIGHT - TOP - HEAD - FOOT
    for size in SIZES:
        rows = [_make_row(facts, branch, size) for branch in facts.members]
        high = sum(row.lines * _pitch(size) + 2 * PAD for row in rows)
        if high <= room:
            break
    return size, rows


def _pitch(size: float) -> float:
    return size * (LEADING + 0.33)


def _make_row(facts: Facts, branch: str, size: float) -> _Row:
    cells: dict[str, list[list[str]]] = {}
    for stage in STAGES:
        lines: list[list[str]] = [[]]
        x, room = 0.0, _cell_width(stage) - 2 * PAD
        for id in facts.members[branch]:
            if facts.atlas.products[id].stage != stage:
                continue
            wide = _item_width(facts, id, size)
            if x + wide > room and lines[-1]:
                lines.append([])
                x = 0.0
            lines[-1].append(id)
            x += wide
        cells[stage] = lines
    return _Row(branch, cells)


def _name(facts: Facts, id: str) -> str:
    return clean(facts.atlas.products[id].name.text(facts.lang))


def _item_width(facts: Facts, id: str, size: float) -> float:
    return measure(_name(facts, id), size) + 1.9 * size


def _draw_heads(root: ET.Element, facts: Facts) -> None:
    for stage in STAGES:
        left, wide = _cell_left(stage), _cell_width(stage)
        marks.rect(root, left + 1, TOP, wide - 2, HEAD - 5, 3, fill=GROUND)
        marks.write(
            root,
            facts.say(stage).capitalize(),
            left + wide / 2,
            TOP + (HEAD - 5) / 2,
            10.5,
            INK,
            600,
            "middle",
        )


def _draw_rows(
    root: ET.Element,
    facts: Facts,
    groups: Sequence[tuple[str | None, str | None, str]],
    size: float,
    rows: Sequence[_Row],
) -> None:
    chain_of = {branch: chain for _, chain, branch in groups}
    natural = sum(row.lines * _pitch(size) + 2 * PAD for row in rows)
    more = max(0.0, HEIGHT - TOP - HEAD - FOOT - natural) / max(1, len(rows))
    tops: dict[str | None, list[float]] = {}
    y = TOP + HEAD
    for row in rows:
        high = row.lines * _pitch(size) + 2 * PAD + min(more, 14.0)
        marks.path(
            root, ["M", MARGIN + CHAIN, y, "H", WIDTH - MARGIN], stroke=LINE, stroke_width=0.6
        )
        name = facts.atlas.branches[row.branch].name.text(facts.lang)
        setting = fit(clean(name), BRANCH - 10, high - 8, ladder(11.5, 6))
        marks.write_lines(root, setting, MARGIN + CHAIN + 5, y + high / 2, INK, 600)
        for stage, lines in row.cells.items():
            _draw_cell(root, facts, lines, _cell_left(stage) + PAD, y, high, size)
        tops.setdefault(chain_of[row.branch], []).extend([y, y + high])
        y += high
    for chain, ends in tops.items():
        _draw_chain(root, facts, chain, min(ends), max(ends))


def _draw_chain(root: ET.Element, facts: Facts, chain: str | None, top: float, end: float) -> None:
    marks.rect(root, MARGIN, top + 1.5, CHAIN - 5, end - top - 3, 3, fill=GROUND)
    marks.path(root, ["M", MARGIN, top, "H", WIDTH - MARGIN], stroke=INK, stroke_width=0.9)
    if chain is not None:
        name = facts.atlas.chains[chain].name.text(facts.lang)
        setting = fit(clean(name), CHAIN - 13, end - top - 8, ladder(12.5, 6))
        marks.write_lines(root, setting, MARGIN + 5, (top + end) / 2, INK, 700)


def _draw_cell(
    root: ET.Element,
    facts: Facts,
    lines: Sequence[Sequence[str]],
    left: float,
    top: float,
    high: float,
    size: float,
) -> None:
    y = top + high / 2 - (len(lines) - 1) * _pitch(size) / 2
    for line in lines:
        x = left
        for id in line:
            look = facts.look(id)
            _draw_glyph(root, facts, look, x, y, size)
            color, weight = _ink(look)
            marks.write(root, _name(facts, id), x + 1.05 * size, y, size, color, weight)
            x += _item_width(facts, id, size)
        y += _pitch(size)


def _ink(look: Look) -> tuple[str, int]:
    if look.state == "any":
        return INK, 400
    if look.state in ("building", "signed"):
        return BUILD, 600
    if look.kind is not None:
        return (GAP, 600) if look.urgent else (INK, 400)
    return (HERE, 600) if look.state == "present" else (SOFT, 400)


def _draw_glyph(
    root: ET.Element, facts: Facts, look: Look, x: float, y: float, size: float
) -> None:
    """A badge for a gap; else a box: full is here, half is coming, with a rim is signed."""
    r = 0.36 * size
    if look.kind:
        marks.draw_badge(root, x + r, y, 1.25 * r, look.kind, facts.tag(look.kind))
        return
    if look.state == "any":
        marks.add(root, "circle", cx=x + r, cy=y, r=0.45 * r, fill=SOFT)
        return
    color = {"present": HERE, "absent": LINE}.get(look.state, BUILD)
    fill = color if look.state == "present" else "none"
    marks.rect(root, x, y - r, 2 * r, 2 * r, 1, fill=fill, stroke=color, stroke_width=0.14 * size)
    if look.state == "building":
        marks.rect(root, x, y, 2 * r, r, 0, fill=color)


def _draw_legend(root: ET.Element, facts: Facts) -> None:
    x, y, size = MARGIN, HEIGHT - 34.0, 10.0
    looks: list[tuple[Look, str]] = []
    if facts.show not in PLAIN:
        looks += [(Look(state), facts.say(state)) for state in reversed(STATES)]
    if facts.show == "gaps":
        kinds = ("broken", "weak", "short", "void")
        looks += [(Look("absent", kind), facts.say_kind(kind)) for kind in kinds]
    for look, text in looks:
        _draw_glyph(root, facts, look, x, y, size)
        marks.write(root, text, x + 1.2 * size, y, size, SOFT)
        x += measure(text, size) + 3.4 * size
