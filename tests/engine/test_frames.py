"""Frames within a budget: what is kept, what is forgotten, in which order."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.frames import Frame, FrameStore

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
    store.budget = 10 * ONE
    assert store.nbytes <= 10 * ONE


def test_a_stretch_made_again_is_at_hand_and_bounded() -> None:
    store = FrameStore(budget=10 * ONE)
    store.use(frozenset({"a"}))
    fill(store, "a", 200)
    lane = store.lane("a")
    stride = lane.stride
    for k in range(stride + 1, 2 * stride):
        store.put_again("a", k, Frame(torch.full(IMAGE, float(k)), torch.zeros(IMAGE)))
    assert all(lane.get(k) is not None for k in range(stride, 2 * stride + 1))
    assert lane.nearest_before(3 * stride + 1) == 3 * stride
    for k in range(5 * stride + 1, 6 * stride):
        store.put_again("a", k, Frame(torch.full(IMAGE, float(k)), torch.zeros(IMAGE)))
    assert lane.get(stride + 1) is None
    assert len(lane.again) <= stride
    assert lane.nbytes == sum(f.nbytes for frames in (lane.kept, lane.again) for f in frames.values())
