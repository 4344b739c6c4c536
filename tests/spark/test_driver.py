"""What can go wrong on the way to a cluster is told in a sentence."""

import contextlib
import shutil
import socket
import sys

import pytest
from cluster import SMALL

from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.evidence import spark
from chaingraph.evidence.lexicon import Lexicon
from chaingraph.evidence.records import Columns
from chaingraph.evidence.registry import Counts, scan_matches
from chaingraph.evidence.results import MATCHES, REJECTS
from chaingraph.evidence.rows import find_units
from chaingraph.evidence.scopes import ScopeReader

needs_java = pytest.mark.skipif(not shutil.which("java"), reason="needs Java")

COLUMNS = Columns(scope="scope")
READER = ScopeReader(Lexicon({"面包": (("bread", frozenset()),)}))
NOWHERE = "spark://127.0.0.1:1"


def write(folder, text="scope\n面包销售\n"):
    path = folder / "register.csv"
    path.write_text(text, "utf-8")
    return path


def match(path, **options):
    options = {"columns": COLUMNS, "reader": READER, "master": NOWHERE, **options}
    return spark.match_on_spark([path], path.parent / "out", **options)


@needs_java
def test_a_master_that_does_not_listen_is_told_at_once(tmp_path):
    with pytest.raises(UsageError, match=f"no Spark master answers at {NOWHERE}"):
        match(write(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["register.csv"]


@needs_java
@pytest.mark.parametrize("master", ["spark://nowhere.invalid:7077", "spark://", "spark://a:b:c"])
def test_a_master_nobody_knows_is_told(tmp_path, master):
    with pytest.raises(UsageError, match="no Spark master answers"):
        match(write(tmp_path), master=master)


@needs_java
def test_one_of_several_masters_is_enough():
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
        spark._find_master(f"spark://127.0.0.1:1,127.0.0.1:{server.getsockname()[1]}", 1)


def test_a_machine_without_java_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(UsageError, match="Spark needs Java 17"):
        match(write(tmp_path))
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="Spark needs Java 17"):
        match(write(tmp_path))


def test_without_pyspark_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'chaingraph\[spark\]'"):
        match(write(tmp_path))


def test_files_are_looked_into_before_the_cluster_is_asked(tmp_path):
    with pytest.raises(UsageError, match="no column 'scope'"):
        match(write(tmp_path, "other\nx\n"))


@needs_java
def test_what_a_worker_complains_of_is_told_in_its_words(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet

    path = tmp_path / "register.parquet"
    pyarrow.parquet.write_table(pa.table({"scope": [["面包"]]}), path)
    with pytest.raises(UsageError, match=r"register.parquet holds no texts in .* 'scope'") as told:
        match(path, master="local[1]", settings=SMALL)
    assert "\n" not in str(told.value)
    assert [left.name for left in tmp_path.iterdir()] == ["register.parquet"]


@needs_java
def test_defaults_of_spark_hold_where_nothing_else_is_set(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/spark-defaults.conf").write_text("spark.serializer no.such.Serializer\n")
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path / "conf"))
    with pytest.raises(UsageError, match=r"no\.such\.Serializer"):
        match(write(tmp_path), master="local[1]", settings=SMALL)
    settings = {**SMALL, "spark.serializer": "org.apache.spark.serializer.JavaSerializer"}
    assert match(tmp_path / "register.csv", master="local[1]", settings=settings).matched == 1


def test_of_two_attempts_at_a_part_the_one_that_was_answered_counts(tmp_path):
    path = write(tmp_path, "scope\n面包销售\n=bad,row\n")
    for folder in ("parts", "out"):
        (tmp_path / folder).mkdir()
    job = spark._Job(find_units([path]), COLUMNS, READER, tmp_path / "parts")
    lost, answer = [spark.run_task(job, 0).to_pylist()[0] for _ in range(2)]
    assert lost["stem"] != answer["stem"]
    counts = spark._gather([answer], tmp_path / "parts", tmp_path / "out")
    assert counts == Counts(rows=2, matched=1, rejected=1, matches=1)
    assert [part.name for part in (tmp_path / "out" / MATCHES).iterdir()] == ["part-0.parquet"]
    assert scan_matches(tmp_path / "out").collect().height == 1
    assert len((tmp_path / "out" / REJECTS).read_text("utf-8-sig").splitlines()) == 2
    left = {file.name for file in (tmp_path / "parts").iterdir()}
    assert {f"{lost['stem']}.parquet", f"{lost['stem']}.csv"} <= left


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "at x\nchaingraph.errors.UsageError: cannot read a.csv: no\n\tat y",
            "cannot read a.csv: no",
        ),
        (
            "Caused by: java.io.IOException: full\n\tat org.x",
            "Caused by: java.io.IOException: full",
        ),
        ("first\nlast", "last"),
        ("", "it says nothing"),
    ],
)
def test_of_many_words_of_spark_those_that_matter_are_told(said, told):
    assert spark._explain(said, "local").endswith(told)
