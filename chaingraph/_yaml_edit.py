"""Writing YAML, and changing it without touching what is not meant.

The only importer of ruamel.yaml (extra ``excel``), which keeps comments, order, quotes
and the style of what it does not change.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from chaingraph.errors import MissingExtraError

Step = str | int
Change = tuple[tuple[Step, ...], Any]
"""A path, and the value that shall stand there; `GONE` takes it away."""

GONE = object()
"""Stands for a value that is to be taken away."""

WIDTH, ENDLESS = 100, 100_000
"""Where new text is wrapped; what is edited is not wrapped anew."""
FLOW = 84
"""Short mappings and lists are written on one line up to so many characters."""


def find_changes(old: Any, new: Any, path: tuple[Step, ...] = ()) -> Iterator[Change]:
    """
    Yield what must be set and taken away to make one piece of plain data of another.

    Examples
    --------
    >>> list(find_changes({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}}))
    [(('b', 'c'), 3)]
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old:
            if key not in new:
                yield (*path, key), GONE
        for key, value in new.items():
            if key not in old:
                yield (*path, key), value
            else:
                yield from find_changes(old[key], value, (*path, key))
    elif _same_mappings(old, new):
        for at, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from find_changes(one, other, (*path, at))
    elif old != new:
        yield path, new


def _same_mappings(old: Any, new: Any) -> bool:
    """Whether both are lists of as many mappings, which then change one by one."""
    return (
        isinstance(old, list)
        and isinstance(new, list)
        and len(old) == len(new)
        and all(isinstance(item, dict) for item in (*old, *new))
    )


def format_yaml(data: Any) -> str:
    """
    Write plain data as YAML in the style of the atlas's files.

    Examples
    --------
    >>> print(format_yaml({"mill": {"name": {"zh": "磨坊"}, "since": "2023-02-15"}}), end="")
    mill: {name: {zh: 磨坊}, since: 2023-02-15}
    """
    out = io.StringIO()
    _make_yaml(WIDTH).dump(_styled(data), out)
    return _bare_dates(out.getvalue())


def edit_yaml(text: str, prefix: Sequence[Step], entity: Any, changes: Sequence[Change]) -> str:
    """
    Change values in a YAML text.

    Parameters
    ----------
    text
        The text: a whole file, or a part of it that stands by itself.
    prefix
        Where in it the entity stands.
    entity
        The entity as it shall be, where a short form in the text has to be written out.
    changes
        Paths within the entity and their values, as `find_changes` yields them.

    Returns
    -------
    text
        With these changes, and otherwise as it was.
    """
    yaml = _make_yaml()
    data = yaml.load(text)
    if not changes:
        return text
    for path, value in changes:
        _set(data, tuple(prefix), path, value, entity)
    out = io.StringIO()
    yaml.dump(data, out)
    return _bare_dates(out.getvalue())


def _set(
    data: Any, prefix: tuple[Step, ...], path: tuple[Step, ...], value: Any, entity: Any
) -> None:
    """Set one value; what is written in a short form on the way there is written out."""
    node = data
    for step in prefix[:-1] if not path else prefix:
        node = node[step]
    if not path:
        node[prefix[-1]] = _styled(value, 1)
        return
    whole = entity
    for step in path[:-1]:
        whole = _child(whole, step)
        inner = _child(node, step)
        if not isinstance(inner, dict | list) or isinstance(inner, list) != isinstance(whole, list):
            node[step] = _styled(whole, 1)
            return
        node = inner
    last = path[-1]
    if value is GONE:
        if isinstance(node, dict):
            node.pop(last, None)
    elif isinstance(node, list) and not isinstance(last, int):
        raise KeyError(last)
    else:
        old = _child(node, last)
        node[last] = _like(old, _styled(value, 1))


def _child(node: Any, step: Step) -> Any:
    if isinstance(node, list):
        return node[step] if isinstance(step, int) and step < len(node) else None
    return node.get(step) if isinstance(node, dict) else None


def _like(old: Any, new: Any) -> Any:
    """Keep a list or mapping that was on lines of its own so, and one in brackets, too."""
    if hasattr(old, "fa") and hasattr(new, "fa") and old.fa.flow_style() is False:
        new.fa.set_block_style()
    return new


# ------------------------------------------------------------------------- style


def _make_yaml(width: int = ENDLESS) -> Any:
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.representer import RoundTripRepresenter
        from ruamel.yaml.resolver import VersionedResolver
    except ImportError as error:
        raise MissingExtraError("excel", "ruamel.yaml") from error

    class Resolver(VersionedResolver):
        """Dates are texts, as in `chaingraph._yaml`."""

        @property
        def versioned_resolver(self) -> Any:
            """The resolvers, without that of dates."""
            known = super().versioned_resolver
            return {
                first: [each for each in pairs if not str(each[0]).endswith(":timestamp")]
                for first, pairs in known.items()
            }

    class Representer(RoundTripRepresenter):
        """Nothing is written out."""

        def represent_none(self, data: Any) -> Any:  # noqa: ARG002
            """Write null."""
            return self.represent_scalar("tag:yaml.org,2002:null", "null")

    Representer.add_representer(type(None), Representer.represent_none)
    yaml = YAML()
    yaml.Resolver = Resolver
    yaml.Representer = Representer
    yaml.width = width
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _styled(value: Any, depth: int = 0) -> Any:
    """Give plain data the style of the atlas's files: what is short stands on one line."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import SingleQuotedScalarString

    if isinstance(value, dict):
        value = _shorten(value)
    if isinstance(value, dict):
        made = CommentedMap({key: _styled(inner, depth + 1) for key, inner in value.items()})
        if depth > 0 and _is_short(value):
            made.fa.set_flow_style()
        return made
    if isinstance(value, list | tuple):
        items = CommentedSeq([_styled(inner, depth + 1) for inner in value])
        if _is_short(value):
            items.fa.set_flow_style()
        return items
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, str) and not _PLAIN.fullmatch(value):
        return SingleQuotedScalarString(value)
    return value


def _shorten(value: dict[str, Any]) -> Any:
    """A figure of which only the value is known is a bare number."""
    return value["value"] if list(value) == ["value"] else value


def _is_short(value: Any) -> bool:
    items = list(value.values()) if isinstance(value, dict) else list(value)
    if any(isinstance(item, dict) and len(item) > 1 for item in items):
        return False
    text = str(value)
    width = sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
    return width <= FLOW and "\n" not in text


_PLAIN = re.compile(r"(?s)[A-Za-z0-9\u0080-\U0010ffff](?!.*:\?).*")
"""Readers differ on what other texts may begin with, and on ``:?``, unless they are quoted."""

_QUOTED_DATE = re.compile(r"(?<=: )'((?:19|20)\d\d-\d\d(?:-\d\d)?)'(?=[,}\n])")


def _bare_dates(text: str) -> str:
    """Dates need no quotes."""
    return _QUOTED_DATE.sub(r"\1", text)
