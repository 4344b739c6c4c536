"""A JSON Schema as editors want it: what pydantic leaves open closed, what it repeats told once.

yaml-language-server looks at a key's own schema for its documentation, does not look
into entries whose key is wrong, and offers every default as a text to insert.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from chaingraph.outputs.words import WORDS, milestone_word

Schema = dict[str, Any]


def suit_editors(schema: Schema) -> Schema:
    """
    Return a schema that allows the same, and that an editor can say more with.

    Parameters
    ----------
    schema
        As pydantic writes it; left as it is.

    Examples
    --------
    >>> suit_editors({"patternProperties": {"^[a-z]+$": {"type": "number"}}, "default": {}})
    {'additionalProperties': {'type': 'number'}, 'propertyNames': {'pattern': '^[a-z]+$'}}
    """
    suited = _inner(schema)
    for change in (
        _drop_empty_default, _close_keys, _list_keys, _share_limit, _share_meaning, _name_values,
    ):  # fmt: skip
        suited = change(suited)
    return suited


def allow_nothing(schema: Schema, names: Collection[str]) -> Schema:
    """
    Return a schema in which nothing need stand under some of its keys yet.

    Examples
    --------
    >>> allow_nothing({"properties": {"firms": {"type": "object"}}}, ["firms"])
    {'properties': {'firms': {'type': ['object', 'null']}}}
    """
    properties = {
        name: {**inner, "type": ["object", "null"]} if name in names else inner
        for name, inner in schema["properties"].items()
    }
    return {**schema, "properties": properties}


def _inner(schema: Schema) -> Schema:
    """Suit all schemas within a schema."""
    suited: Schema = {}
    for key, value in schema.items():
        if key in ("$defs", "properties", "patternProperties"):
            suited[key] = {name: suit_editors(inner) for name, inner in value.items()}
        elif key in ("items", "additionalProperties", "propertyNames") and isinstance(value, dict):
            suited[key] = suit_editors(value)
        elif key == "anyOf":
            suited[key] = [suit_editors(inner) for inner in value]
        else:
            suited[key] = value
    return suited


def _drop_empty_default(schema: Schema) -> Schema:
    """An editor would insert `note: null` and `sources: []`, which nobody wants to write."""
    if schema.get("default", ...) in (None, [], {}):
        return {key: value for key, value in schema.items() if key != "default"}
    return schema


def _close_keys(schema: Schema) -> Schema:
    """Refuse a key of another form, and check what stands under it all the same."""
    patterns = schema.get("patternProperties", {})
    if len(patterns) != 1:
        return schema
    ((pattern, entry),) = patterns.items()
    rest = {key: value for key, value in schema.items() if key != "patternProperties"}
    names = {"pattern": pattern, **schema.get("propertyNames", {})}
    return {**rest, "additionalProperties": entry, "propertyNames": names}


def _list_keys(schema: Schema) -> Schema:
    """Write out the keys of a mapping that has a list of them, so that each has its meaning."""
    keys = schema.get("propertyNames", {}).get("enum")
    if not keys:
        return schema
    rest = {key: value for key, value in schema.items() if key != "propertyNames"}
    entry = schema["additionalProperties"]
    properties = {key: {**entry, "description": _tell(key)} for key in keys}
    return {**rest, "properties": properties, "additionalProperties": False}


def _share_limit(schema: Schema) -> Schema:
    """A number below the least would be told to be of the wrong type, were it one option's limit."""
    limits = [each for each in schema.get("anyOf", ()) if "minimum" in each]
    if len(limits) != 1:
        return schema
    limit = {key: limits[0][key] for key in ("minimum", "maximum") if key in limits[0]}
    options = [
        {key: value for key, value in each.items() if key not in limit} for each in schema["anyOf"]
    ]
    return {**schema, "anyOf": options, **limit}


def _share_meaning(schema: Schema) -> Schema:
    """Say what a key means wherever its value is looked up, or the value's own meaning is shown."""
    meaning, options = schema.get("description"), schema.get("anyOf")
    if not meaning or not options:
        return schema
    told = [{**each, "description": meaning} if "$ref" in each else each for each in options]
    return {**schema, "anyOf": told}


def _name_values(schema: Schema) -> Schema:
    """Say beside each value of a list what it means."""
    values = schema.get("enum", ())
    if not any(value in WORDS for value in values):
        return schema
    return {**schema, "enumDescriptions": [_tell(value) for value in values]}


def _tell(value: str) -> str:
    """Say what a value means in both languages."""
    return " · ".join(dict.fromkeys(milestone_word(value, lang) for lang in ("zh", "en")))
