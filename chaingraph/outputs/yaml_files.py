"""An atlas into YAML files: new ones, or those that are there, changed where it differs.

What did not change keeps its text to the letter: comments, order, quotes.  An entity that
changed is edited value by value, in the lines that it stands in.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from chaingraph._yaml import Document
from chaingraph._yaml_edit import edit_yaml, find_changes, format_yaml
from chaingraph.errors import UsageError
from chaingraph.loader import load_atlas, read_all
from chaingraph.model import SECTIONS, Atlas, AtlasFile
from chaingraph.outputs.files import write_all
from chaingraph.outputs.template import Tree, atlas_tree

LOCAL = tuple(name for name in SECTIONS if name not in ("candidates", "sources"))

Block = tuple[str, ...]
"""What is changed as one: (section, id), or (key,) of a setting."""


@dataclasses.dataclass(frozen=True)
class Revision:
    """What bringing back an atlas does to its files."""

    files: Mapping[Path, str]
    """File → its new text; only those that change."""
    added: tuple[Block, ...]
    changed: tuple[Block, ...]
    removed: tuple[Block, ...]
    kept: tuple[Block, ...]
    """What the files have and the form does not, and is kept."""


# --------------------------------------------------------------------- new files


def write_atlas(atlas: Atlas, folder: str | Path) -> list[Path]:
    """
    Write an atlas into a new folder.

    Parameters
    ----------
    atlas
        The atlas.
    folder
        Where to; made if need be.

    Returns
    -------
    paths
        The files written, the atlas file first.

    Raises
    ------
    UsageError
        If a file of it is already there; nothing is written then.
    MissingExtraError
        If ruamel.yaml is not installed.
    """
    folder = Path(folder)
    texts = {folder / name: text for name, text in format_files(atlas).items()}
    for path in texts:
        if path.exists():
            raise UsageError(f"{path} is already there: choose another folder")
    return write_all({path: text.encode() for path, text in texts.items()}, home=folder)


def format_files(atlas: Atlas) -> dict[str, str]:
    """Return name → text of the files that an atlas is written into."""
    tree = atlas_tree(atlas)
    head = {name: tree[name] for name in AtlasFile.model_fields if name in tree}
    facts = {name: head.pop(name) for name in SECTIONS if name in head}
    groups = {
        "facts.yaml": {name: facts[name] for name in LOCAL if name in facts},
        "candidates.yaml": {name: facts[name] for name in ("candidates",) if name in facts},
        "sources.yaml": {name: facts[name] for name in ("sources",) if name in facts},
    }
    branches = {f"products/{id}.yaml": _branch_file(tree, id) for id in tree["branches"]}
    head["includes"] = [
        *(["products/*.yaml"] if branches else []),
        *(name for name, sections in groups.items() if sections),
    ]
    texts = {"atlas.yaml": head, **branches, **groups}
    return {name: _format_file(data) for name, data in texts.items() if data}


def _branch_file(tree: Tree, id: str) -> Tree:
    products = {
        product: {key: value for key, value in facts.items() if key != "branch"}
        for product, facts in tree["products"].items()
        if facts["branch"] == id
    }
    return {"branch": {"id": id, **tree["branches"][id]}, "products": products}


def _format_file(data: Tree) -> str:
    """Write a file with a blank line between its parts."""
    parts = []
    for key, value in data.items():
        text = format_yaml({key: value})
        is_section = isinstance(value, dict) and key in ("products", "chains", *SECTIONS)
        parts.append(
            re.sub(r"(?m)^(?=  [^\s#])", "\n", text).replace("\n\n", "\n", 1)
            if is_section
            else text
        )
    return "\n".join(parts)


# ----------------------------------------------------------------- files that are there


def revise_files(atlas_file: str | Path, new: Atlas, *, prune: bool = False) -> Revision:
    """
    Work out how the files of an atlas must change to hold another state of it.

    Parameters
    ----------
    atlas_file
        The atlas file.
    new
        The atlas as it shall be.
    prune
        Whether what it does not have is taken out of the files, too.

    Returns
    -------
    revision
        The new texts, and what they add, change and remove.

    Raises
    ------
    UsageError
        If the files cannot be changed so that they hold it: nothing is lost then.
    DataError
        If the files are wrong as they are.
    """
    start = Path(atlas_file)
    old_tree, new_tree = atlas_tree(load_atlas(start)), atlas_tree(new)
    files = _Files(read_all(start), start.parent)
    added: list[Block] = []
    changed: list[Block] = []
    removed: list[Block] = []
    kept: list[Block] = []
    old_blocks, new_blocks = dict(_blocks(old_tree)), dict(_blocks(new_tree))
    for block, value in new_blocks.items():
        if block not in old_blocks:
            files.add(block, value, new_tree)
            added.append(block)
        elif changes := list(find_changes(old_blocks[block], value)):
            files.change(block, value, changes)
            changed.append(block)
    for block in old_blocks.keys() - new_blocks.keys():
        if prune and len(block) == 2:
            files.remove(block)
            removed.append(block)
        elif len(block) == 2:
            kept.append(block)
    revision = Revision(
        files.texts(), tuple(added), tuple(changed), tuple(sorted(removed)), tuple(sorted(kept))
    )
    _prove(start, files, new_tree, kept)
    return revision


def _blocks(tree: Tree) -> Iterator[tuple[Block, Any]]:
    """Yield what is changed as one: every entity, and every setting."""
    sections = (*SECTIONS, "clusters", "chains", "branches", "products")
    for name, value in tree.items():
        if name in sections:
            yield from (((name, id), entity) for id, entity in value.items())
        else:
            yield (name,), value


class _Files:
    """The texts of an atlas's files while they are changed."""

    def __init__(self, documents: list[Document], folder: Path) -> None:
        self.documents, self.folder = documents, folder
        raw = {each.file: Path(each.file).read_bytes().decode("utf-8") for each in documents}
        self.crlf = {file for file, text in raw.items() if "\r\n" in text}
        self.old = {file: text.replace("\r\n", "\n") for file, text in raw.items()}
        self.new = dict(self.old)
        self.begun: set[tuple[str, str]] = set()
        """The (file, section) that stood empty and do no more."""

    def texts(self) -> dict[Path, str]:
        """The files that change, with the line ends that they had."""
        return {
            Path(file): text.replace("\n", "\r\n") if file in self.crlf else text
            for file, text in self.new.items()
            if text != self.old.get(file)
        }

    def change(self, block: Block, value: Any, changes: list[Any]) -> None:
        """Edit the lines of an entity or setting."""
        if block[0] == "products" and any(path[:1] == ("branch",) for path, _ in changes):
            raise UsageError(
                f"the product {block[1]!r} moved to another branch: move it in the YAML first"
            )
        file, steps = self._find(block)
        value = (
            {key: each for key, each in value.items() if key != "branch"}
            if block[0] == "products"
            else value
        )
        self._edit(file, steps, value, changes)

    def add(self, block: Block, value: Any, tree: Tree) -> None:
        """Append an entity to its section, or a setting to the atlas file."""
        if block[0] == "branches":
            self._add_branch(block[1], tree)
            return
        if len(block) == 1 and block[0] in self.documents[0].data:
            self._edit(self.documents[0].file, block, value, [((), value)])
            return
        if len(block) == 1:
            self._append(self.documents[0].file, "\n" + format_yaml({block[0]: value}))
            return
        section, id = block
        plain = (
            {key: each for key, each in value.items() if key != "branch"}
            if section == "products"
            else value
        )
        file = self._home(section, value.get("branch") if section == "products" else None)
        if file is None:
            file = self.documents[0].file
            self._append(file, f"\n{section}:\n")
        self.new[file] = self.new[file].removesuffix("\n") + "\n"
        if self._is_empty(file, section):
            self._edit(file, (section,), {id: plain}, [((), {id: plain})])
            self.begun.add((file, section))
            return
        lines, start, end = self._lines(file, (section,))
        if not _is_block(lines[max(start, 0) : end]):
            self._edit(file, (section,), {id: plain}, [((id,), plain)])
            return
        entry = "".join(
            f"  {line}" if line.strip() else line
            for line in format_yaml({id: plain}).splitlines(keepends=True)
        )
        lines.insert(end, ("\n" if end > start + 1 else "") + entry)
        self.new[file] = "".join(lines)

    def _is_empty(self, file: str, section: str) -> bool:
        """Whether nothing stands in a section yet, in whatever way it is written."""
        data = next((each.data for each in self.documents if each.file == file), None)
        return (file, section) not in self.begun and not (data or {}).get(section)

    def remove(self, block: Block) -> None:
        """Take the lines of an entity out."""
        for document in self.documents:
            data = document.data if isinstance(document.data, dict) else {}
            if block[1] in (data.get(block[0]) or {}):
                lines, start, end = self._lines(document.file, block)
                if start < 0:
                    name = ".".join(block)
                    raise UsageError(f"{name} stands on a line with others: take it out by hand")
                self.new[document.file] = "".join(lines[:start] + lines[end:])

    def _append(self, file: str, text: str) -> None:
        self.new[file] = self.new[file].rstrip("\n") + "\n" + text

    def _add_branch(self, id: str, tree: Tree) -> None:
        name = f"products/{id}.yaml"
        patterns = (self.documents[0].data or {}).get("includes", [])
        if not any(fnmatch.fnmatch(name, str(pattern)) for pattern in patterns):
            raise UsageError(f"add {name} to the includes of {self.documents[0].file} first")
        branch = {"branch": {"id": id, **tree["branches"][id]}, "products": {}}
        self.new[str(self.folder / name)] = _format_file(branch).replace(
            "products: {}", "products:"
        )

    def _home(self, section: str, branch: str | None) -> str | None:
        """The last file that has the section; of products the file of their branch."""
        if branch is not None:
            new = str(self.folder / f"products/{branch}.yaml")
            for document in self.documents:
                data = document.data if isinstance(document.data, dict) else {}
                if (data.get("branch") or {}).get("id") == branch:
                    return document.file
            return new if new in self.new else None
        homes = [
            document.file
            for document in self.documents
            if isinstance(document.data, dict) and section in document.data
        ]
        first = self.documents[0].file
        return homes[-1] if homes else first if (first, section) in self.begun else None

    def _find(self, block: Block) -> tuple[str, tuple[str, ...]]:
        """The file that an entity or setting stands in, and its path there."""
        if block[0] == "branches":
            for document in self.documents:
                data = document.data if isinstance(document.data, dict) else {}
                if (data.get("branch") or {}).get("id") == block[1]:
                    return document.file, ("branch",)
        for document in self.documents:
            data = document.data if isinstance(document.data, dict) else {}
            if block[0] in data and (len(block) == 1 or block[1] in (data[block[0]] or {})):
                return document.file, block
        raise UsageError(f"{'.'.join(block)} is in no file")

    def _lines(self, file: str, path: tuple[str, ...]) -> tuple[list[str], int, int]:
        """The lines of a file, and from which to which an entry stands; -1 if on no line of its own."""
        lines = self.new[file].splitlines(keepends=True)
        start, indent, end = -1, -1, len(lines)
        for key in path:
            depth = _depth_inside(lines, start, end) if start >= 0 else 0
            pattern = re.compile(rf" {{{depth}}}[\"']?{re.escape(key)}[\"']?\s*:(?=\s|$)")
            inside = range(start + 1, end) if depth > indent else range(0)
            start = next((at for at in inside if pattern.match(lines[at])), -1)
            if start < 0:
                return lines, -1, -1
            indent, end = depth, _end_of(lines, start, depth)
        return lines, start, end

    def _edit(self, file: str, path: tuple[str, ...], value: Any, changes: list[Any]) -> None:
        lines, start, end = self._lines(file, path)
        if start < 0:
            self.new[file] = edit_yaml(self.new[file], path, value, changes)
            return
        indent = len(lines[start]) - len(lines[start].lstrip(" "))
        block = "".join(line[indent:] if line.strip() else line for line in lines[start:end])
        edited = edit_yaml(block, path[-1:], value, changes)
        again = "".join(
            " " * indent + line if line.strip() else line
            for line in edited.splitlines(keepends=True)
        )
        self.new[file] = "".join(lines[:start]) + again + "".join(lines[end:])


def _is_block(lines: list[str]) -> bool:
    """Whether the lines of a section hold entries line by line, not in brackets."""
    first = re.fullmatch(r"[\"']?\w+[\"']?\s*:\s*(#.*)?", lines[0].rstrip()) if lines else None
    inside = next((line for line in lines[1:] if not re.match(r"\s*(#|$)", line)), "{")
    return bool(first) and not inside.lstrip().startswith("{")


def _depth_inside(lines: list[str], start: int, end: int) -> int:
    """How far in stands what belongs to an entry that begins at a line; -1 if nothing does."""
    for line in lines[start + 1 : end]:
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            return len(line) - len(line.lstrip(" "))
    return -1


def _end_of(lines: list[str], start: int, indent: int) -> int:
    """The line after an entry that begins at a line: comments and blanks before the next are not its."""
    end = start + 1
    for at in range(start + 1, len(lines)):
        stripped = lines[at].strip()
        if not stripped:
            continue
        depth = len(lines[at]) - len(lines[at].lstrip(" "))
        if stripped.startswith("#"):
            if depth > indent:
                end = at + 1
            continue
        if depth <= indent:
            break
        end = at + 1
    return end


def _prove(start: Path, files: _Files, new_tree: Tree, kept: Sequence[Block]) -> None:
    """Load the changed files and compare: what is to be written must hold just what was asked."""
    with tempfile.TemporaryDirectory() as folder:
        for file, text in files.new.items():
            target = Path(folder) / _inside(Path(file), start.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        found = atlas_tree(load_atlas(Path(folder) / start.name))
    wanted = dict(_blocks(new_tree))
    for block, value in _blocks(found):
        if block in wanted and wanted[block] != value:
            raise UsageError(
                f"{'.'.join(block)} could not be brought back into the YAML; nothing was written"
            )
        if block not in wanted and block not in kept and len(block) == 2:
            raise UsageError(f"{'.'.join(block)} should be gone; nothing was written")
    missing = wanted.keys() - dict(_blocks(found)).keys()
    if missing:
        raise UsageError(f"{'.'.join(min(missing))} got lost; nothing was written")


def _inside(file: Path, folder: Path) -> Path:
    """The path of a file within the folder of the atlas."""
    try:
        return file.relative_to(folder)
    except ValueError:
        raise UsageError(f"{file} lies outside {folder}: bring it back by hand") from None
