"""An atlas as it was at a git revision: the only place that runs git.

The files of the revision are exported to a temporary folder and loaded from there, so
neither the working tree nor the index is touched.  What ``.gitattributes`` marks
``export-ignore`` is not exported.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from chaingraph.errors import DataError, Problem, UsageError
from chaingraph.loader import load_atlas
from chaingraph.model import Atlas

_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What a git hook sets: it would lead git to the hook's repository instead of the atlas's."""


def load_revision(path: str | Path, revision: str) -> Atlas:
    """
    Load an atlas as it was at a git revision.

    Parameters
    ----------
    path
        The atlas file, or a folder that holds one, in a git repository; it need not
        be there any more.
    revision
        A commit, branch, tag or anything else that git takes for one, such as ``HEAD~3``.

    Returns
    -------
    atlas
        All of it, as it was then.

    Raises
    ------
    DataError
        With every problem of every file; the files are named from the atlas's folder.
    UsageError
        If git is missing, the path is in no repository, or git knows no such revision
        or no such path in it.
    """
    git = shutil.which("git")
    if git is None:
        raise UsageError("git is not installed: revisions cannot be read without it")
    folder, rest = _split(Path(path))
    fault = f"there are no revisions of {path}"
    top = Path(_run(git, ["rev-parse", "--show-toplevel"], folder, fault)).resolve()
    commit = _find_commit(git, top, revision)
    inside = (folder / rest).relative_to(top)
    with tempfile.TemporaryDirectory(prefix="chaingraph-") as name:
        archive, root = Path(name, "revision.tar"), Path(name, "revision")
        words = ["archive", "--format=tar", f"--output={archive}", commit]
        _run(git, words, top, f"cannot export the revision {revision!r}")
        try:
            _unpack(archive, root)
        except (OSError, tarfile.TarError) as error:
            raise UsageError(f"cannot export the revision {revision!r}: {error}") from error
        if not (root / inside).exists():
            raise UsageError(f"revision {revision!r} has no {inside.as_posix()}")
        return _load(root / inside, path)


def _split(path: Path) -> tuple[Path, Path]:
    """Return the nearest folder that is there, resolved, and the rest of the path."""
    path = path.absolute()
    folder = path if path.is_dir() else path.parent
    while not folder.is_dir():
        folder = folder.parent
    return folder.resolve(), path.relative_to(folder)


def _run(git: str, words: Sequence[str], folder: Path, fault: str) -> str:
    """Return what git prints; if it fails, say what is at fault, and git's reason."""
    env = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    done = subprocess.run(  # noqa: S603 - no shell, and no word of it can be an option
        [git, *words], cwd=folder, env=env | {"LC_ALL": "C"}, capture_output=True, check=False
    )
    if done.returncode:
        reason = os.fsdecode(done.stderr).strip().partition("\n")[0].removeprefix("fatal: ")
        raise UsageError(f"{fault}: {reason}" if reason else fault)
    return os.fsdecode(done.stdout).removesuffix("\n")


def _find_commit(git: str, top: Path, revision: str) -> str:
    """Return the full name of a commit: from there on no odd revision can be an option."""
    fault = f"git knows no revision {revision!r} in {top}"
    if not revision.strip() or not revision.isprintable() or revision.startswith("-"):
        raise UsageError(fault)
    words = ["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"]
    return _run(git, words, top, fault)


def _unpack(archive: Path, root: Path) -> None:
    """Write the YAML files and the links of an archive into a folder."""
    with tarfile.open(archive) as members:
        for member in members:
            target = root / member.name
            if member.issym():
                _link(target, member.linkname, root)
            elif member.isfile() and PurePosixPath(member.name).suffix in (".yaml", ".yml"):
                target.parent.mkdir(parents=True, exist_ok=True)
                file = members.extractfile(member)
                target.write_bytes(file.read() if file else b"")


def _link(target: Path, to: str, root: Path) -> None:
    """Keep a link that stays inside; any other leads to what is not of the revision."""
    if Path(os.path.normpath(target.parent / to)).is_relative_to(root):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(to)


def _load(path: Path, asked: str | Path) -> Atlas:
    """Load an exported atlas; what is wrong is told without the temporary folder."""
    folder = f"{path if path.is_dir() else path.parent}{os.sep}"
    try:
        return load_atlas(path)
    except UsageError as error:
        raise UsageError(str(error).replace(str(path), str(asked))) from None
    except DataError as error:
        problems = [
            Problem(
                dataclasses.replace(problem.place, file=problem.place.file.replace(folder, "")),
                problem.code,
                problem.en.replace(folder, ""),
                problem.zh.replace(folder, ""),
            )
            for problem in error.problems
        ]
        raise DataError(problems, error.language) from None
