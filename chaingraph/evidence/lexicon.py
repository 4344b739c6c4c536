"""The words of products: names, aliases and how registers word them, of an atlas."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

from chaingraph.errors import UsageError, did_you_mean
from chaingraph.evidence.activities import PROCESSING, ROLE_OF
from chaingraph.evidence.writing import fold
from chaingraph.model import Atlas

Sense = tuple[tuple[str, frozenset[str]], ...]
"""What a term may mean: products, each with the activities under which it does (none: any)."""

RAW = frozenset(f"{division:02}" for division in range(1, 8))
"""Divisions of what is grown or dug: farming, forestry, animals, fish, coal, oil and gas."""


@dataclasses.dataclass(frozen=True)
class Lexicon:
    """The terms that stand for products; plain data, so that it can be sent to workers."""

    senses: dict[str, Sense]
    """What each term means."""
    unlike: frozenset[str] = frozenset()
    """Longer phrases that contain a term and mean another thing."""
    division: dict[str, str] = dataclasses.field(default_factory=dict)
    """The division (two digits) of GB/T 4754 of each product, where it is known."""
    raw: frozenset[str] = frozenset()
    """Products that are grown or dug: who only processes them does not make them."""

    def number(self, product: str) -> int:
        """Return the division of a product as a number; 0 where it is not known."""
        division = self.division.get(product, "")
        return int(division) if division.isdigit() else 0


def make_lexicon(atlas: Atlas) -> Lexicon:
    """
    Collect the words by which the products of an atlas are known.

    Parameters
    ----------
    atlas
        Its products' Chinese names and aliases count, and what its section `scopes` adds,
        guards against and takes away.

    Returns
    -------
    lexicon
        With every term as `fold` writes it.

    Raises
    ------
    UsageError
        If a term is to count with an activity that nobody knows.
    """
    senses: dict[str, dict[str, frozenset[str]]] = {}
    for id, product in atlas.products.items():
        words = atlas.scopes.get(id)
        terms = [*_split_name(product.name.zh), *product.aliases, *(words.terms if words else [])]
        generic = {fold(term) for term in words.generic} if words else set()
        for term in map(fold, terms):
            if term not in generic and len(term) > 0:
                senses.setdefault(term, {})[id] = frozenset()
        for term, activities in (words.when if words else {}).items():
            senses.setdefault(fold(term), {})[id] = _check_activities(id, term, activities)
    division = {
        id: product.codes["gbt4754"][:2]
        for id, product in atlas.products.items()
        if "gbt4754" in product.codes
    }
    return Lexicon(
        senses={term: tuple(meant.items()) for term, meant in senses.items()},
        unlike=frozenset(
            fold(phrase) for words in atlas.scopes.values() for phrase in words.unlike
        ),
        division=division,
        raw=frozenset(id for id in division if division[id] in RAW and not _processed(id, senses)),
    )


def _check_activities(id: str, term: str, activities: Sequence[str]) -> frozenset[str]:
    for activity in activities:
        if activity not in ROLE_OF:
            hint = did_you_mean(activity, ROLE_OF)[0]
            raise UsageError(f"scopes.{id}.when.{term}: {activity!r} is no known activity{hint}")
    return frozenset(activities)


def _processed(id: str, senses: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether a name of a product says that it is processed, as 洗煤 and 煤炭洗选 do."""
    ends = tuple(PROCESSING)
    return any(
        term.startswith(ends) or term.endswith(ends) for term in senses if id in senses[term]
    )


def _split_name(name: str | None) -> list[str]:
    """The parts of a name that stand for the product by themselves."""
    if not name or "/" in name:
        return []
    return [re.sub(r"[（(].*?[）)]", "", name)]
