"""Every request and result of the engine goes through a frame and is the same; what is no frame of ours is refused."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer.engine.chain.messages import LaneKey, ShowStep
from explorer.engine.latent.messages import EncodePicture, ImageShown
from explorer.engine.process import frames
from explorer.engine.process.codec import Cancel, Hello, Message, Reader, Writer, kind_of, name_of
from explorer.engine.process.frames import ALIGNMENT, BrokenFrame
from explorer.engine.thread.messages import Done, EngineReady, Failed, SetFrameBudget
from explorer.engine.thread.requests import Outcome, Payload, Request, Result
from explorer.recipe import Lane
from tests.engine.process.examples import example, same
from tests.engine.test_requests import OUTCOMES, PAYLOADS

EACH = 12
"""Examples of each type."""


def framed(*messages: Message) -> bytes:
    stream = io.BytesIO()
    writer = Writer(stream)
    for message in messages:
        writer.write(message)
    return stream.getvalue()


def reading(data: bytes) -> Reader:
    return Reader(io.BufferedReader(io.BytesIO(data)))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", PAYLOADS)
def test_every_request_arrives_as_it_was_sent(kind: type[Payload]) -> None:
    chance = random.Random(kind.__name__)
    sent = [Request(i, "a.b", i, example(kind, chance), bool(i % 2)) for i in range(EACH)]
    reader = reading(framed(*sent))
    for request in sent:
        came = reader.request()
        assert isinstance(came, Request)
        assert same(came, request)
    assert reader.request() is None


@pytest.mark.parametrize("kind", OUTCOMES)
def test_every_result_arrives_as_it_was_sent(kind: type[Outcome]) -> None:
    chance = random.Random(kind.__name__)
    sent = [Result(i, "a.b", i, example(kind, chance), bool(i % 2)) for i in range(EACH)]
    reader = reading(framed(*sent))
    for result in sent:
        came = reader.result()
        assert came is not None
        assert same(came, result)
    assert reader.result() is None


def test_a_failure_does_not_bring_the_request_back() -> None:
    failed = Failed("a.png: is no picture", request=SetFrameBudget(3), path="a.png")
    came = reading(framed(Result(1, "c", 1, failed))).result()
    assert came is not None
    assert isinstance(came.outcome, Failed)
    assert (came.outcome.message, came.outcome.path, came.outcome.request) == ("a.png: is no picture", "a.png", None)


def test_cancellations_and_greetings_arrive() -> None:
    reader = reading(framed(Hello("1.2", "no"), Cancel("chain", 7)))
    assert reader.greeting() == Hello("1.2", "no")
    assert reader.request() == Cancel("chain", 7)


def test_a_greeting_of_a_version_to_come_is_still_understood() -> None:
    stream = io.BytesIO()
    frames.write_frame(stream, msgspec.msgpack.encode({"type": "hello", "version": "9.0", "mood": "good"}))
    assert reading(stream.getvalue()).greeting() == Hello("9.0")


def test_arrays_lie_where_they_arrived_aligned_and_cannot_be_written() -> None:
    picture = np.arange(28 * 28 * 3, dtype=np.uint8).reshape(28, 28, 3)
    came = reading(framed(Result(1, "c", 1, ImageShown("a", 0, picture, "")))).result()
    assert came is not None
    assert isinstance(came.outcome, ImageShown)
    tile = came.outcome.tile
    assert not tile.flags.writeable
    assert not tile.flags.owndata
    assert tile.flags.aligned
    with pytest.raises(ValueError, match="read-only"):
        tile[0] = 0
    torch.testing.assert_close(torch.tensor(tile), torch.tensor(picture))


def test_every_array_of_a_frame_begins_where_memory_is_aligned() -> None:
    key = LaneKey(Lane("a", "b"), 1, 1)
    parts = [memoryview(b"x" * n) for n in (1, 63, 64, 65)]
    stream = io.BytesIO()
    frames.write_frame(stream, b"", parts)
    stream.seek(0)
    found = frames.read_frame(stream)
    assert found is not None
    assert len(found[1]) == (1 + 1 + 1 + 2) * ALIGNMENT
    assert key.samples == 1


def test_numbers_of_numpy_arrive_as_numbers() -> None:
    ready = EngineReady("CPU", "fp32", "2")
    failed = Result(1, "c", np.int64(3), ready)  # type: ignore[arg-type]
    came = reading(framed(failed)).result()
    assert came is not None
    assert type(came.generation) is int


def test_what_cannot_be_sent_says_what_it_is_and_leaves_the_stream_whole() -> None:
    stream = io.BytesIO()
    writer = Writer(stream)
    for bad in (torch.zeros(2), lambda: 0, Path("a"), np.array([object()])):
        with pytest.raises(BrokenFrame, match="cannot be sent"):
            writer.write(Request(1, "c", 1, EncodePicture("a", pixels=bad)))  # type: ignore[arg-type]
    writer.write(Request(2, "c", 1, SetFrameBudget(5)))
    came = reading(stream.getvalue()).request()
    assert isinstance(came, Request)
    assert came.payload == SetFrameBudget(5)


@pytest.mark.parametrize(
    "name",
    [
        "os:system", "thread.messages:Path", "thread.messages:dataclass", "thread.requests:Payload", "chain.frames:FrameStore", "",
        "..messages:Done", "thread.messages:Done.__init__", "thread.messages:EngineReady", "nowhere.messages:Some", "models.models:Models",
        "chain.messages:OptionName", "thread.messages:SetFrameBudget ",
    ],
)  # fmt: skip
def test_nothing_but_a_request_of_ours_can_be_named(name: str) -> None:
    with pytest.raises(BrokenFrame, match="no payload called"):
        kind_of(name, Payload)
    ask = msgspec.msgpack.encode(["ask", 1, "c", 1, False, name, {}])
    stream = io.BytesIO()
    frames.write_frame(stream, ask)
    with pytest.raises(BrokenFrame):
        reading(stream.getvalue()).request()


def test_a_result_is_no_request_and_a_request_no_result() -> None:
    with pytest.raises(BrokenFrame):
        kind_of(name_of(Done), Payload)
    with pytest.raises(BrokenFrame):
        kind_of(name_of(ShowStep), Outcome)
    with pytest.raises(BrokenFrame):
        reading(framed(Result(1, "c", 1, Done()))).request()
    with pytest.raises(BrokenFrame):
        reading(framed(Request(1, "c", 1, SetFrameBudget(5)))).result()


def asking(payload: object, kind: type = SetFrameBudget) -> bytes:
    stream = io.BytesIO()
    frames.write_frame(stream, msgspec.msgpack.encode(["ask", 1, "c", 1, False, name_of(kind), payload]), [b"12345678"])
    return stream.getvalue()


@pytest.mark.parametrize("payload", [{}, {"bytes": "many"}, {"bytes": 1.5}, [1], None, {"bytes": None}])
def test_contents_are_checked_against_their_type(payload: object) -> None:
    with pytest.raises(BrokenFrame, match="says nothing known"):
        reading(asking(payload)).request()


def test_values_that_cannot_be_are_refused() -> None:
    """What a recipe refuses is refused here, too."""
    step = {
        "keys": [{"lane": {"checkpoint": "a", "source": "b", "sampler": {"eta": 7}}, "seed": 0, "samples": 1}],
        "t": 1,
        "quantity": "x_t",
    }
    with pytest.raises(BrokenFrame, match="eta must be"):
        reading(asking(step, ShowStep)).request()


@pytest.mark.parametrize(
    "pixels",
    [
        ["|u1", [65], 0], ["|u1", [1], 64], ["|u1", [-1], 0], ["|u1", [2**62, 2**62], 0], ["|u1", [1], -1], ["|O", [1], 0], ["|S4", [1], 0],
        ["nonsense", [1], 0], ["|u1", 3, 0], ["|u1", [1]], "text", ["|u1", [1] * 40, 0], ["<f8", [9], 0], [["x"], [1], 0],
    ],
)  # fmt: skip
def test_an_array_that_is_not_in_the_frame_is_refused(pixels: object) -> None:
    with pytest.raises(BrokenFrame):
        reading(asking({"path": "a", "pixels": pixels}, EncodePicture)).request()
    good = reading(asking({"path": "a", "pixels": ["|u1", [2, 4], 0]}, EncodePicture)).request()
    assert isinstance(good, Request)


def test_a_stream_that_breaks_off_is_told_from_one_that_ends() -> None:
    whole = framed(Result(1, "c", 1, ImageShown("a", 0, np.zeros((4, 4, 3), np.uint8), "")))
    assert reading(b"").result() is None
    for length in range(1, len(whole)):
        with pytest.raises(BrokenFrame):
            reading(whole[:length]).result()


def test_headers_are_small_where_the_way_is_slow_and_the_same_then() -> None:
    asked = Cancel("channel " * 100, 3)
    plain, small = (bytes(Writer(io.BytesIO(), packs=lambda slow=slow: slow).frame(asked)) for slow in (False, True))
    assert len(small) < len(plain) / 4
    assert reading(small).request() == reading(plain).request() == asked
    size = struct.pack("<I", 900)
    spoilt = (b"", size, size + b"no", size + zlib.compress(bytes(901)), size + zlib.compress(bytes(899)), struct.pack("<I", 2**32 - 1))
    for header in spoilt:
        with pytest.raises(BrokenFrame, match="spoilt"):
            reading(struct.pack("<4sIQ", frames.SMALL, len(header), 0) + header).request()


def test_other_things_than_frames_are_quoted() -> None:
    with pytest.raises(BrokenFrame, match="Welcome to"):
        reading(b"Welcome to host.example.org\n" * 3).greeting()


@pytest.mark.parametrize(("header", "tail"), [(frames.MAX_HEADER + 1, 0), (0, frames.MAX_TAIL + 1), (2**32 - 1, 2**64 - 1)])
def test_no_memory_is_taken_for_a_frame_that_is_too_large(header: int, tail: int) -> None:
    with pytest.raises(BrokenFrame, match="too large"):
        reading(struct.pack("<4sIQ", frames.MAGIC, header, tail)).result()


@pytest.mark.parametrize("seed", range(40))
def test_a_spoilt_frame_never_does_worse_than_to_be_refused(seed: int) -> None:
    chance = random.Random(seed)
    whole = bytearray(framed(Request(1, "c", 1, example(chance.choice(PAYLOADS), chance))))
    for _ in range(60):
        spoilt = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            spoilt[chance.randrange(16, len(spoilt))] = chance.randrange(256)
        with contextlib.suppress(BrokenFrame):
            reading(bytes(spoilt)).request()
