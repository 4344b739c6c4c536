"""The pages say what is so: every command and Python line runs, every table is fresh."""

import contextlib
import doctest
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args, get_type_hints

import duckdb
import pyoxigraph
import pytest
import typer
import yaml
from typer.core import TyperGroup

import chaingraph
from chaingraph import cli
from chaingraph._messages import MESSAGES
from chaingraph.asking import QUESTIONS
from chaingraph.figures import Figure
from chaingraph.units import UNITS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
LANGUAGES = ("en", "zh")
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "docs/README.md")),
    *(page for language in LANGUAGES for page in sorted((DOCS / language).rglob("*.md"))),
]
FAILS = ("ends with 1", "退出码为 1")
FENCE = re.compile(r"^```([^\s`]*)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHECKED = {"bash", "console", "json", "python", "sparql", "sql", "toml", "yaml"}
SHOWN = {"text"}  # what a program or a file looks like
DIRECTIVES = {"{eval-rst}", "{literalinclude}", "{toctree}"}  # Sphinx fails where one is wrong
SETUP = (
    "python3 -m venv",
    "python3 -m pip",
    "pip install",
    "source activate",
    "bash tests/run",
    "bash docs/run",
    "bash .ci/run",
)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
HOME = Path(chaingraph.__file__).parent.parent
READERS = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}


@pytest.fixture(scope="module")
def build():
    """The script that writes the generated parts."""
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_chaingraph(words, *, fails=False):
    """Run a command and return what it prints, to both streams."""
    done = subprocess.run(
        [sys.executable, "-m", "chaingraph", *words],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONPATH": str(HOME), "PYTHONIOENCODING": "utf-8"},
    )
    printed = done.stdout.decode()
    assert done.returncode == fails, f"{words}\n{printed}"
    return re.sub(r"[ \r]+$", "", printed, flags=re.MULTILINE)


def run_console(block):
    """Run each ``$`` line and compare what it prints, if anything is shown, with what is shown."""
    for command, shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
        program, *words = shlex.split(command, comments=True)
        assert program == "chaingraph"
        printed = run_chaingraph(words, fails=any(mark in command for mark in FAILS))
        if shown:
            checker = doctest.OutputChecker()
            assert checker.check_output(shown, printed, doctest.ELLIPSIS), f"{command}\n{printed}"


def run_python(block, page, names):
    test = doctest.DocTestParser().get_doctest(block, names, page.name, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    said = []
    runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not runner.failures, "".join(said)


def run_query(language, block, where):
    """Ask the file of triples, or the folder of tables, that the fence names; it has an answer."""
    _, _, name = where.strip().partition("=")
    if language == "sparql":
        store = pyoxigraph.Store()
        store.load(path=name)
        assert list(store.query(block))
    else:
        with contextlib.chdir(name):
            assert duckdb.sql(block).fetchall()


def write_yaml(block, where):
    """Write a block into the file that its fence names, at its end, or in place of a part."""
    how, _, name = where.strip().partition("=")
    path = Path(name)
    before = path.read_text("utf-8") if how != "file" else ""
    if how == "replace":
        old, new = block.split("---\n")
        assert before.count(old) == 1
        path.write_text(before.replace(old, new), "utf-8")
        return
    path.write_text(before + block, "utf-8")


def read_commands(block, *, alone):
    """Return the commands of chaingraph in a shell block; alone, or beside others that are known."""
    commands = []
    for part in re.split(r"\n|&&", block.replace("\\\n", " ")):
        words = shlex.split(part.replace(".venv/bin/", ""), comments=True)
        if words and words[0] == "chaingraph":
            commands.append(words[1:])
        elif words and alone:
            assert shlex.join(words).startswith(SETUP), f"nothing checks {part!r}"
    return commands


def parse(words):
    """Read a command line as chaingraph would, without running it."""
    command = typer.main.get_command(cli.app)
    context = typer.Context(command, info_name="chaingraph")
    while isinstance(command, TyperGroup):
        name, command, words = command.resolve_command(context, list(words))
        context = typer.Context(command, parent=context, info_name=name)
    command.parse_args(context, list(words))


REGISTER = """\
企业名称,省份,城市,所在省,所在市,成立日期,经营范围,业务范围
甲有机硅公司,浙江,衢州,浙江,衢州,2009-05-11,硅油的生产、销售,硅油的生产、销售
乙物资公司,甘肃,酒泉,甘肃,酒泉,2015-03-01,萤石销售；普通货运,萤石销售；普通货运
"""
PANEL_SOURCE = "  my_panel: {title: 面板, kind: calculation}\n"
PANEL = "地区,行业,日期\n" + "".join(
    f"{place},{activity},{1995 + (7 * at + 11 * of) % 25}-06-30\n"
    for at, place in enumerate("甘肃 浙江 江苏 山东 四川 新疆 内蒙古 宁夏 青海 陕西".split())
    for of, activity in enumerate("硅油 烧碱 甲醇 硫酸 电石 萤石 枸杞 轮胎 农药 涂料".split())
    if (at + 2 * of) % 3
)


@pytest.fixture
def yumen(tmp_path, monkeypatch):
    """A folder with what who types the shell blocks has: the first place, a register, a panel."""
    shutil.copytree(chaingraph.example_atlas().parent, tmp_path / "chains")
    for name in ("firms.csv", "企业.csv"):
        (tmp_path / name).write_text(REGISTER, "utf-8")
    for name in ("panel.csv", "面板.csv"):
        (tmp_path / name).write_text(PANEL, "utf-8")
    sources = tmp_path / "chains/sources.yaml"
    told = sources.read_text("utf-8").replace("\nsources:\n", f"\nsources:\n{PANEL_SOURCE}", 1)
    sources.write_text(told, "utf-8")
    monkeypatch.chdir(tmp_path)


all_pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@all_pages
def test_all_blocks_of_a_page_run_in_their_order(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for language, where, block in FENCE.findall(page.read_text("utf-8")):
        if language == "console":
            run_console(block)
        elif language == "python":
            run_python(block, page, names)
        elif language == "yaml" and "=" in where:
            write_yaml(block, where)
        elif language in ("sparql", "sql"):
            run_query(language, block, where)
        elif language in READERS:
            READERS[language](block)


@pytest.mark.usefixtures("yumen")
@all_pages
def test_shell_blocks_run(page, capsys):
    """What needs a server, a cluster or hours says so behind its fence, and is only parsed."""
    for language, where, block in FENCE.findall(page.read_text("utf-8")):
        if language != "bash":
            continue
        subprocess.run(["bash", "-n"], input=block.encode(), check=True)
        for words in read_commands(block, alone="needs=" not in where):
            parse(words)
            if "needs=" not in where:
                assert cli.run(words) == 0, (words, capsys.readouterr())


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.usefixtures("yumen")
def test_what_pages_ask_a_server_is_answered():
    shell = [
        block
        for page in PAGES
        for language, _, block in FENCE.findall(page.read_text("utf-8"))
        if language == "bash"
    ]
    asked = {line for block in shell for line in block.splitlines() if line.startswith("curl ")}
    assert len(asked) >= 4
    command = [sys.executable, "-m", "chaingraph", "serve", "--port", "0"]
    options = {"env": {**os.environ, "PYTHONPATH": str(HOME)}, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, stdout=subprocess.PIPE, **options) as server:
        try:
            address = server.stdout.readline().decode().strip()
            for line in sorted(asked):
                words = shlex.split(line.replace("http://127.0.0.1:8000/", address), comments=True)
                done = subprocess.run([*words, "--silent"], check=True, capture_output=True)
                assert {"place", "edition"} & json.loads(done.stdout).keys(), (line, done.stdout)
        finally:
            server.terminate()


@all_pages
def test_every_block_is_checked_or_says_what_it_needs(page):
    text = page.read_text("utf-8")
    blocks = FENCE.findall(text)
    known = CHECKED | SHOWN | DIRECTIVES
    assert [kind for kind, where, _ in blocks if kind not in known and "needs=" not in where] == []
    assert len(re.findall("^ *(?:```|~~~)", text, re.MULTILINE)) == 2 * len(blocks)


@pytest.fixture(params=LANGUAGES)
def lang(request):
    """One language of the pages after the other."""
    return request.param


def read(lang, name):
    return (DOCS / lang / name).read_text("utf-8")


@pytest.mark.parametrize("name", ["format.md", "problems.md"])
def test_generated_parts_are_fresh(name, lang, build):
    """If this fails: python docs/build.py."""
    text = read(lang, name)
    assert build.refresh(text, lang) == text


def test_every_model_has_its_table(lang, build):
    shown = re.findall(r"<!-- fields:(\w+) -->", read(lang, "format.md"))
    assert sorted(shown) == sorted(build.find_models())


def test_every_field_has_a_meaning_and_a_reason(build):
    models = build.find_models()
    fields = {f"{name}.{field}" for name, of in models.items() for field in build.own_fields(of)}
    assert set(build.REASONS) == fields
    assert set(build.UNITS) <= fields
    assert all(field.description for of in models.values() for field in of.model_fields.values())


def test_every_field_that_holds_a_figure_says_in_which_unit(build):
    """By its type or by the table, never by both."""

    def holds_figure(hint):
        return hint is Figure or any(map(holds_figure, get_args(hint)))

    for name, of in build.find_models().items():
        hints = get_type_hints(of, include_extras=True)
        for field in filter(lambda field: holds_figure(hints[field]), build.own_fields(of)):
            implied = build.implied_unit(hints[field])
            assert bool(implied) != (f"{name}.{field}" in build.UNITS), f"{name}.{field}"
            assert not implied or implied in build.IMPLIED


def test_what_is_said_of_a_field_is_said_in_chinese_too(build):
    chinese = build.reasons_zh
    assert list(set(build.REASONS) ^ set(chinese.FIELDS)) == []
    assert {*build.UNITS.values(), *build.IMPLIED.values()} == set(chinese.UNITS)
    told = [words for pair in chinese.FIELDS.values() for words in pair]
    assert [words for words in told if not re.search("[\u3400-\u9fff]", words)] == []
    rows = re.findall(r"^\| `\w+` \| ([^|]*) \|", read("zh", "format.md"), re.MULTILINE)
    plain = (re.sub("`[^`]*`|true|false", "", row) for row in rows)
    assert [row for row in plain if re.search("[a-z]{3}", row)] == []


def test_every_unit_is_listed(lang):
    before, after = {
        "en": (r"\*\*Units\*\* are these: ", "."),
        "zh": (r"\*\*单位\*\*有这些：", "。"),
    }[lang]
    listed = re.search(rf"{before}(.*){re.escape(after)}\n", read(lang, "format.md"))
    assert re.split("[,;] |[、；]", listed[1]) == list(UNITS)


def test_every_problem_has_a_heading_a_cause_and_a_cure(lang):
    words = {"en": ("Means:", "Cause:", "Cure:"), "zh": ("含义：", "原因：", "办法：")}[lang]
    parts = re.split(r"^### (.+)$", read(lang, "problems.md"), flags=re.MULTILINE)[1:]
    told = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(told) == list(MESSAGES)
    for code, part in told.items():
        assert f"<!-- problem:{code} -->" in part
        assert all(f"**{word}** " in part for word in words)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.path)
@pytest.mark.parametrize(("page", "row"), [("api", "/api/{0.path}"), ("assistants", "{0.name}")])
def test_what_a_question_takes_is_told_in_full(page, row, question, lang):
    cells = rf"^\| `{row.format(question)}` \|.*\|(.*)\|$"
    options = re.search(cells, read(lang, f"{page}.md"), re.MULTILINE)[1]
    assert {*re.findall("`(.+?)`", options), "as_of", "lang"} == set(question.asked.model_fields)


@all_pages
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        assert link.startswith("http") or (page.parent / link).exists(), link


def test_every_page_is_there_in_both_languages():
    english, chinese = (
        {str(page.relative_to(DOCS / lang)) for page in (DOCS / lang).rglob("*.md")}
        for lang in LANGUAGES
    )
    assert english ^ chinese == {"quickstart.md"}
