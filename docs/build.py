"""Refresh the generated parts of format.md and problems.md: ``python docs/build.py``.

What stands between ``<!-- fields:Product -->`` or ``<!-- problem:tab -->`` and the
next ``<!-- end -->`` is written from `chaingraph.model`, from `chaingraph._messages`
and from ``tests/broken``; everything around it is written by hand.  The reasons for
the fields are in ``reasons.py`` beside this file.
"""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from reasons import REASONS, UNITS  # noqa: E402

from chaingraph import bundles, figures, model, settings  # noqa: E402
from chaingraph._messages import MESSAGES  # noqa: E402

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
    (model.Amount, "figure"),
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


def describe_type(hint: Any) -> str:
    """Put the type of a field into words."""
    known = next((words for of, words in TYPES if of == hint), None)
    if known is not None:
        return known
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin is Annotated:
        marks = [mark for mark in arguments[1:] if isinstance(mark, model.Ref)]
        sections = " or ".join(section for mark in marks for section in mark.sections)
        return f"id of {sections}" if sections else describe_type(arguments[0])
    return describe_generic(hint, origin, arguments)


def describe_generic(hint: Any, origin: Any, arguments: tuple[Any, ...]) -> str:
    """Put a union, list or mapping into words."""
    if origin in (Union, types.UnionType):
        return " or ".join(filter(None, map(describe_type, arguments)))
    if origin is list:
        words = describe_type(arguments[0])
        return f"list of {words if words.startswith(('id of', '`')) else words + 's'}"
    if origin is dict:
        key, value = map(describe_type, arguments)
        return f"{key} → {value}"
    return f"`{hint.__name__}`"


def describe_default(field: Any) -> str:
    """Put the default of a field into words."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or value in ({}, []):
        return ""
    if isinstance(value, BaseModel):
        return f"that of `{type(value).__name__}`"
    if isinstance(value, list):
        return ", ".join(f"`{item.model_dump()}`".replace("'", "") for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def fields_table(name: str) -> str:
    """Return the table of a model's own fields."""
    kind = find_models()[name]
    if not own_fields(kind):
        return "*No fields of its own.*\n"
    hints = get_type_hints(kind, include_extras=True)
    rows = ["| field | type | unit | default | meaning | why |", "|---|---|---|---|---|---|"]
    for field in own_fields(kind):
        info, key = kind.model_fields[field], f"{name}.{field}"
        cells = (
            f"`{field}`",
            describe_type(hints[field]),
            UNITS.get(key, ""),
            describe_default(info),
            info.description or "",
            REASONS.get(key, ""),
        )
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def problem_example(code: str) -> str:
    """Return what a problem says, and the line of a wrong file with its exact message."""
    english, chinese = (words.replace("!r}", "}") for words in MESSAGES[code])
    text = f"> {english}\n>\n> {chinese}\n"
    expected = BROKEN / code / "expected.txt"
    if not expected.exists():
        return text
    told = expected.read_text("utf-8").splitlines()
    line = next(line for line in told if line.endswith(f"[{code}]"))
    file, number, _ = line.split(":", 2)
    path = BROKEN / code / file
    wrong = (path if path.exists() else START / file).read_text("utf-8").split("\n")
    shown = "\n".join(wrong[max(int(number) - 2, 0) : int(number)]).replace("\t", "→")
    return f"{text}\n```text\n{shown}\n\n{line}\n```\n"


def refresh(text: str) -> str:
    """Return a page with its generated parts as they should be."""

    def fill(found: re.Match[str]) -> str:
        start, what, name, _, end = found.groups()
        body = fields_table(name) if what == "fields" else problem_example(name)
        return f"{start}\n{body}\n{end}"

    return BLOCK.sub(fill, text)


def main() -> None:
    """Rewrite the pages that are stale."""
    for path in sorted(HERE.glob("*.md")):
        text = path.read_text("utf-8")
        fresh = refresh(text)
        if fresh != text:
            path.write_text(fresh, "utf-8")
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
