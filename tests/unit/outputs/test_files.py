"""No file is left half written, and none that the user wrote is replaced."""

from pathlib import Path

import pytest

from chaingraph.errors import UsageError
from chaingraph.outputs.files import guard, seal, seal_pdf, write_all, write_bytes, write_folder


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(UsageError, match=r"cannot write .*a.txt: No space left"):
        write_bytes(path, b"new")
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.txt"]


def test_of_files_that_belong_together_none_is_written_if_one_cannot_be(tmp_path):
    write_folder(tmp_path / "made", {"a": b"1", "b": b"1"})
    (tmp_path / "made/b").unlink()
    (tmp_path / "made/b").mkdir()  # as little to be replaced as a file that Excel holds
    with pytest.raises(UsageError, match="b: it is no regular file"):
        write_all({tmp_path / "made/a": b"2", tmp_path / "made/b": b"2"})
    assert (tmp_path / "made/a").read_bytes() == b"1"
    assert len(list((tmp_path / "made").iterdir())) == 3


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


def test_guard_lets_only_own_pages_be_replaced_while_nobody_edited_them(tmp_path):
    page = tmp_path / "map.html"
    page.write_text(seal("<p>map</p>"), "utf-8")
    guard(page, force=False)
    page.write_text(page.read_text("utf-8").replace("map", "my map"), "utf-8")
    with pytest.raises(UsageError, match="already there"):
        guard(page, force=False)
    guard(page, force=True)


def test_guard_knows_its_own_pdf(tmp_path):
    paper = tmp_path / "poster.pdf"
    paper.write_bytes(seal_pdf(b"%PDF-1.7 drawing %%EOF"))
    guard(paper, force=False)
    paper.write_bytes(b"%PDF-1.7 somebody's own")
    with pytest.raises(UsageError, match="already there"):
        guard(paper, force=False)


def test_an_interrupted_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(tmp_path / "a.txt", b"new")
    assert list(tmp_path.iterdir()) == []


def test_modes_and_links_stay_as_the_user_made_them(tmp_path):
    (tmp_path / "secret").write_text("old")
    (tmp_path / "secret").chmod(0o600)
    (tmp_path / "link").symlink_to("secret")
    write_bytes(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "secret").read_bytes() == b"new"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
