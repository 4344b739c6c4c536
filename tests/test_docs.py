"""The pages say what is so: every command and Python line runs, every table is fresh."""

import doctest
import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import chaingraph
from chaingraph._messages import MESSAGES
from chaingraph.units import UNITS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]
CHINESE = sorted((DOCS / "zh").glob("*.md"))
FAILS = ("ends with 1", "退出码为 1")
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
HOME = Path(chaingraph.__file__).parent.parent


@pytest.fixture(scope="module")
def build():
    """The script that writes the generated parts."""
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_console(block):
    """Run each ``$`` line and compare what it prints, if anything is shown, with what is shown."""
    for command, shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
        program, *words = shlex.split(command, comments=True)
        assert program == "chaingraph"
        done = subprocess.run(
            [sys.executable, "-m", "chaingraph", *words],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(HOME), "PYTHONIOENCODING": "utf-8"},
        )
        printed = re.sub(r"[ \r]+$", "", done.stdout.decode(), flags=re.MULTILINE)
        assert done.returncode == any(mark in command for mark in FAILS), printed
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


@pytest.mark.parametrize("page", PAGES + CHINESE, ids=lambda page: str(page.relative_to(ROOT)))
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


@pytest.mark.parametrize("name", ["format.md", "problems.md"])
def test_generated_parts_are_fresh(name, build):
    """If this fails: python docs/build.py."""
    text = (DOCS / name).read_text("utf-8")
    assert build.refresh(text) == text


def test_every_model_has_its_table(build):
    shown = re.findall(r"<!-- fields:(\w+) -->", (DOCS / "format.md").read_text("utf-8"))
    assert sorted(shown) == sorted(build.find_models())


def test_every_field_has_a_meaning_and_a_reason(build):
    models = build.find_models()
    fields = {f"{name}.{field}" for name, of in models.items() for field in build.own_fields(of)}
    assert set(build.REASONS) == fields
    assert set(build.UNITS) <= fields
    assert all(field.description for of in models.values() for field in of.model_fields.values())


def test_every_unit_is_listed():
    text = (DOCS / "format.md").read_text("utf-8")
    listed = re.search(r"\*\*Units\*\* are these: (.*)\.\n", text)[1]
    assert re.split("[,;] ", listed) == list(UNITS)


def test_every_problem_has_a_heading_a_cause_and_a_cure():
    text = (DOCS / "problems.md").read_text("utf-8")
    parts = re.split(r"^### (.+)$", text, flags=re.MULTILINE)[1:]
    told = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(told) == list(MESSAGES)
    for code, part in told.items():
        assert f"<!-- problem:{code} -->" in part
        assert all(f"**{word}:** " in part for word in ("Means", "Cause", "Cure"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        assert link.startswith("http") or (page.parent / link).exists(), link


def test_the_index_lists_every_page():
    index = (DOCS / "README.md").read_text("utf-8")
    assert all(f"]({page.name})" in index for page in DOCS.glob("*.md") if page.name != "README.md")
