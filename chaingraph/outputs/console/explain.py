"""The whole story of one gap on one screen."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text as Line

from chaingraph.analysis.explain import Explanation, Part
from chaingraph.analysis.gates import Passage
from chaingraph.analysis.pipeline import Coming
from chaingraph.analysis.why import say_amount
from chaingraph.model import Atlas, Language
from chaingraph.outputs.words import word

MAX_PARTS = 5
"""How many parts of a demand or supply fit on the screen."""

MAX_SOURCES = 12
"""How many sources fit on the screen."""


def make_explanation(atlas: Atlas, told: Explanation, title: str, lang: Language) -> Group:
    """Lay out an explanation from top to bottom."""
    zh, gap = lang == "zh", told.gap
    kind = f"{word(gap.kind, lang)}·{word(gap.remedy, lang)}"
    place = f"第 {gap.rank} 位，共 {told.of} 个缺口" if zh else f"rank {gap.rank} of {told.of} gaps"
    if "fail" in (gap.gates or {}).values():
        place += (
            "（有门槛不通过，排在通过的后面）" if zh else " (it fails a gate, so it comes last)"
        )
    head = Line.from_markup(
        f"[bold]{escape(gap.name.text(lang))}[/] [dim]{gap.product}[/]  {kind}  {place}\n"
        f"[dim]{escape(title)} · {escape(atlas.branches[gap.branch].name.text(lang))} · "
        f"{word(gap.state, lang)}[/]"
    )
    parts: list[RenderableType] = [head, _facts(atlas, told, lang), _components(told, lang)]
    if told.gates:
        parts.append(_gates(told.gates, lang))
    parts.append(_sources(atlas, told, lang))
    return Group(*parts)


def _facts(atlas: Atlas, told: Explanation, lang: Language) -> Table:
    zh, gap = lang == "zh", told.gap
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    rows = [
        ("为什么" if zh else "Why", gap.why.text(lang)),
        ("多大" if zh else "How large", gap.size.text(lang)),
        ("需求来自" if zh else "Needed by", _parts(atlas, told.demands, gap.unit, lang)),
        ("供给来自" if zh else "Made by", _parts(atlas, told.supplies, gap.unit, lang)),
        ("在途" if zh else "On its way", _coming(atlas, told, lang)),
        ("先要落地" if zh else "Must land first", _first(atlas, told, lang)),
        ("落地后放开" if zh else "Then opens", _names(atlas, told.opens, lang)),
        ("稳不稳" if zh else "How stable", _stability(told, lang)),
        ("可信度" if zh else "Confidence", _confidence(told, lang)),
    ]
    for name, text in rows:
        if text:
            grid.add_row(name, escape(text))
    return grid


def _parts(atlas: Atlas, parts: tuple[Part, ...], unit: str | None, lang: Language) -> str:
    told = [_say_part(atlas, part, unit, lang) for part in parts[:MAX_PARTS]]
    if len(parts) > MAX_PARTS:
        told.append("…")
    return ("；" if lang == "zh" else "; ").join(told)


def _say_part(atlas: Atlas, part: Part, unit: str | None, lang: Language) -> str:
    zh, product = lang == "zh", atlas.products[part.product]
    name = product.name.text(lang)
    if part.made is None or part.amount is None:
        told = f"{name}（产量不详）" if zh else f"{name} (amount unknown)"
    else:
        made = say_amount(part.made, product.unit, lang)
        amount = say_amount(part.amount, unit, lang)
        told = f"{name} {made}"
        if part.made and part.amount != part.made:
            told += f" × {part.amount / part.made:.4g} = {amount}"
    makers = ("、" if zh else ", ").join(
        maker.text(lang) + (f" {date}" if date else "") for maker, date in part.makers[:3]
    )
    return f"{told} [{makers}]" if makers else told


def _coming(atlas: Atlas, told: Explanation, lang: Language) -> str:
    return "；".join(_say_coming(atlas, each, told.gap.unit, lang) for each in told.fill.coming)


def _say_coming(atlas: Atlas, each: Coming, unit: str | None, lang: Language) -> str:
    name = atlas.projects[each.project].name.text(lang)
    state = word(each.state, lang)
    if lang == "zh":
        amount = "产能不详" if each.amount is None else say_amount(each.amount, unit, lang)
        return (
            f"{name}：{state}，签约起 {each.months:.0f} 个月，{amount}，"
            f"同类项目 {each.share:.1%} 已投产"
        )
    amount = "capacity unknown" if each.amount is None else say_amount(each.amount, unit, lang)
    return (
        f"{name}: {state}, {each.months:.0f} months since signing, {amount}, "
        f"{each.share:.1%} of such operate"
    )


def _first(atlas: Atlas, told: Explanation, lang: Language) -> str:
    if not told.bundles:
        return ""
    bundle, zh = told.bundles[0], lang == "zh"
    others = [id for id in bundle.products if id != bundle.target]
    first = _names(atlas, others, lang)
    shipped = _names(atlas, bundle.shipped, lang)
    if zh:
        return (first or "不需要别的先落地") + (f"；外购 {shipped}" if shipped else "")
    return (first or "nothing else") + (f"; shipped in: {shipped}" if shipped else "")


def _stability(told: Explanation, lang: Language) -> str:
    gap = told.gap
    if gap.rank_low is None or gap.top_share is None:
        return ""
    if lang == "zh":
        return (
            f"权重在图谱所定的附近变动时，九成情况下排第 {gap.rank_low}–{gap.rank_high} 位，"
            f"进前十的占 {gap.top_share:.0%}"
        )
    return (
        f"under weights near the atlas's, rank {gap.rank_low}–{gap.rank_high} in nine draws of ten; "
        f"among the first ten in {gap.top_share:.0%}"
    )


def _confidence(told: Explanation, lang: Language) -> str:
    grade = told.gap.confidence
    if grade is None:
        return ""
    if lang == "zh":
        return f"{word(grade, lang)}（取所据事实中最低的一级）"
    return f"{word(grade, lang)} (the weakest of the facts it rests on)"


def _components(told: Explanation, lang: Language) -> Table:
    zh, score = lang == "zh", told.gap.score
    total = "" if score is None else f" {score:.3f}"
    heading = f"得分{total} = Σ 值 × 权重" if zh else f"Score{total} = sum of value × weight"
    table = Table(title=heading, title_justify="left")
    table.add_column("组成" if zh else "Component", no_wrap=True)
    table.add_column("值" if zh else "Value", justify="right")
    table.add_column("权重" if zh else "Weight", justify="right")
    table.add_column("得分" if zh else "Adds", justify="right")
    table.add_column("依据" if zh else "From", overflow="fold")
    for part in told.components:
        against = part.name == "crowding" and part.value is not None
        table.add_row(
            word(part.name, lang),
            "—" if part.value is None else f"{'1 − ' * against}{part.value:.2f}",
            f"{part.weight:.3f}" if part.value is not None else f"[dim]({part.weight:.2f})[/]",
            "—" if part.adds is None else f"{part.adds:.3f}",
            escape(part.told.text(lang)),
        )
    return table


def _gates(gates: tuple[Passage, ...], lang: Language) -> Table:
    zh = lang == "zh"
    table = Table(title="门槛" if zh else "Gates", title_justify="left")
    table.add_column("门槛" if zh else "Gate", no_wrap=True)
    table.add_column("结果" if zh else "Result", no_wrap=True)
    table.add_column("依据" if zh else "From", overflow="fold")
    colours = {"pass": "green", "fail": "red", "unknown": "yellow"}
    for passage in gates:
        verdict = f"[{colours[passage.verdict]}]{word(passage.verdict, lang)}[/]"
        table.add_row(escape(passage.name.text(lang)), verdict, escape(passage.told.text(lang)))
    return table


def _sources(atlas: Atlas, told: Explanation, lang: Language) -> Line:
    known = [(key, atlas.sources[key]) for key in told.sources if key in atlas.sources]
    lines = [
        f"  {key}  {source.title}"
        + "".join(f" · {part}" for part in (source.publisher, source.date) if part)
        for key, source in known[:MAX_SOURCES]
    ]
    if len(known) > MAX_SOURCES:
        more = len(known) - MAX_SOURCES
        lines.append(f"  …另有 {more} 条" if lang == "zh" else f"  … and {more} more")
    return Line("\n".join(["来源" if lang == "zh" else "Sources", *lines]), style="dim")


def _names(atlas: Atlas, products: tuple[str, ...] | list[str], lang: Language) -> str:
    comma = "、" if lang == "zh" else ", "
    return comma.join(atlas.products[id].name.text(lang) for id in products)
