"""Files that belong together are all old or all new, and what a killed run left is finished."""

import errno
import os
import sys
from pathlib import Path

import pytest

from chaingraph._atomic import READY, UNFINISHED, finish
from chaingraph.errors import UsageError
from chaingraph.loader import load_atlas
from chaingraph.outputs.files import write_all, write_bytes, write_folder
from chaingraph.scaffold import start_atlas

OLD = {"a": b"1", "b": b"1", "c": b"1"}
NEW = {"a": b"2", "b": b"2", "c": b"2"}


@pytest.fixture
def stop_at(monkeypatch):
    """Let the run end, as if it were killed, when the file of a name is moved."""

    def arm(name):
        move = Path.replace

        def stop(self, target):
            if Path(target).name == name:
                raise KeyboardInterrupt
            return move(self, target)

        monkeypatch.setattr(Path, "replace", stop)
        return monkeypatch.undo

    return arm


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_what_was_moved_in_part_is_finished_by_the_next_write(tmp_path, stop_at):
    folder = tmp_path / "out"
    write_folder(folder, OLD)
    (folder / "mine").write_bytes(b"the user's own")
    disarm = stop_at("b")
    with pytest.raises(KeyboardInterrupt):
        write_folder(folder, NEW)
    disarm()
    assert (folder / READY).is_dir()
    assert {contents(folder)[name] for name in NEW} == {b"1", b"2"}
    write_folder(folder, NEW)  # and does not ask for --force
    assert contents(folder).items() >= {**NEW, "mine": b"the user's own"}.items()
    assert not (folder / READY).exists()


def test_what_was_moved_in_part_is_finished_by_the_next_reader(tmp_path, stop_at):
    start_atlas(tmp_path)
    names = ("atlas.yaml", "place/projects.yaml")
    texts = {tmp_path / name: (tmp_path / name).read_bytes() + b"# new\n" for name in names}
    disarm = stop_at("projects.yaml")
    with pytest.raises(KeyboardInterrupt):
        write_all(texts, home=tmp_path)
    disarm()
    load_atlas(tmp_path)
    assert all(path.read_bytes() == text for path, text in texts.items())
    assert not (tmp_path / READY).exists()


def test_what_was_not_ready_is_cleared_away(tmp_path):
    write_folder(tmp_path, OLD)
    left = tmp_path / f"{UNFINISHED}x"
    left.mkdir()
    (left / "a").write_bytes(b"half")
    write_bytes(tmp_path / "d", b"1")
    assert not left.exists()
    assert contents(tmp_path).items() >= OLD.items()


def test_a_new_folder_takes_its_place_with_all_that_is_in_it(tmp_path, monkeypatch):
    seen = []
    rename = Path.rename

    def look(self, target):
        seen.append((Path(target).exists(), sorted(path.name for path in self.iterdir())))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", look)
    write_folder(tmp_path / "new/out", OLD)
    assert seen == [(False, [".chaingraph.json", "a", "b", "c"])]
    assert (tmp_path / "new/out").stat().st_mode & 0o777 == (
        tmp_path / "new"
    ).stat().st_mode & 0o777


def test_what_is_not_in_its_place_is_no_part_of_an_atlas(tmp_path):
    start_atlas(tmp_path)
    left = tmp_path / f"{UNFINISHED}x"
    left.mkdir()
    (left / "again.yaml").write_text("enterprises: {sand_works: {name: x}}\n")
    head = tmp_path / "atlas.yaml"
    head.write_text(head.read_text("utf-8").replace("place/*.yaml", "'*/*.yaml'"), "utf-8")
    assert "*/*" in head.read_text("utf-8")
    assert load_atlas(tmp_path).enterprises["sand_works"].name.zh != "x"


def test_finishing_follows_no_link_out_of_the_folder(tmp_path):
    folder, other = tmp_path / "out", tmp_path / "other"
    (folder / READY / "sub").mkdir(parents=True)
    (folder / READY / "sub/a").write_bytes(b"crafted")
    (folder / READY / "b").write_bytes(b"crafted")
    other.mkdir()
    (other / "b").write_bytes(b"safe")
    (folder / "sub").symlink_to(other, target_is_directory=True)
    (folder / "b").symlink_to(other / "b")
    with pytest.raises(UsageError, match="a link leads elsewhere"):
        finish(folder)
    assert contents(other) == {"b": b"safe"}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no users of folders")
def test_what_another_user_put_into_a_folder_for_all_is_not_finished(tmp_path, monkeypatch):
    (tmp_path / READY).mkdir()
    (tmp_path / READY / "a").write_bytes(b"crafted")
    (tmp_path / "a").write_bytes(b"mine")
    tmp_path.chmod(0o1777)
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    finish(tmp_path)
    assert (tmp_path / "a").read_bytes() == b"mine"
    monkeypatch.undo()
    finish(tmp_path)
    assert (tmp_path / "a").read_bytes() == b"crafted"


def test_a_link_out_of_the_folder_is_written_where_it_leads(tmp_path):
    folder, other = tmp_path / "out", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    (folder / "a").symlink_to(other / "a")
    write_all({folder / "a": b"2", folder / "b": b"2"}, home=folder)
    assert (folder / "a").is_symlink()
    assert (other / "a").read_bytes() == (folder / "b").read_bytes() == b"2"
    assert len(list(other.iterdir())) == 1


def test_files_reach_another_disk(tmp_path, monkeypatch):
    write_folder(tmp_path, OLD)
    move = Path.replace

    def refuse(self, target):
        if self.parent.name == READY:
            raise OSError(errno.EXDEV, "another disk")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    write_folder(tmp_path, NEW)
    assert contents(tmp_path).items() >= NEW.items()
    assert len(list(tmp_path.iterdir())) == 4


def test_what_cannot_be_finished_is_told_and_kept(tmp_path, monkeypatch):
    (tmp_path / READY).mkdir()
    (tmp_path / READY / "a").write_bytes(b"1")

    def refuse(*_):
        raise PermissionError(errno.EACCES, "held by Excel")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(UsageError, match=r"left of a run .* cannot write .*a: held by Excel"):
        finish(tmp_path)
    assert (tmp_path / READY / "a").exists()
