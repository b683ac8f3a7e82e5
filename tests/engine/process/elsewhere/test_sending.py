"""What of the engine's results goes first over a slow way: looks that come in time, then exact pictures, then all of it."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from explorer.engine.chain.curve_messages import CurvesShown, LaneCurves
from explorer.engine.chain.messages import LaneFrame, LaneKey, StepShown
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.process.codec import Reader
from explorer.engine.process.elsewhere.flow import Flow
from explorer.engine.process.elsewhere.segments import Frame, Priority
from explorer.engine.process.elsewhere.sending import LOOK_SECONDS, Sending
from explorer.engine.thread.messages import Done
from explorer.engine.thread.outbox import Outbox
from explorer.engine.thread.requests import Outcome, Result
from explorer.recipe import Lane
from tests.engine.process.examples import same

MEGABIT = 125_000.0


class Knows(Flow):
    """A way whose rate is known."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rates.append(rate)


class Setup:
    def __init__(self, rate: float = MEGABIT) -> None:
        self.now = 0.0
        self.outbox = Outbox(lambda: None, lambda: self.now)
        self.under_way: tuple[Result | None, ...] = ()
        self.sending = Sending(self.outbox, Knows(rate), lambda: self.under_way)

    def put(self, outcome: Outcome, channel: str = "step", generation: int = 1, request_id: int = 1) -> None:
        self.outbox.put(Result(request_id, channel, generation, outcome))

    def pull(self, priority: Priority) -> Result | None:
        frame = self.sending.pull(priority)
        return None if frame is None else read(frame)


def read(frame: Frame[Result | None]) -> Result:
    reader = Reader(io.BytesIO())
    reader.feed(bytes(frame.content))
    result = reader.result()
    assert result is not None
    return result


def noisy(lanes: int, samples: int = 16) -> StepShown:
    frames = []
    for lane in range(lanes):
        values = np.random.default_rng(lane).normal(size=(samples, 1, 28, 28)).astype(np.float32)
        key = LaneKey(Lane(str(lane) * 64, "a"), 0, samples)
        frames.append(LaneFrame(key, 1, 500, grey_tiles(values / 2), values, 1.0))
    return StepShown(500, "x_t", tuple(frames))


def curves(states: int) -> CurvesShown:
    values = np.random.default_rng(0).random(states)
    return CurvesShown(None, None, (LaneCurves(LaneKey(Lane("0" * 64, "a"), 0, 16), np.arange(states), {"x_t": values}),))


def coarse(result: Result | None) -> list[bool]:
    assert result is not None
    assert isinstance(result.outcome, StepShown)
    return [frame.coarse for frame in result.outcome.frames]


def test_what_comes_in_time_is_sent_at_once_and_whole() -> None:
    setup, shown = Setup(1e7), noisy(1)
    setup.put(shown)
    came = setup.pull(Priority.HEAVY)
    assert came is not None
    assert came.last
    assert same(came.outcome, shown)
    assert setup.pull(Priority.REST) is None


@pytest.mark.parametrize("lanes", [1, 3, 8, 16])
def test_a_look_is_no_larger_than_comes_in_time_then_exact_pictures_follow_then_values(lanes: int) -> None:
    setup, shown = Setup(), noisy(lanes)
    setup.put(shown)
    frame = setup.sending.pull(Priority.HEAVY)
    assert frame is not None
    assert LOOK_SECONDS * MEGABIT / 6 < len(frame.content) <= LOOK_SECONDS * MEGABIT, "as fine as it can be"
    look = read(frame)
    assert not look.last
    assert coarse(look) == [True] * lanes
    exact = setup.pull(Priority.REST)
    assert exact is not None
    assert not exact.last
    assert isinstance(look.outcome, StepShown)
    assert isinstance(exact.outcome, StepShown)
    for before, after, meant in zip(look.outcome.frames, exact.outcome.frames, shown.frames, strict=True):
        assert np.isnan(before.values).all()
        assert np.isnan(after.values).all()
        assert not np.array_equal(before.tiles, meant.tiles)
        assert np.array_equal(after.tiles, meant.tiles)
        assert not after.coarse
    whole = setup.pull(Priority.REST)
    assert whole is not None
    assert whole.last
    assert same(whole.outcome, shown)
    assert setup.pull(Priority.REST) is None


def test_pictures_that_come_in_time_are_not_coarse_and_their_values_follow() -> None:
    setup = Setup(4e5)
    setup.put(noisy(1))
    assert coarse(setup.pull(Priority.HEAVY)) == [False]
    whole = setup.pull(Priority.REST)
    assert whole is not None
    assert whole.last, "the exact pictures are not sent twice alone"


def test_what_is_made_together_shares_the_time_and_what_has_waited_has_less() -> None:
    sizes = []
    for others, waited in ((0, 0.0), (1, 0.0), (3, 0.0), (0, 0.05), (3, 0.2)):
        setup = Setup()
        for other in range(others + 1):
            setup.put(noisy(3), f"channel {other}", request_id=other)
        setup.now = waited
        frame = setup.sending.pull(Priority.HEAVY)
        assert frame is not None
        sizes.append(len(frame.content))
    alone, with_one, with_three, late, late_with_three = sizes
    assert alone > with_one > with_three
    assert late <= 0.05 * MEGABIT < alone
    assert late_with_three == with_three, "however many wait and however long, pictures stay pictures"


def test_what_takes_long_and_has_no_look_goes_after_what_has_one_the_shortest_first() -> None:
    setup = Setup()
    setup.put(curves(20_000), "long", request_id=1)
    setup.put(curves(10_000), "shorter", request_id=2)
    setup.put(noisy(3), "step", request_id=3)
    setup.put(Done(), "light", request_id=4)
    assert coarse(setup.pull(Priority.HEAVY)) == [True] * 3
    assert setup.pull(Priority.HEAVY) is None
    assert setup.pull(Priority.LIGHT) is not None
    order = [setup.pull(Priority.REST) for _ in range(5)]
    assert [None if each is None else each.channel for each in order] == ["shorter", "step", "step", "long", None]
    short = Setup()
    short.put(curves(500), "short")
    came = short.pull(Priority.HEAVY)
    assert came is not None
    assert came.last


def test_of_a_channel_nothing_passes_what_is_later_or_under_way() -> None:
    setup = Setup()
    setup.put(curves(20_000), "chain", request_id=1)
    assert setup.pull(Priority.HEAVY) is None
    setup.put(Done(), "chain", request_id=1)
    assert setup.pull(Priority.LIGHT) is None
    first = setup.pull(Priority.REST)
    setup.under_way = (first,)
    assert setup.pull(Priority.LIGHT) is None
    setup.under_way = ()
    assert setup.pull(Priority.LIGHT) is not None


def test_what_nobody_waits_for_is_not_sent_also_if_it_becomes_so_while_it_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = Setup()
    setup.put(noisy(3))
    setup.pull(Priority.HEAVY)
    setup.put(noisy(3), "other")
    setup.sending.forget("step", 2)
    setup.pull(Priority.HEAVY)
    left = setup.pull(Priority.REST)
    assert left is not None
    assert left.channel == "other"

    setup = Setup()
    looks = StepShown.looks

    def meanwhile(self: StepShown, room: float) -> object:
        setup.sending.forget("step", 2)
        return looks(self, room)

    monkeypatch.setattr(StepShown, "looks", meanwhile)
    setup.put(noisy(3))
    assert setup.pull(Priority.HEAVY) is not None, "the way drops it"
    assert setup.pull(Priority.REST) is None


def test_many_pictures_are_seen_as_coarsely_as_it_must_be() -> None:
    setup = Setup()
    setup.put(noisy(16, 256))
    frame = setup.sending.pull(Priority.HEAVY)
    assert frame is not None
    assert len(frame.content) < 80_000, "0.6 s; exact they are 27 s"
    assert coarse(read(frame)) == [True] * 16


def test_no_pictures_have_no_look() -> None:
    assert [type(look) for look in StepShown(3, "x_t", ()).looks(0)] == [StepShown]
    empty = replace(noisy(1), frames=())
    setup = Setup()
    setup.put(empty)
    came = setup.pull(Priority.LIGHT)
    assert came is not None
    assert came.last
