"""An atlas that follows its files, where the system is of no help."""

import threading

import pytest

from chaingraph import live
from chaingraph.scaffold import start_atlas


@pytest.fixture
def follow(tmp_path, monkeypatch):
    """Follow a new atlas; return it, its folder and what waits for the next state."""
    start_atlas(tmp_path)
    monkeypatch.setattr(live, "LOOK", 0.01)
    monkeypatch.setattr(live, "QUIET", 0.01)
    following = []

    def begin(tell=lambda _: None, **options):
        told = threading.Event()

        def announce(state):
            told.set()
            tell(state)

        following.append(live.LiveAtlas(tmp_path / "atlas.yaml", tell=announce, **options))
        following[0].refresh()
        told.clear()
        following[0].follow()
        return following[0], told

    yield begin
    following[0].end()


@pytest.mark.parametrize("error", [OSError, RuntimeError])
def test_files_are_followed_though_the_system_watches_none(follow, tmp_path, monkeypatch, error):
    def refuse(*_, **__):
        raise error("no more watchers")

    monkeypatch.setattr(live, "watch", refuse)
    atlas, told = follow()
    (tmp_path / "sources.yaml").write_text("nonsense: 1\n", "utf-8")
    assert told.wait(10)
    assert atlas.state.problems


def test_files_are_followed_though_nobody_can_be_told(follow, tmp_path):
    def fail(state):
        if state.problems:
            raise UnicodeEncodeError("ascii", "问题", 0, 1, "a terminal of another kind")

    atlas, told = follow(fail)
    good = (tmp_path / "sources.yaml").read_bytes()
    (tmp_path / "sources.yaml").write_text("nonsense: 1\n", "utf-8")
    assert told.wait(10)
    told.clear()
    (tmp_path / "sources.yaml").write_bytes(good)
    assert told.wait(10)
    assert not atlas.state.problems


def test_today_goes_on_with_the_clock(follow, monkeypatch):
    days = {"today": "2026-03-31"}
    monkeypatch.setattr(live, "read_day", lambda text: days[text])
    atlas, told = follow(as_of="today")
    assert str(atlas.state.edition.contents.day) == "2026-03-31"
    days["today"] = "2026-04-01"
    assert told.wait(10)
    assert str(atlas.state.edition.contents.day) == "2026-04-01"
