"""Where firms and projects stand (区域分布图): one row a park, by its firms and its projects."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from chaingraph.analysis.state import find_makers
from chaingraph.analysis.track import track_projects
from chaingraph.model import Atlas, Language
from chaingraph.outputs.files import seal
from chaingraph.outputs.poster import marks
from chaingraph.outputs.poster.canvas import HEIGHT, MARGIN, TOP, WIDTH, finish, make_sheet
from chaingraph.outputs.poster.marks import BUILD, GROUND, HERE, INK, LINE, SOFT
from chaingraph.outputs.poster.typeset import LEADING, clean, ladder, wrap
from chaingraph.outputs.words import milestone_word

NAME = 190.0
"""The width of the column of parks."""
HEAD, PAD = 24.0, 7.0
SIZES = ladder(13.0, 5.0)

Row = tuple[str, str, str, str]
"""A park, what is known of it, its firms, its projects."""


def draw_places(
    atlas: Atlas, *, as_of: str | None = None, lang: Language | None = None, name: str = ""
) -> str:
    """
    Draw which firms and projects stand in which park.

    Parameters
    ----------
    atlas
        The atlas.
    as_of, lang
        The day and the language.
    name
        What the map is called, to stand in its title.

    Returns
    -------
    svg
        An A3 sheet; the same atlas gives the same text.
    """
    lang = lang or atlas.language
    zh = lang == "zh"
    day = atlas.date(as_of)
    rows = _find_rows(atlas, as_of, lang)
    title = (
        f"{atlas.place.name.text(lang)} · {name or ('区域分布图' if zh else 'Where firms stand')}"
    )
    told = f"截至 {day}，{len(rows)} 处" if zh else f"as of {day}: {len(rows)} places"
    foot = (
        "由 chaingraph 绘制 · 企业为当日在产的，项目为已签约而未投产的"
        if zh
        else "drawn by chaingraph · firms that make something that day; projects signed, not running"
    )
    root = make_sheet(title, told, lang, foot)
    _draw_rows(root, rows, ("企业", "在建和签约项目") if zh else ("Firms", "Projects on their way"))
    return seal(finish(root))


def _find_rows(atlas: Atlas, as_of: str | None, lang: Language) -> list[Row]:
    active = {maker.id for maker in find_makers(atlas, as_of=as_of) if maker.kind == "enterprise"}
    coming = [
        status
        for status in track_projects(atlas, as_of=as_of)
        if status.milestone in ("signed", "started", "building")
    ]
    comma = "、" if lang == "zh" else ", "
    rows: list[Row] = []
    for park in [*atlas.parks, None]:
        firms = [
            firm.name.text(lang)
            for id, firm in atlas.enterprises.items()
            if id in active and firm.park == park
        ]
        projects = [
            f"{status.name.text(lang)}（{milestone_word(status.milestone, lang)}）"
            for status in coming
            if atlas.projects[status.project].park == park
        ]
        if not firms and not projects:
            continue
        name = (
            atlas.parks[park].name.text(lang) if park else "园区外" if lang == "zh" else "elsewhere"
        )
        place = (atlas.parks[park].place or "") if park else ""
        rows.append((name, place, comma.join(firms), comma.join(projects)))
    return rows


def _draw_rows(root: ET.Element, rows: Sequence[Row], heads: tuple[str, str]) -> None:
    wide = (WIDTH - 2 * MARGIN - NAME) / 2
    room = HEIGHT - TOP - HEAD - 36
    lefts = (MARGIN, MARGIN + NAME, MARGIN + NAME + wide)
    for left, text in zip(lefts[1:], heads, strict=True):
        marks.rect(root, left + 1, TOP, wide - 2, HEAD - 5, 3, fill=GROUND)
        marks.write(root, text, left + wide / 2, TOP + (HEAD - 5) / 2, 10.5, INK, 600, "middle")
    for size in SIZES:
        cells = [
            (
                wrap(row[0], NAME - 12, size * 1.05),
                wrap(row[2], wide - 16, size),
                wrap(row[3], wide - 16, size),
            )
            for row in rows
        ]
        highs = [max(map(len, each)) * size * LEADING * 1.15 + 2 * PAD for each in cells]
        if sum(highs) <= room:
            break
    y = TOP + HEAD
    for row, each, high in zip(rows, cells, highs, strict=True):
        marks.path(root, ["M", MARGIN, y, "H", WIDTH - MARGIN], stroke=LINE, stroke_width=0.6)
        for left, lines, color, weight in zip(
            lefts, each, (INK, HERE, BUILD), (700, 400, 400), strict=True
        ):
            for at, line in enumerate(lines):
                middle = y + PAD + size * 0.6 + at * size * LEADING * 1.15
                marks.write(root, clean(line, 1000), left + 6, middle, size, color, weight)
        if row[1] and len(each[0]) * size * 1.3 + PAD + size < high:
            below = y + PAD + size * 0.6 + len(each[0]) * size * LEADING * 1.15
            marks.write(root, clean(row[1]), MARGIN + 6, below, 0.75 * size, SOFT)
        y += high
