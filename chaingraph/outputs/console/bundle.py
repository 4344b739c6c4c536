"""What must land together, as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Line
from rich.tree import Tree

from chaingraph.analysis.unlock import Bundle, Step
from chaingraph.model import Atlas, Language
from chaingraph.outputs.words import say_number, word

_COLOURS = {
    "here": "green",
    "shipped": "cyan",
    "landed": "bold red",
    "byproduct": "green",
    "pool": "green",
    "resource": "bold yellow",
}


def make_bundle_view(
    atlas: Atlas,
    target: str,
    found: Mapping[str, Sequence[Bundle]],
    title: str,
    lang: Language,
) -> Iterator[RenderableType]:
    """Lay out the bundles for a target: for each way of shipping a tree, then the others."""
    zh = lang == "zh"
    name = escape(atlas.products[target].name.text(lang))
    if any(bundle.steps == () for bundles in found.values() for bundle in bundles):
        yield Line(f"{name}：本地已有 · {title}" if zh else f"{name} is here already · {title}")
        return
    for ship, bundles in found.items():
        heading = word(f"ship_{ship}", lang)
        if not bundles:
            yield Line.from_markup(
                f"\n[bold]{heading}[/]\n"
                + (
                    f"{name}怎么都做不成：有投入互为前提"
                    if zh
                    else f"{name} cannot be made so: inputs need each other"
                )
            )
            continue
        yield Line.from_markup(f"\n[bold]{heading}[/]  [dim]{escape(title)}[/]")
        yield Line.from_markup(_summary(bundles[0], lang))
        yield _make_tree(atlas, bundles[0], lang)
        for product, gate in bundles[0].cautions:
            yield Line.from_markup(_caution(atlas, product, gate, lang))
        if len(bundles) > 1:
            yield _make_alternatives(atlas, bundles, lang)


def _summary(bundle: Bundle, lang: Language) -> str:
    names = ("、" if lang == "zh" else ", ").join(
        escape(step.name.text(lang)) for step in bundle.steps if step.status != "pool"
    )
    count, zh = len(bundle.products), lang == "zh"
    cost = ""
    if bundle.cost != count:
        unknown = sum(step.cost is None for step in bundle.steps if step.status != "pool")
        cost = (
            f"，投资约 {say_number(bundle.cost)} 亿元（其中 {unknown} 个没有数字，按已知各厂的中位数）"
            if zh
            else f", about CNY {say_number(bundle.cost / 10)} bn ({unknown} of them at the median of all "
            "plants known)"
        )
    if zh:
        return f"要一起落地 {count} 个{cost}，按先后：{names}"
    return f"{count} to land together{cost}, first things first: {names}"


def _caution(atlas: Atlas, product: str, gate: str, lang: Language) -> str:
    facts = atlas.gates[gate]
    name, rule = atlas.products[product].name.text(lang), facts.name.text(lang)
    note = f"：{facts.note}" if facts.note else ""
    return f"[yellow]！{escape(name)} · {escape(rule)}{escape(note)}[/]"


def _make_tree(atlas: Atlas, bundle: Bundle, lang: Language) -> Tree:
    steps = {step.product: step for step in bundle.steps}
    bringers = {other: step for step in bundle.steps for other in step.brings}
    told: set[str] = set()

    def grow(branch: Tree, step: Step) -> None:
        if step.product in told:
            branch.label = f"{branch.label} [dim]↑[/]"
            return
        told.add(step.product)
        for need, status in step.needs:
            twig = branch.add(_label(atlas, need, status, lang, steps.get(need)))
            if need in steps:
                grow(twig, steps[need])
            elif status == "byproduct":
                source = bringers[need]
                grow(twig.add(_label(atlas, source.product, source.status, lang, source)), source)

    target = bundle.target
    root = Tree(_label(atlas, target, "byproduct", lang, steps.get(target)))
    if target in steps:
        grow(root, steps[target])
    else:
        source = bringers[target]
        grow(root.add(_label(atlas, source.product, source.status, lang, source)), source)
    return root


def _label(atlas: Atlas, id: str, status: str, lang: Language, step: Step | None) -> str:
    status = step.status if step else status
    route = step.route_name.text(lang) if step and step.route_name else ""
    name = escape(atlas.products[id].name.text(lang))
    said = f"[{_COLOURS[status]}]{name}[/] [dim]{id}[/] {word('to_' + status, lang)}"
    return f"{said} [dim]({escape(route)})[/]" if route else said


def _make_alternatives(atlas: Atlas, bundles: Sequence[Bundle], lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title="还可以这样" if zh else "Or else", title_justify="left")
    table.add_column("代价" if zh else "Cost", justify="right")
    table.add_column("换上" if zh else "Instead", overflow="fold")
    table.add_column("不再需要" if zh else "Without", overflow="fold")
    table.add_column("外购" if zh else "Shipped in", overflow="fold")
    first = set(bundles[0].products)
    comma = "、" if zh else ", "

    def names(ids: Sequence[str]) -> str:
        return escape(comma.join(atlas.products[id].name.text(lang) for id in ids))

    for bundle in bundles[1:]:
        table.add_row(
            f"{bundle.cost:g}",
            names([id for id in bundle.products if id not in first]),
            names(sorted(first - set(bundle.products))),
            names(bundle.shipped),
        )
    return table
