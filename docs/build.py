"""Refresh the generated parts of format.md and problems.md: ``python docs/build.py``.

What stands between ``<!-- fields:Product -->`` or ``<!-- problem:tab -->`` and the
next ``<!-- end -->`` is written from `chaingraph.model`, from `chaingraph._messages`
and from ``tests/broken``; everything around it is written by hand.  The reasons for
the fields are in ``reasons.py`` beside this file, all of it in Chinese in
``reasons_zh.py``.
"""

from __future__ import annotations

import contextlib
import functools
import re
import shutil
import sys
import tempfile
import types
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import reasons_zh  # noqa: E402
from reasons import IMPLIED, REASONS, UNITS  # noqa: E402

from chaingraph import bundles, figures, model, settings  # noqa: E402
from chaingraph._messages import MESSAGES  # noqa: E402
from chaingraph.errors import DataError, Problem  # noqa: E402
from chaingraph.loader import load_atlas  # noqa: E402
from chaingraph.scaffold import start_atlas  # noqa: E402

BROKEN = HERE.parent / "tests" / "broken"
START = HERE.parent / "chaingraph" / "start"

TYPES: list[tuple[Any, str]] = [
    (model.Id, "id"),
    (model.SourceKey, "source key"),
    (model.ProductId, "product id"),
    (model.ParkId, "park id"),
    (model.ChainId, "chain id"),
    (model.BranchId, "branch id"),
    (model.Date, "date"),
    (model.Unit, "unit"),
    (model.Name, "name"),
    (model.Figure, "figure"),
    (model.Input, "`Flow`"),
    (model.MaybeOutput, "`Output`"),
    (model.Makes, "product id → `Output`, or list of product ids"),
    (str, "text"),
    (float, "number"),
    (int, "whole number"),
    (figures.Day, "day"),
    (bool, "true or false"),
    (type(None), ""),
]
"""What planners call the types of fields."""

SAY = {
    "en": {
        "head": "| field | type | unit | default | meaning | why |",
        "none": "*No fields of its own.*",
        "and": ", ",
        "or": " or ",
        "list": "list of {}",
        "id of": "id of {}",
        "required": "required",
        "that of": "that of `{}`",
    },
    "zh": {
        "head": "| 字段 | 类型 | 单位 | 缺省 | 含义 | 为什么 |",
        "none": "*没有自己的字段。*",
        "and": "、",
        "or": "或",
        "list": "{}（可多个）",
        "id of": "{}编号",
        "required": "必填",
        "that of": "见 `{}`",
    },
}
"""The words of the tables."""

BLOCK = re.compile(r"(<!-- (fields|problem):([\w-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def find_models() -> dict[str, type[BaseModel]]:
    """Return every model that a file may hold, by name."""
    classes = [c for module in (figures, settings, bundles, model) for c in vars(module).values()]
    found = {c.__name__: c for c in classes if isinstance(c, type) and issubclass(c, model.Entity)}
    return {
        name: c
        for name, c in found.items()
        if name not in ("Entity", "Atlas", "Bundle", "_SomeWeight")
    }


def own_fields(kind: type[BaseModel]) -> list[str]:
    """Return the fields that a model adds to those it shares with others."""
    shared = {name for base in kind.__mro__[1:] for name in vars(base).get("__annotations__", ())}
    return [name for name in kind.model_fields if name not in shared]


def describe_type(hint: Any, lang: model.Language) -> str:
    """Put the type of a field into words."""
    known = next((words for of, words in TYPES if of == hint), None)
    if known is not None:
        return reasons_zh.TYPES.get(known, known) if lang == "zh" else known
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return SAY[lang]["and"].join(f"`{choice}`" for choice in arguments)
    if origin is Annotated:
        sections = [
            name for mark in arguments[1:] if isinstance(mark, model.Ref) for name in mark.sections
        ]
        if lang == "zh":
            sections = [reasons_zh.SECTIONS[name] for name in sections]
        told = SAY[lang]["or"].join(sections)
        return SAY[lang]["id of"].format(told) if told else describe_type(arguments[0], lang)
    return describe_generic(hint, origin, arguments, lang)


def describe_generic(
    hint: Any, origin: Any, arguments: tuple[Any, ...], lang: model.Language
) -> str:
    """Put a union, list or mapping into words."""
    told = [describe_type(argument, lang) for argument in arguments]
    if origin in (Union, types.UnionType):
        return SAY[lang]["or"].join(filter(None, told))
    if origin is list:
        several = lang == "en" and not told[0].startswith(("id of", "`"))
        return SAY[lang]["list"].format(told[0] + "s" * several)
    if origin is dict:
        return " → ".join(told)
    return f"`{hint.__name__}`"


def describe_default(field: Any, lang: model.Language) -> str:
    """Put the default of a field into words."""
    if field.is_required():
        return SAY[lang]["required"]
    value = field.get_default(call_default_factory=True)
    if value is None or value in ({}, []):
        return ""
    if isinstance(value, BaseModel):
        return SAY[lang]["that of"].format(type(value).__name__)
    if isinstance(value, list):
        return SAY[lang]["and"].join(f"`{item.model_dump()}`".replace("'", "") for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def implied_unit(hint: Any) -> str:
    """Return the unit that the type of a field implies, if any."""
    if isinstance(hint, figures.ImpliedUnit):
        return hint.unit
    return next(filter(None, map(implied_unit, get_args(hint))), "")


def fields_table(name: str, lang: model.Language) -> str:
    """Return the table of a model's own fields."""
    kind = find_models()[name]
    if not own_fields(kind):
        return SAY[lang]["none"] + "\n"
    hints = get_type_hints(kind, include_extras=True)
    rows = [SAY[lang]["head"], "|---|---|---|---|---|---|"]
    for field in own_fields(kind):
        info, key = kind.model_fields[field], f"{name}.{field}"
        unit = UNITS.get(key) or IMPLIED.get(implied_unit(hints[field]), "")
        said = (info.description or "", REASONS.get(key, ""))
        if lang == "zh":
            unit, said = reasons_zh.UNITS.get(unit, unit), reasons_zh.FIELDS.get(key, ("", ""))
        told = describe_type(hints[field], lang)
        cells = (f"`{field}`", told, unit, describe_default(info, lang), *said)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


@functools.cache
def find_problem(code: str, lang: model.Language) -> Problem:
    """Return the first problem of a code that its wrong atlas has."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        start_atlas("case", lang=lang)
        shutil.copytree(BROKEN / code, "case", dirs_exist_ok=True)
        try:
            load_atlas("case/atlas.yaml")
        except DataError as error:
            return next(problem for problem in error.problems if problem.code == code)
    raise LookupError(code)


def problem_example(code: str, lang: model.Language) -> str:
    """Return what a problem says, and the line of a wrong file with its exact message."""
    english, chinese = (words.replace("!r}", "}") for words in MESSAGES[code])
    first, second = (chinese, english) if lang == "zh" else (english, chinese)
    text = f"> {first}\n>\n> {second}\n"
    if not (BROKEN / code / "expected.txt").exists():
        return text
    problem = find_problem(code, lang)
    file, line = problem.place.file.removeprefix("case/"), problem.place.line
    path = BROKEN / code / file
    wrong = (path if path.exists() else START / lang / file).read_text("utf-8").split("\n")
    shown = "\n".join(wrong[max(line - 2, 0) : line]).replace("\t", "→")
    told = problem.text(lang).replace("case/", "")
    return f"{text}\n```text\n{shown}\n\n{told}\n```\n"


def refresh(text: str, lang: model.Language) -> str:
    """Return a page with its generated parts as they should be."""

    def fill(found: re.Match[str]) -> str:
        start, what, name, _, end = found.groups()
        body = fields_table(name, lang) if what == "fields" else problem_example(name, lang)
        return f"{start}\n{body}\n{end}"

    return BLOCK.sub(fill, text)


def main() -> None:
    """Rewrite the pages that are stale."""
    for path in sorted(HERE.glob("*/*.md")):
        text = path.read_text("utf-8")
        fresh = refresh(text, path.parent.name)
        if fresh != text:
            path.write_text(fresh, "utf-8")
            sys.stdout.write(f"{path.relative_to(HERE)}\n")


if __name__ == "__main__":
    main()
