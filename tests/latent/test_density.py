"""Mixtures against torch's, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.distributions import Independent, MultivariateNormal, Normal

from explorer.latent.density import Mixture, bandwidth

GENERATOR = np.random.default_rng(4)


def brute(components: Independent | MultivariateNormal, z: np.ndarray) -> np.ndarray:
    logs = components.log_prob(torch.from_numpy(z)[:, None])
    return (logs.logsumexp(1) - np.log(logs.shape[1])).numpy()


@pytest.mark.parametrize("d", [1, 2, 5])
def test_an_aggregate_posterior_is_the_mean_of_its_gaussians(d: int) -> None:
    means, sigmas, z = GENERATOR.normal(size=(30, d)) * 9 + 40, GENERATOR.uniform(0.01, 1, (30, d)), GENERATOR.normal(size=(50, d)) * 9 + 40
    expected = brute(Independent(Normal(torch.from_numpy(means), torch.from_numpy(sigmas)), 1), z)
    np.testing.assert_allclose(Mixture.of(means, sigmas).log_density(z), expected, rtol=1e-9, atol=1e-7)


def test_whole_covariances_are_taken_as_they_are() -> None:
    means, z, root = GENERATOR.normal(size=(20, 2)), GENERATOR.normal(size=(40, 2)), GENERATOR.normal(size=(20, 2, 2))
    covariances = root @ root.transpose(0, 2, 1) + 0.1 * np.eye(2)
    expected = brute(MultivariateNormal(torch.from_numpy(means), torch.from_numpy(covariances)), z)
    np.testing.assert_allclose(Mixture(means, covariances).log_density(z), expected, rtol=1e-9, atol=1e-9)


def test_blocks_change_nothing_and_it_integrates_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    mixture = Mixture.of(GENERATOR.normal(size=(25, 2)), np.full((25, 2), 0.3))
    side = np.linspace(-8, 8, 161)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    whole = mixture.log_density(grid)
    assert float(np.exp(whole).sum()) * (side[1] - side[0]) ** 2 == pytest.approx(1, abs=1e-6)
    monkeypatch.setattr("explorer.latent.density.BLOCK", 1000)
    np.testing.assert_allclose(mixture.log_density(grid), whole, rtol=1e-12)
    assert mixture.log_density(np.zeros((0, 2))).shape == (0,)


def test_codes_without_a_variance_get_scotts_rule_that_outliers_do_not_widen() -> None:
    codes = GENERATOR.normal(size=(4000, 2)) * [1, 5]
    np.testing.assert_allclose(bandwidth(codes), np.array([1, 5]) * 4000 ** (-1 / 6), rtol=0.05)
    far = np.concatenate([codes, [[1e4, 0]] * 40])
    assert bandwidth(far)[0] < 1.1 * bandwidth(codes)[0]
    assert (bandwidth(np.zeros((5, 2))) > 0).all()
    width = bandwidth(codes[:20])
    expected = brute(Independent(Normal(torch.from_numpy(codes[:20]), torch.from_numpy(np.tile(width, (20, 1)))), 1), codes[:5])
    np.testing.assert_allclose(Mixture.of(codes[:20], None).log_density(codes[:5]), expected, rtol=1e-9)


def test_what_is_no_mixture_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Mixture.of(np.zeros((0, 2)), np.zeros((0, 2)))
    with pytest.raises(ValueError, match="greater than 0"):
        Mixture.of(np.zeros((2, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="positive definite"):
        Mixture(np.zeros((1, 2)), np.array([[[1.0, 2.0], [2.0, 1.0]]]))
    with pytest.raises(ValueError, match="finite"):
        Mixture.of(np.full((2, 2), np.nan), None if False else np.ones((2, 2)))
