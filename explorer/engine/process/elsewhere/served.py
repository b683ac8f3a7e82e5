"""The engine's side of a way to another machine: requests wait until what they name is here, and what they write is sent back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO

from explorer import half_written
from explorer.engine.models.messages import OpenCheckpoint, Opening
from explorer.engine.process.codec import BadContents, Cancel, Hello, Hide, Reader
from explorer.engine.process.elsewhere.kept_files import KeptFiles
from explorer.engine.process.elsewhere.names import with_words
from explorer.engine.process.elsewhere.segments import Frame, Priority
from explorer.engine.process.elsewhere.sending import Sending
from explorer.engine.process.elsewhere.talk import CHUNK, Chunk, Offer, Send, Stop, Stored, Talk, Want, Written, decoded, encoded
from explorer.engine.process.elsewhere.way import Way
from explorer.engine.thread.files import FileRole, with_files
from explorer.engine.thread.loop import failure
from explorer.engine.thread.mailbox import Mailbox
from explorer.engine.thread.messages import Cancelled, Failed
from explorer.engine.thread.outbox import Outbox
from explorer.engine.thread.requests import NamedFile, Request, Result
from explorer.errors import BadInput
from explorer.paths import elsewhere_folder
from explorer.resources import resource_root


@dataclass(slots=True)
class _Waits:
    request: Request
    missing: dict[str, NamedFile]
    """By name: what has to come first."""
    called: dict[str, str]
    problem: str = ""


class Served:
    """What `serve` does for a window of another machine.

    Parameters
    ----------
    hello : Hello
        The window's.
    mailbox, outbox : Mailbox, Outbox
        The engine's: what it is asked, and what goes to the window.
    """

    def __init__(self, hello: Hello, mailbox: Mailbox, outbox: Outbox) -> None:
        self._mailbox, self._outbox = mailbox, outbox
        self._way: Way[Result | None] = Way(self._pull)
        self._reader = Reader(BytesIO())
        self._results = Sending(outbox, self._way.flow, self._way.under_way)
        self._kept = KeptFiles(hello.elsewhere)
        self._lock = threading.Lock()
        self._words = self._kept.names
        self._own_words: dict[int, tuple[Request, dict[str, str]]] = {}
        self._roots = [(str(resource_root()), hello.resources)] if hello.resources else []
        self._waiting: list[_Waits] = []
        self._offers: dict[str, Offer] = {}
        self._asked: set[str] = set()
        self._said: deque[bytes] = deque()
        self._outs = _made(half_written.neighbour(_made(elsewhere_folder()) / "out"))  # which goes once this process is dead
        self._folders = (str(self._kept.folder), str(self._outs), *(here for here, _ in self._roots))
        """Under which all lies that the window calls otherwise."""
        self._writes: dict[int, dict[str, str]] = {}
        self._held: dict[int, tuple[Result, set[str]]] = {}
        self._sending: deque[tuple[Result, Iterator[bytes]]] = deque()

    def nudge(self) -> None:
        """There is something in the outbox."""
        self._way.nudge()

    def close(self) -> None:
        """The window has gone."""
        self._way.close()
        self._kept.close()
        shutil.rmtree(self._outs, ignore_errors=True)

    def run(self, source: IO[bytes], sink: IO[bytes]) -> None:
        """Talk until the window ends."""
        write = threading.Thread(target=self._write, args=(sink,), name="results", daemon=True)
        write.start()
        self._way.read(source, self._take)

    def _write(self, sink: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):  # the window has gone, and the thread that reads sees it, too
            self._way.write(sink, silent=lambda: os._exit(0))  # as a window that ends does: nobody is there

    # --- what comes

    def _take(self, priority: Priority, frame: bytearray) -> None:
        if priority in (Priority.TALK, Priority.DATA):
            self._listen(*decoded(frame))
            return
        self._reader.feed(frame)
        try:
            asked = self._reader.request()
        except BadContents as bad:
            self._outbox.put(Result(bad.request_id, bad.channel, bad.generation, failure(bad)))
            return
        if isinstance(asked, Hide):
            self._mailbox.hide(frozenset(asked.owners))
            return
        if asked is None:
            return
        if isinstance(asked, Cancel):
            self._mailbox.cancel(asked.channel, asked.generation)
        if isinstance(asked, Cancel) or not asked.queued:
            self._forget(asked.channel, asked.generation)
        if isinstance(asked, Request):
            self._ask(asked)

    def _forget(self, channel: str, generation: int) -> None:
        """Nobody waits for the channel's older requests and their results."""

        def is_stale(one: Request | Result | None) -> bool:
            return one is not None and one.channel == channel and one.generation < generation

        self._results.forget(channel, generation)
        self._waiting = [waits for waits in self._waiting if not is_stale(waits.request)]
        self._want_no_more()
        with self._lock:
            for request_id in [i for i, (result, _) in self._held.items() if is_stale(result)]:
                del self._held[request_id]
            self._sending = deque(each for each in self._sending if not is_stale(each[0]))
            for request_id in [i for i, (request, _) in self._own_words.items() if is_stale(request)]:
                del self._own_words[request_id]
        self._way.drop(is_stale)

    def _want_no_more(self) -> None:
        """Have nothing sent for which nothing waits."""
        wanted = {name for waits in self._waiting for name in waits.missing}
        for name in [name for name in self._offers if name not in wanted]:
            hashes = {part.sha256 for part in self._offers.pop(name).parts}
            unwanted = tuple(hashes - {part.sha256 for offer in self._offers.values() for part in offer.parts})
            self._asked.discard(name)
            self._kept.stop(unwanted)
            self._say(Stop(unwanted))

    def _ask(self, request: Request) -> None:
        waits = _Waits(request, {}, {})
        for named in request.files:
            place = self._kept.place(named)
            if place is None:
                waits.missing[named.name] = named
            else:
                waits.called[named.name] = str(place)
        if not waits.missing and not any(each.request.channel == request.channel for each in self._waiting):
            self._post(waits)
            return
        self._waiting.append(waits)
        for name in waits.missing:
            if name not in self._asked:
                self._asked.add(name)
                self._say(Want(name))

    def _post(self, waits: _Waits) -> None:
        """Have the engine answer: all that a request names is here."""
        request, called = waits.request, waits.called
        if waits.problem:
            failed = Failed(waits.problem)
            self._outbox.put(Result(request.request_id, request.channel, request.generation, failed))
            return
        outs: dict[str, str] = {}

        def place(path: str, role: FileRole) -> str:
            if role.use == "read":
                return path
            folder = _made(self._outs / str(request.request_id) / str(len(outs)))
            outs[path] = str(folder / Path(path.replace("\\", "/")).name)
            return outs[path]

        payload = with_words(with_files(request.payload, place), lambda word: called.get(word, word))
        own = {here: there for there, here in (*called.items(), *outs.items())}
        with self._lock:
            self._words.update(own)
            self._own_words[request.request_id] = (request, own)
            if outs:
                self._writes[request.request_id] = outs
        self._mailbox.post(replace(request, payload=payload, files=()))

    def _listen(self, said: Talk, content: memoryview) -> None:
        match said:
            case Offer():
                self._offered(said)
            case Chunk():
                self._keep_chunk(said, content)
            case Stored():
                self._stored(said)

    def _offered(self, offer: Offer) -> None:
        self._asked.discard(offer.name)
        if not any(offer.name in waits.missing for waits in self._waiting):
            return
        self._asked.add(offer.name)
        self._offers[offer.name] = offer
        missing = () if offer.problem else self._kept.missing(offer)
        if missing:
            self._say(Send(missing))
        self._go_on()

    def _keep_chunk(self, chunk: Chunk, content: memoryview) -> None:
        came = self._kept.take(chunk, content)
        if came not in ("", "done"):
            for name, offer in self._offers.items():
                if any(part.sha256 == chunk.sha256 for part in offer.parts):
                    self._offers[name] = Offer(name, (), f"{name}: {came}")
        if came:
            self._go_on()
        else:
            self._tell_progress(chunk.offset + len(content))

    def _go_on(self) -> None:
        """Post what waits for nothing any more; of a channel in its order."""
        for name, offer in list(self._offers.items()):
            if offer.problem or not self._kept.missing(offer):
                del self._offers[name]
                self._asked.discard(name)
                self._came(name, offer)
        still: list[_Waits] = []
        for waits in self._waiting:
            if waits.missing or any(each.request.channel == waits.request.channel for each in still):
                still.append(waits)
            else:
                self._post(waits)
        self._waiting = still

    def _came(self, name: str, offer: Offer) -> None:
        for waits in self._waiting:
            named = waits.missing.pop(name, None)
            if named is None:
                continue
            try:
                if offer.problem:
                    raise BadInput(offer.problem)
                waits.called[name] = str(self._kept.keep(named, offer))
            except BadInput as error:
                waits.problem = str(error)
            except OSError as error:
                waits.problem = f"{name}: the engine's machine cannot keep it: {error.strerror or error}"

    def _tell_progress(self, done: int) -> None:
        """Of what is being opened, how much of it has come."""
        for waits in self._waiting:
            payload = waits.request.payload
            if isinstance(payload, OpenCheckpoint) and (offer := self._offers.get(payload.path)) is not None:
                total = sum(part.size for part in offer.parts)
                missing = set(self._kept.missing(offer))
                came = sum(part.size for part in offer.parts if part.sha256 not in missing)
                told = Opening(payload.path, "sending", came + done, total)
                r = waits.request
                self._outbox.put(Result(r.request_id, r.channel, r.generation, told, last=False))

    # --- what goes

    def put(self, result: Result) -> None:
        """Send a result, once what its request has written is there."""
        if result.last and self._sends_files_first(result):
            self._way.nudge()
        else:
            self._outbox.put(self._as_called(result))

    def _sends_files_first(self, result: Result) -> bool:
        with self._lock:
            outs = self._writes.pop(result.request_id, {})
            there = {} if isinstance(result.outcome, (Failed, Cancelled)) else {p: here for p, here in outs.items() if Path(here).is_file()}
            if there:
                self._held[result.request_id] = (result, set(there))
                self._sending += [(result, _written(result.request_id, path, here)) for path, here in there.items()]
        if outs and not there:
            shutil.rmtree(self._outs / str(result.request_id), ignore_errors=True)
        return bool(there)

    def _stored(self, stored: Stored) -> None:
        with self._lock:
            held = self._held.get(stored.request_id)
            if held is None:
                return
            result, left = held
            left.discard(stored.path)
            if left and not stored.problem:
                return
            del self._held[stored.request_id]
        shutil.rmtree(self._outs / str(stored.request_id), ignore_errors=True)
        if stored.problem:
            result = replace(result, outcome=Failed(stored.problem))
        self._outbox.put(self._as_called(result))

    def _as_called(self, result: Result) -> Result:
        """A result with every path as the window calls it: one file may have several names, of which each request has its own."""
        with self._lock:
            _, own = self._own_words.get(result.request_id, (None, {}))
            if result.last:
                self._own_words.pop(result.request_id, None)
            words = self._words | own

        def called(text: str) -> str:
            if text in words:
                return words[text]
            if any(folder in text for folder in self._folders):
                for here, there in sorted([*words.items(), *self._roots], key=lambda pair: -len(pair[0])):
                    text = text.replace(here, there)
            return text

        outcome = replace(result.outcome, request=None) if isinstance(result.outcome, Failed) else result.outcome
        return replace(result, outcome=with_words(outcome, called))

    def _say(self, said: Talk) -> None:
        self._said.append(encoded(said))
        self._way.nudge()

    def _pull(self, priority: Priority) -> Frame[Result | None] | None:
        if priority == Priority.TALK:
            return Frame(self._said.popleft(), None) if self._said else None
        if priority == Priority.DATA:
            return self._file_piece()
        return self._results.pull(priority)

    def _file_piece(self) -> Frame[Result | None] | None:
        with self._lock:
            while self._sending:
                result, pieces = self._sending[0]
                if (content := next(pieces, None)) is not None:
                    return Frame(content, result)
                self._sending.popleft()
        return None


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _written(request_id: int, path: str, here: str) -> Iterator[bytes]:
    """A file in frames."""
    try:
        size = os.stat(here).st_size
        with open(here, "rb") as file:
            done = 0
            while done < size or done == 0:
                content = file.read(CHUNK)
                yield encoded(Written(request_id, path, done, size), content)
                done += len(content)
                if not content:
                    return
    except OSError as error:
        sys.stderr.write(f"{here}: cannot be sent: {error.strerror or error}\n")
