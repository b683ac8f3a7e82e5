"""`open`: the window; also what `generative-explorer` alone and `generative-explorer PATH…` mean."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.display import require_qt, require_window_system
from explorer.errors import BadInput
from explorer.paths import exists, expanded


def open_window(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Checkpoints (a file, or a shipped name), a session, pictures.")
    ] = None,
    profile_window: Annotated[
        Path | None,
        typer.Option(help="Write to this .json, at the end, how soon the window was there and how long it kept you waiting."),
    ] = None,
) -> int:
    """Open the window, with these files in it."""
    gc.disable()  # all that is made until the window is shown, stays
    found = [_existing(path) for path in paths or ()]
    if profile_window is not None:
        from explorer.exports.atomic import check_out

        check_out(profile_window, (".json",))
    require_window_system()
    require_qt()
    from explorer.app import run

    return run(found, profile_window)


def _existing(path: str) -> str:
    """A path as it can be opened: shipped names stand for their file; what else is wrong is told of in the window."""
    if exists(expanded(path)):
        return path
    from explorer.checkpoints.locate import shipped

    known = shipped()
    if path not in known:
        raise BadInput(f"{path}: no such file")
    return str(known[path])
