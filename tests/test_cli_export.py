"""The command that hands an atlas to other programs."""

import json

import ladybug
import networkx as nx
import pyoxigraph as ox
import pytest

from chaingraph.cli import run
from chaingraph.loader import example_atlas, load_atlas

YUMEN = str(example_atlas())


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A small atlas, as `chaingraph init` makes it."""
    folder = tmp_path_factory.mktemp("town")
    assert run(["init", str(folder / "chains")]) == 0
    return str(folder / "chains" / "atlas.yaml")


def export(*words):
    return run(["export", *words])


@pytest.mark.parametrize(
    "format", ["graphml", "gexf", "node-link", "cytoscape", "turtle", "json-ld", "shapes"]
)
def test_a_file_is_written_once_and_then_only_by_force(format, town, tmp_path, capsys):
    file = tmp_path / "town"
    words = [] if format == "shapes" else [town]
    capsys.readouterr()
    assert export(format, *words, "-o", str(file)) == 0
    assert capsys.readouterr().out == f"{file}\n"
    written = file.read_bytes()
    assert export(format, *words, "-o", str(file)) == 2
    assert "--force" in capsys.readouterr().err
    assert export(format, *words, "-o", str(file), "--force") == 0
    assert file.read_bytes() == written


def test_without_a_file_it_goes_to_the_next_program(capfdbinary):
    assert export("node-link", YUMEN, "--graph", "supply", "--lang", "en") == 0
    out, err = capfdbinary.readouterr()
    graph = nx.node_link_graph(json.loads(out), edges="edges")
    assert (graph.nodes["pvdf"]["label"], err) == ("PVDF", b"")


def test_day_and_view_are_those_asked_for(tmp_path):
    file = tmp_path / "plan.graphml"
    assert export(
        "graphml", YUMEN, "-o", str(file), "--as-of", "2023-02-15", "--view", "plan"
    ) == 0  # fmt: skip
    graph = nx.read_graphml(file)
    assert (graph.graph["as_of"], graph.graph["view"]) == ("2023-02-15", "plan")


def test_a_property_graph_is_a_folder_that_loads_where_it_lies(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "yumen graph"
    assert export("property-graph", YUMEN, "-o", str(folder)) == 0
    assert capsys.readouterr().out == f"{folder}\n"
    assert export("property-graph", YUMEN, "-o", str(folder)) == 0
    monkeypatch.chdir(folder)
    database = ladybug.Connection(ladybug.Database(str(tmp_path / "yumen.lbug")))
    database.execute((folder / "ladybug.cypher").read_text("utf-8"))
    ((count,),) = list(database.execute("MATCH (p:Product) RETURN count(*)"))
    assert count > 300


def test_parquet_is_a_folder(town, tmp_path):
    assert export("parquet", town, "-o", str(tmp_path / "pq")) == 0
    assert (tmp_path / "pq" / "figures.parquet").exists()


def test_entities_live_where_the_user_says(tmp_path):
    file = tmp_path / "yumen.ttl"
    assert export("turtle", YUMEN, "-o", str(file), "--base", "https://example.org/y/") == 0
    store = ox.Store()
    store.load(file.read_bytes(), ox.RdfFormat.TURTLE)
    assert store.query("ASK { <https://example.org/y/products/pvdf> a ?class }")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["turtle", "--graph", "supply"], "--graph is for graphml, gexf, node-link, cytoscape:"),
        (["gexf", "--base", "https://example.org/"], "--base is for turtle, json-ld: not for gexf"),
        (["shapes", YUMEN], "ATLAS is for xlsx, graphml,"),
        (["shapes", "--as-of", "nonsense"], "--as-of is for graphml,"),
        (["shapes", "--lang", "en"], "--lang is for xlsx,"),
        (["xlsx", "--view", "plan"], "--view is for graphml,"),
        (["parquet"], "add -o parquet"),
        (["property-graph"], "add -o property-graph"),
        (["turtle", YUMEN, "--base", "yumen"], "'yumen' cannot begin IRIs"),
        (["graphml", YUMEN, "--as-of", "soon"], "'soon' is not a date"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_can(words, said, capsys):
    assert export(*words) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert (out, "Traceback" in err) == ("", False)


def test_an_unknown_format_is_told_with_the_known_ones(capsys):
    assert export("dot", YUMEN) == 2
    assert "property-graph" in capsys.readouterr().err


def test_a_terminal_is_not_flooded(town, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert export("turtle", town) == 2
    assert "add -o atlas.ttl" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_told(tmp_path, capsys):
    file = tmp_path / "taken"
    file.write_text("mine")
    assert export("parquet", YUMEN, "-o", str(file)) == 2
    assert "is a file: name a folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [file]


def test_the_form_comes_back_as_the_atlas_that_it_was(town, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert export("xlsx", town) == 0
    assert export("xlsx", town) == 2
    assert run(["import", "atlas.xlsx", "-o", "back"]) == 0
    assert load_atlas("back").products == load_atlas(town).products
