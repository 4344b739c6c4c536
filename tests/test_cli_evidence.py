"""What a planner types and sees with panels of places and activities."""

import csv
import io
import itertools
import json
import random
import re
import sys

import pytest

pytest.importorskip("polars", reason="needs the extra evidence")

from chaingraph.analysis.explain import explain_gap
from chaingraph.cli import run
from chaingraph.loader import load_atlas

BRANCH = """
branch: {id: glass, name: {zh: 玻璃, en: Glass}}
products:
  sand: {name: {zh: 硅砂, en: Sand}, stage: upstream, unit: t}
  flat_glass:
    name: {zh: 平板玻璃, en: Flat glass}
    stage: downstream
    unit: t
    inputs: {sand: {per: 0.7, critical: true}}
"""
ATLAS = """
atlas: {id: town, name: {zh: 小城图谱, en: The town's chains}}
place: {name: {zh: 小城, en: Town}}
as_of: 2021-06-30
chains: {c: {name: {zh: 建材, en: Materials}, branches: [glass]}}
includes: [products.yaml, facts.yaml, forecast*.yaml]
"""
FACTS = """
enterprises: {pit: {name: 砂场, makes: [sand]}}
policies: {plan: {name: {zh: 规划, en: Plan}, names: [flat_glass], date: 2020-01}}
sources: {panel: {title: 企业名录, kind: calculation}}
"""


def write_panel(path):
    """Places with the like activities get the like ones later, at steady pace."""
    dice = random.Random(7)
    rows = ["region,activity,since"]
    activities = ["平板玻璃", *(f"产业{number}" for number in range(1, 30))]
    for place, activity in itertools.product(range(12), range(30)):
        odds = 0.8 if (place + activity) % 3 == 0 else 0.2
        if dice.random() < odds:
            rows.append(f"地区{place},{activities[activity]},{dice.randint(2000, 2020)}-06-01")
    path.write_text("\n".join(rows) + "\n", "utf-8")


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Run a command in a folder with a panel and an atlas; return its code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    write_panel(tmp_path / "panel.csv")
    (tmp_path / "town.yaml").write_text(ATLAS, "utf-8")
    (tmp_path / "products.yaml").write_text(BRANCH, "utf-8")
    (tmp_path / "facts.yaml").write_text(FACTS, "utf-8")
    (tmp_path / "forecast_none.yaml").write_text("forecasts: {}\n", "utf-8")

    def run_command(*words):
        code = run([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return run_command


def test_backtest_prints_the_record_that_programs_read(call):
    code, out, _ = call(
        "evidence", "backtest", "panel.csv", "--split", "2015-01-01", "--draws", "20",
        "--format", "json",
    )  # fmt: skip
    record = json.loads(out)
    assert code == 0
    measures = {"roc_auc", "auc_pr", "lift", "precision_at_10", "precision_at_100", "brier"}
    assert record["model"].keys() == measures
    assert record["baselines"].keys() == {"random", "degree", "density", "similarity"}
    assert all(baseline.keys() == measures for baseline in record["baselines"].values())
    assert 0 < record["prevalence"] < 1 < record["candidates"]


def test_backtest_shows_all_rankings_and_draws_the_calibration(call, tmp_path):
    code, out, err = call(
        "evidence", "backtest", "panel.csv", "--split", "2015", "--draws", "20", "--plot", "c.svg"
    )
    assert code == 0
    for name in ("模型", "随机", "多样性×普遍性", "关联密度", "相似产业"):
        assert name in out
    assert "模型是关联密度的几倍" in err
    assert re.search(r"是最好的简单排法的几倍：AUC-PR [\d.]+ \([\d.–]+\)（(随机|多|关|相)", err)
    assert (tmp_path / "c.svg").read_text("utf-8").startswith("<svg")


def test_entry_says_what_appears_next_and_why(call):
    code, out, _ = call(
        "evidence", "entry", "panel.csv", "--place", "地区3", "--top", "4", "--format", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    assert all(row["why"] and 0 < float(row["probability"]) < 1 for row in rows)


def test_a_forecast_written_for_the_atlas_speaks_in_the_gap(call, tmp_path):
    panel = (tmp_path / "panel.csv").read_text("utf-8")
    place = next(f"地区{n}" for n in range(12) if f"地区{n},平板玻璃" not in panel)
    code, out, err = call(
        "evidence", "entry", "panel.csv", "--place", place, "--as-of", "2021-01-01",
        "--atlas", "town.yaml", "--source", "panel", "-o", "forecast.yaml",
    )  # fmt: skip
    assert (code, out) == (0, "forecast.yaml\n")
    assert err == "1 个产品有了预测，2021-01-01 至 2024-01-01 之间计入关联度\n"
    atlas = load_atlas(tmp_path / "town.yaml")
    forecast = atlas.forecasts["flat_glass"]
    assert (forecast.as_of, forecast.until) == ("2021-01-01", "2024-01-01")
    told = next(part for part in explain_gap(atlas, "flat_glass").components)
    assert told.value == pytest.approx((1 + forecast.percentile) / 2)
    assert f"{place}到 2024-01-01 新出现“平板玻璃”" in told.told.text("zh")
    assert told.sources == ("panel",)


def test_a_forecast_that_will_not_count_is_told(call):
    _, _, err = call(
        "evidence", "entry", "panel.csv", "--place", "地区3", "--as-of", "2015", "--years", "1",
        "--atlas", "town.yaml", "--products", "map.csv", "-o", "forecast.yaml",
    )  # fmt: skip
    assert "cannot read map.csv" in err
    _, _, err = call(
        "evidence", "entry", "panel.csv", "--place", "地区3", "--as-of", "2025", "--lang", "en"
    )
    assert "the data end on 2020-06-01; from then to 2025-01-01 nothing is taken" in err


def test_a_forecast_without_anything_to_learn_from_is_told_and_kept_out_of_the_atlas(
    call, tmp_path
):
    rows = "region,activity,since\n甲,铝,2010\n乙,平板玻璃,2010\n乙,铜,2010\n"
    (tmp_path / "thin.csv").write_text(rows, "utf-8")
    code, _, err = call("evidence", "entry", "thin.csv", "--place", "甲")
    assert code == 0
    assert "此前没有可学的时段" in err
    code, out, err = call(
        "evidence", "entry", "thin.csv", "--place", "甲", "--atlas", "town.yaml",
        "-o", "forecast.yaml",
    )  # fmt: skip
    assert (code, out) == (2, "")
    assert "there is nothing to learn from" in err
    rows += "乙,铝,2010\n甲,铝,2016\n"  # windows, but nothing new in any
    (tmp_path / "thin.csv").write_text(rows, "utf-8")
    code, _, err = call("evidence", "entry", "thin.csv", "--place", "甲")
    assert code == 0
    assert "此前各时段都没有新出现的" in err
    code, _, err = call(
        "evidence", "entry", "thin.csv", "--place", "甲", "--atlas", "town.yaml",
        "-o", "forecast.yaml",
    )  # fmt: skip
    assert code == 2
    assert "there is nothing to learn from" in err
    assert not (tmp_path / "forecast.yaml").exists()


def test_what_is_not_installed_is_told_before_anything_is_computed(call, monkeypatch):
    def compute(*_, **__):
        raise AssertionError

    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    monkeypatch.setattr("chaingraph.evidence.entry.look_ahead", compute)
    code, _, err = call(
        "evidence", "entry", "panel.csv", "--place", "地区3", "--atlas", "town.yaml",
        "-o", "forecast.yaml",
    )  # fmt: skip
    assert code != 0
    assert "ruamel.yaml" in err


def test_activities_can_be_placed_on_products_by_a_table(call, tmp_path):
    panel = (tmp_path / "panel.csv").read_text("utf-8")
    lacking = [f"产业{n}" for n in range(1, 30) if f"地区3,产业{n}," not in panel][:2]
    rows = "".join(f"{activity},硅砂\n" for activity in lacking)
    (tmp_path / "map.csv").write_text(f"activity,product\n{rows}", "utf-8")
    code, _, _ = call(
        "evidence", "entry", "panel.csv", "--place", "地区3", "--products", "map.csv",
        "--atlas", "town.yaml", "-o", "forecast.yaml",
    )  # fmt: skip
    assert code == 0
    assert load_atlas(tmp_path / "town.yaml").forecasts["sand"].activity in lacking


def test_complexity_by_place_activity_and_pair(call):
    code, out, err = call("evidence", "complexity", "panel.csv", "--count", "--by", "place")
    assert code == 0
    assert "ECI" in out
    assert "样本太少" in err
    _, out, _ = call(
        "evidence", "complexity", "panel.csv", "--count", "--place", "地区3", "--format", "json"
    )
    assert {row["place"] for row in json.loads(out)} == {"地区3"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backtest", "none.csv", "--split", "2015"), "cannot read none.csv"),
        (("backtest", "panel.csv", "--split", "soon"), "'soon' is no date"),
        (("backtest", "panel.csv", "--split", "1990"), "1990"),
        (("backtest", "panel.csv", "--split", "2015", "--plot", "c.png"), "as an .svg"),
        (("entry", "panel.csv", "-o", "f.yaml"), "the forecasts of one place"),
        (("entry", "panel.csv", "--place", "地区33"), "did you mean '地区3'"),
        (("entry", "panel.csv", "--years", "nan"), "a horizon of nan years"),
        (
            ("entry", "panel.csv", "--place", "地区3", "--as-of", "9999-12-31", "-o", "f.yaml"),
            "a forecast from 9999-12-31 on would end after the year 9999",
        ),
        (
            ("entry", "panel.csv", "--place", "地区3", "--as-of", "2098", "-o", "f.yaml"),
            "would speak of 2101-01-01: an atlas knows days from 1900 to 2099",
        ),
        (
            ("entry", "panel.csv", "--place", "地区3", "-o", "facts.yaml"),
            "facts.yaml",
        ),
        (
            "entry panel.csv --place 地区3 --atlas town.yaml --source panal -o f.yaml".split(),
            "the atlas has no source 'panal' (did you mean 'panel'?)",
        ),
        (("complexity", "panel.csv"), "is no number of at least 0: to count rows, add --count"),
        (("complexity", "panel.csv", "--count", "--by", "activity", "--place", "地区3"), "--place"),
        (("complexity", "panel.csv", "--count", "--place-column", "regoin"), "mean 'region'"),
    ],
)
def test_a_wrong_question_is_told_in_a_line(call, words, said):
    code, out, err = call("evidence", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
