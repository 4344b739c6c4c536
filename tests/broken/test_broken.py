"""One wrong atlas for each problem code, with the exact words that it is told in.

Each folder holds the files in which it differs from the atlas that ``chaingraph
init`` writes, and ``expected.txt``.
"""

import contextlib
import copy
import json
import os
import shutil
from pathlib import Path

import pytest

from chaingraph._messages import MESSAGES
from chaingraph._yaml import read_document
from chaingraph.errors import DataError, UsageError
from chaingraph.loader import find_unread, load_atlas
from chaingraph.scaffold import start_atlas

HERE = Path(__file__).parent
CASES = sorted(path.name for path in HERE.iterdir() if (path / "expected.txt").exists())
MADE_BELOW = {"file-missing", "file-unreadable", "encoding", "too-large"}
IN_A_FORM = {
    "unknown-sheet", "unknown-column", "duplicate-column", "missing-column", "missing-cell",
    "missing-id", "same-name", "name-twice", "cell-error", "cell-formula", "cell-number", "cell-yes", "cell-pairs", "cell-json", "figure-owner",
}  # fmt: skip
"""Told of the cells of a workbook: tests/unit/outputs/test_form.py."""


@pytest.fixture
def atlas_file(tmp_path, monkeypatch):
    """A right atlas to spoil, called by its relative path."""
    monkeypatch.chdir(tmp_path)
    start_atlas("case")
    return Path("case/atlas.yaml")


def problems_of(path):
    with pytest.raises(DataError) as caught:
        load_atlas(path)
    return caught.value.problems


@pytest.mark.parametrize("code", CASES)
def test_problem_is_told_in_exact_words(code, atlas_file):
    shutil.copytree(HERE / code, atlas_file.parent, dirs_exist_ok=True)
    problems = problems_of(atlas_file)
    told = "".join(f"{problem}\n" for problem in problems).replace("case/", "")
    assert told == (HERE / code / "expected.txt").read_text("utf-8")
    assert code in {problem.code for problem in problems}


def test_every_code_has_a_case():
    assert set(CASES) | MADE_BELOW | IN_A_FORM == set(MESSAGES)


def test_every_message_is_there_in_both_languages():
    assert all(en and zh and en != zh for en, zh in MESSAGES.values())


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("enterprises: {a: {name: 某厂}}".encode("gb18030"), "not UTF-8 but perhaps GBK"),
        ("enterprises: {a: {name: 某厂}}".encode("utf-16"), "not UTF-8 but UTF-16"),
        (b"a: 1\nb: \xff\xff\xff", "2:1: the file is not UTF-8"),
    ],
)
def test_other_encodings_are_refused_by_name(raw, words, atlas_file):
    (atlas_file.parent / "place/enterprises.yaml").write_bytes(raw)
    assert words in str(problems_of(atlas_file)[-1])


def test_byte_order_mark_and_windows_line_ends_are_accepted(atlas_file):
    path = atlas_file.parent / "place/enterprises.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_atlas(atlas_file).enterprises["sand_works"].makes["low_iron_sand"].since == "2019"


def test_symlink_loop_is_told(atlas_file):
    (atlas_file.parent / "place/loop.yaml").symlink_to("loop.yaml")
    assert [problem.code for problem in problems_of(atlas_file)] == [
        "references-unchecked",
        "file-unreadable",
    ]


def test_a_dangling_link_is_told(atlas_file):
    (atlas_file.parent / "place/gone.yaml").symlink_to("nowhere.yaml")
    assert "file-missing" in {problem.code for problem in problems_of(atlas_file)}


@pytest.mark.parametrize("name", [".#projects.yaml", "._projects.yaml", "~$projects.yaml"])
def test_what_editors_and_systems_leave_behind_is_no_data(name, atlas_file):
    (atlas_file.parent / "place" / name).symlink_to("me@desk.123:456")
    assert load_atlas(atlas_file)


def test_what_is_hidden_is_read_if_it_is_named(atlas_file):
    (atlas_file.parent / "place").rename(atlas_file.parent / ".place")
    text = atlas_file.read_text("utf-8").replace("place/*", ".place/*")
    atlas_file.write_text(text, "utf-8")
    assert load_atlas(atlas_file).projects


@pytest.mark.parametrize(
    "name", ["place/.a.yaml", "place/~$a.yaml", ".old/a.yaml", "schema/a.yaml", "a.txt", "a/b.yaml"]
)
def test_what_is_no_data_or_another_atlases_is_not_missed(name, atlas_file):
    folder = atlas_file.parent
    (folder / "other.yml").write_text("atlas: {}\nincludes: [a/*.yaml]\n")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("parks:\n")
    assert find_unread(atlas_file) == []
    (folder / "a.yaml").write_text("parks:\n")
    assert find_unread(atlas_file) == [folder / "a.yaml"]


def test_nothing_is_missed_of_an_atlas_file_that_cannot_be_read(atlas_file):
    atlas_file.write_text("atlas: [")
    assert find_unread(atlas_file) == []


@pytest.mark.parametrize("text", ["~", "---\n", "null\n", "# to be written\n", ""])
def test_an_atlas_file_that_holds_nothing_is_told(text, atlas_file):
    atlas_file.write_text(text)
    assert [problem.code for problem in problems_of(atlas_file)] == ["file-empty"]


@pytest.mark.parametrize(
    "text", ["# nothing yet\n", "---\n", "projects:\n", "projects:\n  # none yet\nparks: ~"]
)
def test_a_file_or_section_to_be_filled_in_holds_nothing_yet(text, atlas_file):
    (atlas_file.parent / "place/projects.yaml").write_text(text)
    atlas = load_atlas(atlas_file)
    assert atlas.projects == atlas.parks == {}
    assert atlas.enterprises


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff"])
def test_a_file_that_may_have_been_cut_off_is_told(text, atlas_file):
    (atlas_file.parent / "place/projects.yaml").write_text(text, "utf-8")
    assert [problem.code for problem in problems_of(atlas_file)] == ["file-empty"]


def test_sections_of_the_atlas_and_a_branch_may_be_filled_in_later(atlas_file):
    (atlas_file.parent / "products/lamps.yaml").write_text(
        "branch: {id: lamps, name: {zh: 灯, en: Lamps}}\nproducts:\n"
    )
    text = atlas_file.read_text("utf-8").replace("[solar_glass]", "[solar_glass, lamps]")
    atlas_file.write_text(text + "maturity:\nutilisation:\nlimits:\n")
    assert load_atlas(atlas_file).products_of("lamps") == []


def test_a_pipe_is_no_file(atlas_file):
    os.mkfifo(atlas_file.parent / "place/pipe.yaml")
    assert "no regular file" in str(problems_of(atlas_file)[-1])


def test_a_folder_reached_by_a_link_is_read_once(atlas_file, tmp_path):
    text = atlas_file.read_text("utf-8")
    atlas_file.write_text(text.replace("place/*.yaml", "place/../place/*.yaml\n  - place/*.yaml"))
    (tmp_path / "link").symlink_to("case")
    assert load_atlas("link/atlas.yaml").enterprises


def test_a_long_path_is_no_traceback():
    with pytest.raises(UsageError, match="cannot read"):
        load_atlas("a" * 300)


def test_energy_is_no_capacity_of_a_power_plant(atlas_file):
    products = atlas_file.parent / "products/solar_glass.yaml"
    products.write_text(
        products.read_text("utf-8").replace(
            "stage: upstream\n    unit: t ", "stage: upstream\n    unit: MW "
        ),
        "utf-8",
    )
    firms = atlas_file.parent / "place/enterprises.yaml"
    firms.write_text(
        firms.read_text("utf-8").replace("capacity: 200000", "capacity: {value: 5, unit: MWh}"),
        "utf-8",
    )
    assert "unit-mismatch" in {problem.code for problem in problems_of(atlas_file)}


def test_huge_file_is_refused(atlas_file):
    with (atlas_file.parent / "place/huge.yaml").open("wb") as file:
        file.truncate(33_000_000)
    assert "larger than 32 MB" in str(problems_of(atlas_file)[-1])


def test_all_problems_of_all_files_are_told_at_once(atlas_file):
    folder = atlas_file.parent
    enterprises = folder / "place/enterprises.yaml"
    enterprises.write_text(
        "enterprises:\n"
        "  works:\n"
        "    name： 某厂\n"
        "\tnote: x\n"
        "    makes:\n"
        "      solar_glas: {capacity: -5, sinc: 2020}\n",
        "utf-8",
    )
    projects = folder / "place/projects.yaml"
    projects.write_text(projects.read_text("utf-8").replace("2025-03,", "2025-33,"), "utf-8")
    assert [(p.place.line, p.code) for p in problems_of(atlas_file)] == [
        (3, "full-width"),
        (4, "tab"),
        (6, "unknown-reference"),
        (6, "below-zero"),
        (6, "unknown-key"),
        (7, "bad-date"),
    ]


@pytest.mark.parametrize("name", ["光伏玻璃", "pv  glass"])
def test_the_id_is_suggested_of_what_is_referred_to_by_name(name, atlas_file):
    firms = atlas_file.parent / "place/enterprises.yaml"
    firms.write_text(firms.read_text("utf-8").replace("low_iron_sand:", f"{name}:"), "utf-8")
    assert [(p.code, p.suggestions) for p in problems_of(atlas_file)] == [
        ("unknown-reference", ("solar_glass",))
    ]


def test_the_id_of_a_branch_is_suggested_for_its_name(atlas_file):
    text = atlas_file.read_text("utf-8").replace("[solar_glass]", "[光伏玻璃]")
    atlas_file.write_text(text, "utf-8")
    found = {problem.code: problem.suggestions for problem in problems_of(atlas_file)}
    assert found["unknown-reference"] == ("solar_glass",)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2024.10", "2024.10 is not a date; write 2024-10"),
        ("2024.1", "2024.1 is not a date; write 2024-01"),
        ("2024.13", "2024.13 is not a date; write 2023-02-15, 2023-02 or 2023"),
        ("2024/1/5", '"2024/1/5" is not a date; write 2024-01-05'),
    ],
)
def test_a_date_with_other_marks_is_told_as_typed_and_as_it_should_be(written, told, atlas_file):
    firms = atlas_file.parent / "place/enterprises.yaml"
    firms.write_text(firms.read_text("utf-8").replace("since: 2019", f"since: {written}"), "utf-8")
    projects = atlas_file.parent / "place/projects.yaml"
    text = projects.read_text("utf-8").replace("signed: 2025-03,", f"signed: {written},")
    projects.write_text(text, "utf-8")
    assert [problem.en for problem in problems_of(atlas_file)] == [told, told]


def test_a_number_that_should_be_text_is_told_as_typed(atlas_file):
    firms = atlas_file.parent / "place/enterprises.yaml"
    firms.write_text(firms.read_text("utf-8").replace("since: 2019", "note: 1.50"), "utf-8")
    assert "expected text, found 1.50" in str(problems_of(atlas_file)[0])


VALUES = [
    None,
    [],
    {},
    [[]],
    "x",
    "e5",
    "kg",
    -1,
    1e300,
    True,
    [1],
    {"a": 1},
    "2023-99",
    {"value": {}},
    {"": ""},
]


@pytest.mark.parametrize("name", ["atlas.yaml", "products/solar_glass.yaml", "place/projects.yaml"])
def test_any_value_anywhere_is_accepted_or_told(name, atlas_file):
    path = atlas_file.parent / name
    data = read_document(path, name).data
    for place in every_place(data):
        for value in VALUES:
            path.write_text(json.dumps(replaced(data, place, value)), "utf-8")
            with contextlib.suppress(DataError):
                load_atlas(atlas_file)


def every_place(data, above=()):
    yield above
    if isinstance(data, dict | list):
        for step, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield from every_place(inner, (*above, step))


def replaced(data, place, value):
    if not place:
        return value
    changed = copy.copy(data)
    changed[place[0]] = replaced(data[place[0]], place[1:], value)
    return changed
