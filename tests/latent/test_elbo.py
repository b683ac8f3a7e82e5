"""ELBO, KL and the importance-weighted bound against torch.distributions and Monte Carlo, in float64."""

from __future__ import annotations

import math

import pytest
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from explorer.latent.elbo import elbo, gaussian_kl, importance_weighted_bound, log_likelihood, reconstruction_error
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig


def small(likelihood: str = "bernoulli", variational: bool = True) -> Autoencoder:
    """A network of 6x6 images with random weights, in float64."""
    config = AutoencoderConfig(variational, size=6, hidden=(16, 8), likelihood=likelihood, variance=0.05)  # type: ignore[arg-type]
    return Autoencoder(config).double().eval()


def images(count: int) -> torch.Tensor:
    """Random images in [-1, 1]."""
    return 2 * torch.rand(count, 1, 6, 6, generator=torch.Generator().manual_seed(5), dtype=torch.float64) - 1


def normal(*shape: int, seed: int = 6) -> torch.Tensor:
    """Standard normal draws in float64."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_kl_is_the_closed_form_of_torch() -> None:
    mean, log_variance = normal(7, 2), normal(7, 2, seed=8)
    q = Normal(mean, (0.5 * log_variance).exp())
    reference = kl_divergence(q, Normal(torch.zeros_like(mean), 1.0)).sum(1)
    torch.testing.assert_close(gaussian_kl(mean, log_variance), reference, rtol=1e-12, atol=1e-12)


def test_kl_agrees_with_monte_carlo() -> None:
    mean, sigma = torch.tensor([[0.7, -1.1]], dtype=torch.float64), torch.tensor([[0.4, 1.3]], dtype=torch.float64)
    z = mean + sigma * normal(400_000, 2)
    ratio = Normal(mean, sigma).log_prob(z).sum(1) - Normal(torch.zeros(2), 1.0).log_prob(z).sum(1)
    error = float(ratio.std()) / math.sqrt(len(z))
    assert float(gaussian_kl(mean, 2 * sigma.log())[0]) == pytest.approx(float(ratio.mean()), abs=4 * error)


def test_kl_of_the_prior_itself_is_zero() -> None:
    torch.testing.assert_close(gaussian_kl(torch.zeros(1, 2), torch.zeros(1, 2)), torch.zeros(1))


@torch.no_grad()
def test_bernoulli_likelihood_is_that_of_torch() -> None:
    model, x, z = small(), images(5).sign(), normal(5, 2)
    reference = Bernoulli(logits=model.decode_logits(z)).log_prob((x + 1) / 2).flatten(1).sum(1)
    torch.testing.assert_close(log_likelihood(model, x, z).double(), reference, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_gaussian_likelihood_is_that_of_torch() -> None:
    model, x, z = small("gaussian"), images(5), normal(5, 2)
    p = Normal((model.decode(z) + 1) / 2, math.sqrt(0.05))
    reference = p.log_prob((x + 1) / 2).flatten(1).sum(1)
    torch.testing.assert_close(log_likelihood(model, x, z).double(), reference, rtol=1e-4, atol=1e-3)


@torch.no_grad()
def test_elbo_is_a_mean_of_log_joint_over_posterior() -> None:
    model, x = small(), images(1)
    noise = normal(20_000, 2)
    repeated = x.expand(len(noise), -1, -1, -1)
    mean, log_variance = model.encode(x)
    assert log_variance is not None
    q = Normal(mean, (0.5 * log_variance).exp())
    z = mean + (0.5 * log_variance).exp() * noise
    joint = log_likelihood(model, repeated, z) + Normal(torch.zeros(2), 1.0).log_prob(z).sum(1)
    integrand = joint - q.log_prob(z).sum(1)
    found = elbo(model, repeated, noise).value
    error = float((integrand - found).std()) / math.sqrt(len(z))
    assert float(found.mean()) == pytest.approx(float(integrand.mean()), abs=4 * error + 1e-3)


@torch.no_grad()
def test_one_draw_of_the_importance_weighted_bound_averages_to_the_elbo() -> None:
    model, x = small(), images(1)
    noise = normal(20_000, 1, 2)
    repeated = x.expand(len(noise), -1, -1, -1)
    single = importance_weighted_bound(model, repeated, noise)
    terms = elbo(model, repeated, noise[:, 0])
    error = float((single - terms.value).std()) / math.sqrt(len(noise))
    assert float(single.mean()) == pytest.approx(float(terms.value.mean()), abs=4 * error + 1e-3)


@torch.no_grad()
def test_importance_weighted_bound_tends_to_log_p_of_x() -> None:
    model, x = small(), images(3)
    # Brute force: p(x) = integral of p(x|z) p(z) over a fine grid of the plane.
    side = torch.linspace(-6, 6, 241, dtype=torch.float64)
    z = torch.cartesian_prod(side, side)
    cell = float(side[1] - side[0]) ** 2
    exact = []
    for image in x:
        log_p = log_likelihood(model, image.expand(len(z), -1, -1, -1), z).double() + Normal(torch.zeros(2), 1.0).log_prob(z).sum(1)
        exact.append(float(log_p.logsumexp(0)) + math.log(cell))
    few = importance_weighted_bound(model, x.repeat(400, 1, 1, 1), normal(1200, 1, 2)).reshape(400, 3).mean(0)
    many = importance_weighted_bound(model, x, normal(3, 20_000, 2))
    for i in range(3):
        assert float(many[i]) == pytest.approx(exact[i], abs=0.02)
        assert float(few[i]) < exact[i] + 0.01


@torch.no_grad()
def test_reconstruction_error_is_the_mean_square_in_unit_range() -> None:
    model, x = small(variational=False), images(4)
    unit, back = (x + 1) / 2, (model.decode(model.encode(x)[0]) + 1) / 2
    torch.testing.assert_close(reconstruction_error(model, x), ((unit - back) ** 2).mean((1, 2, 3)))


def test_an_autoencoder_has_no_elbo() -> None:
    model, x = small(variational=False), images(1)
    with pytest.raises(ValueError, match="no ELBO"):
        elbo(model, x, normal(1, 2))
    with pytest.raises(ValueError, match="no bound"):
        importance_weighted_bound(model, x, normal(1, 4, 2))
