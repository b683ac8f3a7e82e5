"""The terms of the ELBO against quadrature, sums and torch.distributions, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import Bernoulli, Normal

from explorer.latent.elbo import elbo, log_likelihood, nats_by_pixel
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.variational.terms import ACTIVE, active_units, spread, terms


def small(likelihood: str = "bernoulli", variational: bool = True, code: int = 3) -> Autoencoder:
    """A network of 6x6 images with random weights, in float64."""
    torch.manual_seed(2)
    config = AutoencoderConfig(variational, size=6, hidden=(16, 8), likelihood=likelihood, variance=0.05, code=code)  # type: ignore[arg-type]
    return Autoencoder(config).double().eval()


def images(count: int) -> torch.Tensor:
    return 2 * torch.rand(count, 1, 6, 6, generator=torch.Generator().manual_seed(5), dtype=torch.float64) - 1


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(6), dtype=torch.float64)


@torch.no_grad()
def test_the_kl_of_each_number_of_the_code_is_its_integral() -> None:
    model, x = small(), images(4)
    found = terms(model, x, normal(4, 3))
    mean, log_variance = model.encode(x)
    assert log_variance is not None
    z = np.linspace(-14, 14, 40_001)
    step = z[1] - z[0]
    for n in range(4):
        for j in range(3):
            q = Normal(mean[n, j], (0.5 * log_variance[n, j]).exp()).log_prob(torch.from_numpy(z)).numpy()
            p = Normal(0.0, 1.0).log_prob(torch.from_numpy(z)).numpy()
            assert found.kl[n, j] == pytest.approx(float((np.exp(q) * (q - p)).sum() * step), abs=1e-9)


@torch.no_grad()
@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
def test_the_terms_add_up_to_the_bound(likelihood: str) -> None:
    model, x, noise = small(likelihood), images(5), normal(5, 3)
    found, reference = terms(model, x, noise), elbo(model, x, noise)
    np.testing.assert_allclose(found.elbo, reference.value.double().numpy(), rtol=1e-6)
    np.testing.assert_allclose(found.kl.sum(1), reference.kl.numpy(), rtol=1e-12)


@torch.no_grad()
def test_the_nats_of_the_pixels_are_those_of_torch_and_add_up() -> None:
    z = normal(5, 3)
    for likelihood in ("bernoulli", "gaussian"):
        model, x = small(likelihood), images(5).sign()
        nats = nats_by_pixel(model, x, z)
        assert nats.shape == (5, 6, 6)
        pixels = (x + 1) / 2
        if likelihood == "bernoulli":
            reference = -Bernoulli(logits=model.decode_logits(z)).log_prob(pixels)
        else:
            reference = -Normal((model.decode(z) + 1) / 2, 0.05**0.5).log_prob(pixels)
        torch.testing.assert_close(nats.double(), reference[:, 0], rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(nats.flatten(1).sum(1).double(), -log_likelihood(model, x, z).double(), rtol=1e-5, atol=1e-4)


def test_a_number_that_says_the_same_of_every_image_is_not_active() -> None:
    means = normal(1000, 3).numpy() * np.array([1.0, 0.05, 0.2]) + 7.0
    spreads = spread(means)
    np.testing.assert_allclose(spreads, ((means - means.mean(0)) ** 2).mean(0), rtol=1e-10)
    assert active_units(spreads).tolist() == [True, False, True]
    assert not active_units(np.array([ACTIVE])).any(), "above it, not at it"


@torch.no_grad()
def test_an_encoder_that_says_the_prior_has_no_kl() -> None:
    model = small()
    last = model.encoder[-1]
    assert isinstance(last, torch.nn.Linear)
    last.weight.zero_()
    last.bias.zero_()  # mean 0, log variance 0: q(z|x) is N(0, I) for every image
    found = terms(model, images(4), normal(4, 3))
    assert np.abs(found.kl).max() == 0
    assert not active_units(spread(found.means)).any()


def test_points_have_no_terms() -> None:
    with pytest.raises(ValueError, match="no ELBO"):
        terms(small(variational=False), images(2), normal(2, 3))
