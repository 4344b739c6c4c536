"""The chain map as a sheet for the wall (挂图作战): one SVG with no script and no other file.

Where every product stands comes from `chaingraph.outputs.layout`, how the bands share the
paper from `chaingraph.outputs.poster.sheet`.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from chaingraph.analysis.gaps import KINDS
from chaingraph.analysis.state import STATES, tally
from chaingraph.errors import UsageError, did_you_mean
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.basis import Basis
from chaingraph.outputs.files import seal, write_text
from chaingraph.outputs.layout import Group, Layout
from chaingraph.outputs.pdf import write_pdf
from chaingraph.outputs.poster import marks
from chaingraph.outputs.poster.bands import draw_box
from chaingraph.outputs.poster.facts import PLAIN, SHOWS, Facts, Show, gather_facts
from chaingraph.outputs.poster.marks import INK, LINE, PAPER, SOFT, TINT, Look
from chaingraph.outputs.poster.panels import SidePanel
from chaingraph.outputs.poster.sheet import (
    NAMES,
    PAD,
    STAGES,
    TITLE,
    Sheet,
    Stack,
    arrange,
    check_paper,
)
from chaingraph.outputs.poster.typeset import clean, fit, ladder, measure
from chaingraph.outputs.scope import choose_groups, find_title


def draw_poster(
    atlas: Atlas,
    path: str | Path | None = None,
    *,
    size: str = "A1",
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    chain: str | None = None,
    branch: str | None = None,
    lang: Language | None = None,
    show: Show = "gaps",
    name: str = "",
) -> str:
    """
    Draw an atlas as a sheet for the wall.

    Parameters
    ----------
    atlas
        The atlas.
    path
        The file to write, if any: an SVG, or a PDF if it is called ``.pdf``, for which
        rsvg-convert, Inkscape, Chromium, Chrome or Edge must be installed.
    size
        The paper, lying on its long side: `A0`, `A1`, `A2` or `A3`.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here: `actual`, `building` or `plan`.
    chain, branch
        Show this chain or branch alone.
    lang
        `zh` or `en`; the atlas's own if none.
    show
        What is marked: `gaps` (states and gaps), `present` (states alone), `panorama`
        (nothing: the chain as it is anywhere) or `applications` (the same of what is used
        downstream).
    name
        What the map is called, to stand below its title.

    Returns
    -------
    svg
        The sheet in its true size; the same atlas gives the same text.

    Raises
    ------
    UsageError
        If there is no such size, chain or branch, the file cannot be written, or nothing
        is installed that makes a PDF.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> svg = draw_poster(load_atlas(example_atlas()), branch="csp", size="A3")
    >>> 'width="420mm" height="297mm"' in svg
    True
    """
    if show not in SHOWS:
        raise UsageError(
            f"no poster {show!r}{did_you_mean(show, SHOWS)[0]}: use {', '.join(SHOWS)}"
        )
    basis = Basis(atlas, atlas.date(as_of), view)
    svg = draw_poster_of(
        basis,
        size=size,
        chain=chain,
        branch=branch,
        lang=lang or atlas.language,
        show=show,
        name=name,
    )
    if path is not None and Path(path).suffix.lower() == ".pdf":
        write_pdf(svg, path)
    elif path is not None:
        write_text(path, svg)
    return svg


def draw_poster_of(
    basis: Basis,
    *,
    size: str = "A1",
    chain: str | None = None,
    branch: str | None = None,
    lang: Language,
    show: Show = "gaps",
    name: str = "",
) -> str:
    """Draw a sheet for the wall from what is worked out already; see `draw_poster`."""
    size, atlas = check_paper(size), basis.atlas
    groups = choose_groups(atlas, chain, branch)
    facts = gather_facts(basis, groups, lang=lang, show=show)
    facts = dataclasses.replace(facts, name=name)
    plan = basis.lay_out(groups, facts.inside)
    panel = SidePanel(facts)
    sheet = arrange(plan, _heads(atlas, groups), panel.measure, size)
    title = clean(find_title(atlas, chain, branch, lang))
    return seal(_draw(facts, plan, sheet, panel, title))


def smallest_name(svg: str) -> float:
    """
    Return how small the smallest name of a product is printed [pt]; infinite if there is none.

    Parameters
    ----------
    svg
        A sheet as `draw_poster` returns it.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> atlas = load_atlas(example_atlas())
    >>> smallest_name(draw_poster(atlas, size="A1")) > 2 * smallest_name(draw_poster(atlas, size="A3"))
    True
    """
    root = ET.fromstring(svg)  # noqa: S314 (our own drawing)
    millimetre = float(root.attrib["viewBox"].split()[2]) / float(root.attrib["width"][:-2])
    names = [float(text.attrib["font-size"]) for text in root.iterfind(".//{*}text[@class='name']")]
    return min(names, default=math.inf) / millimetre * 72 / 25.4


def _heads(atlas: Atlas, groups: Sequence[Group]) -> dict[str | None, bool]:
    """A chain that is one branch of the same name, in no cluster, needs no head of its own."""
    heads: dict[str | None, bool] = {None: False}
    for id, of_chain in itertools.groupby(groups, key=lambda group: group[1]):
        names = [atlas.branches[name].name for _, _, name in of_chain]
        if id is not None:
            chain = atlas.chains[id]
            same = any(names[0].text(lang) == chain.name.text(lang) for lang in ("zh", "en"))
            heads[id] = bool(chain.cluster) or len(names) > 1 or not same
    return heads


# ------------------------------------------------------------------------ drawing


def _draw(facts: Facts, plan: Layout, sheet: Sheet, panel: SidePanel, title: str) -> str:
    long, short = sheet.millimetres
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{long}mm",
            "height": f"{short}mm",
            "viewBox": f"0 0 {marks.say(sheet.width)} {marks.say(sheet.height)}",
            "font-family": marks.FONTS,
            "xml:lang": "zh-CN" if facts.lang == "zh" else "en",
        },
    )
    marks.add(root, "title").text = title
    marks.rect(root, 0, 0, sheet.width, sheet.height, fill=PAPER)
    _draw_title(root, facts, sheet, title)
    for stack in sheet.stacks:
        _draw_stages(root, facts, plan, sheet, stack)
        for box in stack.boxes:
            draw_box(root, facts, plan, sheet, stack, box)
    if not plan.bands:
        marks.write(root, facts.say("nothing"), sheet.margin, sheet.height / 2, 20, SOFT)
    place = sheet.panel
    inner = marks.group(root, place.x, place.y, place.scale)
    panel.draw(inner, place.width / place.scale, place.height / place.scale, below=place.below)
    _draw_foot(root, facts, sheet)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}'


# ------------------------------------------------------------- title and footer


def _draw_title(root: ET.Element, facts: Facts, sheet: Sheet, title: str) -> None:
    """Title at the left, counts at the right; measured in sixteen-hundredths of the sheet."""
    unit = sheet.width / 1600
    top = marks.group(root, sheet.margin, sheet.margin, unit)
    wide, high = (sheet.width - 2 * sheet.margin) / unit, TITLE * 1600
    taken = _draw_counts(top, facts, wide, 0.56 * wide)
    setting = fit(title, wide - taken - 40, 46, ladder(40, 10))
    marks.write_lines(top, setting, 0, 26, INK, 700)
    told = [facts.name] if facts.name else []
    told += [facts.atlas.place.name.text(facts.lang), facts.say("as_of", day=facts.day)]
    if facts.show not in PLAIN:
        told.append(facts.say(f"view_{facts.view}"))
    line = fit(clean(" · ".join(told)), wide - taken - 40, 20, ladder(16, 6))
    marks.write_lines(top, line, 1, 63, SOFT)
    marks.path(top, ["M", 0, high - 17, "H", wide], stroke=INK, stroke_width=1.6)


def _draw_counts(top: ET.Element, facts: Facts, right: float, most: float) -> float:
    """Draw the counts, ending at the right; return how wide they are."""
    groups = _summary(facts)
    widths = [[_count_width(number, label) for number, label, _ in group] for group in groups]
    natural = sum(map(sum, widths)) + 26 * (len(groups) - 1)
    scale = min(1.0, most / natural)
    at = marks.group(top, right - natural * scale, 28 * (1 - scale), scale)
    x = 0.0
    for order, (group, wides) in enumerate(zip(groups, widths, strict=True)):
        if order:
            marks.path(at, ["M", x + 5, 4, "V", 70], stroke=LINE, stroke_width=1)
            x += 26
        for (number, label, mark), wide in zip(group, wides, strict=True):
            _draw_summary_mark(at, facts, mark, x + 1, 62)
            marks.write(at, number, x, 26, 32, INK, 700)
            marks.write(at, label, x + (24 if mark else 0), 62, 12.5, SOFT)
            x += wide
    return natural * scale


def _count_width(number: str, label: str) -> float:
    return max(measure(number, 32), measure(label, 12.5) + 24) + 16


_Count = tuple[str, str, str]
"""A number, what it counts, and its mark."""


def _summary(facts: Facts) -> list[list[_Count]]:
    """Count products, states, kinds of gap and flagship targets."""
    found = tally(facts.states, facts.inside)
    kinds = Counter(gap.kind for gap in facts.gaps.values() if gap.product in facts.inside)
    products: list[_Count] = [(f"{found.total:,}", facts.say("products"), "")]
    states: list[_Count] = [
        (f"{getattr(found, state):,}", facts.say(state), state) for state in reversed(STATES)
    ]
    gaps: list[_Count] = [(f"{kinds[kind]:,}", facts.say_kind(kind), kind) for kind in KINDS]
    named: list[_Count] = [(f"{len(facts.flagships):,}", facts.say("named"), "star")]
    shown = {"gaps": [products, states, gaps], "present": [products, states]}
    return [*shown.get(facts.show, [products]), *([named] if facts.flagships else [])]


def _draw_summary_mark(at: ET.Element, facts: Facts, mark: str, x: float, y: float) -> None:
    if mark == "star":
        marks.draw_star(at, x + 9, y, 8.5)
    elif mark in KINDS:
        marks.draw_badge(at, x + 8, y, 8, mark, facts.tag(mark))
    elif mark:
        marks.draw_card(marks.group(at, x, y - 7, 0.62), 30, 22, Look(mark))


def _draw_foot(root: ET.Element, facts: Facts, sheet: Sheet) -> None:
    unit = sheet.width / 1600
    foot = marks.group(root, sheet.margin, sheet.height - sheet.margin, unit)
    wide = (sheet.width - 2 * sheet.margin) / unit
    day = facts.say("as_of", day=facts.day)
    parts = [facts.say("made_by"), day, facts.say("sources", n=len(facts.sources))]
    marks.write(foot, " · ".join(parts), 0, -4, 9, SOFT)
    if facts.show == "gaps":
        marks.write(foot, facts.say(f"rule_{facts.atlas.rule}"), wide, -4, 9, SOFT, anchor="end")


# ------------------------------------------------------------------------ columns


def _draw_stages(root: ET.Element, facts: Facts, plan: Layout, sheet: Sheet, stack: Stack) -> None:
    """Heads in the form of arrows, from upstream to downstream."""
    top = stack.y - STAGES - PAD + 2
    for at, stage in enumerate(plan.stages):
        x, right = (
            stack.x + PAD + NAMES + (edge - plan.stages[0].x) * sheet.spread
            for edge in (stage.x, stage.x + stage.width)
        )
        tip, left = STAGES * 0.42, x + (0 if at == 0 else 2)
        notch = 0.0 if at == 0 else tip
        end = right - 1 if at < len(plan.stages) - 1 else right - tip
        steps: list[str | float] = [
            "M", left, top, "L", end, top, "L", end + tip, top + STAGES / 2,
            "L", end, top + STAGES, "L", left, top + STAGES,
            "L", left + notch, top + STAGES / 2, "Z",
        ]  # fmt: skip
        marks.path(root, steps, fill=TINT)
        marks.write(
            root, _capital(facts.say(stage.stage)), (x + right) / 2 + tip / 2, top + STAGES / 2, 16, INK, 700,
            "middle", letter_spacing=2 if facts.lang == "zh" else 0,
        )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
