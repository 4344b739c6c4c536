"""The command that serves assistants."""

from __future__ import annotations

import signal
import sys

import typer

from chaingraph.terminal import AtlasArgument, note


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(mcp)


def mcp(atlas_file: AtlasArgument = None) -> None:
    """Answer an assistant's questions about an atlas: an MCP server on stdin and stdout."""
    from chaingraph.mcp import serve

    if sys.stdin.isatty():
        note("An assistant's program starts this itself and writes to it; Ctrl-C ends it")
        note("这个命令由智能助手程序自己启动；按 Ctrl-C 结束")
    # the SDK would wait for stdin to close; there is nothing here to be left half done
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    serve(atlas_file)
