"""Where every product stands on the map.

Each branch is a panel whose columns run from upstream to downstream; panels stand
in the box of their chain, chains in the box of their cluster, and all of it is
packed into about the shape of a screen.  A stage takes several columns where it is
tall or has links of its own.  Links within a branch are led between the cards:
forward ones through gaps kept free for them, backward ones along lanes below the
cards, those within a column in an arc beside it.  Links between branches are left
to whoever draws, because only a few of them are shown at a time.

Everything is plain numbers in one coordinate system, x to the right and y down.
The result depends on the graph and the order of the groups, never on the order in
which nodes or edges were put in.
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
GROUP_HEAD = 74.0
"""Room at the top of a chain's or cluster's box for its name."""
GROUP_PAD = 18.0
BOX_GAP = 18.0
STRETCH = 1.5
"""How far rows may be spread where a panel is taller than it needs to be."""
ROWS = (4, 5, 6, 7, 9, 11, 14)
"""How many cards a column may hold: all are tried."""
MOST_TRIED = 600
"""With more products than this, only one is: it would take too long."""
THIN = 4
"""Cards that a column of a deep stage should hold on average, at least."""
MOST_SHUFFLED = 7
"""How many panels of a chain may change places to save room."""
STRAIN = 0.5
"""How much a map may grow to avoid panels that are wider than they need to be."""
SCREEN = 16 / 9

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Card:
    """A product on the map; x and y are its centre."""

    product: str
    panel: str
    stage: str
    x: float
    y: float


@dataclasses.dataclass(frozen=True)
class Wire:
    """
    A link within a branch.

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
    """The columns of one stage within a panel."""

    stage: str
    x: float
    width: float


@dataclasses.dataclass(frozen=True)
class Panel:
    """The part of the map that shows a branch; x and y are its top left corner."""

    id: str
    x: float
    y: float
    width: float
    height: float
    bands: tuple[Band, ...]


@dataclasses.dataclass(frozen=True)
class Group:
    """The box of a chain or cluster; ``head`` is False where its name needs no room."""

    kind: str
    id: str
    x: float
    y: float
    width: float
    height: float
    head: bool


@dataclasses.dataclass(frozen=True)
class Layout:
    """The whole map."""

    width: float
    height: float
    groups: tuple[Group, ...]
    panels: tuple[Panel, ...]
    cards: Mapping[str, Card]
    wires: tuple[Wire, ...]


def layout(
    graph: nx.DiGraph[str],
    groups: Sequence[tuple[str | None, str | None, str]] | None = None,
    *,
    shape: float = SCREEN,
) -> Layout:
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
    shape
        Width by height that the whole should come near to.

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
    if not groups:
        return Layout(0.0, 0.0, (), (), {}, ())
    parts = {branch: graph.subgraph(members[branch]) for _, _, branch in groups}
    tallest = max(len(part) for part in parts.values())
    options: list[tuple[float, _Box]] = []
    choices = ROWS if len(graph) <= MOST_TRIED else ROWS[-3:-2]
    for rows in sorted({min(rows, tallest) for rows in choices}):
        plans = {branch: _plan(part, rows) for branch, part in parts.items()}
        options.extend(_packings(groups, plans, shape))
    return _finish(min(options, key=lambda option: option[0])[1])


def _groups_of(graph: nx.DiGraph[str]) -> list[tuple[str | None, str | None, str]]:
    found = {
        (data.get("cluster"), data.get("chain"), data["branch"])
        for _, data in graph.nodes(data=True)
    }
    return sorted(found, key=lambda group: tuple(part or "~" for part in group))


# ------------------------------------------------------------ inside a panel

Item = tuple[str, ...]
"""A card, as (product,), or the place where a long wire passes, as (from, to, column)."""


@dataclasses.dataclass
class _Plan:
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
        count = len(self.columns)
        return count * CARD_WIDTH + (count - 1) * COLUMN_GAP + 2 * PANEL_PAD + COLUMN_GAP / 2

    @property
    def lanes_height(self) -> float:
        return LANE_HEIGHT * (max(self.lanes.values(), default=-1) + 1)

    @property
    def height(self) -> float:
        return PANEL_HEAD + self.cards_height + self.lanes_height + PANEL_PAD


def _plan(part: nx.DiGraph[str], rows: int) -> _Plan:
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
    return _Plan(
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


# ------------------------------------------------------------------- packing


@dataclasses.dataclass
class _Box:
    """A panel, or the box of a chain, of a cluster or of everything."""

    kind: str
    id: str
    plan: _Plan | None = None
    children: list[_Box] = dataclasses.field(default_factory=list)
    head: float = 0.0
    pad: float = 0.0
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    rows: list[list[_Box]] = dataclasses.field(default_factory=list)

    @property
    def natural(self) -> float:
        """The width at which everything stands in one row."""
        if self.plan:
            return self.plan.width
        gaps = BOX_GAP * (len(self.children) - 1)
        return sum(child.natural for child in self.children) + gaps + 2 * self.pad

    @property
    def narrowest(self) -> float:
        if self.plan:
            return self.plan.width
        return max(child.narrowest for child in self.children) + 2 * self.pad


def _packings(
    groups: Sequence[tuple[str | None, str | None, str]],
    plans: Mapping[str, _Plan],
    shape: float,
) -> Iterable[tuple[float, _Box]]:
    """Yield (size, box) for a range of widths; the smaller the size the better."""
    trial = _tree(groups, plans)
    low, high = trial.narrowest, trial.natural
    for step in range(25):
        width = low * (max(high, low) / low) ** (step / 24)
        root = _tree(groups, plans)
        height = _place(root, 0.0, 0.0, width)
        _stretch(root, height)
        yield max(width, height * shape) * (1 + STRAIN * _slack(root)), root


def _slack(root: _Box) -> float:
    """Return how much wider panels are than they need to be, on average by width."""
    need, have = 0.0, 0.0
    boxes = [root]
    while boxes:
        box = boxes.pop()
        boxes += box.children
        if box.plan:
            need += box.plan.width
            have += box.width
    return have / need - 1


def _tree(groups: Sequence[tuple[str | None, str | None, str]], plans: Mapping[str, _Plan]) -> _Box:
    root = _Box("all", "")
    for cluster, in_cluster in _runs(groups, 0):
        chains = _runs(in_cluster, 1)
        outer = root
        if cluster is not None:
            head = GROUP_HEAD if len(chains) > 1 else 0.0
            outer = _Box("cluster", cluster, head=head, pad=GROUP_PAD if head else 0.0)
            root.children.append(outer)
        for chain, in_chain in chains:
            inner = outer
            if chain is not None:
                inner = _Box("chain", chain, head=GROUP_HEAD, pad=GROUP_PAD)
                outer.children.append(inner)
            for _, _, branch in in_chain:
                inner.children.append(_Box("panel", branch, plan=plans[branch]))
    return root


def _runs(
    groups: Iterable[tuple[str | None, str | None, str]], place: int
) -> list[tuple[str | None, list[tuple[str | None, str | None, str]]]]:
    found: dict[str | None, list[tuple[str | None, str | None, str]]] = {}
    for group in groups:
        found.setdefault(group[place], []).append(group)
    return list(found.items())


def _place(box: _Box, x: float, y: float, width: float) -> float:
    """Put a box and all in it where it belongs and return its height."""
    box.x, box.y, box.width = x, y, width
    if box.plan:
        box.height = box.plan.height
        return box.height
    inner = width - 2 * box.pad
    box.rows = _break_rows(box.children, inner)
    top = y + box.head
    for row in box.rows:
        tallest = _place_row(row, x + box.pad, top, inner)
        for child in row:
            _stretch(child, tallest)
        top += tallest + BOX_GAP
    box.height = top - BOX_GAP + box.pad - y
    return box.height


def _place_row(row: list[_Box], x: float, y: float, width: float) -> float:
    """Share the width of a row among its boxes and return the height of the tallest."""
    gaps = BOX_GAP * (len(row) - 1)
    grow = (width - gaps) / sum(child.natural for child in row)
    tallest = 0.0
    for child in row:
        share = child.natural * grow
        tallest = max(tallest, _place(child, x, y, share))
        x += share + BOX_GAP
    return tallest


def _break_rows(boxes: list[_Box], width: float) -> list[list[_Box]]:
    """Break boxes into rows so that the sum of the rows' heights is least.

    A few panels may change places for that; anything else stays in its order.
    """
    if len(boxes) <= MOST_SHUFFLED and all(box.plan for box in boxes):
        return _shuffle_rows(boxes, width)
    best: list[tuple[float, list[list[_Box]]]] = [(0.0, [])]
    for end in range(1, len(boxes) + 1):
        options = []
        for start in range(end):
            row = boxes[start:end]
            if len(row) == 1 or _needs(row) <= width + 1e-6:
                height = _place_row(row, 0.0, 0.0, width) + BOX_GAP
                options.append((best[start][0] + height, [*best[start][1], row]))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def _shuffle_rows(boxes: list[_Box], width: float) -> list[list[_Box]]:
    """Try every way to share boxes out into rows, each row led by the first one left."""
    best: dict[int, tuple[float, list[list[_Box]]]] = {0: (0.0, [])}
    for left in range(1, 1 << len(boxes)):
        first = left & -left
        others = left ^ first
        options = []
        part = others
        while True:
            row = [box for index, box in enumerate(boxes) if (part | first) >> index & 1]
            if len(row) == 1 or _needs(row) <= width + 1e-6:
                height, rows = best[others ^ part]
                tallest = max(box.plan.height for box in row if box.plan)
                options.append((height + tallest + BOX_GAP, [row, *rows]))
            if not part:
                break
            part = (part - 1) & others
        best[left] = min(options, key=lambda option: option[0])
    return best[(1 << len(boxes)) - 1][1]


def _needs(row: list[_Box]) -> float:
    return sum(box.natural for box in row) + BOX_GAP * (len(row) - 1)


def _stretch(box: _Box, height: float) -> None:
    """Make a box fill its row; what it gains goes to its rows in equal parts."""
    extra = height - box.height
    box.height = height
    if extra <= 0 or not box.rows:
        return
    share = extra / len(box.rows)
    for index, row in enumerate(box.rows):
        for child in row:
            _move(child, share * index)
            _stretch(child, child.height + share)


def _move(box: _Box, down: float) -> None:
    box.y += down
    for child in box.children:
        _move(child, down)


# ----------------------------------------------------------------- the result


def _finish(root: _Box) -> Layout:
    groups: list[Group] = []
    panels: list[Panel] = []
    cards: dict[str, Card] = {}
    wires: list[Wire] = []

    def visit(box: _Box) -> None:
        if box.plan:
            _finish_panel(box, box.plan, panels, cards, wires)
        elif box.kind != "all":
            x, y, width, height = map(_round, (box.x, box.y, box.width, box.height))
            groups.append(Group(box.kind, box.id, x, y, width, height, box.head > 0))
        for child in box.children:
            visit(child)

    visit(root)
    return Layout(
        _round(root.width), _round(root.height), tuple(groups), tuple(panels), cards, tuple(wires)
    )


def _round(value: float) -> float:
    return round(value, 1)


def _finish_panel(
    box: _Box, plan: _Plan, panels: list[Panel], cards: dict[str, Card], wires: list[Wire]
) -> None:
    spots = _Spots(box, plan)
    x, y, width, height = map(_round, (box.x, box.y, box.width, box.height))
    panels.append(Panel(box.id, x, y, width, height, spots.bands()))
    for index, column in enumerate(plan.columns):
        for item in column:
            if len(item) == 1:
                x, y = spots.at(index, item)
                cards[item[0]] = Card(item[0], box.id, plan.stage_of[index], x, y)
    wires.extend(spots.wires())


class _Spots:
    """Turns the columns and heights of a plan into points on the map."""

    def __init__(self, box: _Box, plan: _Plan) -> None:
        self.box, self.plan = box, plan
        count = len(plan.columns)
        spare = box.width - plan.width
        self.gap = COLUMN_GAP + min(spare / max(count, 1), 1.5 * COLUMN_GAP)
        used = count * CARD_WIDTH + (count - 1) * self.gap
        self.left = box.x + (box.width - used) / 2
        room = box.height - plan.height + plan.cards_height
        self.spread = min(STRETCH, room / plan.cards_height)
        used_height = plan.cards_height * self.spread + plan.lanes_height
        free = box.height - PANEL_HEAD - PANEL_PAD - used_height
        self.top = box.y + PANEL_HEAD + max(0.0, min(free / 2, 60.0))
        self.column_of = {
            item[0]: index
            for index, column in enumerate(plan.columns)
            for item in column
            if len(item) == 1
        }

    def at(self, column: int, item: Item) -> Point:
        x = self.left + CARD_WIDTH / 2 + column * (CARD_WIDTH + self.gap)
        return _round(x), _round(self.top + self.plan.y[item] * self.spread)

    def side(self, item: Item, column: int, direction: int) -> Point:
        x, y = self.at(column, item)
        return _round(x + direction * CARD_WIDTH / 2), y

    def bands(self) -> tuple[Band, ...]:
        edges = []
        for stage, run in itertools.groupby(enumerate(self.plan.stage_of), lambda pair: pair[1]):
            first = next(run)[0]
            edges.append((stage, self.left + first * (CARD_WIDTH + self.gap) - self.gap / 2))
        edges[0] = (edges[0][0], self.box.x)
        ends = [x for _, x in edges[1:]] + [self.box.x + self.box.width]
        return tuple(
            Band(stage, _round(x), _round(end - x))
            for (stage, x), end in zip(edges, ends, strict=True)
        )

    def wires(self) -> list[Wire]:
        wires = [
            Wire(tail, head, "forward", self._forward(path))
            for (tail, head), path in self.plan.paths.items()
        ]
        for (tail, head), lane in self.plan.lanes.items():
            wires.append(Wire(tail, head, "back", self._back(tail, head, lane)))
        wires.extend(self._beside(tail, head) for tail, head in self.plan.beside)
        return wires

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
        step = 10 + 4 * (lane % 4)
        bottom = self.top + self.plan.cards_height * self.spread
        y = _round(bottom + LANE_HEIGHT * (lane + 0.75))
        out, back = _round(start[0] + step), _round(end[0] - step)
        return (start, (out, start[1]), (out, y), (back, y), (back, end[1]), end)
