"""The exact posterior of shipped models and of one whose p(x) is known in closed form; what lies between it and the ELBO."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.checkpoints.files import load
from explorer.checkpoints.locate import locate
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.latent.elbo import importance_weighted_bound
from explorer.models.autoencoder import Autoencoder
from explorer.models.pca import Pca, PcaConfig
from explorer.variational.bound import bound, fitted, of_encoder
from explorer.variational.densities import Gaussian, gaussian
from explorer.variational.evidence import Posterior, first_cells, posterior


def exact(model: Any, x: Tensor, near: np.ndarray, cells: int = 128) -> Posterior:
    first = next(found for found in first_cells(model, cells=cells) if found is not None)
    return next(found for found in posterior(model, x, first, near) if found is not None)


class TestLinear:
    """p(x|z) = N(W z + b, v I), p(z) = N(0, I): everything is Gaussian (Tipping and Bishop 1999)."""

    @pytest.fixture
    def model(self) -> Pca:
        torch.manual_seed(3)
        model = Pca(PcaConfig(size=4, code=2, variance=0.05)).requires_grad_(False).eval()
        model.decoder.weight.normal_(0, 0.4)
        model.decoder.bias.normal_(0, 0.3)
        return model

    def closed(self, model: Pca, x: Tensor) -> tuple[float, Gaussian]:
        """log p(x) and p(z|x), pixels in [0, 1]."""
        w, b = model.decoder.weight.double().numpy() / 2, (model.decoder.bias.double().numpy() + 1) / 2
        pixels, v = ((x.double().numpy() + 1) / 2).ravel(), model.config.variance
        covariance = w @ w.T + v * np.eye(len(pixels))
        apart = pixels - b
        log_p = -0.5 * (apart @ np.linalg.solve(covariance, apart) + np.linalg.slogdet(2 * math.pi * covariance)[1])
        precision = np.eye(2) + w.T @ w / v
        return log_p, Gaussian(np.linalg.solve(precision, w.T @ apart / v), np.linalg.cholesky(np.linalg.inv(precision)))

    def test_the_quadrature_is_the_closed_form(self, model: Pca) -> None:
        x = torch.rand(1, 1, 4, 4) * 2 - 1
        log_p, posterior_of = self.closed(model, x)
        found = exact(model, x, np.zeros((1, 2)), cells=32)
        assert found.log_p == pytest.approx(log_p, abs=1e-3)
        assert found.mean == pytest.approx(posterior_of.mean, abs=1e-3)
        assert found.covariance == pytest.approx(posterior_of.covariance, abs=1e-3)
        assert found.masses.sum() == pytest.approx(1, abs=1e-9)
        assert (found.sides**2).sum() == pytest.approx(144), "cells fill the square"

    def test_a_posterior_that_hides_between_the_first_cells_is_found_where_it_is_said_to_be(self) -> None:
        torch.manual_seed(3)
        model = Pca(PcaConfig(size=4, code=2, variance=1e-5)).requires_grad_(False).eval()
        model.decoder.weight.normal_(0, 0.4)
        x = model.decode(torch.tensor([[0.31, -0.47]]))
        log_p, posterior_of = self.closed(model, x)
        assert exact(model, x, posterior_of.mean[None], cells=8).log_p == pytest.approx(log_p, abs=2e-2)

    def test_at_the_posterior_the_bound_is_log_p_and_elsewhere_their_distance_is_the_kl(self, model: Pca) -> None:
        from explorer.variational.divergence import between_gaussians

        x = torch.rand(1, 1, 4, 4) * 2 - 1
        log_p, posterior_of = self.closed(model, x)
        assert bound(model, x, posterior_of).value == pytest.approx(log_p, abs=1e-3)
        other = gaussian([0.3, -0.2], [0.4, 0.6], 0.3)
        assert log_p - bound(model, x, other).value == pytest.approx(between_gaussians(other, posterior_of), rel=1e-4)

    def test_the_best_gaussian_is_the_posterior(self, model: Pca) -> None:
        x = torch.rand(1, 1, 4, 4) * 2 - 1
        log_p, posterior_of = self.closed(model, x)
        *_, (q, value) = fitted(model, x, gaussian([0.5, 0.5], [1.0, 1.0]), "full")
        assert value.value == pytest.approx(log_p, abs=2e-3)
        assert q.mean == pytest.approx(posterior_of.mean, abs=0.02)
        *_, (diagonal, lower) = fitted(model, x, gaussian([0.5, 0.5], [1.0, 1.0]), "diagonal")
        assert diagonal.root[1, 0] == 0
        assert lower.value <= value.value + 1e-3


@pytest.fixture(scope="module")
def vae() -> nn.Module:
    return load(locate("mnist-vae-2d")).network


@pytest.fixture(scope="module")
def images() -> Tensor:
    return torch.from_numpy(to_unit_range(mnist("test")[0][[0, 8]]))


def test_it_is_above_both_bounds_and_the_gap_is_the_kl(vae: Autoencoder, images: Tensor) -> None:
    x = images[:1]
    mean, log_variance = vae.encode(x)
    assert log_variance is not None
    q = of_encoder(mean[0].numpy(), log_variance[0].numpy())
    found = exact(vae, x, q.mean[None])
    value = bound(vae, x, q).value
    draws = torch.randn(1, 500, 2, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        iwae = float(importance_weighted_bound(vae, x, draws))
    assert value < iwae < found.log_p + 0.05
    log_q = q.log_density(found.centres)
    kl = float((np.exp(log_q) * found.sides**2) @ (log_q - found.log_joint + found.log_p))
    assert found.log_p - value == pytest.approx(kl, abs=0.01)


def test_the_answer_does_not_depend_on_the_first_cells(vae: Autoencoder, images: Tensor) -> None:
    x, near = images[:1], np.array([[-1.8, 1.6]])
    assert exact(vae, x, near, cells=96).log_p == pytest.approx(exact(vae, x, near).log_p, abs=2e-3)


def test_where_the_encoder_is_at_the_wrong_place_a_gaussian_at_the_mode_is_far_better(vae: Autoencoder, images: Tensor) -> None:
    x = images[1:]
    mean, log_variance = vae.encode(x)
    assert log_variance is not None
    q = of_encoder(mean[0].numpy(), log_variance[0].numpy())
    found = exact(vae, x, q.mean[None])
    *_, (_, best) = fitted(vae, x, found.mode, "full")
    assert found.log_p - bound(vae, x, q).value > 50
    assert found.log_p - best.value < 1


def test_codes_of_other_dimensions_are_refused(images: Tensor) -> None:
    model = load(locate("mnist-vae-16d")).network
    with pytest.raises(ValueError, match="two-dimensional"):
        next(posterior(model, images[:1], torch.zeros(4, 784), np.zeros((1, 2))))  # type: ignore[arg-type]
