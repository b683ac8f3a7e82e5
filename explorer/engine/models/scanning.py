"""Which checkpoints there are on this machine, and what is known of them from before. No torch.

To read a card is to check it against its network, which needs torch. So what was read once is remembered: of a person's files by
their time and size, of those that came with the app by what is in them.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import msgspec

from explorer import __version__, half_written, sources
from explorer.checkpoints import locate
from explorer.checkpoints.snapshots import end_of_run, snapshots
from explorer.engine.desk import Desk
from explorer.engine.models.messages import LibraryEntry, LibraryScanned, ScanLibrary
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.paths import cache_folder
from explorer.resources import resource_root

PEEKED = 64 * 1024
"""Bytes at either end of a file that came with the app by which it is known again: weights that differ differ there."""
MAX_REMEMBERED = 4096


class Remembered(msgspec.Struct, frozen=True):
    """An entry, and what its file was like; and all that was told of files, where something was of this one."""

    entry: LibraryEntry
    stamp: tuple[int, int] = (0, 0)
    peek: str = ""
    told: tuple[int, int] = (0, 0)


class _Book(msgspec.Struct, frozen=True):
    version: str
    entries: tuple[Remembered, ...]


def files(paths: tuple[str, ...], runs: tuple[str, ...] = ()) -> Iterator[tuple[Path, bool]]:
    """The shipped checkpoints by name with their snapshots, then those at `paths`, and every snapshot of `runs`; and which are shipped."""
    shipped = [file for path in locate.shipped().values() for file in _with_snapshots(path)]
    others = [Path(name) for name in paths]
    others += [file for name in runs for file in _with_snapshots(Path(name))]
    seen: set[Path] = set()
    for path in (*shipped, *others):
        for file in (end_of_run(path), path):
            if file not in seen:
                seen.add(file)
                yield file, file in shipped


def _with_snapshots(path: Path) -> tuple[Path, ...]:
    """A checkpoint, then the others of its run."""
    return tuple(dict.fromkeys((path, *(Path(snapshot.path) for snapshot in snapshots(path)))))


# --- what is known from before -----------------------------------------------------------------------------------


def scan_early(request: ScanLibrary, desk: Desk) -> Steps | None:
    """Entries of all checkpoints, if all are known from before."""
    mine, came = _book(cache_folder() / "library.json"), _came_with_the_app()
    entries = []
    for path, shipped in files(request.paths, request.runs):
        known = mine.get(str(path))
        entry = known.entry if known is not None and _is_as_it_was(known, path) else came(path) if shipped else None
        if entry is None:
            return None
        end = end_of_run(path)
        entries.append(replace(entry, shipped=shipped, of="" if end == path else str(end)))
    return iter([LibraryScanned(tuple(entries))])


def remember(entries: tuple[LibraryEntry, ...]) -> None:
    """So that the next start knows them; of each what can be opened."""
    path = cache_folder() / "library.json"
    book = {name: kept for name, kept in _book(path).items() if len(name) < 4096}
    for entry in entries:
        stamp = _stamp(Path(entry.path))
        if entry.card is not None and stamp is not None:
            book.pop(entry.path, None)
            book[entry.path] = Remembered(entry, stamp, told=_told_stamp(entry))
    write_book(path, tuple(book.values())[-MAX_REMEMBERED:])


def _is_as_it_was(known: Remembered, path: Path) -> bool:
    return known.stamp == _stamp(path) and known.told == _told_stamp(known.entry)


def _told_stamp(entry: LibraryEntry) -> tuple[int, int]:
    return sources.told_stamp() if entry.card is not None and entry.card.told is not None else (0, 0)


def write_book(path: Path, remembered: tuple[Remembered, ...]) -> None:
    """Write it whole, or not at all: nothing is lost but time."""
    text = msgspec.json.encode(_Book(__version__, remembered))
    with contextlib.suppress(OSError):
        if path.is_file() and path.read_bytes() == text:
            return
    half_written.keep(path, text)


def _book(path: Path) -> dict[str, Remembered]:
    """What was remembered by this version of the app, by its path; nothing of a file that is spoilt."""
    try:
        book = msgspec.json.decode(path.read_bytes(), type=_Book)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return {}
    return {kept.entry.path: kept for kept in book.entries} if book.version == __version__ else {}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        return sources.stamp(path)
    except (OSError, ValueError, BadInput):
        return None


def _came_with_the_app() -> Callable[[Path], LibraryEntry | None]:
    root = resource_root()
    book = _book(root / "first" / "library.json")

    def entry(path: Path) -> LibraryEntry | None:
        with contextlib.suppress(OSError, ValueError):
            known = book.get(path.relative_to(root).as_posix())
            if known is not None and known.peek == peek(path):
                return replace(known.entry, path=str(path))
        return None

    return entry


def peek(path: Path) -> str:
    """By what a file that came with the app is known again: its size and its ends (OSError)."""
    stat = path.stat()
    return _peek(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _peek(path: Path, _changed: int, size: int) -> str:
    with open(path, "rb") as file:
        digest = hashlib.sha256(f"{size} ".encode() + file.read(PEEKED))
        file.seek(max(0, size - PEEKED))
        digest.update(file.read(PEEKED))
    return digest.hexdigest()


def shipped_book(entries: tuple[LibraryEntry, ...]) -> tuple[Remembered, ...]:
    """The entries of the files that come with the app, by where they are within it: what `tools/first_look.py` writes."""
    root = resource_root()
    shipped = [entry for entry in entries if entry.shipped]
    return tuple(
        Remembered(replace(entry, path=Path(entry.path).relative_to(root).as_posix(), of=""), peek=peek(Path(entry.path)))
        for entry in shipped
    )  # fmt: skip
