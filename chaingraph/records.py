"""Results as lists that turn into plain records and show themselves in a notebook."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any, Protocol, SupportsIndex, TypeVar, overload

from chaingraph._html import Cell, make_line, make_table, make_view, say_cell
from chaingraph.model import Atlas, Language

SHOWN = 20
"""How many rows are shown of a long list."""


class Row(Protocol):
    """A result that a list of records may hold."""

    def to_record(self, lang: str = "zh") -> dict[str, Any]:
        """Return it as plain values by column."""

    def to_cells(self, lang: str) -> dict[str, Cell]:
        """Return what a person reads of it, by heading."""


R = TypeVar("R", bound=Row)


class Records(list[R]):
    """
    A list of results.

    It is a list in every way; beside that it turns into records that pandas, polars and
    Excel take as they are, and shows itself as a table in a notebook.

    Parameters
    ----------
    rows
        The results.
    title
        What they are of.
    language
        The language in which they are told unless asked otherwise.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> from chaingraph.analysis.gaps import find_gaps
    >>> gaps = find_gaps(load_atlas(example_atlas()))
    >>> fluorine = gaps.filter(lambda gap: gap.branch == "fluorine")
    >>> len(fluorine) < len(gaps), {record["branch"] for record in fluorine.to_records()}
    (True, {'fluorine'})
    """

    def __init__(
        self, rows: Iterable[R] = (), *, title: str = "", language: Language = "zh"
    ) -> None:
        super().__init__(rows)
        self.title = title
        self.language: Language = language

    def to_records(self, lang: Language | None = None) -> list[dict[str, Any]]:
        """
        Return the results as plain values by column.

        Parameters
        ----------
        lang
            The language of names and sentences; the atlas's own if none.

        Returns
        -------
        records
            ``pandas.DataFrame(records)`` and ``polars.DataFrame(records)`` take them.
        """
        return [row.to_record(lang or self.language) for row in self]

    def filter(self, keep: Callable[[R], object]) -> Records[R]:
        """
        Return those of the results that are to be kept, in their order.

        Parameters
        ----------
        keep
            Tells of a result whether to keep it.
        """
        return self._like(row for row in self if keep(row))

    @overload
    def __getitem__(self, at: SupportsIndex) -> R: ...
    @overload
    def __getitem__(self, at: slice) -> Records[R]: ...
    def __getitem__(self, at: SupportsIndex | slice) -> R | Records[R]:
        found = super().__getitem__(at)
        return self._like(found) if isinstance(found, list) else found

    def _like(self, rows: Iterable[R]) -> Records[R]:
        return Records(rows, title=self.title, language=self.language)

    def __repr__(self) -> str:
        told = [
            "  ".join(filter(None, map(say_cell, row.to_cells(self.language).values())))
            for row in self[:SHOWN]
        ]
        return "\n".join([self._head(), *told, *self._rest()])

    def _repr_html_(self) -> str:
        cells = [row.to_cells(self.language) for row in self[:SHOWN]]
        used = {
            name: None for each in cells for name, cell in each.items() if cell not in ("", None)
        }
        table = make_table(list(used), [[each[name] for name in used] for each in cells])
        return make_view(self._head(), *([table] if cells else []), *map(make_line, self._rest()))

    def _head(self) -> str:
        count = f"{len(self):,} 条" if self.language == "zh" else f"{len(self):,} rows"
        return " · ".join(filter(None, (self.title, count)))

    def _rest(self) -> list[str]:
        """Say how many are not shown, if any."""
        if len(self) <= SHOWN:
            return []
        zh = f"只列了前 {SHOWN} 条；往下看：[{SHOWN}:{2 * SHOWN}]"
        en = f"The first {SHOWN}; for the next ones: [{SHOWN}:{2 * SHOWN}]"
        return [zh if self.language == "zh" else en]


def make_records(
    atlas: Atlas,
    rows: Iterable[R],
    zh: str,
    en: str,
    *,
    as_of: str | datetime.date | None = None,
) -> Records[R]:
    """
    List results of an atlas under a title.

    Parameters
    ----------
    atlas
        What they are of.
    rows
        The results.
    zh, en
        What they are, in each language.
    as_of
        The day that they are of; the atlas's own if none.
    """
    place = atlas.place.name.text(atlas.language)
    what = zh if atlas.language == "zh" else en
    title = f"{what} · {place} · {atlas.date(as_of).isoformat()}"
    return Records(rows, title=title, language=atlas.language)
