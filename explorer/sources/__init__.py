"""Where checkpoints come from: the kinds that open here, asked in turn what a file or a folder is.

A new kind is a file beside this one and a line in `SOURCES`: dialogs, messages and hints then name it. No torch until something is opened.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.checkpoints.locate import locate
from explorer.errors import BadInput
from explorer.paths import expanded, is_dir
from explorer.sources.base import Source
from explorer.sources.looks import looks_like
from explorer.sources.native import Native

if TYPE_CHECKING:
    from explorer.checkpoints.card import Card
    from explorer.checkpoints.files import Checkpoint

OWN = Native()
"""What this app writes."""

SOURCES: list[Source] = [
    OWN,
]


def source_for(path: Path) -> Source | None:
    """The source that recognises a file or a folder; None if none does, or it is a pipe or a device, whose reader may wait for ever."""
    try:
        if not (path.is_file() or path.is_dir()):
            return None
    except (OSError, ValueError):
        return None
    for source in SOURCES:
        try:
            if source.recognises(path):
                return source
        except (OSError, ValueError, RecursionError):
            continue
    return None


def open(path: Path) -> Checkpoint:  # noqa: A001
    """Checkpoint in a file or a folder, its network on the CPU in evaluation mode.

    Raises
    ------
    BadInput
        If no source recognises it, or the one that does finds it damaged.
    """
    return _asked(path).load(path)


def card(path: Path) -> Card:
    """Model card of a checkpoint, its weights untouched (BadInput as `open`)."""
    return _asked(path).card(path)


def parameters(path: Path) -> int:
    """Numbers in a checkpoint's network, its weights untouched; 0 where that is not known (BadInput as `open`)."""
    return _asked(path).parameters(path)


def parts(path: Path) -> tuple[Path, ...]:
    """Files that a checkpoint consists of; the path alone where no source recognises it."""
    source = source_for(path)
    return (path,) if source is None else source.parts(path)


def size(path: Path) -> int:
    """Bytes of a checkpoint's files (OSError where one cannot be asked)."""
    return sum(part.stat().st_size for part in parts(path))


def sha256(path: Path) -> str:
    """Hash by which recipes know a checkpoint; of a file that no source recognises, the file's (OSError as `size`)."""
    return (source_for(path) or OWN).sha256(path)


def stamp(path: Path) -> tuple[int, int]:
    """What tells a checkpoint from its next version, cheap enough to ask at every use: time and size; of a folder, of its files."""
    stats = [part.stat() for part in (parts(path) if path.is_dir() else (path,))]
    return max(stat.st_mtime_ns for stat in stats), sum(stat.st_size for stat in stats)


def located(name: str) -> Path:
    """Path of a checkpoint that a person named: `locate`'s, or a folder that a source recognises (BadInput as `locate`)."""
    try:
        return locate(name)
    except BadInput:
        path = expanded(name)
        if not is_dir(path):
            raise
        if source_for(path) is None:
            raise BadInput(f"{name}: is a folder; name {a_file()} in it") from None
        return path


def patterns() -> tuple[str, ...]:
    """Patterns of the names that checkpoints usually have, for file dialogs: hints, no more."""
    return tuple(dict.fromkeys(hint for source in SOURCES for hint in source.hints))


def endings() -> str:
    """Those in words: ".safetensors", ".safetensors or .zip"."""
    return _joined([pattern.removeprefix("*") for pattern in patterns()])


def a_file() -> str:
    """What a person is to choose or drop: "a .safetensors file"."""
    return f"a {endings()} file"


def what_opens() -> str:
    """Every kind with its hints: "a checkpoint of Generative Explorer (.safetensors)"."""
    return _joined([f"{source.title} ({_joined([hint.removeprefix('*') for hint in source.hints])})" for source in SOURCES])


def _joined(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _asked(path: Path) -> Source:
    """The source that recognises it, or the sentence that says what it is instead."""
    source = source_for(path)
    if source is None:
        raise BadInput(f"{path}: is {looks_like(path)}; what opens here is {what_opens()}")
    return source
