"""Setting text without font metrics: what can be printed, how wide it is, how it is broken.

Nobody knows which font a poster is printed in, so widths are estimated on the wide side:
a Chinese character is one em, a Latin letter as wide as in the wider of the usual fonts.
"""

from __future__ import annotations

import dataclasses
import math
import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from chaingraph.outputs.words import STEMS

LEADING = 1.17
"""From line to line, in em."""

LONGEST = 160
"""Of a longer text only so many characters are set."""

KEPT_WHOLE = 0.8
"""How much smaller a text is set so that no word is divided."""

MOST_EVEN = 5
"""Up to so many lines of a name are made even."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What XML forbids, and marks that turn or hide the text around them."""

_TOKENS = re.compile(
    "[(（\\[“‘《]*"
    "(?:\\d+(?:[-–.,:]\\d+)+|[A-Za-z0-9.,'’%+&\u00c0-\u024f\u0370-\u03ff]+[)\\]/–-]*|\\S)"
    "[)\\]）、，。；：”’》！？;]*|\\s+"
)
"""What is not broken: a word with its hyphen, a date or an interval, a character; and the
marks that stand by them."""

_VOWELS = frozenset("aeiouy")

_CLASSES = (
    ("iIjl.,:;'|!", 0.34),
    ('ftr()[]-/"`*', 0.44),
    (" ", 0.3),
    ("mwMW@%&#", 0.97),
    ("ABCDEFGHJKLNOPQRSTUVXYZ+=<>~^", 0.73),
    ("sczx", 0.56),
)
_LATIN = {letter: width for letters, width in _CLASSES for letter in letters}
_OTHER_LATIN = 0.63


@dataclasses.dataclass(frozen=True)
class Setting:
    """A text as it is set."""

    size: float
    lines: tuple[str, ...]
    whole: bool
    """Whether all of it is there."""

    @property
    def height(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return self.size * (1 + LEADING * (len(self.lines) - 1))


def clean(text: str, most: int = LONGEST) -> str:
    r"""
    Return what of a text can be printed: one line, without marks that nobody sees.

    Examples
    --------
    >>> clean("a\x00b\u2028 c")
    'ab c'
    """
    shown = " ".join(_UNSEEN.sub("", text[: 8 * most]).split())
    return shown if len(shown) <= most else shown[: most - 1] + "…"


@cache
def _width_of(letter: str) -> float:
    if letter in _LATIN:
        return _LATIN[letter]
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WFA":
        return 1.0
    return _OTHER_LATIN if letter < "\u0530" else 1.0


def measure(text: str, size: float = 1.0) -> float:
    """
    Estimate how wide a text is at most.

    Examples
    --------
    >>> measure("有机硅", 10), measure("PVDF", 10) < 32
    (30.0, True)
    """
    return size * sum(map(_width_of, text))


def shorten(text: str, width: float, size: float) -> str:
    """Cut a text to a width, with dots where it was cut."""
    if measure(text, size) <= width:
        return text
    cut = _start(text, width / size - 1.0).rstrip()
    return f"{cut}…" if cut else ""


def wrap(text: str, width: float, size: float, *, even: int = 2) -> list[str]:
    """
    Break a text into lines; up to so many are made even, more are a paragraph.

    Chinese is broken anywhere but before closing and after opening marks; other words
    are divided only where they are wider than a line.

    Examples
    --------
    >>> wrap("电力绝缘硅橡胶件", 60, 10)
    ['电力绝缘', '硅橡胶件']
    >>> wrap("Octamethylcyclotetrasiloxane", 90, 8)
    ['Octamethylcyclo-', 'tetrasiloxane']
    """
    return _even(text, width / size, even)[0]


def fit(text: str, width: float, height: float, sizes: Sequence[float]) -> Setting:
    """
    Set a text as large as fits.

    Parameters
    ----------
    text
        A text of one line.
    width, height
        The room.
    sizes
        What sizes to try, the largest first.

    Returns
    -------
    setting
        Where words would have to be divided, a somewhat smaller size in which they need
        not be is taken; only at the smallest size is a text cut.

    Examples
    --------
    >>> fit("有机硅", 80, 40, [14, 12])
    Setting(size=14, lines=('有机硅',), whole=True)
    """
    found: Setting | None = None
    for size in sizes:
        if found is not None and size < KEPT_WHOLE * found.size:
            break
        lines, divided = _even(text, width / size, MOST_EVEN)
        if size * (1 + LEADING * (len(lines) - 1)) > height:
            continue
        if not divided:
            return Setting(size, tuple(lines), whole=True)
        found = found or Setting(size, tuple(lines), whole=True)
    return found or _cut(text, width, height, sizes[-1])


def ladder(largest: float, smallest: float) -> tuple[float, ...]:
    """
    Return sizes to try, each a little smaller than the one before.

    Examples
    --------
    >>> ladder(12, 10)
    (12.0, 11.29, 10.63, 10.0)
    """
    steps = max(1, round(math.log(largest / smallest) / math.log(1.06)))
    return tuple(
        round(largest * (smallest / largest) ** (at / steps), 2) for at in range(steps + 1)
    )


def _cut(text: str, width: float, height: float, size: float) -> Setting:
    most = max(1, math.floor((height / size - 1) / LEADING + 1))
    lines, _ = _break(text, width / size)
    last = shorten("".join(lines[most - 1 :]) + "……", width, size)
    return Setting(size, (*lines[: most - 1], last), whole=False)


def _even(text: str, room: float, most: int) -> tuple[list[str], int]:
    """Break a text as `_break` does, in lines as even as can be without one more of them."""
    lines, divided = _break(text, room)
    if divided or not 1 < len(lines) <= most:
        return lines, divided
    low, high = measure(text) / len(lines), room
    for _ in range(5):
        tried, more = _break(text, (low + high) / 2)
        if len(tried) == len(lines) and not more:
            lines, high = tried, (low + high) / 2
        else:
            low = (low + high) / 2
    return lines, divided


def _break(text: str, room: float) -> tuple[list[str], int]:
    """Break a text into lines so many em wide; also say how many words were divided."""
    lines, line, width, divided = [], "", 0.0, 0
    for token in _TOKENS.findall(text):
        parts = _divide(token, room)
        divided += len(parts) - 1
        for part in parts:
            if line and width + measure(part.rstrip()) > room:
                lines.append(line.rstrip())
                line, width = "", 0.0
            if line or part.strip():
                line += part
                width += measure(part)
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines, divided


def _divide(word: str, room: float) -> list[str]:
    """Divide what is wider than a line; words of letters after a vowel, with a hyphen."""
    parts = []
    while len(word) > 1 and measure(word) > room:
        start = _start(word, room - _LATIN["-"])
        if start.isascii() and start.isalpha():
            start = start[: _syllable(word, len(start))]
            parts.append(f"{start}-")
        else:
            start = start or word[0]
            parts.append(start)
        word = word[len(start) :]
    return [*parts, word]


def _start(text: str, room: float) -> str:
    end = 0
    for letter in text:
        room -= _width_of(letter)
        if room < 0:
            break
        end += 1
    return text[:end]


def _syllable(word: str, end: int) -> int:
    """Return where a word is best divided so that not more than so many letters come first."""
    letters = word.lower()
    near = [at for at in range(end, max(2, end - 8), -1) if len(word) - at > 2]
    for at in near:
        if letters.startswith(STEMS, at):
            return at
    for at in near:
        if letters[at - 1] in _VOWELS and letters[at] not in _VOWELS:
            return at
    return max(1, end)
