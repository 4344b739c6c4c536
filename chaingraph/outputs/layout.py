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

from chaingraph.outputs.columns import (
    CARD_HEIGHT,
    CARD_WIDTH,
    COLUMN_GAP,
    LANE_HEIGHT,
    PANEL_HEAD,
    PANEL_PAD,
    Columns,
    Item,
    arrange_columns,
)

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
        plans = {branch: arrange_columns(part, rows) for branch, part in parts.items()}
        options.extend(_packings(groups, plans, shape))
    return _finish(min(options, key=lambda option: option[0])[1])


def _groups_of(graph: nx.DiGraph[str]) -> list[tuple[str | None, str | None, str]]:
    found = {
        (data.get("cluster"), data.get("chain"), data["branch"])
        for _, data in graph.nodes(data=True)
    }
    return sorted(found, key=lambda group: tuple(part or "~" for part in group))


# ------------------------------------------------------------------- packing


@dataclasses.dataclass
class _Box:
    """A panel, or the box of a chain, of a cluster or of everything."""

    kind: str
    id: str
    plan: Columns | None = None
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
    plans: Mapping[str, Columns],
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


def _tree(
    groups: Sequence[tuple[str | None, str | None, str]], plans: Mapping[str, Columns]
) -> _Box:
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
    box: _Box, plan: Columns, panels: list[Panel], cards: dict[str, Card], wires: list[Wire]
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

    def __init__(self, box: _Box, plan: Columns) -> None:
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
