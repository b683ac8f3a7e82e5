"""How this app starts a process of its own, so that no file of the folder that it works in is taken for a module."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import explorer

RUN_IN_FILES = "run-in-files"
"""Command that runs another with its words in files of a folder."""
TRY_GRAPH = "try-graph"
"""Command that compiles a graph where nothing is lost if that ends the process."""
FROZEN_ON_WINDOWS = "generative-explorer.exe"
"""Of the two programs of a bundle, that with standard streams; the other, which opens the window, has none."""


def own_command(*arguments: str) -> list[str]:
    """What runs this app's own command line, as it is installed here, in whatever folder.

    In a bundle (`sys.frozen`) the program is the app, and takes nothing but the app's own commands. Elsewhere Python's -P keeps the
    folder that it works in off the path of modules: it may be anybody's. Only where the app itself lies in the folder that the person is
    in, and was found by that alone, that is put there by name.
    """
    if getattr(sys, "frozen", False):
        return [_frozen_program(), *arguments]
    root = Path(explorer.__file__).resolve().parent.parent
    with contextlib.suppress(OSError):  # the folder may be gone
        if root == Path.cwd():
            return [sys.executable, "-P", "-c", _IN_SOURCES, str(root), *arguments]
    return [sys.executable, "-P", "-m", "explorer", *arguments]


def _frozen_program() -> str:
    return str(Path(sys.executable).with_name(FROZEN_ON_WINDOWS)) if sys.platform == "win32" else sys.executable


_IN_SOURCES = """import runpy, sys
sys.path.insert(0, sys.argv[1])
sys.argv[:2] = ["explorer"]
runpy.run_module("explorer", run_name="__main__", alter_sys=True)
"""
