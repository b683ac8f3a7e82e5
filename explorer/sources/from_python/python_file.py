"""A Python file of the person's own that makes a network: `load()` in it returns an `explorer.Model`."""

from __future__ import annotations

from pathlib import Path

from explorer.errors import BadInput
from explorer.sources.from_python.model import Model
from explorer.sources.from_python.model_source import ModelSource
from explorer.sources.from_python.permission import is_allowed, looks_like_python, text_of


class PythonFile(ModelSource):
    """Takes files that the person agreed to run, and no other: what is in a file does not matter until then."""

    name = "python file"
    title = "a Python file of yours"

    def recognises(self, path: Path) -> bool:
        """Whether it may be run."""
        try:
            return looks_like_python(path) and is_allowed(path)
        except BadInput:  # it cannot be read
            return False

    def model(self, path: Path) -> Model:
        """What its load() returns."""
        from explorer.sources.from_python.running import run

        return run(path)

    def text(self, path: Path) -> bytes:
        """What is written in it."""
        return text_of(path)
