"""What runs a lane's network is the person's to choose: shown as measured, kept, and a chain in another way is not what was asked for."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer import backends
from explorer.backends.fast_torch import FastTorch
from explorer.checkpoints.files import file_sha256
from explorer.engine import aside
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.kept.chains import KeptChains
from explorer.engine.chain.kept.early import KeptAround
from explorer.engine.chain.messages import ChainProgress, LaneKey, LanePlanned, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.chain.way_messages import MeasureAgain, SetWay, ShowWays, WaysShown
from explorer.engine.engine import Engine
from explorer.engine.models.kept_choices import Choice, KeptChoices, Measured
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.paths import HOME_VARIABLE
from explorer.recipe import ChainRecipe, Lane, Paint, Sampler
from explorer.recipe.dabs import Dab

N = 2
START = StartEngine("cpu", kept_budget=2**28, chosen=True)


@pytest.fixture(autouse=True)
def few_ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(backends, "BACKENDS", [backends.TORCH, FastTorch()])
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))


@pytest.fixture
def recipe(checkpoints: Mapping[str, Path]) -> ChainRecipe:
    path = checkpoints["mnist-ddpm-b"]
    return ChainRecipe((Lane(file_sha256(path), str(path), "B", Sampler(3)),), 1, N)


@pytest.fixture
def key(recipe: ChainRecipe) -> LaneKey:
    """Of a lane whose network has been measured: made up, so that the fastest is known."""
    (key,) = lane_keys(recipe)
    measured = (Measured("torch", "fp32", 1.0, 1000), Measured("fast", "fp32", 0.5, 1000), Measured("torch", "bf16", 0.9, 0))
    KeptChoices().put(key.lane.checkpoint, N, "CPU", Choice(key.lane.checkpoint, N, 1000, measured, busy=True))
    return key


def started() -> Engine:
    engine = Engine()
    ask(engine, START)
    return engine


def ask(engine: Engine, payload: Payload, channel: str = "a") -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, channel) if outcome is not None]


def ways(engine: Engine, payload: Payload) -> WaysShown:
    *_, shown = ask(engine, payload)
    assert isinstance(shown, WaysShown)
    return shown


def run_of(engine: Engine, recipe: ChainRecipe) -> str:
    """What ran a chain, which is sampled to its end."""
    outcomes = ask(engine, SampleChain(recipe))
    engine.of(KeptChains).writer.flush()
    (planned,) = (outcome for outcome in outcomes if isinstance(outcome, LanePlanned))
    return planned.run


def test_what_was_measured_and_is_of_use_is_shown_with_its_figures(key: LaneKey) -> None:
    shown = ways(started(), ShowWays(key))
    assert [(way.wish, way.title, way.gain) for way in shown.ways] == [
        ("fast/fp32", "PyTorch, packed · fp32", 2.0), ("torch/fp32", "PyTorch · fp32", 1.0)
    ]  # fmt: skip
    assert shown.fastest == shown.ways[0]
    assert (shown.wish, shown.busy, shown.is_open) == ("", True, True)


def test_where_nothing_was_measured_or_is_chosen_there_is_nothing_to_choose(recipe: ChainRecipe) -> None:
    (key,) = lane_keys(recipe)
    assert ways(started(), ShowWays(key)) == WaysShown(key, is_open=True)
    by_name = Engine()
    ask(by_name, StartEngine("cpu"))
    assert ways(by_name, ShowWays(key)) == WaysShown(key)


def test_a_wish_holds_for_the_next_chain_and_the_next_start(recipe: ChainRecipe, key: LaneKey) -> None:
    engine = started()
    assert run_of(engine, recipe).startswith("PyTorch, packed · fp32")
    shown = ways(engine, SetWay(key, "torch/fp32"))
    assert shown.wish == "torch/fp32"
    assert shown.fastest == shown.ways[0], "which is still another"
    assert run_of(engine, recipe) == "PyTorch · fp32", "sampled anew"
    assert run_of(started(), recipe) == "PyTorch · fp32", "from disk"
    again = started()
    ways(again, SetWay(key, ""))
    assert run_of(again, recipe).startswith("PyTorch, packed · fp32")


def test_each_way_has_its_kept_chain_and_shows_no_other(recipe: ChainRecipe, key: LaneKey) -> None:
    engine = started()
    run_of(engine, recipe)
    first = engine.of(KeptChains).find(key)
    assert first is not None
    ways(engine, SetWay(key, "torch/fp32"))
    assert engine.of(KeptChains).find(key) is None
    assert engine.of(Chains).shown(key) is None
    run_of(engine, recipe)
    second = engine.of(KeptChains).find(key)
    assert second is not None
    assert [run.backend for run in second.networks] == ["torch"]
    ways(engine, SetWay(key, ""))
    back = engine.of(KeptChains).find(key)
    assert back is not None
    assert [run.backend for run in back.networks] == ["fast"]


def test_before_torch_is_there_the_kept_chain_of_the_wish_is_shown(recipe: ChainRecipe, key: LaneKey) -> None:
    engine = started()
    run_of(engine, recipe)
    ways(engine, SetWay(key, "torch/fp32"))
    engine.of(KeptChains).writer.flush()
    early = KeptChains()
    early.expect(START)
    assert KeptAround(early, engine.of(Chains)._curves).found(key) is None, "that is of another way"
    run_of(engine, recipe)
    early.expect(START)
    found = KeptAround(early, engine.of(Chains)._curves).found(key)
    assert found is not None
    assert [run.backend for run in found.networks] == ["torch"]


def test_a_branch_is_sampled_anew_with_the_lane_that_it_leaves(recipe: ChainRecipe, key: LaneKey) -> None:
    engine = started()
    lane = msgspec.structs.replace(recipe.lanes[0], edits=(Paint(500, (Dab(((14.0, 14.0),), 3.0, 1.0),)),))
    branch = msgspec.structs.replace(recipe, lanes=(lane,))
    assert run_of(engine, branch).startswith("PyTorch, packed")
    ways(engine, SetWay(key, "torch/fp32"))
    assert engine.of(Chains).shown(lane_keys(branch)[0]) is None
    assert run_of(engine, branch) == "PyTorch · fp32"


def test_a_step_under_way_does_not_get_into_the_chain_that_is_sampled_anew(
    recipe: ChainRecipe, key: LaneKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hidden workspace's, which nobody stops: the lane that it goes on with is no longer the one of its key."""
    engine = started()
    ways(engine, SetWay(key, "torch/fp32"))
    monkeypatch.setattr(aside, "LONG_SECONDS", 0.0)
    is_open, reached = threading.Event(), threading.Event()

    def wait(_module: torch.nn.Module, _args: tuple[object, ...]) -> None:
        if threading.current_thread() is not threading.main_thread():
            reached.set()
            assert is_open.wait(300)

    network = engine.of(Models).checkpoint(recipe.lanes[0].source).network
    network.register_forward_pre_hook(wait)
    under_way = engine.handle(SampleChain(recipe), "compare.chain")
    while not reached.is_set():
        next(under_way)
    ways(engine, SetWay(key, ""))
    is_open.set()
    for outcome in under_way:
        if isinstance(outcome, ChainProgress):
            break
    assert engine.of(Chains).shown(key) is None
    run_of(engine, recipe)
    other = started()
    run_of(other, recipe)
    assert all(np.array_equal(states(engine, key, t), states(other, key, t)) for t in (1000, 667, 333, 0))


def states(engine: Engine, key: LaneKey, t: int) -> np.ndarray:
    (shown,) = ask(engine, ShowStep((key,), t, "x_t"))
    assert isinstance(shown, StepShown)
    return shown.frames[0].values


def test_what_was_chosen_for_one_chain_stays_when_another_is_begun_meanwhile(
    recipe: ChainRecipe, key: LaneKey, checkpoints: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "WAIT", 0.0)

    def lane(name: str) -> Lane:
        path = checkpoints[f"mnist-ddpm-{name}"]
        return Lane(file_sha256(path), str(path), name.upper(), Sampler(3))

    measured = (Measured("torch", "fp32", 1.0, 1000), Measured("fast", "fp32", 0.5, 1000))
    for name in "bc":  # another way than what is taken where nothing was chosen
        KeptChoices().put(lane(name).checkpoint, N, "CPU", Choice(lane(name).checkpoint, N, 1000, measured, busy=True))
    engine = started()
    both, seeds = ChainRecipe((lane("b"), lane("c")), 1, N), itertools.count()  # a chain that is kept settles nothing
    runs: list[str] = []
    for outcome in engine.handle(SampleChain(both), "compare.chain"):
        if isinstance(outcome, LanePlanned):
            runs.append(outcome.run.partition(" · ")[0])
        if len(runs) < 2:
            ask(engine, SampleChain(ChainRecipe((lane("a"),), next(seeds), N)), "reverse.chain")
    assert runs == ["PyTorch, packed", "PyTorch, packed"]


def test_what_was_not_measured_cannot_be_wanted(recipe: ChainRecipe, key: LaneKey) -> None:
    engine = started()
    for wish in ("native/fp32", "torch/bf16", "nonsense"):
        with pytest.raises(BadInput, match="has not been measured"):
            ask(engine, SetWay(key, wish))


def test_a_lane_that_is_being_exported_stays(recipe: ChainRecipe, key: LaneKey) -> None:
    engine = started()
    chains = engine.of(Chains)
    chains.hold((key,), "export")
    with pytest.raises(BadInput, match="is being exported"):
        ask(engine, SetWay(key, "torch/fp32"))
    chains.release("export")
    assert ways(engine, SetWay(key, "torch/fp32")).wish == "torch/fp32"


def test_it_is_measured_again_whatever_is_known_and_the_wish_stays(
    recipe: ChainRecipe, key: LaneKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = started()
    ways(engine, SetWay(key, "torch/fp32"))
    shown = ways(engine, MeasureAgain(key))
    assert shown.wish == "torch/fp32"
    choice = KeptChoices().get(key.lane.checkpoint, N, "CPU")
    assert choice is not None
    assert choice.measured[0].seconds != 1.0
