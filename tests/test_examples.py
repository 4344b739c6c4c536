"""Every example runs in an empty folder, and says what a planner wants to know."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

import chaingraph
from chaingraph.loader import load_atlas

EXAMPLES = Path(__file__).parent.parent / "examples"
HOME = Path(chaingraph.__file__).parent.parent


@pytest.fixture
def run(tmp_path):
    """Run an example in an empty folder and return the lines that it prints."""

    def run(name):
        done = subprocess.run(
            [sys.executable, EXAMPLES / name, tmp_path / "made"],
            check=False,
            capture_output=True,
            cwd=tmp_path,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(HOME), "PYTHONIOENCODING": "utf-8"},
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().splitlines()

    return run


def test_find_gaps_tells_what_moved(run):
    lines = run("find_gaps.py")
    assert any(line.startswith("2023-02-15 有机硅: ") for line in lines)
    assert any("absent -> building" in line for line in lines[lines.index("Moved in between:") :])


def test_make_a_map_draws_all_and_each_branch(run, tmp_path, yumen):
    assert run("make_a_map.py")[-1].startswith(f"{len(yumen.branches) + 1} maps in ")
    assert "<html" in (tmp_path / "made/map.html").read_text("utf-8")


def test_target_list_has_firms_that_make_what_is_missing(run, tmp_path, yumen):
    assert run("target_list.py")[-1].startswith("The first trip, 2023-02-16: 巨化股份, ")
    with (tmp_path / "made/targets.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["enterprise"] for row in rows} <= set(yumen.candidates)
    assert all(row["product"] in yumen.candidates[row["enterprise"]].makes for row in rows)


def test_add_a_city_needs_new_yaml_only(run, tmp_path):
    lines = run("add_a_city.py")
    assert lines[0].split()[1] == "broken"
    city = load_atlas(tmp_path / "made/city/city.yaml")
    assert list(city.enterprises) == ["silicon_smelter", "silicone_works"]


def test_networkx_questions_are_answered(run):
    lines = run("networkx_questions.py")
    assert any(line.startswith("Loop of ") and "Calcium carbide" in line for line in lines)
    assert "Vinylidene fluoride" in lines[-1]


def test_examples_are_short_and_all_tested():
    text = Path(__file__).read_text("utf-8")
    for path in EXAMPLES.glob("*.py"):
        assert path.name in text
        assert len(path.read_text("utf-8").splitlines()) < 40


def test_choose_targets_goes_from_gaps_to_a_bundle(run):
    lines = run("choose_targets.py")
    assert sum("score" in line for line in lines) == 5
    assert any("vinylidene_fluoride, pvdf" in line for line in lines)
    assert any(line.startswith("  closed: PVDF") for line in lines)


def test_firms_of_a_register_are_placed_on_products(run):
    pytest.importorskip("polars", reason="needs the extra evidence")
    lines = run("firms_of_a_register.py")
    assert lines[0] == "6 of 6 firms name a product, 13 in all"
    assert "  甲公司 (浙江) makes silicone_oil: “硅油”" in lines
    assert any("甘肃 is strong in wind_farm" in line for line in lines)
    assert any("mean nothing" in line for line in lines)
