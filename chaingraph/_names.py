"""When two words are the same name."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence


def fold(name: str) -> str:
    """
    Return a name as it is compared: width, case and blanks do not matter.

    Examples
    --------
    >>> fold("甲　公司 ＡＢ")
    '甲公司ab'
    """
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def find_called(words: str, known: Mapping[str, Sequence[str]]) -> list[str]:
    """
    Return the ids of what is called so: to the letter, or if nothing is, however it is typed.

    Parameters
    ----------
    words
        An id or a name.
    known
        The names of what there is, by id.

    Examples
    --------
    >>> known = {"pe": ["聚乙烯"], "glass": ["Pe", "玻璃"]}
    >>> find_called("pe", known), find_called("Pe", known), find_called("PE", known)
    (['pe'], ['glass'], ['pe', 'glass'])
    """
    if words in known:
        return [words]
    word = fold(words)
    named = [id for id, names in known.items() if words in names]
    return named or [id for id, names in known.items() if word in map(fold, (id, *names))]
