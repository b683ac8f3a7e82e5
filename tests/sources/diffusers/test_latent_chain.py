"""A chain in the latent space of an autoencoder is the library's, step for step, and so is what it decodes to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from explorer import sources
from explorer.cli import main
from explorer.diffusion.noise import noise_arrays
from explorer.engine.chain.curve_messages import CurvesShown, ShowCurves
from explorer.engine.chain.messages import (
    ChainFinished,
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
from explorer.engine.models.messages import MakeThumbnail, ThumbnailMade
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.messages import StartEngine
from explorer.exports.latent_channels import side_by_side
from explorer.recipe import ChainRecipe, Lane, Sampler

from .coders import latent_pipeline

SEED, SAMPLES, STEPS, CLOSE = 4, 2, 10, 1e-4


@pytest.fixture(scope="session")
def _written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return latent_pipeline(tmp_path_factory.mktemp("latent") / "model")


@pytest.fixture(scope="session")
def _of_the_library(_written: Path) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """States, x0_hat of each step, and the images of the pipeline's own loop under our noise."""
    return library_chain(_written, "vqvae")


def library_chain(folder: Path, part: str) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """As an LDMPipeline samples, from our x_T, with eta = 0."""
    import diffusers

    coder_class = getattr(diffusers, json.loads((folder / part / "config.json").read_text())["_class_name"])
    unet = diffusers.UNet2DModel.from_pretrained(folder, subfolder="unet", local_files_only=True).eval()
    coder = coder_class.from_pretrained(folder, subfolder=part, local_files_only=True).eval()
    settings = diffusers.DDIMScheduler.load_config(folder, subfolder="scheduler", local_files_only=True)
    scheduler = diffusers.DDIMScheduler.from_config(settings, timestep_spacing="trailing")
    scheduler.set_timesteps(STEPS)
    x = torch.from_numpy(noise_arrays(SEED, range(SAMPLES), 0, (unet.config.in_channels, 8, 8)))
    states, expected = [x], []
    with torch.no_grad():
        for t in scheduler.timesteps:
            said = scheduler.step(unet(x, t).sample, t, x, eta=0.0)
            x = said.prev_sample
            states.append(x)
            expected.append(said.pred_original_sample)
        shift = getattr(coder.config, "shift_factor", None) or 0.0
        images = coder.decode(x / coder.config.scaling_factor + shift).sample
    return states, expected, images


def exact_engine() -> Engine:
    """An engine that computes in float32, and keeps what it sampled."""
    engine = Engine()
    list(engine.handle(StartEngine("cpu", "fp32", kept_budget=2**24)))
    return engine


def recipe_of(folder: Path) -> ChainRecipe:
    """One lane, deterministic."""
    found = sources.open(folder)
    return ChainRecipe((Lane(found.sha256, str(folder), "C", Sampler(STEPS, 0.0)),), SEED, SAMPLES)


@pytest.fixture
def engine(_written: Path) -> tuple[Engine, ChainRecipe, LanePlanned]:
    """An engine whose chain is sampled, and its plan."""
    engine, recipe = exact_engine(), recipe_of(_written)
    planned, *_, finished = (outcome for outcome in engine.handle(SampleChain(recipe)) if outcome is not None)
    assert isinstance(planned, LanePlanned)
    assert isinstance(finished, ChainFinished)
    return engine, recipe, planned


def shown(engine: Engine, recipe: ChainRecipe, t: int, quantity: str, decoded: bool = False) -> StepShown:
    """The one lane at t."""
    *_, found = engine.handle(ShowStep(lane_keys(recipe), t, quantity, decoded=decoded))
    assert isinstance(found, StepShown)
    return found


def assert_close(found: np.ndarray, wanted: Tensor | np.ndarray) -> None:
    """To 1e-4 of the largest number."""
    reference = np.asarray(wanted)
    assert found.shape == reference.shape
    assert np.abs(found - reference).max() <= CLOSE * np.abs(reference).max()


def test_every_state_is_that_of_the_library(
    engine: tuple[Engine, ChainRecipe, LanePlanned], _of_the_library: tuple[list[Tensor], list[Tensor], Tensor]
) -> None:
    run, recipe, planned = engine
    states, expected, images = _of_the_library
    assert planned.latent is not None
    assert planned.latent.shape == planned.image_shape == (3, 8, 8)
    for k, t in enumerate(planned.timesteps[:-1].tolist()):
        assert_close(np.nan_to_num(shown(run, recipe, t, "x_t").frames[0].values), np.nan_to_num(side_by_side(states[k].numpy())))
    seen = shown(run, recipe, 0, "x_t").frames[0]
    assert_close(seen.values, images)
    np.testing.assert_array_equal(seen.tiles, grey_tiles(seen.values))
    assert len(expected) == STEPS


def test_what_is_decoded_is_a_choice(engine: tuple[Engine, ChainRecipe, LanePlanned]) -> None:
    run, recipe, planned = engine
    t = int(planned.timesteps[3])
    codes, images = shown(run, recipe, t, "x_t").frames[0], shown(run, recipe, t, "x_t", decoded=True).frames[0]
    assert (codes.values.shape, codes.diverging, codes.scale) == ((SAMPLES, 1, 17, 17), True, 3.0)
    assert (images.values.shape, images.diverging, images.scale) == ((SAMPLES, 3, 16, 16), False, 1.0)
    for decoded in (False, True):  # an image is always decoded, noise never is
        assert shown(run, recipe, t, "x0_hat", decoded).frames[0].values.shape == (SAMPLES, 3, 16, 16)
        assert shown(run, recipe, t, "eps_hat", decoded).frames[0].values.shape == (SAMPLES, 1, 17, 17)
    assert np.isnan(codes.values[:, 0, 8]).all()  # between channels


def test_terms_film_and_curves(engine: tuple[Engine, ChainRecipe, LanePlanned]) -> None:
    run, recipe, planned = engine
    (key,) = lane_keys(recipe)
    *_, terms = run.handle(ShowTerms(key, int(planned.timesteps[2]), 1))
    assert isinstance(terms, TermsShown)
    assert {name: tile.shape for name, tile in terms.tiles.items()} == {
        **dict.fromkeys(("x_t", "eps_hat", "mean", "z", "x_prev"), (17, 17, 3)), "x0_hat": (16, 16, 3),
    }  # fmt: skip
    *_, film = run.handle(ShowFilm(key, 0, "x_t", 5))
    assert isinstance(film, FilmShown)
    assert film.tiles.shape == (5, 17, 17, 3)  # the last is an image, as large as the others
    *_, curves = run.handle(ShowCurves((key,), 0))
    assert isinstance(curves, CurvesShown)
    x_T = noise_arrays(SEED, range(1), 0, (3, 8, 8))
    assert curves.lanes[0].curves["x_t"][0] == pytest.approx(np.linalg.norm(x_T), rel=1e-6)


def test_what_was_decoded_is_decoded_once(engine: tuple[Engine, ChainRecipe, LanePlanned], monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.sources.diffusers.latent_network import LatentUNet2D

    run, recipe, planned = engine
    calls, seen = [], LatentUNet2D.seen
    monkeypatch.setattr(LatentUNet2D, "seen", lambda self, x: calls.append(len(x)) or seen(self, x))
    t = int(planned.timesteps[4])
    first = shown(run, recipe, t, "x0_hat").frames[0]
    np.testing.assert_array_equal(shown(run, recipe, t, "x0_hat").frames[0].values, first.values)
    assert sum(calls) == SAMPLES


def test_of_a_kl_autoencoder_the_shift_is_heeded(tmp_path: Path) -> None:
    folder = latent_pipeline(tmp_path / "kl", "AutoencoderKL")
    wanted = library_chain(folder, "vqvae")[2]
    engine, recipe = exact_engine(), recipe_of(folder)
    list(engine.handle(SampleChain(recipe)))
    assert_close(shown(engine, recipe, 0, "x_t").frames[0].values, wanted)


def test_it_is_kept_on_disk_as_codes_and_decoded_from_there(_written: Path, _of_the_library: Sequence[object]) -> None:
    for _ in range(2):  # the second engine finds what the first one kept
        engine, recipe = exact_engine(), recipe_of(_written)
        list(engine.handle(SampleChain(recipe)))
        seen = shown(engine, recipe, 0, "x_t").frames[0].values
        wanted = _of_the_library[2]
        assert isinstance(wanted, Tensor)
        assert_close(seen, wanted)


def test_commands_have_its_images(_written: Path, tmp_path: Path, _of_the_library: tuple[list[Tensor], list[Tensor], Tensor]) -> None:
    states, expected, images = _of_the_library
    asked = [
        "--checkpoint",
        str(_written),
        "--samples",
        str(SAMPLES),
        "--seed",
        str(SEED),
        "--steps",
        str(STEPS),
        "--eta",
        "0",
        "--spacing",
        "trailing",
    ]
    assert main(["sample", *asked, "--out", str(tmp_path / "a.npz")]) == 0
    with np.load(tmp_path / "a.npz") as arrays:
        assert_close(arrays["lane0/x"], torch.stack(states))
        assert_close(arrays["lane0/x0_hat"], torch.stack(expected))
        assert_close(arrays["lane0/decoded"], images)
    assert main(["sample", *asked, "--out", str(tmp_path / "a.png"), "--scale", "1"]) == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert {picture.getpixel((x, y)) for x in range(picture.width) for y in range(picture.height)} > {
            tuple(pixel) for pixel in grey_tiles(images.numpy())[0, 4, :4].tolist()
        }
    assert main(["replay", str(tmp_path / "a.npz"), "--out", str(tmp_path / "b.npz")]) == 0


def test_its_picture_in_the_library_is_decoded(_written: Path) -> None:
    *_, made = Engine().handle(MakeThumbnail(str(_written)))
    assert isinstance(made, ThumbnailMade)
    assert made.picture.shape == (32, 32, 3)
