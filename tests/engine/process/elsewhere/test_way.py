"""The way between two sides: what is written is read and acknowledged, and a side that is not heard is given up."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from explorer.engine.process.elsewhere import way as way_module
from explorer.engine.process.elsewhere.segments import HEAD, Frame, Kind, Priority
from explorer.engine.process.elsewhere.way import SILENT_SECONDS, Way
from explorer.engine.process.frames import BrokenFrame


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Sink(io.BytesIO):
    """Closes a way once it has written so many times."""

    def __init__(self, way: Way[None], flushes: int) -> None:
        super().__init__()
        self._way, self._left = way, flushes

    def flush(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._way.close()


def never() -> None:
    raise AssertionError("it was heard")


def written(frames: list[Frame[None]], flushes: int) -> bytes:
    way: Way[None] = Way(lambda priority: frames.pop(0) if frames and priority == Priority.LIGHT else None)
    sink = Sink(way, flushes)
    way.write(sink, never)
    return sink.getvalue()


def heads(data: bytes) -> Iterator[tuple[int, int]]:
    while data:
        priority, kind, length = HEAD.unpack(data[: HEAD.size])
        yield priority, kind
        data = data[HEAD.size + length :]


def test_what_is_written_is_read_and_acknowledged() -> None:
    data = written([Frame(b"one", None), Frame(b"two", None)], 2)
    came: list[tuple[Priority, bytes]] = []
    way: Way[None] = Way(lambda priority: None)
    way.read(io.BytesIO(data), lambda priority, frame: came.append((priority, bytes(frame))))
    assert came == [(Priority.LIGHT, b"one"), (Priority.LIGHT, b"two")]
    sink = Sink(way, 1)
    way.write(sink, never)
    assert [kind for _, kind in heads(sink.getvalue())] == [Kind.ACKNOWLEDGED, Kind.ACKNOWLEDGED]


def test_a_side_that_is_not_heard_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way_module, "ALIVE_SECONDS", 0.0)
    clock, told = Clock(), list[str]()
    way: Way[None] = Way(lambda priority: None, clock)
    clock.now = SILENT_SECONDS + 1
    way.write(io.BytesIO(), lambda: told.append("silent"))
    assert told == ["silent"]


def test_who_has_nothing_to_say_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(way_module, "ALIVE_SECONDS", 0.0)
    assert [kind for _, kind in heads(written([], 2))] == [Kind.ALIVE, Kind.ALIVE]


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1", HEAD.pack(0, Kind.LAST, 9) + b"short", HEAD.pack(0, Kind.LAST, 2**24), b"abc"])
def test_what_is_no_segment_or_breaks_off_is_refused(data: bytes) -> None:
    way: Way[None] = Way(lambda priority: None)
    with pytest.raises(BrokenFrame):
        way.read(io.BytesIO(data), lambda priority, frame: never())
