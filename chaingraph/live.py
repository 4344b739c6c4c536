"""An atlas that follows its files: watched, and worked out anew when one of them changes.

What is served is an `Edition`, the outcome of files that were right.  Bad files leave
the last one in place and add their problems.  Nothing is written: an edition makes each
of its files in memory when it is first asked for.  No web in here; `chaingraph.serve` asks.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path

from watchfiles import watch

from chaingraph.bundles import ListKind
from chaingraph.errors import ChaingraphError, DataError, Place, Problem, make_problem
from chaingraph.loader import Stamp, find_files, load_atlas, read_includes, read_stamp
from chaingraph.model import Atlas, Language, View
from chaingraph.outputs.bundle import offer_files
from chaingraph.outputs.contents import Contents, gather
from chaingraph.outputs.list_page import LIST_NAMES, draw_list_page
from chaingraph.questions import read_day

_LOG = logging.getLogger(__name__)

QUIET = 0.15
"""For so long [s] nothing may change before files are taken as saved."""

LOOK = 1
"""How often files are looked at [s] though the system tells of no change: some drives never do."""

_Cause = tuple[str | None, list[Stamp]]
"""The day, and the files as they are: all that an edition depends on."""


class Made:
    """A file that is made when it is first asked for, once, beside all else."""

    def __init__(self, make: Callable[[], bytes]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._future: Future[bytes] | None = None

    def ask(self) -> Future[bytes]:
        """Return the promise of its bytes."""
        with self._lock:
            if self._future is None:
                self._future = Future()
                self._future.set_running_or_notify_cancel()
                # a daemon, so that nobody waits for a report when the server is told to end
                threading.Thread(target=self._work, args=(self._future,), daemon=True).start()
            return self._future

    def _work(self, future: Future[bytes]) -> None:
        try:
            future.set_result(self._make())
        except BaseException as error:  # noqa: BLE001  who asked is told, whatever it is
            future.set_exception(error)


@dataclasses.dataclass(frozen=True)
class Edition:
    """What good files gave."""

    number: int
    """Counts from 1."""
    contents: Contents
    atlas: Atlas
    """What questions are asked of: of the day and in the language of the pages by itself."""
    lang: Language
    files: Mapping[str, Made]
    """Name → file; what is not in here is not served."""
    made_at: datetime.datetime


@dataclasses.dataclass(frozen=True)
class State:
    """What there is to see now."""

    number: int
    """Grows by one with each look at changed files, or at a new day, good or bad."""
    edition: Edition | None
    """The last good one."""
    problems: tuple[Problem, ...]
    """What is wrong with the files as they are; nothing if the edition is of these."""
    lang: Language


class LiveAtlas:
    """
    An atlas that follows its files.

    Parameters
    ----------
    path
        The atlas file.
    as_of, view, lang
        As in `write_bundle`; `today` goes on with the clock.
    tell
        Called with the new state after each look at changed files.

    Examples
    --------
    >>> from chaingraph.loader import example_atlas
    >>> live = LiveAtlas(example_atlas())
    >>> live.refresh()
    True
    >>> live.current().place.name.zh, live.state.problems
    ('玉门市', ())
    """

    def __init__(
        self,
        path: Path,
        *,
        as_of: str | None = None,
        view: View = "actual",
        lang: Language | None = None,
        tell: Callable[[State], None] = lambda _: None,
    ) -> None:
        self._path, self._as_of, self._view, self._lang = path, as_of, view, lang
        self._tell = tell
        self._seen: _Cause | None = None
        self._includes: tuple[Stamp, list[str]] | None = None
        self._ending = threading.Event()
        self.state = State(0, None, (), lang or "zh")

    def current(self) -> Atlas:
        """
        Return the last good atlas, of the day and in the language that are shown.

        Raises
        ------
        DataError
            If there never was one.
        """
        state = self.state
        if state.edition is None:
            raise DataError(state.problems, state.lang)
        return state.edition.atlas

    # ------------------------------------------------------------- following

    @property
    def ending(self) -> bool:
        """Whether it follows its files no more."""
        return self._ending.is_set()

    def end(self) -> None:
        """Follow the files no more."""
        self._ending.set()

    def follow(self) -> None:
        """Follow the files until `end` is called; what changes shows in `state`."""
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        while not self.ending:
            folders = self._folders()
            try:
                for _ in self._watch(folders):
                    self._refresh_when_quiet()
                    if self._folders() != folders:
                        break
            except Exception:  # noqa: BLE001  no folder is left, or the system watches no more
                time.sleep(LOOK)
                with contextlib.suppress(Exception):  # a page that stood still would look right
                    self._refresh_when_quiet()

    def _watch(self, folders: Iterable[Path]) -> Iterator[object]:
        """Wake at each change in some folders, and now and then without one."""
        return watch(
            *folders,
            watch_filter=None,
            recursive=False,
            debounce=50,
            rust_timeout=int(LOOK * 1000),
            yield_on_timeout=True,
            stop_event=self._ending,
            raise_interrupt=False,
        )

    def _find_files(self) -> list[Path]:
        """The files of the atlas; what it includes is read again only when its own file changes."""
        stamp = read_stamp(self._path)
        if self._includes is None or self._includes[0] != stamp:
            self._includes = stamp, read_includes(self._path)
        return find_files(self._path, self._includes[1])

    def _folders(self) -> list[Path]:
        """The folders to watch: those of the files, as far as they are there."""
        folders = {file.absolute().parent for file in self._find_files()}
        return sorted(folder for folder in folders if folder.is_dir())

    def _refresh_when_quiet(self) -> None:
        """Look again once nobody is writing; a newer change starts the wait again."""
        cause = self._read_cause()
        while cause != self._seen and not self.ending:
            time.sleep(QUIET)
            before, cause = cause, self._read_cause()
            if cause == before:
                self.refresh()
                cause = self._read_cause()

    def _read_cause(self) -> _Cause:
        return read_day(self._as_of), [read_stamp(file) for file in self._find_files()]

    # ------------------------------------------------------------ working out

    def refresh(self) -> bool:
        """
        Read the files, and replace the edition if they are good.

        Returns
        -------
        good
            Whether they are.
        """
        cause = self._read_cause()
        number, last = self.state.number + 1, self.state.edition
        try:
            edition = self._make_edition(1 if last is None else last.number + 1, cause[0])
        except DataError as error:
            lang: Language = self._lang or ("zh" if error.language == "zh" else "en")
            self.state = State(number, last, error.problems, lang)
        except Exception as error:  # noqa: BLE001  whatever an edit does, the page stays up
            self.state = State(number, last, (self._describe(error),), self.state.lang)
        else:
            self.state = State(number, edition, (), edition.lang)
        self._seen = cause
        self._tell(self.state)
        return not self.state.problems

    def _make_edition(self, number: int, day: str | None) -> Edition:
        atlas = load_atlas(self._path)
        contents = gather(atlas, as_of=day, view=self._view)
        lang = self._lang or atlas.language
        offered = offer_files(contents, lang) | {
            f"{kind}.html": _lister(contents, kind, lang) for kind in LIST_NAMES
        }
        index = offered["index.html"]()
        offered["index.html"] = lambda: index
        files = {name: Made(make) for name, make in offered.items()}
        asked = atlas.model_copy(update={"as_of": day or atlas.as_of, "language": lang})
        return Edition(number, contents, asked, lang, files, datetime.datetime.now().astimezone())

    def _describe(self, error: Exception) -> Problem:
        """Tell an error that has no place in a file as a problem of the atlas file."""
        place = Place(str(self._path))
        if not self._path.exists():
            return make_problem(place, "file-missing")
        if isinstance(error, ChaingraphError):
            return Problem(place, "", str(error), str(error))
        _LOG.error("the atlas could not be worked out", exc_info=error)
        text = f"{type(error).__name__}: {error}"
        return Problem(place, "", f"chaingraph failed: {text}", f"chaingraph 出错：{text}")


def _lister(contents: Contents, kind: ListKind, lang: Language) -> Callable[[], bytes]:
    return lambda: draw_list_page(contents, kind, lang).encode()
