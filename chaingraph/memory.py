"""What was worked out about an atlas, kept for those who ask again."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable, Hashable
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
        self._known: dict[Hashable, concurrent.futures.Future[Any]] = {}

    def known(self, atlas: Atlas, key: Hashable) -> Any:
        """Return what is known under the key; None if nothing is yet."""
        with self._lock:
            future = self._known.get(key) if atlas is self._atlas else None
        return future.result() if future and future.done() and not future.exception() else None

    def recall(self, atlas: Atlas, key: Hashable, work: Callable[[], _T]) -> _T:
        """Return what `work` returns, or returned when it was last asked for under the key."""
        with self._lock:
            if atlas is not self._atlas:
                self._atlas, self._known = atlas, {}
            known = self._known
            future: concurrent.futures.Future[_T] | None = known.get(key)
            is_new = future is None
            if future is None:
                future = known[key] = concurrent.futures.Future()
                if len(known) > self.size:
                    del known[next(iter(known))]
        if is_new:
            try:
                future.set_result(work())
            except BaseException as error:
                with self._lock:
                    known.pop(key, None)
                future.set_exception(error)
                raise
        return future.result()
