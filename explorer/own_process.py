"""How this app starts a process of its own, so that no file of the folder that it works in is taken for a module."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import explorer

RUN_IN_FILES = "run-in-files"
"""Command that runs another with its words in files of a folder."""


def own_command(*arguments: str) -> list[str]:
    """What runs this app's own command line, as it is installed here, in whatever folder."""
    return [sys.executable, *arguments] if getattr(sys, "frozen", False) else own_python("-m", "explorer", *arguments)


def own_python(*words: str) -> list[str]:
    """What runs this Python with `words`: "-m" and a module, or "-c" and a program.

    -P keeps the folder that it works in off the path of modules: it may be anybody's. Only where the app itself lies in the folder
    that the person is in, and was found by that alone, that is put there by name.
    """
    root = Path(explorer.__file__).resolve().parent.parent
    with contextlib.suppress(OSError):  # the folder may be gone
        if root == Path.cwd():
            return [sys.executable, "-P", "-c", _IN_SOURCES, str(root), *words]
    return [sys.executable, "-P", *words]


_IN_SOURCES = """import runpy, sys
root, word, what = sys.argv[1:4]
sys.path.insert(0, root)
if word == "-m":
    sys.argv[:4] = [what]
    runpy.run_module(what, run_name="__main__", alter_sys=True)
else:
    sys.argv[:4] = ["-c"]
    exec(what)
"""
