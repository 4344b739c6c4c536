"""The words of products: names, aliases and how registers word them, of an atlas."""

from __future__ import annotations

import dataclasses
import re

from chaingraph.evidence.writing import fold
from chaingraph.model import Atlas

Sense = tuple[tuple[str, frozenset[str]], ...]
"""What a term may mean: products, each with the activities under which it does (none: any)."""


@dataclasses.dataclass(frozen=True)
class Lexicon:
    """The terms that stand for products; plain data, so that it can be sent to workers."""

    senses: dict[str, Sense]
    """What each term means."""
    unlike: frozenset[str] = frozenset()
    """Longer phrases that contain a term and mean another thing."""
    division: dict[str, str] = dataclasses.field(default_factory=dict)
    """The division (two digits) of GB/T 4754 of each product, where it is known."""


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
            senses.setdefault(fold(term), {})[id] = frozenset(activities)
    return Lexicon(
        senses={term: tuple(meant.items()) for term, meant in senses.items()},
        unlike=frozenset(
            fold(phrase) for words in atlas.scopes.values() for phrase in words.unlike
        ),
        division={
            id: product.codes["gbt4754"][:2]
            for id, product in atlas.products.items()
            if "gbt4754" in product.codes
        },
    )


def _split_name(name: str | None) -> list[str]:
    """The parts of a name that stand for the product by themselves."""
    if not name or "/" in name:
        return []
    return [re.sub(r"[（(].*?[）)]", "", name)]
