"""Which Python files may be run in this process: those that the person named or agreed to, as they were then. No torch."""

from __future__ import annotations

import hashlib
from pathlib import Path

from explorer.errors import BadInput

ENDING = ".py"
MAX_BYTES = 2**20
HOW = "is run only if you say so: generative-explorer open FILE.py, or --run-python with another command"

_agreed: dict[str, str] = {}
"""sha256 of what was agreed to, by the file's place."""


def allow(path: Path) -> str:
    """Agree to run a file as it is now; its hash (BadInput if it cannot be read, or is too large for a person to have written)."""
    digest = hashlib.sha256(text_of(path)).hexdigest()
    allow_known(path, digest)
    return digest


def allow_known(path: Path, digest: str) -> None:
    """Agree to run a file as long as it has this hash."""
    _agreed[_key(path)] = digest


def is_allowed(path: Path) -> bool:
    """Whether the file may be run as it is now."""
    agreed = _agreed.get(_key(path))
    return agreed is not None and hashlib.sha256(text_of(path)).hexdigest() == agreed


def was_allowed(path: Path) -> bool:
    """Whether it might be run as it was once."""
    return _key(path) in _agreed


def all_allowed() -> tuple[tuple[str, str], ...]:
    """Places and hashes, to be told to an engine of another process."""
    return tuple(_agreed.items())


def looks_like_python(path: Path) -> bool:
    """Whether a person calls this file Python: enough to ask, never to run it."""
    return path.suffix.lower() == ENDING and path.is_file()


def text_of(path: Path) -> bytes:
    """What is in a file (BadInput if it cannot be read, or is too large)."""
    try:
        with open(path, "rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    if len(text) > MAX_BYTES:
        raise BadInput(f"{path}: is over {MAX_BYTES // 2**20} MB: a Python file that makes a network is a few lines")
    return text


def _key(path: Path) -> str:
    return str(path.expanduser().absolute())
