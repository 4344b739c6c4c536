"""The same register on a cluster and here: the same rows, whatever dies on the way."""

import contextlib
import csv
import gzip
import random
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cluster import HASTE, SMALL, Cluster, freeze_at_work, kill_all, wait_for

from chaingraph.errors import UsageError
from chaingraph.evidence import spark
from chaingraph.evidence.lexicon import make_lexicon
from chaingraph.evidence.records import Columns
from chaingraph.evidence.registry import match_registry, scan_matches
from chaingraph.evidence.results import REJECTS, SUMMARY
from chaingraph.evidence.scopes import ScopeReader
from chaingraph.evidence.spark import match_on_spark

pytestmark = [
    pytest.mark.skipif(not shutil.which("java"), reason="needs Java"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
]

COLUMNS = Columns(scope="经营范围", name="企业名称", regions=("省份",), founded="成立日期")
HEADER = ["企业名称", "省份", "成立日期", "经营范围"]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A master that waits for workers."""
    with pytest.MonkeyPatch.context() as environment, contextlib.ExitStack() as leaving:
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        environment.setenv("SPARK_LAUNCHER_OPTS", HASTE)
        environment.setenv("PYSPARK_PYTHON", sys.executable)
        yield Cluster(tmp_path_factory.mktemp("cluster"), leaving)


@pytest.fixture(scope="module")
def reader(yumen):
    return ScopeReader(make_lexicon(yumen))


def write_register(folder, reader, files=9, rows=1500):
    """Write CSV files in several encodings and a Parquet file, with bad rows among the good."""
    import pyarrow as pa
    import pyarrow.parquet

    folder.mkdir()
    draw = random.Random(5)
    names = sorted(reader.lexicon.senses)

    def row(number):
        made, sold = draw.sample(names, 3), draw.sample(names, 3)
        scope = f"{'、'.join(made)}的生产；{'、'.join(sold)}销售（不含{draw.choice(names)}）；普通货运。"
        return [f"第{number}厂", draw.choice(["甘肃", "新疆"]), "2009-05-01", scope]

    for number in range(files):
        packed = number == 2
        opener = gzip.open if packed else open
        path = folder / f"{number}.csv{'.gz' if packed else ''}"
        encoding = "gb18030" if number == 3 else "utf-8"
        with opener(path, "wt", encoding=encoding, errors="replace", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerows([HEADER, *map(row, range(rows)), ["=too", "short"]])
            stream.write('a,b,"not closed\n')
            writer.writerows(map(row, range(10)))
    with (folder / "4.csv").open("ab") as stream:
        stream.write(b"a,b,c,\xff\xfe\n")
    table = pa.Table.from_pylist([dict(zip(HEADER, row(n), strict=True)) for n in range(rows)])
    pyarrow.parquet.write_table(table, folder / "last.parquet", row_group_size=rows // 3)


def test_a_cluster_without_workers_is_not_waited_for_without_end(cluster, reader, tmp_path):
    write_register(tmp_path / "register", reader, files=5, rows=3)
    with pytest.raises(UsageError, match=r"no worker of spark://.* within 0.5 s: are there any"):
        match_on_spark(
            [tmp_path / "register"],
            tmp_path / "there",
            columns=COLUMNS,
            reader=reader,
            master=cluster.master,
            settings=SMALL,
            timeout=0.5,
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["register"]


def test_a_worker_that_is_killed_on_the_way_changes_nothing(cluster, reader, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = note_parts(monkeypatch)
    write_register(tmp_path / "register", reader)
    doomed = cluster.start_worker("one")
    cluster.start_worker("two")
    cluster.wait_for_workers(2)

    def run():
        return match_on_spark(
            ["register"],
            "there",
            columns=COLUMNS,
            reader=reader,
            master=cluster.master,
            settings=SMALL,
        )

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(run)
        part = wait_for(lambda: running.done() or freeze_at_work(doomed), "no work")
        kill_all(doomed)
        assert not running.done(), running.result()
        counts = running.result()
    unit = part.partition("-")[0]
    assert len([name for name in written if name.startswith(f"{unit}-")]) > 1, "not read again"

    here = match_registry(["register"], "here", columns=COLUMNS, reader=reader)
    assert counts == here
    assert here.rejected == 19
    assert here.rows == here.matched + here.unmatched + here.rejected == 9 * 1512 + 1 + 1500
    assert told(tmp_path / "there") == told(tmp_path / "here")
    assert not list(tmp_path.glob(".there*"))


def told(folder):
    """All that a match leaves."""
    matches = scan_matches(folder).collect()
    return matches.rows(), (folder / REJECTS).read_bytes(), (folder / SUMMARY).read_bytes()


def note_parts(monkeypatch):
    """Note which files the tasks wrote, those of dead workers among them."""
    written = []

    def gather(answers, parts, folder):
        written.extend(path.name for path in parts.glob("*.parquet"))
        return whole(answers, parts, folder)

    whole = spark._gather
    monkeypatch.setattr(spark, "_gather", gather)
    return written
