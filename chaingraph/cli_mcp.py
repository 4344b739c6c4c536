"""The command that serves assistants."""

from __future__ import annotations

import typer

from chaingraph.terminal import AtlasArgument


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(mcp)


def mcp(atlas_file: AtlasArgument = None) -> None:
    """Answer an assistant's questions about an atlas: an MCP server on stdin and stdout."""
    from chaingraph.mcp import serve

    serve(atlas_file)
