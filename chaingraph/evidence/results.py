"""The folder of results: whole or absent, whenever a run is stopped and whatever runs beside it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chaingraph._atomic import alone_in, clear_away, flush_all, holding
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
            with alone_in(folder.parent):
                _bring_back(folder)
                if folder.exists() and not (folder.is_dir() and _holds_results(folder)):
                    raise UsageError(f"{folder} holds other things already: name a new folder")
                clear_away(_left(folder, "(?:unfinished|old)"))
                unfinished = Path(
                    tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}.unfinished.")
                )
                leaving.callback(shutil.rmtree, unfinished, ignore_errors=True)
                leaving.enter_context(holding(unfinished))
            unfinished.chmod(0o755)
            yield unfinished
            flush_all(unfinished)
            old = folder.with_name(f".{folder.name}.old.{unfinished.name.rpartition('.')[2]}")
            with alone_in(folder.parent):
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


def bring_back(folder: str | Path) -> None:
    """Put back results that a run had put aside which was killed before its own took the place."""
    folder = Path(os.path.realpath(folder))
    if not folder.exists() and folder.parent.is_dir():
        with alone_in(folder.parent):
            _bring_back(folder)


def _bring_back(folder: Path) -> None:
    if not folder.exists():
        whole = [left for left in _left(folder, "old") if (left / SUMMARY).exists()]
        if whole:
            max(whole, key=lambda left: left.stat().st_mtime).replace(folder)


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
