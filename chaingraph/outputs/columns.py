"""The columns of one panel: which cards stand in which, in what order, at what height.

Columns run from upstream to downstream; a stage takes several where it is tall or
has links of its own.  Forward wires pass through gaps kept free for them, backward
ones along lanes below the cards.  The order within columns is found by barycentre
sweeps and swaps of neighbours, the heights by settling wires as straight as the
cards allow; both methods are those of Sugiyama, Tagawa & Toda (1981).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

STAGES = ("upstream", "midstream", "downstream")

CARD_WIDTH = 152.0
CARD_HEIGHT = 56.0
ROW_GAP = 13.0
COLUMN_GAP = 46.0
WIRE_GAP = 7.0
"""Room around a wire that passes between cards."""
LANE_HEIGHT = 9.0
PANEL_PAD = 22.0
PANEL_HEAD = 96.0
"""Room at the top of a panel for its name and the names of its stages."""
THIN = 4
"""Cards that a column of a deep stage should hold on average, at least."""

Item = tuple[str, ...]
"""A card, as (product,), or the place where a long wire passes, as (from, to, column)."""


@dataclasses.dataclass
class Columns:
    """A panel before it has a place: its columns, heights and wires."""

    columns: list[list[Item]]
    stage_of: list[str]
    y: dict[Item, float]
    paths: dict[tuple[str, str], list[Item]]
    lanes: dict[tuple[str, str], int]
    beside: list[tuple[str, str]]
    cards_height: float

    @property
    def width(self) -> float:
        """How wide the panel is at least."""
        count = len(self.columns)
        return count * CARD_WIDTH + (count - 1) * COLUMN_GAP + 2 * PANEL_PAD + COLUMN_GAP / 2

    @property
    def lanes_height(self) -> float:
        """How high the lanes below the cards are."""
        return LANE_HEIGHT * (max(self.lanes.values(), default=-1) + 1)

    @property
    def height(self) -> float:
        """How high the panel is at least."""
        return PANEL_HEAD + self.cards_height + self.lanes_height + PANEL_PAD


def arrange_columns(part: nx.DiGraph[str], rows: int) -> Columns:
    """
    Arrange the products of one branch in columns.

    Parameters
    ----------
    part
        The links within the branch; nodes have ``stage``.
    rows
        How many cards a column may hold.

    Returns
    -------
    columns
        Without a place on the map yet.
    """
    columns, stage_of = _make_columns(part, rows)
    column_of = {item[0]: index for index, column in enumerate(columns) for item in column}
    edges = sorted(part.edges)
    paths = {}
    for tail, head in edges:
        if column_of[tail] < column_of[head]:
            between = range(column_of[tail] + 1, column_of[head])
            passes: list[Item] = [(tail, head, str(index)) for index in between]
            paths[tail, head] = [(tail,), *passes, (head,)]
            for index, item in zip(between, passes, strict=True):
                columns[index].append(item)
    segments = [pair for path in paths.values() for pair in itertools.pairwise(path)]
    columns = _untangle(columns, segments)
    height = max(_stack_height(column) for column in columns)
    lanes = _lanes([edge for edge in edges if edge not in paths], column_of)
    return Columns(
        columns=columns,
        stage_of=stage_of,
        y=_heights(columns, segments, height),
        paths=paths,
        lanes=lanes,
        beside=[edge for edge in edges if edge not in paths and edge not in lanes],
        cards_height=height,
    )


def _make_columns(part: nx.DiGraph[str], rows: int) -> tuple[list[list[Item]], list[str]]:
    columns: list[list[Item]] = []
    stage_of = []
    for stage in STAGES:
        inside = sorted(node for node in part if part.nodes[node]["stage"] == stage)
        for column in _stage_columns(part.subgraph(inside), rows):
            columns.append([(node,) for node in column])
            stage_of.append(stage)
    return columns, stage_of


def _stage_columns(part: nx.DiGraph[str], rows: int) -> list[list[str]]:
    """Put what feeds a product in a column before it, with at most `rows` cards to each.

    A few products that follow one from another would make many thin columns; then
    neighbouring steps share a column, and links between them stay inside it.
    """
    columns: list[list[str]] = []
    alone = sorted(node for node in part if not set(nx.all_neighbors(part, node)) - {node})
    step_of = _steps(part)
    depth = max(step_of.values(), default=0) + 1
    most = min(depth, max(2, -(-len(part) // THIN)))
    column_of: dict[str, int] = {}

    def fold(node: str) -> int:
        return step_of[node] * most // depth

    for node in sorted(step_of, key=lambda node: (step_of[node], node)):
        if node in alone:
            continue
        index = fold(node)
        for other in part.predecessors(node):
            if other in column_of:
                index = max(index, column_of[other] + (fold(other) < fold(node)))
        while index < len(columns) and len(columns[index]) >= rows:
            index += 1
        columns.extend([] for _ in range(index + 1 - len(columns)))
        columns[index].append(node)
        column_of[node] = index
    columns = [column for column in columns if column]
    for node in alone:
        if not columns or min(map(len, columns)) >= rows:
            columns.append([])
        min(columns, key=len).append(node)
    return columns


def _steps(part: nx.DiGraph[str]) -> dict[str, int]:
    """Count how many links of the stage lead to each node, backward ones left out."""
    step_of: dict[str, int] = {}
    for node in _line_up(part):
        before = [step_of[other] for other in part.predecessors(node) if other in step_of]
        step_of[node] = max(before, default=-1) + 1
    return step_of


def _line_up(part: nx.DiGraph[str]) -> list[str]:
    """Order the nodes so that few links run backward: each after what feeds it."""
    inside = {node: len(set(part.predecessors(node)) - {node}) for node in part}
    outside = {node: len(set(part.successors(node)) - {node}) for node in part}
    line: list[str] = []
    while inside:
        node = min(inside, key=lambda node: (inside[node] > 0, inside[node] - outside[node], node))
        line.append(node)
        del inside[node]
        for other in part.successors(node):
            if other in inside:
                inside[other] -= 1
        for other in part.predecessors(node):
            outside[other] -= 1
    return line


def _lanes(
    edges: Iterable[tuple[str, str]], column_of: Mapping[str, int]
) -> dict[tuple[str, str], int]:
    """Give backward links lanes below the cards; those to one product share a lane."""
    spans: dict[str, list[int]] = {}
    backward = [(tail, head) for tail, head in edges if column_of[tail] > column_of[head]]
    for tail, head in backward:
        spans.setdefault(head, [column_of[head]]).append(column_of[tail])
    lanes: list[int] = []
    lane_of = {}
    for head in sorted(spans, key=lambda head: (max(spans[head]) - min(spans[head]), head)):
        mask = sum(1 << index for index in range(min(spans[head]), max(spans[head]) + 1))
        free = next((i for i, used in enumerate(lanes) if not used & mask), len(lanes))
        lanes[free:] = lanes[free:] or [0]
        lanes[free] |= mask
        lane_of[head] = free
    return {(tail, head): lane_of[head] for tail, head in backward}


# ------------------------------------------------------- order within columns

Segment = tuple[Item, Item]


def _untangle(columns: list[list[Item]], segments: list[Segment]) -> list[list[Item]]:
    """Reorder each column so that wires cross little: sweeps, then swaps of neighbours."""
    left: dict[Item, list[Item]] = {}
    right: dict[Item, list[Item]] = {}
    for tail, head in segments:
        right.setdefault(tail, []).append(head)
        left.setdefault(head, []).append(tail)
    best, fewest = columns, _crossings(columns, right)
    sweeps = 16 if len(segments) < 400 else 4
    for sweep in range(sweeps):
        if not fewest:
            break
        columns = _sweep(columns, right if sweep % 2 else left, backward=bool(sweep % 2))
        if len(segments) < 400:
            columns = _swap(columns, left, right)
        found = _crossings(columns, right)
        if found < fewest:
            best, fewest = columns, found
    return best


def _sweep(
    columns: list[list[Item]], near: Mapping[Item, list[Item]], *, backward: bool
) -> list[list[Item]]:
    """Move each item to the mean place of what it is tied to in the column before."""
    result = [list(column) for column in columns]
    place = _places(result)
    for column in reversed(result) if backward else result:
        want = {
            item: _mean([place[other] for other in near[item]]) if item in near else place[item]
            for item in column
        }
        column.sort(key=lambda item: (want[item], place[item], item))
        for index, item in enumerate(column):
            place[item] = (index + 0.5) / len(column)
    return result


def _places(columns: Iterable[list[Item]]) -> dict[Item, float]:
    return {
        item: (index + 0.5) / len(column) for column in columns for index, item in enumerate(column)
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _swap(
    columns: list[list[Item]],
    left: Mapping[Item, list[Item]],
    right: Mapping[Item, list[Item]],
) -> list[list[Item]]:
    place = _places(columns)
    for column in columns:
        for index in range(len(column) - 1):
            above, below = column[index], column[index + 1]
            now = turned = 0
            for near in (left, right):
                one = [place[other] for other in near.get(above, ())]
                two = [place[other] for other in near.get(below, ())]
                now += sum(a > b for a in one for b in two)
                turned += sum(a < b for a in one for b in two)
            if turned < now:
                column[index], column[index + 1] = below, above
                place[above], place[below] = place[below], place[above]
    return columns


def _crossings(columns: list[list[Item]], right: Mapping[Item, list[Item]]) -> int:
    place = _places(columns)
    count = 0
    for column in columns:
        ends = [sorted(place[other] for other in right.get(item, ())) for item in column]
        for above, below in itertools.combinations(ends, 2):
            count += sum(a > b for a in above for b in below)
    return count


# ------------------------------------------------------------------- heights


def _offsets(column: list[Item]) -> list[float]:
    """Return how far down the middle of each item is where all stand close together."""
    offsets: list[float] = []
    bottom, room = 0.0, 0.0
    for item in column:
        is_card = len(item) == 1
        size, gap = (CARD_HEIGHT, ROW_GAP) if is_card else (0.0, WIRE_GAP)
        bottom += min(room, gap) if offsets else 0.0
        offsets.append(bottom + size / 2)
        bottom, room = bottom + size, gap
    return offsets


def _stack_height(column: list[Item]) -> float:
    last = CARD_HEIGHT / 2 if len(column[-1]) == 1 else 0.0
    return _offsets(column)[-1] + last


def _heights(
    columns: list[list[Item]], segments: list[Segment], height: float
) -> dict[Item, float]:
    """Bring everything level with what it is tied to, as far as its column allows."""
    near: dict[Item, list[Item]] = {}
    for tail, head in segments:
        near.setdefault(tail, []).append(head)
        near.setdefault(head, []).append(tail)
    y: dict[Item, float] = {}
    for column in columns:
        _settle(column, y, dict.fromkeys(column, height / 2), height)
    for sweep in range(8):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            want = {
                item: _mean([y[other] for other in near[item]]) if item in near else y[item]
                for item in column
            }
            _settle(column, y, want, height)
    return y


def _settle(
    column: list[Item], y: dict[Item, float], want: Mapping[Item, float], height: float
) -> None:
    """Put items as near to where they want to be as order and gaps allow.

    Less the room that the items above need, the places must only not decrease: then
    merging neighbours that are out of order into their mean is the best answer.
    """
    offsets = _offsets(column)
    blocks: list[tuple[float, float, int]] = []  # (weighted sum, weight, number of items)
    for item, offset in zip(column, offsets, strict=True):
        weight = 1.0 if len(item) == 1 else 4.0
        blocks.append(((want[item] - offset) * weight, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            one, two = blocks.pop(), blocks.pop()
            blocks.append((one[0] + two[0], one[1] + two[1], one[2] + two[2]))
    slack = max(0.0, height - _stack_height(column))
    bases = [
        min(slack, max(0.0, total / weight))
        for total, weight, count in blocks
        for _ in range(count)
    ]
    for item, base, above in zip(column, bases, offsets, strict=True):
        y[item] = base + above
