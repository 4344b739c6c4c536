"""What a planner types and sees."""

import csv
import io
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from rich.cells import cell_len

import chaingraph
from chaingraph.cli import app, run
from chaingraph.loader import example_atlas, load_atlas

YUMEN = str(example_atlas())


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; return its code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run_command(*words):
        code = run(words)
        out, err = capsys.readouterr()
        return code, out, err

    return run_command


def python(*words, **environment):
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **environment},
    )


def test_version_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['chaingraph', '--version']\n"
        "from chaingraph.__main__ import main; main()\n"
        "heavy = {'networkx', 'pyvis', 'numpy', 'pydantic', 'typer', 'rich', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert python("-c", code).stdout == f"chaingraph {chaingraph.__version__}\n[]\n"


def test_version_answers_in_five_times_an_empty_python():
    def seconds(*words):
        start = time.perf_counter()
        python(*words)
        return time.perf_counter() - start

    pairs = [(seconds("-c", "pass"), seconds("-m", "chaingraph", "--version")) for _ in range(7)]
    assert statistics.median(own / empty for empty, own in pairs) < 5


def test_module_and_command_are_the_same():
    assert python("-m", "chaingraph", "check", YUMEN).returncode == 0


def test_check_tells_what_is_there(call):
    code, out, _ = call("check", YUMEN, "--lang", "en")
    assert code == 0
    assert out.startswith("Industry chains of Yumen: no problems\n")
    assert re.search(r"\b2  clusters\n +5  chains\n", out)


def test_one_thing_is_not_told_as_several(call):
    call("init", "chains", "--lang", "en")
    assert re.search(r"\b1  cluster\n +1  chain\n +1  branch\n +4  products\n", call("check")[1])


def test_the_atlas_in_the_folder_itself_is_found(call, monkeypatch):
    call("init", "town", "--lang", "en")
    monkeypatch.chdir("town")
    assert call("check")[0] == 0


def test_what_to_do_next_can_be_pasted(call):
    *_, command = call("init", "我的 城市/玉 都", "--lang", "en")[2].splitlines()
    assert shlex.split(command) == ["Next:", "chaingraph", "check", "我的 城市/玉 都/atlas.yaml"]
    *_, command = call("init", "--excel", "a form.xlsx", "--lang", "en")[2].splitlines()
    assert shlex.split(command)[-3:] == ["a form.xlsx", "-o", "chains"]


def test_check_points_out_unfair_wording_with_its_place(call):
    _, _, err = call("check", YUMEN, "--lang", "en")
    assert re.search(
        r"organisation\.yaml:\d+:11: Fund and support for CSP: “专项资金” to be checked", err
    )
    assert len(err.splitlines()) == 1


def test_check_says_which_files_beside_the_atlas_were_not_read(call):
    call("init", "chains", "--lang", "en")
    for name in ("企业.yaml", "place/a.yml", "place/sub/a.yaml", "place/a.YAML"):
        path = Path("chains", name)
        path.parent.mkdir(exist_ok=True)
        path.write_text("parks:\n")
    code, _, err = call("check")
    assert code == 0
    assert err.splitlines() == [
        "chains/place/a.YAML:1:1: not read: its name must end in .yaml or .yml, in small letters",
        "chains/place/a.yml:1:1: it is in no `includes`, so it was not read",
        "chains/place/sub/a.yaml:1:1: it is in no `includes`, so it was not read",
        "chains/企业.yaml:1:1: it is in no `includes`, so it was not read",
    ]
    Path("chains/place/enterprises.yaml").write_text("enterprises: 3\n")
    code, _, err = call("check", "--lang", "zh")
    assert (code, err.count("不在 includes 里，没有读")) == (1, 3)


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode there")
def test_a_file_whose_name_is_no_text_is_told_too(call):
    call("init", "chains", "--lang", "en")
    Path("chains", os.fsdecode(b"\xff.yaml")).touch()
    assert call("check")[2].startswith(r"chains/\udcff.yaml:1:1: it is in no")


def test_bad_data_ends_with_1_and_every_problem_on_stderr(call, tmp_path):
    call("init", str(tmp_path / "place"))
    firms = tmp_path / "place/place/enterprises.yaml"
    firms.write_text(firms.read_text("utf-8").replace("low_iron_sand", "low_iron_snad"), "utf-8")
    code, out, err = call("check", str(tmp_path / "place"), "--lang", "en")
    assert (code, out) == (1, "")
    assert f"{firms}:8:7: no 'low_iron_snad' in products (did you mean 'low_iron_sand'?)" in err
    assert "Traceback" not in err


def test_problems_are_told_in_the_language_of_the_atlas(call, tmp_path):
    call("init", str(tmp_path / "place"))
    (tmp_path / "place/place/projects.yaml").write_text("projects: {line: {}}\n")
    assert "缺少 'name'" in call("check", str(tmp_path / "place"))[2]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check", "nowhere.yaml"], "no such file: nowhere.yaml"),
        (["check"], "no atlas file in chains/"),
        (["gaps", YUMEN, "--as-of", "someday"], "'someday' is not a date"),
        (["gaps", YUMEN, "--chain", "chemical"], "did you mean 'chemicals'?"),
        (["gaps", YUMEN, "--kind", "brocken"], "did you mean 'broken'?"),
        (["trace", "PVFD", YUMEN], "did you mean 'PVDF'"),
        (["trace", "pvdf", YUMEN, "--up", "--down"], "choose --up or --down"),
        (["schema", "atlass"], "no schema 'atlass'"),
        (["gaps", YUMEN, "-o", "gaps.doc"], "no format is called 'doc'"),
        (["map", YUMEN, "--branch", "silicon"], "did you mean 'silicone'"),
        (["poster", YUMEN, "--branch", "silicon"], "did you mean 'silicone'"),
        (["poster", YUMEN, "-o", "poster.doc"], "a poster is an .svg or a .pdf"),
        (["gaps", YUMEN, "--explain", "csp_plant"], "is no gap on"),
        (["balance", YUMEN, "--for", "pvdf"], "not of the form product=amount"),
        (["balance", YUMEN, "--for", "pvdf=much"], "'much' in 'pvdf=much' is not a number"),
        (["unlock", "PVFD", YUMEN], "did you mean 'PVDF'"),
        (["whatif", YUMEN], "say what lands"),
        (["whatif", YUMEN, "--land", "pvdf=10:dry"], "has no route 'dry'"),
        (["portfolio", YUMEN, "--money", "-1"], "must be zero or more"),
        (["portfolio", YUMEN, "--branch", "silicon"], "no branch 'silicon'"),
        (["track", YUMEN, "--year", "99999"], "is not a year"),
        (["diff", "2023-02-15", "no_such_revision", YUMEN], "no_such_revision"),
    ],
)
def test_bad_questions_end_with_2_and_a_sentence(call, words, message):
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_unknown_options_end_with_2(call):
    assert call("gaps", "--nonsense")[0] == 2


def test_gaps_are_a_table_with_the_named_targets_first(call):
    code, out, _ = call("gaps", YUMEN, "--as-of", "2023-02-15")
    assert code == 0
    for target in ("有机硅", "氟", "可降解", "煤油共炼", "源网荷储"):
        assert target in out


@pytest.mark.parametrize("format", ["json", "csv", "md", "xlsx"])
def test_gaps_in_every_format_have_the_same_rows(call, format, tmp_path):
    code, out, _ = call("gaps", YUMEN, "--format", format, "-o", f"gaps.{format}")
    assert (code, out) == (0, f"gaps.{format}\n")
    data = (tmp_path / f"gaps.{format}").read_bytes()
    expected = len(json.loads(call("gaps", YUMEN, "--format", "json")[1]))
    assert count_rows(data, format) == expected > 100


def count_rows(data, format):
    if format == "json":
        return len(json.loads(data))
    if format == "csv":
        return len(list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")))))
    if format == "md":
        return len(data.decode().splitlines()) - 2
    from openpyxl import load_workbook

    return load_workbook(io.BytesIO(data)).active.max_row - 1


def test_a_file_that_is_there_is_replaced_only_by_force(call, tmp_path):
    (tmp_path / "gaps.csv").write_text("mine")
    assert "--force replaces it" in call("gaps", YUMEN, "-o", "gaps.csv")[2]
    assert (tmp_path / "gaps.csv").read_text() == "mine"
    assert call("gaps", YUMEN, "-o", "gaps.csv", "--force")[0] == 0


def test_a_map_may_be_drawn_again_over_its_own_file(call):
    words = ["map", YUMEN, "--branch", "csp", "-o", "csp.html"]
    assert call(*words)[0] == 0
    assert call(*words)[0] == 0


def test_a_poster_is_drawn_and_drawn_again_over_its_own_file(call, tmp_path):
    words = ["poster", YUMEN, "--branch", "有机硅", "--size", "a3", "--lang", "en"]
    assert call(*words)[:2] == (0, "poster.svg\n")
    assert call(*words)[0] == 0
    svg = (tmp_path / "poster.svg").read_text("utf-8")
    assert 'width="420mm" height="297mm"' in svg
    assert "Silicones" in svg
    (tmp_path / "poster.svg").write_text("mine")
    assert "--force replaces it" in call(*words)[2]
    assert call(*words, "--force")[0] == 0


def test_a_sheet_too_small_to_read_is_warned_of(call):
    assert "hard to read" in call("poster", YUMEN, "--size", "A3", "--lang", "en")[2]
    words = ["poster", YUMEN, "--branch", "silicone", "--size", "A3", "--force"]
    assert call(*words)[2] == ""


def test_a_poster_on_stdout_is_the_svg_alone():
    found = python("-m", "chaingraph", "poster", YUMEN, "--branch", "csp", "-o", "-")
    assert found.stdout.startswith("<?xml")
    assert "</svg>" in found.stdout
    assert found.stderr == ""


def test_schemas_replace_nothing_else(call, tmp_path):
    assert call("schema", "-o", ".")[0] == 0
    assert call("schema", "-o", ".")[0] == 0
    (tmp_path / "atlas.json").write_text("{}")
    assert "--force replaces it" in call("schema", "-o", ".")[2]


def test_trace_prints_a_tree(call):
    out = call("trace", "PVDF", YUMEN, "--lang", "en", "--depth", "2")[1]
    assert "vinylidene_fluoride" in out
    assert "refrigerant_r142b" in out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's")
@pytest.mark.parametrize("words", [["gaps"], ["export", "turtle"], ["map"]], ids=" ".join)
def test_a_full_disk_is_told_in_one_line(words, tmp_path):
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "chaingraph", *words, YUMEN]
        done = subprocess.run(
            command, check=False, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.strip().endswith("chaingraph: No space left on device")
    assert "Traceback" not in done.stderr


def test_nothing_fails_where_there_is_no_stdout(call, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert call("init", "town")[0] == 0


def test_the_atlas_is_found_in_chains_or_else_here(call):
    call("init", ".")
    assert call("check")[0] == 0
    Path(".atlas.yaml").write_text(Path("atlas.yaml").read_text("utf-8"), "utf-8")
    Path("chains").mkdir()
    assert call("check")[0] == 0
    call("init", "chains", "--lang", "en")
    assert "Industry chains of my place" in call("check")[1]


def test_schema_prints_all_or_one(call):
    assert set(json.loads(call("schema")[1])) == {"atlas", "branch", "facts"}
    assert json.loads(call("schema", "branch")[1])["title"] == "BranchFile"


def test_init_writes_an_atlas_that_passes_and_never_twice(call):
    assert call("init", "chains")[0] == 0
    assert call("check")[0] == 0
    assert "already there" in call("init", "chains")[2]


def test_init_writes_an_atlas_in_the_language_asked_for(call, tmp_path):
    for lang, comment in [("zh", "# 断链、弱链"), ("en", "# how the kinds of gap")]:
        assert call("init", lang, "--lang", lang)[0] == 0
        assert comment in (tmp_path / lang / "atlas.yaml").read_text("utf-8")
        assert load_atlas(tmp_path / lang).language == lang


def test_the_new_atlases_of_both_languages_hold_the_same(call, tmp_path):
    call("init", "zh")
    call("init", "en", "--lang", "en")
    for name in ("place/enterprises", "place/plan", "place/projects", "products/solar_glass"):
        zh, en = ((tmp_path / lang / f"{name}.yaml").read_text("utf-8") for lang in ("zh", "en"))
        assert yaml.safe_load(zh) == yaml.safe_load(en)


def test_build_writes_the_bundle_and_says_what_to_open(call, tmp_path):
    code, out, _ = call("build", YUMEN, "-o", "out")
    assert (code, out) == (0, "out/index.html\n")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {
        "index.html",
        "map.html",
        "poster.svg",
        "gaps.json",
        "gaps.csv",
        "graph.graphml",
    }
    assert call("build", YUMEN, "-o", "out")[0] == 0


def test_build_twice_gives_the_same_bytes(tmp_path):
    for seed in ("1", "2"):
        words = ["-m", "chaingraph", "build", YUMEN, "-o", str(tmp_path / seed)]
        assert python(*words, PYTHONHASHSEED=seed).returncode == 0
    for path in sorted((tmp_path / "1").iterdir()):
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes(), path.name


def test_a_closed_pipe_is_no_error():
    command = f"{sys.executable} -m chaingraph gaps {YUMEN} --format csv | head -n 1"
    found = subprocess.run(command, shell=True, capture_output=True, check=False)  # noqa: S602
    assert b"Traceback" not in found.stderr


def test_help_names_every_command():
    text = python("-m", "chaingraph", "--help", COLUMNS="100").stdout
    for command in (
        "balance", "build", "check", "diff", "gaps", "init", "map", "portfolio", "poster", "schema", "trace",
        "track", "unlock", "whatif",
    ):  # fmt: skip
        assert command in text


def test_no_command_hides_another():
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert len(names) == len(set(names))


def test_output_is_utf_8_whatever_the_locale():
    found = python("-m", "chaingraph", "check", YUMEN, LC_ALL="C", PYTHONUTF8="0")
    assert found.stdout.startswith("玉门")


def test_the_schemas_in_the_repository_are_up_to_date():
    from chaingraph.loader import SCHEMAS
    from chaingraph.scaffold import schema_text

    folder = Path(YUMEN).parent / "schema"
    for name in SCHEMAS:
        assert (folder / f"{name}.json").read_text("utf-8") == schema_text(name), (
            "run: chaingraph schema -o chains/schema"
        )


# ----------------------------------------------------------------- analyses


def test_a_gap_is_explained_on_one_screen_with_its_sources(call):
    code, out, _ = call("gaps", YUMEN, "--explain", "PVDF", "--as-of", "2023-02-15")
    assert code == 0
    assert len(out.splitlines()) < 50
    for words in (
        "聚偏氟乙烯",
        "为什么",
        "得分",
        "带动作用",
        "化工园区",
        "外购",
        "gscn_2023_02_15",
    ):
        assert words in out


def test_unlock_prints_a_tree_down_to_the_precursors(call):
    code, out, _ = call("unlock", "pvdf", YUMEN, "--lang", "en")
    assert code == 0
    least, whole = out.split("The chain made here")
    assert "vinylidene_fluoride to land" in least
    assert "refrigerant_r142b shipped in" in least
    for precursor in ("refrigerant_r142b", "anhydrous_hf", "acid_fluorspar", "sulfuric_acid"):
        assert precursor in whole


def test_unlock_says_when_it_is_here_or_cannot_be(call):
    assert "本地已有" in call("unlock", "csp_plant", YUMEN)[1]
    call("init")
    loop = Path("chains/products/solar_glass.yaml")
    text = loop.read_text("utf-8") + (
        "\n  a: {name: 甲, stage: midstream, reach: local, inputs: {b: {critical: true}}}\n"
        "  b: {name: 乙, stage: midstream, reach: local, inputs: {a: {critical: true}}}\n"
    )
    loop.write_text(text, "utf-8")
    assert "互为前提" in call("unlock", "a")[1]


def test_balance_lists_what_is_short_first(call):
    code, out, _ = call("balance", YUMEN, "--view", "plan", "--format", "csv")
    assert code == 0
    rows = {row["product"]: row for row in csv.DictReader(io.StringIO(out))}
    assert float(rows["anhydrous_hf"]["shortfall"]) > 0
    assert rows["chloroform"]["supply"] == ""
    assert "供需平衡" in call("balance", YUMEN, "--chain", "chemicals")[1]


def test_balance_tells_what_it_takes_in_all(call):
    _, out, _ = call(
        "balance", YUMEN, "--for", "有机硅DMC=1,000", "--format", "json", "--lang", "en"
    )
    needs = {row["product"]: row["amount"] for row in json.loads(out)}
    assert needs["dmc_cyclosiloxane"] == 1000
    assert needs["methylchlorosilane_crude"] == pytest.approx(1000 * 1.74 * 1.15)


def test_whatif_lands_products_and_projects_together(call):
    words = ("--land", "anhydrous_hf=100000", "--land", "juhua_fluorochlorine")
    code, out, _ = call("whatif", YUMEN, *words)
    assert code == 0
    assert "补上的缺口" in out
    assert "本地配套率" in out
    _, text, _ = call("whatif", YUMEN, *words, "--format", "json")
    told = json.loads(text)
    assert {row["chain"] for row in told["sourcing"]} >= {"chemicals"}
    assert told["feasible"]
    changes = {row["product"]: row for row in told["changes"]}
    assert changes["ptfe"]["change"] == "closed"
    assert changes["acid_fluorspar"]["change"] == "opened"
    assert changes["acid_fluorspar"]["shortfall_after"] == pytest.approx(205_000)


def test_portfolio_tells_its_limits(call):
    code, out, _ = call("portfolio", YUMEN, "-k", "3", "--money", "30", "--lang", "en")
    assert code == 0
    assert "money (CNY 100m)" in out
    _, text, _ = call("portfolio", YUMEN, "-k", "3", "--money", "30", "--format", "json")
    told = json.loads(text)
    rows = told["gaps"]
    assert [bound["name"] for bound in told["limits"]] == ["number", "money"]
    assert len(rows) <= 3
    assert sum(row["money"] for row in rows) <= 30


def test_track_shows_chains_projects_and_quotas(call):
    code, out, _ = call("track", YUMEN, "--as-of", "2024-02-01")
    assert code == 0
    for words in ("开工率", "甘肃巨化高性能硅氟", "出库", "任务书"):
        assert words in out
    _, text, _ = call("track", YUMEN, "--only", "chains", "--format", "json")
    assert json.loads(text)[-1]["name"] == "合计"


def test_diff_of_two_days_shows_what_moved(call):
    code, out, _ = call("diff", "2023-02-15", "2024-06-30", YUMEN)
    assert code == 0
    assert "甘肃巨化高性能硅氟新材料一体化项目" in out
    assert "开工 2024-01-28" in out


def test_diff_of_two_files(call):
    call("init", "one")
    call("init", "two")
    firms = Path("two/place/enterprises.yaml")
    new = "\n  new_firm: {name: 新厂, makes: [solar_glass], sources: [example]}\n"
    firms.write_text(firms.read_text("utf-8") + new, "utf-8")
    code, out, _ = call("diff", "one/atlas.yaml", "two/atlas.yaml")
    assert code == 0
    assert "new_firm" in out


@pytest.mark.parametrize(("rule", "remedies"), [("position", "补强延"), ("maturity", "建")])
def test_other_rules_print_the_remedy_only(call, rule, remedies):
    code, out, _ = call("gaps", YUMEN, "--rule", rule, "--branch", "fluorine", "--limit", "0")
    assert code == 0
    told = {line.split("│")[4].strip() for line in out.splitlines() if line.startswith("│")}
    assert told - {""} == {f"{remedy}链" for remedy in remedies}


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_table_loses_its_names_on_a_narrow_terminal(yumen, width):
    from rich.console import Console

    from chaingraph.analysis.portfolio import find_portfolio
    from chaingraph.analysis.score import rank_gaps
    from chaingraph.outputs.console import fit
    from chaingraph.outputs.console.gaps import make_gap_table
    from chaingraph.outputs.console.portfolio import make_portfolio_view

    gaps = rank_gaps(yumen, draws=10)[:20]
    chosen, *_ = make_portfolio_view(yumen, find_portfolio(yumen, number=3), "", "zh")
    for table in (make_gap_table(yumen, gaps, "", "zh"), chosen):
        console = Console(width=width, record=True, file=io.StringIO())
        console.print(fit(table, width))
        lines = console.export_text().splitlines()
        assert max(map(cell_len, lines)) <= width
        assert any(
            "产品" in line and "得分" in line and line.rstrip().endswith("┃") for line in lines
        )
