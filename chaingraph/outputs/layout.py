"""Where every product stands on the map.

The map is a sheet of columns, upstream to downstream, and of bands, one a branch, in the
order of clusters and chains.  All bands share the columns; each lies open, with a card
for each product and its wires, or closed, and then as high as `CLOSED`.  A card's place
is told within its band, from the band's top, so that whoever draws can stack the bands,
open or closed, as they like.

Links within a branch are led between the cards: forward ones through gaps kept free for
them, backward ones along lanes below the cards, those within a column in an arc beside
it.  Links between branches are left to whoever draws, because only a few of them are
shown at a time: the channel beside each column runs free through all bands.

Everything is plain numbers, x to the right and y down.  The result depends on the graph
and the order of the groups, never on the order in which nodes or edges were put in.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

import networkx as nx

from chaingraph.outputs.columns import (
    CARD_HEIGHT,
    CARD_WIDTH,
    COLUMN_GAP,
    LANE_HEIGHT,
    Columns,
    Item,
    arrange_columns,
    choose_grid,
)

COLUMNS = 10
"""How many columns of cards a map has: so many can still be read on a laptop."""
LABEL = 214.0
"""Room at the left for the names of the branches."""
ARCS = 150.0
"""Room at the right for the flows between branches."""
CLOSED = 48.0
"""The height of a band that is closed."""
BAND_PAD = 16.0
MOST_CARDS = 120
"""Of a larger branch only the products with the most links have a place."""

Group = tuple[str | None, str | None, str]
"""Cluster, chain and branch, None where there is none."""
Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Card:
    """A product on the map; x is the centre of its column, y its middle within the band."""

    product: str
    column: int
    x: float
    y: float


@dataclasses.dataclass(frozen=True)
class Wire:
    """
    A link within a branch, in the coordinates of its band.

    ``shape`` says how the points are joined.  ``forward``: they come in pairs, a
    curve between the points of a pair and a straight line from pair to pair;
    ``back``: straight lines with rounded corners; ``side`` and ``self``: one arc
    from the first point to the last, bulging to the right; ``step``: a straight line
    from a card to the next one above or below.
    """

    source: str
    target: str
    shape: str
    points: tuple[Point, ...]


@dataclasses.dataclass(frozen=True)
class Band:
    """The part of the map that shows a branch."""

    cluster: str | None
    chain: str | None
    branch: str
    height: float
    """How high it is when open."""
    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    hidden: int
    """How many of its products have no place, for want of room."""


@dataclasses.dataclass(frozen=True)
class Stage:
    """The columns of one stage; x is where they begin."""

    stage: str
    x: float
    width: float


@dataclasses.dataclass(frozen=True)
class Layout:
    """The whole map."""

    width: float
    columns: tuple[float, ...]
    """The centre of each column."""
    stages: tuple[Stage, ...]
    bands: tuple[Band, ...]


def layout(graph: nx.DiGraph[str], groups: Sequence[Group] | None = None) -> Layout:
    """
    Place every product of a supply graph.

    Parameters
    ----------
    graph
        Nodes have ``branch`` and ``stage``; cycles and self-loops are welcome.
    groups
        (cluster, chain, branch) in the order shown, None where there is none; by
        default what the nodes say in their ``cluster``, ``chain`` and ``branch``,
        by id.  Branches without products are left out.

    Returns
    -------
    layout
        The places of everything.
    """
    if groups is None:
        groups = _groups_of(graph)
    members: dict[str, list[str]] = {branch: [] for _, _, branch in groups}
    for node in sorted(graph):
        members[graph.nodes[node]["branch"]].append(node)
    groups = [group for group in groups if members[group[2]]]
    parts = {branch: _most_linked(graph, members[branch]) for _, _, branch in groups}
    grid = choose_grid(parts.values(), COLUMNS)
    columns = tuple(LABEL + (at + 0.5) * _PITCH for at in range(sum(grid.values())))
    bands = []
    for group in groups:
        part = parts[group[2]]
        plan = arrange_columns(part, grid)
        bands.append(_make_band(group, plan, columns, hidden=len(members[group[2]]) - len(part)))
    width = LABEL + _PITCH * len(columns) + ARCS
    return Layout(_round(width), tuple(map(_round, columns)), _stages(grid), tuple(bands))


_PITCH = CARD_WIDTH + COLUMN_GAP


def _groups_of(graph: nx.DiGraph[str]) -> list[Group]:
    found = {
        (data.get("cluster"), data.get("chain"), data["branch"])
        for _, data in graph.nodes(data=True)
    }
    return sorted(found, key=lambda group: tuple(part or "~" for part in group))


def _most_linked(graph: nx.DiGraph[str], members: Sequence[str]) -> nx.DiGraph[str]:
    if len(members) > MOST_CARDS:
        by_links = sorted(members, key=lambda node: (-graph.degree(node), node))
        members = by_links[:MOST_CARDS]
    return graph.subgraph(members)


def _stages(grid: Mapping[str, int]) -> tuple[Stage, ...]:
    stages, x = [], LABEL
    for stage, count in grid.items():
        if count:
            stages.append(Stage(stage, _round(x), _round(count * _PITCH)))
        x += count * _PITCH
    return tuple(stages)


def _make_band(group: Group, plan: Columns, columns: Sequence[float], *, hidden: int) -> Band:
    cluster, chain, branch = group
    spots = _Spots(plan, columns)
    cards = tuple(
        Card(item[0], index, *spots.at(index, item))
        for index, column in enumerate(plan.columns)
        for item in column
        if len(item) == 1
    )
    height = plan.cards_height + plan.lanes_height + 2 * BAND_PAD
    wires = spots.wires()
    return Band(cluster, chain, branch, _round(max(height, CLOSED)), cards, wires, hidden)


def _round(value: float) -> float:
    return round(value, 1)


class _Spots:
    """Turns the columns and heights of a plan into points of a band."""

    def __init__(self, plan: Columns, columns: Sequence[float]) -> None:
        self.plan, self.columns = plan, columns
        self.column_of = {
            item[0]: index
            for index, column in enumerate(plan.columns)
            for item in column
            if len(item) == 1
        }

    def at(self, column: int, item: Item) -> Point:
        return _round(self.columns[column]), _round(BAND_PAD + self.plan.y[item])

    def side(self, item: Item, column: int, direction: int) -> Point:
        x, y = self.at(column, item)
        return _round(x + direction * CARD_WIDTH / 2), y

    def wires(self) -> tuple[Wire, ...]:
        wires = [
            Wire(tail, head, "forward", self._forward(path))
            for (tail, head), path in self.plan.paths.items()
        ]
        for (tail, head), lane in self.plan.lanes.items():
            wires.append(Wire(tail, head, "back", self._back(tail, head, lane)))
        wires.extend(self._beside(tail, head) for tail, head in self.plan.beside)
        return tuple(wires)

    def _beside(self, tail: str, head: str) -> Wire:
        """A link within a column, or from a product to itself."""
        column = self.column_of[tail]
        start, end = self.side((tail,), column, 1), self.side((head,), column, 1)
        order = self.plan.columns[column]
        if abs(order.index((tail,)) - order.index((head,))) == 1:
            return Wire(tail, head, "step", self._step(tail, head, column))
        if tail != head:
            return Wire(tail, head, "side", (start, end))
        lift = CARD_HEIGHT / 4
        return Wire(
            tail, head, "self", ((start[0], start[1] - lift), (end[0], _round(end[1] + lift)))
        )

    def _step(self, tail: str, head: str, column: int) -> tuple[Point, ...]:
        (x, start), (_, end) = self.at(column, (tail,)), self.at(column, (head,))
        half = CARD_HEIGHT / 2 if start < end else -CARD_HEIGHT / 2
        return (x, _round(start + half)), (x, _round(end - half))

    def _forward(self, path: list[Item]) -> tuple[Point, ...]:
        points: list[Point] = []
        column = self.column_of[path[0][0]]
        for index, (one, two) in enumerate(itertools.pairwise(path), column):
            points += [self.side(one, index, 1), self.side(two, index + 1, -1)]
        return tuple(points)

    def _back(self, tail: str, head: str, lane: int) -> tuple[Point, ...]:
        start = self.side((tail,), self.column_of[tail], 1)
        end = self.side((head,), self.column_of[head], -1)
        step = 6 + 3 * (lane % 5)
        y = _round(BAND_PAD + self.plan.cards_height + LANE_HEIGHT * (lane + 0.9))
        out, back = _round(start[0] + step), _round(end[0] - step)
        return (start, (out, start[1]), (out, y), (back, y), (back, end[1]), end)
