"""One list of a bundle as a page: all its columns, with a field to find rows by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chaingraph.bundles import ListKind
from chaingraph.model import Language
from chaingraph.outputs.contents import Contents
from chaingraph.outputs.files import seal
from chaingraph.outputs.lists import Column, Row, make_list
from chaingraph.outputs.pages import read_templates
from chaingraph.outputs.words import say_number, word

LIST_NAMES: dict[ListKind, tuple[str, str]] = {
    "gaps": ("缺口", "Gaps"),
    "targets": ("目标企业", "Targets"),
    "projects": ("项目", "Projects"),
}
"""The lists that have a page, and what they are called."""

FIRST = {
    "gaps": ("No.", "Product", "Kind", "Score", "Shortfall", "Unit", "Why"),
    "targets": ("No.", "Enterprise", "Product", "Score", "Place", "Why it fits"),
    "projects": ("No.", "Project"),
}
"""The columns that a screen shows first; the second tells of what a row is, and stays in sight."""


def draw_list_page(contents: Contents, kind: ListKind, lang: Language | None = None) -> str:
    """
    Draw one list as a page.

    Parameters
    ----------
    contents
        The atlas on its day, as `gather` works it out.
    kind
        One of `LIST_NAMES`.
    lang
        `zh` or `en`; the atlas's own if none.

    Returns
    -------
    html
        One page with no other file and no network behind it.
    """
    lang = lang or contents.atlas.language
    listing = make_list(contents, kind, lang)
    first = FIRST[kind]
    order = sorted(
        range(len(listing.columns)),
        key=lambda at: (*first, listing.columns[at].en).index(listing.columns[at].en),
    )
    columns = [listing.columns[at] for at in order]
    rows = [Row(tuple(row.cells[at] for at in order), row.sources) for row in listing.rows]
    template = read_templates(lang).get_template("list.html")
    page = template.render(
        name=LIST_NAMES[kind][0 if lang == "zh" else 1],
        place=contents.atlas.place.name.text(lang),
        day=contents.day.isoformat(),
        view=word(f"view_{contents.view}", lang),
        note=listing.note,
        told=SOURCES,
        columns=columns,
        rows=[_show(contents, columns, row) for row in rows],
    )
    return seal(page)


SOURCES = 2
"""How many sources a row tells; the workbook has all."""


def _show(
    contents: Contents, columns: Sequence[Column], row: Row
) -> tuple[list[tuple[str, str]], list[str]]:
    """The cells as (form, text), and the titles of the sources."""
    cells: list[tuple[str, str]] = [
        (column.form, _say(value, column.form))
        for column, value in zip(columns, row.cells, strict=True)
    ]
    known = contents.atlas.sources
    return cells, [known[key].title for key in row.sources if key in known]


def _say(value: Any, form: str) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.2f}" if form == "score" else say_number(value)
    return str(value)
