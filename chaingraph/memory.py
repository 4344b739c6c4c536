"""What was worked out about an atlas, kept for those who ask again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

from chaingraph.model import Atlas

_T = TypeVar("_T")


class Memory:
    """
    What was worked out about the atlas asked about last.

    Of many who ask the same at once, from whatever threads, one works it out and the others
    wait for it.  All is forgotten when another atlas is asked about.
    """

    def __init__(self, size: int = 128) -> None:
        self.size = size
        self._lock = threading.Lock()
        self._atlas: Atlas | None = None
        self._known: dict[Hashable, Future[Any]] = {}

    def recall(self, atlas: Atlas, key: Hashable, work: Callable[[], _T]) -> _T:
        """Return what `work` returns, or returned when it was last asked for under the key."""
        return self.ask(atlas, key, work, start=lambda job: job()).result()

    def ask(
        self,
        atlas: Atlas,
        key: Hashable,
        work: Callable[[], _T],
        start: Callable[[Callable[[], None]], None],
    ) -> Future[_T]:
        """Return the promise of it; `start` is given the work if nobody has begun it yet."""
        with self._lock:
            if atlas is not self._atlas:
                self._atlas, self._known = atlas, {}
            known = self._known
            if key in known:
                return known[key]
            future: Future[_T] = Future()
            future.set_running_or_notify_cancel()  # who waits no more must not end it for others
            known[key] = future
            if len(known) > self.size:
                del known[next(iter(known))]

        def job() -> None:
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001  who asked is told, whatever it is
                with self._lock:
                    known.pop(key, None)
                future.set_exception(error)

        start(job)
        return future
