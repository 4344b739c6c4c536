"""An atlas and its gaps as statements: subject, property, and what is said.

Every entity, every route, flow and output, and every figure is a node of its own with an
IRI that tells where it stands in the atlas, so that two exports can be compared line by
line.  A figure says its value, range, unit, date and confidence; where it comes from is
said by ``prov:hadPrimarySource``, or, where only what it belongs to names sources, by
``prov:wasDerivedFrom`` that.  The words are in `chaingraph.outputs.vocabulary`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args, get_origin
from urllib.parse import quote

import networkx as nx
from pydantic import AfterValidator, BaseModel

from chaingraph.figures import Claim, Figure, Ref, Text, check_date
from chaingraph.model import HEAD, Atlas, AtlasFile
from chaingraph.outputs.figure_units import Path, Units, find_units
from chaingraph.outputs.kinds import Bare, bare, is_model, kind_of
from chaingraph.outputs.vocabulary import (
    CLASSES,
    CONCEPTS,
    OWN,
    PREFIXES,
    WIDER,
    class_name,
    expand,
    term_for,
)

_LETTER = r"(?:[\w.~!$&'()*+,;=@\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef-]|%[0-9A-Fa-f]{2})"
IRI = re.compile(
    rf"[a-zA-Z][a-zA-Z0-9+.-]*:(?=.)(?://{_LETTER}*(?::[0-9]*)?(?=[/?#]|$)|(?!//))"
    rf"(?:{_LETTER}|[:/?])*(?:#(?:{_LETTER}|[:/?])*)?"
)
"""What a text must look like to be taken for an IRI: by RFC 3987, without addresses in brackets."""

_HAN = re.compile("[\u3400-\u9fff]")
_DATE_TYPES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}
_SCALARS = {bool: "xsd:boolean", int: "xsd:integer", float: "xsd:double"}
_GAP_PLACE = {"branch": "branches", "chain": "chains"}
"""Where a gap belongs, which no edge of the graph says."""

_SHORT_CUTS = {
    "enterprises": {"makes": "cg:makes"},
    "candidates": {"makes": "cg:makes"},
    "projects": {"capacity": "cg:will_make"},
}
"""What leads from firms and projects straight to products, past what is said of the making."""


class Node(NamedTuple):
    """A thing that is spoken of."""

    iri: str


class Value(NamedTuple):
    """A text, number or date."""

    text: str
    """As it is written."""
    datatype: str
    """Prefixed name of its type, or the whole IRI of one that has no prefix."""
    lang: str | None = None
    """The language of a text, where it has one."""


class Statement(NamedTuple):
    """One thing that is said."""

    subject: str
    """The IRI of what it is about."""
    property: str
    """A prefixed name."""
    said: Node | Value


class _Spot(NamedTuple):
    """Where in an entity something stands."""

    of: str
    """The section, or the model around it."""
    path: Path
    origin: str
    """The IRI of the nearest node around it that names sources."""

    def step(self, step: str | int) -> _Spot:
        return self._replace(path=(*self.path, step))


def make_statements(atlas: Atlas, graph: nx.MultiDiGraph[str], *, base: str) -> list[Statement]:
    """
    Say all that the whole graph of an atlas holds.

    Parameters
    ----------
    atlas
        The atlas.
    graph
        What `chaingraph.outputs.entity_tables.whole_graph` returns for it.
    base
        What the IRIs of its entities begin with.

    Returns
    -------
    statements
        Each once; those about one thing together.
    """
    speaker, units = _Speaker(atlas, base), find_units(graph)
    for name, node in graph.nodes(data=True):
        if node["section"] == "gaps":
            edges = graph.edges(name, data=True)
            speaker.say_gap(node, [(edge["type"], graph.nodes[end]) for _, end, edge in edges])
        else:
            speaker.say_entity(node, units[name])
    speaker.say_scheme()
    speaker.say_analysis(graph.graph)
    speaker.say_vocabulary()
    return _group(speaker.statements)


def _group(statements: Iterable[Statement]) -> list[Statement]:
    """Put together what is said of a thing, and there what one property says; each once."""
    things: dict[str, dict[str, dict[Statement, None]]] = {}
    for statement in statements:
        thing = things.setdefault(statement.subject, {})
        thing.setdefault(statement.property, {})[statement] = None
    for thing in things.values():
        for name in thing.get("skos:prefLabel", ()):  # SKOS allows no label to be both
            thing.get("skos:altLabel", {}).pop(name._replace(property="skos:altLabel"), None)
    return [each for thing in things.values() for said in thing.values() for each in said]


class _Speaker:
    """Makes statements, and remembers what the terms in them mean."""

    def __init__(self, atlas: Atlas, base: str) -> None:
        self.atlas = atlas
        self.base = base
        self.mark = "/" if base.endswith("#") else "#"
        """What stands between an entity and a part of it: an IRI has one # at most."""
        self.statements: list[Statement] = []
        self.meanings: dict[str, set[str]] = {}
        self.now: Mapping[str, Any] = {}
        """The entity that is being said."""
        self.units: Units = {}
        """The units of its figures."""

    # ------------------------------------------------------------- entities

    def say_entity(self, node: Mapping[str, Any], units: Units) -> None:
        self.now, self.units = node, units
        section, data = node["section"], node["data"]
        subject = self._iri(section, node["id"])
        self._be(subject, section)
        names = (data["place"] if section == "place" else data).get("name")
        self._name(subject, section, names or {None: node["name_zh"]})
        if section in ("forecasts", "scopes"):
            self._tie(subject, "cg:of", self._iri("products", node["id"]))
        kind, spot = kind_of(section), _Spot(section, (), subject)
        if get_origin(kind) is dict:  # the figures of a year
            self._mapping(subject, "cg:figures", kind, data, spot)
        else:
            self._fields(subject, kind, data, spot)
        if section == "products":
            self._say_product(subject, node)
        if section == "sources":
            self._text(subject, "schema:name", data["title"])
        for field, term in _SHORT_CUTS.get(section, {}).items():
            for id in data.get(field, ()):
                self._tie(subject, term, self._iri("products", id))

    def _say_product(self, subject: str, node: Mapping[str, Any]) -> None:
        self._tie(subject, "skos:broader", self._iri("branches", node["branch"]))
        self._text(subject, "cg:state", node["state"])
        self._scalar(subject, "cg:here", node["here"])
        if "capacity" in node:
            self._scalar(subject, "cg:capacity_here", float(node["capacity"]))
        for _, id, flow, is_byproduct in self.atlas.flows(node["id"]):
            other = self._iri("products", id)
            self._tie(subject, "cg:brings" if is_byproduct else "cg:uses", other)
            if flow.critical and not is_byproduct:
                self._tie(subject, "cg:needs", other)

    def say_gap(
        self, node: Mapping[str, Any], ends: Sequence[tuple[str, Mapping[str, Any]]]
    ) -> None:
        subject = self._iri("gaps", node["id"])
        self._be(subject, "gaps")
        self._name(subject, "gaps", {"zh": node["name_zh"], "en": node["name_en"]})
        self._tie(subject, "prov:wasGeneratedBy", f"{self.base}analysis")
        for field, end in ends:
            self._tie(subject, term_for("gaps", field), self._iri(end["section"], end["id"]))
        tied = {"product", *(field for field, _ in ends)}
        for name, value in node["data"].items():
            stem, _, lang = name.rpartition("_")
            term = term_for("gaps", name)
            if name in tied:
                continue
            if name in _GAP_PLACE:
                self._tie(subject, term, self._iri(_GAP_PLACE[name], value))
            elif lang in ("zh", "en"):
                self._text(subject, f"cg:{stem}", value, lang)
            else:
                self._scalar(subject, term, value)

    # ------------------------------------------------------------ the whole

    def say_scheme(self) -> None:
        scheme = f"{self.base}chains"
        self._tie(scheme, "rdf:type", expand("skos:ConceptScheme"))
        self._name(scheme, "chains", self.atlas.atlas.name.model_dump())
        for section in CONCEPTS:
            for id in getattr(self.atlas, section):
                self._tie(self._iri(section, id), "skos:inScheme", scheme)
        for id, chain in self.atlas.chains.items():
            concept = self._iri("chains", id)
            if chain.cluster:
                self._tie(concept, "skos:broader", self._iri("clusters", chain.cluster))
            else:
                self._top(concept, scheme)
            for branch in chain.branches:
                self._tie(self._iri("branches", branch), "skos:broader", concept)
        for id in self.atlas.clusters:
            self._top(self._iri("clusters", id), scheme)

    def _top(self, concept: str, scheme: str) -> None:
        self._tie(concept, "skos:topConceptOf", scheme)
        self._tie(scheme, "skos:hasTopConcept", concept)

    def say_analysis(self, told: Mapping[str, str]) -> None:
        analysis = f"{self.base}analysis"
        self._tie(analysis, "rdf:type", expand("prov:Activity"))
        self._value(analysis, "cg:as_of", told["as_of"], "xsd:date")
        self._text(analysis, "cg:view", told["view"])
        self._text(analysis, "cg:rule", self.atlas.rule)

    def say_vocabulary(self) -> None:
        """Describe the terms of chaingraph that were used."""
        ontology = PREFIXES["cg"].removesuffix("#")
        for term, kind in sorted(_find_kinds(self.statements).items()):
            iri, name = expand(term), term.removeprefix("cg:")
            self._tie(iri, "rdf:type", expand(kind))
            self._text(iri, "rdfs:label", name.replace("_", " "), "en")
            self._tie(iri, "rdfs:isDefinedBy", ontology)
            for said in sorted({OWN[name]} if name in OWN else self.meanings.get(term, ())):
                self._text(iri, "rdfs:comment", said, "en")
            for wider in WIDER.get(term, ()):
                self._tie(iri, "rdfs:subClassOf", expand(wider))
        self._tie(ontology, "rdf:type", expand("owl:Ontology"))
        self._text(ontology, "rdfs:label", "chaingraph: industry chains of a place", "en")

    # ------------------------------------------------------ parts of entities

    def _fields(
        self, subject: str, kind: type[BaseModel], data: Mapping[str, Any], spot: _Spot
    ) -> None:
        """Say all fields of a model that hold something."""
        for name, default, marked, meaning in _plan(kind):
            value = data.get(name, default)
            if value is None or (name == "name" and not spot.path):
                continue
            if isinstance(value, BaseModel | list | dict) and not data.get(name):
                continue
            cites = name == "sources" and spot.path
            term = "prov:hadPrimarySource" if cites else term_for(spot.of, name)
            self.meanings.setdefault(term, set()).add(meaning)
            self._say(subject, term, marked, value, spot.step(name))

    def _say(self, subject: str, term: str, kind: Any, value: Any, spot: _Spot) -> None:
        """Say a value of a type."""
        kind, marks = bare(kind)
        ref = _ref(marks)
        if ref is not None:
            self._tie(subject, term, self._find(value, ref.sections))
        elif kind is Text:
            for lang, said in value.items():
                self._text(subject, term, said, lang)
        elif is_model(kind):
            self._part(subject, term, kind, value, spot)
        elif get_origin(kind) is dict:
            self._mapping(subject, term, kind, value, spot)
        elif get_origin(kind) is list and all(isinstance(item, str | dict) for item in value):
            for at, item in enumerate(value):
                self._say(subject, term, get_args(kind)[0], item, spot.step(at))
        elif any(isinstance(mark, AfterValidator) and mark.func is check_date for mark in marks):
            self._value(subject, term, value, _DATE_TYPES[len(value)])
        else:
            self._scalar(subject, term, value)

    def _mapping(
        self, subject: str, term: str, kind: Any, value: Mapping[str, Any], spot: _Spot
    ) -> None:
        """Say what stands under each key: of an entity, of a milestone, or of any other word."""
        key_kind, inner = get_args(kind)
        key_of, marks = bare(key_kind)
        ref, field = _ref(marks), str(spot.path[-1]) if spot.path else ""
        for key, item in value.items():
            if field == "codes" and isinstance(item, str):
                system = f"{self.base}codes/{quote(key, safe='')}"
                self._value(subject, "skos:notation", item, system)
            elif get_origin(key_of) is Literal and isinstance(item, str):
                own = f"cg:{field.removesuffix('s')}_{key}"  # such as cg:milestone_signed
                self._say(subject, own, inner, item, spot.step(key))
            else:
                part = self._part(subject, term, inner, item, spot.step(key))
                if ref is not None:
                    self._tie(part, "cg:of", self._find(key, ref.sections))
                else:
                    self._text(part, "cg:key", key)

    def _part(self, subject: str, term: str, kind: Any, value: Any, spot: _Spot) -> str:
        """Say something that is a node of its own within an entity; return its IRI."""
        kind, _ = bare(kind)
        steps = ".".join(quote(str(step), safe="") for step in spot.path)
        part = f"{self._iri(self.now['section'], self.now['id'])}{self.mark}{steps}"
        self._tie(subject, term, part)
        if kind is Figure and value is not None:
            self._figure(part, value, spot)
        elif kind is Figure:
            self._be(part, "Unknown")
        elif is_model(kind):
            self._be(part, kind.__name__)
            data = value or {}
            origin = part if data.get("sources") else spot.origin
            self._fields(part, kind, data, _Spot(kind.__name__, spot.path, origin))
            if kind is Claim and (
                unit := self.units.get(spot.path[:-2])
            ):  # in conflicts, of a figure
                self._text(part, term_for("Claim", "unit"), unit)
        else:
            self._be(part, "Part")
            self._say(part, "cg:says", kind, value, spot)
        return part

    def _figure(self, figure: str, data: Mapping[str, Any], spot: _Spot) -> None:
        self._be(figure, "Figure")
        low, high = data.get("range") or (None, None)
        for term, number in (("schema:minValue", low), ("schema:maxValue", high)):
            if number is not None:
                self._scalar(figure, term, number)
        told = {
            "unit": self.units.get(spot.path),
            **{name: said for name, said in data.items() if name != "range"},
        }
        self._fields(figure, Figure, told, spot._replace(of="Figure"))
        if not data.get("sources"):
            self._tie(figure, "prov:wasDerivedFrom", spot.origin)

    # --------------------------------------------------------- single things

    def _iri(self, section: str, id: str) -> str:
        return f"{self.base}{section}/{quote(id, safe='')}"

    def _find(self, id: str, sections: Iterable[str]) -> str:
        return self._iri(next(name for name in sections if id in getattr(self.atlas, name)), id)

    def _be(self, subject: str, of: str) -> None:
        for name in CLASSES.get(of) or (f"cg:{class_name(of)}",):
            self._tie(subject, "rdf:type", expand(name))

    def _name(self, subject: str, section: str, names: Mapping[Any, str | None]) -> None:
        term = "skos:prefLabel" if section in CONCEPTS else "schema:name"
        for lang, name in names.items():
            if name:
                self._text(subject, term, name, lang)
                self._text(subject, "rdfs:label", name, lang)

    def _tie(self, subject: str, term: str, other: str) -> None:
        self.statements.append(Statement(subject, term, Node(other)))

    def _text(self, subject: str, term: str, text: str, lang: str | None = None) -> None:
        if term == "schema:url" and IRI.fullmatch(text):
            self._tie(subject, term, text)
            return
        if term in ("skos:altLabel", "schema:alternateName") and _HAN.search(text):
            lang = "zh"
        type = "rdf:langString" if lang else "xsd:string"
        self.statements.append(Statement(subject, term, Value(text, type, lang)))

    def _scalar(self, subject: str, term: str, value: Any) -> None:
        if isinstance(value, str):
            self._text(subject, term, value)
        elif isinstance(value, list | dict):
            self._value(subject, term, json.dumps(value, ensure_ascii=False), "rdf:JSON")
        elif isinstance(value, bool):
            self._value(subject, term, str(value).lower(), "xsd:boolean")
        else:
            self._value(subject, term, repr(value), _SCALARS[type(value)])

    def _value(self, subject: str, term: str, text: str, datatype: str) -> None:
        self.statements.append(Statement(subject, term, Value(text, datatype)))


def _find_kinds(statements: Iterable[Statement]) -> dict[str, str]:
    """Tell of each term of chaingraph that is used whether it is a class or which property."""
    kinds: dict[str, set[str]] = {}
    for _, term, said in statements:
        ties = isinstance(said, Node)
        if term.startswith("cg:"):
            kind = "owl:ObjectProperty" if ties else "owl:DatatypeProperty"
            kinds.setdefault(term, set()).add(kind)
        elif term == "rdf:type" and isinstance(said, Node) and said.iri.startswith(PREFIXES["cg"]):
            kinds.setdefault(f"cg:{said.iri.removeprefix(PREFIXES['cg'])}", set()).add("owl:Class")
    return {
        term: found.pop() if len(found) == 1 else "rdf:Property" for term, found in kinds.items()
    }


def _ref(marks: Iterable[Any]) -> Ref | None:
    return next((mark for mark in marks if isinstance(mark, Ref)), None)


@functools.cache
def _plan(kind: type[BaseModel]) -> list[tuple[str, Any, Bare, str]]:
    """List (field, default, type, meaning) of a model."""
    found = []
    for name in HEAD if kind is AtlasFile else kind.model_fields:
        field = kind.model_fields[name]
        of = bare(field.annotation)
        whole = Bare(of.kind, [*of.marks, *field.metadata])
        found.append((name, field.default, whole, field.description or name))
    return found
