"""What a planner types and sees with a register of firms."""

import csv
import gzip
import io
import json

import pytest

pytest.importorskip("polars", reason="needs the extra evidence")

from chaingraph.cli import run
from chaingraph.evidence.arrivals import read_entries
from chaingraph.evidence.panel import read_panel
from chaingraph.evidence.registry import Counts
from chaingraph.loader import example_atlas

ATLAS = ("--atlas", str(example_atlas()))
SPARK = ("--engine", "spark", "--master", "local[1]")
REGISTER = """企业名称,省份,城市,成立日期,经营状态,经营范围
甲有机硅公司,浙江,衢州,2009-05-11,存续,硅油、107胶的生产、销售；化工产品（不含甲醇）批发
乙物资公司,甘肃,酒泉,2015-03-01,存续,销售：萤石、石油焦；普通货运
丙氟材料公司,浙江,衢州,2003-01-01,注销,聚偏氟乙烯（PVDF）的生产
丁公司,浙江
戊咨询公司,甘肃,兰州,2020,存续,企业管理咨询
"""


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Run a command in a folder with a register; return its code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "firms.csv").write_text(REGISTER, "utf-8")

    def run_command(*words):
        code = run([*map(str, words), *(() if "--help" in words else ATLAS)])
        out, err = capsys.readouterr()
        return code, out, err

    return run_command


@pytest.fixture
def matches(call):
    assert call("registry", "match", "firms.csv", "-o", "matches")[0] == 0
    return "matches"


def test_match_says_what_became_of_the_rows(call, tmp_path):
    code, out, err = call("registry", "match", "firms.csv", "-o", "matches")
    assert (code, out) == (0, "matches\n")
    assert "共 5 行：3 行对上产品（6 处），1 行没有，1 行读不了" in err
    told = json.loads((tmp_path / "matches" / "summary.json").read_text("utf-8"))
    assert told["rows"] == told["matched"] + told["unmatched"] + told["rejected"] == 5
    rejects = (tmp_path / "matches" / "rejects.csv").read_text("utf-8")
    assert "firms.csv,5,2 columns instead of 6" in rejects


def test_firms_that_make_a_product_are_listed(call, matches):
    _, out, _ = call("registry", "firms", matches, "--product", "硅油")
    assert "甲有机硅公司" in out
    assert "衢州" in out
    _, out, err = call("registry", "firms", matches, "--product", "PVDF")
    assert (out, err) == ("", "没有\n")  # the firm is no more
    _, out, _ = call("registry", "firms", matches, "--product", "PVDF", "--closed")
    assert "丙氟材料公司" in out


def test_firms_of_a_region_go_into_a_file(call, matches, tmp_path):
    code, _, _ = call(
        "registry", "firms", matches, "--where", "酒泉", "--role", "sell", "-o", "f.csv"
    )
    assert code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text("utf-8-sig"))))
    assert {(row["name"], row["product"], row["role"]) for row in rows} == {
        ("乙物资公司", "fluorspar_ore", "sell"),
        ("乙物资公司", "petroleum_coke", "sell"),
    }


def test_names_that_steer_a_terminal_are_written_out(call, tmp_path):
    firm = "\x1b[2J己\x0b公司,甘肃,兰州,2020,存续,硅油生产\n"
    (tmp_path / "firms.csv").write_text(REGISTER + firm, "utf-8")
    assert call("registry", "match", "firms.csv", "-o", "m")[0] == 0
    for words in (("-o", "firms.xlsx"), ("-o", "firms.csv", "--force"), ()):
        code, out, err = call("registry", "firms", "m", *words)
        assert code == 0, err
        assert "\x1b" not in out
    assert "\\x1b[2J己\\x0b公司" in (tmp_path / "firms.csv").read_text("utf-8")


def test_counts_by_region_product_and_cohort(call, matches):
    _, out, _ = call(
        "registry", "aggregate", matches, "--by", "省份", "--cohort", "5", "--format", "json"
    )
    counts = {(row["省份"], row["product"], row["since"]): row["firms"] for row in json.loads(out)}
    assert counts == {
        ("浙江", "silicone_oil", 2005): 1,
        ("浙江", "silicone_rubber_107", 2005): 1,
        ("甘肃", "road_freight", 2015): 1,
    }


def test_one_scope_can_be_tried_out(call):
    _, out, _ = call("registry", "read", "聚偏氟乙烯（PVDF）生产；风电叶片技术咨询")
    assert "制造经营" in out
    assert "服务" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("match", "none.csv", "-o", "m"), "no such file: none.csv"),
        (("match", "firms.csv", "-o", "m", "--scope", "经营范"), "did you mean '经营范围'"),
        (("match", "firms.csv", "-o", "m", "--engine", "spark"), "go together"),
        (("match", ".", "-o", "m"), "m lies in ., which is read: name a folder outside of it"),
        (("match", "firms.csv", "-o", "m", "--spark-conf", "spark.a=b"), "with --engine spark"),
        (("match", "firms.csv", "-o", "m", *SPARK, "--workers", "2"), "set spark.cores.max"),
        (("match", "firms.csv", "-o", "m", *SPARK, "--spark-conf", "spark.a"), "not KEY=VALUE"),
        (("match", "firms.csv", "-o", "m", *SPARK, "--spark-conf", "a=b"), "not KEY=VALUE"),
        (("firms", "firms.csv"), "holds no matches"),
        (("aggregate", "none"), "holds no matches"),
    ],
)
def test_a_wrong_question_is_told_in_a_line(call, words, said):
    code, out, err = call("registry", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_settings_of_spark_are_passed_on(call, monkeypatch):
    seen = {}

    def match_on_spark(*_, **options):
        seen.update(options)
        return Counts()

    monkeypatch.setattr("chaingraph.evidence.spark.match_on_spark", match_on_spark)
    given = ("spark.executor.memory=2g", "spark.driver.extraJavaOptions=-Da=b")
    words = [word for each in given for word in ("--spark-conf", each)]
    assert call("registry", "match", "firms.csv", "-o", "m", *SPARK, *words)[0] == 0
    assert seen["master"] == "local[1]"
    assert seen["settings"] == {
        "spark.executor.memory": "2g",
        "spark.driver.extraJavaOptions": "-Da=b",
    }


def test_a_folder_with_other_things_is_not_touched(call, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep", "utf-8")
    code, _, err = call("registry", "match", "firms.csv", "-o", "mine")
    assert code == 2
    assert "holds other things" in err
    assert (tmp_path / "mine" / "notes.txt").read_text("utf-8") == "keep"


def test_results_of_another_match_are_replaced_only_with_force(call, matches, tmp_path):
    before = (tmp_path / matches / "summary.json").read_bytes()
    (tmp_path / "firms.csv").write_text(REGISTER.partition("丁公司")[0], "utf-8")
    code, out, err = call("registry", "match", "firms.csv", "-o", "matches")
    assert (code, out) == (2, "")
    assert err == "chaingraph: matches holds results already: --force replaces them\n"
    assert (tmp_path / "matches/summary.json").read_bytes() == before
    assert call("registry", "match", "firms.csv", "-o", "matches", "--force")[0] == 0
    assert json.loads((tmp_path / "matches/summary.json").read_bytes())["rows"] == 3
    (tmp_path / "empty").mkdir()
    assert call("registry", "match", "firms.csv", "-o", "empty")[0] == 0


def test_counts_with_founding_years_are_a_panel_of_arrivals(call, matches, tmp_path):
    words = ("--by", "省份", "--cohort", "1", "--known", "--role", "make", "--role", "sell")
    assert call("registry", "aggregate", matches, *words, "-o", "panel.csv")[0] == 0
    entries = read_entries(tmp_path / "panel.csv")
    assert entries.places == ("浙江", "甘肃")
    assert {"silicone_oil", "petroleum_coke"} <= set(entries.activities)
    assert read_panel(tmp_path / "panel.csv").values.sum() == 5


def test_a_file_that_breaks_off_is_told_aloud(call, tmp_path):
    whole = gzip.compress((REGISTER * 400).encode())
    (tmp_path / "half.csv.gz").write_bytes(whole[: len(whole) // 2])
    _, _, err = call("registry", "match", "half.csv.gz", "-o", "m")
    assert "1 处文件中断，后面的行没有读到" in err


def test_without_the_extra_every_command_says_what_to_install(call, matches, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for words in (("firms", matches), ("aggregate", matches), ("match", "firms.csv", "-o", "m")):
        code, _, err = call("registry", *words)
        assert (code, err) == (
            2,
            "chaingraph: polars is not installed: pip install 'chaingraph[evidence]'\n",
        )
