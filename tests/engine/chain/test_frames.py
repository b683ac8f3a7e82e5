"""Frames within a budget: what is kept, what is forgotten, in which order."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.chain.frames import Frame, FrameStore

IMAGE = (2, 1, 4, 4)
ONE = 2 * 4 * 16 * 2  # bytes of one frame with its x0_hat


def fill(store: FrameStore, key: str, states: int) -> None:
    for k in range(states):
        if k:
            store.put(key, k - 1, Frame(torch.full(IMAGE, float(k - 1)), torch.zeros(IMAGE)))
        store.put(key, k, Frame(torch.full(IMAGE, float(k)), None))


def test_everything_is_kept_within_the_budget() -> None:
    store = FrameStore(budget=100 * ONE)
    fill(store, "a", 50)
    assert sorted(store.lane("a").kept) == list(range(50))
    assert store.nbytes == 49 * ONE + ONE // 2


@pytest.mark.parametrize("frames", [5, 10, 33])
def test_beyond_the_budget_even_strides_the_start_and_the_newest_are_kept(frames: int) -> None:
    store = FrameStore(budget=frames * ONE)
    store.use(frozenset({"a"}))
    fill(store, "a", 200)
    lane = store.lane("a")
    assert store.nbytes <= store.budget
    assert store.nbytes == sum(f.nbytes for f in lane.kept.values())
    assert len(lane.kept) >= frames // 2
    assert {0, 199} <= set(lane.kept)
    assert all(k % lane.stride == 0 or k == 199 for k in lane.kept)
    assert all(float(f.x[0, 0, 0, 0]) == k for k, f in lane.kept.items())


def test_lanes_that_are_not_open_are_forgotten_first() -> None:
    store = FrameStore(budget=60 * ONE)
    fill(store, "old", 40)
    store.use(frozenset({"new"}))
    fill(store, "new", 50)
    assert "old" not in store
    assert store.lane("new").stride == 1


def test_a_smaller_budget_takes_effect_at_once() -> None:
    store = FrameStore(budget=100 * ONE)
    store.use(frozenset({"a"}))
    fill(store, "a", 64)
    kept = store.lane("a").kept
    store.budget = 10 * ONE
    assert store.nbytes <= 10 * ONE
    assert len(kept) <= 10, "for those who are going through them, too"


def made_again(store: FrameStore, key: str, indices: range) -> None:
    for k in indices:
        store.put_again(key, k, Frame(torch.full(IMAGE, float(k)), torch.zeros(IMAGE)))


def counted(store: FrameStore, *keys: str) -> int:
    """Bytes of the frames themselves."""
    lanes = [store.lane(key) for key in keys]
    return sum(frame.nbytes for lane in lanes for frames in (lane.kept, lane.again) for frame in frames.values())


def test_the_largest_lane_having_its_ends_only_does_not_spare_the_others() -> None:
    store = FrameStore(budget=60 * ONE)
    store.use(frozenset({"large", "small"}))
    large = (2, 1, 16, 16)  # one such frame is sixteen of the others
    for k in (0, 1):
        store.put("large", k, Frame(torch.zeros(large), torch.zeros(large)))
    fill(store, "small", 200)
    assert sorted(store.lane("large").kept) == [0, 1]
    assert counted(store, "large", "small") <= 60 * ONE
    assert len(store.lane("small").kept) > 12  # of the 28 that there is room for
    store.budget = ONE
    assert sorted(store.lane("small").kept) == [0, 199]


def test_a_stretch_made_again_is_at_hand_and_bounded() -> None:
    store = FrameStore(budget=40 * ONE)
    store.use(frozenset({"a"}))
    fill(store, "a", 200)
    lane = store.lane("a")
    stride = lane.stride
    assert stride == 8
    made_again(store, "a", range(stride + 1, 2 * stride))
    assert all(lane.get(k) is not None for k in range(stride, 2 * stride + 1))
    assert lane.nearest_before(3 * stride + 1) == 3 * stride
    made_again(store, "a", range(5 * stride + 1, 6 * stride))
    assert lane.get(stride + 1) is None
    assert sorted(lane.again) == list(range(5 * stride + 1, 6 * stride))
    assert store.nbytes == counted(store, "a")


def test_of_stretches_made_again_one_after_another_the_latest_stay() -> None:
    store = FrameStore(budget=1000 * ONE)
    store.use(frozenset({"a"}))
    fill(store, "a", 200)
    store.lane("a").thin()
    store.lane("a").thin()
    made_again(store, "a", range(101, 112))  # of more than a stretch between two kept ones
    assert sorted(store.lane("a").again) == [108, 109, 110, 111]
    assert store.nbytes == counted(store, "a")


@pytest.mark.parametrize("frames", [3, 10, 33])
def test_what_is_made_again_has_its_part_of_the_budget(frames: int) -> None:
    store = FrameStore(budget=2 * frames * ONE)
    store.use(frozenset({"a", "b"}))
    fill(store, "a", 200)
    fill(store, "b", 200)
    for key in ("a", "b"):
        lane = store.lane(key)
        start = lane.stride
        made_again(store, key, range(start + 1, 2 * start))
        assert counted(store, "a", "b") <= store.budget
        assert store.nbytes == counted(store, "a", "b")
        # the latest, without holes: going on to the one before is at hand
        assert sorted(lane.again) == list(range(2 * start - len(lane.again), 2 * start))
        assert {0, 199} <= set(lane.kept)
        assert len(lane.again) >= min(frames // 3, start - 1)
        assert 2 * len(lane.kept) >= len(lane.again), "and no more than its part"


def test_where_there_is_room_for_the_ends_only_just_the_last_frame_made_again_is_kept() -> None:
    store = FrameStore(budget=1)
    store.use(frozenset({"a"}))
    fill(store, "a", 20)
    made_again(store, "a", range(3, 6))
    lane = store.lane("a")
    assert (sorted(lane.kept), sorted(lane.again)) == ([0, 19], [5])
    assert store.nbytes == counted(store, "a")
