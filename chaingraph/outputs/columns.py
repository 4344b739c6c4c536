"""The columns of one band: which cards stand in which, in what order, at what height.

All bands share one grid of columns, a few for each stage, so that the space between two
columns is free from the top of the map to its bottom.  Forward wires pass through gaps
kept free for them, backward ones along lanes below the cards.  The order within columns
is found by barycentre sweeps and swaps of neighbours, the heights by settling wires as
straight as the cards allow; both methods are those of Sugiyama, Tagawa & Toda (1981).
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

import networkx as nx

STAGES = ("upstream", "midstream", "downstream")

CARD_WIDTH = 98.0
CARD_HEIGHT = 42.0
ROW_GAP = 11.0
COLUMN_GAP = 27.0
WIRE_GAP = 7.0
"""Room around a wire that passes between cards."""
LANE_HEIGHT = 8.0
SPREAD = 2.4
"""How many columns a branch has for each of its rows, about."""
FOLDED = 0.5
"""How many rows it is worth to have two steps of a stage in columns of their own."""

Item = tuple[str, ...]
"""A card, as (product,), or the place where a long wire passes, as (from, to, column)."""


@dataclasses.dataclass
class Columns:
    """A band before it has a place: its columns, heights and wires."""

    columns: list[list[Item]]
    """One for each column of the grid; some may be empty."""
    y: dict[Item, float]
    paths: dict[tuple[str, str], list[Item]]
    """Forward link → the items that it passes, one a column."""
    lanes: dict[tuple[str, str], int]
    """Backward link → its lane below the cards."""
    beside: list[tuple[str, str]]
    """Links within a column."""
    cards_height: float

    @property
    def lanes_height(self) -> float:
        """How high the lanes below the cards are."""
        return LANE_HEIGHT * (max(self.lanes.values(), default=-1) + 1)


def arrange_columns(part: nx.DiGraph[str], grid: Mapping[str, int]) -> Columns:
    """
    Arrange the products of one branch in the columns of a grid.

    Parameters
    ----------
    part
        The links within the branch; nodes have ``stage``.
    grid
        How many columns each stage has.

    Returns
    -------
    columns
        Without a place on the map yet.
    """
    columns = _make_columns(part, grid)
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
    height = max((_stack_height(column) for column in columns if column), default=0.0)
    lanes = _lanes([edge for edge in edges if edge not in paths], column_of)
    return Columns(
        columns=columns,
        y=_heights(columns, segments, height),
        paths=paths,
        lanes=lanes,
        beside=[edge for edge in edges if edge not in paths and edge not in lanes],
        cards_height=height,
    )


def choose_grid(parts: Iterable[nx.DiGraph[str]], most: int) -> dict[str, int]:
    """
    Share columns out among the stages so that the bands are low and their steps apart.

    Parameters
    ----------
    parts
        The branches; nodes have ``stage``.
    most
        How many columns there may be in all; small branches take fewer.

    Returns
    -------
    grid
        Stage → how many columns it has; none where it has no product.
    """
    needs = [_stage_needs(part) for part in parts]
    sizes = [max((need[at][0] for need in needs), default=0) for at in range(len(STAGES))]
    depths = [max((need[at][1] for need in needs), default=0) for at in range(len(STAGES))]
    largest = max((sum(size for size, _ in need) for need in needs), default=0)
    count = min(most, sum(sizes), max(sum(depths), round(math.sqrt(SPREAD * largest))))
    options = [
        option
        for option in itertools.product(*(range(bool(size), min(size, most) + 1) for size in sizes))
        if sum(option) == count
    ]

    def cost(option: tuple[int, ...]) -> float:
        return sum(
            max(
                -(-size // columns) for (size, _), columns in zip(need, option, strict=True) if size
            )
            + sum(
                FOLDED * max(0, depth - columns)
                for (_, depth), columns in zip(need, option, strict=True)
            )
            for need in needs
        )

    best = min(options, key=lambda option: (cost(option), max(option), option))
    return dict(zip(STAGES, best, strict=True))


def _stage_needs(part: nx.DiGraph[str]) -> list[tuple[int, int]]:
    """Return of each stage how many products it has, and in how many steps they follow."""
    needs = []
    for stage in STAGES:
        inside = [node for node in part if part.nodes[node]["stage"] == stage]
        steps = _steps(part.subgraph(inside))
        needs.append((len(inside), max(steps.values(), default=-1) + 1))
    return needs


def _make_columns(part: nx.DiGraph[str], grid: Mapping[str, int]) -> list[list[Item]]:
    """A stage that needs fewer columns than it has uses those nearest to the midstream."""
    columns: list[list[Item]] = []
    for stage in STAGES:
        inside = sorted(node for node in part if part.nodes[node]["stage"] == stage)
        used = _stage_columns(part.subgraph(inside), grid[stage]) if inside else []
        spare = grid[stage] - len(used)
        before = {"upstream": spare, "midstream": spare // 2}.get(stage, 0)
        columns += [[] for _ in range(before)]
        columns += [[(node,) for node in column] for column in used]
        columns += [[] for _ in range(spare - before)]
    return columns


def _stage_columns(part: nx.DiGraph[str], most: int) -> list[list[str]]:
    """Put what feeds a product in a column before it, as far as there are columns.

    Where one follows from another in more steps than there are columns, neighbouring
    steps share one, and links between them stay inside it.
    """
    rows = -(-len(part) // most)
    alone = sorted(node for node in part if not set(nx.all_neighbors(part, node)) - {node})
    step_of = _steps(part)
    depth = max((step_of[node] for node in part if node not in alone), default=0) + 1
    folds = min(depth, most)
    columns: list[list[str]] = [[] for _ in range(most)]
    column_of: dict[str, int] = {}
    for node in sorted(set(part) - set(alone), key=lambda node: (step_of[node], node)):
        index = step_of[node] * folds // depth
        before = [other for other in part.predecessors(node) if other in column_of]
        for other in before:
            further = step_of[other] * folds // depth < step_of[node] * folds // depth
            index = max(index, column_of[other] + further)
        index = min(index, most - 1)
        while index < most - 1 and len(columns[index]) >= rows:
            index += 1
        columns[index].append(node)
        column_of[node] = index
    for node in alone:
        min(columns, key=len).append(node)
    return [column for column in columns if column]


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
    columns = [column for column in columns if column]
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
