"""A register is read once, in bounded memory, and its results are whole or absent."""

import csv
import io
import json
import math
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chaingraph import _atomic
from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.evidence import rows
from chaingraph.evidence.lexicon import Lexicon
from chaingraph.evidence.processes import map_in_order
from chaingraph.evidence.records import Columns, batch_schema
from chaingraph.evidence.registry import (
    Counts,
    aggregate_matches,
    list_firms,
    match_batch,
    match_registry,
    match_schema,
    scan_matches,
)
from chaingraph.evidence.results import new_results
from chaingraph.evidence.scopes import ScopeReader

pa = pytest.importorskip("pyarrow")
pl = pytest.importorskip("polars")

COLUMNS = Columns(
    scope="范围", name="名称", regions=("省",), founded="成立", capital="资本", status="状态"
)
SCOPE = Columns(scope="范围")
READER = ScopeReader(
    Lexicon({"面包": (("bread", frozenset()),), "面粉": (("flour", frozenset()),)})
)
FIRMS = """名称,省,成立,资本,状态,范围
甲,甘肃,2009-05-01,100万,存续,面包生产；面粉销售
乙,甘肃,1998年,,注销,面包制造
丙,新疆,,1,存续,普通货运
丁,新疆,2011,,在业,面粉加工
"""


def match(tmp_path, text=FIRMS, columns=COLUMNS, **options):
    path = tmp_path / "firms.csv"
    path.write_text(text, "utf-8")
    return match_registry([path], tmp_path / "out", columns=columns, reader=READER, **options)


def test_each_match_says_who_makes_what_and_by_which_words(tmp_path):
    counts = match(tmp_path)
    assert counts == Counts(rows=4, matched=3, unmatched=1, rejected=0, matches=4)
    found = scan_matches(tmp_path / "out").collect()
    assert found.columns == match_schema(COLUMNS).names
    assert found.drop("file", "capital", "status", "strength").rows() == [
        (2, "甲", "甘肃", 2009, "bread", "面包", "make"),
        (2, "甲", "甘肃", 2009, "flour", "面粉", "sell"),
        (3, "乙", "甘肃", 1998, "bread", "面包", "make"),
        (5, "丁", "新疆", 2011, "flour", "面粉", "make"),
    ]
    assert found["strength"].is_between(0, 1, closed="right").all()


def test_the_summary_says_what_became_of_the_rows(tmp_path):
    match(tmp_path, FIRMS + "short\n")
    assert json.loads((tmp_path / "out/summary.json").read_bytes()) == {
        "rows": 5, "matched": 3, "unmatched": 1, "rejected": 1, "matches": 4, "cut": 0,
        "terms": 2,
    }  # fmt: skip


def test_rejects_are_text_to_a_spreadsheet(tmp_path):
    match(tmp_path, FIRMS + "=1+1\n")
    told = csv.DictReader(io.StringIO((tmp_path / "out/rejects.csv").read_text("utf-8-sig")))
    assert list(told) == [
        {
            "file": str(tmp_path / "firms.csv"),
            "row": "6",
            "reason": "1 columns instead of 6",
            "text": "'=1+1",
        }
    ]


def test_batches_of_any_size_give_the_same(tmp_path, monkeypatch):
    match(tmp_path)
    whole = scan_matches(tmp_path / "out").collect()
    monkeypatch.setattr(rows, "BATCH", 1)
    match(tmp_path)
    assert scan_matches(tmp_path / "out").collect().equals(whole)


def test_several_processes_give_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "BATCH", 3)
    text = FIRMS + FIRMS.partition("\n")[2] * 5 + "short\n"
    counts = match(tmp_path, text)
    alone = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert match(tmp_path, text, workers=2) == counts
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == alone


def test_progress_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "BATCH", 2)
    seen = []
    match(tmp_path, progress=lambda counts: seen.append(counts.rows))
    assert seen == [2, 4]


def test_a_batch_without_products_has_no_matches():
    batch = pa.RecordBatch.from_pylist(
        [{"file": "f", "row": 2, "scope": None}], batch_schema(SCOPE)
    )
    assert match_batch(batch, SCOPE, READER).num_rows == 0


@pytest.mark.parametrize(
    ("written", "year"),
    [
        *dict.fromkeys(["2015-03-01", "2015年", "2015/3/1", "2015.0", "2015", " 2015 ", "2015.03"], 2015).items(),
        *dict.fromkeys(["20150301", "201503", "20150301120000", "2015-03-01 00:00:00"], 2015).items(),
        *dict.fromkeys(["1/3/2015", "01.03.2015", "成立于2015年", "20150301.0"], 2015).items(),
        *dict.fromkeys(["41998", "42064.0", "41998.2015", "20150", "1420070400"], None).items(),
        *dict.fromkeys(["1420070400000", "20159999", "12015", "2100", "", "-"], None).items(),
    ],
)  # fmt: skip
def test_years_are_read_from_dates_and_not_from_numbers(tmp_path, written, year):
    match(tmp_path, f"成立,范围\n{written},面包\n", Columns(scope="范围", founded="成立"))
    assert scan_matches(tmp_path / "out").collect()["founded"].to_list() == [year]


CELLS = st.text('面包粉生产、；,"\n\r\0a=\ud800', max_size=6)


@settings(deadline=None)
@example(table=[["、\ud800"] * 3] * 2, quoted=False)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=3)), st.booleans())
def test_counts_add_up_whatever_the_rows(tmp_path_factory, table, quoted):
    folder = tmp_path_factory.getbasetemp()
    out = io.StringIO()
    if quoted:
        csv.writer(out).writerows(table)
    else:
        out.write("\n".join(",".join(row) for row in table))
    path = folder / "any.csv"
    path.write_bytes(
        b"a,\xe8\x8c\x83\xe5\x9b\xb4\n" + out.getvalue().encode("utf-8", "surrogatepass")
    )
    counts = match_registry([path], folder / "any", columns=SCOPE, reader=READER)
    assert counts.rows == counts.matched + counts.unmatched + counts.rejected
    found = scan_matches(folder / "any").collect()
    assert (counts.matched, counts.matches) == (found["row"].n_unique(), found.height)
    told = csv.reader(io.StringIO((folder / "any/rejects.csv").read_text("utf-8-sig"), newline=""))
    assert len(list(told)) == counts.rejected + 1


@pytest.mark.parametrize("package", ["polars", "pyarrow", "ahocorasick_rs", "opencc"])
def test_without_the_extra_it_says_what_to_install(tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"{package} .*'chaingraph\[evidence\]'"):
        match(tmp_path)
    with pytest.raises(MissingExtraError):
        scan_matches(tmp_path)


# ------------------------------------------------------------- the folder


def test_results_replace_results_and_nothing_else(tmp_path):
    match(tmp_path)
    match(tmp_path)
    (tmp_path / "out/notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other things already"):
        match(tmp_path)
    assert (tmp_path / "out/notes.txt").read_text() == "mine"


def test_a_file_is_not_replaced_by_a_folder(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="holds other things already"):
        match(tmp_path)


def test_results_are_not_read_as_a_part_of_the_register(tmp_path):
    (tmp_path / "register").mkdir()
    (tmp_path / "register/firms.csv").write_text(FIRMS, "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "register", target_is_directory=True)
    for folder in ("register/out", "register", "link/out"):
        with pytest.raises(UsageError, match="which is read: name a folder outside of it"):
            match_registry(
                [tmp_path / "register"], tmp_path / folder, columns=COLUMNS, reader=READER
            )
    match_registry(
        [tmp_path / "register"], tmp_path / "register.out", columns=COLUMNS, reader=READER
    )


@pytest.mark.parametrize("error", [UsageError("no"), KeyboardInterrupt()])
def test_a_run_that_fails_leaves_the_results_before_it(tmp_path, error):
    match(tmp_path)

    def stop(_):
        raise error

    with pytest.raises(type(error)):
        match(tmp_path, "范围\n面包\n", SCOPE, progress=stop)
    assert scan_matches(tmp_path / "out").collect().height == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.csv", "out"]


def test_what_killed_runs_left_is_cleared_away_but_not_what_runs_use(tmp_path):
    for left in (
        ".out.unfinished.dead",
        ".out.old.dead",
        ".out.unfinished.x.unfinished.other",
        ".outer.unfinished.other",
    ):
        (tmp_path / left).mkdir()
    with new_results(tmp_path / "out") as mine:
        (mine / "summary.json").touch()
        with new_results(tmp_path / "out") as other:
            (other / "summary.json").write_text("theirs")
            assert mine.exists()
        assert mine.exists()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [".out.unfinished.x.unfinished.other", ".outer.unfinished.other", "out"]


def test_results_come_back_that_a_killed_run_had_put_aside(tmp_path):
    match(tmp_path)
    (tmp_path / "out").rename(tmp_path / ".out.old.killed")
    with pytest.raises(RuntimeError), new_results(tmp_path / "out"):
        raise RuntimeError
    assert scan_matches(tmp_path / "out").collect().height == 4


def test_old_results_that_could_not_be_removed_stop_no_later_run(tmp_path, monkeypatch):
    match(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        match(tmp_path)
    match(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.csv", "out"]


def write_beside(folder, started):
    """Start another run with the same folder, and give it time to do harm."""

    def run():
        with new_results(folder) as unfinished:
            (unfinished / "summary.json").write_text("theirs")

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(0.3)
    started.append(thread)


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not held")
@pytest.mark.parametrize("moment", ["between the two steps of taking place", "before it is held"])
def test_a_run_that_starts_at_a_bad_moment_waits(tmp_path, monkeypatch, moment):
    out, started = tmp_path / "out", []
    with new_results(out) as first:
        (first / "summary.json").touch()

    def replace(self, target):
        os.replace(self, target)  # noqa: PTH105
        if not started and ".old" in target.name:
            write_beside(out, started)

    def mkdtemp(**options):
        made = make(**options)
        if not started:
            started.append(None)
            write_beside(out, started)
        return made

    make = tempfile.mkdtemp
    if moment == "before it is held":
        monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    else:
        monkeypatch.setattr(pathlib.Path, "replace", replace)
    with new_results(out) as mine:
        (mine / "summary.json").write_text("mine")
    started[-1].join()
    assert (out / "summary.json").read_text() in {"mine", "theirs"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not held")
def test_a_process_that_was_forked_meanwhile_holds_nothing_up(tmp_path, monkeypatch):
    copies = []

    def open_twice(*args):
        copies.append(os.dup(handle := opened(*args)))
        return handle

    opened = os.open
    monkeypatch.setattr(os, "open", open_twice)  # a fork has copies of what is open
    with _atomic.holding(tmp_path) as held:
        assert held
    with _atomic.holding(tmp_path) as held:
        assert held
    for copy in copies:
        os.close(copy)


def test_results_behind_a_link_are_replaced_where_they_are(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk", target_is_directory=True)
    match(tmp_path)
    match(tmp_path)
    assert (tmp_path / "out").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disk", "firms.csv", "out"]
    assert scan_matches(tmp_path / "disk").collect().height == 4


@pytest.mark.skipif(sys.platform == "win32", reason="a limit of files' sizes")
def test_a_full_disk_is_told(tmp_path):
    import resource

    text = FIRMS + "".join(f"{i},甘肃,2009,,,面包\n" for i in range(20_000))
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    (tmp_path / "firms.csv").write_text(text, "utf-8")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
        with pytest.raises(UsageError, match=r"cannot write .*out: "):
            match_registry(
                [tmp_path / "firms.csv"], tmp_path / "out", columns=COLUMNS, reader=READER
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert [path.name for path in tmp_path.iterdir()] == ["firms.csv"]


@pytest.mark.skipif(sys.platform != "linux", reason="asks for a folder in /proc")
def test_a_place_that_takes_no_files_is_told(tmp_path):
    (tmp_path / "firms.csv").write_text(FIRMS, "utf-8")
    with pytest.raises(UsageError, match="cannot write /proc/chaingraph: "):
        match_registry([tmp_path / "firms.csv"], "/proc/chaingraph", columns=COLUMNS, reader=READER)


STOPPED = """
import sys
from chaingraph.evidence import rows
from chaingraph.evidence.lexicon import Lexicon
from chaingraph.evidence.records import Columns
from chaingraph.evidence.registry import match_registry
from chaingraph.evidence.scopes import ScopeReader

if __name__ == "__main__":
    rows.BATCH = 50
    reader = ScopeReader(Lexicon({"面包": (("bread", frozenset()),)}))
    columns = Columns(scope="范围")
    for _ in iter(lambda: print("start", flush=True), 1):
        match_registry(sys.argv[1:2], sys.argv[2], columns=columns, reader=reader, workers=int(sys.argv[3]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_is_stopped_at_any_moment_leaves_nothing_half(tmp_path, sign, workers):
    register, out = tmp_path / "firms.csv", tmp_path / "out"
    register.write_text("范围\n" + "面包生产\n" * 5000, "utf-8")
    (tmp_path / "run.py").write_text(STOPPED)
    draw = random.Random(f"{sign} {workers}")
    for _ in range(3):
        running = subprocess.Popen(
            [sys.executable, tmp_path / "run.py", register, out, str(workers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with running:
            for _ in range(draw.randint(1, 2)):
                running.stdout.readline()
            time.sleep(draw.uniform(0, 0.3))
            running.send_signal(sign)
        if out.exists():
            assert scan_matches(out).collect().height == 5000
            assert json.loads((out / "summary.json").read_bytes())["matched"] == 5000
    match_registry([register], out, columns=SCOPE, reader=READER)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.csv", "out", "run.py"]


# -------------------------------------------------------------- processes


@pytest.mark.parametrize("numbers", [[], [4], range(10)])
def test_processes_keep_the_order(numbers):
    assert list(map_in_order(math.factorial, numbers, workers=3)) == [*map(math.factorial, numbers)]


def test_what_goes_wrong_in_a_process_is_raised_here():
    with pytest.raises(ValueError, match="negative"):
        list(map_in_order(math.factorial, [1, -1, 2, 3], workers=2))


def test_a_process_that_ends_early_is_told():
    with pytest.raises(UsageError, match="a process ended early"):
        list(map_in_order(os._exit, [1, 2, 3, 4], workers=2))


# ------------------------------------------------------------ aggregation


def test_firms_are_counted_by_product_and_region(tmp_path):
    match(tmp_path)
    counts = aggregate_matches(tmp_path / "out")
    assert counts.rows() == [("新疆", "flour", 1), ("甘肃", "bread", 1)]
    counts = aggregate_matches(tmp_path / "out", closed=True, cohort=10, by=["省"])
    assert counts.columns == ["省", "product", "since", "firms"]
    assert counts.rows() == [
        ("新疆", "flour", 2010, 1),
        ("甘肃", "bread", 1990, 1),
        ("甘肃", "bread", 2000, 1),
    ]


def test_a_firm_in_two_roles_counts_once(tmp_path):
    match(tmp_path, "范围\n面包生产；面粉销售\n", SCOPE)
    both = aggregate_matches(tmp_path / "out", roles=["make", "sell"])
    assert both.rows() == [("bread", 1), ("flour", 1)]


def test_weak_matches_can_be_left_out(tmp_path):
    match(tmp_path)
    assert aggregate_matches(tmp_path / "out", strength=1.01).is_empty()


@pytest.mark.parametrize(
    ("options", "told"),
    [({"by": ["县"]}, "no column '县': there are 省"), ({"cohort": 5}, "leave out --cohort")],
)
def test_what_the_register_does_not_say_cannot_be_counted(tmp_path, options, told):
    columns = Columns(scope="范围", regions=("省",))
    match(tmp_path, columns=columns)
    with pytest.raises(UsageError, match=told):
        aggregate_matches(tmp_path / "out", **options)


def test_without_matches_there_is_nothing_to_count(tmp_path):
    with pytest.raises(UsageError, match="holds no matches"):
        aggregate_matches(tmp_path)
    (tmp_path / "matches.parquet").mkdir()
    with pytest.raises(UsageError, match="holds no matches"):
        aggregate_matches(tmp_path)


def test_a_folder_may_be_called_like_a_pattern(tmp_path):
    (tmp_path / "o[1]").mkdir()
    match(tmp_path / "o[1]")
    assert scan_matches(tmp_path / "o[1]/out").collect().height == 4


@pytest.mark.parametrize("ends", [0, 4, 300])
def test_matches_that_break_off_are_told(tmp_path, ends):
    match(tmp_path)
    path = tmp_path / "out/matches.parquet"
    path.write_bytes(path.read_bytes()[:ends])
    with pytest.raises(UsageError, match=r"matches in .* cannot be read, match again: "):
        aggregate_matches(tmp_path / "out")


def test_damage_within_matches_is_told(tmp_path):
    match(tmp_path)
    path = tmp_path / "out/matches.parquet"
    content = path.read_bytes()
    footer = 8 + int.from_bytes(content[-8:-4], "little")
    path.write_bytes(content[:4] + b"\xff" * (len(content) - 4 - footer) + content[-footer:])
    for ask in (aggregate_matches, list_firms):
        with pytest.raises(UsageError, match=r"matches in .* cannot be read, match again: "):
            ask(tmp_path / "out")


def test_another_table_is_no_matches(tmp_path):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "matches.parquet")
    with pytest.raises(UsageError, match="holds no matches, but another table"):
        aggregate_matches(tmp_path)
