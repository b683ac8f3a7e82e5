"""Samples in blocks: sample i is sample i."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.checkpoints.files import load
from explorer.checkpoints.locate import locate
from explorer.diffusion.guidance import Condition
from explorer.diffusion.parameterization import Option
from explorer.diffusion.predictor import NetworkPredictor
from explorer.diffusion.reverse import plan
from explorer.diffusion.schedule import linear
from explorer.engine.models.predictors import from_checkpoint
from explorer.evaluation import samples as module
from explorer.evaluation.samples import as_pixels, block_size, blocks, chain_samples, prior_samples
from explorer.models.autoencoder import Autoencoder

CPU = torch.device("cpu")


def draw(count: int, seed: int = 3) -> np.ndarray:
    checkpoint = load(locate("mnist-ddpm-c"))
    predictor = from_checkpoint(checkpoint, CPU)
    with torch.inference_mode():
        walk = list(chain_samples(predictor, plan(predictor.schedule, 4), seed, count, (1, 28, 28), CPU, clip=False))
    assert sum(done for done, _ in walk) == 4 * count
    return np.concatenate([images for _, images in walk if images is not None])


def test_blocks_do_not_change_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    together = draw(7)
    assert together.shape == (7, 1, 28, 28)
    assert together.dtype == np.uint8
    assert together.std() > 10
    monkeypatch.setattr(module, "BLOCK", 3)
    in_blocks = draw(5)
    assert np.abs(in_blocks.astype(int) - together[:5]).max() <= 1
    assert np.abs(draw(2, seed=4).astype(int) - together[:2]).max() > 20


def test_blocks_cover_every_index_once() -> None:
    assert [list(block) for block in blocks(7, 3)] == [[0, 1, 2], [3, 4, 5], [6]]
    assert block_size((1, 28, 28)) == 250
    assert block_size((3, 256, 256)) == 1


def test_prior_samples_are_keyed_by_index() -> None:
    network = load(Path(locate("mnist-vae-2d"))).network
    assert isinstance(network, Autoencoder)
    with torch.inference_mode():
        many = prior_samples(network, 0, range(6), CPU)
        few = prior_samples(network, 0, range(4, 6), CPU)
    assert many.shape == (6, 1, 28, 28)
    assert np.abs(many[4:].astype(int) - few).max() <= 1
    assert len({image.tobytes() for image in many}) == 6


def test_pixels_are_what_a_file_would_hold() -> None:
    values = torch.tensor([[-1.0, 1.0, -7.0, 7.0, 0.0, float("nan")]])
    assert as_pixels(values).tolist() == [[0, 255, 0, 255, 128, 128]]


def test_a_block_is_told_the_labels_of_its_own_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[int]] = []

    def network(x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        asked.append(labels.tolist())
        return torch.zeros_like(x_t)

    predictor = NetworkPredictor(network, Option.C, linear(60), condition=Condition((7, 8, 9)))
    monkeypatch.setattr("explorer.evaluation.samples.BLOCK", 2)
    for _ in chain_samples(predictor, plan(predictor.schedule, 1), 0, 5, (1, 2, 2), torch.device("cpu"), clip=True):
        pass
    assert asked == [[7, 8], [9, 7], [8]]
