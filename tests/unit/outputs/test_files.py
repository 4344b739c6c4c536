"""No file is left half written, and none that the user wrote is replaced."""

import os

import pytest

from chaingraph.errors import UsageError
from chaingraph.outputs.files import guard, write_bytes, write_folder


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", fail)
    with pytest.raises(UsageError, match=r"cannot write .*a.txt: No space left"):
        write_bytes(path, b"new")
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.txt"]


def test_a_folder_is_written_again_and_again(tmp_path):
    write_folder(tmp_path, {"a": b"1"})
    write_folder(tmp_path, {"a": b"2"})
    assert (tmp_path / "a").read_bytes() == b"2"


def test_a_file_that_was_edited_since_is_not_replaced(tmp_path):
    write_folder(tmp_path, {"a": b"1", "b": b"1"})
    (tmp_path / "a").write_bytes(b"mine")
    with pytest.raises(UsageError, match="--force"):
        write_folder(tmp_path, {"a": b"2", "b": b"2"})
    assert (tmp_path / "b").read_bytes() == b"1"
    write_folder(tmp_path, {"a": b"2", "b": b"2"}, force=True)
    assert (tmp_path / "a").read_bytes() == b"2"


def test_guard_lets_only_own_pages_be_replaced(tmp_path):
    page, notes = tmp_path / "map.html", tmp_path / "notes.html"
    page.write_text('<meta name="generator" content="chaingraph">')
    notes.write_text("mine")
    guard(page, force=False)
    with pytest.raises(UsageError, match="already there"):
        guard(notes, force=False)
    guard(notes, force=True)
