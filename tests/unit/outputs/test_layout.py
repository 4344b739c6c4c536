"""Every product has one place, no card covers another, and order does not matter."""

import itertools
import random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.graph import supply_graph
from chaingraph.outputs.columns import CARD_HEIGHT, CARD_WIDTH, STAGES
from chaingraph.outputs.layout import CLOSED, MOST_CARDS, layout


def make_graph(nodes, edges):
    """Build a graph from {product: "branch stage"} and pairs."""
    graph = nx.DiGraph()
    for id, place in nodes.items():
        branch, stage = place.split()
        graph.add_node(id, branch=branch, stage=stage, chain=f"chain_of_{branch[0]}", cluster=None)
    graph.add_edges_from(edges)
    return graph


SILICONE = make_graph(
    {
        "quartz": "silicone upstream",
        "silicon": "silicone upstream",
        "monomer": "silicone midstream",
        "acid": "silicone midstream",
        "dmc": "silicone midstream",
        "rubber": "silicone downstream",
        "salt": "base upstream",
    },
    [
        ("quartz", "silicon"),
        ("silicon", "monomer"),
        ("monomer", "dmc"),
        ("dmc", "acid"),
        ("acid", "monomer"),
        ("dmc", "rubber"),
        ("rubber", "silicon"),
        ("rubber", "rubber"),
        ("salt", "acid"),
    ],
)


def cards_of(plan):
    return {card.product: card for band in plan.bands for card in band.cards}


def wires_of(plan):
    return [wire for band in plan.bands for wire in band.wires]


def overlap(one, two):
    return abs(one.x - two.x) < CARD_WIDTH and abs(one.y - two.y) < CARD_HEIGHT


def assert_sound(graph, plan):
    assert sorted(card.product for band in plan.bands for card in band.cards) == sorted(graph)
    stages = {stage.stage: stage for stage in plan.stages}
    for band in plan.bands:
        assert band.height >= CLOSED
        for card in band.cards:
            node = graph.nodes[card.product]
            stage = stages[node["stage"]]
            assert band.branch == node["branch"]
            assert card.x == plan.columns[card.column]
            assert stage.x <= card.x - CARD_WIDTH / 2
            assert card.x + CARD_WIDTH / 2 <= stage.x + stage.width
            assert CARD_HEIGHT / 2 <= card.y <= band.height - CARD_HEIGHT / 2
        for one, two in itertools.combinations(band.cards, 2):
            assert not overlap(one, two)
        for wire in band.wires:
            assert all(0 <= y <= band.height and 0 <= x <= plan.width for x, y in wire.points)
    inside = {
        (tail, head)
        for tail, head in graph.edges
        if graph.nodes[tail]["branch"] == graph.nodes[head]["branch"]
    }
    wired = [(wire.source, wire.target) for wire in wires_of(plan)]
    assert len(wired) == len(set(wired))
    assert set(wired) == inside


def test_a_small_chain_with_loops_is_sound():
    assert_sound(SILICONE, layout(SILICONE))


def test_stages_run_from_left_to_right():
    plan = layout(SILICONE)
    cards = cards_of(plan)
    assert [stage.stage for stage in plan.stages] == list(STAGES)
    assert cards["quartz"].x < cards["silicon"].x < cards["monomer"].x < cards["rubber"].x


def test_all_bands_share_the_columns():
    nodes = {f"p{i}": f"b{i % 3} {STAGES[i % 2]}" for i in range(30)}
    plan = layout(make_graph(nodes, []))
    assert all(card.x in plan.columns for card in cards_of(plan).values())
    assert {stage.stage for stage in plan.stages} == set(STAGES[:2])


def test_the_channels_beside_the_columns_are_free_of_cards():
    plan = layout(SILICONE)
    for left, right in itertools.pairwise(plan.columns):
        middle = (left + right) / 2
        assert all(abs(card.x - middle) > CARD_WIDTH / 2 for card in cards_of(plan).values())


def test_backward_links_and_self_loops_are_drawn_as_such():
    shapes = {(wire.source, wire.target): wire.shape for wire in wires_of(layout(SILICONE))}
    assert shapes["rubber", "silicon"] == "back"
    assert shapes["rubber", "rubber"] == "self"
    assert shapes["quartz", "silicon"] == "forward"


def test_backward_links_run_below_all_cards():
    band = next(band for band in layout(SILICONE).bands if band.branch == "silicone")
    wire = next(wire for wire in band.wires if wire.shape == "back")
    lowest = max(card.y for card in band.cards)
    assert max(y for _, y in wire.points) > lowest + CARD_HEIGHT / 2


def test_a_wire_starts_and_ends_at_the_sides_of_its_cards():
    plan = layout(SILICONE)
    cards = cards_of(plan)
    for wire in (wire for wire in wires_of(plan) if wire.shape == "forward"):
        tail, head = cards[wire.source], cards[wire.target]
        assert wire.points[0] == pytest.approx((tail.x + CARD_WIDTH / 2, tail.y))
        assert wire.points[-1] == pytest.approx((head.x - CARD_WIDTH / 2, head.y))


def test_long_wires_pass_between_cards():
    nodes = {f"p{i}": "a midstream" for i in range(12)}
    chain = [(f"p{i}", f"p{i + 1}") for i in range(3)]
    (band,) = layout(make_graph(nodes, [*chain, ("p0", "p3"), ("p0", "p2")])).bands
    for wire in band.wires:
        for (x1, y1), (x2, _) in zip(wire.points[1::2], wire.points[2::2], strict=False):
            for card in band.cards:
                covered = x1 < card.x < x2 and abs(card.y - y1) < CARD_HEIGHT / 2
                assert not covered


def curve(start, one, two, end):
    for step in range(25):
        t, u = step / 24, 1 - step / 24
        weights = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
        yield tuple(
            sum(
                weight * point[at]
                for weight, point in zip(weights, (start, one, two, end), strict=True)
            )
            for at in (0, 1)
        )


def drawn(wire):
    """Yield points along a wire, joined as its shape says."""
    points = wire.points
    if wire.shape == "forward":
        for (x1, y1), (x2, y2) in zip(points[::2], points[1::2], strict=True):
            bend = (x2 - x1) / 2
            yield from curve((x1, y1), (x1 + bend, y1), (x2 - bend, y2), (x2, y2))
        straight = zip(points[1::2], points[2::2], strict=False)
    else:
        straight = itertools.pairwise(points) if wire.shape in ("back", "step") else ()
    for start, end in straight:
        yield from curve(start, start, end, end)


def test_no_wire_of_yumen_runs_through_a_card(yumen):
    graph = supply_graph(yumen)
    through = [
        (wire.source, wire.target, card.product)
        for band in layout(graph).bands
        for wire in band.wires
        for card in band.cards
        if card.product not in (wire.source, wire.target)
        and any(
            abs(x - card.x) < CARD_WIDTH / 2 - 1 and abs(y - card.y) < CARD_HEIGHT / 2 - 1
            for x, y in drawn(wire)
        )
    ]
    assert through == []


def test_of_a_large_branch_the_most_linked_products_have_a_place():
    nodes = {f"p{i}": "a midstream" for i in range(MOST_CARDS + 30)}
    plan = layout(make_graph(nodes, [("p7", f"p{i}") for i in range(60, 90)]))
    (band,) = plan.bands
    assert band.hidden == 30
    assert {"p7", "p60", "p89"} <= set(cards_of(plan))


def test_order_of_insertion_does_not_matter():
    expected = layout(SILICONE)
    nodes, edges = list(SILICONE.nodes(data=True)), list(SILICONE.edges)
    for seed in range(5):
        random.Random(seed).shuffle(nodes)
        random.Random(seed).shuffle(edges)
        shuffled = nx.DiGraph()
        shuffled.add_nodes_from(nodes)
        shuffled.add_edges_from(edges)
        assert layout(shuffled) == expected


def test_bands_keep_the_order_and_the_groups_given():
    groups = [("energy", "power", "silicone"), ("energy", "heat", "base")]
    bands = layout(SILICONE, groups).bands
    assert [(band.cluster, band.chain, band.branch) for band in bands] == groups


def test_a_branch_without_chain_or_products_is_no_problem():
    plan = layout(SILICONE, [(None, None, "silicone"), (None, None, "base"), ("x", "y", "empty")])
    assert [band.branch for band in plan.bands] == ["silicone", "base"]


def test_nothing_gives_an_empty_map():
    plan = layout(nx.DiGraph())
    assert (plan.columns, plan.stages, plan.bands) == ((), (), ())


def test_a_tall_stage_takes_more_columns_than_a_low_one():
    nodes = {f"p{i}": "a upstream" for i in range(4)} | {f"q{i}": "a midstream" for i in range(40)}
    up, middle = layout(make_graph(nodes, [])).stages
    assert middle.width > up.width


@st.composite
def graphs(draw):
    places = draw(
        st.lists(
            st.tuples(st.sampled_from(["a", "b", "c1", "c2"]), st.sampled_from(STAGES)),
            min_size=1,
            max_size=24,
        )
    )
    nodes = {f"p{i}": " ".join(place) for i, place in enumerate(places)}
    ends = st.sampled_from(sorted(nodes))
    return make_graph(nodes, draw(st.lists(st.tuples(ends, ends), max_size=50)))


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_any_graph_is_sound(graph):
    assert_sound(graph, layout(graph))
