"""Chains of codes over a plane, learnt and exact, and their scores: against loops and densities written by hand, on shipped models."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.datasets.images import load_images
from explorer.diffusion.noise import noise_arrays
from explorer.diffusion.reverse import INITIAL
from explorer.engine.desk import Desk, handler_of
from explorer.engine.latent.chain_messages import CodesWalked, ScoresShown, ShowScores, WalkCodes
from explorer.engine.latent.messages import CONFIDENT
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Outcome, Payload
from explorer.errors import BadInput
from explorer.latent.code_chains import shown_states
from explorer.models.latent_mlp import LatentMlp
from explorer.recipe import CodeChains, Slice


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(torch.device("cpu"))


@pytest.fixture
def vae(checkpoints: Mapping[str, Path]) -> str:
    return str(checkpoints["mnist-vae-2d"])


@pytest.fixture
def ddpm(checkpoints: Mapping[str, Path]) -> str:
    return str(checkpoints["mnist-ldm-2d"])


def ask(models: Models, payload: Payload) -> list[Outcome]:
    desk = Desk()
    desk.begin(models)
    with torch.inference_mode():
        return [outcome for outcome in handler_of(type(payload))(payload, desk) if outcome is not None]


def walked(models: Models, vae: str, ddpm: str, chains: CodeChains, slice_: Slice | None = None) -> CodesWalked:
    *_, last = ask(models, WalkCodes(vae, ddpm, chains, slice_))
    assert isinstance(last, CodesWalked)
    assert not last.partial
    return last


def denoiser(models: Models, ddpm: str) -> LatentMlp:
    network = models.checkpoint(ddpm).network
    assert isinstance(network, LatentMlp)
    return network


def alpha_bar() -> np.ndarray:
    """Of the linear schedule with T = 1000, alpha_bar_0 = 1."""
    return np.concatenate([[1.0], np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))])


def by_hand(network: LatentMlp, count: int, seed: int, steps: int) -> list[np.ndarray]:
    """States x_T .. x_0, (count, d), of ancestral sampling: x_{s} = mean + sigma z, eps_hat from the network, all else in float64."""
    levels, d = alpha_bar(), network.config.code
    taus = [round(1000 * (steps - k) / steps) for k in range(steps + 1)]
    x = noise_arrays(seed, range(count), INITIAL, (d,)).astype(np.float64)
    states = [x]
    for t, s in pairwise(taus):
        with torch.inference_mode():
            told = torch.from_numpy(x.astype(np.float32))[:, :, None, None]
            eps = network(told, torch.full((count,), t)).double().numpy()[:, :, 0, 0]
        x0 = (x - np.sqrt(1 - levels[t]) * eps) / np.sqrt(levels[t])
        alpha = levels[t] / levels[s]
        mean = np.sqrt(levels[s]) * (1 - alpha) / (1 - levels[t]) * x0 + np.sqrt(alpha) * (1 - levels[s]) / (1 - levels[t]) * x
        sigma = np.sqrt((1 - levels[s]) * (1 - alpha) / (1 - levels[t]))
        x = mean + sigma * noise_arrays(seed, range(count), t, (d,)).astype(np.float64)
        states.append(x)
    return states


def test_a_chain_is_that_of_a_loop_written_by_hand(models: Models, vae: str, ddpm: str) -> None:
    found = walked(models, vae, ddpm, CodeChains("", "", count=5, seed=3, steps=20, exact=False))
    network = denoiser(models, ddpm)
    mean, std = network.code_mean.double().numpy(), network.code_std.double().numpy()
    expected = np.stack(by_hand(network, 5, 3, 20)) * std + mean
    np.testing.assert_allclose(found.places, expected, atol=2e-4)
    assert found.timesteps == tuple(range(1000, -1, -50))
    assert found.exact_places is None and found.exact_tiles is None  # noqa: PT018


def test_a_sample_is_the_same_in_any_company(models: Models, vae: str, ddpm: str) -> None:
    few, many = (walked(models, vae, ddpm, CodeChains("", "", count=count, steps=10, exact=False)) for count in (2, 6))
    np.testing.assert_allclose(many.places[:, :2], few.places, atol=1e-5)
    other = walked(models, vae, ddpm, CodeChains("", "", count=2, seed=1, steps=10, exact=False))
    assert np.abs(other.places - few.places).max() > 0.1


def test_the_exact_process_has_the_same_noise_and_ends_on_codes_of_training_images(models: Models, vae: str, ddpm: str) -> None:
    found = walked(models, vae, ddpm, CodeChains("", "", count=4, steps=50))
    assert found.exact_places is not None
    np.testing.assert_array_equal(found.exact_places[0], found.places[0])
    assert np.abs(found.exact_places[-1] - found.places[-1]).max() > 1e-3
    images = load_images("mnist")
    model = models.checkpoint(vae).network
    with torch.inference_mode():
        codes = np.concatenate([
            model.encode(torch.from_numpy(images.inputs(np.arange(i, i + 5000))))[0].numpy() for i in range(0, 60_000, 5000)  # type: ignore[operator]
        ])  # fmt: skip
    for place in found.exact_places[-1]:
        assert np.linalg.norm(codes - place, axis=1).min() < 1e-4


def test_pictures_are_what_the_states_decode_to_and_the_last_are_read(models: Models, vae: str, ddpm: str) -> None:
    found = walked(models, vae, ddpm, CodeChains("", "", count=3, steps=10))
    assert found.tiles is not None and found.exact_tiles is not None and found.exact_places is not None  # noqa: PT018
    assert found.shown == tuple(range(11))
    model, judge = models.checkpoint(vae).network, models.judge()
    assert judge is not None
    for tiles, places, share in (
        (found.tiles, found.places, found.confident), (found.exact_tiles, found.exact_places, found.exact_confident),
    ):  # fmt: skip
        with torch.inference_mode():
            images = model.decode(torch.from_numpy(places.reshape(-1, 2).copy()))  # type: ignore[operator]
            read = judge(images[-3:]).softmax(1).max(1).values
        assert np.abs(grey_tiles(images.numpy()).astype(int) - tiles.reshape(-1, *tiles.shape[2:])).max() <= 1
        assert share == pytest.approx(float((read > CONFIDENT).float().mean()))


def test_of_many_states_of_large_images_some_are_decoded_the_ends_among_them() -> None:
    assert shown_states(1000, 16, (1, 28, 28)) == tuple(range(1001))
    some = shown_states(1000, 256, (3, 64, 64))
    assert (some[0], some[-1], len(some)) == (0, 1000, 16)
    assert shown_states(5, 256, (3, 4096, 4096)) == (0, 5)


def test_a_slice_shows_the_nearest_places_of_codes_of_more_numbers(models: Models, checkpoints: Mapping[str, Path]) -> None:
    vae, ddpm = str(checkpoints["mnist-vae-16d"]), str(checkpoints["mnist-ldm-16d"])
    slice_ = Slice("axes", 3, 7)
    found = walked(models, vae, ddpm, CodeChains("", "", count=2, seed=1, steps=10, exact=False), slice_)
    network = denoiser(models, ddpm)
    codes = np.stack(by_hand(network, 2, 1, 10)) * network.code_std.double().numpy() + network.code_mean.double().numpy()
    np.testing.assert_allclose(found.places, codes[:, :, [3, 7]], atol=2e-4)


def scores(models: Models, vae: str, ddpm: str, t: int, exact: bool = True) -> ScoresShown:
    (found,) = ask(models, ShowScores(vae, ddpm, t, (-3.0, 3.0, -2.0, 2.0), 3, 2, exact))
    assert isinstance(found, ScoresShown)
    return found


@pytest.mark.parametrize("t", [50, 400, 1000])
def test_the_exact_score_is_the_gradient_of_the_codes_log_density(models: Models, vae: str, ddpm: str, t: int) -> None:
    """In float64: z_t = m + s x_t has density (1/n) sum_i N(m + sqrt(alpha_bar) (z_i - m), (1 - alpha_bar) s^2)."""
    found = scores(models, vae, ddpm, t)
    network, images = denoiser(models, ddpm), load_images("mnist")
    model = models.checkpoint(vae).network
    with torch.inference_mode():
        codes = torch.cat([
            model.encode(torch.from_numpy(images.inputs(np.arange(i, i + 5000))))[0] for i in range(0, 60_000, 5000)  # type: ignore[operator]
        ]).double()  # fmt: skip
    mean, std, level = network.code_mean.double(), network.code_std.double(), float(alpha_bar()[t])
    places = torch.from_numpy(found.places.copy()).double().requires_grad_()
    centres = mean + level**0.5 * (codes.clone() - mean)
    exponents = -(((places[:, None] - centres[None]) / std) ** 2).sum(2) / (2 * (1 - level))
    (gradient,) = torch.autograd.grad(torch.logsumexp(exponents, 1).sum(), places)
    assert found.exact is not None
    np.testing.assert_allclose(found.exact, gradient.numpy(), rtol=2e-3, atol=2e-3 * float(gradient.abs().max()))


def test_the_learned_score_is_what_the_network_says_of_the_noise(models: Models, vae: str, ddpm: str) -> None:
    found = scores(models, vae, ddpm, 300, exact=False)
    assert found.exact is None
    np.testing.assert_allclose(found.places, [(x, y) for y in (1, -1) for x in (-2, 0, 2)])
    network = denoiser(models, ddpm)
    with torch.inference_mode():
        states = ((torch.from_numpy(found.places.copy()) - network.code_mean) / network.code_std)[:, :, None, None]
        eps = network(states, torch.full((6,), 300)).double().numpy()[:, :, 0, 0]
    expected = -eps / np.sqrt(1 - alpha_bar()[300]) / network.code_std.double().numpy()
    np.testing.assert_allclose(found.learned, expected, rtol=1e-4, atol=1e-5)


def test_what_walks_other_codes_is_refused(models: Models, vae: str, ddpm: str, checkpoints: Mapping[str, Path]) -> None:
    for path, wrong, words in (
        (str(checkpoints["mnist-ae-2d"]), ddpm, "walks the codes of mnist-vae-2d, and not those of mnist-ae-2d"),
        (vae, str(checkpoints["mnist-ddpm-c"]), "is no ddpm of codes"),
        (vae, vae, "is no ddpm of codes"),
    ):
        with pytest.raises(BadInput, match=words):
            ask(models, WalkCodes(path, wrong, CodeChains("", "")))
        with pytest.raises(BadInput, match=words):
            ask(models, ShowScores(path, wrong, 5, (-1.0, 1.0, -1.0, 1.0), 2, 2))
    for t in (0, 1001):
        with pytest.raises(BadInput, match="timesteps are 1 to 1000"):
            scores(models, vae, ddpm, t)
