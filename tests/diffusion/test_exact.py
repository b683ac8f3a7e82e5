"""The exact posterior over a data set, against brute force in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.diffusion.exact import FEW, GROUP, EmpiricalData, _finished
from explorer.diffusion.exact_images import ByteImages, FloatImages, images_of
from explorer.diffusion.schedule import linear

SHAPE = (1, 6, 6)
LEVELS = linear(1000).alpha_bar.tolist()
TIMES = (1, 2, 10, 100, 300, 600, 1000)


def blobs(n: int = 200, shape: tuple[int, int, int] = SHAPE) -> Tensor:
    """Images near the ends of [-1, 1], as digits are."""
    generator = torch.Generator().manual_seed(3)
    return (torch.randn(n, *shape, generator=generator) * 2).clamp(-1, 1)


def noised(images: Tensor, t: int, count: int = 5, seed: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    eps = torch.randn(count, *images.shape[1:], generator=generator)
    return math.sqrt(LEVELS[t]) * images[:count] + math.sqrt(1 - LEVELS[t]) * eps


def brute_log_weights(x_t: Tensor, images: Tensor, alpha_bar: float) -> Tensor:
    """MATH.md's formula, word for word, float64."""
    difference = x_t.double()[:, None] - math.sqrt(alpha_bar) * images.double()[None]
    return torch.log_softmax(-difference.flatten(2).square().sum(2) / (2 * (1 - alpha_bar)), dim=1)


@pytest.mark.parametrize("t", TIMES)
def test_weights_mean_and_entropy_are_those_of_brute_force(t: int) -> None:
    images, alpha_bar = blobs(), LEVELS[t]
    data = EmpiricalData(images)
    x_t = noised(images, t)
    log_w = brute_log_weights(x_t, images, alpha_bar)
    w = log_w.exp()
    assert torch.allclose(data.log_weights(x_t, alpha_bar).double().exp(), w, atol=2e-6, rtol=0)
    found = data.posterior(x_t, alpha_bar, k=4)
    assert torch.allclose(found.mean.double(), torch.einsum("ni,ichw->nchw", w, images.double()), atol=2e-6, rtol=0)
    assert torch.allclose(found.entropy, -(w * log_w).nan_to_num().sum(1), atol=1e-5, rtol=1e-5)
    assert torch.allclose(found.top_weights, w.topk(4, dim=1).values, atol=2e-6, rtol=0)
    assert torch.allclose(w.gather(1, found.top), found.top_weights, atol=2e-6, rtol=0)
    assert torch.equal(data.denoise(x_t, alpha_bar), found.mean)


@pytest.mark.parametrize("t", [1, 20, 200, 1000])
def test_digits_at_every_noise_level_in_float32_weigh_as_in_float64(t: int) -> None:
    """28 x 28 pixels and alpha_bar from 0.9999 to 4e-5: where an expanded square in float32 alone would cancel."""
    images = torch.from_numpy(to_unit_range(mnist()[0][:4000]))
    x_t = noised(images, t, 4)
    if t == 1:  # half way between two images, so that no weight is 0 or 1
        near = (images[1:] - images[0]).flatten(1).norm(dim=1).argmin() + 1
        x_t[0] = math.sqrt(LEVELS[1]) * (images[0] + images[near]) / 2
    log_w = brute_log_weights(x_t, images, LEVELS[t])
    data = EmpiricalData(images)
    assert torch.allclose(data.log_weights(x_t, LEVELS[t]).double().exp(), log_w.exp(), atol=1e-4, rtol=0)
    found = data.posterior(x_t, LEVELS[t])
    assert torch.allclose(found.entropy, -(log_w.exp() * log_w).nan_to_num().sum(1), atol=1e-3, rtol=1e-4)
    mean = torch.einsum("ni,ichw->nchw", log_w.exp(), images.double())
    assert torch.allclose(found.mean.double(), mean, atol=2e-4, rtol=0)


def test_more_images_than_are_gathered_give_the_same_mean() -> None:
    images = blobs(FEW + 500, (1, 2, 2))
    x_t = noised(images, 1000, 3)
    w = brute_log_weights(x_t, images, LEVELS[1000]).exp()
    assert int((w > 1e-12).sum(1).min()) > FEW
    mean = EmpiricalData(images).denoise(x_t, LEVELS[1000])
    assert torch.allclose(mean.double(), torch.einsum("ni,ichw->nchw", w, images.double()), atol=1e-6)


@pytest.mark.parametrize("t", [1, 300, 1000])
def test_a_sample_has_the_same_bits_in_any_batch(t: int) -> None:
    images = blobs(FEW + 500)
    data = EmpiricalData(images)
    many = noised(images, t, GROUP + 5)
    together = data.posterior(many, LEVELS[t])
    for count in (1, 4, GROUP, GROUP + 1):
        few = data.posterior(many[:count], LEVELS[t])
        assert torch.equal(few.mean, together.mean[:count])
        assert torch.equal(few.entropy, together.entropy[:count])


def test_samples_may_each_have_their_own_noise_level() -> None:
    images = blobs()
    data = EmpiricalData(images)
    times = [1, 600, 20, 1000, 300]
    x_t = torch.cat([noised(images, t, 1) for t in times])
    together = data.posterior(x_t, torch.tensor([LEVELS[t] for t in times]))
    for i, t in enumerate(times):
        alone = data.posterior(x_t[i : i + 1], LEVELS[t])
        assert torch.allclose(alone.mean[0], together.mean[i], atol=1e-6)
        assert torch.allclose(alone.entropy[0], together.entropy[i], atol=1e-6)


def test_images_are_drawn_as_often_as_they_weigh() -> None:
    images, alpha_bar = blobs(6), LEVELS[600]
    x_t = noised(images, 600, 1).expand(1, *SHAPE)
    w = brute_log_weights(x_t, images, alpha_bar).exp()[0]
    count = 1000
    uniforms = (torch.arange(count, dtype=torch.float64) + 0.5) / count
    drawn = EmpiricalData(images).posterior(x_t.expand(count, *SHAPE), alpha_bar, uniforms).drawn
    assert drawn is not None
    frequency = torch.bincount(drawn, minlength=6) / count
    assert torch.allclose(frequency.double(), w, atol=2 / count)


def test_an_image_of_no_weight_is_never_drawn() -> None:
    images = torch.stack([torch.full(SHAPE, value) for value in (-1.0, 0.0, 1.0)])
    x_t = images[1:2] * math.sqrt(LEVELS[1])
    for u in (0.0, 0.5, 1 - 2**-53):
        drawn = EmpiricalData(images).posterior(x_t, LEVELS[1], torch.tensor([u], dtype=torch.float64)).drawn
        assert drawn is not None
        assert drawn.tolist() == [1]


def test_entropy_goes_from_ln_n_to_0_as_the_noise_goes() -> None:
    images = blobs()
    data = EmpiricalData(images)
    pure = data.posterior(noised(images, 1000) * 0, 1e-12)
    assert torch.allclose(pure.entropy, torch.full((5,), math.log(200), dtype=torch.float64), atol=1e-6)
    assert data.posterior(noised(images, 1), LEVELS[1]).entropy.max() < 1e-6


def test_equal_images_share_the_weight() -> None:
    images = blobs(3).repeat_interleave(40, dim=0)
    found = EmpiricalData(images).posterior(noised(blobs(3), 1, 3), LEVELS[1])
    assert torch.allclose(found.entropy, torch.full((3,), math.log(40), dtype=torch.float64), atol=1e-5)


def test_the_nearest_images_and_their_distances() -> None:
    images = blobs()
    data = EmpiricalData(images)
    x = images[:3] + 0.05
    distance = (x.double()[:, None] - images.double()[None]).flatten(2).norm(dim=2)
    indices, found = data.nearest(x, k=3)
    expected, order = distance.sort(dim=1)
    assert torch.equal(indices, order[:, :3])
    assert torch.allclose(found, expected[:, :3], atol=1e-6)
    index, zero = data.nearest(images[7:8])
    assert index.tolist() == [[7]]
    assert float(zero) < 1e-6
    assert torch.allclose(data.images(index[:, 0]), images[7:8], atol=1e-7)


def test_bytes_stand_for_values_between_minus_1_and_1() -> None:
    pixels = mnist()[0][:50].copy()
    of_bytes, of_values = EmpiricalData(torch.from_numpy(pixels)), EmpiricalData(torch.from_numpy(to_unit_range(pixels)))
    assert torch.allclose(of_bytes.images(torch.arange(50)), of_values.images(torch.arange(50)), atol=1e-6)


def digits(n: int) -> Tensor:
    return torch.from_numpy(to_unit_range(mnist()[0][:n]))


@pytest.fixture(params=["bytes", "floats"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Images of bytes as bytes, whatever this processor is fast at, and as float32."""
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: request.param == "bytes")
    return str(request.param)


@pytest.mark.parametrize("t", [1, 20, 200, 1000])
def test_images_of_bytes_weigh_as_in_float64_either_way(both_ways: str, t: int) -> None:
    images = digits(FEW + 1000)
    assert isinstance(images_of(images, "cpu"), ByteImages if both_ways == "bytes" else FloatImages)
    x_t = noised(images, t, 3)
    log_w = brute_log_weights(x_t, images, LEVELS[t])
    data = EmpiricalData(images)
    found = data.posterior(x_t, LEVELS[t])
    assert torch.allclose(data.log_weights(x_t, LEVELS[t]).double().exp(), log_w.exp(), atol=2e-6, rtol=0)
    assert torch.allclose(found.mean.double(), torch.einsum("ni,ichw->nchw", log_w.exp(), images.double()), atol=2e-6, rtol=0)
    alone = data.posterior(x_t[:1], LEVELS[t])
    assert torch.equal(alone.mean, found.mean[:1]), "the same bits in any batch"
    assert torch.equal(alone.entropy, found.entropy[:1])


def test_small_weights_of_bytes_add_up() -> None:
    """Beside one that is nearly all: each is rounded to a two-thousand-millionth of that."""
    images = ByteImages(torch.from_numpy(mnist()[0][:5000].copy()).flatten(1))
    w = torch.full((1, 5000), 1e-5)
    w[0, 17] = 1 - 4999e-5
    mean = _finished(images.mean(w))
    exact = (w.double() / w.double().sum()) @ images.rows(torch.arange(5000)).double()
    assert float((mean - exact).abs().max()) < 4e-6


def test_values_that_no_byte_stands_for_stay_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: True)
    images = digits(50)
    assert isinstance(images_of(images, "cpu"), ByteImages)
    images[49, 0, 3, 4] += 1e-4
    found = images_of(images, "cpu")
    assert isinstance(found, FloatImages)
    assert torch.allclose(found.rows(torch.arange(50)), images.flatten(1), atol=1e-7)


def test_work_stops_at_every_block() -> None:
    data = EmpiricalData(blobs(40))
    work = data.posterior_work(noised(blobs(40), 10, GROUP + 1), LEVELS[10])
    stops = sum(1 for _ in work)
    assert stops >= 2


def test_what_has_no_posterior_is_said() -> None:
    for shape in ((0, 1, 4, 4), (3, 1, 0, 4), (3, 4, 4)):
        with pytest.raises(ValueError, match="at least one"):
            EmpiricalData(torch.zeros(shape))
    with pytest.raises(ValueError, match="finite"):
        EmpiricalData(torch.full((2, *SHAPE), math.nan))
    data = EmpiricalData(blobs(3))
    for alpha_bar in (0.0, 1.0, math.nan):
        with pytest.raises(ValueError, match="alpha_bar"):
            data.denoise(blobs(1), alpha_bar)
    with pytest.raises(ValueError, match="shape"):
        data.denoise(torch.zeros(1, 1, 5, 5), 0.5)


def test_no_samples_have_no_weights_and_states_that_ran_away_give_nan() -> None:
    data = EmpiricalData(blobs(3))
    assert data.posterior(torch.zeros(0, *SHAPE), 0.5, torch.zeros(0, dtype=torch.float64)).mean.shape == (0, *SHAPE)
    lost = torch.full((1, *SHAPE), math.nan)
    found = data.posterior(torch.cat([lost, blobs(1)]), 0.5, torch.tensor([0.3, 0.3], dtype=torch.float64))
    assert found.mean[0].isnan().all()
    assert found.mean[1].isfinite().all()
    assert found.drawn is not None
    assert 0 <= int(found.drawn.min()) <= int(found.drawn.max()) < 3
