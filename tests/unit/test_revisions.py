"""Atlases out of a real git repository, made for each test."""

import os
import shutil
import subprocess

import pytest

from chaingraph.errors import DataError, UsageError
from chaingraph.revisions import load_revision
from chaingraph.scaffold import start_atlas

FIRMS = "chains/place/enterprises.yaml"


def git(folder, *words):
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def commit(folder, tag):
    git(folder, "add", "-A")
    git(folder, "commit", "-m", tag)
    git(folder, "tag", tag)


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A repository with an atlas in a folder of it: `old` as `init` writes it."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    git(tmp_path, "init", "-q")
    start_atlas(tmp_path / "chains")
    commit(tmp_path, "old")
    return tmp_path


def edit(repo, name, before, after):
    text = (repo / name).read_text("utf-8")
    assert before in text
    (repo / name).write_text(text.replace(before, after), "utf-8")


def test_an_atlas_is_loaded_as_it_was(repo):
    edit(repo, FIRMS, "200000", "300000")
    commit(repo, "new")
    edit(repo, FIRMS, "300000", "400000")
    capacity = [
        load_revision(repo / "chains/atlas.yaml", revision)
        .enterprises["sand_works"]
        .makes["low_iron_sand"]
        .capacity.value
        for revision in ("old", "HEAD~1", "new", "HEAD")
    ]
    assert capacity == [200000, 200000, 300000, 300000]
    assert "400000" in (repo / FIRMS).read_text("utf-8")


def test_an_atlas_that_is_gone_is_still_found(repo):
    shutil.rmtree(repo / "chains")
    assert load_revision(repo / "chains/atlas.yaml", "old").atlas.id == "my_place"


def test_a_folder_stands_for_the_only_atlas_in_it(repo, monkeypatch):
    monkeypatch.chdir(repo)
    assert load_revision("chains", "old").atlas.id == "my_place"
    with pytest.raises(UsageError, match=r"^no atlas file in chains/place/: "):
        load_revision("chains/place", "old")


def test_problems_are_told_from_the_folder_of_the_atlas(repo):
    edit(repo, FIRMS, "low_iron_sand:", "low_iron_snad:")
    (repo / "chains/place/twice.yaml").write_text("enterprises: {sand_works: {name: x}}\n")
    commit(repo, "wrong")
    with pytest.raises(DataError) as caught:
        load_revision(repo / "chains/atlas.yaml", "wrong")
    assert [str(problem).partition(" [")[0] for problem in caught.value.problems] == [
        "place/enterprises.yaml:8:7: no 'low_iron_snad' in products (did you mean 'low_iron_sand'?)",
        "place/twice.yaml:1:15: 'sand_works' is already in place/enterprises.yaml:5:3",
    ]


@pytest.mark.parametrize("revision", ["nowhere", "", "--all", "-h", "old..HEAD", "a\0b", "old\n"])
def test_what_is_no_revision_is_refused(revision, repo):
    with pytest.raises(UsageError, match="git knows no revision"):
        load_revision(repo / "chains/atlas.yaml", revision)


def test_a_revision_is_never_an_option(repo):
    with pytest.raises(UsageError, match="git knows no revision"):
        load_revision(repo / "chains/atlas.yaml", f"--output={repo / 'evil'}")
    assert not (repo / "evil").exists()


def test_a_path_that_the_revision_lacks_is_told(repo):
    with pytest.raises(UsageError, match=r"^revision 'old' has no chains/none\.yaml$"):
        load_revision(repo / "chains/none.yaml", "old")


def test_a_folder_that_is_no_repository_is_told(tmp_path):
    start_atlas(tmp_path / "chains")
    with pytest.raises(UsageError, match=r"no revisions of .*: not a git repository"):
        load_revision(tmp_path / "chains/atlas.yaml", "HEAD")


def test_git_that_is_missing_is_told(repo, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="git is not installed"):
        load_revision(repo / "chains/atlas.yaml", "old")


def test_a_hook_of_another_repository_does_not_mislead(repo, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert load_revision(repo / "chains/atlas.yaml", "old").atlas.id == "my_place"


def test_links_inside_the_repository_are_kept_and_others_left_out(repo, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "more.yaml"
    outside.write_text("enterprises: {stranger: {name: x}}\n")
    (repo / "shared").mkdir()
    (repo / "shared/more.yaml").write_text("enterprises: {friend: {name: x}}\n")
    (repo / "chains/place/friend.yaml").symlink_to("../../shared/more.yaml")
    (repo / "chains/place/stranger.yaml").symlink_to(
        os.path.relpath(outside, repo / "chains/place")
    )
    commit(repo, "links")
    assert set(load_revision(repo / "chains", "links").enterprises) == {"sand_works", "friend"}
