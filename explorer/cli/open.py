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
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Checkpoints (a file, or a shipped name), a document, pictures; a .py of yours is run."),
    ] = None,
    profile_window: Annotated[
        Path | None,
        typer.Option(help="Write to this .json, at the end, how soon the window was there and how long it kept you waiting."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file of --profile-window if it is there already.")] = False,
    engine: Annotated[
        str, typer.Option(metavar="ssh:HOST", help="Have the models run on another machine: ssh:HOST, or a command that starts an engine.")
    ] = "",
    run_python: Annotated[
        bool, typer.Option("--run-python", help="Run Python files among the paths, as `open FILE.py` does; else the window asks.")
    ] = False,
) -> int:
    """Open the window, with these files in it. A Python file that is named after `open` is run: its load() gives an explorer.Model."""
    return open_files(paths or (), profile_window, run_python, force, engine)
