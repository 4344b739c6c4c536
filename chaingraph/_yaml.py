"""YAML text to plain data, and the place of every key and value, in one pass.

The only importer of yaml.  It reads a safe subset: no tags, no anchors, one
document, limited in size and depth.  Plain scalars become null, true and false,
decimal integers and floats; everything else stays the text that was written, so
that ``no`` is not false, ``0111`` not 73, ``12:30`` not 750 and ``2023-02-15`` not
a date object.
"""

from __future__ import annotations

import dataclasses
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from chaingraph.errors import Place, Problem, make_problem

Step = str | int
Steps = tuple[Step, ...]

MAX_MEGABYTES = 32
MAX_DEPTH = 40

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""What an atlas may not hold: nobody sees it, and it can steer a terminal."""
_CONSTANTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_FULL_WIDTH = {"：": ":", "，": ",", "（": "(", "）": ")", "＃": "#", "－": "-", "　": " "}
_KEY_WITH_WIDE_COLON = re.compile(r"^(\s*(?:- )?[A-Za-z0-9_\"']+)：\s*")
_BLOCK_TEXT = re.compile(r":\s+[|>][-+0-9]*\s*(#.*)?$")
_TAB_INDENT = re.compile(r"^ *\t[ \t]*")


@dataclasses.dataclass
class Document:
    """The plain data of a file and where each part of it stands."""

    file: str
    data: Any = None
    keys: dict[Steps, tuple[int, int]] = dataclasses.field(default_factory=dict)
    """Path → line and column of its key, or of the item itself in a list."""
    values: dict[Steps, tuple[int, int]] = dataclasses.field(default_factory=dict)
    """Path → line and column of its value."""
    written: dict[Steps, str] = dataclasses.field(default_factory=dict)
    """Path → a number that is not whole as its file has it, such as 2024.10."""
    problems: list[Problem] = dataclasses.field(default_factory=list)
    complete: bool = True
    """False if part of the file could not be read."""

    def place(self, path: Steps, *, of_key: bool = False) -> Place:
        """Return where the value (or key) at a path stands, or its nearest parent."""
        table = self.keys if of_key else self.values
        for end in range(len(path), -1, -1):
            if path[:end] in table:
                return Place(self.file, *table[path[:end]])
            if end and isinstance(self._at(path[: end - 1]), list):
                table = self.values
                for index, item in enumerate(self._at(path[: end - 1])):
                    if item == path[end - 1]:
                        return self.place((*path[: end - 1], index))
        return Place(self.file)

    def place_of_missing(self, path: Steps) -> Place:
        """Return where a value should be that is not there: the key that it belongs under."""
        return self.place(path[:-1], of_key=bool(path[:-1]))

    def _at(self, path: Steps) -> Any:
        found = self.data
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found


def read_document(path: Path, file: str) -> Document:
    """
    Read one YAML file.

    Parameters
    ----------
    path
        Where it is.
    file
        How it is called in messages.

    Returns
    -------
    document
        Its data, as far as it could be read, and its problems; it never raises.
    """
    document = Document(file)
    text = _read_text(path, document)
    if text is None:
        document.complete = False
    elif not text.strip():
        # mostly a write that was cut off; comments alone are a file to be filled in
        document.problems.append(make_problem(Place(file), "file-empty"))
    else:
        _parse(text, document)
    return document


def _read_text(path: Path, document: Document) -> str | None:
    place = Place(document.file)
    try:
        raw = _read_bytes(path)
    except FileNotFoundError:
        document.problems.append(make_problem(place, "file-missing"))
        return None
    except OSError as error:
        reason = error.strerror or str(error)
        document.problems.append(make_problem(place, "file-unreadable", reason=reason))
        return None
    if raw is None:
        document.problems.append(make_problem(place, "too-large", limit=MAX_MEGABYTES))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        place = Place(document.file, line)
        document.problems.append(make_problem(place, "encoding", guess=_guess_encoding(raw)))
        return None


def _read_bytes(path: Path) -> bytes | None:
    """Read a regular file; None if it is too large."""
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(21, "it is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(22, "it is no regular file")
    if found.st_size > MAX_MEGABYTES * 1_000_000:
        return None
    return path.read_bytes()


def _guess_encoding(raw: bytes) -> tuple[str, str]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return " but UTF-16", "，而是 UTF-16"
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return "", ""
    return " but perhaps GBK", "，可能是 GBK"


def _parse(text: str, document: Document) -> None:
    """Parse; where that fails, mend what planners commonly get wrong, say so, and go on."""
    try:
        _build(text, document)
    except yaml.YAMLError as error:
        mended, problems = _mend(text, document.file)
        if not problems:
            document.problems.append(_syntax_problem(error, text, document.file))
            document.complete = False
            return
        document.problems.extend(problems)
        try:
            _build(mended, document)
        except yaml.YAMLError as second:
            document.problems.append(_syntax_problem(second, mended, document.file))
            document.complete = False


def _mend(text: str, file: str) -> tuple[str, list[Problem]]:
    """Turn tabs that indent into spaces and full-width colons after keys into ASCII ones."""
    problems = []
    mended: list[str] = []
    indent = ""
    block: int | None = None  # the indent of a key whose text goes on below, as it stands
    for number, written in enumerate(text.split("\n"), start=1):
        line = written
        if block is not None and (not line.strip() or _depth(line) > block):
            mended.append(line)
            continue
        block = _depth(line) if _BLOCK_TEXT.search(line) else None
        if _TAB_INDENT.match(line):
            problems.append(make_problem(Place(file, number), "tab"))
            line = indent + line.lstrip(" \t")
        wide = _KEY_WITH_WIDE_COLON.match(line)
        if wide:
            place = Place(file, number, len(wide[1]) + 1)
            problems.append(make_problem(place, "full-width", found="：", wanted=":"))
            line = f"{wide[1]}: {line[wide.end() :]}"
        mended.append(line)
        if line.strip():
            indent = " " * (_depth(line) + 2 * line.rstrip().endswith(":"))
    return "\n".join(mended), problems


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


class _TooDeepError(yaml.MarkedYAMLError):
    """The nesting goes deeper than any atlas needs."""


def _syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if isinstance(error, _TooDeepError):
        return make_problem(Place(file, line, column), "too-deep", limit=MAX_DEPTH)
    lines = text.split("\n")
    for number in (line, line - 1):
        wide = re.search("[：，（）]", lines[number - 1]) if 0 < number <= len(lines) else None
        if wide and not re.search(r"[\"'#|>]", lines[number - 1][: wide.start()]):
            place = Place(file, number, wide.start() + 1)
            return make_problem(place, "full-width", found=wide[0], wanted=_FULL_WIDTH[wide[0]])
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return make_problem(Place(file, line, column), "syntax", reason=str(reason).split("\n")[0])


class _Builder:
    """Builds plain data from parser events; holds the event stream and the tables of places."""

    def __init__(self, events: Iterator[Any], document: Document) -> None:
        self.events = events
        self.document = document

    def report(self, mark: Any, code: str, **values: Any) -> None:
        place = Place(self.document.file, mark.line + 1, mark.column + 1)
        self.document.problems.append(make_problem(place, code, **values))

    def build(self, event: Any, path: Steps) -> Any:
        mark = event.start_mark
        self.document.values[path] = (mark.line + 1, mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            self.report(mark, "alias")
            return None
        if event.anchor:
            self.report(mark, "alias")
        if event.tag:
            self.report(mark, "tag", tag=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            if CONTROL.search(event.value):
                self.report(mark, "control")
            value = _scalar(event)
            if isinstance(value, float):
                self.document.written[path] = event.value
            return value
        if len(path) > MAX_DEPTH:
            raise _TooDeepError(problem_mark=mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.build_list(path)
        return self.build_mapping(path)

    def build_list(self, path: Steps) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.build(event, (*path, len(items))))
        return items

    def build_mapping(self, path: Steps) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            if key is None:
                self.report(event.start_mark, "bad-key")
                self.build(event, (*path, "?"))
                self.build(next(self.events), (*path, "?"))
                continue
            here = (*path, key)
            if key in mapping:
                self.report(event.start_mark, "duplicate-key", key=key, line=self.line_of(here))
                self.build(next(self.events), (*path, "?"))
                continue
            self.document.keys[here] = (event.start_mark.line + 1, event.start_mark.column + 1)
            mapping[key] = self.build(next(self.events), here)
        return mapping

    def line_of(self, path: Steps) -> int:
        return self.document.keys[path][0]


def _build(text: str, document: Document) -> None:
    document.keys.clear()
    document.values.clear()
    document.written.clear()
    found = len(document.problems)
    try:
        events = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
        next(events)  # stream start
        if not isinstance(next(events), yaml.DocumentStartEvent):
            return  # nothing but comments
        builder = _Builder(events, document)
        document.data = builder.build(next(events), ())
        next(events)  # document end
        after = next(events)
        if isinstance(after, yaml.DocumentStartEvent):
            builder.report(after.start_mark, "one-document")
    except yaml.YAMLError:
        del document.problems[found:]
        raise


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.style:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
