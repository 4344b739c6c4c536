"""The command that shows the atlas on this machine, or in the office."""

from __future__ import annotations

import datetime
import errno
import ipaddress
import os
import re
import secrets
import socket
import webbrowser
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaingraph.errors import MissingExtraError, UsageError
from chaingraph.terminal import (
    AtlasArgument,
    Lang,
    LangOption,
    ViewName,
    ViewOption,
    note,
    say_count,
)

if TYPE_CHECKING:
    from chaingraph.live import State
    from chaingraph.model import Language

ANY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104  only looked for
TOKEN = "CHAINGRAPH_TOKEN"  # noqa: S105  the name of the variable


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(serve)


def serve(
    atlas_file: AtlasArgument = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="Day, month or year that is meant: 2023-02-15, or today, as the clock goes on."
        ),
    ] = None,
    view: ViewOption = ViewName.actual,
    lang: LangOption = None,
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port; 0 for any that is free.")
    ] = 8000,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    share: Annotated[
        bool,
        typer.Option(
            "--read-only-share",
            help="For the office network: asks for a token. It is http, without encryption.",
        ),
    ] = False,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen at; with --read-only-share any of this machine."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A further name that this machine is called by; may be repeated."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=f"File with the token to ask for; or {TOKEN}; else a new one."
        ),
    ] = None,
) -> None:
    """Show index, map and lists in the browser, and follow the YAML files as they change."""
    try:
        from chaingraph.guards import Rules, settle_name
        from chaingraph.live import LiveAtlas
        from chaingraph.serve import make_app
        from chaingraph.server import run_server
    except ModuleNotFoundError as error:
        raise MissingExtraError("serve", error.name or "fastapi") from error

    from chaingraph.figures import read_date
    from chaingraph.questions import read_day

    if day := read_day(as_of):
        read_date(day)  # complain before there is an atlas to ask
    start = _find_start(atlas_file)
    host = host or ("0.0.0.0" if share else "127.0.0.1")  # noqa: S104  asked for by --read-only-share
    if not share and not _is_loopback(host):
        raise UsageError(f"{host} can be reached by others: add --read-only-share")
    if share and open_:
        raise UsageError("--open would show the token to all who list processes: open the link")
    if token_file and not share:
        raise UsageError("--token-file is for --read-only-share: without it no token is asked for")
    _refuse_addresses(allow_host or ())
    token = _read_token(token_file) if share else None
    bound = _bind(host, port)
    live = LiveAtlas(start, as_of=as_of, view=view.value, lang=_lang(lang), tell=_tell)
    live.refresh()
    names = _own_names(host) if share else {host}
    address = f"http://{_reachable(host)}:{bound.getsockname()[1]}/"
    rules = Rules(
        hosts=frozenset(map(settle_name, ("localhost", *names, *(allow_host or ())))),
        token=token,
        lang=live.state.lang,
    )
    typer.echo(address + (f"?token={token}" if token else ""))
    zh = live.state.lang == "zh"
    if share:
        note(
            "这是不加密的 http：请只在信得过的网络里用"
            if zh
            else "It is http, without encryption: only for a network that you trust"
        )
    note("按 Ctrl-C 结束" if zh else "Ctrl-C ends it")
    if open_:
        webbrowser.open(address)
    run_server(make_app(live, rules), live, bound)


def _find_start(path: Path | None) -> Path:
    """Return the atlas file, which must be there, though it need not be right."""
    from chaingraph.loader import find_atlas

    if path is None:
        return find_atlas()
    if path.is_dir():
        return find_atlas(path)
    if not path.exists():
        raise UsageError(f"no such file: {path}")
    return path


def _refuse_addresses(names: Iterable[str]) -> None:
    for name in names:
        if "/" in name or re.fullmatch(r"[^:]*:[0-9]*|\[.*", name):
            raise UsageError(f"--allow-host takes a name without port or http://, not {name!r}")


def _lang(lang: Lang | None) -> Language | None:
    return lang.value if lang else None


def _tell(state: State) -> None:
    """Say on the terminal what became of the files."""
    zh = state.lang == "zh"
    time = f"{datetime.datetime.now().astimezone():%H:%M:%S}"
    for problem in state.problems[:20]:
        note(f"{time}  {problem.text(state.lang)}")
    good = "没有发现问题" if zh else "no problems"
    note(f"{time}  {say_count(state.problems, state.lang) if state.problems else good}")


# --------------------------------------------------------------- addresses


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _bind(host: str, port: int) -> socket.socket:
    """Take the port, or say why it cannot be had and what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let two programs have one port
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise UsageError(_say_why(error, host, port)) from error
    return bound


def _say_why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is in use, perhaps by another 'chaingraph serve': "
            f"end that, or add --port {port + 1 if port < 65_535 else 8000}"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} is not for everyone: take one above 1023, such as --port 8000"
    return f"cannot listen at {host}: {error.strerror or error}; --host takes an address of this machine"


def _own_names(host: str) -> set[str]:
    names = {socket.gethostname(), socket.getfqdn()} | ({host} - ANY_ADDRESS)
    return names | {f"{name}.local" for name in names if not set(name) & {".", ":"}}


def _reachable(host: str) -> str:
    """Return the address that others may use where all are listened at."""
    if host not in ANY_ADDRESS:
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: only chooses a way out
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


# ------------------------------------------------------------------- token


def _read_token(file: Path | None) -> str:
    """Return the token of a file or the environment, or a new one."""
    if file is not None:
        try:
            token = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read the token in {file}: {error}") from error
    else:
        token = os.environ.get(TOKEN, "").strip()
        if not token:
            return secrets.token_urlsafe(24)
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,200}", token):
        raise UsageError("a token has at least 16 letters, digits, - or _")
    return token
