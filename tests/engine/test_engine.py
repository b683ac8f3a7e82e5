"""The synchronous engine on shipped models: lanes, frames, terms, films, curves, library."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import Checkpoint, load
from explorer.diffusion.posterior import posterior
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.engine.chain.curve_messages import CurvesShown, ShowCurves
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.messages import (
    ChainFinished,
    ChainProgress,
    FilmShown,
    LanePlanned,
    SampleChain,
    ShowFilm,
    ShowStep,
    ShowTerms,
    StepShown,
    TermsShown,
    lane_keys,
)
from explorer.engine.engine import Engine
from explorer.engine.models import predictors
from explorer.engine.models.messages import CheckpointOpened, LibraryScanned, MakeThumbnail, OpenCheckpoint, ScanLibrary, ThumbnailMade
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.messages import EngineReady, StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.models.unet import UNet
from explorer.recipe import ChainRecipe, ExactProcess, Lane, Sampler

STEPS, SAMPLES = 12, 2
CPU = torch.device("cpu")


def ask(engine: Engine, payload: Payload, channel: str = "test") -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, channel) if outcome is not None]


@pytest.fixture
def engine() -> Engine:
    made = Engine()
    ask(made, StartEngine(device="cpu", precision="fp32"))
    return made


def recipe(checkpoints: Mapping[str, Path], names: str = "c", steps: int | None = STEPS, seed: int = 0, eta: float = 1.0) -> ChainRecipe:
    lanes = []
    for name in names:
        checkpoint = load(checkpoints[f"mnist-ddpm-{name}"])
        lanes.append(Lane(checkpoint.sha256, str(checkpoint.path), checkpoint.card.option, Sampler(steps, eta)))
    return ChainRecipe(tuple(lanes), seed, SAMPLES)


def reference(checkpoints: Mapping[str, Path], name: str) -> list[torch.Tensor]:
    """States x_T..x_0 by the diffusion package alone."""
    predictor = predictors.from_checkpoint(load(checkpoints[f"mnist-ddpm-{name}"]), CPU)
    noise = noise_source(0, range(SAMPLES), (1, 28, 28))
    states = [initial_state(noise)]
    with torch.inference_mode():
        states += [s.x_prev for s in reverse_steps(predictor, plan(predictor.schedule, STEPS), states[0], noise)]
    return states


def test_starting_says_what_it_runs_on(engine: Engine) -> None:
    (ready,) = ask(engine, StartEngine(device="cpu", precision="bf16"))
    assert ready == EngineReady("CPU", "bf16", torch.__version__)
    assert type(ready.torch_version) is str, "plain data, not torch's own type"
    with pytest.raises(BadInput, match="nonsense"):
        ask(engine, StartEngine(device="nonsense"))


def test_more_large_images_than_there_is_memory_for_are_refused_before_any_is_sampled(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "large.npy"
    np.save(path, np.zeros((2, 3, 256, 256), np.uint8))
    lane = Lane("", str(path), exact=ExactProcess(str(path)), sampler=Sampler(2))
    with pytest.raises(BadInput, match=r"large\.npy: of images of 256 × 256 × 3 at most 16 are sampled at once, not 17"):
        ask(engine, SampleChain(ChainRecipe((lane,), samples=17)))
    assert isinstance(ask(engine, SampleChain(ChainRecipe((lane,), samples=1)))[-1], ChainFinished)


def test_every_state_that_is_shown_is_that_of_the_chain(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    states = reference(checkpoints, "c")
    chain = recipe(checkpoints)
    outcomes = ask(engine, SampleChain(chain))
    planned = outcomes[0]
    assert isinstance(planned, LanePlanned)
    assert isinstance(outcomes[-1], ChainFinished)
    assert sum(isinstance(o, ChainProgress) for o in outcomes) == STEPS
    for k, t in enumerate(planned.timesteps):
        (shown,) = ask(engine, ShowStep(lane_keys(chain), int(t), "x_t"))
        assert isinstance(shown, StepShown)
        (frame,) = shown.frames
        assert (frame.k, frame.t) == (k, t)
        np.testing.assert_array_equal(frame.values, states[k].numpy())
        np.testing.assert_array_equal(frame.tiles, grey_tiles(states[k].numpy()))
        assert not frame.values.flags.writeable


def test_terms_add_up_to_the_next_state(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    chain = recipe(checkpoints, "abc")
    planned = [o for o in ask(engine, SampleChain(chain)) if isinstance(o, LanePlanned)]
    for lane in planned:
        for k in range(STEPS):
            (terms,) = ask(engine, ShowTerms(lane.key, int(lane.timesteps[k]), sample=1, values=True))
            assert isinstance(terms, TermsShown)
            v = terms.values
            total = lane.a0[k] * v["x0_hat"] + lane.at[k] * v["x_t"] + lane.sigma[k] * v["z"]
            np.testing.assert_allclose(total, v["x_prev"], atol=2e-4)
            np.testing.assert_allclose(lane.a0[k] * v["x0_hat"] + lane.at[k] * v["x_t"], v["mean"], atol=1e-6)
            level = lane.alpha_bar[k]
            np.testing.assert_allclose(np.sqrt(level) * v["x0_hat"] + np.sqrt(1 - level) * v["eps_hat"], v["x_t"], atol=1e-3)


def test_lanes_share_their_noise_and_differences_are_differences(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    chain = recipe(checkpoints, "bc")
    b, c = lane_keys(chain)
    ask(engine, SampleChain(chain))
    (z,) = ask(engine, ShowStep((b, c), 500, "z"))
    assert isinstance(z, StepShown)
    np.testing.assert_array_equal(z.frames[0].values, z.frames[1].values)
    for of in ("x_t", "x0_hat", "eps_hat"):
        (plain,) = ask(engine, ShowStep((b, c), 300, of))
        (difference,) = ask(engine, ShowStep((b, c), 300, "difference", reference=c, of=of))
        assert isinstance(plain, StepShown)
        assert isinstance(difference, StepShown)
        values = [f.values for f in plain.frames]
        np.testing.assert_array_equal(difference.frames[0].values, values[0] - values[1])
        assert np.abs(difference.frames[0].values).max() > 0
        assert not difference.frames[1].values.any()


def test_a_chain_is_the_same_with_hardly_any_memory(checkpoints: Mapping[str, Path]) -> None:
    chain = recipe(checkpoints)
    (key,) = lane_keys(chain)
    tiny = Engine()
    frame_bytes = 2 * SAMPLES * 28 * 28 * 4
    ask(tiny, StartEngine(device="cpu", precision="fp32", frame_budget=4 * frame_bytes))
    ask(tiny, SampleChain(chain))
    assert tiny.of(FrameStore).nbytes <= 4 * frame_bytes
    assert len(tiny.of(FrameStore).lane(key).kept) < STEPS // 2
    states = reference(checkpoints, "c")
    timesteps = plan(predictors.schedule_of(load(checkpoints["mnist-ddpm-c"])), STEPS).timesteps
    for k in (7, 6, 11, 1, STEPS, 5):
        (shown,) = ask(tiny, ShowStep((key,), timesteps[k], "x_t"))
        assert isinstance(shown, StepShown)
        np.testing.assert_array_equal(shown.frames[0].values, states[k].numpy())


def test_what_is_computed_can_be_shown_before_the_chain_is_done(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    chain = recipe(checkpoints)
    steps = engine.handle(SampleChain(chain), "test")
    while True:
        outcome = next(steps)
        if isinstance(outcome, ChainProgress) and outcome.lanes[0].done == 5:
            break
    quantities: tuple[str, ...] = ("x_t", "x0_hat", "eps_hat", "mean", "z")
    for quantity in quantities:
        (shown,) = ask(engine, ShowStep(lane_keys(chain), 0, quantity))
        assert isinstance(shown, StepShown)
        assert shown.frames[0].k == (5 if quantity == "x_t" else 4)
    steps.close()
    again = ask(engine, SampleChain(chain))
    progress = [o for o in again if isinstance(o, ChainProgress)]
    assert len(progress) == STEPS - 5, "a chain that was stopped goes on where it was"
    (shown,) = ask(engine, ShowStep(lane_keys(chain), 0, "x_t"))
    assert isinstance(shown, StepShown)
    np.testing.assert_array_equal(shown.frames[0].values, reference(checkpoints, "c")[-1].numpy())


def test_swapping_one_lane_computes_that_lane_alone(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    both = recipe(checkpoints, "bc")
    ask(engine, SampleChain(both))
    other = recipe(checkpoints, "c", eta=0.0)
    changed = ChainRecipe((both.lanes[0], other.lanes[0]), both.seed, both.samples)
    outcomes = ask(engine, SampleChain(changed))
    assert sum(isinstance(o, ChainProgress) for o in outcomes) == STEPS
    back = ask(engine, SampleChain(both))
    assert not any(isinstance(o, ChainProgress) for o in back), "undo finds what was computed"


def test_film_and_curves(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    chain = recipe(checkpoints, "bc")
    b, c = lane_keys(chain)
    ask(engine, SampleChain(chain))
    (film,) = ask(engine, ShowFilm(c, 1, "x_t", 5))
    assert isinstance(film, FilmShown)
    assert film.timesteps[0] == 1000
    assert film.timesteps[-1] == 0
    np.testing.assert_array_equal(film.tiles[-1], grey_tiles(reference(checkpoints, "c")[-1].numpy())[1])
    (shown,) = ask(engine, ShowCurves((b, c), sample=1, reference=c))
    assert isinstance(shown, CurvesShown)
    of_b, of_c = shown.lanes
    states_b, states_c = reference(checkpoints, "b"), reference(checkpoints, "c")
    np.testing.assert_allclose(of_b.curves["x_t"], [float(s[1].norm()) for s in states_b], rtol=1e-5)
    expected = [float((x - y)[1].norm()) for x, y in zip(states_b, states_c, strict=True)]
    np.testing.assert_allclose(of_b.curves["distance x_t"], expected, rtol=1e-4, atol=1e-5)
    assert not of_c.curves["distance x_t"].any()


def test_the_library_knows_the_shipped_checkpoints_and_says_what_is_wrong(
    engine: Engine, checkpoints: Mapping[str, Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"\xff" * 64)
    (scanned,) = ask(engine, ScanLibrary((str(bad), str(tmp_path / "missing.safetensors"))))
    assert isinstance(scanned, LibraryScanned)
    by_name = {e.name: e for e in scanned.entries}
    assert set(checkpoints) <= set(by_name)
    assert all(by_name[name].card is not None and by_name[name].shipped for name in checkpoints)
    assert "bad.safetensors" in by_name["bad"].problem
    assert "no such file" in by_name["missing"].problem


@pytest.mark.parametrize("name", ["mnist-ddpm-b", "mnist-vae-2d", "mnist-ae-2d", "mnist-classifier"])
def test_every_kind_has_a_thumbnail_that_is_cached(engine: Engine, checkpoints: Mapping[str, Path], name: str, _home: Path) -> None:
    (made,) = ask(engine, MakeThumbnail(str(checkpoints[name])))
    assert isinstance(made, ThumbnailMade)
    assert made.picture.ndim == 3
    assert made.picture.std() > 10
    assert len(list((_home / "cache" / "thumbnails-2").glob("*.png"))) == 1
    (again,) = ask(Engine(), MakeThumbnail(str(checkpoints[name])))
    assert isinstance(again, ThumbnailMade)
    np.testing.assert_array_equal(again.picture, made.picture)


def test_the_judges_picture_is_what_it_reads(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    (made,) = ask(engine, MakeThumbnail(str(checkpoints["mnist-classifier"])))
    assert isinstance(made, ThumbnailMade)
    grey = made.picture[:, :, 0].astype(int)
    assert grey.shape == (10, 10)  # a digit in each row, what it reads in each column
    assert (grey.diagonal() > 200).all()
    assert (grey - np.diag(grey.diagonal())).max() < 150


def test_opening_counts_parameters_and_a_changed_file_is_noticed(engine: Engine, checkpoints: Mapping[str, Path], tmp_path: Path) -> None:
    copy = tmp_path / "mine.safetensors"
    copy.write_bytes(checkpoints["mnist-ddpm-b"].read_bytes())
    *_, opened = ask(engine, OpenCheckpoint(str(copy)))
    assert isinstance(opened, CheckpointOpened)
    assert opened.parameters == sum(p.numel() for p in load(copy).network.parameters())
    assert not opened.entry.shipped
    lane = Lane("0" * 64, str(copy), "B", Sampler(STEPS))
    with pytest.raises(BadInput, match="open it again"):
        ask(engine, SampleChain(ChainRecipe((lane,), 0, SAMPLES)))


def test_more_steps_than_timesteps_is_bad_input_naming_the_file(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    with pytest.raises(BadInput, match=r"mnist-ddpm-c.safetensors: steps must be in 1..1000"):
        ask(engine, SampleChain(recipe(checkpoints, steps=1001)))


def test_a_classifier_is_no_lane(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    judge = load(checkpoints["mnist-classifier"])
    with pytest.raises(BadInput, match="a chain needs a ddpm"):
        ask(engine, SampleChain(ChainRecipe((Lane(judge.sha256, str(judge.path)),), 0, 1)))


class ThroughOneMoreProduct(UNet):
    """Adds x_t times the identity, less x_t: nothing in fp32; in bf16 what rounding numbers of order one leaves."""

    def forward(self, x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return super().forward(x_t, t) + (x_t @ torch.eye(x_t.shape[-1]) - x_t)


def through_one_more_product(checkpoint: Checkpoint) -> Checkpoint:
    assert isinstance(checkpoint.network, UNet)
    network = ThroughOneMoreProduct(checkpoint.network.config)
    network.load_state_dict(checkpoint.network.state_dict())
    return dataclasses.replace(checkpoint, network=network.requires_grad_(False).eval())


def test_bf16_is_taken_as_far_as_it_shows_the_same(checkpoints: Mapping[str, Path]) -> None:
    """C takes x0_hat from an output whose error is multiplied near T: where it is not rounded small, the network runs in fp32 there."""
    shipped = [load(checkpoints[f"mnist-ddpm-{name}"]) for name in "abc"]
    far = []
    for checkpoint in (*shipped, through_one_more_product(shipped[2])):
        with torch.inference_mode():
            predictor, precision = predictors.faithful(checkpoint, CPU, "bf16")
            exact = predictors.from_checkpoint(checkpoint, CPU)
            x = torch.randn(1, 1, 28, 28, generator=torch.Generator().manual_seed(1))
            levels = exact.schedule.alpha_bar
            for t in (1000, 500):
                step = posterior(float(levels[t]), float(levels[t - 1]))
                said, wanted = (one.predict(x, t, step, clip=False).x0_hat for one in (predictor, exact))
                assert float((said - wanted).norm() / wanted.norm()) <= predictors.SAME_IMAGE
                assert torch.equal(said, wanted) == (t > predictor.up_to), "bf16 below, fp32 above"
        assert precision == "bf16"
        far.append(predictor.up_to)
    assert far[:3] == [1000, 1000, 1000]
    assert 500 <= far[3] < 1000


def test_what_was_sampled_of_another_checkpoint_is_not_sampled_again(engine: Engine, checkpoints: Mapping[str, Path]) -> None:
    """As when training time is scrubbed there and back: the lane's frames were kept, within the budget."""
    first, second = recipe(checkpoints, "b"), recipe(checkpoints, "c")
    ask(engine, SampleChain(first))
    (shown,) = ask(engine, ShowStep(lane_keys(first), 0, "x_t"))
    ask(engine, SampleChain(second))
    again = ask(engine, SampleChain(first))
    assert not any(isinstance(outcome, ChainProgress) for outcome in again)
    (after,) = ask(engine, ShowStep(lane_keys(first), 0, "x_t"))
    assert isinstance(shown, StepShown)
    assert isinstance(after, StepShown)
    np.testing.assert_array_equal(after.frames[0].values, shown.frames[0].values)
