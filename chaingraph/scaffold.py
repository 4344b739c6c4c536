"""A new place: the files of a small commented atlas, and the schemas for editors."""

from __future__ import annotations

import json
from pathlib import Path

from chaingraph.errors import UsageError
from chaingraph.loader import SCHEMAS, make_schema
from chaingraph.model import Language
from chaingraph.outputs.files import write_all, write_text

_START = Path(__file__).parent / "start"


def start_atlas(folder: str | Path, *, lang: Language = "zh") -> list[Path]:
    """
    Write a small atlas to start from.

    Parameters
    ----------
    folder
        Where to; made if need be.
    lang
        The language of its comments and of what it puts out.

    Returns
    -------
    paths
        The files written, the atlas file first.

    Raises
    ------
    UsageError
        If a file of it is already there; nothing is written then.
    """
    folder = Path(folder)
    start = _START / lang
    paths = sorted(start.rglob("*.yaml"), key=lambda path: (len(path.parts), path))
    files = {path.relative_to(start): path.read_text("utf-8") for path in paths}
    files |= {Path("schema", f"{name}.json"): schema_text(name) for name in SCHEMAS}
    for name in files:
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is already there: choose another folder")
    contents = {folder / name: text.encode() for name, text in files.items()}
    return write_all(contents, home=folder)


def schema_text(name: str) -> str:
    """Return the JSON Schema of one kind of file, as it stands in a file."""
    return json.dumps(make_schema(name), ensure_ascii=False, indent=1) + "\n"


def write_schema(path: Path, name: str, *, force: bool = False) -> Path:
    """
    Write the JSON Schema of one kind of file, over an older one of it.

    Raises
    ------
    UsageError
        If something else is there and `force` was not given.
    """
    title = make_schema(name)["title"]
    if path.exists() and not force and _title_of(path) != title:
        raise UsageError(f"{path} is already there: --force replaces it")
    return write_text(path, schema_text(name))


def _title_of(path: Path) -> str | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found.get("title") if isinstance(found, dict) else None
