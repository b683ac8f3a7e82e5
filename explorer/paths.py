"""Folders of this person on this machine, and questions about paths whose answer may be that they cannot be asked."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

from explorer.errors import BadInput

APP = "generative-explorer"
HOME_VARIABLE = "GENERATIVE_EXPLORER_HOME"
"""Environment variable that puts everything under one folder instead."""


def state_folder() -> Path:
    """Where the session and the window's geometry are kept; may not exist yet."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "state" if home else platformdirs.user_state_path(APP, appauthor=False)


def cache_folder() -> Path:
    """Where what can be made again is kept; may not exist yet."""
    home = os.environ.get(HOME_VARIABLE)
    return Path(home) / "cache" if home else platformdirs.user_cache_path(APP, appauthor=False)


def elsewhere_folder() -> Path:
    """Where an engine keeps what windows of other machines sent; may not exist yet."""
    return cache_folder() / "elsewhere"


def files_of_others() -> Path:
    """What is in their files, by its hash; may not exist yet."""
    return elsewhere_folder() / "files"


def expanded(name: str) -> Path:
    """Path that a person wrote, "~" standing for a home folder.

    Raises
    ------
    BadInput
        If it is empty, which would mean the current folder, names nobody's home, or has a character that no path has.
    """
    if not name:
        raise BadInput("a file's name is empty")
    if "\0" in name:
        raise BadInput(f"{name}: no file's name has a NUL in it")
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise BadInput(f"{name}: there is no such user") from None


def is_file(path: Path) -> bool:
    """Whether there is a file; BadInput where that cannot be known: a folder that may not be searched, a name too long."""
    return _asked(path, path.is_file)


def is_dir(path: Path) -> bool:
    """Whether there is a folder; BadInput as `is_file`."""
    return _asked(path, path.is_dir)


def exists(path: Path) -> bool:
    """Whether there is anything; BadInput as `is_file`."""
    return _asked(path, path.exists)


def _asked(path: Path, question: Callable[[], bool]) -> bool:
    try:
        return question()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
