"""The commands that read registers of firms: match, aggregate, firms, read."""

from __future__ import annotations

import enum
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chaingraph.errors import UsageError
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
    language_of,
    load,
    note,
    show_records,
    speaker,
    wants_file,
)

if TYPE_CHECKING:
    from chaingraph.evidence.registry import Counts
    from chaingraph.evidence.scopes import ScopeReader
    from chaingraph.model import Atlas

registry = typer.Typer(
    name="registry",
    help="Registers of firms: who makes, sells or serves which product (企业登记).",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


class EngineName(enum.StrEnum):
    polars = "polars"
    spark = "spark"


class RoleName(enum.StrEnum):
    make = "make"
    sell = "sell"
    service = "service"


Matches = Annotated[Path, typer.Argument(metavar="DIR", help="What a match has written.")]
ProductOption = Annotated[
    list[str] | None,
    typer.Option("--product", help="Id, name or alias of a product; may be repeated."),
]
RoleOption = Annotated[
    list[RoleName], typer.Option("--role", help="What firms do with it; may be repeated.")
]
ClosedOption = Annotated[bool, typer.Option("--closed", help="Count firms that are no more, too.")]
StrengthOption = Annotated[
    float, typer.Option(min=0, max=1, help="The least strength of a match that counts.")
]


@registry.command()
def match(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="CSV or Parquet files, or folders of them."),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="DIR",
            help="Folder to write; results that it holds are replaced only with --force.",
        ),
    ],
    atlas_file: AtlasOption = None,
    scope: Annotated[
        str | None, typer.Option(help="Column of the business scope (经营范围).")
    ] = None,
    name: Annotated[str | None, typer.Option(help="Column of the firm's name.")] = None,
    region: Annotated[
        list[str] | None, typer.Option(help="Column of the region; may be repeated.")
    ] = None,
    founded: Annotated[str | None, typer.Option(help="Column of the founding date.")] = None,
    capital: Annotated[str | None, typer.Option(help="Column of the registered capital.")] = None,
    status: Annotated[str | None, typer.Option(help="Column of the firm's status.")] = None,
    engine: Annotated[
        EngineName, typer.Option(help="Here, or on a Spark cluster.")
    ] = EngineName.polars,
    master: Annotated[
        str | None, typer.Option(metavar="URL", help="With --engine spark: spark://host:7077.")
    ] = None,
    spark_conf: Annotated[
        list[str] | None,
        typer.Option(
            "--spark-conf",
            metavar="KEY=VALUE",
            help="With --engine spark: a setting of Spark; may be repeated.",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, help="Without Spark: how many processes read scopes.")
    ] = 1,
    lang: LangOption = None,
    force: Force = False,
) -> None:
    """Place every firm of a register on the products that its business scope names."""
    from chaingraph.evidence.results import check_apart, has_results
    from chaingraph.evidence.rows import find_columns, find_units, read_header

    if (engine is EngineName.spark) != (master is not None):
        raise UsageError("--engine spark and --master URL go together")
    settings = _read_settings(spark_conf or [])
    if settings and engine is not EngineName.spark:
        raise UsageError("--spark-conf goes with --engine spark")
    if workers > 1 and engine is EngineName.spark:
        raise UsageError("--workers is for one machine: with Spark, set spark.cores.max")
    check_apart(files, output)
    if has_results(output) and not force:
        raise UsageError(f"{output} holds results already: --force replaces them")
    atlas = load(atlas_file, lang)
    reader = _make_reader(atlas)
    asked: dict[str, str | Sequence[str] | None] = {
        "scope": scope,
        "name": name,
        "regions": region,
        "founded": founded,
        "capital": capital,
        "status": status,
    }
    columns = find_columns(read_header(find_units(files)[0]), asked)
    if engine is EngineName.spark:
        from chaingraph.evidence.spark import match_on_spark

        counts = match_on_spark(
            files,
            output,
            columns=columns,
            reader=reader,
            master=str(master),
            settings=settings,
        )
    else:
        from chaingraph.evidence.registry import match_registry

        counts = match_registry(
            files,
            output,
            columns=columns,
            reader=reader,
            workers=workers,
            progress=_make_progress(),
        )
    _tell_counts(counts, atlas, lang)
    typer.echo(str(output))


def _read_settings(pairs: list[str]) -> dict[str, str]:
    """Read KEY=VALUE; a value may hold further signs of equality."""
    settings = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not (sign and key.strip().startswith("spark.")):
            raise UsageError(f"--spark-conf {pair!r} is not KEY=VALUE: spark.executor.memory=2g")
        settings[key.strip()] = value.strip()
    return settings


def _make_reader(atlas: Atlas) -> ScopeReader:
    from chaingraph.evidence.lexicon import make_lexicon
    from chaingraph.evidence.scopes import ScopeReader

    return ScopeReader(make_lexicon(atlas))


def _make_progress() -> Callable[[Counts], None] | None:
    """Tell on a terminal, once a second, how many rows have been read."""
    if not sys.stderr.isatty():
        return None
    told = time.monotonic()

    def tell(counts: Counts) -> None:
        nonlocal told
        if time.monotonic() - told > 1:
            told = time.monotonic()
            typer.echo(f"\r{counts.rows:,} → {counts.matches:,}", err=True, nl=False)

    return tell


def _tell_counts(counts: Counts, atlas: Atlas, lang: Lang | None) -> None:
    say = speaker(atlas, lang)
    lead = "\r" if sys.stderr.isatty() else ""
    note(
        lead
        + say(
            f"共 {counts.rows:,} 行：{counts.matched:,} 行对上产品（{counts.matches:,} 处），"
            f"{counts.unmatched:,} 行没有，{counts.rejected:,} 行读不了",
            f"{counts.rows:,} rows: {counts.matched:,} name products ({counts.matches:,} matches), "
            f"{counts.unmatched:,} do not, {counts.rejected:,} could not be read",
        )
    )
    if counts.cut:
        note(
            say(
                f"注意：{counts.cut} 处文件中断，后面的行没有读到，见 rejects.csv",
                f"Mind: {counts.cut} file parts break off, and what follows is missing: rejects.csv",
            )
        )
    if counts.rejected:
        note(say("读不了的行和原因：rejects.csv", "What could not be read, and why: rejects.csv"))


@registry.command()
def aggregate(
    folder: Matches,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Column of regions; may be repeated; all of the register's if none."),
    ] = None,
    product: ProductOption = None,
    role: RoleOption = [RoleName.make],  # noqa: B006
    cohort: Annotated[
        int | None,
        typer.Option(min=1, metavar="YEARS", help="Count firms founded in spans of so many years."),
    ] = None,
    known: Annotated[
        bool, typer.Option("--known", help="Leave out firms of unknown region or founding year.")
    ] = False,
    closed: ClosedOption = False,
    strength: StrengthOption = 0.0,
    atlas_file: AtlasOption = None,
    limit: LimitOption = 30,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Count firms by product and region, of what a match has found."""
    from chaingraph.evidence.registry import aggregate_matches

    atlas = load(atlas_file, lang)
    counts = aggregate_matches(
        folder,
        by=by or (),
        products=_find_products(atlas, product),
        known=known,
        roles=[each.value for each in role],
        cohort=cohort,
        closed=closed,
        strength=strength,
    )
    rows = _name_products(counts.to_dicts(), atlas, lang)
    columns = [*counts.columns[: counts.columns.index("product") + 1], "product_name"]
    columns += [name for name in ("since", "firms") if name in counts.columns]
    if wants_file(format, output):
        deliver(rows, columns, format, output, force=force)
        return
    rows.sort(key=lambda row: -row["firms"])
    show_records(rows, columns, limit, language_of(atlas, lang))


@registry.command()
def firms(
    folder: Matches,
    product: ProductOption = None,
    where: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only firms of regions that hold this text.")
    ] = None,
    role: RoleOption = [RoleName.make],  # noqa: B006
    closed: ClosedOption = False,
    strength: StrengthOption = 0.0,
    atlas_file: AtlasOption = None,
    limit: LimitOption = 30,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """List the firms that a match has placed on products, the plainest first."""
    from chaingraph.evidence.registry import list_firms

    atlas = load(atlas_file, lang)
    found = list_firms(
        folder,
        products=_find_products(atlas, product),
        where=where,
        roles=[each.value for each in role],
        closed=closed,
        strength=strength,
    )
    rows = _name_products(found.to_dicts(), atlas, lang)
    columns = [*found.columns]
    columns.insert(columns.index("product") + 1, "product_name")
    if wants_file(format, output):
        deliver(rows, columns, format, output, force=force)
        return
    hidden = {"file", "row", "product"}
    shown = [name for name in columns if name not in hidden]
    show_records(rows, shown, limit, language_of(atlas, lang))


@registry.command()
def read(
    scope: Annotated[str, typer.Argument(help="A business scope (经营范围).")],
    atlas_file: AtlasOption = None,
    lang: LangOption = None,
    format: FormatOption = FormatName.table,
    output: OutOption = None,
    force: Force = False,
) -> None:
    """Read one business scope, to see what the words of the atlas find in it."""
    atlas = load(atlas_file, lang)
    found = _make_reader(atlas).read(scope)
    records = [
        {"product": each.product, "words": each.words, "role": each.role, "strength": each.strength}
        for each in found
    ]
    rows = _name_products(records, atlas, lang)
    columns = ["product", "product_name", "words", "role", "strength"]
    if wants_file(format, output):
        deliver(rows, columns, format, output, force=force)
        return
    show_records(rows, columns, 0, language_of(atlas, lang))


def _find_products(atlas: Atlas, words: list[str] | None) -> list[str]:
    from chaingraph.analysis.trace import find_product

    return [find_product(atlas, each) for each in words or []]


def _name_products(
    rows: list[dict[str, Any]], atlas: Atlas, lang: Lang | None
) -> list[dict[str, Any]]:
    """Add the names of the products; what the atlas does not know keeps its id."""
    names = {
        id: product.name.text(language_of(atlas, lang)) for id, product in atlas.products.items()
    }
    return [{**row, "product_name": names.get(row["product"], row["product"])} for row in rows]
