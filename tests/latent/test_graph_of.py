"""Decoders as layers in a row: which there are, that they are the decoder, and what is said of those that there are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from explorer import sources
from explorer.latent.graph_of import graph_in_a_row, graph_of
from explorer.latent.slices import random_plane
from explorer.models.in_a_row import InARow
from explorer.models.roles import LatentModel
from explorer.models.spatial import SpatialAutoencoder, SpatialConfig


def model_of(path: Path) -> LatentModel:
    network = sources.open(path).network
    assert isinstance(network, LatentModel)
    return network


@pytest.mark.parametrize("name", ["mnist-vae-2d", "mnist-ae-2d", "mnist-vae-16d", "mnist-hinton2006-2d", "mnist-pca-2d"])
def test_layers_in_a_row_are_the_decoder(checkpoints: Mapping[str, Path], name: str) -> None:
    model = model_of(checkpoints[name])
    assert isinstance(model, InARow)
    z = torch.randn(2, model.config.code, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        assert torch.equal(nn.Sequential(*model.decoding_layers())(z), model.decode(z))
    graph = graph_of(model)
    assert graph.shape == (1, 28, 28)
    assert graph.inputs == model.config.code
    assert graph.halves == (name != "mnist-pca-2d"), "files of half the bytes are kept so"


def test_a_plane_is_a_layer_before(checkpoints: Mapping[str, Path]) -> None:
    plane = random_plane(16, 3)
    graph = graph_of(model_of(checkpoints["mnist-vae-16d"]), plane)
    first = graph.layers[0]
    assert graph.inputs == 2
    assert first.weight is not None
    assert first.bias is not None
    np.testing.assert_allclose(first.weight @ [0.5, -2] + first.bias, plane.lift(np.array([[0.5, -2]]))[0], atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.PReLU(), "it has a layer PReLU"),
        (nn.Conv2d(4, 4, 3, padding=1, groups=2), "groups, dilation or another padding"),
        (nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"), "groups, dilation or another padding"),
        (nn.Upsample(scale_factor=2, mode="bilinear"), "it has a layer Upsample"),
        (nn.GELU("tanh"), "GELU without approximation"),
        (nn.Softplus(2), "Softplus of beta = 1"),
        (nn.Conv2d(4, 2, 1), "images of 1 or 3 channels, and its decoder gives 2 x 3 x 3 numbers"),
        (nn.InstanceNorm2d(4), "it has a layer InstanceNorm2d"),
    ],
)
def test_what_a_page_cannot_run_is_named(layer: nn.Module, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        graph_in_a_row([nn.Linear(2, 36), nn.Unflatten(1, (4, 3, 3)), layer], 2)


def test_a_decoder_that_says_no_layers_is_named() -> None:
    with pytest.raises(ValueError, match="SpatialAutoencoder does not say such layers"):
        graph_of(SpatialAutoencoder(SpatialConfig((1, 8, 8), (1, 2, 2))))
