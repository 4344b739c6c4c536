"""The commands that read panels of places and activities: complexity, backtest, entry."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.errors import UsageError
from chaingraph.questions import read_day
from chaingraph.terminal import (
    AtlasOption,
    Force,
    FormatName,
    FormatOption,
    Lang,
    LangOption,
    LimitOption,
    OutOption,
    deliver,
    deliver_json,
    is_json,
    load,
    note,
    show,
    show_records,
    wants_file,
)

if TYPE_CHECKING:
    from chaingraph.evidence.backtest import Backtest
    from chaingraph.evidence.entry import Outlook
    from chaingraph.model import Language
    from chaingraph.settings import Forecast

evidence = typer.Typer(
    name="evidence",
    help="Data from elsewhere: what places are strong in, and what takes root where (区域产业数据).",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


YAML = (".yaml", ".yml")


class ByName(enum.StrEnum):
    pair = "pair"
    place = "place"
    activity = "activity"


PanelArgument = Annotated[
    Path, typer.Argument(metavar="PANEL", help="CSV file: place, activity, and a third column.")
]
PlaceColumn = Annotated[str | None, typer.Option("--place-column", help="Column of the place.")]
ActivityColumn = Annotated[
    str | None, typer.Option("--activity-column", help="Column of the activity.")
]


@evidence.command()
def complexity(
    panel: PanelArgument,
    by: Annotated[ByName, typer.Option(help="A row for each pair, place or activity.")] = (
        ByName.pair
    ),
    place: Annotated[str | None, typer.Option(help="Only this place.")] = None,
    threshold: Annotated[
        float, typer.Option(help="The location quotient from which on it is a speciality.")
    ] = 1.0,
    diagonal: Annotated[float, typer.Option(help="How near an activity is to itself.")] = 1.0,
    count: Annotated[
        bool, typer.Option("--count", help="Count rows instead of adding up a third column.")
    ] = False,
    place_column: PlaceColumn = None,
    activity_column: ActivityColumn = None,
    value_column: Annotated[
        str | None, typer.Option("--value-column", help="Column of the amount.")
    ] = None,
    limit: LimitOption = 30,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Compute what places are strong in, what is near to it, and how complex both are."""
    from chaingraph.evidence.complexity import (
        ACTIVITY_COLUMNS,
        COLUMNS,
        PLACE_COLUMNS,
        analyse_panel,
    )
    from chaingraph.evidence.panel import read_panel

    if place is not None and by is ByName.activity:
        raise UsageError("--place goes with --by pair and --by place")
    found = analyse_panel(
        read_panel(
            panel, place=place_column, activity=activity_column, value=value_column, count=count
        ),
        threshold=threshold,
        diagonal=diagonal,
    )
    language: Language = (lang or Lang.zh).value
    for warning in found.warnings:
        note(warning.text(language))
    match by:
        case ByName.place:
            rows, columns, first = found.places_records(place), list(PLACE_COLUMNS), "eci"
        case ByName.activity:
            rows, columns, first = found.activities_records(), list(ACTIVITY_COLUMNS), "pci"
        case _:
            rows, columns, first = found.to_records(place), list(COLUMNS), "density"
    if wants_file(format, output):
        deliver(rows, columns, format, output, force=force)
        return
    if by is not ByName.pair or place is not None:
        rows.sort(key=lambda row: (row.get("present", 0), row[first] is None, -(row[first] or 0)))
    show_records(rows, columns, limit, language)


LinksOption = Annotated[
    Path | None,
    typer.Option("--links", metavar="FILE", help="CSV file: from,to of activities that supply."),
]
GroupsOption = Annotated[
    Path | None,
    typer.Option("--groups", metavar="FILE", help="CSV file: activity,group that it belongs to."),
]
SinceColumn = Annotated[str | None, typer.Option("--since-column", help="Column of the date.")]
DatedPanel = Annotated[
    Path, typer.Argument(metavar="PANEL", help="CSV file: place, activity, since.")
]


@evidence.command()
def backtest(
    panel: DatedPanel,
    split: Annotated[
        str,
        typer.Option(
            help="The first day of the forecast; learned from what was before.", callback=read_day
        ),
    ],
    until: Annotated[
        str | None,
        typer.Option(
            help="The last day that it is judged by, of a year its last; the last there is.",
            callback=read_day,
        ),
    ] = None,
    links: LinksOption = None,
    groups: GroupsOption = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the calibration, too.")
    ] = None,
    draws: Annotated[int, typer.Option(min=0, help="Draws of the intervals; 0 for none.")] = 500,
    seed: Annotated[int, typer.Option(help="Starts the draws.")] = 0,
    place_column: PlaceColumn = None,
    activity_column: ActivityColumn = None,
    since_column: SinceColumn = None,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Tell what a forecast would have been worth: learned before a day, judged by what came after."""
    from chaingraph.evidence.arrivals import read_entries
    from chaingraph.evidence.backtest import backtest as judge
    from chaingraph.outputs.console.backtest import MEASURES, make_backtest_table, tell_backtest

    language: Language = (lang or Lang.zh).value
    if plot is not None and plot.suffix.lower() != ".svg":
        raise UsageError(f"the calibration is drawn as an .svg, not {plot.name!r}")
    entries = read_entries(panel, place=place_column, activity=activity_column, since=since_column)
    result = judge(
        entries,
        split=split,
        until=until,
        links=_read_pairs(links, entries.activities, language),
        groups=_read_pairs(groups, entries.activities, language),
        seed=seed,
        draws=draws,
    )
    record = result.to_record(language)
    if plot is not None:
        _draw(result, plot, language, force=force)
    for warning in record["warnings"]:
        note(warning)
    if is_json(format, output):
        deliver_json(record, output, force=force)
    elif wants_file(format, output):
        rows = [{"ranking": "model", **record["model"]}]
        rows += [{"ranking": name, **of} for name, of in record["baselines"].items()]
        deliver(rows, ["ranking", *MEASURES], format, output, force=force)
    else:
        show(make_backtest_table(record, language))
        note(tell_backtest(record, language))


def _draw(result: Backtest, plot: Path, language: Language, *, force: bool) -> None:
    from chaingraph.evidence.reliability import draw_calibration
    from chaingraph.outputs.files import guard, write_text

    guard(plot, force=force)
    note(str(write_text(plot, draw_calibration(result, lang=language))))


@evidence.command()
def entry(
    panel: DatedPanel,
    place: Annotated[
        list[str] | None, typer.Option(help="Only this place; may be repeated.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="The first day of the forecast; after the last there is.", callback=read_day
        ),
    ] = None,
    years: Annotated[float, typer.Option(help="How far it looks.")] = 3.0,
    top: Annotated[int, typer.Option(min=0, help="How many for each place; 0 for all.")] = 10,
    products: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="With -o FILE.yaml: activity,product; by id, name or code if not given.",
        ),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(help="With -o FILE.yaml: key of the data's source; may be repeated."),
    ] = None,
    atlas_file: AtlasOption = None,
    links: LinksOption = None,
    groups: GroupsOption = None,
    place_column: PlaceColumn = None,
    activity_column: ActivityColumn = None,
    since_column: SinceColumn = None,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Forecast which activities appear next where; -o FILE.yaml writes them for the atlas."""
    from chaingraph.evidence.arrivals import YEAR, read_entries, write_day
    from chaingraph.evidence.entry import COLUMNS, find_period, look_ahead, to_records

    language: Language = (lang or Lang.zh).value
    file = output if output is not None and output.suffix.lower() in YAML else None
    if file is not None:
        _expect_yaml(file, place or (), force=force)
    entries = read_entries(panel, place=place_column, activity=activity_column, since=since_column)
    last = int(entries.day[-1])
    start, end = find_period(entries, as_of, years)
    since, until = write_day(start), write_day(end)
    goal = file and _Goal(file, since, until, atlas_file, lang, products, source or ())
    if start - last > YEAR:
        note(
            f"数据到 {write_day(last)} 为止，此后到 {since} 按没有新出现算，可能性会偏低"
            if language == "zh"
            else f"the data end on {write_day(last)}; from then to {since} nothing is taken to have "
            "arrived, so that probabilities are low"
        )
    outlook = look_ahead(
        entries,
        as_of=since,
        horizon_years=years,
        places=place,
        top=None if file else top or None,
        links=_read_pairs(links, entries.activities, language),
        groups=_read_pairs(groups, entries.activities, language),
    )
    if goal:
        goal.expect_skill(outlook)
    for warning in outlook.model.warnings:
        note(warning.text(language))
    if goal:
        goal.write(outlook, entries.activities, language, force=force)
        return
    records = [
        {**record, "since": since, "until": until}
        for record in to_records(outlook.forecasts, lang=language)
    ]
    if wants_file(format, output):
        deliver(records, [*COLUMNS, "since", "until"], format, output, force=force)
        return
    columns = ["place", "rank", "activity", "probability", "low", "high", "why"]
    show_records(records, columns, 0, language, title=f"{since} – {until}")


class _Goal:
    """The file for the atlas that forecasts are written to; what it needs is there, or is told."""

    def __init__(
        self,
        file: Path,
        since: str,
        until: str,
        atlas_file: Path | None,
        lang: Lang | None,
        products: Path | None,
        sources: Sequence[str],
    ) -> None:
        from chaingraph.evidence.placing import check_sources, find_placing, read_placing

        for day in (since, until):
            _expect_atlas_day(day)
        self._file, self._since, self._until = file, since, until
        self._atlas = load(atlas_file, lang)
        check_sources(sources, self._atlas)
        self._products, self._sources = products, sources
        self._placing = (
            read_placing(products, self._atlas) if products else find_placing(self._atlas)
        )

    def expect_skill(self, outlook: Outlook) -> None:
        """Refuse a forecast that learned from nothing."""
        if not outlook.model.learned:
            raise UsageError(
                "nothing arrived in any earlier window, so that there is nothing to learn from: "
                "such a forecast would only repeat its assumptions, and is not written for an atlas"
            )

    def write(
        self, outlook: Outlook, activities: Sequence[str], lang: Language, *, force: bool
    ) -> None:
        """Write the forecasts that stand for a product, and say when they count."""
        from chaingraph.evidence.placing import find_strangers, place_forecasts

        since, until, zh = self._since, self._until, lang == "zh"
        placed = place_forecasts(
            outlook.forecasts, self._placing, as_of=since, until=until, sources=self._sources
        )
        _write_forecasts(placed, self._file, force=force)
        if self._products:
            _tell_strangers(find_strangers(self._placing, activities), self._products, lang)
        note(
            f"{len(placed)} 个产品有了预测，{since} 至 {until} 之间计入关联度"
            if zh
            else f"{len(placed)} products have a forecast, which counts from {since} to {until}"
        )
        day = self._atlas.date()
        if not since <= day.isoformat() <= until:
            note(
                f"图谱的日期是 {day}，不在其间：这一天不计入"
                if zh
                else f"the atlas is of {day}, on which it does not count"
            )


def _read_pairs(
    path: Path | None, activities: Sequence[str], lang: Language
) -> list[tuple[str, str]] | None:
    """Read links or groups, and tell of activities in them that the panel does not have."""
    from chaingraph.evidence.arrivals import read_links

    if path is None:
        return None
    pairs = read_links(path)
    known = set(activities)
    _tell_strangers([one for one, _ in pairs if one not in known], path, lang)
    return pairs


def _tell_strangers(strangers: Sequence[str], path: Path, lang: Language) -> None:
    if not strangers:
        return
    few = list(dict.fromkeys(strangers))
    named = "、".join(few[:3]) if lang == "zh" else ", ".join(few[:3])
    note(
        f"{path} 里有 {len(few)} 个产业不在面板中，没有用上：{named}……"
        if lang == "zh"
        else f"{len(few)} activities of {path} are not in the panel and were not used: {named} …"
    )


def _expect_yaml(file: Path, places: Sequence[str], *, force: bool) -> None:
    """Say before anything is computed what would keep the file from being written."""
    from chaingraph._yaml_edit import format_yaml
    from chaingraph.outputs.files import guard

    if len(places) != 1:
        raise UsageError("an atlas takes the forecasts of one place: add --place NAME")
    guard(file, force=force)
    format_yaml({})  # complains where the extra is missing


def _expect_atlas_day(day: str) -> None:
    from chaingraph.figures import check_date

    try:
        check_date(day)
    except ValueError:
        raise UsageError(
            f"the forecast would speak of {day}: an atlas knows days from 1900 to 2099"
        ) from None


def _write_forecasts(placed: Mapping[str, Forecast], output: Path, *, force: bool) -> None:
    from chaingraph._yaml_edit import format_yaml
    from chaingraph.outputs.files import guard, write_text

    tree = {id: each.model_dump(exclude_defaults=True) for id, each in placed.items()}
    guard(output, force=force)
    typer.echo(str(write_text(output, format_yaml({"forecasts": tree}))))
