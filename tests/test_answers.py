"""Answers to programs and assistants: the same as the command line gives."""

import json
import time

import pytest

from chaingraph.analysis.gaps import GAP_COLUMNS
from chaingraph.analysis.targets import TARGET_COLUMNS
from chaingraph.asking import QUESTIONS
from chaingraph.cli import run
from chaingraph.errors import UsageError
from chaingraph.loader import example_atlas
from chaingraph.replies import BundleRecord, ChangeRecord, GapRecord, StepRecord, TargetRecord

YUMEN = str(example_atlas())


def ask(atlas, path, **words):
    question = next(each for each in QUESTIONS if each.path == path)
    return json.loads(question.answer(atlas, question.read(words)).model_dump_json())


@pytest.fixture
def command(capfdbinary):
    """Run a command; return the JSON that it writes."""

    def call(*words):
        assert run([*words, "--format", "json"]) == 0
        return json.loads(capfdbinary.readouterr().out)

    return call


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"view": "plan", "lang": "en"},
        {"as_of": "2023-02-15", "chain": "chemicals", "kind": "weak"},
        {"branch": "有机硅", "rule": "position"},
        {"rule": "maturity", "view": "building"},
    ],
)
def test_gaps_are_those_of_the_command_line(yumen, command, options):
    words = [word for name, value in options.items() for word in (_flag(name), value)]
    answer = ask(yumen, "gaps", limit=0, **options)
    assert answer["gaps"] == command("gaps", YUMEN, *words)
    assert answer["total"] == len(answer["gaps"]) > 0


def _flag(name):
    return "--" + name.replace("_", "-")


def test_targets_are_those_of_the_command_line(yumen, command):
    words = ("--chain", "chemicals", "--per-gap", "2", "--as-of", "2023")
    answer = ask(yumen, "targets", chain="chemicals", per_gap=2, as_of="2023", limit=0)
    assert answer["targets"] == command("targets", YUMEN, *words)
    few = ask(yumen, "targets", product=["有机硅DMC", "pvdf"], lang="en", limit=0)
    words = ("--product", "有机硅DMC", "--product", "pvdf", "--lang", "en")
    assert few["targets"] == command("targets", YUMEN, *words)


def test_a_group_is_that_of_the_command_line(yumen, command):
    answer = ask(yumen, "group", product="PVDF", ship="reach", lang="en")
    told = command("targets", YUMEN, "--bundle", "PVDF", "--ship", "reach", "--lang", "en")
    assert answer["firms"] == told
    assert {id for firm in answer["firms"] for id in firm["brings"]} == set(answer["needed"])


def test_steps_are_those_of_the_command_line(yumen, command):
    answer = ask(yumen, "trace", product="PVDF", direction="down", depth=4, lang="en")
    words = ("--down", "--depth", "4", "--lang", "en")
    assert answer["steps"] == command("trace", "PVDF", YUMEN, *words)


def test_bundles_are_those_of_the_command_line(yumen, command):
    answer = ask(yumen, "unlock", product="PVDF", cost="investment", alternatives=2)
    words = ("--cost", "investment", "--alternatives", "2")
    assert answer["bundles"] == command("unlock", "PVDF", YUMEN, *words)


def test_changes_are_those_of_the_command_line(yumen, command):
    answer = ask(yumen, "whatif", land=["anhydrous_hf=50000"], view="plan")
    told = command("whatif", YUMEN, "--land", "anhydrous_hf=50000", "--view", "plan")
    assert {name: answer[name] for name in told} == told


def test_an_explained_gap_is_that_of_the_command_line(yumen, command):
    answer = ask(yumen, "explain", product="PVDF", as_of="2023-02-15")
    told = command("gaps", YUMEN, "--explain", "PVDF", "--as-of", "2023-02-15")
    assert [answer["gap"]] == told
    adds = sum(part["adds"] or 0 for part in answer["components"])
    assert adds == pytest.approx(answer["gap"]["score"])


@pytest.mark.parametrize(
    ("record", "columns"), [(GapRecord, GAP_COLUMNS), (TargetRecord, TARGET_COLUMNS)]
)
def test_records_have_the_columns_of_the_tables_in_their_order(record, columns):
    assert tuple(record.model_fields) == columns


@pytest.mark.parametrize(
    "record", [GapRecord, TargetRecord, StepRecord, BundleRecord, ChangeRecord]
)
def test_records_are_closed_and_frozen(record):
    assert record.model_config["extra"] == "forbid"
    assert record.model_config["frozen"]
    assert all(field.description for field in record.model_fields.values())


def test_the_overview_counts_every_product_and_gap_once(yumen):
    answer = ask(yumen, "overview", lang="en")
    branches = [branch for chain in answer["chains"] for branch in chain["branches"]]
    assert sum(branch["products"] for branch in branches) == len(yumen.products)
    assert sum(branch["gaps"] for branch in branches) == ask(yumen, "gaps")["total"]


def test_a_product_that_is_here_needs_no_bundle(make_atlas):
    atlas = make_atlas(
        "bread: {name: Bread, stage: downstream, inputs: {flour: {critical: true}}}\n"
        "flour: {name: Flour, stage: upstream, reach: local}\n",
        "enterprises: {baker: {name: Baker, makes: {bread: {}}}}",
    )
    answer = ask(atlas, "unlock", product="bread", lang="en")
    assert answer["is_here"]
    assert {tuple(bundle["products"]) for bundle in answer["bundles"]} == {()}
    answer = ask(atlas, "group", product="bread", lang="en")
    assert (answer["is_here"], answer["needed"], answer["firms"]) == (True, [], [])
    assert not ask(atlas, "group", product="flour", lang="en")["is_here"]


def test_today_is_the_day_of_the_clock(yumen):
    before = time.strftime("%Y-%m-%d")
    day = ask(yumen, "overview", as_of="today")["as_of"]
    assert before <= day <= time.strftime("%Y-%m-%d")


def test_what_is_not_known_is_none_and_never_zero(make_atlas):
    atlas = make_atlas(
        "bread: {name: Bread, stage: downstream, unit: t, inputs: {flour: {critical: true}}}\n"
        "flour: {name: Flour, stage: upstream, unit: t, reach: local}\n",
        "enterprises: {baker: {name: Baker, makes: {bread: {}}}}",
    )
    gap = next(each for each in ask(atlas, "gaps")["gaps"] if each["product"] == "flour")
    assert (gap["kind"], gap["demand"], gap["shortfall"]) == ("broken", None, None)


def test_an_id_of_several_things_tells_the_names_of_all(make_atlas):
    atlas = make_atlas(
        "flour: {name: 面粉, stage: upstream}\n"
        "bread: {name: 面包, stage: downstream, unit: t, inputs: {flour: {critical: true}}}",
        "enterprises: {bread: {name: 面包厂, makes: {bread: {capacity: 5}}}}\n"
        "projects: {bread: {name: 面包项目, milestones: {signed: 2024-01}, capacity: {bread: 3}}}\n",
    )
    assert ask(atlas, "trace", product="bread")["names"]["bread"] == "面包 / 面包厂 / 面包项目"


def test_names_that_look_like_commands_stay_text(make_atlas):
    name = "<script>alert(1)</script>\\n=1+1"
    atlas = make_atlas(f'bread: {{name: {{en: "{name}"}}, stage: downstream}}')
    hit, *_ = ask(atlas, "search", words="script", lang="en")["products"]
    assert hit["name"] == "<script>alert(1)</script>\n=1+1"


def test_all_faults_of_a_question_are_told_at_once():
    question = next(each for each in QUESTIONS if each.path == "trace")
    with pytest.raises(
        UsageError, match=r"'product' is missing.*; depth must be 0 or more; no option 'x'"
    ):
        question.read({"depth": -1, "x": 1})
