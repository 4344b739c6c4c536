"""Random atlases of a given number of links, and as YAML files of a given size.

The recipe, for L links: about L / 4 products in a row, in branches of 100 and chains of
ten branches.  The first `RAW` of them are raw and have no route; of the others `CHOICE`
have two routes, the rest one.  A route has one to `MOST` inputs; `BACK` of the links point
to any later product, so that there are loops, the rest to one of the `NEAR` products
before it or, every second time, to any before it.  `CRITICAL` of the inputs are critical.
The unit consumptions of a route add up to `RETURNS` at most, so that no loop runs away.
`BRINGS` of the routes have a by-product, 0.05 to 0.2 of what is made.  `MADE` of the
products have a maker, half operating, a quarter building, a quarter signed, of 1,000 to
50,000 t a year, one in ten without a figure.  `NATIONAL` of the products can be shipped in.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from common import count_links, make, make_atlas, make_flow, make_makers, make_product, make_route

from chaingraph.figures import Figure
from chaingraph.model import Atlas, Flow, Product, Route

SEED = 1
RAW = 0.05
CHOICE = 0.25
MOST = 4
BACK = 0.02
NEAR = 200
CRITICAL = 0.7
RETURNS = 0.8
BRINGS = 0.1
MADE = 0.3
NATIONAL = 0.3
LINKS_A_PRODUCT = 3.06
"""What the recipe comes to: 0.95 products with routes, 1.25 routes, 2.6 links a route."""

FIGURES = 8
"""How many different figures there are of each kind: flows are shared."""


def generate(links: int, *, seed: int = SEED) -> Atlas:
    """Make an atlas of about so many links."""
    dice = random.Random(seed)
    count = max(20, round(links / LINKS_A_PRODUCT))
    ids = [f"p{at}" for at in range(count)]
    flows = make_flows()
    products = {}
    for at, id in enumerate(ids):
        routes = _make_routes(ids, at, flows, dice) if at >= RAW * count else []
        stage = ("upstream", "midstream", "downstream")[at * 3 // count]
        reach = "national" if dice.random() < NATIONAL else "local"
        products[id] = make_product(id, routes, stage=stage, reach=reach)
    made = [id for id in ids if dice.random() < MADE]
    figures = [make(Figure, value=value * 1000.0) for value in (1, 2, 5, 8, 10, 15, 20, 30, 50)]
    return make_atlas(
        f"g{links}", products, make_makers(made, [*figures, None], dice), in_branch=100
    )


def make_flows() -> dict[tuple[int, bool], list[Flow]]:
    """(Number of inputs, whether critical) → flows that do not return more than `RETURNS`."""
    return {
        (count, critical): [
            make_flow(RETURNS / count * (step + 1) / FIGURES, critical=critical)
            for step in range(FIGURES)
        ]
        for count in range(1, MOST + 1)
        for critical in (False, True)
    }


def _make_routes(
    ids: list[str], at: int, flows: dict[tuple[int, bool], list[Flow]], dice: random.Random
) -> list[Route]:
    names = ("main", "other") if dice.random() < CHOICE else ("main",)
    return [_make_route(ids, at, flows, dice, name) for name in names]


def _make_route(
    ids: list[str], at: int, flows: dict[tuple[int, bool], list[Flow]], dice: random.Random, id: str
) -> Route:
    count = dice.randint(1, MOST)
    taken = {ids[_draw(len(ids), at, dice)] for _ in range(count)} - {ids[at]}
    inputs = {of: dice.choice(flows[count, dice.random() < CRITICAL]) for of in sorted(taken)}
    others = {ids[_draw(len(ids), at, dice)]} - {ids[at]} - taken
    brings = others if dice.random() < BRINGS else set()
    return make_route(inputs, {of: dice.choice(flows[4, False]) for of in brings}, id=id)


def _draw(count: int, at: int, dice: random.Random) -> int:
    """Return an earlier product, or seldom a later one."""
    if dice.random() < BACK:
        return dice.randrange(at, count)
    least = max(0, at - NEAR) if dice.random() < 0.5 else 0
    return dice.randrange(least, at)


BYTES_A_LINK = 125
"""What the YAML of an atlas comes to."""


def write_files(atlas: Atlas, folder: Path) -> list[Path]:
    """Write an atlas as YAML the way people write it: a file for each branch, names, sources."""
    folder.mkdir(parents=True, exist_ok=True)
    chains = "".join(
        f"  {id}: {{name: {{zh: 产业链{id}, en: Chain {id}}}, branches: [{', '.join(chain.branches)}]}}\n"
        for id, chain in atlas.chains.items()
    )
    texts = {
        "atlas.yaml": "atlas: {id: large, name: {zh: 大图谱, en: A large atlas}}\n"
        "place: {name: {zh: 某市, en: A city}}\nas_of: 2024-06-30\nincludes: [b*.yaml, facts.yaml]\n"
        f"chains:\n{chains}sources:\n  PAPER: {{title: 手册, publisher: 出版社, date: 2020, kind: paper}}\n",
        "facts.yaml": _format_makers(atlas),
    }
    for branch in atlas.branches:
        texts[f"{branch}.yaml"] = (
            f"branch: {{id: {branch}, name: {{zh: 细分链{branch}}}}}\nproducts:\n"
        )
    for id, product in atlas.products.items():
        texts[f"{atlas.branch_of[id]}.yaml"] += _format_product(id, product)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]


def _format_product(id: str, product: Product) -> str:
    lines = [
        f"  {id}:",
        f"    name: {{zh: 产品{id}, en: Product {id}}}",
        f"    stage: {product.stage}",
        f"    unit: {product.unit}",
        f"    reach: {product.reach}",
    ]
    lines += ["    routes:"] * bool(product.routes)
    for route in product.routes:
        lines += [f"      - id: {route.id}", "        inputs:" + " {}" * (not route.inputs)]
        lines += [
            f"          {of}: {{per: {flow.per.value:.6g}, critical: {str(flow.critical).lower()},"
            " sources: [PAPER]}"
            for of, flow in route.inputs.items()
        ]
        lines += ["        byproducts:"] * bool(route.byproducts)
        lines += [
            f"          {of}: {{per: {flow.per.value:.6g}}}"
            for of, flow in route.byproducts.items()
        ]
    return "\n".join(lines) + "\n\n"


def _format_makers(atlas: Atlas) -> str:
    enterprises = [
        f"  {id}:\n    name: 企业{id}\n    makes:\n"
        + "".join(
            f"      {of}: {{capacity: {_say(made.capacity)}}}\n" for of, made in firm.makes.items()
        )
        for id, firm in atlas.enterprises.items()
    ]
    projects = [
        f"  {id}:\n    name: 项目{id}\n    milestones: {{"
        + ", ".join(f"{step}: {day}" for step, day in project.milestones.items())
        + "}\n    capacity: {"
        + ", ".join(f"{of}: {_say(figure)}" for of, figure in project.capacity.items())
        + "}\n"
        for id, project in atlas.projects.items()
    ]
    return "".join(["enterprises:\n", *enterprises, "projects:\n", *projects])


def _say(figure: Figure | None) -> str:
    return "~" if figure is None else f"{figure.value:.0f}"


def main() -> None:
    """Say what is in the atlas of so many links."""
    atlas = generate(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
    print(f"{len(atlas.products)} products, {count_links(atlas)} links")


if __name__ == "__main__":
    main()
