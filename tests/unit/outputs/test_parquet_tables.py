"""Parquet files, read by polars and DuckDB."""

import json

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from chaingraph.analysis.score import rank_gaps
from chaingraph.errors import MissingExtraError
from chaingraph.outputs.entity_tables import whole_graph
from chaingraph.outputs.parquet_tables import make_parquet

from .conftest import hostile_texts


@pytest.fixture(scope="module")
def files(yumen):
    return make_parquet(yumen)


@pytest.fixture(scope="module")
def folder(files, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parquet")
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


GAP_QUESTION = """
        SELECT gap.id, list(DISTINCT need.start) AS needed_by, list(DISTINCT maker.start) AS made_by
        FROM 'nodes_gaps.parquet' AS gap
        JOIN 'relations_consumers.parquet' AS user ON user.start = gap.id
        JOIN 'relations_inputs.parquet' AS need
          ON need.start = user."end" AND need."end" = gap.id AND need.critical
        LEFT JOIN 'relations_makes.parquet' AS maker
          ON maker."end" = gap.id AND maker.start_section = 'candidates'
        WHERE gap.kind = 'broken' GROUP BY gap.id
"""


def test_duckdb_answers_the_gap_question_as_chaingraph_does(folder, yumen, monkeypatch):
    monkeypatch.chdir(folder)
    told = duckdb.sql(GAP_QUESTION).fetchall()
    expected = {}
    for gap in rank_gaps(yumen):
        users = {
            user
            for user in gap.consumers
            for _, id, flow, is_byproduct in yumen.flows(user)
            if id == gap.product and flow.critical and not is_byproduct
        }
        makers = {id for id, firm in yumen.candidates.items() if gap.product in firm.makes}
        if gap.kind == "broken" and users:
            expected[gap.product] = (users, makers)
    assert {id: (set(users), set(makers) - {None}) for id, users, makers in told} == expected


def test_every_figure_has_a_row_with_all_that_is_said_of_it(folder, yumen, figures_of):
    rows = pl.read_parquet(folder / "figures.parquet").to_dicts()
    told = {(row["section"], row["id"], row["path"]): row for row in rows}
    expected = figures_of(yumen)
    assert set(told) == set(expected)
    for key, figure in expected.items():
        row = told[key]
        assert [row["low"], row["high"]] == (figure.range or [None, None])
        assert (row["value"], row["date"], row["confidence"], row["note"]) == (
            figure.value, figure.date, figure.confidence, figure.note,
        )  # fmt: skip
        assert (row["sources"] or []) == figure.sources
        claims = [claim.model_dump(exclude_defaults=True) for claim in figure.conflicts]
        assert json.loads(row["conflicts"] or "[]") == claims
        assert row["unit"] == figure.unit or figure.unit is None  # else test_figure_units tells it
        assert row["sources"] or row["sources_around"]


def test_every_entity_and_relation_has_a_row(folder, yumen, data_of, citations_of):
    graph = whole_graph(yumen)
    relations = [pl.read_parquet(path) for path in sorted(folder.glob("relations_*"))]
    assert sum(map(len, relations)) == graph.number_of_edges()
    told = {
        f"{path.stem.removeprefix('nodes_')}:{id}": json.loads(data)
        for path in folder.glob("nodes_*")
        for id, data in pl.read_parquet(path).select("id", "data").rows()
    }
    assert len(told) == len(graph)
    expected = data_of(yumen)
    assert {name: told[name] for name in expected} == expected
    cited = pl.read_parquet(folder / "relations_sources.parquet")
    rows = cited.filter(pl.col("start_section") != "gaps").select(
        "start_section", "start", "path", "end"
    )
    assert set(rows.rows()) == citations_of(yumen)


def test_columns_have_their_types(folder):
    gaps = pl.read_parquet(folder / "nodes_gaps.parquet")
    types = {"rank": pl.Int64, "score": pl.Float64, "why_zh": pl.String}
    assert {name: gaps.schema[name] for name in types} == types
    assert gaps.schema["sources"] == pl.List(pl.String)
    assert pl.read_parquet(folder / "nodes_products.parquet").schema["here"] == pl.Boolean
    assert pl.read_parquet_metadata(folder / "nodes_gaps.parquet")["chaingraph.view"] == "actual"


def test_columns_do_not_depend_on_the_data(files, make_named):
    small = make_parquet(make_named("x"))
    assert set(small) == set(files)
    for name, data in files.items():
        assert pl.read_parquet_schema(data) == pl.read_parquet_schema(small[name])


def test_the_same_bytes_come_out_twice(files, yumen):
    assert make_parquet(yumen) == files


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=hostile_texts)
def test_hostile_names_come_back_as_they_are(make_named, name):
    files = make_parquet(make_named(name))
    (row,) = pl.read_parquet(files["nodes_products.parquet"]).filter(id="bread").to_dicts()
    assert (row["name_zh"], row["aliases"]) == (name, [name, "x"])


def test_parquet_asks_for_its_extra(yumen, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"chaingraph\[export\]"):
        make_parquet(yumen)
