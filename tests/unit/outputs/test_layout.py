"""Every product has one place, no card covers another, and order does not matter."""

import itertools
import random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaingraph.outputs.columns import CARD_HEIGHT, CARD_WIDTH, PANEL_HEAD, STAGES
from chaingraph.outputs.layout import layout


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


def overlap(one, two):
    return abs(one.x - two.x) < CARD_WIDTH and abs(one.y - two.y) < CARD_HEIGHT


def assert_sound(graph, plan):
    assert set(plan.cards) == set(graph)
    panels = {panel.id: panel for panel in plan.panels}
    for card in plan.cards.values():
        panel = panels[card.panel]
        assert card.panel == graph.nodes[card.product]["branch"]
        assert panel.x <= card.x - CARD_WIDTH / 2
        assert card.x + CARD_WIDTH / 2 <= panel.x + panel.width
        assert panel.y + PANEL_HEAD - 0.2 <= card.y - CARD_HEIGHT / 2
        assert card.y + CARD_HEIGHT / 2 <= panel.y + panel.height
        band = next(band for band in panel.bands if band.stage == card.stage)
        assert band.x - 0.2 <= card.x - CARD_WIDTH / 2
        assert card.x + CARD_WIDTH / 2 <= band.x + band.width + 0.2
    for one, two in itertools.combinations(plan.cards.values(), 2):
        assert not overlap(one, two)
    for panel in plan.panels:
        order = [STAGES.index(band.stage) for band in panel.bands]
        assert order == sorted(set(order))
        assert panel.x >= 0
        assert panel.x + panel.width <= plan.width + 0.2
        assert panel.y + panel.height <= plan.height + 0.2
    inside = {
        (tail, head)
        for tail, head in graph.edges
        if graph.nodes[tail]["branch"] == graph.nodes[head]["branch"]
    }
    wired = [(wire.source, wire.target) for wire in plan.wires]
    assert len(wired) == len(set(wired))
    assert set(wired) == inside


def test_a_small_chain_with_loops_is_sound():
    assert_sound(SILICONE, layout(SILICONE))


def test_stages_run_from_left_to_right():
    cards = layout(SILICONE).cards
    assert cards["quartz"].x < cards["silicon"].x < cards["monomer"].x < cards["rubber"].x


def test_backward_links_and_self_loops_are_drawn_as_such():
    shapes = {(wire.source, wire.target): wire.shape for wire in layout(SILICONE).wires}
    assert shapes["rubber", "silicon"] == "back"
    assert shapes["rubber", "rubber"] == "self"
    assert shapes["quartz", "silicon"] == "forward"


def test_backward_links_run_below_all_cards():
    plan = layout(SILICONE)
    wire = next(wire for wire in plan.wires if wire.shape == "back")
    lowest = max(card.y for card in plan.cards.values() if card.panel == "silicone")
    assert max(y for _, y in wire.points) > lowest + CARD_HEIGHT / 2


def test_a_wire_starts_and_ends_at_the_sides_of_its_cards():
    plan = layout(SILICONE)
    for wire in (wire for wire in plan.wires if wire.shape == "forward"):
        tail, head = plan.cards[wire.source], plan.cards[wire.target]
        assert wire.points[0] == pytest.approx((tail.x + CARD_WIDTH / 2, tail.y))
        assert wire.points[-1] == pytest.approx((head.x - CARD_WIDTH / 2, head.y))


def test_long_wires_pass_between_cards():
    nodes = {f"p{i}": "a midstream" for i in range(12)}
    chain = [(f"p{i}", f"p{i + 1}") for i in range(3)]
    plan = layout(make_graph(nodes, [*chain, ("p0", "p3"), ("p0", "p2")]))
    for wire in plan.wires:
        for (x1, y1), (x2, _) in zip(wire.points[1::2], wire.points[2::2], strict=False):
            for card in plan.cards.values():
                covered = x1 < card.x < x2 and abs(card.y - y1) < CARD_HEIGHT / 2
                assert not covered


def test_order_of_insertion_does_not_matter():
    expected = layout(SILICONE)
    nodes, edges = list(SILICONE.nodes(data=True)), list(SILICONE.edges)
    for seed in range(5):
        random.Random(seed).shuffle(nodes)  # noqa: S311
        random.Random(seed).shuffle(edges)  # noqa: S311
        shuffled = nx.DiGraph()
        shuffled.add_nodes_from(nodes)
        shuffled.add_edges_from(edges)
        assert layout(shuffled) == expected


def test_groups_are_nested_and_keep_the_order_given():
    groups = [("energy", "power", "silicone"), ("energy", "heat", "base")]
    plan = layout(SILICONE, groups)
    boxes = {(group.kind, group.id): group for group in plan.groups}
    assert [panel.id for panel in plan.panels] == ["silicone", "base"]
    cluster = boxes["cluster", "energy"]
    assert cluster.head
    for chain, panel in zip(("power", "heat"), plan.panels, strict=True):
        box = boxes["chain", chain]
        assert cluster.x <= box.x <= panel.x
        assert panel.x + panel.width <= box.x + box.width <= cluster.x + cluster.width
        assert panel.y + panel.height <= box.y + box.height <= cluster.y + cluster.height


def test_a_branch_without_chain_or_products_is_no_problem():
    plan = layout(SILICONE, [(None, None, "silicone"), (None, None, "base"), ("x", "y", "empty")])
    assert plan.groups == ()
    assert len(plan.panels) == 2


def test_nothing_gives_an_empty_map():
    plan = layout(nx.DiGraph())
    assert (plan.width, plan.height, plan.cards) == (0, 0, {})


def test_a_big_map_has_about_the_shape_of_a_screen():
    rng = random.Random(1)  # noqa: S311
    nodes = {f"p{i}": f"{'abcd'[i % 4]}{i % 12} {STAGES[i % 3]}" for i in range(300)}
    edges = [(f"p{rng.randrange(300)}", f"p{rng.randrange(300)}") for _ in range(500)]
    graph = make_graph(nodes, edges)
    plan = layout(graph)
    assert_sound(graph, plan)
    assert 1.2 < plan.width / plan.height < 2.4


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
