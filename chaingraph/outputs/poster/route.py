"""The route map (招商路线图): where the teams go, in which order, to see whom.

The ground is a dot for every place that the gazetteer knows, which gives China its shape
without any border being drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from chaingraph.analysis.plan import Plan
from chaingraph.analysis.trips import Trip
from chaingraph.geography import Point, gazetteer, locate
from chaingraph.model import Atlas, Language
from chaingraph.outputs.console.targets import say_where
from chaingraph.outputs.files import seal
from chaingraph.outputs.poster import marks
from chaingraph.outputs.poster.canvas import HEIGHT, MARGIN, TOP, WIDTH, finish, make_sheet
from chaingraph.outputs.poster.marks import GAP, INK, LINE, PAPER, SOFT
from chaingraph.outputs.poster.typeset import clean, fit, ladder, measure
from chaingraph.outputs.task_book import say_team

COLORS = ("#14599c", "#96580a", "#2f7d4f", "#7a3e9d", "#b3202c", "#4c5a68")
"""Of the teams; each also has a letter."""

MAP = (MARGIN, TOP, 700.0, HEIGHT - TOP - 34)
"""Left, top, width and height of the map."""
LIST_LEFT = MAP[0] + MAP[2] + 22
WEST, EAST, SOUTH, NORTH = 73.0, 135.5, 17.5, 54.0
SQUEEZE = math.cos(math.radians(36))
"""How much shorter a degree of longitude is than one of latitude, at the middle of the map."""
MARK = 8.5
"""The radius of the mark of a trip."""


def draw_route_map(
    atlas: Atlas, plan: Plan, *, lang: Language | None = None, name: str = ""
) -> str:
    """
    Draw where the teams go.

    Parameters
    ----------
    atlas
        The atlas.
    plan
        As `make_plan` gives it.
    lang
        `zh` or `en`; the atlas's own if none.
    name
        What the map is called; its usual name if empty.

    Returns
    -------
    svg
        An A3 sheet; the same plan gives the same text.
    """
    lang = lang or atlas.language
    zh = lang == "zh"
    place = atlas.place.name.text(lang)
    title = f"{place} · {name or ('招商路线图' if zh else 'Route map')}"
    firms = len({stop.enterprise for trip in plan.trips for stop in trip.stops})
    told = (
        f"自 {plan.day} 起，{len(plan.trips)} 程，拜访 {firms} 家企业"
        if zh
        else f"from {plan.day}: {len(plan.trips)} trips to {firms} firms"
    )
    foot = (
        "由 chaingraph 绘制 · 底图每点为一个市县，不表示行政界线 · 日期按工作日推算"
        if zh
        else "drawn by chaingraph · each dot of the ground is a city or county, no borders are "
        "shown · dates count working days"
    )
    if any(region.kind == "outpost" for region in atlas.regions.values()):
        foot += " · 方框为驻点" if zh else " · squares are outposts"
    root = make_sheet(title, told, lang, foot)
    teams = list(dict.fromkeys(trip.team for trip in plan.trips))
    _draw_ground(root)
    home = locate(atlas.place.name.zh)
    outposts = _draw_outposts(root, atlas)
    taken = _draw_trips(root, plan.trips, teams, home, list(outposts.values()))
    _name_regions(root, atlas, outposts, taken, lang)
    if home:
        x, y = project(home)
        marks.draw_star(root, x, y, 9, GAP)
        _halo(root, place, x, y - 15, 13, GAP)
    _draw_list(root, atlas, plan.trips, teams, lang)
    return seal(finish(root))


def project(point: Point) -> tuple[float, float]:
    """Return where on the sheet a place lies."""
    left, top, wide, high = MAP
    scale = min(wide / ((EAST - WEST) * SQUEEZE), high / (NORTH - SOUTH))
    spare = (high - (NORTH - SOUTH) * scale) / 2
    lon, lat = point
    return left + (lon - WEST) * SQUEEZE * scale, top + spare + (NORTH - lat) * scale


def _draw_ground(root: ET.Element) -> None:
    dots = marks.add(root, "g", fill=LINE)
    for x, y in sorted({project(point) for point in gazetteer().values()}):
        marks.add(dots, "circle", cx=x, cy=y, r=1.05)


def _draw_outposts(root: ET.Element, atlas: Atlas) -> dict[str, tuple[float, float]]:
    """Draw a square at every outpost; return where they stand."""
    found = {}
    for id, region in atlas.regions.items():
        point = next((at for cover in region.covers if (at := locate(cover))), None)
        if region.kind == "outpost" and point:
            x, y = found[id] = project(point)
            marks.rect(root, x - 4, y - 4, 8, 8, fill=PAPER, stroke=INK, stroke_width=1.6)
    return found


def _name_regions(
    root: ET.Element,
    atlas: Atlas,
    outposts: Mapping[str, tuple[float, float]],
    marks_at: Sequence[tuple[float, float]],
    lang: Language,
) -> None:
    """Write the names of outposts and target regions beside where they lie."""
    taken = list(marks_at)
    for id, region in atlas.regions.items():
        points = [point for cover in region.covers if (point := locate(cover)) is not None]
        if not points or region.kind == "visited":
            continue
        at = outposts.get(id) or project(_middle(points))
        name, size = region.name.text(lang), 10 if id in outposts else 11
        half = measure(name, size) / 2
        x, y = _beside(at, half, taken)
        taken += [(x - half / 2, y), (x + half / 2, y)]
        _halo(root, name, x, y, size, INK if id in outposts else SOFT)


def _middle(points: Sequence[Point]) -> Point:
    return (
        sum(point[0] for point in points) / len(points),
        sum(point[1] for point in points) / len(points),
    )


def _beside(
    at: tuple[float, float], half: float, taken: Sequence[tuple[float, float]]
) -> tuple[float, float]:
    """Return a place for a name near a point, east of it if possible, where it covers no mark."""
    right = MAP[0] + MAP[2] - half
    for dx in (45, 65, 85, 105, 125, -60, -90):
        for dy in (0, -18, 18, -36, 36, -54, 54):
            x, y = min(at[0] + dx, right), at[1] + dy
            if all(
                abs(x - other[0]) > half + MARK + 3 or abs(y - other[1]) > 2 * MARK
                for other in taken
            ):
                return x, y
    return at


def _halo(root: ET.Element, text: str, x: float, y: float, size: float, color: str) -> None:
    """Write a name that stays readable on dots and lines."""
    marks.write(
        root, text, x, y, size, color, 600, "middle",
        stroke=PAPER, stroke_width=3.0, stroke_linejoin="round",
    )  # fmt: skip
    marks.write(root, text, x, y, size, color, 600, "middle")


def _draw_trips(
    root: ET.Element,
    trips: Sequence[Trip],
    teams: Sequence[str | None],
    home: Point | None,
    taken: list[tuple[float, float]],
) -> list[tuple[float, float]]:
    """Draw a line to the middle of every trip, its stops and its mark; return where marks stand."""
    lines = marks.add(root, "g", fill="none")
    dots = marks.add(root, "g")
    labels = marks.add(root, "g")
    if home:
        taken.append(project(home))
    for trip in trips:
        color = _color(teams, trip.team)
        points = [stop.point for stop in trip.stops if stop.point]
        if not points or trip.local:
            continue
        for point in points:
            x, y = project(point)
            marks.add(dots, "circle", cx=x, cy=y, r=2.4, fill=color, stroke=PAPER, stroke_width=0.6)
        x, y = _free(project(_middle(points)), taken)
        taken.append((x, y))
        if home:
            start = project(home)
            bend = (start[0] + x) / 2, min(start[1], y) - 0.08 * abs(x - start[0])
            marks.path(
                lines, ["M", *start, "Q", *bend, x, y], stroke=color, stroke_width=1.1,
                stroke_opacity=0.75,
            )  # fmt: skip
        for point in points:
            marks.path(
                lines, ["M", x, y, "L", *project(point)], stroke=color, stroke_width=0.6,
                stroke_opacity=0.6,
            )  # fmt: skip
        _draw_mark(labels, x, y, _label(teams, trip), color)
    return taken


def _free(at: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the nearest place on a spiral where a mark covers no other."""
    for step in range(240):
        angle, radius = step * 0.7, 1.1 * step**0.85
        x, y = at[0] + radius * math.cos(angle), at[1] + radius * math.sin(angle)
        if all(math.hypot(x - other[0], y - other[1]) > 2.3 * MARK for other in taken):
            return x, y
    return at


def _draw_mark(parent: ET.Element, x: float, y: float, label: str, color: str) -> None:
    marks.add(parent, "circle", cx=x, cy=y, r=MARK, fill=color, stroke=PAPER, stroke_width=1.2)
    marks.write(parent, label, x, y, 8.5, PAPER, 700, "middle")


def _color(teams: Sequence[str | None], team: str | None) -> str:
    return COLORS[teams.index(team) % len(COLORS)]


def _label(teams: Sequence[str | None], trip: Trip) -> str:
    """A letter for the team and the number of its trip."""
    return f"{chr(ord('A') + teams.index(trip.team) % 26)}{trip.number}"


def _draw_list(
    root: ET.Element,
    atlas: Atlas,
    trips: Sequence[Trip],
    teams: Sequence[str | None],
    lang: Language,
) -> None:
    """List the trips of each team at the right, as large as there is room for."""
    zh = lang == "zh"
    high = HEIGHT - TOP - 34
    row = min(32.0, high / max(1, len(trips) + 0.75 * len(teams)))
    y = TOP
    wide = WIDTH - MARGIN - LIST_LEFT
    for team in teams:
        name = say_team(atlas, team, lang) or ("未定牵头单位" if zh else "no team")
        setting = fit(clean(name), wide, 0.7 * row, ladder(min(13.0, 0.5 * row), 6))
        marks.write_lines(root, setting, LIST_LEFT, y + 0.36 * row, _color(teams, team), 700)
        y += 0.75 * row
        for trip in (trip for trip in trips if trip.team == team):
            middle = y + row / 2
            _draw_mark(root, LIST_LEFT + MARK, middle, _label(teams, trip), _color(teams, team))
            firms = ("、" if zh else ", ").join(stop.name.text(lang) for stop in trip.stops)
            days = f"{trip.start:%m-%d}" + (f"–{trip.end:%m-%d}" if trip.end > trip.start else "")
            head = f"{days}  {say_where(atlas, trip, lang)}"
            left, room = LIST_LEFT + 2 * MARK + 8, wide - 2 * MARK - 8
            size = min(9.5, 0.3 * row)
            marks.write_lines(
                root, fit(clean(head), room, 0.4 * row, ladder(size, 5)), left, y + 0.27 * row, SOFT
            )
            marks.write_lines(
                root,
                fit(clean(firms), room, 0.42 * row, ladder(min(10.5, 0.34 * row), 5)),
                left,
                y + 0.68 * row,
                INK,
                600,
            )
            y += row
    if not trips:
        marks.write(
            root, "没有要拜访的企业" if zh else "nobody to visit", LIST_LEFT, y + 12, 12, SOFT
        )
