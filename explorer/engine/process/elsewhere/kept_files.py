"""The engine's side of files: what windows sent, by its hash, and where it lies under the names that they call it by."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

import msgspec

from explorer import half_written
from explorer.engine.process.elsewhere.talk import Chunk, Offer
from explorer.engine.thread.requests import NamedFile
from explorer.paths import elsewhere_folder
from explorer.resources import resource_root

KEPT_BYTES = 16 * 2**30
"""Beyond it what was used least lately goes."""
MOST_PLACES = 20_000


class Place(msgspec.Struct, frozen=True):
    """What a window's path was found to be, and with which files."""

    stamp: tuple[int, int]
    files: tuple[tuple[str, str], ...]
    """Each: its path there, its sha256."""


class _Book(msgspec.Struct, frozen=True):
    places: dict[str, Place] = {}


@dataclass(slots=True)
class _Arriving:
    file: IO[bytes]
    partial: Path
    digest: hashlib._Hash
    done: int = 0


class KeptFiles:
    """Of one window; of one thread.

    Parameters
    ----------
    window : str
        Who it is: paths of another mean other files.
    folder : Path, optional
        Where all is kept.
    """

    def __init__(self, window: str, folder: Path | None = None) -> None:
        root = elsewhere_folder() if folder is None else folder
        who = hashlib.sha256(window.encode()).hexdigest()[:16]
        self._contents = root / "files"
        self._there = root / "windows" / who
        self._book_file = root / f"{who}.json"
        self._places = _read(self._book_file)
        self._arriving: dict[str, _Arriving] = {}

    def place(self, named: NamedFile) -> Path | None:
        """Where it lies here; None if it has to be asked for."""
        if named.shipped:
            own = resource_root().joinpath(*PurePath(named.shipped).parts)
            with contextlib.suppress(OSError):
                if ".." not in PurePath(named.shipped).parts and (own.is_dir() or own.stat().st_size == named.stamp[1]):
                    return own
        known = self._places.get(named.path)
        if known is None or known.stamp != named.stamp or not all(self._at(path).is_file() for path, _ in known.files):
            return None
        self._places[named.path] = self._places.pop(named.path)  # the newest
        return self._at(named.path)

    def missing(self, offer: Offer) -> tuple[str, ...]:
        """Hashes of what is not here of what was offered, each once."""
        return tuple(dict.fromkeys(part.sha256 for part in offer.parts if not self._has(part.sha256, part.size)))

    def _has(self, sha256: str, size: int) -> bool:
        with contextlib.suppress(OSError):
            return self._content(sha256).stat().st_size == size
        return False

    def take(self, chunk: Chunk, content: memoryview) -> str:
        """Write what has come of a file; "" while more is to come, "done", or why it cannot be kept."""
        try:
            return self._take(chunk, content)
        except OSError as error:
            self._give_up(chunk.sha256)
            return f"the engine's machine cannot keep it: {error.strerror or error}"

    def _take(self, chunk: Chunk, content: memoryview) -> str:
        if chunk.problem:
            self._give_up(chunk.sha256)
            return chunk.problem
        if chunk.offset == 0:
            self._give_up(chunk.sha256)
            self._contents.mkdir(parents=True, exist_ok=True)
            partial = half_written.neighbour(self._content(chunk.sha256))
            self._arriving[chunk.sha256] = _Arriving(partial.open("wb"), partial, hashlib.sha256())
        arriving = self._arriving.get(chunk.sha256)
        if arriving is None or arriving.done != chunk.offset or arriving.done + len(content) > chunk.size:
            self._give_up(chunk.sha256)
            return "a part of it did not come"
        arriving.file.write(content)
        arriving.digest.update(content)
        arriving.done += len(content)
        if arriving.done < chunk.size:
            return ""
        arriving.file.close()
        if arriving.digest.hexdigest() != chunk.sha256:
            self._give_up(chunk.sha256)
            return "it has changed while it was sent"
        os.replace(arriving.partial, self._content(chunk.sha256))
        del self._arriving[chunk.sha256]
        return "done"

    def keep(self, named: NamedFile, offer: Offer) -> Path:
        """Have all files of what was offered lie where they belong (OSError)."""
        for part in offer.parts:
            path = self._at(part.path)
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = half_written.neighbour(path)
            try:
                os.link(self._content(part.sha256), beside)
            except OSError:  # a file system without links
                shutil.copy(self._content(part.sha256), beside)
            os.replace(beside, path)
            with contextlib.suppress(FileNotFoundError):
                beside.unlink()  # to replace one link to a file by another does nothing
        self._places.pop(named.path, None)
        self._places[named.path] = Place(named.stamp, tuple((part.path, part.sha256) for part in offer.parts))
        self._forget_old()
        half_written.keep(self._book_file, msgspec.json.encode(_Book(self._places)))
        return self._at(named.path)

    def close(self) -> None:
        """Leave nothing half written."""
        for sha256 in list(self._arriving):
            self._give_up(sha256)

    def stop(self, sha256s: tuple[str, ...]) -> None:
        """What of these has not come will not."""
        for sha256 in sha256s:
            self._give_up(sha256)

    @property
    def names(self) -> dict[str, str]:
        """By where files lie here: what the window calls them."""
        return {str(self._at(path)): path for place in self._places.values() for path, _ in place.files}

    @property
    def folder(self) -> Path:
        """Under which all lies that this window calls by paths."""
        return self._there

    def _give_up(self, sha256: str) -> None:
        arriving = self._arriving.pop(sha256, None)
        if arriving is not None:
            arriving.file.close()
            arriving.partial.unlink(missing_ok=True)

    def _content(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise OSError(0, f"{sha256!r} is no hash")
        return self._contents / sha256

    def _at(self, path: str) -> Path:
        """Where a path of the window's is here, whatever system that has."""
        words = [word.replace(":", "") for word in path.replace("\\", "/").split("/") if word not in ("", ".", "..")]
        return self._there.joinpath(*words)

    def _forget_old(self) -> None:
        """Remove what was used least lately, beyond what is kept: of the newest nothing."""
        sizes = {name: sum(self._size(sha256) for _, sha256 in place.files) for name, place in self._places.items()}
        over = sum(sizes.values()) - KEPT_BYTES
        for name in list(self._places)[:-1]:
            if over <= 0 and len(self._places) <= MOST_PLACES:
                return
            place = self._places.pop(name)
            over -= sizes[name]
            used = {sha256 for each in self._places.values() for _, sha256 in each.files}
            for path, sha256 in place.files:
                with contextlib.suppress(OSError):
                    self._at(path).unlink()
                if sha256 not in used:
                    with contextlib.suppress(OSError):
                        self._content(sha256).unlink()

    def _size(self, sha256: str) -> int:
        with contextlib.suppress(OSError):
            return self._content(sha256).stat().st_size
        return 0


def _read(path: Path) -> dict[str, Place]:
    try:
        return dict(msgspec.json.decode(path.read_bytes(), type=_Book).places)
    except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return {}
