"""The live page as a web application.

Every path is one of `VIEWS`, a file of the edition, the stream of events or the API; files
are looked up by name in a mapping, so that nothing else of this machine can be asked for.
Who may ask is for `chaingraph.guards`, how it is served for `chaingraph.server`.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chaingraph.api import EndingError, ProblemRecord, make_api, tell_problems, wait_for
from chaingraph.errors import DataError
from chaingraph.guards import Guard, Rules
from chaingraph.live import Edition, LiveAtlas, State
from chaingraph.outputs.live_page import (
    VIEWS,
    Frame,
    draw_api_page,
    draw_live_page,
    draw_notice,
    read_static,
)
from chaingraph.replies import Record

MOST_LISTENERS = 300
"""How many pages may follow the files at once."""

PART = 65_536
"""Answers are handed over in parts of this size [bytes], so that slow readers hold no more."""

ELSEWHERE = {"/openapi.json": "/api/openapi.json", "/docs": "/api", "/api/": "/api"}
"""Addresses that people try → where it is."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)
OUTPUT_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'"
)
"""For pages that may be sent as files; their own policy, which is stricter, holds as well."""

TYPES = {
    "html": "text/html",
    "svg": "image/svg+xml",
    "json": "application/json",
    "csv": "text/csv",
    "graphml": "application/xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
SHOWN = ("html", "svg", "json")
"""What a browser shows; the rest it saves."""

_LOG = logging.getLogger(__name__)


def make_app(live: LiveAtlas, rules: Rules) -> ASGIApp:
    """
    Make the web application of a live atlas.

    Parameters
    ----------
    live
        The atlas, read once at least.
    rules
        Who may ask.

    Returns
    -------
    app
        An ASGI application behind its `Guard`.
    """
    pages = _Pages(live)
    api = make_api(live.current, lambda: live.ending)
    _add_status(api, live)
    routes = [
        *(Route(path, pages.show_view) for path in VIEWS),
        Route("/api", pages.show_api),
        *(Route(path, _lead(to)) for path, to in ELSEWHERE.items()),
        Route("/events", pages.tell_events),
        Route("/live.css", pages.show_static),
        Route("/live.js", pages.show_static),
        Mount("/api", _tell_problems(api, live)),
        Route("/{name}", pages.show_file),
    ]
    handlers: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
        404: pages.show_missing
    }
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    return Guard(app, rules)


# ------------------------------------------------------------------- pages


class _Seat(StreamingResponse):
    """A stream of events whose seat is free again when it ends, even if it never began."""

    def __init__(self, events: AsyncIterator[str], leave: Callable[[], None]) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


class _Pages:
    """What is answered, but for the API."""

    def __init__(self, live: LiveAtlas) -> None:
        self._live = live
        self._run = secrets.token_hex(4)  # an edition of the last run is another one
        self._listeners = 0

    def _mark(self, number: int) -> str:
        return f"{self._run}-{number}"

    def _marks(self, state: State) -> tuple[str, str]:
        return self._mark(state.number), self._mark(state.edition.number if state.edition else 0)

    def _frame(self) -> Frame:
        state = self._live.state
        edition = state.edition
        return Frame(
            name=edition.contents.atlas.atlas.name.text(state.lang) if edition else "chaingraph",
            problems=state.problems,
            marks=self._marks(state),
            made_at=edition.made_at if edition else None,
            lang=state.lang,
        )

    async def show_view(self, request: Request) -> Response:
        page = draw_live_page(request.url.path, self._frame())
        return Response(page, headers=_policy(PAGE_POLICY), media_type="text/html")

    async def show_api(self, _request: Request) -> Response:
        page = draw_api_page(_pick_product(self._live.state.edition), self._frame())
        return Response(page, headers=_policy(PAGE_POLICY), media_type="text/html")

    async def show_static(self, request: Request) -> Response:
        name = request.url.path.lstrip("/")
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return Response(read_static(name), media_type=kind)

    async def show_file(self, request: Request) -> Response:
        name, edition = request.path_params["name"], self._live.state.edition
        if edition is None:
            return self._notice(503, "文件里有问题", "The files have problems")
        if name not in edition.files:
            return self._say_missing()
        mark = f'"{self._mark(edition.number)}"'
        headers = {"ETag": mark, "Cache-Control": "no-cache", **_policy(OUTPUT_POLICY)}
        if is_known(request.headers.get("if-none-match", ""), mark):
            return Response(status_code=304, headers=headers)
        try:
            data = await wait_for(edition.files[name].ask(), lambda: self._live.ending)
        except EndingError:
            return self._notice(503, "正在结束", "The server is ending")
        except Exception as error:  # noqa: BLE001  one file that fails leaves the others be
            _LOG.error("%s could not be made", name, exc_info=error)
            return self._notice(500, f"{name} 没有做成：{error}", f"{name} failed: {error}")
        kind = name.rpartition(".")[2]
        if kind not in SHOWN:
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        headers["Content-Length"] = str(len(data))
        return StreamingResponse(_in_parts(data), headers=headers, media_type=TYPES[kind])

    async def show_missing(self, _request: Request, _error: Exception) -> Response:
        return self._say_missing()

    def _say_missing(self) -> Response:
        return self._notice(404, "这里没有这一页", "There is no such page")

    def _notice(self, status: int, zh: str, en: str) -> Response:
        lang = self._live.state.lang
        link = ("/", "到概览" if lang == "zh" else "To the overview")
        page = draw_notice(status, zh if lang == "zh" else en, lang, link=link)
        return Response(page, status, media_type="text/html")

    # ------------------------------------------------------------- events

    async def tell_events(self, request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        if self._listeners >= MOST_LISTENERS:
            return self._notice(503, "打开的页面太多", "Too many pages are open")
        self._listeners += 1
        return _Seat(self._tell_changes(), self._leave)

    def _leave(self) -> None:
        self._listeners -= 1

    async def _tell_changes(self) -> AsyncIterator[str]:
        """Tell each new state; now and then say nothing aloud, to notice who has gone."""
        told, silent = None, 0
        while not self._live.ending:
            state = self._live.state
            if state.number != told:
                told, silent = state.number, 0
                yield f"data: {json.dumps(self._news(state))}\n\n"
            elif silent >= 75:
                silent = 0
                yield ":\n\n"
            await asyncio.sleep(0.2)
            silent += 1

    def _news(self, state: State) -> dict[str, Any]:
        number, edition = self._marks(state)
        return {"state": number, "edition": edition, "problems": len(state.problems)}


def is_known(known: str, mark: str) -> bool:
    """
    Tell whether a client has what bears a mark, by its `If-None-Match`.

    Marks are compared weakly, as RFC 9110 (13.1.2) asks: a proxy that packs what it hands on
    makes them weak.

    Examples
    --------
    >>> is_known('"a-1", W/"a-2"', '"a-2"')
    True
    >>> is_known('"a-1"', '"a-2"')
    False
    """
    marks = [each.strip().removeprefix("W/") for each in known.split(",")]
    return mark in marks or marks == ["*"]


def _pick_product(edition: Edition | None) -> str:
    """Return a product to ask about: what is wanted most."""
    if edition is None:
        return "PRODUCT"
    contents = edition.contents
    products = [*(gap.product for gap in contents.gaps), *contents.atlas.products]
    return next(iter(products), "PRODUCT")


def _lead(to: str) -> Callable[[Request], Awaitable[Response]]:
    async def lead(_request: Request) -> Response:
        return RedirectResponse(to)

    return lead


async def _in_parts(data: bytes) -> AsyncIterator[memoryview]:
    for start in range(0, len(data), PART):
        yield memoryview(data)[start : start + PART]


def _policy(text: str) -> dict[str, str]:
    return {"Content-Security-Policy": text}


# --------------------------------------------------------------------- API


class Status(Record):
    """Whether answers are of the files as they are."""

    edition: int | None
    """Which edition answers; none if the files were never good."""
    made_at: datetime.datetime | None
    """When the files were good last."""
    as_of: datetime.date | None
    """The day that the pages are of."""
    stale: bool
    """Whether the files have problems, so that answers are of an earlier edition."""
    problems: tuple[ProblemRecord, ...]
    """What is wrong with the files."""


def _add_status(api: FastAPI, live: LiveAtlas) -> None:
    @api.get("/status", operation_id="status", summary="Problems of the files, and what answers")
    async def _status() -> Status:
        """Tell which edition answers, since when, and what is wrong with the files."""
        state, edition = live.state, live.state.edition
        return Status(
            edition=edition.number if edition else None,
            made_at=edition.made_at if edition else None,
            as_of=edition.contents.day if edition else None,
            stale=bool(state.problems),
            problems=tell_problems(DataError(state.problems), state.lang).problems,
        )


def _tell_problems(api: ASGIApp, live: LiveAtlas) -> ASGIApp:
    """Let every answer of the API say how many problems the files have that it is not of."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        problems = len(live.state.problems)
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server leaves the body out

        async def send_told(message: Message) -> None:
            if problems and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Chaingraph-Problems"] = str(problems)
            await send(message)

        await api(scope, receive, send_told)

    return answer
