"""What `run` measures, one step in one process: CPU seconds of the step alone, and peak memory.

    python benchmarks/steps.py NAME FOLDER

A step is made ready without being timed (imports, the atlas, what it searches with), and
then timed once.  `run` asks for each side in turn, several times.
"""

from __future__ import annotations

import csv
import gc
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Step = Callable[[], Any]

ROWS = 20_000
"""Firms of the register, a fifth of which name products."""

OTHERS = (
    "餐饮服务；预包装食品零售；卷烟、雪茄烟零售。",
    "普通货物道路运输；搬家服务；信息咨询（不含许可项目）。",
    "服装、鞋帽、日用百货、五金交电、办公用品的零售及网上销售。",
    "软件开发；计算机系统集成；企业管理咨询；会议及展览服务。",
)
"""What most firms do."""

# --------------------------------------------------------------------- the inputs


def write_inputs(folder: Path) -> None:
    """Write the atlases that are loaded and the register that is read."""
    from generate import BYTES_A_LINK, generate, write_files

    for name, size in SIZES.items():
        write_files(generate(round(size / BYTES_A_LINK)), folder / name)
    draw, terms = random.Random(3), sorted(yumen_lexicon().senses)
    with (folder / "firms.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["name", "province", "scope"])
        for row in range(ROWS):
            made, sold = "、".join(draw.sample(terms, 3)), "、".join(draw.sample(terms, 5))
            own = f"{made}的生产；{sold}销售（不含{draw.choice(terms)}）；货物及技术进出口。"
            scope = own if draw.random() < 0.2 else draw.choice(OTHERS)
            writer.writerow([f"第{row}厂", "甘肃", scope])


SIZES = {"100 kB": 100_000, "1 MB": 1_000_000, "10 MB": 10_000_000}


def yumen() -> Any:
    from chaingraph.loader import example_atlas, load_atlas

    return load_atlas(example_atlas())


def yumen_lexicon() -> Any:
    from chaingraph.evidence.lexicon import make_lexicon

    return make_lexicon(yumen())


# -------------------------------------------------------------------------- loading


def load_ours(folder: Path, size: str) -> Step:
    from chaingraph.loader import load_atlas

    return lambda: load_atlas(folder / size)


def load_yaml(folder: Path, size: str, loader: str) -> Step:
    import yaml

    paths, kind = sorted((folder / size).glob("*.yaml")), getattr(yaml, loader)
    return lambda: [yaml.load(path.read_bytes(), kind) for path in paths]


# ------------------------------------------------------------------- bundle and maps


def build_ours(folder: Path) -> Step:
    from chaingraph.outputs.bundle import write_bundle

    atlas = yumen()
    return lambda: write_bundle(atlas, folder / "out", force=True)


def build_plain(folder: Path) -> Step:
    """Map, graph and lists with pyvis, networkx and openpyxl; the records are given."""
    import networkx as nx
    import openpyxl

    from chaingraph.analysis.score import rank_gaps
    from chaingraph.graph import supply_graph

    atlas = yumen()
    records = [gap.to_record("zh") for gap in rank_gaps(atlas)]
    graph = supply_graph(atlas)

    def build() -> None:
        draw_pyvis(graph, folder / "plain.html")
        plain = nx.DiGraph(graph.edges)
        nx.write_graphml(plain, folder / "plain.graphml")
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(list(records[0]))
        for record in records:
            sheet.append([str(value) for value in record.values()])
        book.save(folder / "plain.xlsx")

    return build


def map_ours(folder: Path, links: str = "") -> Step:
    from chaingraph.outputs.map import draw_map

    atlas = drawn(links)
    return lambda: draw_map(atlas, folder / "ours.html")


def map_pyvis(folder: Path, links: str = "") -> Step:
    from chaingraph.graph import supply_graph

    graph = supply_graph(drawn(links))
    return lambda: draw_pyvis(graph, folder / "pyvis.html")


def drawn(links: str) -> Any:
    from generate import generate

    return generate(int(links)) if links else yumen()


def draw_pyvis(graph: Any, path: Path) -> None:
    """Draw a graph as anyone would: `from_nx`, without physics."""
    import networkx as nx
    from pyvis.network import Network

    plain = nx.DiGraph(graph.edges)
    for node, data in plain.nodes(data=True):
        data["label"] = graph.nodes[node].get("name_zh", "")
    network = Network(directed=True, cdn_resources="in_line")
    network.from_nx(plain)
    network.toggle_physics(status=False)
    path.write_text(network.generate_html(notebook=False), "utf-8")


# ------------------------------------------------------------------------- registers


def match_ours(folder: Path) -> Step:
    from chaingraph.evidence.records import Columns
    from chaingraph.evidence.registry import match_registry
    from chaingraph.evidence.scopes import ScopeReader

    reader = ScopeReader(yumen_lexicon())
    columns = Columns(scope="scope", name="name", regions=("province",))
    one = folder / "one.csv"
    one.write_text("name,province,scope\n甲,乙,硫酸\n", "utf-8")
    match_registry([one], folder / "matches", columns=columns, reader=reader)
    return lambda: match_registry(
        [folder / "firms.csv"], folder / "matches", columns=columns, reader=reader
    )


def match_re(folder: Path) -> Step:
    import re

    terms = sorted(yumen_lexicon().senses, key=len, reverse=True)
    find = re.compile("|".join(map(re.escape, terms))).findall
    return lambda: sum(len(find(scope)) for scope in scopes_in(folder / "firms.csv"))


def match_ahocorasick(folder: Path) -> Step:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for term in yumen_lexicon().senses:
        automaton.add_word(term, term)
    automaton.make_automaton()
    path = folder / "firms.csv"
    return lambda: sum(1 for scope in scopes_in(path) for _ in automaton.iter_long(scope))


def scopes_in(path: Path) -> Sequence[str]:
    """Read the scopes of a register as a plain script would, in the one way of writing."""
    from chaingraph.evidence.writing import fold

    with path.open(encoding="utf-8", newline="") as stream:
        return [fold(row["scope"]) for row in csv.DictReader(stream)]


# --------------------------------------------------------------------------- one step

STEPS: dict[str, Callable[..., Step]] = {
    "load": load_ours,
    "yaml": load_yaml,
    "build": build_ours,
    "build plainly": build_plain,
    "map": map_ours,
    "pyvis": map_pyvis,
    "match": match_ours,
    "re": match_re,
    "pyahocorasick": match_ahocorasick,
}


def main() -> None:
    """Take one step, or write what all of them need."""
    name, folder, *words = sys.argv[1:]
    if name == "inputs":
        write_inputs(Path(folder))
        sys.stdout.write('{"seconds": 0, "peak": 0}')
        return
    step = STEPS[name](Path(folder), *words)
    gc.collect()
    start = time.process_time()
    step()
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "peak": peak}))


if __name__ == "__main__":
    main()
