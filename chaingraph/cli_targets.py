"""The commands that turn gaps into work: targets and the plan of the teams."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated, Any

import typer

from chaingraph.errors import UsageError
from chaingraph.questions import choose, choose_products, names_of
from chaingraph.terminal import (
    AsOf,
    AtlasArgument,
    Force,
    FormatName,
    FormatOption,
    LangOption,
    LimitOption,
    OutOption,
    ShipName,
    ViewName,
    ViewOption,
    deliver,
    language_of,
    load,
    name_in,
    note,
    page_width,
    show,
    speaker,
    title_of,
    wants_file,
)


class PlanName(enum.StrEnum):
    tasks = "tasks"
    trips = "trips"
    times = "times"


def register(app: typer.Typer) -> None:
    """Add the commands to the program, in the order in which `--help` lists them."""
    for command in (targets, plan):
        app.command()(command)
    app.command(name="import")(import_)


def targets(
    atlas_file: AtlasArgument = None,
    product: Annotated[
        list[str] | None,
        typer.Option("--product", help="Only for this product; may be repeated."),
    ] = None,
    branch: Annotated[
        list[str] | None, typer.Option(help="Only for gaps of this branch; may be repeated.")
    ] = None,
    chain: Annotated[str | None, typer.Option(help="Only for gaps of this chain.")] = None,
    bundle: Annotated[
        str | None,
        typer.Option(
            metavar="PRODUCT",
            help="Instead: few firms that together bring what must land for this product.",
        ),
    ] = None,
    ship: Annotated[
        ShipName,
        typer.Option(help="With --bundle: what may come from elsewhere, as in unlock."),
    ] = ShipName.upstream,
    per_gap: Annotated[
        int, typer.Option(min=0, help="How many firms for a gap at most; 0 for all.")
    ] = 5,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    limit: LimitOption = 30,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """List whom to go after for each gap: fit, score, reasons, who sees them when."""
    from chaingraph.analysis.targets import TARGET_COLUMNS, target_gaps
    from chaingraph.outputs.console.targets import count_targets, make_target_table
    from chaingraph.outputs.lists import list_targets

    atlas = load(atlas_file, lang)
    language = language_of(atlas, lang)
    atlas.date(as_of)
    if bundle is not None:
        _show_group(atlas, bundle, ship, as_of, view, lang, format, output, force=force)
        return
    wanted = choose_products(atlas, product or [], branch or [], chain)
    found = target_gaps(atlas, as_of=as_of, view=view.value, products=wanted, per_gap=per_gap)
    if _is_for_readers(format, output):
        heads, rows = list_targets(
            atlas, found.targets, as_of=as_of, view=view.value, lang=language
        )
        deliver(rows, heads, format, output, force=force)
        return
    if wants_file(format, output):
        records = [target.to_record(language) for target in found.targets]
        deliver(records, TARGET_COLUMNS, format, output, force=force)
        return
    shown = found.targets[:limit] if limit else found.targets
    if shown:
        show(make_target_table(atlas, shown, title_of(atlas, as_of, view, lang), language))
    note(count_targets(found.targets, len(found.unmet), language))
    if len(shown) < len(found.targets):
        say = speaker(atlas, lang)
        note(say(f"只列了前 {limit} 条；全部：--limit 0", f"The first {limit}; all: --limit 0"))


def _is_for_readers(format: FormatName, output: Path | None) -> bool:
    """Workbooks and Markdown are read by people, CSV and JSON by programs."""
    if format is FormatName.table and output is not None:
        return output.suffix.lower() in (".xlsx", ".md")
    return format in (FormatName.xlsx, FormatName.md)


def _show_group(
    atlas: Any,
    product: str,
    ship: ShipName,
    as_of: str | None,
    view: ViewName,
    lang: Any,
    format: FormatName,
    output: Any,
    *,
    force: bool,
) -> None:
    from chaingraph.analysis.targets import GROUP_COLUMNS, find_group
    from chaingraph.outputs.console.targets import make_group_view

    language = language_of(atlas, lang)
    group = find_group(atlas, product, as_of=as_of, view=view.value, ship=ship.value)
    if not group.needed:
        say = speaker(atlas, lang)
        here, never = ("本地已有", "is here already"), ("没有办法落地", "cannot be brought here")
        zh, en = here if group.is_here else never
        name = name_in(atlas.products[group.target].name, atlas, lang)
        note(say(f"{name}：{zh}", f"{name} {en}"))
        return
    if not wants_file(format, output):
        show(make_group_view(atlas, group, title_of(atlas, as_of, view, lang), language))
        return
    deliver(group.to_records(atlas, language), GROUP_COLUMNS, format, output, force=force)


def plan(
    atlas_file: AtlasArgument = None,
    what: Annotated[
        PlanName | None,
        typer.Option("--only", help="Only the task book, the trips or the time table."),
    ] = None,
    team: Annotated[str | None, typer.Option(help="Only this team, by id or name.")] = None,
    as_of: AsOf = None,
    view: ViewOption = ViewName.actual,
    limit: LimitOption = 30,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Lay out who does what by when: task book, trips, time table; -o FILE.svg for the route map."""
    from chaingraph.analysis import plan as planning
    from chaingraph.outputs.console.targets import make_plan_view

    atlas = load(atlas_file, lang)
    language = language_of(atlas, lang)
    team = choose("team", team, names_of(atlas.teams))
    found = planning.make_plan(atlas, as_of=as_of, view=view.value).of_team(team)
    if output is not None and output.suffix.lower() == ".svg":
        from chaingraph.outputs.files import guard, write_text
        from chaingraph.outputs.poster.route import draw_route_map

        guard(output, force=force)
        typer.echo(str(write_text(output, draw_route_map(atlas, found, lang=language))))
        return
    if not wants_file(format, output):
        title = title_of(atlas, as_of, view, lang)
        only = what.value if what else None
        for part in make_plan_view(atlas, found, only, title, language, limit, page_width()):
            show(part)
        return
    if what is None:
        raise UsageError("say which table: --only tasks, trips or times")
    tables: dict[str, tuple[list[dict[str, Any]], Any]] = {
        "tasks": ([task.to_record(language) for task in found.tasks], planning.TASK_COLUMNS),
        "trips": ([planning.trip_record(trip) for trip in found.trips], planning.TRIP_COLUMNS),
        "times": ([each.to_record(language) for each in found.timetable], planning.ENTRY_COLUMNS),
    }
    records, columns = tables[what.value]
    if what is PlanName.tasks and _is_for_readers(format, output):
        from chaingraph.outputs.task_book import lay_out_tasks

        records = lay_out_tasks(found.tasks).to_records(atlas, language)
        columns = list(records[0]) if records else columns
    deliver(records, columns, format, output, force=force)


def import_(
    workbook: Annotated[Path, typer.Argument(help="A filled Excel form.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder of the atlas, new or there already.")
    ] = Path("chains"),
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Also take out of the YAML what the form does not have."),
    ] = False,
    lang: LangOption = None,
    force: Force = False,
) -> None:
    """Bring a filled Excel form into YAML; of files that are there only what differs changes."""
    from chaingraph.errors import DataError
    from chaingraph.loader import find_atlas
    from chaingraph.outputs.files import write_all
    from chaingraph.outputs.intake import read_form
    from chaingraph.outputs.yaml_files import revise_files, write_atlas

    try:
        atlas = read_form(workbook)
    except DataError as error:
        raise DataError(error.problems, lang.value if lang else error.language) from None
    if not _has_atlas(output):
        for path in write_atlas(atlas, output):
            typer.echo(str(path))
        return
    revision = revise_files(find_atlas(output), atlas, prune=prune)
    say = speaker(atlas, lang)
    for zh, en, blocks in (
        ("新增", "added", revision.added),
        ("修改", "changed", revision.changed),
        ("删除", "removed", revision.removed),
        ("表里没有、YAML 里保留", "not in the form, kept", revision.kept),
    ):
        if blocks:
            names = ", ".join(".".join(block) for block in blocks[:20])
            more = "…" if len(blocks) > 20 else ""
            note(f"{say(zh, en)} {len(blocks)}{say('：', ': ')}{names}{more}")
    if not revision.files:
        note(say("没有不同，什么也没写", "nothing differs, nothing is written"))
        return
    if not force:
        raise UsageError(
            f"{len(revision.files)} files of {output} would change: --force writes them"
        )
    contents = {path: text.encode() for path, text in revision.files.items()}
    for path in write_all(contents, home=output):
        typer.echo(str(path))


def _has_atlas(folder: Path) -> bool:
    from chaingraph._atomic import finish
    from chaingraph.loader import find_atlas

    finish(folder)
    if not folder.is_dir() or not any(folder.glob("*.y*ml")):
        return False
    find_atlas(folder)
    return True
