"""What a spreadsheet would run is text: one rule for all that is written as CSV."""

from __future__ import annotations

import unicodedata

FORMULAS = ("=", "+", "-", "@")
"""What a formula begins with; wide forms and blanks before it are folded first."""


def inert(text: str) -> str:
    """
    Put an apostrophe before what a spreadsheet would run as a formula.

    Examples
    --------
    >>> inert("=1+1"), inert(" ＝1+1"), inert("1+1")
    ("'=1+1", "' ＝1+1", '1+1')
    """
    return f"'{text}" if unicodedata.normalize("NFKC", text).lstrip()[:1] in FORMULAS else text
