"""Files to an atlas, and every message about bad data.

`load_atlas` reads the atlas file and what it includes, checks all of it, and either
returns an `Atlas` or raises one `DataError` with every problem of every file.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from chaingraph._atomic import finish, is_staged
from chaingraph._checks import (
    SECTION_NAMES,
    check_chains,
    check_duplicates,
    check_references,
    check_together,
    kind_of,
)
from chaingraph._faults import describe_fault
from chaingraph._schema import allow_nothing, suit_editors
from chaingraph._yaml import Document, Steps, read_document
from chaingraph.errors import DataError, Place, Problem, UsageError, did_you_mean, make_problem
from chaingraph.model import SECTIONS, Atlas, AtlasFile, BranchFile, FactsFile

SCHEMAS: dict[str, type[BaseModel]] = {
    "atlas": AtlasFile,
    "branch": BranchFile,
    "facts": FactsFile,
}
"""The kinds of file, by the names of their JSON Schemas."""

SUFFIXES = (".yaml", ".yml")
"""How the names of files that are read end."""

MAPPINGS = (*SECTION_NAMES, "maturity", "utilisation")
"""What of a file is entries by id, of which there may be none yet."""


def find_atlas(folder: str | Path | None = None) -> Path:
    """
    Find the only atlas file in a folder.

    Parameters
    ----------
    folder
        Where to look; not in folders below.  ``./chains`` if none, or this folder if there is
        none in ``./chains``.

    Returns
    -------
    path
        The file.

    Raises
    ------
    UsageError
        If there is none, or more than one.
    """
    for where in [Path("chains"), Path()] if folder is None else [Path(folder)]:
        found = _find_atlases(where)
        if len(found) > 1:
            names = ", ".join(path.name for path in found)
            raise UsageError(f"{where}/ has several atlas files ({names}): say which one")
        if found:
            return found[0]
    told = "chains/ or this folder" if folder is None else f"{folder}/"
    raise UsageError(
        f"no atlas file in {told}: give the path of one, or make one with 'chaingraph init'"
    )


def _find_atlases(folder: Path) -> list[Path]:
    try:
        finish(folder)
        return [path for path in _expand(folder, "*.y*ml") if _is_atlas(path)]
    except OSError as error:
        raise UsageError(f"cannot read the folder {folder}: {error.strerror}") from error


def _is_atlas(path: Path) -> bool:
    if path.stem == "atlas":  # though nothing may stand in it yet
        return path.is_file()
    try:
        text = path.read_bytes() if path.is_file() else b""
        return bool(re.search(rb"(?m)^atlas\s*(:|\xef\xbc\x9a)", text))
    except OSError:
        return False


def example_atlas() -> Path:
    """
    Return the atlas of Yumen that comes with chaingraph.

    Returns
    -------
    path
        Its atlas file.
    """
    here = Path(__file__).parent
    inside = here / "chains" / "yumen.yaml"
    return inside if inside.exists() else here.parent / "chains" / "yumen.yaml"


def load_atlas(path: str | Path | None = None) -> Atlas:
    """
    Load an atlas, or tell everything that is wrong with it.

    Parameters
    ----------
    path
        The atlas file, or a folder that holds one; as `find_atlas` finds it if none.

    Returns
    -------
    atlas
        All of it.

    Raises
    ------
    DataError
        With every problem of every file.
    UsageError
        If there is no such file.

    Examples
    --------
    >>> atlas = load_atlas(example_atlas())
    >>> atlas.place.name.zh
    '玉门市'
    """
    start = Path(path) if path is not None else find_atlas()
    try:
        if start.is_dir():
            start = find_atlas(start)
        elif not start.exists() and not start.is_symlink():
            raise UsageError(f"no such file: {start}")
    except OSError as error:
        raise UsageError(f"cannot read {start}: {error.strerror}") from error
    running = gc.isenabled()
    gc.disable()  # the many small containers of a parse make collections quadratic
    try:
        documents = read_all(start)
        parts, problems = check_all(documents)
    finally:
        if running:
            gc.enable()
    if problems:
        raise DataError(problems, _language(documents[0]))
    return assemble(parts)


def make_schema(name: str) -> dict[str, Any]:
    """
    Return the JSON Schema of one kind of file.

    Parameters
    ----------
    name
        `atlas`, `branch` or `facts`.

    Returns
    -------
    schema
        In JSON Schema 2020-12, with what yaml-language-server shows beside.

    Raises
    ------
    UsageError
        If there is no such kind.
    """
    if name not in SCHEMAS:
        hint = did_you_mean(name, SCHEMAS)[0]
        raise UsageError(f"no schema {name!r}{hint}: there are {', '.join(SCHEMAS)}")
    schema = allow_nothing(suit_editors(SCHEMAS[name].model_json_schema()), MAPPINGS)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def find_places(path: str | Path | None, wanted: Sequence[Steps]) -> list[Place]:
    """
    Return where in the files of an atlas some of its values stand.

    Parameters
    ----------
    path
        As for `load_atlas`.
    wanted
        Such as ``("policies", "plan_2023", "note")``.

    Returns
    -------
    places
        Of each the file, line and column; of what is in no file the atlas file's start.
    """
    start = Path(path) if path is not None else find_atlas()
    documents = read_all(find_atlas(start) if start.is_dir() else start)
    by_entity: dict[Steps, Document] = {
        (section, id): document
        for document in reversed(documents)
        if isinstance(document.data, dict)
        for section, entities in document.data.items()
        if isinstance(entities, dict)
        for id in entities
    }
    return [by_entity.get(steps[:2], documents[0]).place(steps) for steps in wanted]


def read_includes(path: str | Path) -> list[str]:
    """
    Return the `includes` of an atlas file.

    Parameters
    ----------
    path
        The atlas file; it need be neither there nor right.

    Returns
    -------
    patterns
        As they are written; none of a file that cannot be read.

    Examples
    --------
    >>> read_includes(example_atlas())[0]
    'products/*.yaml'
    """
    return [pattern for _, pattern in _list_includes(read_document(Path(path), str(path)))]


def find_files(path: str | Path, includes: Sequence[str]) -> list[Path]:
    """
    Return the files that an atlas is read from, its own first.

    Parameters
    ----------
    path
        The atlas file.
    includes
        Its `includes`.

    Returns
    -------
    files
        It and what the patterns find now.

    Examples
    --------
    >>> [file.name for file in find_files(example_atlas(), ["products/*.yaml"])][:2]
    ['yumen.yaml', 'agriculture.yaml']
    """
    start = Path(path)
    return [start, *(file for each in includes for file in _expand(start.parent, each))]


# ------------------------------------------------------------------ reading


def list_files(path: str | Path | None = None) -> list[Path]:
    """
    List the files that an atlas is read from now: its own, then those that it includes.

    Parameters
    ----------
    path
        As for `load_atlas`.

    Examples
    --------
    >>> [path.name for path in list_files(example_atlas())][:1]
    ['yumen.yaml']
    """
    start = _choose_start(path)
    return find_files(start, read_includes(start))


def _choose_start(path: str | Path | None) -> Path:
    start = Path(path) if path is not None else find_atlas()
    return find_atlas(start) if start.is_dir() else start


def find_unread(path: str | Path | None = None) -> list[Path]:
    """
    Find the YAML files beside and below an atlas file that no `includes` there names.

    Parameters
    ----------
    path
        As for `load_atlas`.

    Returns
    -------
    files
        Their names may end in capitals, too; hidden files, those below a folder ``schema``, other
        atlases and what these include are left out.  None if the atlas file cannot be read.

    Examples
    --------
    >>> find_unread(example_atlas())
    []
    """
    start = _choose_start(path)
    first = read_document(start, str(start))
    if not first.complete:
        return []  # what it includes is not known
    files = find_files(start, [pattern for _, pattern in _list_includes(first)])
    read = {_identity(file) for file in files}
    found = {_identity(file): file for file in _walk(start.parent)}
    others = [file for identity, file in found.items() if identity not in read and _is_atlas(file)]
    read |= {_identity(file) for other in others for file in list_files(other)}
    return sorted(file for identity, file in found.items() if identity not in read)


def _walk(folder: Path) -> Iterator[Path]:
    """Yield what looks like YAML in a folder and below, where people keep data."""
    for above, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "schema" and not _is_hidden(Path(name))]
        for path in (Path(above, name) for name in names):
            is_yaml = path.suffix.lower() in SUFFIXES
            if is_yaml and not _is_hidden(Path(path.name)) and not is_staged(path):
                yield path


Stamp = tuple[str, int, int, int]
"""What tells whether a file was changed or replaced: name, time [ns], size [bytes], number."""


def read_stamp(file: Path) -> Stamp:
    """Return the stamp of a file, which need not be there."""
    try:
        found = file.stat()
    except OSError:
        return str(file), 0, 0, 0
    return str(file), found.st_mtime_ns, found.st_size, found.st_ino


def read_all(start: Path) -> list[Document]:
    """Read the atlas file, then what it includes, in the order of the includes and names."""
    finish(start.parent)
    first = read_document(start, str(start))
    documents = [first]
    seen = {_identity(start)}
    for index, pattern in _list_includes(first):
        paths = _expand(start.parent, pattern)
        if not paths:
            place = first.place(("includes", index))
            first.problems.append(make_problem(place, "include-empty", pattern=pattern))
        for path in paths:
            if _identity(path) not in seen:
                seen.add(_identity(path))
                documents.append(read_document(path, str(path)))
    return documents


def _list_includes(first: Document) -> list[tuple[int, str]]:
    """Return the number and the pattern of each include."""
    head = first.data if isinstance(first.data, dict) else {}
    includes = head.get("includes")
    return [
        (index, pattern)
        for index, pattern in enumerate(includes if isinstance(includes, list) else [])
        if isinstance(pattern, str)
    ]


def _identity(path: Path) -> Path:
    """The file that a path leads to; the path itself where that is a loop."""
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):
        return path.absolute()


def _expand(folder: Path, pattern: str) -> list[Path]:
    try:
        if not re.search(r"[*?\[]", pattern):
            found = [folder / pattern]
            found = [path for path in found if path.exists() or path.is_symlink()]
        else:
            found = sorted(path for path in folder.glob(pattern) if not path.is_dir())
            if not _is_hidden(Path(pattern)):
                found = [path for path in found if not _is_hidden(path.relative_to(folder))]
    except (OSError, ValueError, NotImplementedError):
        return []
    return [path for path in found if path.suffix in SUFFIXES and not is_staged(path)]


def _is_hidden(path: Path) -> bool:
    """Tell whether an editor or the system keeps something there that is nobody's data."""
    return any(part.startswith((".", "~$")) and part != ".." for part in path.parts)


# ----------------------------------------------------------------- checking


def check_all(documents: list[Document]) -> tuple[list[BaseModel], list[Problem]]:
    """Check documents, the atlas's own first: the models of what is right, and every problem."""
    problems = [problem for document in documents for problem in document.problems]
    if documents[0].data is None and not documents[0].problems:
        problems.append(make_problem(Place(documents[0].file), "file-empty"))
    language = _language(documents[0])
    parts: list[tuple[Document, BaseModel]] = []
    for document in documents:
        if document.data is None:
            continue
        part, found = _validate(document, language, is_start=document is documents[0])
        problems.extend(found)
        if part is not None:
            parts.append((document, part))
    problems.extend(check_duplicates(documents))
    if all(document.complete for document in documents):
        problems.extend(check_references(documents))
    else:
        problems.append(make_problem(Place(documents[0].file), "references-unchecked"))
    problems.extend(check_chains(documents))
    problems.extend(check_together(parts))
    return [part for _, part in parts], problems


def _language(document: Document) -> str:
    language = document.data.get("language") if isinstance(document.data, dict) else None
    return language if language in ("zh", "en") else "zh"


def _validate(
    document: Document, language: str, *, is_start: bool
) -> tuple[BaseModel | None, list[Problem]]:
    """Check one file against its model; return what of it is right, and the problems."""
    kind, data = kind_of(document, is_start=is_start), document.data
    problems = []
    if not is_start and isinstance(data, dict) and "atlas" in data:
        place = document.place(("atlas",), of_key=True)
        problems.append(make_problem(place, "second-atlas"))
        data = {key: value for key, value in data.items() if key != "atlas"}
    data = _fill_in(data)
    context = {"language": language}
    try:
        return kind.model_validate(data, context=context), problems
    except ValidationError as error:
        faults = error.errors(include_url=False)
        problems.extend(describe_fault(document, kind, fault) for fault in faults)
    rest = _without(data, {fault["loc"][:2] for fault in faults})
    try:
        return kind.model_validate(rest, context=context), problems
    except ValidationError:
        return None, problems


def _fill_in(data: Any) -> Any:
    """Take a section under which nothing stands yet for one that has no entries."""
    if not isinstance(data, dict):
        return data
    return {key: {} if value is None and key in MAPPINGS else value for key, value in data.items()}


def _without(data: Any, places: set[tuple[int | str, ...]]) -> Any:
    """Leave out the entities that are wrong, so that the others can still be checked."""
    if not isinstance(data, dict):
        return data
    rest = {}
    for section, entities in data.items():
        if isinstance(entities, dict) and section in MAPPINGS:
            rest[section] = {
                id: entity for id, entity in entities.items() if (section, id) not in places
            }
        elif (section,) not in places:
            rest[section] = entities
    return rest


# --------------------------------------------------------------- assembling


def assemble(parts: list[BaseModel]) -> Atlas:
    """Put the checked parts of an atlas together."""
    head = next(part for part in parts if isinstance(part, AtlasFile))
    fields: dict[str, Any] = {name: getattr(head, name) for name in AtlasFile.model_fields}
    fields |= {section: dict(fields[section]) for section in SECTIONS}
    fields |= {"branches": {}, "products": {}, "branch_of": {}}
    by_branch: dict[str, BranchFile] = {}
    for part in parts:
        if isinstance(part, BranchFile):
            by_branch[part.branch.id] = part
        elif isinstance(part, FactsFile):
            for section in SECTIONS:
                fields[section].update(getattr(part, section))
    for chain in head.chains.values():
        for id in chain.branches:
            branch_file = by_branch[id]
            fields["branches"][id] = branch_file.branch
            fields["products"].update(branch_file.products)
            fields["branch_of"].update(dict.fromkeys(branch_file.products, id))
    return Atlas.model_construct(**fields)
