"""In a notebook atlas, graphs, results and maps show themselves; the example notebook runs."""

import copy
import importlib.util
import json
import pickle
import re
from html.parser import HTMLParser
from pathlib import Path

import networkx as nx
import pytest
from rich.console import Console

import chaingraph as cg

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "yumen.ipynb"
HOSTILE = "<script>alert(1)</script> & \"x\" 'y' $\\href{javascript:z}{a}$ \u202etxt"
WRITTEN = json.dumps(HOSTILE)  # which is YAML, too
PRODUCTS = f"""
flour: {{name: {WRITTEN}, stage: upstream, unit: t}}
bread:
  name: {{zh: 面包, en: Bread}}
  stage: midstream
  unit: t
  inputs: {{flour: {{per: 0.7, critical: true}}}}
"""
FACTS = f"""
enterprises:
  bakers: {{name: {{zh: 面包厂, en: Bakers}}, makes: {{bread: {{capacity: 10, since: 2020}}}}}}
candidates:
  miller: {{name: {WRITTEN}, makes: [flour], place: {WRITTEN}}}
"""


CHINESE = re.compile("[\u4e00-\u9fff]")


class Shown(HTMLParser):
    """The elements, attributes and texts of HTML."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.attributes, self.texts = [], {}, []
        self.feed(html)
        self.text = "\n".join(self.texts)

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.attributes.update(attributes)

    def handle_data(self, data):
        self.texts.append(data)


def show(thing):
    return Shown(thing._repr_html_())


@pytest.fixture
def town(make_atlas):
    return make_atlas(PRODUCTS, FACTS)


RESULTS = {
    "atlas": lambda atlas: atlas,
    "supply graph": cg.supply_graph,
    "knowledge graph": cg.knowledge_graph,
    "gaps": cg.find_gaps,
    "ranked gaps": cg.rank_gaps,
    "targets": cg.find_targets,
    "flagships": cg.find_flagships,
    "trace": lambda atlas: cg.trace(atlas, "bread"),
    "bundles": lambda atlas: cg.unlock(atlas, "flour"),
}


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_names_are_text_and_nothing_else(town, make):
    shown = show(make(town))
    assert set(shown.elements) <= {"div", "p", "b", *"table thead tbody tr th td".split()}
    assert set(shown.attributes) <= {"class", "scope", "style"}
    assert "\u202e" not in shown.text
    assert "mathjax_ignore" in shown.attributes["class"]  # else what is between $ is a formula


@pytest.mark.parametrize("name", ["supply graph", "gaps", "ranked gaps", "targets", "trace"])
def test_hostile_names_are_shown_as_they_are_written(town, name):
    assert "<script>alert(1)</script> & \"x\" 'y' $\\href" in show(RESULTS[name](town)).text


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_the_language_is_the_atlas_s(town, make):
    chinese, english = (
        show(make(town.model_copy(update={"language": lang}))).text for lang in ("zh", "en")
    )
    assert CHINESE.search(chinese)
    assert not CHINESE.search(english)


def test_an_atlas_shows_its_place_day_counts_chains_and_branches(yumen):
    text = show(yumen).text
    assert text.startswith(f"玉门市产业链图谱 · {yumen.as_of}")
    assert f"产品 {len(yumen.products)} · 本地企业 {len(yumen.enterprises)}" in text
    for chain in yumen.chains.values():
        assert chain.name.zh in text
        assert all(yumen.branches[branch].name.zh in text for branch in chain.branches)


def test_an_atlas_is_one_line_in_a_terminal(yumen):
    head = f"Atlas(place='玉门市', as_of='{yumen.as_of}', chains={len(yumen.chains)}, branches="
    assert repr(yumen).startswith(head)
    assert "\n" not in repr(yumen)
    assert len(repr(yumen)) < 300
    console = Console(width=100, record=True, quiet=True)
    console.print(yumen)
    assert console.export_text().count("\n") < 30


def test_results_are_lists_in_every_way(yumen):
    gaps = cg.rank_gaps(yumen)
    plain = list(gaps)
    assert isinstance(gaps, list)
    assert gaps == plain
    assert gaps[0] is plain[0]
    assert gaps[-3:] == plain[-3:]
    assert [*gaps] == plain
    assert type(gaps[:2] + plain) is list
    for copied in (copy.copy(gaps), copy.deepcopy(gaps), pickle.loads(pickle.dumps(gaps))):  # noqa: S301
        assert copied == plain
        assert copied._repr_html_() == gaps._repr_html_()


def test_what_is_cut_or_filtered_still_shows_itself(yumen):
    gaps = cg.rank_gaps(yumen)
    silicone = gaps.filter(lambda gap: gap.branch == "silicone")
    assert {gap.branch for gap in silicone} == {"silicone"}
    assert show(silicone).texts[0] == f"缺口 · 玉门市 · {yumen.as_of} · {len(silicone)} 条"
    assert show(silicone[2:5]).elements.count("tr") == 1 + 3


def test_a_long_list_says_how_long_it_is_and_how_to_go_on(yumen):
    gaps = cg.rank_gaps(yumen)
    shown = show(gaps)
    assert f"{len(gaps)} 条" in shown.texts[0]
    assert shown.elements.count("tr") == 1 + 20
    assert shown.texts[-1] == "只列了前 20 条；往下看：[20:40]"
    assert repr(gaps).count("\n") == 1 + 20


def test_an_empty_list_says_so(yumen):
    nothing = cg.rank_gaps(yumen).filter(lambda gap: gap.rank < 0)
    assert show(nothing).texts == [f"缺口 · 玉门市 · {yumen.as_of} · 0 条"]
    assert repr(nothing) == f"缺口 · 玉门市 · {yumen.as_of} · 0 条"


@pytest.mark.parametrize(
    "make",
    [cg.find_gaps, cg.rank_gaps, cg.find_targets, cg.find_flagships],
    ids=lambda make: make.__name__,
)
def test_records_are_what_pandas_and_polars_take(yumen, make):
    pandas = pytest.importorskip("pandas", reason="needs the extra spark")
    polars = pytest.importorskip("polars", reason="needs the extra evidence")
    results = make(yumen)
    records = results.to_records()
    assert [record["name"] for record in records] == [each.name.zh for each in results]
    assert results.to_records("en")[0]["name"] == results[0].name.text("en")
    assert len(pandas.DataFrame(records)) == len(results)
    assert polars.DataFrame(records, infer_schema_length=None)["name"].to_list() == [
        record["name"] for record in records
    ]


def test_graphs_are_networkx_s_own(yumen):
    graph = cg.supply_graph(yumen)
    plain = nx.DiGraph(graph)
    assert isinstance(graph, nx.DiGraph)
    assert nx.utils.graphs_equal(graph, plain)
    assert nx.pagerank(graph) == nx.pagerank(plain)
    assert len(nx.condensation(graph)) == len(nx.condensation(plain))
    assert nx.utils.graphs_equal(graph.to_undirected(), plain.to_undirected())
    for made in (
        graph.copy(),
        graph.reverse(),
        copy.deepcopy(graph),
        pickle.loads(pickle.dumps(graph)),  # noqa: S301
        nx.compose(graph, plain),
        nx.relabel_nodes(graph, {"pvdf": "PVDF"}),
        nx.subgraph_view(graph, filter_node=lambda node: node in plain),
    ):
        assert (len(made), made.size()) == (len(plain), plain.size())
        assert f"产品 {len(plain)} · " in show(made).text


def test_a_part_of_a_graph_shows_what_it_has(yumen):
    graph = cg.supply_graph(yumen, as_of="2023-02-15", view="plan")
    part = graph.subgraph(nx.ancestors(graph, "pvdf") | {"pvdf"})
    shown = show(part)
    assert shown.texts[0] == "供应关系图 · yumen · 2023-02-15 · 计划"
    assert f"产品 {len(part)} · 供应关系 {part.size()}" in shown.text
    assert repr(part) == f"SupplyGraph with {len(part)} nodes and {part.size()} edges"


def test_a_graph_of_the_reader_s_own_making_shows_itself_too(yumen):
    graph = cg.supply_graph(yumen)
    empty = graph.__class__()
    assert show(empty).texts == ["供应关系图", "产品 0 · 供应关系 0 · 其中关键 0"]
    graph.add_edge(1, ("a", 2), type=[], critical="?")
    graph.nodes[1]["state"] = graph.nodes[1]["stage"] = ["anything"]
    assert show(graph).elements.count("tr") == 1 + 12
    assert show(graph.subgraph([1])).elements.count("tr") == 1 + 1
    lines = nx.line_graph(graph)
    assert show(lines).elements.count("tr") == 1 + 12


def test_a_knowledge_graph_shows_its_sections_and_relations(yumen):
    graph = cg.knowledge_graph(yumen)
    shown = show(graph)
    assert f"实体 {len(graph):,} · 关系 {graph.size():,}" in shown.texts
    assert {"产品", "候选企业", "inputs", "makes"} <= set(shown.texts)
    assert isinstance(graph, nx.MultiDiGraph)
    assert show(graph.subgraph(["products:pvdf"])).elements.count("table") == 1


def test_a_map_stands_in_a_frame_of_its_own(town):
    drawn = cg.draw_map(town)
    shown = show(drawn)
    assert shown.elements == ["iframe"]
    assert shown.attributes["srcdoc"] == drawn.html
    assert "allow-scripts" in shown.attributes["sandbox"]
    assert "allow-same-origin" not in shown.attributes["sandbox"]
    assert not any(key.startswith("on") or key == "src" for key in shown.attributes)
    assert "信任这个笔记本" in shown.text  # seen where a notebook takes the frame away
    assert repr(drawn) == "ChainMap(title='小城图谱', path=None)"


# -------------------------------------------------------------- the example


@pytest.fixture(scope="module")
def runner():
    """The script that runs the example notebook."""
    for needed in ("nbclient", "ipykernel", "pandas", "polars"):
        pytest.importorskip(needed, reason="the example notebook needs it; in the extra test")
    path = ROOT / "docs" / "notebook.py"
    spec = importlib.util.spec_from_file_location("docs_notebook", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def live(runner, tmp_path_factory):
    """The example notebook with what its cells show when a kernel runs them now."""
    return runner.run(EXAMPLE, tmp_path_factory.mktemp("notebook"))


def test_the_example_notebook_shows_what_is_stored_in_it(live, runner):
    """If this fails, look at what changed, and store it: python docs/notebook.py."""
    stored = json.loads(EXAMPLE.read_text("utf-8"))
    now = json.loads(runner.nbformat.writes(runner.clean(copy.deepcopy(live))))
    for cell, fresh in zip(stored["cells"], now["cells"], strict=True):
        assert fresh == cell
    assert now == stored


def test_the_example_notebook_ends_with_the_map(live):
    *_, last = live.cells
    assert last.outputs[0]["data"]["text/html"].startswith("<iframe")


def test_the_example_notebook_is_small_and_of_no_machine():
    text = EXAMPLE.read_text("utf-8")
    assert len(text.encode()) < 300_000
    assert not any(
        word in text for word in (str(ROOT), "/home/", "/root/", " at 0x", "site-packages")
    )
    cells = json.loads(text)["cells"]
    assert all(cell["outputs"] for cell in cells[:-1] if cell["cell_type"] == "code")
