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

    from explorer.engine.process.elsewhere.address import Address


def open_files(paths: Sequence[str], profile: Path | None = None, run_python: bool = False, force: bool = False, engine: str = "") -> int:
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
    engine : str
        Where the models run, as `explorer.engine.process.elsewhere.address` reads it; empty for this machine.

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
    where = _address(engine)
    require_window_system()
    process = _engine(where)  # before Qt, and before what talks to it: its imports and the window's take their time together
    try:
        require_qt(beside_torch=False)
        from explorer.app import make_application, run
        from explorer.engine.process.child import Child
    except BaseException:
        if process is not None:
            process.kill()
            process.communicate()
        raise
    if where is not None:
        from explorer.engine.process.elsewhere.link import FarLink

        make_application()  # which signals need
        return run(found, profile, link=FarLink(where, process))
    return run(found, profile, None if process is None else Child(process=process))


def _address(said: str) -> Address | None:
    """Where the engine is; None for this machine (BadInput if what was said is no place)."""
    if not said:
        return None
    from explorer.engine.process.elsewhere.address import address

    return address(said)


def _engine(where: Address | None) -> subprocess.Popen[bytes] | None:
    """The engine's process; None if it cannot be started, which is told in the window, where it is tried again."""
    from explorer.engine.process.spawning import spawn

    try:
        return spawn(None if where is None else list(where.words))
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
