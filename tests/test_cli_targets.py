"""What a planner types and sees from a gap to a visit, and with Excel."""

import csv
import datetime
import io
import json
import os
import shutil

import openpyxl
import pytest

from chaingraph.cli import run
from chaingraph.loader import example_atlas

YUMEN = str(example_atlas())
DAY = ("--as-of", "2023-02-15")


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; return its code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run_command(*words):
        code = run([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return run_command


def test_targets_tell_whom_why_and_when(call):
    code, out, err = call("targets", YUMEN, *DAY, "--product", "PVDF")
    assert code == 0
    for words in ("巨化股份", "浙江衢州", "目标地区“长三角”", "上门", "2023-02-16"):
        assert words in out
    assert "1 个缺口有 3 家目标企业，共 3 条" in err


def test_targets_of_a_branch_and_a_chain_by_name(call):
    _, silicone, _ = call(
        "targets", YUMEN, *DAY, "--branch", "有机硅", "--format", "json", "--per-gap", "0"
    )
    _, chain, _ = call(
        "targets", YUMEN, *DAY, "--chain", "化工", "--format", "json", "--per-gap", "0"
    )
    both = [
        {(row["product"], row["enterprise"]) for row in json.loads(out)}
        for out in (silicone, chain)
    ]
    assert both[0] < both[1]
    assert ("dmc_cyclosiloxane", "hoshine") in both[0]


def test_targets_as_a_file_have_all_columns(call, tmp_path):
    assert call("targets", YUMEN, "-o", "t.csv")[0] == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"))))
    assert {
        "rank",
        "product",
        "enterprise",
        "score",
        "parts",
        "why",
        "region",
        "outpost",
        "approach",
        "team",
        "due",
        "stage",
        "updated",
        "colour",
        "sources",
    } <= set(rows[0])


def test_a_bundle_of_what_is_here_says_so(call):
    words = ("targets", YUMEN, "--bundle", "csp_plant", "--lang")
    assert call(*words, "en")[2] == "CSP plant (molten salt) is here already\n"
    assert "本地已有" in call(*words, "zh")[2]


def test_a_bundle_is_covered_by_few_firms(call):
    code, out, _ = call("targets", YUMEN, *DAY, "--bundle", "PVDF", "--lang", "en")
    assert code == 0
    assert "Juhua" in out
    assert "no candidate for" in out
    _, out, _ = call("targets", YUMEN, *DAY, "--bundle", "PVDF", "--format", "json")
    assert json.loads(out)[0]["brings"] == ["anhydrous_hf", "pvdf"]


def test_the_plan_shows_tasks_trips_and_times(call):
    code, out, _ = call("plan", YUMEN, *DAY)
    assert code == 0
    for words in ("任务书", "路线图", "时间表", "长三角：浙江", "上门拜访", "还有"):
        assert words in out
    _, one, _ = call("plan", YUMEN, *DAY, "--only", "trips", "--team", "化工产业链专班")
    assert "任务书" not in one
    assert "巨化股份" in one


def test_the_plan_as_a_picture_and_as_data(call, tmp_path):
    assert call("plan", YUMEN, *DAY, "-o", "route.svg")[0] == 0
    assert "招商路线图" in (tmp_path / "route.svg").read_text("utf-8")
    assert call("plan", YUMEN, *DAY, "-o", "route.svg")[0] == 0  # its own drawing again
    _, out, _ = call("plan", YUMEN, *DAY, "--only", "times", "--format", "json")
    assert json.loads(out)[0]["day"] == "2023-02-16"
    code, _, err = call("plan", YUMEN, "--format", "json")
    assert (code, "--only" in err) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("targets", YUMEN, "--product", "nothing"), "no product"),
        (("targets", YUMEN, "--branch", "有机圭"), "no branch"),
        (("plan", YUMEN, "--team", "nobody"), "no team"),
        (("export", "xlsx", YUMEN, "-o", "a.docx"), ".xlsx"),
        (("import", "none.xlsx"), "cannot read"),
    ],
)
def test_bad_questions_end_with_2_and_a_sentence(call, words, message):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert message in err


def test_an_empty_form_is_made_and_never_over_another_file(call, tmp_path):
    assert call("init", "--excel", "form.xlsx")[0] == 0
    assert "产品" in openpyxl.load_workbook(tmp_path / "form.xlsx").sheetnames
    (tmp_path / "mine.xlsx").write_text("mine", "utf-8")
    code, _, err = call("init", "--excel", "mine.xlsx")
    assert (code, "--force" in err) == (2, True)


def test_out_to_excel_and_back(call, tmp_path):
    shutil.copytree(example_atlas().parent, tmp_path / "chains")
    assert call("export", "xlsx", "-o", "a.xlsx")[0] == 0
    code, _, err = call("import", "a.xlsx")
    assert (code, err) == (0, "没有不同，什么也没写\n")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    page = book["专班"]
    column = next(at for at in range(1, page.max_column + 1) if page.cell(2, at).value == "lead")
    page.cell(3, column).value = "市工信局"
    book.save(tmp_path / "b.xlsx")
    before = (tmp_path / "chains/yumen/organisation.yaml").read_text("utf-8")
    code, _, err = call("import", "b.xlsx")
    assert code == 2
    assert "修改 1：teams.chemicals_team" in err
    assert "--force" in err
    assert (tmp_path / "chains/yumen/organisation.yaml").read_text("utf-8") == before
    code, out, _ = call("import", "b.xlsx", "--force")
    assert (code, out) == (0, "chains/yumen/organisation.yaml\n")
    after = (tmp_path / "chains/yumen/organisation.yaml").read_text("utf-8")
    assert [line for line in after.splitlines() if line not in before.splitlines()] == [
        "    lead: 市工信局"
    ]
    assert call("check")[0] == 0


def test_a_form_with_mistakes_ends_with_1_and_writes_nothing(call, tmp_path):
    call("init", "--excel", "form.xlsx")
    code, out, err = call("import", "form.xlsx", "-o", "new")
    assert (code, out) == (1, "")
    assert "form.xlsx 设置!C14" in err
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_read_only_file_gives_a_message_and_survives(call, tmp_path):
    (tmp_path / "t.csv").write_text("old", "utf-8")
    (tmp_path / "t.csv").chmod(0o444)
    code, _, err = call("targets", YUMEN, "-o", "t.csv", "--force")
    assert (code, (tmp_path / "t.csv").read_text("utf-8")) == (2, "old")
    assert "read-only" in err


def test_a_workbook_of_targets_has_the_columns_of_the_list(call, tmp_path):
    assert call("targets", YUMEN, *DAY, "--product", "PVDF", "-o", "t.xlsx")[0] == 0
    heads, first, *_ = openpyxl.load_workbook(tmp_path / "t.xlsx").active.values
    row = dict(zip(heads, first, strict=True))
    assert (row["序号"], row["所属产业链"], row["环节"]) == (1, "化工", "聚偏氟乙烯")
    assert (row["企业名称"], row["时限"]) == ("巨化股份", "2023-02-16")
    assert "证据晚于当日" in row["匹配依据"]
    assert "A 股名录" in row["来源"]


@pytest.mark.parametrize("word", ["today", "今天"])
def test_a_plan_counts_from_the_clock_only_if_asked(call, word):
    trips = {}
    today = datetime.datetime.now().astimezone().date().isoformat()
    for day in (word, today):
        code, trips[day], _ = call(
            "plan", YUMEN, "--as-of", day, "--only", "trips", "--format", "json"
        )
        assert code == 0
    assert len(set(trips.values())) == 1
