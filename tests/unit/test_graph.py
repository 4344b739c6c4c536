"""The graphs of an atlas, and that nothing is lost on the way into them."""

import json

import networkx as nx

from chaingraph.graph import knowledge_graph, supply_graph
from chaingraph.model import find_references
from chaingraph.outputs.export import format_graphml

PRODUCTS = """
milk: {name: {zh: 奶, en: milk}, stage: upstream, unit: t}
whey: {name: {zh: 乳清, en: whey}, stage: midstream, unit: t}
cheese:
  name: {zh: 奶酪, en: cheese}
  stage: midstream
  unit: t
  routes:
    - {id: soft, inputs: {milk: {per: 6, critical: true}}}
    - {id: hard, inputs: {milk: {per: 10, critical: true}, whey: {per: 0.1}}, byproducts: {}}
    - {id: fresh, inputs: {milk: {per: 4}}, byproducts: {whey: {per: 3}}}
"""
FACTS = """
enterprises:
  dairy:
    name: 乳厂
    parent: group
    makes: {cheese: {capacity: 5, since: 2020, sources: [web]}}
candidates: {group: {name: 集团, makes: [milk]}}
sources: {web: {title: 网页, kind: web}}
"""


def test_two_routes_that_use_one_input_keep_both_coefficients(make_atlas):
    graph = supply_graph(make_atlas(PRODUCTS, FACTS))
    links = graph.edges["milk", "cheese"]["links"]
    assert [(link["route"], link["per"]) for link in links] == [
        ("soft", 6),
        ("hard", 10),
        ("fresh", 4),
    ]
    assert graph.edges["milk", "cheese"]["critical"] is True


def test_goods_flow_from_input_to_product_to_by_product(make_atlas):
    graph = supply_graph(make_atlas(PRODUCTS, FACTS))
    assert sorted(graph.edges) == [("cheese", "whey"), ("milk", "cheese"), ("whey", "cheese")]
    assert graph.edges["cheese", "whey"]["kind"] == "byproduct"


def test_an_edge_that_is_input_and_by_product_is_called_an_input(make_atlas):
    products = """
    a: {name: 甲, stage: upstream, byproducts: {b: {}}}
    b: {name: 乙, stage: upstream, inputs: {a: {minor: true}}}
    """
    edge = supply_graph(make_atlas(products)).edges["a", "b"]
    assert (edge["kind"], edge["minor"]) == ("material", False)
    assert {link["kind"] for link in edge["links"]} == {"material", "byproduct"}


def test_a_figure_keeps_its_own_source_and_what_others_say(make_atlas):
    products = """
    a: {name: 甲, stage: upstream}
    b:
      name: 乙
      stage: upstream
      inputs: {a: {per: {value: 2, sources: [web], conflicts: [{value: 3, sources: [web]}]}}}
    """
    atlas = make_atlas(products, "sources: {web: {title: 网页, kind: web}}")
    (link,) = supply_graph(atlas).edges["a", "b"]["links"]
    assert (link["sources"], link["conflicts"][0]["value"]) == (["web"], 3)


def test_nodes_tell_state_and_capacity_on_the_day(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS)
    assert supply_graph(atlas, as_of="2021").nodes["cheese"]["capacity"] == 5
    early = supply_graph(atlas, as_of="2019").nodes["cheese"]
    assert early["state"] == "absent"
    assert "capacity" not in early


def test_attributes_are_plain_json(make_atlas):
    atlas = make_atlas(PRODUCTS, FACTS)
    for graph in (supply_graph(atlas), knowledge_graph(atlas)):
        data = nx.node_link_data(graph)
        assert json.loads(json.dumps(data, allow_nan=False)) == json.loads(json.dumps(data))


def test_the_knowledge_graph_has_every_entity_and_every_reference(yumen):
    graph = knowledge_graph(yumen)
    sections = {data["section"] for _, data in graph.nodes(data=True)}
    assert {"products", "enterprises", "projects", "candidates", "sources", "years"} <= sections
    for section, id in (("products", "pvdf"), ("projects", "juhua_silicon_fluorine")):
        entity = getattr(yumen, section)[id]
        data = entity.model_dump(mode="json", exclude_defaults=True)
        named = [id for _, _, id in find_references(type(entity), data)]
        ties = [
            tie for tie in graph.out_edges(f"{section}:{id}", data="type") if tie[2] != "branch"
        ]
        assert len(ties) == len(named) > 0


def test_knowledge_edges_say_what_is_known_there(make_atlas):
    graph = knowledge_graph(make_atlas(PRODUCTS, FACTS))
    made = graph.edges["enterprises:dairy", "products:cheese", "makes.cheese"]
    assert (made["type"], made["data"]["since"]) == ("makes", "2020")
    cited = graph.edges["enterprises:dairy", "sources:web", "makes.cheese.sources.0"]
    assert cited["type"] == "sources"


def test_graphml_keeps_everything(yumen):
    graph = supply_graph(yumen)
    back = nx.parse_graphml(format_graphml(graph).decode())
    assert set(back) == set(graph)
    assert set(back.edges) == set(graph.edges)
    for tail, head, links in graph.edges(data="links"):
        assert json.loads(back.edges[tail, head]["links"]) == links


def test_the_route_of_a_project_is_told_on_its_edge(make_atlas):
    facts = FACTS + "projects: {new: {name: 新厂, capacity: {cheese: 3}, route: {cheese: soft}}}\n"
    graph = knowledge_graph(make_atlas(PRODUCTS, facts))
    route = graph.edges["projects:new", "products:cheese", "route.cheese"]
    assert (route["type"], route["data"]) == ("route", "soft")
