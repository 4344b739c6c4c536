"""An atlas out of a real knowledge graph of products, for measuring only.

The data (ChainKnowledgeGraph, no licence stated) is read from where it lies and nothing of
it is kept: products are called p0, p1 ... in the order of `products.csv`.  Each link of
`product_flow.csv` is a critical material input, without a figure, of the one route of its
consumer.  The data says nothing about places, so that states are drawn with a fixed seed:
`MADE` of the products have a maker (half operating, a quarter building, a quarter signed)
and `NATIONAL` of them can be shipped in from anywhere; the others must be made here.
"""

from __future__ import annotations

import csv
import os
import random
import sys
from pathlib import Path

from common import make_atlas, make_flow, make_makers, make_product, make_route

from chaingraph.model import Atlas

FOLDER = Path(
    os.environ.get("CHAINGRAPH_CKG")
    or Path(__file__).resolve().parents[2] / "shared" / "data" / "ckg"
)
MADE = 0.2
NATIONAL = 0.3
SEED = 1


def read_links(folder: Path) -> tuple[list[str], dict[str, dict[str, None]], dict[str, int]]:
    """Return the names of the products, consumer → its suppliers, and what was dropped."""
    with (folder / "products.csv").open(encoding="utf-8", newline="") as file:
        names = dict.fromkeys(row["name"] for row in csv.DictReader(file))
    inputs: dict[str, dict[str, None]] = {}
    dropped = {"self-loops": 0, "duplicates": 0, "added products": 0}
    with (folder / "product_flow.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            supplier, consumer = row["supplier"], row["consumer"]
            dropped["added products"] += (supplier not in names) + (consumer not in names)
            names |= {supplier: None, consumer: None}
            of = inputs.setdefault(consumer, {})
            dropped["self-loops"] += supplier == consumer
            dropped["duplicates"] += supplier != consumer and supplier in of
            if supplier != consumer:
                of[supplier] = None
    return list(names), inputs, dropped


def build(folder: Path = FOLDER) -> tuple[Atlas, dict[str, int]]:
    """Build the atlas; tell what was dropped."""
    names, inputs, dropped = read_links(folder)
    number = {name: f"p{at}" for at, name in enumerate(names)}
    suppliers = {supplier for of in inputs.values() for supplier in of}
    dice, flow = random.Random(SEED), make_flow(critical=True)
    products = {}
    for name, id in number.items():
        routes = [make_route({number[of]: flow for of in inputs[name]})] if inputs.get(name) else []
        stage = "midstream" if name in suppliers else "downstream"
        reach = "national" if dice.random() < NATIONAL else "local"
        products[id] = make_product(id, routes, stage=stage if routes else "upstream", reach=reach)
    made = [id for id in products if dice.random() < MADE]
    return make_atlas("ckg", products, make_makers(made, [None], dice), in_branch=1000), dropped


def main() -> None:
    """Say what is in the atlas."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    if not (folder / "product_flow.csv").exists():
        print(f"no data in {folder}: nothing to measure")
        return
    atlas, dropped = build(folder)
    links = sum(len(route.inputs) for each in atlas.products.values() for route in each.routes)
    print(f"{len(atlas.products)} products, {links} links; dropped or added: {dropped}")
    print(f"{len(atlas.enterprises)} enterprises, {len(atlas.projects)} projects")


if __name__ == "__main__":
    main()
