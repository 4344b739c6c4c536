"""The one family of errors, and how a problem in the data is told.

    ChaingraphError
    ├── DataError           the atlas is wrong; ``.problems`` has every fault, in file order
    ├── UsageError          the question cannot be asked: no such file or format, a bad number
    │   └── NotFoundError   it is about what is not there: no such product, chain, project or gap
    ├── RunawayLoopError    a loop of routes takes as much of a product as it makes
    └── MissingExtraError   an optional part is not installed; says what to install

A problem has a place (file, line, column), a code that ``docs/en/problems.md``
explains, and a text in both languages.  Nothing here knows YAML or the model.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chaingraph._messages import MESSAGES
from chaingraph._names import find_called, fold


class ChaingraphError(Exception):
    """Anything raised on purpose by chaingraph."""


class UsageError(ChaingraphError, ValueError):
    """The question cannot be asked, whatever the data."""


class NotFoundError(UsageError, LookupError):
    """The question is about something that is not there."""

    def __init__(self, message: str, suggestions: Iterable[str] = ()) -> None:
        super().__init__(message, suggestions)
        self.message = message
        self.suggestions = tuple(suggestions)
        """The nearest names that there are."""

    def __str__(self) -> str:
        return self.message


class AmbiguousError(UsageError):
    """The question names what may be several things."""

    def __init__(self, words: str, ids: Iterable[str]) -> None:
        super().__init__(f"{words!r} may be {' or '.join(ids)}: write which is meant")


class RunawayLoopError(ChaingraphError, ArithmeticError):
    """A loop takes at least as much of a product as it makes; says which."""

    def __init__(self, loop: Sequence[int], names: Sequence[str] = ()) -> None:
        super().__init__(loop, names)
        self.loop = tuple(loop)
        """The numbers of its members in the matrix."""
        self.names = tuple(names)
        """Their names, where they have any."""

    def __str__(self) -> str:
        members = ", ".join(self.names or map(str, self.loop))
        return (
            f"this loop takes at least as much as it makes: {members}; check its unit consumption"
        )


class MissingExtraError(ChaingraphError, ImportError):
    """An optional part is not installed."""

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(extra, package)
        self.extra = extra
        self.package = package

    def __str__(self) -> str:
        return f"{self.package} is not installed: pip install 'chaingraph[{self.extra}]'"


@dataclasses.dataclass(frozen=True, order=True)
class Place:
    """A point in a file: line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What steers a terminal, begins a line, turns the direction of writing or is no letter at all."""


@dataclasses.dataclass(frozen=True, order=True)
class Problem:
    """One fault in the data: where, what kind, what to do about it."""

    place: Place
    code: str
    """A key of `MESSAGES`; empty where it is none of these."""
    en: str
    zh: str

    def text(self, lang: str = "en") -> str:
        """Return the line that is printed: ``file:line:column: what, what instead [code]``."""
        code = f" [{self.code}]" if self.code else ""
        told = f"{self.place}: {self.zh if lang == 'zh' else self.en}{code}"
        return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), told)

    @property
    def suggestions(self) -> tuple[str, ...]:
        """What may have been meant, as `did_you_mean` found it."""
        meant = re.search(r" \(did you mean (.+)\?\)", self.en)
        return tuple(re.findall(r"['\"](.+?)['\"](?: or |$)", meant[1])) if meant else ()

    def __str__(self) -> str:
        return self.text()


def make_problem(place: Place, code: str, **values: Any) -> Problem:
    """
    Put a problem into words.

    Parameters
    ----------
    place
        Where it is.
    code
        A key of `MESSAGES`.
    values
        What the message speaks of; a pair is taken as (English, Chinese).

    Returns
    -------
    problem
        The problem, in both languages.
    """
    texts = [
        template.format(
            **{
                key: value[i] if isinstance(value, tuple) else value
                for key, value in values.items()
            }
        )
        for i, template in enumerate(MESSAGES[code])
    ]
    return Problem(place, code, *texts)


def find_near(word: str, known: Iterable[str]) -> list[str]:
    """
    Return the two names that a word that nobody knows is most like, if they are near.

    Examples
    --------
    >>> find_near("stge", ["stage", "unit"])
    ['stage']
    >>> find_near("pv modul", ["PV module", "PV panel"])
    ['PV module']
    """
    written = {fold(each): each for each in sorted(set(known))}
    near = difflib.get_close_matches(fold(word), sorted(written), n=2, cutoff=0.7)
    return [written[each] for each in near]


def find_only(words: str, known: Mapping[str, Sequence[str]]) -> str | None:
    """
    Return the id of what is called so, as `find_called` finds it; None if nothing is.

    Raises
    ------
    AmbiguousError
        If several things are.
    """
    found = find_called(words, known)
    if len(found) > 1:
        raise AmbiguousError(words, found)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, str]:
    """
    Suggest what a word that nobody knows may have been meant for.

    Returns
    -------
    en, zh
        Such as ``(did you mean 'stage'?)``; empty where nothing is near.

    Examples
    --------
    >>> did_you_mean("stge", ["stage", "unit"])[0]
    " (did you mean 'stage'?)"
    """
    return suggest(find_near(word, known))


def suggest(near: Sequence[str]) -> tuple[str, str]:
    """
    Ask whether one of some names is meant.

    Returns
    -------
    en, zh
        As for `did_you_mean`.
    """
    if not near:
        return "", ""
    return (
        f" (did you mean {' or '.join(map(repr, near))}?)",
        f"（是不是 {' 或 '.join(near)}？）",
    )


class DataError(ChaingraphError, ValueError):
    """The atlas is wrong: ``.problems`` lists every fault of every file."""

    def __init__(self, problems: Iterable[Problem], language: str = "en") -> None:
        self.problems = tuple(sorted(set(problems)))
        self.language = language
        super().__init__(self.problems, language)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))
