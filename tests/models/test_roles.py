"""The parts that networks take, known by what they can do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from explorer.checkpoints.files import load
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.models.registry import anatomy_named, misfit, parse_config
from explorer.models.roles import Denoiser, Dissectable, ImageReader, LatentModel, anatomy_of

PARTS = (Denoiser, Dissectable, LatentModel, ImageReader)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("mnist-ddpm-c", {Denoiser, Dissectable}),
        ("mnist-vae-2d", {LatentModel}),
        ("mnist-pca-2d", {LatentModel}),
        ("mnist-classifier", {ImageReader}),
    ],
)
def test_every_network_takes_its_parts_and_no_other(checkpoints: Mapping[str, Path], name: str, parts: set[type]) -> None:
    network = load(checkpoints[name]).network
    assert {part for part in PARTS if isinstance(network, part)} == parts


def test_what_a_denoiser_accepts(checkpoints: Mapping[str, Path]) -> None:
    network = load(checkpoints["mnist-ddpm-c"]).network
    assert isinstance(network, Denoiser)
    assert network.accepts((1, 28, 28))
    assert not network.accepts((3, 28, 28))
    assert not network.accepts((1, 28, 30))


def test_an_anatomy_is_the_same_by_the_network_and_by_its_card(checkpoints: Mapping[str, Path]) -> None:
    checkpoint = load(checkpoints["mnist-ddpm-c"])
    card = checkpoint.card.network
    assert anatomy_of(checkpoint.network, 28, 28) == anatomy_named(card.name, card.config, 28, 28) is not None
    assert anatomy_named("autoencoder", {}, 28, 28) is None
    assert anatomy_named("of another tool", {"any": "thing"}, 28, 28) is None
    assert anatomy_of(Autoencoder(AutoencoderConfig(hidden=(8,))), 28, 28) is None


@pytest.mark.parametrize(("name", "shape", "words"), [
    ("unet", (1, 28, 28), ""), ("unet", (3, 28, 28), "takes 1 channels"), ("unet", (1, 28, 30), "multiples of 4, not 28x30"),
    ("classifier", (1, 28, 28), ""), ("classifier", (1, 32, 32), "images of 28x28, its data has 32x32"),
    ("pca", (1, 28, 28), ""), ("autoencoder", (3, 28, 28), "takes 1 channels"),
])  # fmt: skip
def test_why_images_do_not_fit_a_network(name: str, shape: tuple[int, int, int], words: str) -> None:
    said = misfit(parse_config(name, {}), shape)
    assert words in said
    assert bool(said) == bool(words)
