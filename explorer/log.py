"""A small log of what happened to the app, for reports: starts, failures, faults. Nothing is sent anywhere.

What a person works on is not in it: folders are cut off paths, and only the app's own lines are written.
"""

from __future__ import annotations

import contextlib
import logging
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path

from explorer.paths import state_folder

MOST_BYTES, KEPT = 256_000, 1
"""Size of the file at which it is set aside, and how many set aside are kept."""
RECENT_LINES = 200

_PATH = re.compile(r"(?<![\w.…])(?:[A-Za-z]:)?(?:[\\/][^\\/\s:'\",;()]+)+[\\/]([^\\/\s:'\",;()]+)")
_OWN = re.compile(r"[^\s\"']*[\\/](explorer[\\/]\w)")
_LOGGER = logging.getLogger("explorer.report")
_LOGGER.propagate = False
_LOGGER.setLevel(logging.INFO)
_LOGGER.addHandler(logging.NullHandler())  # before it is begun, and where no file can be written, nothing is said


def log_file() -> Path:
    """Where it is kept; may not exist yet."""
    return state_folder() / "log.txt"


def begin(file: Path | None = None) -> None:
    """Write to a file from now on; where that cannot be, to none: a log is no reason not to start."""
    end()
    path = file or log_file()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        handler.handleError = lambda record: None  # type: ignore[method-assign]  # a full disk says so elsewhere
        _LOGGER.addHandler(handler)


def end() -> None:
    """Write no more, and close the file."""
    for handler in list(_LOGGER.handlers):
        if isinstance(handler, RotatingFileHandler):
            _LOGGER.removeHandler(handler)
            handler.close()


def note(text: str, fault: bool = False) -> None:
    """One more entry; `fault` is what should not have happened."""
    _LOGGER.log(logging.ERROR if fault else logging.INFO, without_folders(text))


def without_folders(text: str) -> str:
    """A text with the folders of its paths cut off: "/home/ada/secret/a.png" becomes "…/a.png"; of the app's own code they stay."""
    return _PATH.sub(r"…/\1", _OWN.sub(r"\1", text))


def recent(lines: int = RECENT_LINES) -> str:
    """The last lines of the log, oldest first; empty if there is none."""
    try:
        text = log_file().read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
