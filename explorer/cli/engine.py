"""`engine`: what a window talks to, here or on another machine; not for people."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.errors import BadInput


def engine(stdio: Annotated[bool, typer.Option("--stdio", help="Talk on stdin and stdout.")] = False) -> None:
    """Run an engine for a window, which talks to it on stdin and stdout."""
    if not stdio:
        raise BadInput("engine: runs for a window alone, with --stdio")
    from explorer.engine.process.serve import serve

    serve()
