"""Lanes of other schedules, seeds and lengths in the engine; what is measured between them; who is sampled again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from explorer.checkpoints.files import file_sha256, load, save
from explorer.diffusion.levels import pairs
from explorer.diffusion.matching import MatchedPredictor, levels_of
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import cosine, linear
from explorer.diffusion.ssim import ssim
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.curve_messages import CurvesShown, MeasureSimilarity, ShowCurves, SimilarityMeasured
from explorer.engine.chain.export.messages import ExportChain, ExportLook
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.messages import (
    ChainFinished,
    ChainProgress,
    LaneBlank,
    LaneFailed,
    LanePlanned,
    SampleChain,
    ShowStep,
    StepShown,
    lane_keys,
)
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.exports.sheet import BACKGROUND
from explorer.recipe import ChainRecipe, ExactProcess, FreshNoise, Lane, Sampler, ScheduleChoice, Shown

STEPS, SAMPLES = 6, 2
replace = msgspec.structs.replace


def ask(engine: Engine, payload: Payload, channel: str = "test") -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, channel) if outcome is not None]


@pytest.fixture
def engine() -> Engine:
    made = Engine()
    ask(made, StartEngine(device="cpu", precision="fp32"))
    return made


@pytest.fixture
def lane(checkpoints: Mapping[str, Path]) -> Lane:
    path = checkpoints["mnist-ddpm-c"]
    return Lane(file_sha256(path), str(path), "C", Sampler(STEPS))


def shown(engine: Engine, recipe: ChainRecipe, t: int, timeline: int = 0, **fields: object) -> tuple:
    keys = lane_keys(recipe)
    (step,) = ask(engine, ShowStep(keys, t, "x_t", timeline=keys[timeline], **fields))  # type: ignore[arg-type]
    assert isinstance(step, StepShown)
    return step.frames


def test_a_lane_on_another_schedule_is_that_chain(engine: Engine, lane: Lane) -> None:
    walked = replace(lane, schedule=ScheduleChoice("cosine", 400))
    recipe = ChainRecipe((walked,), 3, SAMPLES)
    planned = ask(engine, SampleChain(recipe))[0]
    assert isinstance(planned, LanePlanned)
    np.testing.assert_allclose(planned.levels, levels_of(cosine(400)))
    assert planned.timesteps[0] == 400
    assert "trained from -10.1 to 9.2" in planned.notice
    predictor = MatchedPredictor(engine.of(Models).network_predictor(lane), cosine(400))
    noise = noise_source(3, range(SAMPLES), (1, 28, 28))
    with torch.inference_mode():
        *_, last = reverse_steps(predictor, plan(cosine(400), STEPS), initial_state(noise), noise)
    np.testing.assert_array_equal(shown(engine, recipe, 0)[0].values, last.x_prev.numpy())


def test_a_schedule_that_cannot_be_is_told(engine: Engine, lane: Lane) -> None:
    with pytest.raises(BadInput, match=r"linear schedule with T = 5: .*choose another T"):
        ask(engine, SampleChain(ChainRecipe((replace(lane, schedule=ScheduleChoice("linear", 5)),), 0, SAMPLES)))


def test_a_lane_that_cannot_be_sampled_leaves_the_others(engine: Engine, lane: Lane) -> None:
    gone = replace(lane, checkpoint="0" * 64, source="/nowhere/gone.safetensors")
    too_many = replace(lane, sampler=Sampler(2000))
    recipe = ChainRecipe((gone, lane, too_many), 0, SAMPLES)
    keys = lane_keys(recipe)
    outcomes = ask(engine, SampleChain(recipe))
    refused = {o.key: o.message for o in outcomes if isinstance(o, LaneFailed)}
    assert set(refused) == {keys[0], keys[2]}
    assert refused[keys[0]].startswith("/nowhere/gone.safetensors: no such file")
    assert "steps must be in 1..1000" in refused[keys[2]]
    finished = outcomes[-1]
    assert isinstance(finished, ChainFinished)
    assert [(done.key, done.done) for done in finished.lanes] == [(keys[1], STEPS)]
    assert [frame.key for frame in shown(engine, recipe, 0, timeline=1)] == [keys[1]]
    with pytest.raises(BadInput, match="gone"):
        ask(engine, SampleChain(ChainRecipe((gone, too_many), 0, SAMPLES)))


@pytest.mark.parametrize("schedule", [None, ScheduleChoice("cosine", 400)])
def test_a_network_that_puts_out_no_numbers_leaves_the_others(
    engine: Engine, lane: Lane, tmp_path: Path, schedule: ScheduleChoice | None
) -> None:
    known, path = load(Path(lane.source)), tmp_path / "overflows.safetensors"
    save(path, known.card, {name: 1e30 * weight for name, weight in known.network.state_dict().items()})
    overflows = replace(lane, checkpoint=file_sha256(path), source=str(path), schedule=schedule)
    branch = replace(overflows, edits=(FreshNoise(t=300),))
    recipe = ChainRecipe((overflows, lane, branch), 0, SAMPLES)
    keys = lane_keys(recipe)
    outcomes = ask(engine, SampleChain(recipe))
    refused = {o.key: o.message for o in outcomes if isinstance(o, LaneFailed)}
    assert set(refused) == {keys[0], keys[2]}
    T = 1000 if schedule is None else 400
    for message in refused.values():
        assert message.startswith(f"{path}: its network puts out numbers that are not finite, at t = {T}")
    finished = outcomes[-1]
    assert isinstance(finished, ChainFinished)
    assert [(done.key, done.done) for done in finished.lanes] == [(keys[1], STEPS)]
    with pytest.raises(BadInput, match="not finite"):
        ask(engine, SampleChain(ChainRecipe((overflows,), 0, SAMPLES)))


def test_each_lane_shows_the_state_of_the_cursors_noise(engine: Engine, lane: Lane) -> None:
    walked = replace(lane, schedule=ScheduleChoice("cosine", 400), sampler=Sampler(20))
    recipe = ChainRecipe((lane, walked), 0, SAMPLES)
    ask(engine, SampleChain(recipe))
    levels = levels_of(linear(1000))
    for t in (1000, 833, 500, 167, 0):
        own, other = shown(engine, recipe, t)
        assert own.t == t or t == 1000
        states = levels_of(cosine(400))[:, None]
        nearest = int(np.abs(states[1:, 0] - levels[t]).argmin()) + 1 if t else 0
        assert abs(other.t - nearest) <= 10, "half the distance of its steps"
        assert abs(other.t - t * 0.4) > 10 or t in (0, 1000, 500, 167), "not by the timestep"


def test_a_seed_of_its_own(engine: Engine, lane: Lane) -> None:
    recipe = ChainRecipe((lane, replace(lane, seed=9), replace(lane, seed=0)), 0, SAMPLES)
    ask(engine, SampleChain(recipe))
    first, second, third = shown(engine, recipe, 0)
    np.testing.assert_array_equal(first.values, third.values)
    assert not np.array_equal(first.values, second.values)
    alone = ChainRecipe((lane,), 9, SAMPLES)
    ask(engine, SampleChain(alone), "other")
    np.testing.assert_array_equal(shown(engine, alone, 0)[0].values, second.values)


def steps_taken(engine: Engine, recipe: ChainRecipe) -> list[tuple[int, ...]]:
    """Steps done of each lane after every step that is taken for a recipe."""
    return [tuple(lane.done for lane in o.lanes) for o in ask(engine, SampleChain(recipe)) if isinstance(o, ChainProgress)]


def test_only_the_lane_that_changed_is_sampled(engine: Engine, lane: Lane) -> None:
    before = ChainRecipe(tuple(replace(lane, sampler=Sampler(STEPS, eta)) for eta in (0.0, 0.5, 1.0)), 0, SAMPLES)
    ask(engine, SampleChain(before))
    kept = {key: engine.of(FrameStore).lane(key).kept.copy() for key in lane_keys(before)}
    lanes = (before.lanes[0], replace(before.lanes[1], sampler=Sampler(STEPS, 0.5, clip=True)), before.lanes[2])
    after = ChainRecipe(lanes, 0, SAMPLES)
    assert steps_taken(engine, after) == [(STEPS, done, STEPS) for done in range(1, STEPS + 1)]
    for key in (lane_keys(before)[0], lane_keys(before)[2]):
        frames = engine.of(FrameStore).lane(key).kept
        assert all(frames[k] is frame for k, frame in kept[key].items())
    assert steps_taken(engine, before) == [], "undo: what was computed is still there"


def differences(engine: Engine, recipe: ChainRecipe, t: int, reference: int = 0) -> StepShown:
    keys = lane_keys(recipe)
    (step,) = ask(engine, ShowStep(keys, t, "difference", reference=keys[reference], timeline=keys[reference]))
    assert isinstance(step, StepShown)
    return step


def test_a_lane_of_another_shape_alone_has_no_difference(engine: Engine, lane: Lane, tmp_path: Path) -> None:
    path = tmp_path / "small.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (5, 8, 8), np.uint8))
    exact, _ = engine.of(Models).data_sets.opened(ExactProcess(str(path)))
    other, small = replace(lane, sampler=Sampler(STEPS, 0.0)), Lane("", str(path), None, Sampler(STEPS), exact)
    recipe = ChainRecipe((lane, other, small), 0, SAMPLES)
    ask(engine, SampleChain(recipe))
    step, keys = differences(engine, recipe, 500), lane_keys(recipe)
    assert [frame.key for frame in step.frames] == list(keys[:2])
    assert step.blank == (LaneBlank(keys[2], 500, "shape"),)
    own = [frame.values for frame in shown(engine, recipe, 500)[:2]]
    np.testing.assert_array_equal(step.frames[1].values, own[1] - own[0])


def test_there_is_a_difference_only_where_the_curves_may_compare(engine: Engine, lane: Lane) -> None:
    fine = replace(lane, sampler=Sampler(60))
    recipe = ChainRecipe((lane, fine), 0, SAMPLES)
    ask(engine, SampleChain(recipe))
    keys, levels = lane_keys(recipe), levels_of(linear(1000))
    coarse, dense = (engine.of(Chains).shown(key) for key in keys)
    assert coarse is not None
    assert dense is not None
    there = {}
    for k, t in enumerate(dense.timesteps.tolist()):
        step = differences(engine, recipe, t)
        there[k] = any(frame.key == keys[1] for frame in step.frames)
        nearest = coarse.timesteps[np.abs(coarse.timesteps - t).argmin()]
        near = t == nearest or abs(levels[nearest] - levels[t]) <= 0.25
        assert there[k] == near, t
        assert step.blank == (() if near else (LaneBlank(keys[1], t, "level"),))
    assert {k for k, _ in pairs(levels[dense.timesteps], levels[coarse.timesteps])} <= {k for k, shown in there.items() if shown}
    assert not all(there.values())


def test_while_the_reference_is_behind_the_newest_of_both_are_compared(engine: Engine, lane: Lane) -> None:
    recipe = ChainRecipe((lane, replace(lane, sampler=Sampler(STEPS, 0.0))), 0, SAMPLES)
    keys = lane_keys(recipe)
    steps = engine.handle(SampleChain(recipe), "test")
    while engine.of(FrameStore).lane(keys[0]).newest < 3:  # they step in turns, the first before the second
        next(steps)
    assert engine.of(FrameStore).lane(keys[1]).newest == 2
    step = differences(engine, recipe, 0, reference=1)
    assert [(frame.k, frame.t) for frame in step.frames] == [(2, plan(linear(1000), STEPS).timesteps[2])] * 2
    assert not step.blank


def test_an_export_leaves_blank_what_the_window_does(engine: Engine, lane: Lane, tmp_path: Path) -> None:
    fine = replace(lane, sampler=Sampler(60))
    recipe = ChainRecipe((lane, fine), 0, SAMPLES)
    keys = lane_keys(recipe)
    out = tmp_path / "difference.png"
    ask(engine, ExportChain(recipe, str(out), ExportLook(Shown(417, "difference", 0, "x_t"), ("C", "C 60"), keys[0], scale=1)))
    with Image.open(out) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    right = pixels[30:45, pixels.shape[1] // 2 + 12 :]
    assert np.all(right == BACKGROUND)
    assert not np.all(pixels[30:45, : pixels.shape[1] // 2 - 12] == BACKGROUND)


def test_distance_and_similarity_are_of_states_of_the_same_noise(engine: Engine, lane: Lane) -> None:
    walked = replace(lane, schedule=ScheduleChoice("cosine", 1000), sampler=Sampler(30))
    recipe = ChainRecipe((walked, replace(lane, sampler=Sampler(30)), lane), 0, SAMPLES)
    ask(engine, SampleChain(recipe))
    keys = lane_keys(recipe)
    for quantity in ("x_t", "x0_hat"):
        stretches = 0
        done = SimilarityMeasured(complete=False)
        while not done.complete:
            (done,) = ask(engine, MeasureSimilarity(keys, keys[1], quantity))  # type: ignore[assignment,arg-type]
            stretches += 1
            assert stretches < 50
    (curves,) = ask(engine, ShowCurves(keys, 1, keys[1]))
    assert isinstance(curves, CurvesShown)
    own, reference, same = (engine.of(Chains).shown(key) for key in keys)
    assert own is not None
    assert reference is not None
    assert same is not None
    found = pairs(own.levels[own.timesteps], reference.levels[reference.timesteps])
    assert len(found) > 5
    said = curves.lanes[0].curves
    assert np.flatnonzero(np.isfinite(said["distance x_t"])).tolist() == [k for k, _ in found]
    for k, j in found:
        mine, theirs = engine.of(FrameStore).lane(keys[0]).kept[k].x, engine.of(FrameStore).lane(keys[1]).kept[j].x
        assert said["distance x_t"][k] == pytest.approx(float((mine - theirs)[1].norm()), rel=1e-5)
        assert said["ssim x_t"][k] == pytest.approx(float(ssim(mine, theirs)[1]))
    for name, value in (("distance x0_hat", 0.0), ("ssim x0_hat", 1.0)):
        np.testing.assert_array_equal(curves.lanes[1].curves[name], value)
    six = curves.lanes[2].curves["distance x0_hat"]  # 6 of the 30 steps are at common timesteps
    assert np.isfinite(six[: STEPS + 1]).all()
    assert said["ssim x0_hat"][found[-1][0]] == said["ssim x_t"][found[-1][0]], "x_0 is both"
