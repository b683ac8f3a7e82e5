"""A step of a network that takes long holds nothing up: it is computed by a thread of its own, and is the step that it would have been."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.files import file_sha256
from explorer.engine import aside
from explorer.engine.chain import lanes
from explorer.engine.chain.branches import made
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.messages import ChainFinished, ChainProgress, LaneKey, SampleChain, ShowStep, StepShown, lane_key
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload, Steps
from explorer.models.roles import Dissectable
from explorer.models.trace import traced
from explorer.recipe import ChainRecipe, Lane, Sampler, Shown

STEPS, SAMPLES, TIMEOUT, ENOUGH = 4, 2, 300, 100


@pytest.fixture
def recipe(checkpoints: Mapping[str, Path]) -> ChainRecipe:
    path = checkpoints["mnist-ddpm-c"]
    return ChainRecipe((Lane(file_sha256(path), str(path), "C", Sampler(STEPS)),), 77, SAMPLES)


class Gate:
    """What every evaluation of a network on another thread waits for."""

    def __init__(self, network: torch.nn.Module) -> None:
        self.is_open, self.reached, self.evaluations, self.problem = threading.Event(), threading.Event(), 0, ""
        self.first = 1
        network.register_forward_pre_hook(self._pass)

    def _pass(self, _module: torch.nn.Module, _args: tuple[object, ...]) -> None:
        if threading.current_thread() is not threading.main_thread():
            self.evaluations += 1
            assert self.evaluations < ENOUGH, "they never come to an end"
            if self.evaluations < self.first:
                return
            self.reached.set()
            assert self.is_open.wait(TIMEOUT)
            if self.problem:
                raise RuntimeError(self.problem)


def started() -> Engine:
    engine = Engine()
    ask(engine, StartEngine(device="cpu", precision="fp32", kept_budget=0))
    return engine


def ask(engine: Engine, payload: Payload, channel: str = "test") -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, channel) if outcome is not None]


def states(engine: Engine, key: LaneKey) -> np.ndarray:
    """The last state and what was expected of the one before."""
    (last,), (before,) = ask(engine, ShowStep((key,), 0, "x_t")), ask(engine, ShowStep((key,), 250, "x0_hat"))
    assert isinstance(last, StepShown)
    assert isinstance(before, StepShown)
    return np.concatenate([last.frames[0].tiles, before.frames[0].tiles])


def until_held(steps: Steps, gate: Gate) -> None:
    """Go on until a step is under way on a thread of its own."""
    while not gate.reached.is_set():
        next(steps)


def in_turns(*every: Steps) -> list[Outcome]:
    """The last outcome of each, all of them answered in turns, as the loop does."""
    left, ends = dict(enumerate(every)), {}
    while left:
        for number, steps in [*left.items()]:
            try:
                if (outcome := next(steps)) is not None:
                    ends[number] = outcome
            except StopIteration:
                del left[number]
    return [ends[number] for number in sorted(ends)]


@pytest.fixture
def whole(recipe: ChainRecipe) -> np.ndarray:
    """The chain whose steps are all taken at once."""
    engine = started()
    ask(engine, SampleChain(recipe))
    return states(engine, lane_key(recipe.lanes[0], recipe))


@pytest.fixture
def held(recipe: ChainRecipe, whole: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, LaneKey, Gate]]:
    """An engine to which every step is a long one."""
    monkeypatch.setattr(lanes, "LONG_SECONDS", 0.0)
    engine = started()
    lane = recipe.lanes[0]
    gate = Gate(engine.of(Models).checkpoint(lane.source).network)
    yield engine, lane_key(lane, recipe), gate
    gate.is_open.set()


def test_while_it_is_computed_others_are_answered(held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray) -> None:
    engine, key, gate = held
    steps = engine.handle(SampleChain(recipe), "reverse.chain")
    until_held(steps, gate)
    assert [next(steps) for _ in range(5)] == [None] * 5, "cancel points within one evaluation"
    (shown,) = ask(engine, ShowStep((key,), 1000, "x_t"))
    assert isinstance(shown, StepShown)
    gate.is_open.set()
    *progress, end = [outcome for outcome in steps if outcome is not None]
    assert isinstance(end, ChainFinished)
    assert all(isinstance(each, ChainProgress) for each in progress)
    assert np.array_equal(states(engine, key), whole)


def test_who_looks_inside_the_network_meanwhile_sees_and_changes_nothing_of_it(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray
) -> None:
    engine, key, gate = held
    network = engine.of(Models).checkpoint(recipe.lanes[0].source).network
    assert isinstance(network, Dissectable)
    steps = engine.handle(SampleChain(recipe), "reverse.chain")
    until_held(steps, gate)
    with traced(network, network.anatomy(28, 28), off=(0,)) as seen:
        gate.is_open.set()
        assert [outcome for outcome in steps if outcome is not None]
    assert not seen
    assert np.array_equal(states(engine, key), whole)


def test_one_that_is_given_up_is_taken_by_the_next_who_asks(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray
) -> None:
    engine, key, gate = held
    steps = engine.handle(SampleChain(recipe), "reverse.chain")
    until_held(steps, gate)
    steps.close()  # type: ignore[attr-defined]
    gate.is_open.set()
    ask(engine, SampleChain(recipe))
    assert np.array_equal(states(engine, key), whole)
    assert gate.evaluations == STEPS


def test_one_that_is_given_up_and_fails_is_taken_anew(held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray) -> None:
    engine, key, gate = held
    steps = engine.handle(SampleChain(recipe), "reverse.chain")
    until_held(steps, gate)
    steps.close()  # type: ignore[attr-defined]
    gate.problem = "out of memory"
    gate.is_open.set()
    while aside.at_work():
        pass
    gate.problem = ""
    ask(engine, SampleChain(recipe))
    assert np.array_equal(states(engine, key), whole)


@pytest.mark.parametrize("first", ["reverse.chain", "compare.chain"])
def test_two_that_sample_the_same_lane_in_turns_take_each_step_once(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray, first: str
) -> None:
    engine, key, gate = held
    under_way = {channel: engine.handle(SampleChain(recipe), channel) for channel in ("reverse.chain", "compare.chain")}
    until_held(under_way[first], gate)
    gate.is_open.set()
    ends = in_turns(*under_way.values())
    assert [type(end) for end in ends] == [ChainFinished, ChainFinished]
    assert np.array_equal(states(engine, key), whole)
    assert gate.evaluations == STEPS


def test_an_export_and_the_chain_that_is_sampled_take_turns(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray, tmp_path: Path
) -> None:
    engine, key, gate = held
    gate.is_open.set()
    export = ExportChain(recipe, str(tmp_path / "x.png"), ExportLook(shown=Shown(0, "x_t")))
    ends = in_turns(engine.handle(SampleChain(recipe), "reverse.chain"), engine.handle(export, "reverse.export"))
    assert [type(end) for end in ends] == [ChainFinished, Exported]
    assert np.array_equal(states(engine, key), whole)
    assert gate.evaluations == STEPS


def test_who_needs_a_state_of_the_chain_waits_for_the_step_that_is_under_way(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray
) -> None:
    engine, key, gate = held
    steps = engine.handle(SampleChain(recipe), "reverse.chain")
    until_held(steps, gate)
    shown = made(engine.of(Chains)._lanes[key], STEPS)
    assert [next(shown) for _ in range(3)] == [None] * 3, "and holds nobody up"
    gate.is_open.set()
    *_, frame = shown
    assert frame is not None
    assert [outcome for outcome in steps if outcome is not None]
    assert np.array_equal(states(engine, key), whole)
    assert gate.evaluations == STEPS


def test_frames_that_go_meanwhile_take_the_step_with_them(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray
) -> None:
    engine, key, gate = held
    gate.first = 3
    steps = engine.handle(SampleChain(recipe), "reverse.chain")
    until_held(steps, gate)
    engine.of(FrameStore).drop(key)
    gate.is_open.set()
    assert [outcome for outcome in steps if outcome is not None]
    assert np.array_equal(states(engine, key), whole)
    (first,) = ask(engine, ShowStep((key,), 1000, "x_t"))
    assert isinstance(first, StepShown)
    assert first.frames[0].k == 0, "it is begun anew"


def test_a_step_that_is_given_up_while_it_waits_for_the_networks_turn_is_not_begun(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray
) -> None:
    engine, key, gate = held
    first = engine.handle(SampleChain(recipe), "reverse.chain")
    until_held(first, gate)
    for seed in range(100, 103):  # as of a field that is stepped
        other = engine.handle(SampleChain(msgspec.structs.replace(recipe, seed=seed)), "compare.chain")
        busy = aside.at_work()
        while aside.at_work() == busy:
            next(other)
        other.close()  # type: ignore[attr-defined]
    gate.is_open.set()
    assert [outcome for outcome in first if outcome is not None]
    while aside.at_work():
        pass
    assert gate.evaluations == STEPS
    ask(engine, SampleChain(msgspec.structs.replace(recipe, seed=100)), "compare.chain")
    assert gate.evaluations == 2 * STEPS
    assert np.array_equal(states(engine, key), whole)
