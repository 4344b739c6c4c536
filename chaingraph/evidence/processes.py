"""The same work on one thing after another, in several processes, with the results in order."""

from __future__ import annotations

import itertools
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from chaingraph.errors import UsageError

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_order(
    work: Callable[[Item], Result], items: Iterable[Item], *, workers: int
) -> Generator[Result]:
    """
    Do what `map` does, in several processes, holding no more than one item for each.

    Parameters
    ----------
    work
        What to do; it travels to the processes once.
    items
        What to do it with; taken one by one.
    workers
        How many processes; with one it is done right here.

    Yields
    ------
    results
        In the order of the items.

    Raises
    ------
    UsageError
        If a process ends before its work is done.
    """
    if workers <= 1:
        yield from map(work, items)
        return
    with ExitStack() as leaving:
        lines = [_start(work, leaving) for _ in range(workers)]
        busy: deque[Connection] = deque()
        for item, line in zip(items, itertools.cycle(lines), strict=False):
            if len(busy) == workers:
                yield _receive(busy.popleft())
            _send(line, item)
            busy.append(line)
        while busy:
            yield _receive(busy.popleft())


def _start(work: Any, leaving: ExitStack) -> Connection:
    """Start a process that ends when the line to it is closed, or this process is no more."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()
    leaving.callback(process.join)
    leaving.callback(process.terminate)
    leaving.callback(here.close)
    _send(here, work)
    return here


def _serve(line: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started it is asked to stop
    with suppress(EOFError, OSError):
        work = line.recv()
        while True:
            item = line.recv()
            try:
                answer = work(item)
            except Exception as error:  # noqa: BLE001 - raised again where it was asked for
                answer = error
            line.send(answer)


_ENDED = "a process ended early: is there memory enough?"


def _send(line: Connection, item: Any) -> None:
    try:
        line.send(item)
    except OSError as error:
        raise UsageError(_ENDED) from error


def _receive(line: Connection) -> Any:
    try:
        answer = line.recv()
    except (EOFError, OSError) as error:
        raise UsageError(_ENDED) from error
    if isinstance(answer, Exception):
        raise answer
    return answer
