"""Graph files, opened by the programs that people use: networkx, igraph, Cytoscape.js, Gephi Lite's."""

import io
import json
import math

import igraph
import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings

from chaingraph.analysis.score import rank_gaps
from chaingraph.graph import knowledge_graph, supply_graph
from chaingraph.outputs.export import (
    flat_graph,
    format_graphml,
    make_cytoscape,
    make_gexf,
    make_graphml,
    make_node_link,
)

from .conftest import hostile_texts

many = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_igraph(data, folder):
    path = folder / "atlas.graphml"
    path.write_bytes(data)
    graph = igraph.Graph.Read_GraphML(str(path))
    nodes = {node["id"]: node.attributes() for node in graph.vs}
    edges = [(graph.vs[e.source]["id"], graph.vs[e.target]["id"], e.attributes()) for e in graph.es]
    return nodes, edges


def read_gexf_in_igraph(data, _folder):
    """By way of networkx: igraph itself reads no GEXF."""
    graph = igraph.Graph.from_networkx(nx.read_gexf(io.BytesIO(data)))
    nodes = {node["_nx_name"]: node.attributes() for node in graph.vs}
    names = graph.vs["_nx_name"]
    return nodes, [(names[e.source], names[e.target], e.attributes()) for e in graph.es]


def read_graphml(data, _folder):
    graph = nx.parse_graphml(data.decode(), force_multigraph=True)
    return dict(graph.nodes(data=True)), list(graph.edges(data=True))


def read_gexf(data, _folder):
    graph = nx.read_gexf(io.BytesIO(data))
    return dict(graph.nodes(data=True)), list(graph.edges(data=True))


def read_node_link(data, _folder):
    graph = nx.node_link_graph(json.loads(data), edges="edges")
    return dict(graph.nodes(data=True)), list(graph.edges(data=True))


def read_cytoscape(data, _folder):
    graph = nx.cytoscape_graph(json.loads(data))
    return dict(graph.nodes(data=True)), list(graph.edges(data=True))


FORMATS = [
    pytest.param(make_graphml, read_graphml, id="graphml-networkx"),
    pytest.param(make_graphml, read_igraph, id="graphml-igraph"),
    pytest.param(make_gexf, read_gexf, id="gexf-networkx"),
    pytest.param(make_gexf, read_gexf_in_igraph, id="gexf-igraph"),
    pytest.param(make_node_link, read_node_link, id="node-link-networkx"),
    pytest.param(make_cytoscape, read_cytoscape, id="cytoscape-networkx"),
]


def plain(value):
    """What is said: formats without lists and mappings hold them as JSON texts."""
    return json.loads(value) if isinstance(value, str) and value[:1] in "[{" else value


@pytest.fixture(scope="module")
def exported(yumen):
    """Each format is written once."""
    made = {}

    def make(write):
        if write not in made:
            made[write] = write(yumen)
        return made[write]

    return make


def test_igraph_does_not_take_what_is_not_known_for_false(yumen, tmp_path):
    nodes, _ = read_igraph(make_graphml(yumen), tmp_path)
    for id, park in yumen.parks.items():
        told = nodes[f"parks:{id}"]["chemical_park"]
        assert math.isnan(told) if park.chemical_park is None else told == park.chemical_park


@pytest.mark.parametrize(("write", "read"), FORMATS)
def test_every_entity_comes_back_whole(write, read, exported, yumen, data_of, tmp_path):
    nodes, _ = read(exported(write), tmp_path)
    told = {id: plain(node["data"]) for id, node in nodes.items()}
    expected = data_of(yumen)
    assert {id: told[id] for id in expected} == expected
    assert plain(nodes["place:yumen"]["data"])["place"] == json.loads(
        yumen.place.model_dump_json(exclude_defaults=True)
    )


@pytest.mark.parametrize(("write", "read"), FORMATS)
def test_every_citation_is_an_edge(write, read, exported, yumen, citations_of, tmp_path):
    _, edges = read(exported(write), tmp_path)
    told = {
        (*tail.split(":"), edge["path"], head.removeprefix("sources:"))
        for tail, head, edge in edges
        if edge["relation"] == "sources" and not tail.startswith("gaps:")
    }
    assert told == citations_of(yumen)


@pytest.mark.parametrize(("write", "read"), FORMATS)
def test_edges_say_what_is_known_there(write, read, exported, yumen, tmp_path):
    _, edges = read(exported(write), tmp_path)
    told = {(tail, head, edge["path"]): edge for tail, head, edge in edges}
    for tail, head, key, edge in knowledge_graph(yumen).edges(keys=True, data=True):
        found = told[tail, head, key]
        assert found["relation"] == edge["type"]
        if edge.get("data") is not None:
            assert plain(found["data"]) == edge["data"]
        if edge["type"] == "inputs" and "value" in edge["data"].get("per", {}):
            assert found["per"] == edge["data"]["per"]["value"]


@pytest.mark.parametrize(("write", "read"), FORMATS)
def test_gaps_are_in_it_with_their_reasons(write, read, exported, yumen, tmp_path):
    nodes, edges = read(exported(write), tmp_path)
    gaps = {gap.product: gap for gap in rank_gaps(yumen)}
    told = {
        node["entity"]: (
            node["rank"],
            node["kind"],
            node["why_zh"],
            plain(node.get("sources") or []),
        )
        for node in nodes.values()
        if node["section"] == "gaps"
    }
    assert told == {
        id: (gap.rank, gap.kind, gap.why.zh, list(gap.sources)) for id, gap in gaps.items()
    }
    missing = {(tail, head) for tail, head, edge in edges if edge["relation"] == "missing_inputs"}
    assert missing == {
        (f"gaps:{id}", f"products:{needed}")
        for id, gap in gaps.items()
        for needed in gap.missing_inputs
    }


@pytest.mark.parametrize(("write", "read"), FORMATS)
def test_the_supply_graph_alone_has_products_and_links(write, read, yumen, tmp_path):
    nodes, edges = read(write(yumen, scope="supply", lang="en"), tmp_path)
    supply = supply_graph(yumen)
    assert set(nodes) == set(supply)
    assert nodes["pvdf"]["label"] == "PVDF"
    told = {(tail, head): plain(edge["links"]) for tail, head, edge in edges}
    assert told == {(tail, head): links for tail, head, links in supply.edges(data="links")}
    ranks = {id: node["gap_rank"] for id, node in nodes.items() if node.get("gap_rank") == 1}
    assert list(ranks) == [rank_gaps(yumen)[0].product]


@pytest.mark.parametrize("write", [make_graphml, make_node_link, make_cytoscape])
def test_the_supply_graph_brings_the_sources_that_it_cites(write, yumen, data_of):
    data = write(yumen, scope="supply")
    if write is make_graphml:
        sources = json.loads(nx.parse_graphml(data.decode()).graph["sources"])
    else:
        raw = json.loads(data)
        sources = plain(raw.get("graph", raw.get("data"))["sources"])
    expected = data_of(yumen)
    assert sources == {key: expected[f"sources:{key}"] for key in yumen.sources}


@pytest.mark.parametrize("write", [make_graphml, make_gexf, make_node_link, make_cytoscape])
def test_the_same_bytes_come_out_twice(write, exported, yumen):
    assert exported(write) == write(yumen)


@pytest.mark.parametrize(("write", "read"), FORMATS)
@many
@given(name=hostile_texts)
def test_hostile_names_come_back_as_they_are(write, read, make_named, tmp_path, name):
    nodes, _ = read(write(make_named(name)), tmp_path)
    bread, baker = nodes["products:bread"], nodes["enterprises:baker"]
    assert (bread["label"], bread["name_en"], baker["note"]) == (name, name, name)
    assert plain(bread["aliases"]) == plain(bread["data"])["aliases"] == [name, "x"]
    assert nodes["sources:web"]["title"] == name


def test_control_characters_become_their_pictures_in_xml():
    """XML has no way to write them; a loader refuses them, but networkx users may have some."""
    graph = nx.DiGraph([("a", "b", {"note": "bell\x07 \x00"})])
    back = nx.parse_graphml(format_graphml(graph).decode())
    assert back.edges["a", "b"]["note"] == "bell␇ ␀"


def test_gephis_timeline_runs_from_the_first_milestone(yumen):
    graph = nx.read_gexf(io.BytesIO(make_gexf(yumen)))
    assert graph.nodes["projects:juhua_silicon_fluorine"]["start"] == "2023-02-15"
    assert graph.graph["mode"] == "dynamic"


def test_gexf_tells_the_day_of_the_atlas_not_of_the_clock(yumen):
    assert b'lastmodifieddate="2023-02-15"' in make_gexf(yumen, as_of="2023-02-15")


def test_cytoscape_js_opens_all_of_it(run_client, exported, yumen):
    told = run_client("cytoscape", "cytoscape", exported(make_cytoscape))
    graph = flat_graph(yumen)
    assert {node["id"] for node in told["nodes"]} == set(graph)
    assert len(told["edges"]) == graph.number_of_edges()
    assert told["boxes"] == 0
    pvdf = next(node for node in told["nodes"] if node["id"] == "products:pvdf")
    assert (pvdf["name"], pvdf["state"]) == ("聚偏氟乙烯", "absent")
    assert {type(node["here"]) for node in told["nodes"] if "here" in node} == {bool}


def test_gephi_lites_reader_opens_all_of_it(run_client, exported, yumen):
    told = run_client("graphology", "graphology-gexf", exported(make_gexf))
    graph = flat_graph(yumen)
    nodes = {node["key"]: node["attributes"] for node in told["nodes"]}
    assert {id: node["label"] for id, node in nodes.items()} == dict(graph.nodes(data="label"))
    assert len(told["edges"]) == graph.number_of_edges()
    assert nodes["products:wind_farm"]["here"] is True
    assert nodes["products:wind_farm"]["capacity"] == graph.nodes["products:wind_farm"]["capacity"]
