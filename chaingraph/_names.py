"""When two words are the same name."""

from __future__ import annotations

import unicodedata


def fold(name: str) -> str:
    """
    Return a name as it is compared: width, case and blanks do not matter.

    Examples
    --------
    >>> fold("甲　公司 ＡＢ")
    '甲公司ab'
    """
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
