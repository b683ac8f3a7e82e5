"""Files appear whole or not at all: written to a neighbour, then renamed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from explorer.errors import BadInput
from explorer.half_written import neighbour
from explorer.memory import in_words
from explorer.paths import is_dir


def check_out(path: Path, endings: Sequence[str], nbytes: int = 0) -> None:
    """Refuse an output file before work is spent on it.

    Parameters
    ----------
    path : Path
    endings : sequence of str
        Those that can be written, such as ".png".
    nbytes : int
        Space that it will take on its disk.

    Raises
    ------
    BadInput
        If the ending is another, the folder is missing or cannot be written, or its disk is too full.
    """
    if path.suffix.lower() not in endings:
        raise BadInput(f"{path}: its ending must be one of {', '.join(endings)}")
    if is_dir(path):
        raise BadInput(f"{path}: is a folder")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {path.parent}: {error.strerror}") from None
    if nbytes > free:
        needs = f"needs {in_words(nbytes)} while it is written, and its disk has {in_words(free)} free"
        raise BadInput(f"{path}: {needs}: ask for fewer samples or steps")


def check_free(*paths: Path, force: bool) -> None:
    """Refuse to replace what is there already, unless that was asked for (BadInput)."""
    for path in paths:
        if not force and os.path.lexists(path):
            raise BadInput(f"{path}: is there already; --force replaces it")


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A neighbour to write to; it becomes `path` if the block ends well, and goes if it does not.

    Raises
    ------
    BadInput
        If the disk refuses.
    """
    partial = neighbour(path)
    try:
        yield partial
        os.replace(partial, path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):  # where it could not be made it cannot be looked for either
            partial.unlink(missing_ok=True)
