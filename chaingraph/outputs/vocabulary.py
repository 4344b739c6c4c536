"""The words of linked data: which standard term says what a field of an atlas says.

SKOS names products, branches, chains and clusters and puts them above one another, ORG
and schema.org describe firms, teams, projects and places, PROV tells where facts come
from.  What none of them has a term for is said in a vocabulary of chaingraph's own, whose
terms are the names of the fields and whose comments are their documentation.
"""

from __future__ import annotations

NAMESPACE = "https://w3id.org/chaingraph/ns#"
"""Where the terms of chaingraph itself live."""

DATA = "https://w3id.org/chaingraph/atlas/{id}/"
"""Where the entities of an atlas live, if nobody says otherwise."""

PREFIXES = {
    "cg": NAMESPACE,
    "dcterms": "http://purl.org/dc/terms/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

CONCEPTS = ("clusters", "chains", "branches", "products")
"""The sections whose entities are SKOS concepts, the widest first."""

CLASSES: dict[str, tuple[str, ...]] = {
    "place": ("cg:Place", "schema:AdministrativeArea"),
    "clusters": ("cg:Cluster", "skos:Concept"),
    "chains": ("cg:Chain", "skos:Concept"),
    "branches": ("cg:Branch", "skos:Concept"),
    "products": ("cg:Product", "skos:Concept"),
    "enterprises": ("cg:Enterprise", "org:FormalOrganization", "schema:Organization"),
    "candidates": ("cg:Candidate", "org:FormalOrganization", "schema:Organization"),
    "projects": ("cg:Project", "schema:Project"),
    "parks": ("cg:Park", "schema:Place"),
    "regions": ("cg:Region", "schema:Place"),
    "neighbours": ("cg:Neighbour", "schema:Place"),
    "teams": ("cg:Team", "org:OrganizationalUnit"),
    "policies": ("cg:Policy", "schema:CreativeWork"),
    "sources": ("cg:Source", "prov:Entity", "schema:CreativeWork"),
    "gaps": ("cg:Gap", "prov:Entity"),
    "Figure": ("cg:Figure", "prov:Entity", "schema:QuantitativeValue"),
    "Claim": ("cg:Claim", "prov:Entity", "schema:QuantitativeValue"),
    "Flow": ("cg:Flow", "prov:Entity"),
    "Output": ("cg:Output", "prov:Entity"),
}
"""Section or model → the classes of what is in it; others have a class of their own name."""

WIDER = {names[0]: names[1:] for names in CLASSES.values()}
"""Class of chaingraph → the standard classes that it is part of."""

TERMS = {
    "aliases": "schema:alternateName",
    "as_of": "cg:as_of",
    "date": "dcterms:date",
    "issuer": "schema:publisher",
    "jobs": "schema:numberOfEmployees",
    "note": "skos:note",
    "parent": "org:subOrganizationOf",
    "part_of": "schema:containedInPlace",
    "partners": "org:linkedTo",
    "place": "schema:location",
    "publisher": "schema:publisher",
    "sources": "dcterms:source",
    "stock_code": "schema:tickerSymbol",
    "title": "dcterms:title",
    "unit": "schema:unitText",
    "url": "schema:url",
    "value": "schema:value",
}
"""Field → the standard term for it; a field that is not here has a term of chaingraph."""

TERMS_OF: dict[tuple[str, str], str] = {
    ("sources", "date"): "schema:datePublished",
    ("policies", "date"): "schema:datePublished",
    ("policies", "names"): "schema:about",
    ("enterprises", "makes"): "cg:output",
    ("candidates", "makes"): "cg:output",
    ("clusters", "aliases"): "skos:altLabel",
    ("chains", "aliases"): "skos:altLabel",
    ("branches", "aliases"): "skos:altLabel",
    ("products", "aliases"): "skos:altLabel",
    ("products", "unit"): "cg:unit",
    ("gaps", "product"): "cg:of",
    ("gaps", "sources"): "prov:wasDerivedFrom",
    ("gaps", "unit"): "cg:unit",
}
"""(Section, field) → the term, where it is another one there."""

OWN = {
    "Candidate": "A firm elsewhere that could come.",
    "Claim": "What another source says of the same figure.",
    "Enterprise": "A firm of the place.",
    "Figure": "A number with where it comes from and how far it can be trusted.",
    "Gap": "A product that is broken, weak, short or void here on a day.",
    "Product": "A good or service at one place of a chain.",
    "Part": "Something that stands under a key.",
    "Unknown": "Something that is there without a figure.",
    "brings": "A product that comes beside this one on some route.",
    "here": "Whether the view counts it as made here.",
    "capacity_here": "What is made here a year, in the product's unit.",
    "key": "The key under which something stands in its mapping.",
    "makes": "A product that a firm or place makes.",
    "needs": "A product without which some route to this one does not run.",
    "of": "The entity that something is said about.",
    "says": "What stands under the key.",
    "uses": "A product that goes into this one on some route.",
    "view": "What counts as here: actual, building or plan.",
    "will_make": "A product that a project will make.",
}
"""What the terms mean that no field of an atlas documents."""


def expand(term: str) -> str:
    """
    Return the IRI of a prefixed name.

    Examples
    --------
    >>> expand("skos:broader")
    'http://www.w3.org/2004/02/skos/core#broader'
    """
    prefix, _, name = term.partition(":")
    return PREFIXES[prefix] + name


def compact(iri: str) -> str:
    """
    Return the prefixed name of an IRI; the IRI itself where it has none.

    Examples
    --------
    >>> compact("http://www.w3.org/2004/02/skos/core#broader")
    'skos:broader'
    """
    for prefix, start in PREFIXES.items():
        if iri.startswith(start) and iri != start:
            return f"{prefix}:{iri.removeprefix(start)}"
    return iri


def class_name(of: str) -> str:
    """
    Return the name of chaingraph's own class for a section or a model.

    Examples
    --------
    >>> class_name("quotas"), class_name("EnergyLimit")
    ('Quota', 'EnergyLimit')
    """
    return of.removesuffix("s").title() if of.islower() else of


def term_for(section: str, field: str) -> str:
    """
    Return the prefixed name that says what a field says.

    Examples
    --------
    >>> term_for("products", "aliases"), term_for("products", "stage")
    ('skos:altLabel', 'cg:stage')
    """
    return TERMS_OF.get((section, field)) or TERMS.get(field) or f"cg:{field}"
