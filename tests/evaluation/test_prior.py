"""Samples of the prior, read by the judge."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load
from explorer.evaluation.judge import Judge
from explorer.evaluation.prior import effective_number, prior_share
from explorer.evaluation.samples import prior_samples
from explorer.latent.prior import prior_codes
from explorer.models.autoencoder import Autoencoder


def test_shares_are_those_of_the_decodings(checkpoints: Mapping[str, Path], mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    model, judge = load(checkpoints["mnist-vae-2d"]).network, Judge.open()
    assert isinstance(model, Autoencoder)
    done: list[int] = []
    found = prior_share(model, judge, mnist_test[0][:400], 300, seed=3, report=done.append)
    with torch.inference_mode():
        readings = judge.read(prior_samples(model, 3, range(300), torch.device("cpu")))
    assert found.prior == pytest.approx(readings.confident_share)
    assert found.digit_shares == pytest.approx(readings.digit_shares)
    assert abs(found.fitted - found.prior) < 0.15, "a VAE's codes are nearly the prior's"
    assert sum(done) == 600
    assert 5 < found.digits < 10
    assert 5 < found.fitted_digits < 10


def test_codes_are_the_same_whatever_the_count() -> None:
    torch.testing.assert_close(prior_codes(5, range(7, 9), 16), prior_codes(5, range(20), 16)[7:9])


def test_the_effective_number_of_digits() -> None:
    assert effective_number([0.1] * 10) == pytest.approx(10)
    assert effective_number([1.0, 0.0]) == 1
    assert effective_number([0.5, 0.5, 0.0]) == pytest.approx(2)
