"""The window's side of files: what requests name is offered by hash and sent where it is wanted, and what was written is fetched."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from explorer import half_written, sources
from explorer.checkpoints.snapshots import snapshots
from explorer.datasets.folders import files_below
from explorer.engine.models.messages import ScanLibrary
from explorer.engine.process.elsewhere.names import names_in
from explorer.engine.process.elsewhere.talk import CHUNK, Chunk, Offer, Part, Send, Stop, Stored, Talk, Want, Written, encoded
from explorer.engine.thread.files import files_of
from explorer.engine.thread.requests import NamedFile, Request
from explorer.errors import BadInput
from explorer.resources import resource_root
from explorer.sources.hashing import file_hash

MOST_FILES = 20_000
"""Of a folder; one with more is to be brought there in another way."""


class Carrying:
    """Of one connection. What the other side may have is what a request named, and it may write where a request said.

    Parameters
    ----------
    nudge : callable
        Called when there is something to send.
    """

    def __init__(self, nudge: Callable[[], object]) -> None:
        self._nudge = nudge
        self._lock = threading.Lock()
        self._named: dict[str, NamedFile] = {}
        self._offered: dict[str, Path] = {}
        self._written: dict[int, _Fetch] = {}
        self._said: deque[bytes] = deque()
        self._sending: dict[str, Iterator[bytes]] = {}
        self._wanted: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._offer_all, name="engine files", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """The connection is over: nothing half fetched is left."""
        self._wanted.put(None)
        with self._lock:
            fetches, self._written = list(self._written.values()), {}
        for fetch in fetches:
            fetch.give_up()

    # --- of requests, on the thread that writes

    def with_files(self, request: Request) -> Request:
        """The request with what it names of this machine; where it has something written is expected from now on."""
        found = [named for name in _names_of(request) if (named := named_file(name)) is not None]
        written = [path for path, role in files_of(request.payload) if role.use == "written"]
        with self._lock:
            self._named.update({named.name: named for named in found})
            if written:
                self._written[request.request_id] = _Fetch(request.channel, request.generation, frozenset(written))
        return replace(request, files=tuple(found))

    def forget(self, channel: str, generation: int) -> None:
        """Nobody waits any more for what older requests of a channel have written."""
        with self._lock:
            stale = [i for i, fetch in self._written.items() if fetch.channel == channel and fetch.generation < generation]
            fetches = [self._written.pop(i) for i in stale]
        for fetch in fetches:
            fetch.give_up()

    def answered(self, request_id: int) -> None:
        """All of a request has come."""
        with self._lock:
            fetch = self._written.pop(request_id, None)
        if fetch is not None:
            fetch.give_up()

    # --- what is to be sent, on the thread that writes

    def talk(self) -> bytes | None:
        """What is to be said next."""
        return self._said.popleft() if self._said else None

    def data(self) -> bytes | None:
        """Bytes of a file that is to be sent next."""
        with self._lock:
            while self._sending:
                sha256 = next(iter(self._sending))
                frame = next(self._sending[sha256], None)
                if frame is not None:
                    return frame
                del self._sending[sha256]
        return None

    # --- what comes, on the thread that reads

    def take(self, said: Talk, content: memoryview) -> None:
        """Take what the other side said of files; anything else is passed over."""
        match said:
            case Want(name):
                self._wanted.put(name)
            case Send(sha256s):
                with self._lock:
                    offered = {sha256: self._offered[sha256] for sha256 in sha256s if sha256 in self._offered}
                    self._sending.update({sha256: _chunks(path, sha256) for sha256, path in offered.items() if sha256 not in self._sending})
                self._nudge()
            case Stop(sha256s):
                with self._lock:
                    for sha256 in sha256s:
                        self._sending.pop(sha256, None)
            case Written():
                self._store(said, content)

    def _store(self, written: Written, content: memoryview) -> None:
        with self._lock:
            fetch = self._written.get(written.request_id)
        if fetch is None or written.path not in fetch.paths:
            return
        try:
            is_whole = fetch.store(written, content)
        except OSError as error:
            fetch.give_up()
            self._say(Stored(written.request_id, written.path, f"{written.path}: cannot be written: {error.strerror or error}"))
            return
        if is_whole:
            self._say(Stored(written.request_id, written.path))

    def _say(self, said: Talk) -> None:
        self._said.append(encoded(said))
        self._nudge()

    # --- a thread of its own: to hash a file takes long

    def _offer_all(self) -> None:
        while (name := self._wanted.get()) is not None:
            with self._lock:
                named = self._named.get(name)
            if named is not None:
                self._say(self._offer(named))

    def _offer(self, named: NamedFile) -> Offer:
        try:
            paths = parts_of(Path(named.path))
            parts = tuple(Part(str(path), file_hash(path), path.stat().st_size) for path in paths)
        except BadInput as error:
            return Offer(named.name, (), str(error))
        except OSError as error:
            return Offer(named.name, (), f"{named.name}: cannot be read: {error.strerror or error}")
        with self._lock:
            self._offered.update({part.sha256: path for part, path in zip(parts, paths, strict=True)})
        return Offer(named.name, parts)


@dataclass(slots=True)
class _Fetch:
    channel: str
    generation: int
    paths: frozenset[str]
    partial: Path | None = None
    file: IO[bytes] | None = None
    done: int = field(default=0)

    def store(self, written: Written, content: memoryview) -> bool:
        """Write what has come; whether the file is there by now (OSError)."""
        out = Path(written.path)
        if written.offset == 0:
            self.give_up()
            self.partial = half_written.neighbour(out)
            self.file = self.partial.open("wb")
        if self.file is None or self.partial is None:
            return False  # it could not be written before
        if written.offset != self.done:
            raise OSError("a part of it did not come")
        self.file.write(content)
        self.done += len(content)
        if self.done < written.size:
            return False
        self.file.close()
        os.replace(self.partial, out)
        self.file, self.partial, self.done = None, None, 0
        return True

    def give_up(self) -> None:
        """Leave nothing half written."""
        if self.file is not None:
            self.file.close()
        if self.partial is not None:
            with contextlib.suppress(OSError):
                self.partial.unlink(missing_ok=True)
        self.file, self.partial, self.done = None, None, 0


def _names_of(request: Request) -> tuple[str, ...]:
    """What a request names, and all moments of the runs that it wants to know whole."""
    names = names_in(request.payload)
    if isinstance(request.payload, ScanLibrary):
        names += tuple(snapshot.path for name in request.payload.runs for snapshot in snapshots(Path(name)))
    return tuple(dict.fromkeys(names))


def named_file(name: str) -> NamedFile | None:
    """What a name stands for on this machine; None where it is no path, or there is nothing."""
    if os.sep not in name and "." not in name:
        return None  # of what comes with the app
    try:
        path = Path(name).expanduser().absolute()
        stamp = sources.stamp(path)
    except (OSError, ValueError, RuntimeError, BadInput):
        return None
    root = resource_root()
    shipped = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
    return NamedFile(name, str(path), stamp, shipped)


def parts_of(path: Path) -> tuple[Path, ...]:
    """All files of what lies at a path (OSError, BadInput): of a checkpoint its parts, of any other folder all that is in it."""
    if sources.source_for(path) is not None or not path.is_dir():
        return tuple(sources.parts(path))
    found = []
    for file in files_below(path):
        found.append(file)
        if len(found) > MOST_FILES:
            raise BadInput(
                f"{path}: has more than {MOST_FILES:,} files: bring it to the engine's machine, and name it as it is called there"
            )
    return tuple(found)


def _chunks(path: Path, sha256: str) -> Iterator[bytes]:
    """A file in frames; what is wrong with it, where it cannot be read any more."""
    try:
        size = path.stat().st_size
        with open(path, "rb") as file:
            done = 0
            while done < size or done == 0:
                content = file.read(CHUNK)
                if not content and size:
                    raise OSError(0, "it has become shorter")
                yield encoded(Chunk(sha256, done, size), content)
                done += len(content)
                if size == 0:
                    return
    except OSError as error:
        yield encoded(Chunk(sha256, 0, 0, f"{path}: cannot be read: {error.strerror or error}"))
