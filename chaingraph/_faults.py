"""The faults that pydantic finds, in the words of `MESSAGES`, with place and suggestion."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from chaingraph._yaml import Document
from chaingraph.errors import Problem, did_you_mean, make_problem
from chaingraph.figures import guess_date
from chaingraph.model import find_disorder
from chaingraph.units import UNIT_WORDS, UNITS

_TYPES: dict[str, tuple[str, str]] = {
    "number": ("a number", "数字"),
    "text": ("text", "文字"),
    "yes_no": ("true or false", "true 或 false"),
    "mapping": ("keys and values", "一组“键: 值”"),
    "list": ("a list", "列表"),
    "Figure": ("a number or {value: …}", "数字或 {value: …}"),
    "Text": ("a name or {zh: …, en: …}", "名称或 {zh: …, en: …}"),
}

_WANTED = {
    "float_type": "number",
    "float_parsing": "number",
    "int_type": "number",
    "int_parsing": "number",
    "string_type": "text",
    "bool_type": "yes_no",
    "bool_parsing": "yes_no",
    "dict_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "list_type": "list",
}

_CODES = {
    "date": "bad-date",
    "day": "bad-day",
    "bundle_name": "bundle-name",
    "unit": "bad-unit",
    "ratio": "bad-ratio",
    "above_one": "above-one",
    "empty_name": "empty-name",
    "no_value": "no-value",
    "range_order": "bad-range",
    "range_value": "bad-range",
    "negative": "below-zero",
    "critical_minor": "critical-minor",
    "per_unit": "per-unit",
    "two_forms": "two-forms",
    "date_order": "date-order",
    "no_weight": "no-weight",
    "odds_order": "odds-order",
}


def describe_fault(document: Document, kind: type[BaseModel], fault: Any) -> Problem:
    """
    Put one of pydantic's faults into the words of `MESSAGES`.

    Parameters
    ----------
    document
        The file it is in.
    kind
        The model of the file.
    fault
        As `ValidationError.errors` gives it.

    Returns
    -------
    problem
        With the place of the key or value at fault.
    """
    path = tuple(step for step in fault["loc"] if step != "[key]")
    match fault["type"]:
        case "greater_than_equal" if fault["ctx"]["ge"] != 0:
            least = fault["ctx"]["ge"]
            return make_problem(document.place(path), "too-small", least=f"{least:g}")
        case plain if plain in _PLAIN:
            return make_problem(document.place(path), _PLAIN[plain])
        case "extra_forbidden":
            return _unknown_key(document, kind, path)
        case "missing":
            return make_problem(document.place_of_missing(path), "missing-key", key=path[-1])
        case "literal_error":
            return _choice_problem(document, path, fault)
        case "string_pattern_mismatch":
            return _pattern_problem(document, path, fault)
        case "value_error":
            return _rule_problem(document, path, str(fault["ctx"]["error"]), fault["input"])
    return _type_problem(document, path, fault)


_PLAIN = {
    "finite_number": "not-finite",
    "too_short": "bad-range",
    "too_long": "bad-range",
    "greater_than_equal": "below-zero",
    "less_than_equal": "above-one",
}


def _unknown_key(document: Document, kind: type[BaseModel], path: tuple[Any, ...]) -> Problem:
    key = str(path[-1])
    hint = _width_hint(key)
    hint = hint if hint[0] else did_you_mean(key.replace(" ", "_"), _known_keys(kind, path[:-1]))
    if not hint[0] and " " in key:
        hint = " (quote a text that holds a comma)", "（含逗号的文字请加引号）"
    return make_problem(document.place(path, of_key=True), "unknown-key", key=key, hint=hint)


def _pattern_problem(document: Document, path: tuple[Any, ...], fault: Any) -> Problem:
    pattern = fault["ctx"]["pattern"]
    code = {"^[a-z0-9_]+$": "bad-id", r"\S": "blank"}.get(pattern, "bad-text")
    place = document.place(path, of_key=fault["loc"][-1] == "[key]")
    return make_problem(place, code, found=fault["input"], pattern=pattern)


def _choice_problem(document: Document, path: tuple[Any, ...], fault: Any) -> Problem:
    found = fault["input"]
    choices = re.findall("'([^']*)'", fault["ctx"]["expected"])
    hint = did_you_mean(found, choices) if isinstance(found, str) else ("", "")
    place = document.place(path, of_key=fault["loc"][-1] == "[key]")
    return make_problem(
        place,
        "wrong-choice",
        found=_shown(found),
        choices=", ".join(choices),
        hint=hint if hint[0] else _width_hint(str(found)),
    )


def _rule_problem(document: Document, path: tuple[Any, ...], rule: str, found: Any) -> Problem:
    code = _CODES[rule]
    values: dict[str, Any] = {"found": found if code == "bad-unit" else _shown(found)}
    if code == "bad-ratio":
        values = {"found": found}
    if code == "bad-unit":
        values |= {"hint": _unit_hint(found), "units": ", ".join(UNITS)}
    if code == "bad-date":
        # how a number in a sheet was typed nobody knows: 2024.1 may be October
        typed = found if isinstance(found, str) else document.written.get(path, "")
        values = {"found": _typed(document, path, found), "wanted": guess_date(typed) or _ANY_DATE}
    if code == "date-order":
        values = _out_of_order(found)
    return make_problem(document.place(path), code, **values)


_ANY_DATE = "2023-02-15, 2023-02 or 2023", "2023-02-15、2023-02 或 2023"


def _unit_hint(found: str) -> tuple[str, str]:
    """Suggest the unit that a common word for it means."""
    spoken = {unit.casefold(): unit for unit in UNITS} | UNIT_WORDS
    unit = spoken.get(found.casefold())
    return (f" (write {unit})", f"（请写 {unit}）") if unit else did_you_mean(found, UNITS)


def _out_of_order(milestones: dict[Any, Any]) -> dict[str, str]:
    dates = {name: str(date) for name, date in milestones.items()}
    earlier, later = find_disorder(dates) or ("", "")
    return {
        "earlier": earlier,
        "earlier_date": dates[earlier],
        "later": later,
        "later_date": dates[later],
    }


def _type_problem(document: Document, path: tuple[Any, ...], fault: Any) -> Problem:
    found = fault["input"]
    wanted = _WANTED.get(fault["type"], "text")
    model = fault.get("ctx", {}).get("class_name")
    hint = _width_hint(found) if isinstance(found, str) else ("", "")
    if (
        (wanted == "number" or model == "Figure")
        and isinstance(found, str)
        and re.fullmatch("[0-9_:,]+", found)
    ):
        hint = (
            " (write digits only, with a dot for decimals)",
            "（只写数字，小数用点）",
        )
    if wanted == "text" and isinstance(found, int):
        hint = (f' (put it in quotes: "{found}")', f'（请加引号："{found}"）')
    return make_problem(
        document.place(path),
        "wrong-type",
        wanted=_TYPES.get(model or "", _TYPES[wanted]),
        found=_typed(document, path, found),
        hint=hint,
    )


@functools.cache
def _schema_of(kind: type[BaseModel]) -> dict[str, Any]:
    return kind.model_json_schema()


def _known_keys(kind: Any, path: tuple[Any, ...]) -> list[str]:
    """Return the keys that may stand at a path of a file."""
    schema = _schema_of(kind)
    options = [schema]
    for step in path:
        options = [below for option in options for below in _below(schema, option, step)]
    return [key for option in options for key in _resolve(schema, option).get("properties", {})]


def _resolve(schema: dict[str, Any], option: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in option:
        option = schema["$defs"][option["$ref"].rsplit("/", 1)[-1]]
    return option


def _below(schema: dict[str, Any], option: dict[str, Any], step: Any) -> Iterator[dict[str, Any]]:
    option = _resolve(schema, option)
    for inner in option.get("anyOf", ()):
        yield from _below(schema, inner, step)
    if isinstance(step, int):
        found = [option["items"]] if "items" in option else []
    elif step in option.get("properties", {}):
        found = [option["properties"][step]]
    else:
        found = [option.get("additionalProperties"), *option.get("patternProperties", {}).values()]
    for below in found:
        if isinstance(below, dict):
            target = _resolve(schema, below)
            yield from target.get("anyOf", [target])


def _width_hint(text: str) -> tuple[str, str]:
    wide = re.search("[\uff01-\uff5e\u3000]", text)
    if not wide:
        return "", ""
    ascii_ = " " if wide[0] == "\u3000" else chr(ord(wide[0]) - 0xFEE0)
    return (
        f" (full-width {wide[0]!r} where {ascii_!r} is meant)",
        f"（全角“{wide[0]}”，应为半角“{ascii_}”）",
    )


def _typed(document: Document, path: tuple[Any, ...], found: Any) -> str | tuple[str, str]:
    """Show a value, a number as it stands in its file."""
    written = document.written.get(path) if isinstance(found, float) else None
    return _shorten(written) if written else _shown(found)


def _shown(value: Any) -> str | tuple[str, str]:
    if value is None:
        return "nothing", "空"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return _shorten(text)


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
