"""`open`: the window; also what `generative-explorer` alone and `generative-explorer PATH…` mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.display import require_qt, require_window_system
from explorer.errors import BadInput
from explorer.paths import exists, expanded

if TYPE_CHECKING:
    from explorer.engine.process.child import Child


def open_window(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Checkpoints (a file, or a shipped name), a session, pictures.")
    ] = None,
) -> int:
    """Open the window, with these files in it."""
    found = [_existing(path) for path in paths or ()]
    require_window_system()
    child = _engine()  # before Qt: the engine's imports and the window's take their time together
    try:
        require_qt(beside_torch=False)
        from explorer.app import run
    except BaseException:
        if child is not None:
            child.end()
        raise
    return run(found, child)


def _engine() -> Child | None:
    """The engine's process; None if it cannot be started, which is told in the window, where it is tried again."""
    from explorer.engine.process.child import Child

    try:
        return Child()
    except OSError:
        return None


def _existing(path: str) -> str:
    """A path as it can be opened: shipped names stand for their file; what else is wrong is told of in the window."""
    if exists(expanded(path)):
        return path
    from explorer.checkpoints.locate import shipped

    known = shipped()
    if path not in known:
        raise BadInput(f"{path}: no such file")
    return str(known[path])
