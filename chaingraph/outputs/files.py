"""Writing files so that none is ever left half written."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from chaingraph._atomic import finish, telling, write_together
from chaingraph.errors import UsageError


def write_text(path: str | Path, text: str) -> Path:
    """
    Write a text as UTF-8, whole or not at all.

    Parameters
    ----------
    path
        The file; its folder is made if need be.
    text
        What goes in; line ends are written as they are.

    Returns
    -------
    path
        The file written.

    Raises
    ------
    UsageError
        If it cannot be written; an older file then stays as it was.
    """
    return write_bytes(path, text.encode())


def write_bytes(path: str | Path, data: bytes) -> Path:
    """Write bytes, whole or not at all; otherwise as `write_text`."""
    return write_all({Path(path): data})[0]


def write_all(files: Mapping[Path, bytes], *, home: Path | None = None) -> list[Path]:
    """
    Write files that belong together: all of them or none, even if the run is killed.

    Parameters
    ----------
    files
        Path → content; folders are made if need be.
    home
        The folder that they lie in; the first one's if none. What a link in it leads out of it
        to is written by itself.

    Returns
    -------
    paths
        The files written.

    Raises
    ------
    UsageError
        If one cannot be written; older files then stay as they were.
    """
    targets: dict[Path, bytes] = {}
    for path, data in files.items():
        with telling(path):
            targets[path.resolve()] = data  # a link stays a link
            _check_replaceable(path)
    home = home.resolve() if home else next(iter(targets)).parent
    inside = {path: data for path, data in targets.items() if path.is_relative_to(home)}
    write_together(inside, home)
    for path in targets.keys() - inside.keys():
        write_together({path: targets[path]}, path.parent)
    return list(files)


def _check_replaceable(path: Path) -> None:
    """See that a file, if there is one, can be replaced."""
    if not path.exists():
        return
    if not path.is_file():
        raise PermissionError(13, "it is no regular file")
    if not os.access(path, os.W_OK):
        raise PermissionError(13, "the file is read-only")
    with path.open("r+b"):  # fails where another program holds it, as Excel does
        pass


RECORD = ".chaingraph.json"
"""Where a folder keeps what chaingraph wrote into it, so that it replaces nothing else."""

_SEAL = "\n<!-- chaingraph {digest} -->\n"


def seal(page: str) -> str:
    """
    End a page with a mark by which it is known again as long as nobody edits it.

    Examples
    --------
    >>> is_sealed(seal("<p>map</p>"))
    True
    >>> is_sealed(seal("<p>map</p>").replace("map", "my map"))
    False
    """
    return page + _SEAL.format(digest=_digest(page.encode()))


def is_sealed(text: str) -> bool:
    """Tell whether a page is as chaingraph wrote it."""
    page, mark, _ = text.rpartition("\n<!-- chaingraph ")
    return bool(mark) and text == seal(page)


_PDF_SEAL = b"\n%chaingraph "


def seal_pdf(data: bytes) -> bytes:
    r"""
    End a PDF with a comment by which it is known again; otherwise as `seal`.

    Examples
    --------
    >>> seal_pdf(b"%PDF").startswith(b"%PDF\n%chaingraph ")
    True
    """
    return data + _PDF_SEAL + _digest(data).encode() + b"\n"


def _is_own(data: bytes) -> bool:
    """Tell whether a page or PDF is as chaingraph wrote it."""
    if data.startswith(b"%PDF"):
        start, mark, _ = data.rpartition(_PDF_SEAL)
        return bool(mark) and data == seal_pdf(start)
    return is_sealed(data.decode("utf-8", "replace"))


def guard(path: Path, *, force: bool) -> None:
    """
    Refuse to replace a file that chaingraph did not write.

    Parameters
    ----------
    path
        The file about to be written.
    force
        Whether it may be replaced all the same.

    Raises
    ------
    UsageError
        If it is there, is not as chaingraph wrote it, and `force` was not given.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file")
    if force or not path.exists():
        return
    if not _is_own(path.read_bytes()):
        raise UsageError(f"{path} is already there: --force replaces it")


def write_folder(
    folder: str | Path, files: Mapping[str, bytes], *, force: bool = False
) -> list[Path]:
    """
    Write several files into a folder, replacing only what was written this way before.

    Parameters
    ----------
    folder
        Where to; made if need be.
    files
        Name → content.
    force
        Whether other files of those names may be replaced.

    Returns
    -------
    paths
        The files written.

    Raises
    ------
    UsageError
        If one of them is there and is not as chaingraph wrote it.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder")
    finish(folder)
    written = _read_record(folder)
    for name, data in files.items():
        path = folder / name
        if path.exists() and not force and not _may_replace(path, data, written.get(name)):
            raise UsageError(f"{path} was not written by chaingraph: --force replaces it")
    record = written | {name: _digest(data) for name, data in files.items()}
    told = json.dumps(record, indent=1, sort_keys=True) + "\n"
    paths = [folder / name for name in files]
    contents = dict(zip(paths, files.values(), strict=True))
    write_all({**contents, folder / RECORD: told.encode()}, home=folder)
    return paths


def _may_replace(path: Path, data: bytes, digest: str | None) -> bool:
    """A file may be replaced if it is as chaingraph left it, or is what is to be written."""
    return path.is_file() and _digest(path.read_bytes()) in (digest, _digest(data))


def _read_record(folder: Path) -> dict[str, str]:
    try:
        record = json.loads((folder / RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def settle_zip(data: bytes, day: datetime.date) -> bytes:
    """Return an office file as it is made on any day: all dates in it are that of its contents."""
    out = io.BytesIO()
    stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
    said = rb"\g<1>" + f"{day.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            info = zipfile.ZipInfo(member.filename, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            content = old.read(member)
            if member.filename == "docProps/core.xml":
                content = _MODIFIED.sub(said, content)
            new.writestr(info, content)
    return out.getvalue()
