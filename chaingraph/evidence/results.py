"""The folder of results: whole or absent, whenever a run is stopped and whatever runs beside it."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chaingraph.errors import UsageError

MATCHES, REJECTS, SUMMARY = "matches.parquet", "rejects.csv", "summary.json"
"""What a match leaves in its folder; the matches may be one file or a folder of them."""


@contextmanager
def new_results(folder: str | Path) -> Iterator[Path]:
    """
    Give a folder for results that takes its place only when they are complete.

    Parameters
    ----------
    folder
        Where they shall be in the end. What runs that were killed left beside it is cleared away.

    Yields
    ------
    unfinished
        A hidden folder beside it.

    Raises
    ------
    UsageError
        If it cannot be written, or holds anything but results.
    """
    folder = Path(folder).absolute()
    if folder.is_symlink():
        folder = Path(os.path.realpath(folder))
    with ExitStack() as leaving:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with _alone_in(folder.parent):
                _bring_back(folder)
                if folder.exists() and not (folder.is_dir() and _holds_results(folder)):
                    raise UsageError(f"{folder} holds other things already: name a new folder")
                _clear_away(folder)
                unfinished = Path(
                    tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.unfinished.")
                )
                leaving.callback(shutil.rmtree, unfinished, ignore_errors=True)
                leaving.enter_context(_holding(unfinished))
            unfinished.chmod(0o755)
            yield unfinished
            old = folder.with_name(f".{folder.name}.old.{unfinished.name.rpartition('.')[2]}")
            with _alone_in(folder.parent):
                _take_place(unfinished, folder, old)
            shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            raise UsageError(f"cannot write {folder}: {error.strerror or error}") from error


def _take_place(unfinished: Path, folder: Path, old: Path) -> None:
    """Put what was there aside, and what is new in its place."""
    if folder.exists():
        folder.replace(old)
    try:
        unfinished.replace(folder)
    except BaseException:
        if old.exists():
            old.replace(folder)
        raise


def _left(folder: Path, kind: str) -> list[Path]:
    """What runs left beside a folder: results that are unfinished, or put aside as old."""
    name = re.compile(rf"\.{re.escape(folder.name)}\.{kind}\.[a-z0-9_]+")
    return [path for path in folder.parent.iterdir() if name.fullmatch(path.name)]


def _bring_back(folder: Path) -> None:
    """Put back what a run had put aside that was killed before its own results took the place."""
    if not folder.exists():
        whole = [left for left in _left(folder, "old") if (left / SUMMARY).exists()]
        if whole:
            max(whole, key=lambda left: left.stat().st_mtime).replace(folder)


def _clear_away(folder: Path) -> None:
    """Remove what runs left that are no more; a run that goes on holds its folder."""
    for left in _left(folder, "(?:unfinished|old)"):
        with _holding(left) as held:
            if held:
                shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _alone_in(parent: Path) -> Iterator[None]:
    """Wait until no other run makes, moves or clears away folders here."""
    with _holding(parent, wait=True):
        yield


@contextmanager
def _holding(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold a folder so that other runs can tell; false if another run holds it, or none can."""
    if sys.platform == "win32":
        yield False
        return
    import fcntl

    with ExitStack() as leaving:
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            leaving.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            leaving.callback(fcntl.flock, handle, fcntl.LOCK_UN)  # a fork may have a copy of it
        except OSError:
            yield False
            return
        yield True


def _holds_results(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()}
    return not names or (SUMMARY in names and names <= {MATCHES, REJECTS, SUMMARY})


def has_results(folder: str | Path) -> bool:
    """Tell whether a folder holds what a match has left, which the next one would replace."""
    return Path(folder, SUMMARY).is_file() and _holds_results(Path(folder))


def check_apart(paths: Sequence[str | Path], folder: str | Path) -> None:
    """
    See that results do not go where the next run would read them as a part of the register.

    Raises
    ------
    UsageError
        If the folder is one of the register's, or lies in one.
    """
    for path in map(Path, paths):
        if path.is_dir() and Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(path)):
            raise UsageError(f"{folder} lies in {path}, which is read: name a folder outside of it")
