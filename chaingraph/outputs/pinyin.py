"""Chinese names as they are typed: by the initials of their pinyin, or in full."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

from chaingraph.figures import Text

_HAN = re.compile("[\u3400-\u9fff]")


def spell(name: Text, aliases: Iterable[str] = ()) -> str:
    """
    Return a name and its aliases in pinyin, in full and as initials.

    Parameters
    ----------
    name
        The name; only its Chinese form is spelled.
    aliases
        Other names; those without Chinese characters are left out.

    Returns
    -------
    spelling
        Words in small letters, with a space between them; empty where nothing is Chinese.

    Examples
    --------
    >>> spell(Text(zh="有机硅"), ["DMC/环硅氧烷"])
    'youjigui yjg dmc/huanguiyangwan dmc/hgyw'
    """
    texts = dict.fromkeys([name.text("zh"), *aliases])
    words = [word for text in texts if _HAN.search(text) for word in _spell(text)]
    return " ".join(dict.fromkeys(words))


def make_key(name: str) -> str:
    """
    Return what of a name can be an id: small letters, digits and underlines.

    Examples
    --------
    >>> make_key("巨化股份 2 期")
    'ju_hua_gu_fen_2_qi'
    """
    from pypinyin import lazy_pinyin

    plain = unicodedata.normalize("NFKC", name[:80])
    words = "_".join(lazy_pinyin(plain)).casefold()
    return re.sub(r"[^a-z0-9]+", "_", words).strip("_")[:40] or "x"


@functools.lru_cache(maxsize=4096)
def _spell(text: str) -> tuple[str, str]:
    # Only the map needs it, and its dictionary takes a while to read.
    from pypinyin import Style, lazy_pinyin

    plain = text[:80]
    full = "".join(lazy_pinyin(plain))
    initials = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
    return tuple("".join(word.split()).lower() for word in (full, initials))  # type: ignore[return-value]
