"""What a network takes long for holds nothing up: it is computed by a thread of its own, and is what it would have been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import msgspec
import numpy as np
import pytest

from explorer.checkpoints.files import file_sha256
from explorer.engine import aside
from explorer.engine.chain.branches import made
from explorer.engine.chain.branching.messages import PreviewErase, PreviewPaint
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.export.messages import ExportChain, Exported, ExportLook
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.inversion_messages import InversionShown, MeasureInversion
from explorer.engine.chain.messages import ChainFinished, ChainProgress, LaneKey, SampleChain, ShowStep, StepShown, lane_key
from explorer.engine.chain.network.messages import InspectUNet
from explorer.engine.engine import Engine
from explorer.engine.forward.messages import ShowStepBack
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Outcome, Payload, Steps
from explorer.models.roles import Dissectable
from explorer.models.trace import traced
from explorer.recipe import (
    BackUp,
    ChainRecipe,
    Dab,
    Edit,
    FreshNoise,
    Inpaint,
    Lane,
    Paint,
    Sampler,
    Shown,
    mask_of,
    picture_of,
)
from explorer.recipe.forward import ForwardImage, ForwardSchedule
from explorer.recipe.start import Inverted, Start
from tests.engine.gated import Gate, ask, left_to_fail, started, until_held

STEPS, SAMPLES = 4, 2


@pytest.fixture
def recipe(checkpoints: Mapping[str, Path]) -> ChainRecipe:
    path = checkpoints["mnist-ddpm-c"]
    return ChainRecipe((Lane(file_sha256(path), str(path), "C", Sampler(STEPS)),), 77, SAMPLES)


def states(engine: Engine, key: LaneKey) -> np.ndarray:
    """The last state and what was expected of the one before."""
    (last,), (before,) = ask(engine, ShowStep((key,), 0, "x_t")), ask(engine, ShowStep((key,), 250, "x0_hat"))
    assert isinstance(last, StepShown)
    assert isinstance(before, StepShown)
    return np.concatenate([last.frames[0].tiles, before.frames[0].tiles])


def others_are_answered_meanwhile(engine: Engine, key: LaneKey, steps: Steps, gate: Gate) -> None:
    """While a step is held there are cancel points, and a question of the same chain is answered; then it goes on."""
    until_held(steps, gate)
    assert [next(steps) for _ in range(5)] == [None] * 5, "cancel points within one evaluation"
    (shown,) = ask(engine, ShowStep((key,), 1000, "x_t"))
    assert isinstance(shown, StepShown)
    gate.is_open.set()


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
    monkeypatch.setattr(aside, "LONG_SECONDS", 0.0)
    engine = started()
    lane = recipe.lanes[0]
    gate = Gate(engine.of(Models).checkpoint(lane.source).network)
    yield engine, lane_key(lane, recipe), gate
    gate.is_open.set()


def test_while_it_is_computed_others_are_answered(held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, whole: np.ndarray) -> None:
    engine, key, gate = held
    steps = engine.handle(SampleChain(recipe), "reverse.chain")
    others_are_answered_meanwhile(engine, key, steps, gate)
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
    left_to_fail(steps, gate)
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


# --- lanes that leave another


def erased(**change: object) -> Inpaint:
    return Inpaint(500, mask_of(np.tri(28, dtype=bool)), stream=3, **change)  # type: ignore[arg-type]


MARK = (Dab(((14.0, 14.0),), 3.0, 1.0),)
BRANCHES: dict[str, tuple[Edit, ...]] = {
    "fresh noise": (FreshNoise(500),),
    "painted on x_t": (Paint(500, MARK),),
    "painted on x0_hat": (Paint(500, MARK, "x0_hat", until=200),),
    "erased beside the states": (erased(repeats=2),),
    "erased beside the image": (erased(repeats=2, known="image"),),
    "made anew beside the states": (erased(repeats=2, anew=True),),
    "made anew beside the image": (erased(repeats=2, known="image", anew=True),),
    "backed up": (BackUp(500),),
    "backed up from a picture": (BackUp(500, picture_of(np.tri(28, dtype=np.uint8)[None] * 255)),),
    "a branch of one that is erased": (erased(repeats=2), FreshNoise(250)),
    "erased, backed up and erased again": (erased(), BackUp(750), erased(known="image")),
}


def left(recipe: ChainRecipe, name: str) -> ChainRecipe:
    """The chain that leaves the recipe's own."""
    return msgspec.structs.replace(recipe, lanes=(msgspec.structs.replace(recipe.lanes[0], edits=BRANCHES[name]),))


@pytest.fixture
def at_once(recipe: ChainRecipe, whole: np.ndarray) -> Engine:
    """An engine that has the recipe's own chain."""
    engine = started()
    ask(engine, SampleChain(recipe))
    return engine


@pytest.mark.parametrize("name", BRANCHES)
def test_steps_of_a_branch_are_what_they_are_at_once(
    held: tuple[Engine, LaneKey, Gate], at_once: Engine, recipe: ChainRecipe, name: str
) -> None:
    engine, _, gate = held
    gate.is_open.set()
    ask(engine, SampleChain(recipe))
    before = gate.evaluations
    branch = left(recipe, name)
    key = lane_key(branch.lanes[0], branch)
    for each in (at_once, engine):
        ask(each, SampleChain(branch))
    assert gate.evaluations > before, "other threads have taken them"
    assert np.array_equal(states(engine, key), states(at_once, key))


@pytest.mark.parametrize("name", BRANCHES)
def test_while_a_step_of_a_branch_is_computed_others_are_answered(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, name: str
) -> None:
    engine, key, gate = held
    gate.is_open.set()
    ask(engine, SampleChain(recipe))
    gate.reached.clear()
    gate.is_open.clear()
    steps = engine.handle(SampleChain(left(recipe, name)), "reverse.chain")
    others_are_answered_meanwhile(engine, key, steps, gate)
    *_, end = steps
    assert isinstance(end, ChainFinished)


def test_a_branch_and_the_lane_that_it_leaves_are_sampled_in_turns(
    held: tuple[Engine, LaneKey, Gate], at_once: Engine, recipe: ChainRecipe
) -> None:
    engine, key, gate = held
    gate.is_open.set()
    branch = left(recipe, "erased beside the states")
    under_way = engine.handle(SampleChain(recipe), "reverse.chain"), engine.handle(SampleChain(branch), "compare.chain")
    assert [type(end) for end in in_turns(*under_way)] == [ChainFinished, ChainFinished]
    ask(at_once, SampleChain(branch))
    for each in (key, lane_key(branch.lanes[0], branch)):
        assert np.array_equal(states(engine, each), states(at_once, each))


def test_a_frame_that_is_made_again_holds_nobody_up(held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, at_once: Engine) -> None:
    engine, _, gate = held
    gate.is_open.set()
    branch = left(recipe, "erased beside the states")
    key = lane_key(branch.lanes[0], branch)
    for each in (engine, at_once):
        ask(each, SampleChain(branch))
    engine.of(FrameStore).budget = 1
    assert engine.of(FrameStore).lane(key).get(STEPS - 1) is None, "it has to be made again"
    gate.reached.clear()
    gate.is_open.clear()
    steps = engine.handle(ShowStep((key,), 250, "x_t"), "reverse.step")
    until_held(steps, gate)
    assert [next(steps) for _ in range(5)] == [None] * 5
    gate.is_open.set()
    (shown,) = [outcome for outcome in steps if outcome is not None]
    (first,) = ask(at_once, ShowStep((key,), 250, "x_t"))
    assert isinstance(shown, StepShown)
    assert isinstance(first, StepShown)
    assert np.array_equal(shown.frames[0].tiles, first.frames[0].tiles)


# --- pictures on their way up to noise


def risen(recipe: ChainRecipe, image: np.ndarray) -> ChainRecipe:
    """The recipe's chain, without noise, from a picture's own noise."""
    start = Start((Inverted(picture_of(image), STEPS, rounds=1),))
    return msgspec.structs.replace(recipe, lanes=(msgspec.structs.replace(recipe.lanes[0], sampler=Sampler(STEPS, 0.0), start=start),))


def test_while_a_picture_goes_up_to_its_noise_others_are_answered(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    engine, key, gate = held
    gate.is_open.set()
    ask(engine, SampleChain(recipe), "compare.chain")
    gate.is_open.clear()
    gate.reached.clear()
    up = risen(recipe, mnist_test[0][3])
    steps = engine.handle(SampleChain(up), "reverse.chain")
    others_are_answered_meanwhile(engine, key, steps, gate)
    progress = [outcome.lanes[0].prepared for outcome in steps if isinstance(outcome, ChainProgress)]
    assert progress[:STEPS] == [1, 2, 3, 4]
    own = started()
    ask(own, SampleChain(up))
    asked = lane_key(up.lanes[0], up)
    assert np.array_equal(states(engine, asked), states(own, asked))


def test_how_well_a_picture_comes_back_is_measured_while_others_are_answered(
    held: tuple[Engine, LaneKey, Gate], recipe: ChainRecipe, mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    engine, _, gate = held
    asked = MeasureInversion(recipe.lanes[0], Inverted(picture_of(mnist_test[0][3]), STEPS, rounds=1), (STEPS,))
    (*_, wanted) = ask(started(), asked)
    steps = engine.handle(asked, "reverse.trips")
    until_held(steps, gate)
    assert [next(steps) for _ in range(5)] == [None] * 5, "cancel points within one evaluation"
    gate.is_open.set()
    *_, last = steps
    assert gate.evaluations == 2 + (2 * STEPS - 1) + STEPS, (
        "two to know how long it takes, each step up, all but the first in two rounds, and each down"
    )
    assert isinstance(last, InversionShown)
    assert isinstance(wanted, InversionShown)
    assert [trip.error for trip in last.trips] == [trip.error for trip in wanted.trips]


# --- single evaluations, while somebody looks on


def looks(recipe: ChainRecipe, key: LaneKey) -> dict[str, tuple[Payload, str]]:
    mask = mask_of(np.tri(28, dtype=bool))
    return {
        "painted on x_t": (PreviewPaint(key, 500, 0, "x_t", MARK), "end"),
        "painted on x0_hat": (PreviewPaint(key, 500, 0, "x0_hat", MARK, until=250), "end"),
        "erased": (PreviewErase(key, 500, 0, mask, 2, "states"), "end"),
        "inside the network": (InspectUNet(key, 500, 0, off=(0,)), "channels"),
        "one step back": (ShowStepBack(ForwardImage(3), ForwardSchedule(), 7, 500, recipe.lanes[0]), "network"),
    }


@pytest.mark.parametrize("name", ["painted on x_t", "painted on x0_hat", "erased", "inside the network", "one step back"])
def test_while_a_single_evaluation_is_looked_for_others_are_answered(
    held: tuple[Engine, LaneKey, Gate], at_once: Engine, recipe: ChainRecipe, name: str
) -> None:
    engine, key, gate = held
    gate.is_open.set()
    ask(engine, SampleChain(recipe))
    gate.reached.clear()
    gate.is_open.clear()
    payload, part = looks(recipe, key)[name]
    steps = engine.handle(payload, "reverse.look")
    until_held(steps, gate)
    assert [next(steps) for _ in range(5)] == [None] * 5
    (shown,) = ask(engine, ShowStep((key,), 1000, "x_t"))
    assert isinstance(shown, StepShown)
    gate.is_open.set()
    *_, found = steps
    *_, wanted = ask(at_once, payload)
    assert arrays(getattr(found, part)) == arrays(getattr(wanted, part))


def arrays(part: object) -> list[bytes]:
    """What an outcome's part has of pictures and numbers."""
    if isinstance(part, np.ndarray):
        return [part.tobytes()]
    assert is_dataclass(part)
    return [each for field in fields(part) if isinstance(value := getattr(part, field.name), np.ndarray) for each in arrays(value)]
