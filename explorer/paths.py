"""Folders of this person on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

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
