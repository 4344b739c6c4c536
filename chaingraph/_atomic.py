"""Files that belong together, written so that a run killed at any moment leaves no mix of them.

New files are made ready in a hidden folder beside the old ones.  Giving that folder the name
`READY` is the one step that counts: before it nothing of the old files was touched, after it
the new ones are written, and whoever comes next, to write or to read, finishes moving them to
their places.  A folder that is new itself takes its place in one step, with all that is in it.

What is made ready is on the disk before that step (`fsync`), so that a loss of power does no
more harm than a kill.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from chaingraph.errors import UsageError

READY = ".chaingraph.ready"
"""The folder of files that only need to be moved to their places."""

UNFINISHED = ".chaingraph.unfinished."
"""How the folders of files begin that are being made ready."""

MONTH = 30 * 86_400.0
"""Seconds after which a folder is taken for left behind where none can be held."""


def write_together(files: Mapping[Path, bytes], home: Path) -> None:
    """
    Write files into a folder and those below it: all of them or none, even if killed.

    Parameters
    ----------
    files
        Path → content; all lie in `home`, and none is a link.
    home
        The folder, made if need be; a real path.

    Raises
    ------
    UsageError
        If one cannot be written; older files then stay as they were.
    """
    if not home.exists():
        with telling(home):
            home.parent.mkdir(parents=True, exist_ok=True)
        with _stage(files, home, home.parent) as stage, telling(home):
            stage.chmod(0o777 & ~_mask())
            stage.rename(home)
            _flush(home.parent)
        return
    finish(home)
    with _stage(files, home, home) as stage, alone_in(home):
        _finish(home)  # what another run left since
        with telling(home):
            stage.chmod(home.stat().st_mode & 0o775)  # who shares the folder may finish it
            source = stage.rename(home / READY) if len(files) > 1 else stage
            _flush(home)
        _move_all(source, home)


def finish(folder: Path) -> None:
    """
    Finish what a run had written that was killed while it moved files to their places.

    Parameters
    ----------
    folder
        The folder that it wrote into, whether there is anything to finish or not.

    Raises
    ------
    UsageError
        If the files cannot be moved.
    """
    if (folder / READY).is_dir():
        home = folder.resolve()
        with alone_in(home):
            try:
                _finish(home)
            except UsageError as error:
                left = f"{home / READY} is left of a run that was killed, and cannot be finished"
                raise UsageError(f"{left}: {error}") from error


def _finish(home: Path) -> None:
    ready = home / READY
    if ready.is_dir() and not ready.is_symlink() and not _is_strange(ready, home):
        _move_all(ready, home)


def _is_strange(ready: Path, home: Path) -> bool:
    """Tell whether it is another user's, in a folder where all may write, such as /tmp."""
    if sys.platform == "win32" or not home.stat().st_mode & stat.S_ISVTX:
        return False
    return ready.stat().st_uid != os.getuid()


@contextlib.contextmanager
def telling(path: Path) -> Iterator[None]:
    """Tell which file could not be written, and why."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error


def is_staged(path: Path) -> bool:
    """Tell whether a file is not yet in its place."""
    return any(part == READY or part.startswith(UNFINISHED) for part in path.parts)


# ------------------------------------------------------------------- making ready


@contextlib.contextmanager
def _stage(files: Mapping[Path, bytes], home: Path, parent: Path) -> Iterator[Path]:
    """Make files ready in a hidden folder, which is gone at the end."""
    with contextlib.ExitStack() as leaving:
        with telling(next(iter(files), home)), alone_in(parent):
            clear_away(parent.glob(f"{UNFINISHED}*"))
            stage = Path(tempfile.mkdtemp(dir=parent, prefix=UNFINISHED))
            leaving.callback(shutil.rmtree, stage, ignore_errors=True)
            leaving.enter_context(holding(stage))
        for path, data in files.items():
            with telling(path):
                staged = stage / path.relative_to(home)
                staged.parent.mkdir(parents=True, exist_ok=True)
                staged.write_bytes(data)
                staged.chmod(_mode_for(path))
        flush_all(stage)
        yield stage


def _mode_for(path: Path) -> int:
    """The mode of the file that is replaced; else what the user's mask allows."""
    return path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_mask()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def flush_all(folder: Path) -> None:
    """See that a folder and all in it is on the disk."""
    for path in (*folder.rglob("*"), folder):
        _flush(path)


def _flush(path: Path) -> None:
    """See that a file, or what a folder lists, is on the disk and not only on its way there."""
    if path.is_dir() and sys.platform == "win32":
        return
    with contextlib.suppress(OSError):  # some file systems cannot, and lose no more than before
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# ------------------------------------------------------------ moving to their places


def _move_all(source: Path, home: Path) -> None:
    """Move what is ready to its places; what was moved before is no longer there."""
    folders = set()
    for staged in sorted(path for path in source.rglob("*") if not path.is_dir()):
        target = home / staged.relative_to(source)
        with telling(target):
            if staged.is_symlink() or target.parent.resolve() != target.parent:
                raise OSError(errno.ELOOP, "a link leads elsewhere")
            target.parent.mkdir(parents=True, exist_ok=True)
            _move(staged, target)
        folders.add(target.parent)
    for folder in folders:
        _flush(folder)
    shutil.rmtree(source, ignore_errors=True)


def _move(staged: Path, target: Path) -> None:
    try:
        staged.replace(target)
    except FileNotFoundError:
        if staged.exists():  # otherwise another run has just moved it
            raise
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        near = target.with_name(f".{target.name}.new")  # its folder is on another disk
        shutil.copy(staged, near)
        near.replace(target)
        staged.unlink()


# ---------------------------------------------------------------- one run at a time


def clear_away(left: Iterable[Path]) -> None:
    """Remove folders of runs that are no more; a run that goes on holds its folder."""
    for folder in left:
        with holding(folder) as held:
            if held or (held is None and _is_old(folder)):
                shutil.rmtree(folder, ignore_errors=True)


def _is_old(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > MONTH
    except OSError:
        return False


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other run makes, moves or clears away files here."""
    with holding(folder, wait=True):
        yield


@contextlib.contextmanager
def holding(folder: Path, *, wait: bool = False) -> Iterator[bool | None]:
    """Hold a folder so that other runs can tell; false if another does, none if it cannot be."""
    if sys.platform == "win32":
        yield None
        return
    import fcntl

    with contextlib.ExitStack() as leaving:
        try:
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            leaving.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            leaving.callback(fcntl.flock, handle, fcntl.LOCK_UN)  # a fork may have a copy of it
        except OSError as error:
            yield False if isinstance(error, BlockingIOError) else None
            return
        yield True
