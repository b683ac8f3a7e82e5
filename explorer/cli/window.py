"""What `open` does, without what reads its options: the window alone has none."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.display import require_qt, require_window_system
from explorer.errors import BadInput
from explorer.paths import exists, expanded

if TYPE_CHECKING:
    import subprocess


def open_files(paths: Sequence[str], profile: Path | None = None, run_python: bool = False, force: bool = False) -> int:
    """Open the window, with these files in it; returns the exit status.

    Parameters
    ----------
    paths : sequence of str
    profile : Path, optional
        Where to write how quick it was (.json).
    run_python : bool
        Python files among them are run: the person named them for that. Else the window asks.
    force : bool
        `profile` may replace a file.

    Raises
    ------
    BadInput
        If a file is missing, `profile` cannot be written, or no window can be opened here.
    """
    gc.disable()  # all that is made until the window is shown, stays
    found = [_existing(path) for path in paths]
    if run_python:
        allow_python(found)
    if profile is not None:
        from explorer.exports.atomic import check_free, check_out

        check_out(profile, (".json",))
        check_free(profile, force=force)
    require_window_system()
    engine = _engine()  # before Qt, and before what talks to it: its imports and the window's take their time together
    try:
        require_qt(beside_torch=False)
        from explorer.app import run
        from explorer.engine.process.child import Child
    except BaseException:
        if engine is not None:
            engine.kill()
            engine.communicate()
        raise
    return run(found, profile, None if engine is None else Child(process=engine))


def _engine() -> subprocess.Popen[bytes] | None:
    """The engine's process; None if it cannot be started, which is told in the window, where it is tried again."""
    from explorer.engine.process.spawning import spawn

    try:
        return spawn()
    except OSError:
        return None


def _existing(path: str) -> str:
    """A path as it can be opened: shipped names stand for their file; what else is wrong is told of in the window."""
    if exists(expanded(path)):
        return path
    from explorer.checkpoints.locate import named

    known = named()
    if path not in known:
        raise BadInput(f"{path}: no such file")
    return str(known[path])


def allow_python(paths: Sequence[str]) -> None:
    """Agree to run the Python files among these (BadInput if one cannot be read)."""
    if any(path.lower().endswith(".py") for path in paths):
        from explorer.sources.from_python import permission

        for path in map(expanded, paths):
            if permission.looks_like_python(path):
                permission.allow(path)
