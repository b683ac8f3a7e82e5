"""The one exception for what the person gave us and we cannot use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


class BadInput(Exception):
    """Bad input: the message names the file and the cause, on one line, for a person to read.

    Attributes
    ----------
    path : str
        The file for programs, as it was asked for; empty where there is none, or it is not known.
    asks : bool
        The file is sound, and opens once something is told of it that it does not say.
    """

    path = ""
    asks = False


@contextlib.contextmanager
def about(path: str | Path) -> Iterator[None]:
    """Bad input that is found within is about this file, unless it says itself which."""
    try:
        yield
    except BadInput as error:
        error.path = error.path or str(path)
        raise
