"""The commands that analyse: gaps, balance, unlock, whatif, portfolio, track, diff."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chaingraph.errors import UsageError
from chaingraph.questions import choose, names_of, read_amount, read_landing
from chaingraph.terminal import (
    AsOf,
    AtlasArgument,
    BranchOption,
    ChainOption,
    Force,
    FormatName,
    FormatOption,
    Lang,
    LangOption,
    LimitOption,
    OutOption,
    ShipName,
    ViewName,
    ViewOption,
    deliver,
    deliver_json,
    is_json,
    language_of,
    load,
    note,
    show,
    speaker,
    title_of,
    wants_file,
)

if TYPE_CHECKING:
    from chaingraph.model import Atlas, Rule


class RuleName(enum.StrEnum):
    state = "state"
    position = "position"
    maturity = "maturity"


class CostName(enum.StrEnum):
    steps = "steps"
    investment = "investment"


class TrackName(enum.StrEnum):
    chains = "chains"
    projects = "projects"
    quotas = "quotas"


ProductArgument = Annotated[str, typer.Argument(help="Id, name or alias of a product.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program, in the order in which `--help` lists them."""
    for command in (gaps, balance, unlock, whatif, portfolio, track, diff):
        app.command()(command)


def gaps(
    atlas_file: AtlasArgument = None,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    chain: ChainOption = None,
    branch: BranchOption = None,
    kind: Annotated[
        str | None, typer.Option(help="Only this kind: broken, weak, short or void.")
    ] = None,
    rule: Annotated[
        RuleName | None, typer.Option(help="What tells the kinds; the atlas's own if not given.")
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(metavar="PRODUCT", help="Tell the whole story of one gap on one screen."),
    ] = None,
    limit: LimitOption = 30,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """List the gaps to target in the order of their scores: why, how large, what is coming."""
    from chaingraph.analysis.flagships import find_flagships
    from chaingraph.analysis.gaps import GAP_COLUMNS, KIND_NAMES
    from chaingraph.analysis.score import rank_gaps
    from chaingraph.outputs.console.gaps import count_kinds, make_flagship_table, make_gap_table

    atlas = load(atlas_file, lang)
    language = language_of(atlas, lang)
    atlas.date(as_of)
    chain = choose("chain", chain, names_of(atlas.chains))
    branch = choose("branch", branch, names_of(atlas.branches))
    kind = choose("kind", kind, KIND_NAMES)
    told_by: Rule = rule.value if rule else atlas.rule
    if explain is not None:
        from chaingraph.analysis.explain import explain_gap
        from chaingraph.outputs.console.explain import make_explanation

        told = explain_gap(atlas, explain, as_of=as_of, view=view.value, rule=told_by)
        if not wants_file(format, output):
            show(make_explanation(atlas, told, title_of(atlas, as_of, view, lang), language))
        else:
            deliver([told.gap.to_record(language)], GAP_COLUMNS, format, output, force=force)
        return
    found = [
        gap
        for gap in rank_gaps(atlas, as_of=as_of, view=view.value, rule=told_by)
        if chain in (None, gap.chain) and branch in (None, gap.branch) and kind in (None, gap.kind)
    ]
    if wants_file(format, output):
        records = [gap.to_record(language) for gap in found]
        deliver(records, GAP_COLUMNS, format, output, force=force)
        return
    if not (chain or branch or kind):
        flagships = find_flagships(atlas, as_of=as_of, view=view.value)
        if flagships:
            show(make_flagship_table(flagships, language))
    shown = found[:limit] if limit else found
    if shown:
        title = title_of(atlas, as_of, view, lang)
        show(make_gap_table(atlas, shown, title, language, rule=told_by))
    note(count_kinds(found, language))
    say = speaker(atlas, lang)
    if len(shown) < len(found):
        note(say(f"只列了前 {limit} 个；全部：--limit 0", f"The first {limit}; all: --limit 0"))
    if shown:
        best = shown[0].product
        note(say(f"一个缺口的来龙去脉：--explain {best}", f"Why one of them: --explain {best}"))


def balance(
    atlas_file: AtlasArgument = None,
    making: Annotated[
        list[str] | None,
        typer.Option(
            "--for",
            metavar="PRODUCT=AMOUNT",
            help="Instead: what it takes in all to make so much a year; may be repeated.",
        ),
    ] = None,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    chain: ChainOption = None,
    branch: BranchOption = None,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Balance supply and demand of every product, by-products and loops included."""
    from chaingraph.analysis.balance import BALANCE_COLUMNS, find_balance, find_requirements
    from chaingraph.outputs.console.balance import (
        make_balance_table,
        make_requirement_table,
        say_assumed,
    )

    atlas = load(atlas_file, lang)
    language = language_of(atlas, lang)
    atlas.date(as_of)
    chain = choose("chain", chain, names_of(atlas.chains))
    branch = choose("branch", branch, names_of(atlas.branches))
    as_table = not wants_file(format, output)
    if making:
        wanted = dict(read_amount(atlas, text) for text in making)
        needs = find_requirements(atlas, wanted)
        if as_table:
            show(make_requirement_table(atlas, wanted, needs, language))
            return
        rows = [
            {"product": id, "name": atlas.products[id].name.text(language), "amount": amount}
            | {"unit": atlas.products[id].unit}
            for id, amount in needs.items()
        ]
        deliver(rows, ("product", "name", "amount", "unit"), format, output, force=force)
        return
    found = [
        each
        for id, each in find_balance(atlas, as_of=as_of, view=view.value).items()
        if branch in (None, atlas.branch_of[id])
        and chain in (None, atlas.chain_of(atlas.branch_of[id]))
    ]
    if as_table:
        show(make_balance_table(atlas, found, title_of(atlas, as_of, view, lang), language))
        if told := say_assumed(atlas, found, language):
            note(told)
        return
    deliver([each.to_record() for each in found], BALANCE_COLUMNS, format, output, force=force)


def unlock(
    product: ProductArgument,
    atlas_file: AtlasArgument = None,
    ship: Annotated[
        ShipName | None,
        typer.Option(
            help="What may come from elsewhere: all within reach, of these only upstream inputs "
            "and equipment, or nothing; the first two are told if not given."
        ),
    ] = None,
    cost: Annotated[CostName, typer.Option(help="What makes a bundle cheap.")] = CostName.steps,
    alternatives: Annotated[int, typer.Option(min=1, max=20, help="How many bundles at most.")] = 3,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Tell what must land first, and together, for a product to be made here."""
    from chaingraph.analysis.trace import find_product
    from chaingraph.analysis.unlock import BUNDLE_COLUMNS
    from chaingraph.analysis.unlock import unlock as find_bundles
    from chaingraph.outputs.console.bundle import make_bundle_view

    atlas = load(atlas_file, lang)
    language = language_of(atlas, lang)
    id = find_product(atlas, product)
    asked = [ship] if ship else [ShipName.reach, ShipName.upstream]
    found = {
        each.value: find_bundles(
            atlas,
            id,
            as_of=as_of,
            view=view.value,
            cost=cost.value,
            ship=each.value,
            alternatives=alternatives,
        )
        for each in asked
    }
    if not wants_file(format, output):
        title = title_of(atlas, as_of, view, lang)
        for part in make_bundle_view(atlas, id, found, title, language):
            show(part)
        return
    records = [
        {"ship": how, **bundle.to_record(language)}
        for how, bundles in found.items()
        for bundle in bundles
    ]
    deliver(records, ("ship", *BUNDLE_COLUMNS), format, output, force=force)


def whatif(
    atlas_file: AtlasArgument = None,
    land: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PRODUCT=AMOUNT",
            help="What lands: a product with what it makes a year (and :ROUTE), "
            "or the id or name of a project; may be repeated.",
        ),
    ] = None,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Tell what changes if something lands: gaps, products in reach, local sourcing."""
    from chaingraph.analysis.whatif import CHANGE_COLUMNS, find_whatif
    from chaingraph.outputs.console.change import make_whatif_view

    if not land:
        raise UsageError(
            "say what lands: --land anhydrous_hf=50000, or the id or name of a project"
        )
    atlas = load(atlas_file, lang)
    language = language_of(atlas, lang)
    landings = [read_landing(atlas, text) for text in land]
    found = find_whatif(atlas, landings, as_of=as_of, view=view.value)
    if not wants_file(format, output):
        title = title_of(atlas, as_of, view, lang)
        for part in make_whatif_view(atlas, landings, found, title, language):
            show(part)
        return
    if is_json(format, output):
        deliver_json(found.to_record(language), output, force=force)
        return
    changes = (*found.closed, *found.opened, *found.changed)
    records = [change.to_record(language) for change in changes]
    deliver(records, CHANGE_COLUMNS, format, output, force=force)


def portfolio(
    atlas_file: AtlasArgument = None,
    number: Annotated[int, typer.Option("-k", "--number", min=0, help="At most how many.")] = 5,
    money: Annotated[float | None, typer.Option(help="Investment at most, in 亿元.")] = None,
    water: Annotated[float | None, typer.Option(help="Water at most, in m³ a year.")] = None,
    energy: Annotated[
        float | None, typer.Option(help="Energy at most, in tonnes of coal equivalent a year.")
    ] = None,
    area: Annotated[float | None, typer.Option("--land", help="Land at most, in mu.")] = None,
    branch: Annotated[
        list[str] | None, typer.Option(help="Only gaps of this branch; may be repeated.")
    ] = None,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Choose the few gaps that are worth most together, under limits."""
    from chaingraph.analysis.portfolio import PORTFOLIO_COLUMNS, find_portfolio, to_record
    from chaingraph.outputs.console.portfolio import make_portfolio_view

    atlas = load(atlas_file, lang)
    language = language_of(atlas, lang)
    given = {"money": money, "water": water, "energy": energy, "land": area}
    limits = {name: limit for name, limit in given.items() if limit is not None}
    known = names_of(atlas.branches)
    branches = [id for words in branch or [] if (id := choose("branch", words, known))]
    found = find_portfolio(
        atlas, number=number, limits=limits, as_of=as_of, view=view.value, branches=branches
    )
    if not wants_file(format, output):
        title = title_of(atlas, as_of, view, lang)
        for part in make_portfolio_view(atlas, found, title, language):
            show(part)
        return
    if is_json(format, output):
        deliver_json(to_record(found, language), output, force=force)
        return
    deliver(found.to_records(language), PORTFOLIO_COLUMNS, format, output, force=force)


def track(
    atlas_file: AtlasArgument = None,
    as_of: AsOf = None,
    year: Annotated[
        int | None, typer.Option(help="Count only what was reached in that year.")
    ] = None,
    what: Annotated[
        TrackName | None,
        typer.Option("--only", help="Only chains, projects or quotas; all if not given."),
    ] = None,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Follow the plan: projects and money by chain, stale projects, quotas."""
    from chaingraph.analysis import track as tracking
    from chaingraph.outputs.console.track import make_track_view

    atlas = load(atlas_file, lang)
    language = language_of(atlas, lang)
    tables: dict[str, tuple[Sequence[Any], Sequence[str]]] = {
        "chains": (
            tracking.track_chains(atlas, as_of=as_of, year=year),
            tracking.PROGRESS_COLUMNS,
        ),
        "projects": (tracking.track_projects(atlas, as_of=as_of), tracking.PROJECT_COLUMNS),
        "quotas": (tracking.track_quotas(atlas, as_of=as_of), tracking.QUOTA_COLUMNS),
    }
    if not wants_file(format, output):
        title = title_of(atlas, as_of, None, lang)
        chosen = {name: rows for name, (rows, _) in tables.items() if what in (None, name)}
        for part in make_track_view(atlas, chosen, title, language):
            show(part)
        return
    rows, columns = tables[what.value if what else "projects"]
    deliver([row.to_record(language) for row in rows], columns, format, output, force=force)


def diff(
    old: Annotated[str, typer.Argument(help="A day, an atlas file, or a git revision.")],
    new: Annotated[
        str | None,
        typer.Argument(help="Another; the atlas as it is now, on its own day, if not given."),
    ] = None,
    atlas_file: AtlasArgument = None,
    view: ViewOption = ViewName.actual,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Tell what differs between two days, two atlases or two git revisions of one."""
    from chaingraph.analysis.difference import CHANGE_COLUMNS, compare_atlases
    from chaingraph.outputs.console.difference import make_difference_view

    (old_atlas, old_day), (new_atlas, new_day) = (
        _read_side(side, atlas_file, lang) for side in (old, new)
    )
    new_day = new_day or new_atlas.as_of
    found = compare_atlases(
        old_atlas, new_atlas, old_as_of=old_day, new_as_of=new_day, view=view.value
    )
    language = language_of(new_atlas, lang)
    if not wants_file(format, output):
        for part in make_difference_view(found, f"{old} → {new or new_atlas.as_of}", language):
            show(part)
        return
    deliver(found.to_records(language), CHANGE_COLUMNS, format, output, force=force)


# ------------------------------------------------------------------ reading


def _read_side(
    text: str | None, atlas_file: Path | None, lang: Lang | None
) -> tuple[Atlas, str | None]:
    """Read a day (of the atlas given), the path of an atlas, or a git revision of it."""
    from chaingraph.loader import find_atlas
    from chaingraph.revisions import load_revision

    if text is None:
        return load(atlas_file, lang), None
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return load(atlas_file, lang), text
    if Path(text).exists():
        return load(Path(text), lang), None
    return load_revision(atlas_file or find_atlas(), text), None
