"""`open`: the window; also what `generative-explorer` alone and `generative-explorer PATH…` mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.cli.told_options import takes_told
from explorer.cli.window import open_files


@takes_told("paths", in_window=True)
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
    return open_files(paths or (), profile_window)
