"""Linked data, loaded in pyoxigraph and rdflib, queried by SPARQL, validated by pyshacl."""

import json
import re

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from rdflib.compare import isomorphic

from chaingraph.analysis.score import rank_gaps
from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.outputs.entity_tables import make_figures, whole_graph
from chaingraph.outputs.linked_data import make_json_ld, make_turtle, read_shapes
from chaingraph.outputs.vocabulary import PREFIXES

from .conftest import hostile_texts

HOME = "https://w3id.org/chaingraph/atlas/yumen/"
PREFIX = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())

GAP_QUESTION = """
SELECT ?rank ?product (GROUP_CONCAT(DISTINCT STR(?needed_by)) AS ?users)
       (GROUP_CONCAT(DISTINCT ?maker; separator="|") AS ?makers)
WHERE {
  ?gap a cg:Gap ; cg:kind "broken" ; cg:rank ?rank ; cg:of ?product ; cg:consumers ?needed_by .
  ?needed_by cg:needs ?product .
  OPTIONAL { ?firm a cg:Candidate ; cg:makes ?product ; schema:name ?maker .
             FILTER (lang(?maker) = "zh") }
}
GROUP BY ?rank ?product ORDER BY ?rank
"""


def load(data, format=ox.RdfFormat.TURTLE):
    store = ox.Store()
    store.load(data, format)
    return store


def ask(store, question):
    return [
        [cell.value if cell is not None else None for cell in row]
        for row in store.query(PREFIX + question)
    ]


@pytest.fixture(scope="module")
def turtle(yumen):
    return make_turtle(yumen)


@pytest.fixture(scope="module")
def store(turtle):
    return load(turtle)


@pytest.fixture(scope="module")
def graph(turtle):
    return rdflib.Graph().parse(data=turtle, format="turtle")


@pytest.fixture(scope="module")
def shapes():
    return rdflib.Graph().parse(data=read_shapes(), format="turtle")


def test_sparql_answers_the_gap_question_as_chaingraph_does(store, yumen):
    """Which broken products are critical inputs of what is made here, and who elsewhere makes them."""
    told = {
        product.removeprefix(f"{HOME}products/"): (
            int(rank),
            {user.removeprefix(f"{HOME}products/") for user in users.split()},
            set((makers or "").split("|")) - {""},
        )
        for rank, product, users, makers in ask(store, GAP_QUESTION)
    }
    expected = {}
    for gap in rank_gaps(yumen):
        users = {
            user
            for user in gap.consumers
            for _, id, flow, is_byproduct in yumen.flows(user)
            if id == gap.product and flow.critical and not is_byproduct
        }
        makers = {firm.name.zh for firm in yumen.candidates.values() if gap.product in firm.makes}
        if gap.kind == "broken" and users:
            expected[gap.product] = (gap.rank, users, makers)
    assert told == expected
    assert len(told) > 20


def test_every_figure_is_a_node_with_all_that_is_said_of_it(store, yumen, figures_of):
    question = """
    SELECT ?figure ?value ?low ?high ?unit ?date ?confidence ?note WHERE {
      ?figure a cg:Figure
      OPTIONAL { ?figure schema:value ?value } OPTIONAL { ?figure schema:minValue ?low }
      OPTIONAL { ?figure schema:maxValue ?high } OPTIONAL { ?figure schema:unitText ?unit }
      OPTIONAL { ?figure dcterms:date ?date } OPTIONAL { ?figure cg:confidence ?confidence }
      OPTIONAL { ?figure skos:note ?note }
    }"""
    told = {
        figure: [*(n and float(n) for n in numbers), unit, date, confidence, note]
        for figure, *numbers, unit, date, confidence, note in (
            (row[0], row[1], row[2], row[3], *row[4:]) for row in ask(store, question)
        )
    }
    rows = make_figures(whole_graph(yumen)).rows
    units = {(row["section"], row["id"], row["path"]): row.get("unit") for row in rows}
    expected = {}
    for (section, id, path), figure in figures_of(yumen).items():
        low, high = figure.range or (None, None)
        unit = figure.unit or units[section, id, path]  # test_figure_units says what is implied
        expected[f"{HOME}{section}/{id}#{path}"] = [
            figure.value, low, high, unit, figure.date, figure.confidence, figure.note,
        ]  # fmt: skip
    assert told == expected
    assert len(told) > 500


def test_every_figure_says_what_it_was_derived_from(store, yumen, figures_of):
    question = "SELECT ?f ?s WHERE { ?f a cg:Figure ; prov:hadPrimarySource ?s }"
    told = {tuple(row) for row in ask(store, question)}
    assert told == {
        (f"{HOME}{section}/{id}#{path}", f"{HOME}sources/{key}")
        for (section, id, path), figure in figures_of(yumen).items()
        for key in figure.sources
    }
    orphans = """SELECT ?f WHERE { ?f a cg:Figure
      FILTER NOT EXISTS { ?f prov:hadPrimarySource|(prov:wasDerivedFrom/dcterms:source)|
                             (prov:wasDerivedFrom/prov:hadPrimarySource) ?s } }"""
    assert ask(store, orphans) == []


def test_every_citation_is_a_triple(store, yumen, citations_of):
    question = "SELECT ?s ?source WHERE { ?s dcterms:source|prov:hadPrimarySource ?source }"
    told = {tuple(row) for row in ask(store, question)}
    expected = set()
    for section, id, path, key in citations_of(yumen):
        within = re.sub(r"\.?sources\.\d+$", "", path)
        part = f"#{within}" if within else ""
        expected.add((f"{HOME}{section}/{id}{part}", f"{HOME}sources/{key}"))
    assert told == expected


def test_conflicting_claims_and_milestones_travel(store, yumen, figures_of):
    claims = ask(store, "SELECT ?c ?value WHERE { ?c a cg:Claim ; schema:value ?value }")
    assert sorted(float(value) for _, value in claims) == sorted(
        claim.value for figure in figures_of(yumen).values() for claim in figure.conflicts
    )
    units = ask(
        store,
        "SELECT ?of ?unit WHERE { ?f cg:conflicts ?c ; schema:unitText ?of "
        "OPTIONAL { ?c schema:unitText ?unit } }",
    )
    assert units
    assert all(of == unit for of, unit in units)
    signed = dict(ask(store, "SELECT ?p ?d WHERE { ?p cg:milestone_signed ?d }"))
    assert signed == {
        f"{HOME}projects/{id}": project.milestones["signed"]
        for id, project in yumen.projects.items()
        if "signed" in project.milestones
    }


def test_names_have_their_languages_and_concepts_their_place(store):
    question = f"""SELECT (CONCAT(?name, "@", lang(?name)) AS ?told) ?broader ?code WHERE {{
      <{HOME}products/pvdf> skos:prefLabel ?name ; skos:broader ?broader ; skos:notation ?code }}"""
    assert sorted(ask(store, question)) == [
        ["PVDF@en", f"{HOME}branches/fluorine", "2651"],
        ["聚偏氟乙烯@zh", f"{HOME}branches/fluorine", "2651"],
    ]
    clusters = "SELECT ?top WHERE { ?scheme skos:hasTopConcept ?top . ?top a cg:Cluster }"
    assert len(ask(store, clusters)) == 2
    path = f"ASK {{ <{HOME}products/pvdf> skos:broader+/skos:topConceptOf <{HOME}chains> }}"
    assert bool(store.query(PREFIX + path))


def test_firms_teams_and_places_are_said_in_standard_words(store, yumen):
    count = "SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE { ?x a %s }"
    for term, number in (
        ("org:FormalOrganization", len(yumen.enterprises) + len(yumen.candidates)),
        ("org:OrganizationalUnit", len(yumen.teams)),
        ("schema:Project", len(yumen.projects)),
        ("skos:Concept", sum(map(len, (yumen.products, yumen.branches, yumen.chains))) + 2),
        ("schema:Place", sum(map(len, (yumen.parks, yumen.regions, yumen.neighbours)))),
    ):
        assert ask(store, count % term) == [[str(number)]], term


def test_words_for_organisations_and_addresses_are_said_of_nothing_else(store):
    for term in ("foundingDate", "addressRegion"):
        assert not store.query(PREFIX + f"ASK {{ ?x schema:{term} ?y }}")
    assert store.query(PREFIX + "ASK { ?x a cg:Candidate ; cg:province ?y }")


def test_money_is_no_amount_of_yuan_but_of_hundreds_of_millions(store):
    """In schema:MonetaryAmount 410 with the currency CNY would be 410 yuan."""
    money = f"""SELECT ?value ?unit WHERE {{
      <{HOME}projects/juhua_silicon_fluorine> cg:investment [
        a schema:QuantitativeValue ; schema:value ?value ; schema:unitText ?unit ] }}"""
    ((value, unit),) = ask(store, money)
    assert (float(value), unit) == (410, "100m_CNY")
    assert not store.query(PREFIX + "ASK { ?x schema:currency ?y }")


def test_no_label_is_both_the_name_and_another_name(make_atlas):
    store = load(
        make_turtle(make_atlas("bread: {name: 面包, aliases: [面包, 馒头], stage: upstream}"))
    )
    labels = "SELECT ?label { ?p a cg:Product ; skos:altLabel ?label }"
    assert ask(store, labels) == [["馒头"]]


def test_every_term_of_its_own_is_described(store):
    used = """SELECT DISTINCT ?term WHERE {
      { ?s ?term ?o } UNION { ?s a ?term } FILTER STRSTARTS(STR(?term), STR(cg:))
      FILTER NOT EXISTS { ?term rdfs:isDefinedBy ?ontology ; rdfs:label ?label } }"""
    assert ask(store, used) == []


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD reader
def test_turtle_and_json_ld_say_the_same(store, graph, yumen):
    data = make_json_ld(yumen)
    assert set(load(data, ox.RdfFormat.JSON_LD)) == set(store)
    again = rdflib.Graph().parse(data=data, format="json-ld")
    assert isomorphic(again, graph)
    assert json.loads(data)["@context"]["skos"] == PREFIXES["skos"]


def test_the_same_bytes_come_out_twice(turtle, yumen):
    assert make_turtle(yumen) == turtle
    assert make_json_ld(yumen) == make_json_ld(yumen)


# -------------------------------------------------------------------- shapes


def conforms(graph, shapes):
    done, _, text = pyshacl.validate(graph, shacl_graph=shapes)
    return done, text


@pytest.mark.parametrize("view", ["actual", "plan"])
def test_the_real_atlas_conforms_to_the_shapes(view, yumen, shapes):
    graph = rdflib.Graph().parse(data=make_turtle(yumen, view=view), format="turtle")
    assert conforms(graph, shapes)[0]


PRODUCTS = """
flour: {name: {zh: 面粉, en: flour}, stage: upstream, unit: t}
bread:
  name: {zh: 面包, en: bread}
  stage: midstream
  unit: t
  inputs: {flour: {per: 0.7, critical: true, sources: [web]}}
"""
FACTS = """
enterprises: {baker: {name: 面包坊, makes: {bread: {capacity: {value: 5, sources: [web]}}}}}
candidates: {mill: {name: 磨坊, makes: [flour], sources: [web]}}
projects: {oven: {name: 新炉, milestones: {signed: 2024-02-03}, capacity: {bread: 3}, sources: [web]}}
sources: {web: {title: 网页, kind: web, date: 2024-02}}
"""
TOWN = """
PREFIX p: <https://w3id.org/chaingraph/atlas/town/products/>
PREFIX t: <https://w3id.org/chaingraph/atlas/town/>
"""
MUTANTS = {
    "a product without a name": "DELETE WHERE { p:bread skos:prefLabel ?name }",
    "a product in no scheme": "DELETE WHERE { p:bread skos:inScheme ?scheme }",
    "a product in two branches": "INSERT DATA { p:bread skos:broader <b> . <b> a cg:Branch }",
    "a product of an unknown stage": 'INSERT DATA { p:bread cg:stage "sideways" }',
    "a product without a stage": "DELETE WHERE { p:bread cg:stage ?stage }",
    "a product in an unknown state": 'INSERT DATA { p:bread cg:state "perhaps" }',
    "two names in one language": 'INSERT DATA { p:bread skos:prefLabel "roll"@en }',
    "a figure without a source": """DELETE { ?part prov:hadPrimarySource ?source }
        WHERE { p:bread cg:inputs ?part . ?part prov:hadPrimarySource ?source }""",
    "a figure without a number": """DELETE { ?figure schema:value ?value }
        WHERE { p:bread cg:inputs/cg:per ?figure . ?figure schema:value ?value }""",
    "a figure that is a text": """INSERT { ?figure schema:value "much" }
        WHERE { p:bread cg:inputs/cg:per ?figure }""",
    "a range from high to low": """INSERT { ?figure schema:minValue 9.0E0 ; schema:maxValue 1.0E0 }
        WHERE { p:bread cg:inputs/cg:per ?figure }""",
    "an unknown confidence": 'INSERT DATA { p:bread cg:confidence "X" }',
    "a source that is none": "INSERT DATA { p:bread dcterms:source p:flour }",
    "a source without a title": "DELETE WHERE { <web> schema:name ?title }",
    "a day that is none": """DELETE { ?p cg:milestone_signed ?d }
        INSERT { ?p cg:milestone_signed "2024-02-30"^^xsd:date } WHERE { ?p cg:milestone_signed ?d }""",
    "a date that is a text": """INSERT { ?p cg:milestone_signed "last year" }
        WHERE { ?p a cg:Project }""",
    "a source of a bad date": 'INSERT DATA { <web> schema:datePublished "2024-13"^^xsd:gYearMonth }',
    "an input that is no product": """DELETE { ?part cg:of ?product } INSERT { ?part cg:of <web> }
        WHERE { p:bread cg:inputs ?part . ?part cg:of ?product }""",
    "an input neither critical nor not": """DELETE { ?part cg:critical ?so }
        WHERE { ?part cg:critical ?so }""",
    "an output of nothing": "DELETE { ?o cg:of ?p } WHERE { ?o a cg:Output ; cg:of ?p }",
    "a gap of an unknown kind": """DELETE { ?gap cg:kind ?kind } INSERT { ?gap cg:kind "bad" }
        WHERE { ?gap a cg:Gap ; cg:kind ?kind }""",
    "a gap without a reason": "DELETE { ?gap cg:why ?why } WHERE { ?gap cg:why ?why }",
    "a gap without a rank": "DELETE { ?gap cg:rank ?r } WHERE { ?gap cg:rank ?r }",
    "a gap of nothing": "DELETE { ?gap cg:of ?p } WHERE { ?gap a cg:Gap ; cg:of ?p }",
    "a gap that no analysis found": """DELETE { ?gap prov:wasGeneratedBy ?by }
        WHERE { ?gap prov:wasGeneratedBy ?by }""",
    "a score above one": """DELETE { ?gap cg:score ?score } INSERT { ?gap cg:score 1.5E0 }
        WHERE { ?gap cg:score ?score }""",
    "a firm without a name": "DELETE { ?firm schema:name ?n } WHERE { ?firm a cg:Candidate ; schema:name ?n }",
}


def test_an_atlas_without_faults_conforms(make_atlas_once, shapes):
    graph = rdflib.Graph().parse(data=make_turtle(make_atlas_once(PRODUCTS, FACTS)))
    assert conforms(graph, shapes)[0]


@pytest.mark.parametrize("mutant", MUTANTS)
def test_what_is_wrong_does_not_conform(mutant, make_atlas_once, shapes):
    store = load(make_turtle(make_atlas_once(PRODUCTS, FACTS)))
    before = set(store)
    web = "<https://w3id.org/chaingraph/atlas/town/sources/web>"
    store.update(PREFIX + TOWN + MUTANTS[mutant].replace("<web>", web).replace("<b>", "t:b"))
    assert set(store) != before
    changed = store.dump(format=ox.RdfFormat.TURTLE, from_graph=ox.DefaultGraph())
    assert not conforms(rdflib.Graph().parse(data=changed, format="turtle"), shapes)[0]


# --------------------------------------------------------------------- names


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=hostile_texts)
def test_hostile_names_come_back_as_they_are(make_named, name):
    atlas = make_named(name)
    first, second = load(make_turtle(atlas)), load(make_json_ld(atlas), ox.RdfFormat.JSON_LD)
    assert set(first) == set(second)
    question = """SELECT ?name ?alias ?note ?title WHERE {
      ?p a cg:Product ; skos:prefLabel ?name ; skos:altLabel ?alias FILTER (lang(?name) = "zh")
      ?e a cg:Enterprise ; skos:note ?note . ?s a cg:Source ; dcterms:title ?title }"""
    told = {tuple(row) for row in ask(first, question)}
    as_alias = (name, name, name, name)  # left out in the language in which it is the name
    assert told | {as_alias} == {as_alias, (name, "x", name, name)}


def test_entities_live_where_the_user_says(yumen):
    data = make_turtle(yumen, base="https://data.example.org/yumen#")
    iri = ox.NamedNode("https://data.example.org/yumen#products/pvdf")
    assert next(iter(load(data).quads_for_pattern(iri, None, None)), None)
    assert len(load(data)) == len(load(make_turtle(yumen)))  # none of its parts is merged


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://example.org/a?b=c&d=%20#e/f", True),
        ("https://例子.example/公告（一）", True),
        ("https://example.org:8443", True),
        ("https://exa[mple.org/", False),
        ("https://example.org/a[1]", False),
        ("https://example.org/#a#b", False),
        ("https://example.org/100%", False),
        ("https://example.org:port/", False),
        ("https://example.org/a|b c", False),
    ],
)
def test_an_address_that_is_no_iri_is_told_as_text(make_atlas, url, is_link):
    atlas = make_atlas(
        "bread: {name: 面包, stage: upstream}",
        f"sources:\n  s: {{title: x, kind: news, url: ['{url}']}}\n",
    )
    for store in (load(make_turtle(atlas)), load(make_json_ld(atlas), ox.RdfFormat.JSON_LD)):
        (quad,) = store.quads_for_pattern(None, ox.NamedNode(f"{PREFIXES['schema']}url"), None)
        assert isinstance(quad.object, ox.NamedNode) == is_link
        assert quad.object.value == url


@pytest.mark.parametrize("base", ["yumen", "https://example.org/yumen", "https://a b/", ""])
def test_what_cannot_begin_iris_is_refused(yumen, base):
    with pytest.raises(UsageError, match="cannot begin IRIs"):
        make_turtle(yumen, base=base)


def test_turtle_asks_for_its_extra_and_json_ld_does_not(yumen, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyoxigraph", None)
    assert make_json_ld(yumen)
    with pytest.raises(MissingExtraError, match=r"chaingraph\[export\]"):
        make_turtle(yumen)
