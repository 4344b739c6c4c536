"""The server that the live page runs on: uvicorn, with less patience.

uvicorn waits for ever for the rest of a request and for a client to read its answer.  Here
both have `PATIENCE`, and where too many are connected those go that have been silent longest.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from chaingraph.live import LiveAtlas

PATIENCE = 15.0
"""How long a client may take to send a request, or to take up a part of the answer [s]."""

MOST_CONNECTIONS = 600
"""How many are held; then those that have been silent longest go."""

ADVICE = "Chinese in an address must be encoded; with curl: -G --data-urlencode 'product=...'\n"
"""What is said of a request that is none: most often one typed without thinking of this."""


class _Connection(H11Protocol):
    """A connection that is cut off when its client hangs."""

    _timer: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None
    since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_request()
        if len(self.connections) > MOST_CONNECTIONS:
            self._cut_off_the_most_silent()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop(self._timer)
        self._stop(self._stall)
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        self._await_request()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(PATIENCE, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop(self._stall)
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        super().send_400_response(f"{msg} {ADVICE}")

    @property
    def is_answered(self) -> bool:
        """Whether a whole request is in and its answer is not yet out."""
        cycle = self.cycle
        return cycle is not None and not cycle.response_complete and not cycle.more_body

    def _await_request(self) -> None:
        self._stop(self._timer)
        self.since = self.loop.time()
        self._timer = self.loop.call_later(PATIENCE, self._give_up)

    def _give_up(self) -> None:
        if not self.is_answered:
            self.transport.abort()

    def _cut_off_the_most_silent(self) -> None:
        silent = [
            each
            for each in self.connections
            if isinstance(each, _Connection) and not each.is_answered and each is not self
        ]
        if silent:
            min(silent, key=lambda each: each.since).transport.abort()
        else:
            self.transport.abort()

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()


class _Server(uvicorn.Server):
    """A server that ends at once, though pages are following."""

    def __init__(self, config: uvicorn.Config, live: LiveAtlas) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._live.end()
        await super().shutdown(sockets)


def run_server(app: ASGIApp, live: LiveAtlas, bound: socket.socket) -> None:
    """
    Follow the files of an atlas and serve it until the process is told to end.

    Parameters
    ----------
    app
        What answers.
    live
        The atlas.
    bound
        The socket that is listened at.
    """
    _raise_file_limit()
    config = uvicorn.Config(
        app,
        http=_Connection,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=10,  # a client that asks again just then would see it fail
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=16_384,
    )
    live.follow()
    with contextlib.suppress(KeyboardInterrupt):
        _Server(config, live).run([bound])


def _raise_file_limit() -> None:
    """Let as many connections be open as are held at most."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * MOST_CONNECTIONS
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
