"""An atlas as linked data: Turtle, JSON-LD, and the shapes that both conform to."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.model import Atlas, View
from chaingraph.outputs.entity_tables import whole_graph
from chaingraph.outputs.statements import IRI, Node, Statement, Value, make_statements
from chaingraph.outputs.vocabulary import DATA, PREFIXES, compact, expand

_SHAPES = Path(__file__).with_name("shapes.ttl")


def make_turtle(
    atlas: Atlas,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    base: str | None = None,
) -> bytes:
    """
    Write an atlas and its gaps as Turtle.

    Parameters
    ----------
    atlas
        The atlas.
    as_of
        The day; the atlas's own if none.
    view
        What counts as here.
    base
        What the IRIs of its entities begin with, such as ``https://example.org/yumen/``;
        a place under w3id.org if none.

    Returns
    -------
    data
        The whole file.

    Raises
    ------
    UsageError
        If `base` is no absolute IRI that ends in / or #.
    MissingExtraError
        If pyoxigraph is not installed (extra ``export``).
    """
    try:
        import pyoxigraph as ox
    except ImportError as error:
        raise MissingExtraError("export", "pyoxigraph") from error

    def term(said: Node | Value) -> ox.NamedNode | ox.Literal:
        if isinstance(said, Node):
            return ox.NamedNode(said.iri)
        if said.lang:
            return ox.Literal(said.text, language=said.lang)
        return ox.Literal(said.text, datatype=ox.NamedNode(_whole(said.datatype)))

    triples = (
        ox.Triple(ox.NamedNode(each.subject), ox.NamedNode(expand(each.property)), term(each.said))
        for each in _make_statements(atlas, as_of, view, base)
    )
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def make_json_ld(
    atlas: Atlas,
    *,
    as_of: str | datetime.date | None = None,
    view: View = "actual",
    base: str | None = None,
) -> bytes:
    """
    Write an atlas and its gaps as JSON-LD, one object a node; otherwise as `make_turtle`.

    It needs nothing installed.
    """
    statements = _make_statements(atlas, as_of, view, base)
    types = _find_types(statements)
    nodes: dict[str, dict[str, Any]] = {}
    for subject, term, said in statements:
        node = nodes.setdefault(subject, {"@id": subject})
        if term == "rdf:type" and isinstance(said, Node):
            _append(node, "@type", compact(said.iri))
        else:
            _append(node, term, _json_value(said, types.get(term)))
    context = {**PREFIXES, **{term: {"@type": type} for term, type in sorted(types.items())}}
    data = {"@context": context, "@graph": list(nodes.values())}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def read_shapes() -> bytes:
    """Return the SHACL shapes that every export conforms to."""
    return _SHAPES.read_bytes()


def _make_statements(
    atlas: Atlas, as_of: str | datetime.date | None, view: View, base: str | None
) -> list[Statement]:
    base = DATA.format(id=atlas.atlas.id) if base is None else base
    if not IRI.fullmatch(base) or not base.endswith(("/", "#")):
        raise UsageError(
            f"{base!r} cannot begin IRIs: write an absolute one that ends in /, "
            "such as https://example.org/yumen/"
        )
    return make_statements(atlas, whole_graph(atlas, as_of=as_of, view=view), base=base)


def _whole(datatype: str) -> str:
    return datatype if "/" in datatype else expand(datatype)


def _find_types(statements: Iterable[Statement]) -> dict[str, str]:
    """Tell of which type all that a property says is, nodes or a datatype, if it is of one."""
    found: dict[str, set[str]] = {}
    for _, term, said in statements:
        found.setdefault(term, set()).add("@id" if isinstance(said, Node) else said.datatype)
    alike = {term: types.pop() for term, types in found.items() if len(types) == 1}
    plain = ("rdf:langString", "xsd:string")
    return {term: type for term, type in alike.items() if type not in plain}


def _json_value(said: Node | Value, type: str | None) -> Any:
    if isinstance(said, Node):
        return said.iri if type == "@id" else {"@id": said.iri}
    if said.lang:
        return {"@value": said.text, "@language": said.lang}
    if said.datatype in (type, "xsd:string"):
        return said.text
    return {"@value": said.text, "@type": said.datatype}


def _append(node: dict[str, Any], term: str, value: Any) -> None:
    if term not in node:
        node[term] = value
    elif isinstance(node[term], list):
        node[term].append(value)
    else:
        node[term] = [node[term], value]
