"""Frames in segments over a way of 1 Mbit/s and 50 ms, in a time of its own: what is urgent is never late, and nothing piles up."""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from explorer.engine.process.elsewhere.flow import LEAST, Flow
from explorer.engine.process.elsewhere.segments import HEAD, Cutter, Frame, Joiner, Kind, Priority
from explorer.engine.process.frames import BrokenFrame

MEGABIT, DELAY = 125_000.0, 0.05
"""Bytes a second, and seconds one way."""
PICTURES = 1 / 30
"""Seconds between two that the engine makes."""
Box = dict[Priority, Frame[float]]


@dataclass
class Cable:
    """A way that carries bytes at a rate and late, and acknowledges what has come."""

    rate: float
    make: Callable[[float, Box], None]
    delay: float = DELAY
    bunch: float = 0.0
    """Seconds: acknowledgements wait until a multiple of it, as where a machine does much else."""
    box: Box = field(default_factory=dict)
    came: list[tuple[Priority, float]] = field(default_factory=list)
    """What arrived: its priority, and its age then."""
    most: int = 0

    def run(self, seconds: float) -> Flow:
        flow, joiner, order = Flow(), Joiner(), itertools.count()
        cutter: Cutter[float] = Cutter(flow, lambda priority: self.box.pop(priority, None))
        events: list[tuple[float, int, str, bytes]] = [(0.0, next(order), "make", b"")]
        free_at, on_the_way = 0.0, 0
        while events and events[0][0] <= seconds:
            now, _, what, segment = heapq.heappop(events)
            if what == "make":
                self.make(now, self.box)
                heapq.heappush(events, (now + PICTURES, next(order), "make", b""))
            elif what == "come":
                on_the_way -= len(segment)
                priority, kind, _ = HEAD.unpack(segment[: HEAD.size])
                whole = joiner.take(priority, kind, segment[HEAD.size :])
                if whole is not None:
                    self.came.append((whole[0], now - float(whole[1][:24].decode())))
                at = now + self.delay
                at = math.ceil(at / self.bunch) * self.bunch if self.bunch else at
                heapq.heappush(events, (at, next(order), "acknowledge", b""))
            else:
                flow.acknowledged(now)
            while (following := cutter.next(now)) is not None:
                free_at = max(free_at, now) + len(following) / self.rate
                on_the_way += len(following)
                self.most = max(self.most, on_the_way)
                heapq.heappush(events, (free_at + self.delay, next(order), "come", following))
        return flow

    def ages(self, priority: Priority) -> list[float]:
        return [age for each, age in self.came if each == priority]


def stamped(now: float, size: int) -> Frame[float]:
    return Frame(f"{now:024.12f}".encode() + bytes(size - 24), now)


def making(**sizes: int) -> Callable[[float, Box], None]:
    """An engine that has something new thirty times a second, which takes the place of what was not sent."""

    def make(now: float, box: Box) -> None:
        for name, size in sizes.items():
            box[Priority[name]] = stamped(now, size)

    return make


def test_the_newest_picture_is_never_older_than_300_ms_and_progress_never_waits_for_it() -> None:
    cable = Cable(MEGABIT, making(LIGHT=180, HEAVY=13_000))  # 16 digits of noise, which do not get smaller
    cable.run(20.0)
    assert max(cable.ages(Priority.HEAVY)) < 0.3
    assert max(cable.ages(Priority.LIGHT)) < 0.2
    assert len(cable.ages(Priority.HEAVY)) > 20 * MEGABIT / 13_000 * 0.8, "the way is used"


def test_progress_goes_between_the_segments_of_what_takes_seconds() -> None:
    cable = Cable(MEGABIT, making(LIGHT=180, HEAVY=1_000_000))
    cable.run(6.0)
    assert cable.ages(Priority.HEAVY) == [], "the picture is still on its way"
    assert len(cable.ages(Priority.LIGHT)) > 5.0 / PICTURES
    assert max(cable.ages(Priority.LIGHT)) < 0.2


def test_files_give_way_to_everything() -> None:
    cable = Cable(MEGABIT, making(LIGHT=180, HEAVY=5_000, DATA=65_536))
    cable.run(20.0)
    assert max(cable.ages(Priority.HEAVY)) < 0.3
    alone = Cable(MEGABIT, making(LIGHT=180, DATA=65_536))
    alone.run(20.0)
    assert len(alone.ages(Priority.DATA)) > 20 * MEGABIT / 65_536 * 0.8


def test_pictures_that_fill_the_way_leave_a_share_to_what_follows_them() -> None:
    cable = Cable(MEGABIT, making(LIGHT=180, HEAVY=13_000, REST=10_000))
    cable.run(20.0)
    assert max(cable.ages(Priority.HEAVY)) < 0.3
    assert 15 < len(cable.ages(Priority.REST)) < len(cable.ages(Priority.HEAVY)) / 2


@pytest.mark.parametrize("rate", [12_500.0, MEGABIT, 1e7])
def test_what_is_on_the_way_is_what_the_way_holds(rate: float) -> None:
    cable = Cable(rate, making(HEAVY=1_000_000, LIGHT=180))
    flow = cable.run(30.0)
    holds = rate * 2 * DELAY
    assert cable.most < 2 * holds + 4 * LEAST + 2 * rate * 0.01
    assert flow.rate == pytest.approx(rate, rel=0.15)


def test_acknowledgements_that_come_all_at_once_do_not_make_the_way_wider() -> None:
    cable = Cable(MEGABIT, making(HEAVY=1_000_000, LIGHT=180), bunch=0.25)
    flow = cable.run(30.0)
    assert flow.rate < 1.3 * MEGABIT
    assert cable.most < 100_000, "the way and its lateness hold 44,000"


def test_a_way_that_becomes_slower_is_not_filled_up() -> None:
    cable = Cable(1e6, making(LIGHT=180, HEAVY=1_000_000))
    make = cable.make

    def slower(now: float, box: Box) -> None:
        if now > 5.0:
            cable.rate = MEGABIT
        if now > 12.0:
            cable.came.clear() if now < 12.0 + PICTURES else None
        make(now, box)

    cable.make = slower
    cable.run(20.0)
    assert max(cable.ages(Priority.LIGHT)) < 0.3


def cut(contents: dict[Priority, list[bytes]]) -> Iterator[bytes]:
    flow = Flow()

    def pull(priority: Priority) -> Frame[int] | None:
        waiting = contents.get(priority)
        return Frame(waiting.pop(0), int(priority)) if waiting else None

    cutter: Cutter[int] = Cutter(flow, pull)
    while (segment := cutter.next(0.0)) is not None:
        yield segment
        flow.acknowledged(1.0)


def test_frames_of_all_lanes_arrive_whole_and_in_their_order() -> None:
    chance = random.Random(3)
    sent = {each: [chance.randbytes(chance.randrange(1, 50_000)) for _ in range(5)] for each in Priority}
    joiner = Joiner()
    came: dict[Priority, list[bytes]] = {each: [] for each in Priority}
    for segment in cut({each: list(contents) for each, contents in sent.items()}):
        priority, kind, length = HEAD.unpack(segment[: HEAD.size])
        assert length == len(segment) - HEAD.size
        whole = joiner.take(priority, kind, segment[HEAD.size :])
        if whole is not None:
            came[whole[0]].append(bytes(whole[1]))
    assert came == sent


def test_what_nobody_waits_for_breaks_off_and_what_follows_is_whole() -> None:
    flow, joiner = Flow(), Joiner()
    waiting = [Frame(bytes(100_000), 1), Frame(b"new", 2)]
    cutter: Cutter[int] = Cutter(flow, lambda priority: waiting.pop(0) if priority == Priority.HEAVY and waiting else None)
    first = cutter.next(0.0)
    assert first is not None
    assert cutter.under_way == (1,)
    joiner.take(*HEAD.unpack(first[: HEAD.size])[:2], first[HEAD.size :])
    cutter.drop(lambda key: key == 1)
    rest = list(iter(lambda: cutter.next(0.0), None))
    whole = [joiner.take(*HEAD.unpack(segment[: HEAD.size])[:2], segment[HEAD.size :]) for segment in rest]
    assert [frame for frame in whole if frame is not None] == [(Priority.HEAVY, bytearray(b"new"))]
    assert len(rest) == 2


@pytest.mark.parametrize(("priority", "kind"), [(6, Kind.LAST), (0, Kind.ACKNOWLEDGED), (0, 9)])
def test_what_is_no_segment_is_refused(priority: int, kind: int) -> None:
    with pytest.raises(BrokenFrame, match="not what an engine says"):
        Joiner().take(priority, kind, b"")
