"""Exact lanes in the engine: chains, weights, nearest images, distances to the ideal, and bad data sets."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.files import file_sha256
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import SHA256, mnist
from explorer.diffusion.branches import AGAIN, JUMP, stream_of
from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.exact_predictor import ExactPredictor, of_samples
from explorer.diffusion.schedule import linear
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.data_set.messages import (
    DataSetOpened,
    ExactAbsent,
    FindNearest,
    IdealMeasured,
    MeasureIdeal,
    NearestShown,
    OpenDataSet,
    ShowWeights,
    WeightsShown,
)
from explorer.engine.chain.edited_chain import Draws
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.messages import LaneKey, SampleChain, ShowStep, ShowTerms, StepShown, TermsShown, lane_keys
from explorer.engine.engine import Engine
from explorer.engine.thread.messages import SetFrameBudget, StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, ExactProcess, FreshNoise, Inpaint, Lane, Sampler, ScheduleChoice, mask_of
from explorer.resources import resource

SMALL = ExactProcess(images=500)
STEPS = 8


def answers(engine: Engine, payload: Payload) -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, "test") if outcome is not None]


def answer(engine: Engine, payload: Payload) -> Outcome:
    return answers(engine, payload)[-1]


def exact_lane(exact: ExactProcess = SMALL, **fields: object) -> Lane:
    return Lane("", exact.dataset, sampler=Sampler(steps=STEPS), exact=exact, **fields)  # type: ignore[arg-type]


def network_lane() -> Lane:
    path = resource("checkpoints", "mnist-ddpm-c.safetensors")
    return Lane(file_sha256(path), str(path), "C", Sampler(steps=4))


@pytest.fixture(scope="module")
def sampled() -> tuple[Engine, tuple[LaneKey, ...]]:
    """Three lanes: the exact process, its mean, and a network."""
    engine = Engine()
    answers(engine, StartEngine(device="cpu"))
    lanes = (exact_lane(), exact_lane(ExactProcess(images=500, follow="mean")), network_lane())
    recipe = ChainRecipe(lanes, seed=3, samples=2)
    answers(engine, SampleChain(recipe))
    return engine, lane_keys(recipe)


def digits(count: int = 500) -> torch.Tensor:
    return torch.from_numpy(to_unit_range(mnist()[0][:count]))


def values(engine: Engine, key: LaneKey, t: int, quantity: str) -> np.ndarray:
    shown = answer(engine, ShowStep((key,), t, quantity))  # type: ignore[arg-type]
    assert isinstance(shown, StepShown)
    return shown.frames[0].values


def test_lanes_of_an_exact_process_end_on_its_images(sampled: tuple[Engine, tuple[LaneKey, ...]]) -> None:
    engine, (drawing, following, _) = sampled
    assert np.array_equal(values(engine, drawing, 1000, "x_t"), values(engine, following, 1000, "x_t"))
    data = EmpiricalData(digits())
    for key in (drawing, following):
        distance = data.nearest(torch.tensor(values(engine, key, 0, "x_t")))[1]
        assert float(distance.max()) < 0.05


def test_what_is_shown_of_a_step_is_the_mixtures_mean_and_what_is_drawn_leads_on(sampled: tuple[Engine, tuple[LaneKey, ...]]) -> None:
    engine, (drawing, *_) = sampled
    terms = answer(engine, ShowTerms(drawing, 500, 1, values=True))
    assert isinstance(terms, TermsShown)
    v = terms.values
    lane = engine.of(Chains).shown(drawing)
    assert lane is not None
    step = lane.course.steps[terms.k]
    assert np.allclose(v["x_prev"], step.a0 * v["drawn"] + step.at * v["x_t"] + step.sigma * v["z"], atol=1e-5)
    assert np.allclose(v["mean"], step.a0 * v["x0_hat"] + step.at * v["x_t"], atol=1e-5)
    ideal = EmpiricalData(digits()).denoise(torch.tensor(v["x_t"])[None], step.alpha_bar)[0]
    assert np.allclose(v["x0_hat"], ideal.numpy(), atol=1e-5)


def test_every_repetition_of_a_step_draws_an_image_of_its_own() -> None:
    engine = Engine()
    answers(engine, StartEngine(device="cpu"))
    lower = np.arange(28)[:, None].repeat(28, 1) >= 14
    branch = exact_lane(edits=(Inpaint(1000, mask_of(lower), 3, stream=4, anew=True),))
    recipe = ChainRecipe((exact_lane(), branch), seed=3, samples=2)
    answers(engine, SampleChain(recipe))
    root, key = lane_keys(recipe)
    lane = engine.of(Chains).shown(key)
    assert lane is not None
    t, t_prev, step = *lane.course.timesteps[:2], lane.course.steps[0]
    data, erased = ExactPredictor(EmpiricalData(digits()), linear()), torch.from_numpy(lower)
    known = torch.tensor(values(engine, root, t_prev, "x_t"))
    draws = Draws(3, range(2), (1, 28, 28), torch.device("cpu"))
    x = torch.where(erased, draws.noise(0, AGAIN, 4), torch.tensor(values(engine, root, t, "x_t")))
    drawn = []
    for u in range(3):
        said = of_samples(data, 3, range(2), stream_of(AGAIN, 4, u)).predict(x, t, step, clip=False)
        assert said.component is not None
        drawn.append(tuple(said.drawn.tolist()))
        after = torch.where(erased, said.component + step.sigma * draws.noise(t, AGAIN, 4, u), known)
        x = step.alpha**0.5 * after + (1 - step.alpha) ** 0.5 * draws.noise(t, JUMP, 4, u + 1)
    assert len(set(drawn)) == 3
    assert np.allclose(values(engine, key, t_prev, "x_t"), after.numpy(), atol=1e-5)


def test_pictures_of_the_distance_to_the_ideal(sampled: tuple[Engine, tuple[LaneKey, ...]], tmp_path: Path) -> None:
    engine, keys = sampled
    shown = answer(engine, ShowStep(keys, 500, "to_ideal", exact=SMALL))
    assert isinstance(shown, StepShown)
    assert [frame.key for frame in shown.frames] == list(keys)
    data = EmpiricalData(digits())
    for frame in shown.frames:
        lane = engine.of(Chains).shown(frame.key)
        assert lane is not None
        ideal = data.denoise(torch.tensor(values(engine, frame.key, 500, "x_t")), lane.course.steps[frame.k].alpha_bar)
        np.testing.assert_allclose(frame.values, values(engine, frame.key, 500, "x0_hat") - ideal.numpy(), atol=1e-5)
    assert np.abs(shown.frames[1].values).max() < 1e-5, "an exact lane is the ideal"
    assert np.abs(shown.frames[2].values).max() > 0.1
    np.save(tmp_path / "wide.npy", np.zeros((3, 5, 7), np.uint8))
    for exact, reason in (
        (None, ""),
        (ExactProcess(str(tmp_path / "gone.npy")), "gone.npy"),
        (ExactProcess(str(tmp_path / "wide.npy")), "5 × 7"),
    ):
        shown = answer(engine, ShowStep(keys[2:], 500, "to_ideal", exact=exact))
        assert isinstance(shown, StepShown)
        assert not shown.frames
        assert shown.blank[0].why == "data"
        assert reason in shown.blank[0].reason


def test_frames_that_were_dropped_are_made_again_to_the_last_bit() -> None:
    engine = Engine()
    answers(engine, StartEngine(device="cpu"))
    recipe = ChainRecipe((exact_lane(),), seed=3, samples=2)
    answers(engine, SampleChain(recipe))
    (key,) = lane_keys(recipe)
    times = engine.of(Chains).shown(key).timesteps.tolist()  # type: ignore[union-attr]
    before = [values(engine, key, t, "x_t").copy() for t in times]
    answers(engine, SetFrameBudget(1))
    assert len(engine.of(FrameStore).lane(key).kept) < len(times)
    for t, expected in zip(times, before, strict=True):
        assert np.array_equal(values(engine, key, t, "x_t"), expected)


@pytest.mark.parametrize("lane", [0, 2])
def test_weights_of_the_selected_sample(sampled: tuple[Engine, tuple[LaneKey, ...]], lane: int) -> None:
    engine, keys = sampled
    t = 250
    shown = answer(engine, ShowWeights(keys[lane], SMALL, t, sample=1, count=5))
    assert isinstance(shown, WeightsShown)
    assert shown.t == t
    x_t = torch.tensor(values(engine, keys[lane], t, "x_t")).double()[1]
    computed = engine.of(Chains).shown(keys[lane])
    assert computed is not None
    alpha_bar = computed.course.steps[shown.k].alpha_bar
    log_w = torch.log_softmax(
        -(x_t[None] - math.sqrt(alpha_bar) * digits().double()).flatten(1).square().sum(1) / (2 * (1 - alpha_bar)), dim=0
    )
    w = log_w.exp()
    assert np.allclose(shown.weights, w.topk(5).values.numpy(), atol=1e-5)
    assert np.allclose(w[torch.tensor(shown.indices)].numpy(), shown.weights, atol=1e-5)
    assert shown.entropy == pytest.approx(float(-(w * log_w).sum()), abs=1e-4)
    assert shown.labels == tuple(mnist()[1][shown.indices].tolist())
    assert shown.tiles.shape == (5, 28, 28, 3)
    assert np.array_equal(shown.tiles[0, ..., 0], mnist()[0][shown.indices[0], 0])
    ideal = torch.einsum("i,ichw->chw", w, digits().double()).numpy()
    x0_hat = values(engine, keys[lane], t, "x0_hat")[1]
    assert shown.distance == pytest.approx(float(np.linalg.norm(x0_hat - ideal)), abs=1e-3)
    assert shown.total == 500
    assert (shown.drawn is not None) == (lane == 0)


def test_the_nearest_image_of_what_was_made(sampled: tuple[Engine, tuple[LaneKey, ...]]) -> None:
    engine, keys = sampled
    shown = answer(engine, FindNearest(keys[2], SMALL, sample=0))
    assert isinstance(shown, NearestShown)
    made = values(engine, keys[2], 0, "x_t")[0]
    distances = np.linalg.norm((digits().numpy() - made).reshape(500, -1).astype(np.float64), axis=1)
    assert shown.index == int(distances.argmin())
    assert shown.distance == pytest.approx(float(distances.min()), abs=1e-4)
    assert shown.second == pytest.approx(float(np.sort(distances)[1]), abs=1e-4)
    assert shown.label == int(mnist()[1][shown.index])
    memorized = answer(engine, FindNearest(keys[0], SMALL, sample=0))
    assert isinstance(memorized, NearestShown)
    assert memorized.distance < 0.05 < shown.distance


@pytest.mark.parametrize("sample", [1, None])
def test_distances_to_the_ideal_against_t(sampled: tuple[Engine, tuple[LaneKey, ...]], sample: int | None) -> None:
    engine, keys = sampled
    measured = answer(engine, MeasureIdeal(keys[1:], SMALL, sample))
    while isinstance(measured, IdealMeasured) and not measured.complete:
        measured = answer(engine, MeasureIdeal(keys[1:], SMALL, sample))
    assert isinstance(measured, IdealMeasured)
    ideal, network = measured.lanes
    assert np.nanmax(ideal.curves["ideal"]) < 1e-3
    for t, distance in zip(network.timesteps[:-1], network.curves["ideal"], strict=False):
        expected = []
        for n in (1,) if sample == 1 else (0, 1):
            shown = answer(engine, ShowWeights(keys[2], SMALL, int(t), n))
            assert isinstance(shown, WeightsShown)
            expected.append(shown.distance)
        assert distance == pytest.approx(float(np.mean(expected)), rel=1e-4)
    assert np.isnan(network.curves["ideal"][-1])


def test_the_same_predictor_through_every_option_and_on_any_schedule() -> None:
    engine = Engine()
    answers(engine, StartEngine(device="cpu"))
    mean = ExactProcess(images=100, follow="mean")
    lanes = tuple(exact_lane(mean, option=option) for option in (None, "A", "B", "C"))
    other = exact_lane(mean, schedule=ScheduleChoice("cosine", 50))
    recipe = ChainRecipe((*lanes, other), seed=1, samples=2)
    answers(engine, SampleChain(recipe))
    plain, *through, cosine = [values(engine, key, 0, "x_t") for key in lane_keys(recipe)]
    for ours in through:
        assert np.allclose(ours, plain, atol=2e-3)
    assert engine.of(Chains).shown(lane_keys(recipe)[-1]).timesteps[0] == 50  # type: ignore[union-attr]
    assert not np.allclose(cosine, plain, atol=0.1)


# --- data sets ---


def test_any_data_set_of_the_app_is_a_lane(tmp_path: Path) -> None:
    path = tmp_path / "mine.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (7, 3, 8, 6), np.uint8))
    engine = Engine()
    opened = answer(engine, OpenDataSet(str(path)))
    assert isinstance(opened, DataSetOpened)
    assert (opened.name, opened.count, opened.image_shape) == ("mine", 7, (3, 8, 6))
    assert opened.exact.sha256 == file_sha256(path)
    recipe = ChainRecipe((exact_lane(opened.exact),), samples=2)
    answers(engine, SampleChain(recipe))
    (key,) = lane_keys(recipe)
    shown = answer(engine, ShowWeights(key, opened.exact, 400, 0, count=20))
    assert isinstance(shown, WeightsShown)
    assert len(shown.tiles) == 7
    assert shown.labels is None
    known = answer(engine, OpenDataSet("mnist"))
    assert isinstance(known, DataSetOpened)
    assert known.exact.sha256 == SHA256["train-images-idx3-ubyte.gz"]


def test_a_data_set_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    engine = Engine()
    empty, broken = tmp_path / "empty.npy", tmp_path / "broken.npy"
    np.save(empty, np.zeros((0, 28, 28), np.uint8))
    broken.write_bytes(b"\x93NUMPY nothing")
    for source, words in (
        (str(tmp_path / "none"), "no such file"),
        (str(empty), "holds no images"),
        (str(broken), "cannot be read"),
        (str(tmp_path), "no pictures in this folder"),
    ):
        with pytest.raises(BadInput, match=words):
            answers(engine, OpenDataSet(source))
        with pytest.raises(BadInput, match=words):
            answers(engine, SampleChain(ChainRecipe((exact_lane(ExactProcess(source)),), samples=1)))


def test_another_data_set_than_the_recipes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.npy"
    np.save(path, np.zeros((3, 4, 4), np.uint8))
    engine = Engine()
    opened = answer(engine, OpenDataSet(str(path)))
    assert isinstance(opened, DataSetOpened)
    np.save(path, np.ones((4, 4, 4), np.uint8))
    with pytest.raises(BadInput, match="holds other images than are meant"):
        answers(engine, SampleChain(ChainRecipe((exact_lane(opened.exact),), samples=1)))
    with pytest.raises(BadInput, match="holds other images than are meant"):
        answers(engine, SampleChain(ChainRecipe((exact_lane(ExactProcess(sha256="0" * 64)),), samples=1)))
    with pytest.raises(BadInput, match="holds 4 images, not 9"):
        answers(engine, SampleChain(ChainRecipe((exact_lane(ExactProcess(str(path), images=9)),), samples=1)))


def test_images_of_another_shape_or_a_lost_data_set_are_told_in_the_panel(
    sampled: tuple[Engine, tuple[LaneKey, ...]], tmp_path: Path
) -> None:
    engine, keys = sampled
    path = tmp_path / "small.npy"
    np.save(path, np.zeros((3, 4, 4), np.uint8))
    for exact, words in ((ExactProcess(str(path)), "4 × 4"), (ExactProcess(str(tmp_path / "gone.npy")), "no such file")):
        for question in (ShowWeights(keys[0], exact, 10, 0), FindNearest(keys[0], exact, 0)):
            absent = answer(engine, question)
            assert isinstance(absent, ExactAbsent)
            assert words in absent.reason
    with pytest.raises(BadInput, match="no sample 7"):
        answers(engine, ShowWeights(keys[0], SMALL, 10, 7))
    with pytest.raises(BadInput, match="not been sampled"):
        answers(engine, FindNearest(replace(keys[0], seed=99), SMALL, 0))


def test_a_branch_of_an_exact_lane_draws_anew_below_its_edit_alone() -> None:
    engine = Engine()
    answers(engine, StartEngine(device="cpu"))
    plain = exact_lane(ExactProcess(images=100))
    branch = msgspec.structs.replace(plain, edits=(FreshNoise(t=500, stream=1),))
    recipe = ChainRecipe((plain, branch), seed=2, samples=2)
    answers(engine, SampleChain(recipe))
    own, other = lane_keys(recipe)
    for t in (1000, 625, 500):
        assert np.array_equal(values(engine, own, t, "x_t"), values(engine, other, t, "x_t"))
    assert not np.allclose(values(engine, own, 375, "x_t"), values(engine, other, 375, "x_t"), atol=0.1)
    for key, t in ((own, 750), (other, 750), (other, 250)):
        shown = answer(engine, ShowWeights(key, plain.exact, t, 1))  # type: ignore[arg-type]
        assert isinstance(shown, WeightsShown)
        assert shown.drawn is not None
    uniforms = [engine.of(Chains).shown(key).drawn for key in (own, other)]  # type: ignore[union-attr]
    assert 0 in uniforms[0]
    assert 0 not in uniforms[1]  # above its edit it is its parent


def test_a_lane_that_is_told_classes_is_seen_beside_the_images_of_each_samples_class(conditional: Path) -> None:
    engine = Engine()
    answers(engine, StartEngine(device="cpu"))
    lane = Lane(file_sha256(conditional), str(conditional), "C", Sampler(steps=2, clip=True), labels=(2, 0, -1))
    recipe = ChainRecipe((lane,), seed=3, samples=3)
    answers(engine, SampleChain(recipe))
    (key,) = lane_keys(recipe)
    x_t, x0_hat = (torch.tensor(values(engine, key, 20, name)) for name in ("x_t", "x0_hat"))
    shown = answer(engine, ShowStep((key,), 20, "to_ideal", exact=SMALL))
    measured = answer(engine, MeasureIdeal((key,), SMALL, (0,)))
    assert isinstance(shown, StepShown)
    assert isinstance(measured, IdealMeasured)
    alpha_bar = engine.of(Chains).shown(key).course.steps[0].alpha_bar  # type: ignore[union-attr]
    images, labels = digits(), torch.from_numpy(mnist()[1][:500].astype(np.int64))
    for sample, of_it in enumerate((labels == 2, labels == 0, labels >= 0)):
        ideal = EmpiricalData(images[of_it]).denoise(x_t[sample : sample + 1], alpha_bar)[0]
        assert np.allclose(shown.frames[0].values[sample], (x0_hat[sample] - ideal).numpy(), atol=1e-5)
        weights = answer(engine, ShowWeights(key, SMALL, 20, sample))
        assert isinstance(weights, WeightsShown)
        assert (weights.total, weights.of_class) == (int(of_it.sum()), sample < 2)
    distance = float((x0_hat[0] - EmpiricalData(images[labels == 2]).denoise(x_t[:1], alpha_bar)[0]).norm())
    assert measured.lanes[0].curves["ideal"][0] == pytest.approx(distance, rel=1e-4)
