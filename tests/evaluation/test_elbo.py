"""Test figures of shipped models, and that they are what they say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load
from explorer.datasets.images import to_unit_range
from explorer.evaluation.elbo import measure, metrics
from explorer.models.autoencoder import Autoencoder


def network(path: Path) -> Autoencoder:
    """Network of a shipped VAE or AE."""
    found = load(path).network
    assert isinstance(found, Autoencoder)
    return found


def test_a_vae_has_terms_that_add_up(checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    calls: list[tuple[int, int]] = []
    found = measure(network(checkpoints["mnist-vae-2d"]), mnist_test[0][:250], draws=20, progress=lambda *a: calls.append(a))
    assert found.elbo is not None
    assert found.log_likelihood is not None
    assert found.kl is not None
    assert found.iwae is not None
    assert found.elbo == pytest.approx(found.log_likelihood - found.kl, abs=1e-3)
    assert found.elbo < found.iwae
    assert sum(found.kl_per_dimension) == pytest.approx(found.kl, abs=1e-3)
    assert min(found.kl_per_dimension) > 1, "both numbers of the code are used"
    assert found.active_units == 2
    assert found.iwae_error == pytest.approx(found.elbo_error, rel=0.1)
    assert -160 < found.elbo < -120
    assert calls == [(100, 250), (200, 250), (250, 250)]
    again = measure(network(checkpoints["mnist-vae-2d"]), mnist_test[0][:250], draws=20)
    assert again == found


def test_reconstruction_error_is_that_of_the_pixels(checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    model, images = network(checkpoints["mnist-ae-2d"]), mnist_test[0][:130]
    with torch.inference_mode():
        back = model(torch.from_numpy(to_unit_range(images))).numpy()
    reference = ((images / 255 - (back + 1) / 2) ** 2).mean()
    found = measure(model, images)
    assert found.reconstruction_error == pytest.approx(reference, rel=1e-4)
    assert (found.elbo, found.iwae, found.kl, found.kl_per_dimension, found.active_units) == (None, None, None, (), None)


def test_metrics_name_their_command(checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    found = metrics(measure(network(checkpoints["mnist-vae-2d"]), mnist_test[0][:10], draws=3), "how to")
    assert [m.name for m in found] == ["test ELBO", "test IWAE-3", "test reconstruction error"]
    assert len(found[0].details["kl_per_dimension"]) == 2
    assert {m.command for m in found} == {"how to"}
    plain = metrics(measure(network(checkpoints["mnist-ae-2d"]), mnist_test[0][:10]), "how to")
    assert [m.name for m in plain] == ["test reconstruction error"]


def test_nothing_to_measure_is_refused(checkpoints: Mapping[str, Path]) -> None:
    with pytest.raises(ValueError, match="at least one image"):
        measure(network(checkpoints["mnist-ae-2d"]), np.zeros((0, 1, 28, 28), np.uint8))
