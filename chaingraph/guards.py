"""Who may ask the live page for what: names, methods, other sites, the token.

`Guard` stands before everything that is served, so that no page can forget to ask.  It
answers foreign names (DNS rebinding), other methods, requests that another site's page
makes, and, where a token is set, all who do not have it; to whatever is answered it
adds the headers that tell a browser to keep it to itself.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hmac
import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chaingraph.model import Language
from chaingraph.outputs.live_page import draw_notice

METHODS = ("GET", "HEAD")
"""All that may be asked: nothing here is changed by a request."""

LONGEST = 4096
"""How long an address may be [bytes]."""

PENALTY = 0.5
"""How long a wrong token waits for its answer [s]; one after another."""

MOST_PENALTIES = 10
"""How many may wait; who comes then is sent away."""

NOTICE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'none'"
)

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
    "Content-Security-Policy": NOTICE_POLICY,
}
"""What every answer says unless it says otherwise."""


@dataclasses.dataclass(frozen=True)
class Rules:
    """Who may ask."""

    hosts: frozenset[str]
    """Names by which the server may be called, beside the address that a request came to; in
    the spelling of `settle_name`."""
    token: str | None = None
    """What has to be shown; nothing if only this machine can ask."""
    lang: Language = "zh"
    """The language of refusals."""


class Guard:
    """Stands before an ASGI application and lets through what the rules allow."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules
        self._penalty = asyncio.Lock()
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the application answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        answer = self._refuse(scope) or await self._ask_token(scope) or self._app
        await answer(scope, receive, send_guarded)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST:
            return self._notice(scope, 414, "地址太长", "The address is too long")
        if not is_own_name(headers.getlist("host"), self._rules.hosts, scope["server"]):
            return self._notice(
                scope,
                421,
                "这里不叫这个名字：请用打印出来的地址，或加 --allow-host",
                "This server has another name: use the address it printed, or add --allow-host",
            )
        if scope["method"] not in METHODS:
            allowed = {"Allow": ", ".join(METHODS)}
            return self._notice(scope, 405, "这里只读", "This is read-only", allowed)
        if is_from_elsewhere(headers):
            return self._notice(
                scope,
                403,
                "这个请求来自别的网站，没有回答。要看这一页，请从这里打开：",
                "Another site asked, and gets no answer. To see the page open it from here:",
                link=_address(scope),
            )
        return None

    async def _ask_token(self, scope: Scope) -> Response | None:
        """Let in who shows the token; put one that came in a link into a cookie."""
        if self._rules.token is None:
            return None
        headers, name = Headers(scope=scope), f"chaingraph_{scope['server'][1]}"
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        in_link = dict(query).get("token")
        shown = [each for each in (in_link, _bearer(headers), _cookie(headers, name)) if each]
        if not shown:
            return self._ask_for_token(scope)
        if not any(self._is_token(each) for each in shown):
            return await self._delay_wrong(scope)
        if in_link is None:
            return None
        rest = [(key, value) for key, value in query if key != "token"]
        answer = RedirectResponse(_address(scope, urlencode(rest)), 303)
        if self._is_token(in_link):
            # lax, as a strict one would not go with a link that is opened from a mail or a chat
            answer.set_cookie(name, in_link, httponly=True, samesite="lax", path="/")
        return answer

    def _is_token(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(), (self._rules.token or "").encode())

    async def _delay_wrong(self, scope: Scope) -> Response:
        """Refuse wrong tokens one after another, so that nobody tries many."""
        if self._waiting >= MOST_PENALTIES:
            return self._notice(
                scope, 429, "试得太多，请稍后", "Too many tries: wait", {"Retry-After": "60"}
            )
        self._waiting += 1
        try:
            async with self._penalty:
                await asyncio.sleep(PENALTY)
        finally:
            self._waiting -= 1
        return self._ask_for_token(scope)

    def _ask_for_token(self, scope: Scope) -> Response:
        return self._notice(
            scope,
            401,
            "请用分享给您的完整链接打开（其中有 token=…）",
            "Open the whole link that was shared with you (it has token=… in it)",
            {"WWW-Authenticate": "Bearer"},
        )

    def _notice(
        self,
        scope: Scope,
        status: int,
        zh: str,
        en: str,
        headers: Mapping[str, str] | None = None,
        *,
        link: str | None = None,
    ) -> Response:
        text = zh if self._rules.lang == "zh" else en
        if _is_api(scope):
            return JSONResponse({"message": text, "suggestions": []}, status, headers)
        called = "打开" if self._rules.lang == "zh" else "Open"
        page = draw_notice(status, text, self._rules.lang, link=(link, called) if link else None)
        return Response(page, status, headers, media_type="text/html")


def is_own_name(
    named: list[str], hosts: frozenset[str], server: tuple[str, int | None] | None
) -> bool:
    """
    Tell whether a request calls the server by a name of its own.

    Parameters
    ----------
    named
        All its `Host` headers.
    hosts
        Names that are the server's.
    server
        Address and port that the request came to; the address is a name of the server too,
        because no page that another name led here can use it.

    Examples
    --------
    >>> is_own_name(["localhost:8000"], frozenset({"localhost"}), ("127.0.0.1", 8000))
    True
    >>> is_own_name(["evil.example"], frozenset({"localhost"}), ("127.0.0.1", 8000))
    False
    """
    if len(named) != 1:
        return False
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]@/]+)(?::[0-9]{1,5})?", named[0])
    if found is None:
        return False
    name = settle_name(found[1].strip("[]"))
    return name in hosts or (server is not None and name == settle_name(server[0]))


def settle_name(name: str) -> str:
    """
    Return the one spelling of a name or address.

    Examples
    --------
    >>> settle_name("Chains.Example"), settle_name("0:0::1"), settle_name("fe80::1%eth0")
    ('chains.example', '::1', 'fe80::1')
    """
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return name.casefold()
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def is_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """
    Tell whether the page of another site, or of another port, makes a request.

    Examples
    --------
    >>> is_from_elsewhere({"sec-fetch-site": "same-site"})
    True
    >>> is_from_elsewhere({"host": "localhost:8000", "origin": "http://localhost:8000"})
    False
    """
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


def _is_api(scope: Scope) -> bool:
    return bool(scope["path"].startswith("/api/"))


def _address(scope: Scope, query: str | None = None) -> str:
    """The address that was asked for; it can lead to no other server."""
    path = "/" + scope["raw_path"].decode("latin-1").lstrip("/\\")
    query = scope["query_string"].decode("latin-1") if query is None else query
    return f"{path}?{query}" if query else path


def _bearer(headers: Headers) -> str | None:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.casefold() == "bearer" else None


def _cookie(headers: Headers, name: str) -> str | None:
    # whatever else runs on this machine leaves its cookies here too, well formed or not
    return cookie_parser(headers.get("cookie", "")).get(name)
