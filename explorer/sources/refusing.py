"""What a file's contents make of a ValueError: one line that names the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from explorer.errors import BadInput

T = TypeVar("T")


def or_refused(path: Path, make: Callable[[], T]) -> T:
    """What is made of a file, or BadInput, beginning with its path, for the reason why not."""
    try:
        return make()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None
