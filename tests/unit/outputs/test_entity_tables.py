"""Tables of all that an atlas can say, tried on one that says a little of everything."""

import json

import ladybug
import polars as pl
import pyoxigraph as ox
import pyshacl
import pytest
import rdflib

from chaingraph.analysis.gaps import GAP_COLUMNS
from chaingraph.analysis.score import rank_gaps
from chaingraph.model import SECTIONS
from chaingraph.outputs.entity_tables import gap_data, make_figures, make_tables, whole_graph
from chaingraph.outputs.export import flat_graph
from chaingraph.outputs.linked_data import make_json_ld, make_turtle, read_shapes
from chaingraph.outputs.parquet_tables import make_parquet
from chaingraph.outputs.property_graph import make_property_graph
from chaingraph.outputs.tables import format_records

HEAD = """
atlas: {id: town, name: {zh: 小城图谱, en: The town's chains}}
place: {name: {zh: 小城, en: Town}, figures: {area: {value: 8, unit: km2, sources: [web]}}}
as_of: 2024-06-30
maturity: {bakery: traditional}
chains:
  food: {name: {zh: 食品, en: Food}, branches: [bakery]}
includes: [products/*.yaml, facts.yaml]
"""
PRODUCTS = """
flour: {name: 面粉, stage: upstream, unit: t, technology: {range: [0.1, 0.3], sources: [web]}}
bread:
  name: 面包
  aliases: [馒头, loaf]
  stage: downstream
  unit: t
  equivalents: {set: {value: 2, sources: [web]}}
  codes: {gbt4754: "1411"}
  min_scale: {value: 10, sources: [web]}
  energy_limits: [{item: 烤, unit: kgce/t, grades: [1, 2, 2], standard: GB 1, sources: [web]}]
  investments: [{item: 厂, investment: 2, size: 100, sources: [web]}]
  routes:
    - {id: oven, inputs: {flour: {per: 700, unit: kg/t, critical: true, sources: [web]}}}
    - id: steam
      inputs: {flour: {per: {range: [0.6, 0.8], sources: [web], conflicts: [{value: 0.9, date: 2023}]}}}
      byproducts: {crumbs: {per: 0.01, sources: [web]}}
crumbs: {name: 碎屑, stage: downstream, unit: t}
"""
FACTS = """
enterprises:
  baker: {name: 面包坊, park: east, parent: mill, partners: [], makes: {bread: {route: oven, since: 2020-05, capacity: 5, sources: [web], confidence: M}}}
candidates:
  mill:
    name: 磨坊
    makes: [flour]
    partners: [baker]
    signals: [{kind: expansion, date: 2024-03, sources: [web]}]
projects:
  oven:
    name: 新炉
    milestones: {signed: 2024-02-03, started: 2024-05}
    capacity: {bread: 3, crumbs: }
    route: {bread: steam}
    enterprise: mill
    chain: food
    park: east
    investment: {value: 1.5, date: 2024, sources: [web]}
    jobs: 12
    sources: [web]
parks: {east: {name: 东园, founded: 2001}}
limits: {water: {name: 水, kind: water, amount: {value: 9, unit: m3, sources: [web]}, parks: [east]}}
teams: {bakers: {name: 专班, chain: food}}
regions: {south: {name: 南方, kind: target, covers: [广东]}}
policies: {plan: {name: 规划, date: 2023, names: [bread, bakery, food], clauses: [做面包]}}
gates: {rule: {name: 门槛, kind: quota, products: [bread], branches: [bakery], consumes: flour, codes: {gbt4754: ["14"]}, verdict: pass}}
quotas: {goal: {name: 任务, chain: food, team: bakers, measure: signed, goal: {value: 2, unit: count, sources: [web]}, since: 2024-01-01, until: 2024-12-31}}
neighbours: {next: {name: 邻县, makes: [flour], chases: [bread, bakery]}}
forecasts: {crumbs: {place: 甘肃, activity: "14", probability: 0.4, percentile: 0.9, as_of: 2024-01-01, until: 2029-12-31, why: {zh: 近, en: near}, sources: [web]}}
scopes: {bread: {terms: [烘焙], when: {面点: [食堂]}}}
sources: {web: {title: 网页, kind: web, date: 2024-02, url: ["https://example.org/a", "not a link"]}}
years: {2023: {gdp: {value: 3, unit: 100m_CNY, sources: [web]}}}
"""


@pytest.fixture
def town(make_atlas):
    return make_atlas(PRODUCTS, FACTS, HEAD)


def test_every_section_is_tried(town):
    assert [section for section in SECTIONS if not getattr(town, section)] == []


def test_no_entity_and_no_relation_is_left_out(town):
    graph, tables = whole_graph(town), make_tables(town)
    assert sum(len(table.rows) for table in tables if not table.ends) == len(graph)
    assert sum(len(table.rows) for table in tables if table.ends) == graph.number_of_edges()
    assert all(row.keys() <= table.columns.keys() for table in tables for row in table.rows)


def test_what_is_meant_is_said_where_the_file_leaves_it_out(town):
    rows = {(row["id"], row["path"]): row for row in make_figures(whole_graph(town)).rows}
    units = {
        ("bread", "routes.0.inputs.flour.per"): "kg/t",
        ("bread", "routes.1.inputs.flour.per"): "t/t",
        ("bread", "min_scale"): "t",
        ("bread", "equivalents.set"): "t/set",
        ("bread", "investments.0.investment"): "100m_CNY",
        ("baker", "makes.bread.capacity"): "t",
        ("oven", "capacity.bread"): "t",
        ("oven", "investment"): "100m_CNY",
        ("oven", "jobs"): "count",
        ("water", "amount"): "m3",
        ("2023", "gdp"): "100m_CNY",
    }
    assert {key: rows[key]["unit"] for key in units} == units
    assert rows["oven", "capacity.bread"]["sources_around"] == ["web"]
    assert rows["baker", "makes.bread.capacity"]["confidence_around"] == "M"


def test_each_column_of_a_figure_says_its_unit_even_where_the_file_does_not(town):
    tables = {(table.name, table.ends): table.rows for table in make_tables(town)}
    (oven,) = tables["projects", None]
    assert (oven["investment"], oven["investment_unit"]) == (1.5, "100m_CNY")
    assert (oven["jobs"], oven["jobs_unit"]) == (12, "count")
    bread = next(row for row in tables["products", None] if row["id"] == "bread")
    assert (bread["min_scale"], bread["min_scale_unit"]) == (10, "t")
    (made,) = tables["makes", ("enterprises", "products")]
    assert (made["capacity"], made["capacity_unit"]) == (5, "t")
    will = next(row for row in tables["capacity", ("projects", "products")] if "value" in row)
    assert (will["value"], will["unit"]) == (3, "t")
    inputs = tables["inputs", ("products", "products")]
    assert [(row.get("per_unit"), row.get("unit")) for row in inputs] == [
        ("kg/t", "kg/t"),
        ("t/t", None),
    ]


def test_the_numbers_of_gaps_are_those_of_the_list_of_gaps(yumen):
    gaps = rank_gaps(yumen)
    listed = json.loads(format_records([gap.to_record() for gap in gaps], GAP_COLUMNS, "json"))
    assert len(listed) > 200
    for gap, row in zip(gaps, listed, strict=True):
        told = gap_data(gap)
        assert {name: told[name] for name in GAP_COLUMNS if name in told} == {
            name: row[name] for name in GAP_COLUMNS if name in told
        }
        assert all(name in told for name, value in row.items() if isinstance(value, float))


def test_the_capacity_of_a_product_has_no_digits_that_binary_fractions_add(make_atlas):
    firms = ", ".join(
        f"f{at}: {{name: 坊{at}, makes: {{bread: {{capacity: 0.{at}}}}}}}" for at in (1, 2)
    )
    atlas = make_atlas("bread: {name: 面包, stage: upstream, unit: t}", f"enterprises: {{{firms}}}")
    assert whole_graph(atlas).nodes["products:bread"]["capacity"] == 0.3
    assert flat_graph(atlas, scope="supply").nodes["bread"]["capacity"] == 0.3


def test_a_gap_is_tied_to_who_makes_it_though_another_has_the_same_id(make_atlas):
    atlas = make_atlas(
        "flour: {name: 面粉, stage: upstream}\n"
        "bread: {name: 面包, stage: downstream, inputs: {flour: {critical: true}}}",
        "enterprises:\n"
        "  mill: {name: 磨坊贸易}\n"
        "  baker: {name: 面包坊, makes: [bread]}\n"
        "projects:\n"
        "  mill: {name: 磨坊, milestones: {operating: 2023}, capacity: {flour: }}\n",
    )
    ends = {
        end
        for _, end, field in whole_graph(atlas).edges("gaps:flour", data="type")
        if field == "suppliers"
    }
    assert ends == {"projects:mill"}
    town = "https://w3id.org/chaingraph/atlas/town"
    store = ox.Store()
    store.load(make_turtle(atlas), ox.RdfFormat.TURTLE)
    question = "SELECT ?o WHERE { ?s <https://w3id.org/chaingraph/ns#suppliers> ?o }"
    assert [end.value for (end,) in store.query(question)] == [f"{town}/projects/mill"]


def test_the_route_stands_on_each_input(town):
    tables = make_tables(town)
    (inputs,) = (table for table in tables if table.name == "inputs")
    assert [(row["route"], row["critical"]) for row in inputs.rows] == [
        ("oven", True),
        ("steam", False),
    ]


def test_ladybug_loads_a_little_of_everything(town, tmp_path, monkeypatch):
    for name, data in make_property_graph(town).items():
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    database = ladybug.Connection(ladybug.Database(":memory:"))
    database.execute((tmp_path / "ladybug.cypher").read_text("utf-8"))
    question = """MATCH (q:Quota)-[:BY_TEAM]->(t:Team)-[:IN_CHAIN]->(c:Chain),
                        (o:Project)-[r:BY_ROUTE]->(b:Product), (p:Place)-[m:MATURITY]->(:Branch)
                  RETURN q.goal, t.id, c.id, r.value, b.id, m.value"""
    assert [list(row) for row in database.execute(question)] == [
        [2.0, "bakers", "food", "steam", "bread", "traditional"]
    ]


def test_linked_data_of_a_little_of_everything_conform(town):
    turtle, json_ld = make_turtle(town), make_json_ld(town)
    stores = ox.Store(), ox.Store()
    stores[0].load(turtle, ox.RdfFormat.TURTLE)
    stores[1].load(json_ld, ox.RdfFormat.JSON_LD)
    assert set(stores[0]) == set(stores[1])
    shapes = rdflib.Graph().parse(data=read_shapes(), format="turtle")
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    done, _, text = pyshacl.validate(graph, shacl_graph=shapes)
    assert done, text
    said = list(
        stores[0].query("SELECT ?o WHERE { ?s <https://w3id.org/chaingraph/ns#grades> ?o }")
    )
    ((grades,),) = said
    assert json.loads(grades.value) == [1, 2, 2]


def test_a_list_with_nothing_in_it_says_nothing(make_atlas):
    atlas = make_atlas(
        "bread: {name: 面包, stage: upstream}", "scopes: {bread: {when: {面点: []}}}"
    )
    store = ox.Store()
    store.load(make_turtle(atlas), ox.RdfFormat.TURTLE)
    words = ("key", "says")
    said = [
        store.query(f"ASK {{ ?s <https://w3id.org/chaingraph/ns#{word}> ?o }}") for word in words
    ]
    assert list(map(bool, said)) == [True, False]


def test_parquet_holds_a_little_of_everything(town):
    files = make_parquet(town)
    assert pl.read_parquet(files["nodes_quotas.parquet"])["goal"].to_list() == [2.0]
    assert pl.read_parquet(files["nodes_forecasts.parquet"])["why_en"].to_list() == ["near"]
    assert pl.read_parquet(files["relations_maturity.parquet"])["value"].to_list() == [
        "traditional"
    ]
