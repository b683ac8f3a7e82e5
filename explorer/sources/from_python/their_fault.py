"""What went wrong in a person's own Python, in one line: where in their code, and what it said."""

from __future__ import annotations

import traceback
from pathlib import Path

import explorer

_OURS = str(Path(explorer.__file__).resolve().parent)
_INSTALLED = ("site-packages", "dist-packages", "importlib")


def words_of(error: BaseException) -> str:
    """Such as "net.py, line 12, in forward: ValueError: too narrow"; without a place where none of the frames is theirs."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}: {error.msg}"
    said = " ".join(str(error).split())
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _theirs(frame.filename)]
    if not frames:
        return what
    last = frames[-1]
    return f"{Path(last.filename).name}, line {last.lineno}, in {last.name}: {what}"


def _theirs(file: str) -> bool:
    parts = Path(file).parts
    ours = file.startswith(_OURS) or str(Path(file).resolve()).startswith(_OURS)
    return not ours and not file.startswith("<frozen") and not any(part in _INSTALLED for part in parts) and "torch" not in parts
