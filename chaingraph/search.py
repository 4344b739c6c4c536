"""Products by what people call them: id, name, alias, code, pinyin, or nearly so."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from typing import Literal, get_args

from chaingraph._names import fold
from chaingraph.figures import Named
from chaingraph.model import Atlas, Product
from chaingraph.outputs.pinyin import spell

How = Literal["same", "starts", "contains", "pinyin", "like"]
"""How well a product matches, the best first."""

_HOW: tuple[How, ...] = get_args(How)

GUESSES = 5
"""How many guesses are made at a misspelled word."""


@dataclasses.dataclass(frozen=True)
class Hit:
    """A product that was searched for."""

    product: str
    matched: str
    """The id, name, alias or code that matches."""
    how: How


def search(atlas: Atlas, words: str) -> list[Hit]:
    """
    Find the products that are called something.

    Parameters
    ----------
    atlas
        The atlas.
    words
        An id, a name in either language, an alias, a code such as one of GB/T 4754, or
        pinyin in full or by initials; the beginning or a part of one, or several parts.

    Returns
    -------
    hits
        Each product once, the best match first, of equal matches the shortest name.  Pinyin
        is tried where nothing is written so, and misspelled words where there is no such
        pinyin either: of these the nearest comes first.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas, load_atlas
    >>> atlas = load_atlas(example_atlas())
    >>> [(hit.product, hit.how) for hit in search(atlas, "PVDF")[:1]]
    [('pvdf', 'same')]
    >>> [(hit.product, hit.how) for hit in search(atlas, "fhq")[:1]]
    [('anhydrous_hf', 'pinyin')]
    """
    asked = fold(words)
    if not asked:
        return []
    found = _find_written(atlas, words) or _find_spelled(atlas, asked)
    best_first = sorted(found, key=lambda hit: (_HOW.index(hit.how), len(hit.matched)))
    return best_first or _find_alike(atlas, asked)


def find_groups(entities: Mapping[str, Named], words: str) -> list[str]:
    """Return the ids of the branches or chains of which a name holds some words."""
    asked = fold(words)
    return [
        id
        for id, each in entities.items()
        if asked and any(asked in fold(name) for name in (id, *each.all_names))
    ]


def _texts_of(id: str, product: Product) -> list[str]:
    return [*product.all_names, id, *product.codes.values()]


def _find_written(atlas: Atlas, words: str) -> list[Hit]:
    asked, parts = fold(words), [fold(part) for part in words.split()]
    matches = (_match(id, product, asked, parts) for id, product in atlas.products.items())
    return [hit for hit in matches if hit is not None]


def _match(id: str, product: Product, asked: str, parts: list[str]) -> Hit | None:
    texts = [(text, fold(text)) for text in _texts_of(id, product)]
    for how, fits in (
        ("same", lambda text: text == asked),
        ("starts", lambda text: text.startswith(asked)),
        # Chinese runs on across blanks, other words do not
        ("contains", lambda text: asked in text and not asked.isascii()),
    ):
        matched = next((shown for shown, text in texts if fits(text)), None)
        if matched is not None:
            return Hit(id, matched, how)  # type: ignore[arg-type]
    words = [(shown, [fold(word) for word in shown.split()]) for shown, _ in texts]
    every = [word for _, written in words for word in written]
    for shown, written in (*words, (texts[0][0], every)):
        if all(any(part in word for word in written) for part in parts):
            return Hit(id, shown, "contains")
    return None


def _find_spelled(atlas: Atlas, asked: str) -> list[Hit]:
    if not asked.isascii():
        return []
    return [
        Hit(id, product.name.text("zh"), "pinyin")
        for id, product in atlas.products.items()
        if any(word.startswith(asked) for word in spell(product.name, product.aliases).split())
    ]


def _find_alike(atlas: Atlas, asked: str) -> list[Hit]:
    names: dict[str, tuple[str, str]] = {}
    for id, text in _all_texts(atlas):
        names.setdefault(fold(text), (id, text))
    guesses: dict[str, str] = {}
    for word in difflib.get_close_matches(asked, names, n=GUESSES):
        guesses.setdefault(*names[word])
    return [Hit(id, text, "like") for id, text in guesses.items()]


def _all_texts(atlas: Atlas) -> Iterator[tuple[str, str]]:
    for id, product in atlas.products.items():
        for text in _texts_of(id, product):
            yield id, text
