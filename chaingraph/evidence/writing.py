"""Ways of writing the same: full-width and traditional forms, capital letters, brackets.

The only importer of opencc, of whose tables only single characters are used, so that every
character of a text keeps its place.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from chaingraph.errors import MissingExtraError

if TYPE_CHECKING:
    import polars as pl

_SAME = {"，": ",", "；": ";", "：": ":", "\n": "。", "\r": "。", "\t": " ", "\u3000": " "}
_SAME |= dict.fromkeys("（【［[{｛〔〈《「", "(") | dict.fromkeys("）】］]}｝〕〉》」", ")")
_SAME |= {"―": "-", "—": "-", "–": "-", "－": "-", "‐": "-", "‑": "-", "α": "a", "Γ": "γ"}
_SAME |= dict.fromkeys("·・•", "、") | dict.fromkeys("※＊", "*") | {"矽": "硅", "膠": "胶"}


@cache
def _table() -> dict[int, str]:
    try:
        from opencc import OpenCC
    except ImportError as error:
        raise MissingExtraError("evidence", "opencc") from error
    convert = OpenCC("t2s").convert
    table = {chr(code): convert(chr(code)) for code in range(0x3400, 0xA000)}
    table = {old: new for old, new in table.items() if old != new and len(new) == 1}
    table |= {chr(code): chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
    table |= {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    return str.maketrans(table | _SAME)


def fold(text: str) -> str:
    """
    Write a text in the one way in which terms are looked up, letter for letter.

    Examples
    --------
    >>> fold("矽石、聚丙烯（ＰＰ）的銷售。")
    '硅石、聚丙烯(pp)的销售。'
    """
    return text.translate(_table())


def fold_all(texts: pl.Series) -> pl.Series:
    """Fold many texts at once; what `fold` does to each."""
    table = _table()
    return texts.str.replace_many([chr(code) for code in table], list(table.values()))


def find_encoding(start: bytes) -> str:
    """Tell the encoding of a text by how it begins: UTF-8, or GB 18030 as most that are not."""
    if start.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    first = re.split(rb"[\r\n]", start, maxsplit=1)[0]
    if _is_chinese(first):
        return "utf-8"
    few = 10 if _wrong(first, "utf-8") == 0 else 0  # bad bytes in a file that begins well
    wrong = {name: _wrong(start, name) for name in ("utf-8", "gb18030")}
    return "gb18030" if 10 * wrong["gb18030"] + few < wrong["utf-8"] else "utf-8"


def _is_chinese(text: bytes) -> bool:
    """Whether a text is UTF-8 and holds Chinese, as next to no text in GB 18030 seems to."""
    try:
        return any(letter >= "\u2e80" for letter in text.decode())
    except UnicodeDecodeError:
        return False


def _wrong(text: bytes, encoding: str) -> int:
    return text.decode(encoding, "replace").count("\ufffd")
