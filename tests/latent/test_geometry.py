"""The pull-back metric against linear decoders, by hand and by finite differences; lengths in image space."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.latent.decoder import Decoder
from explorer.latent.geometry import image_steps, jacobian, magnification, metric
from explorer.latent.slices import random_plane
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from tests.latent.decoders import Linear, cylinder, sphere


def codes(count: int, dimensions: int = 2, seed: int = 1) -> torch.Tensor:
    return torch.randn(count, dimensions, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_the_metric_of_a_linear_decoder_is_w_transposed_w_everywhere(dimensions: int) -> None:
    decode = Linear(dimensions)
    expected = decode.weight.T @ decode.weight
    found = metric(decode, codes(4, dimensions))
    torch.testing.assert_close(found, expected.expand(4, -1, -1), rtol=1e-12, atol=1e-12)
    volume = expected.det().sqrt().expand(4)
    torch.testing.assert_close(magnification(decode, codes(4, dimensions)), volume, rtol=1e-12, atol=1e-12)


def test_a_slice_has_the_metric_of_its_axes() -> None:
    decode, axes = Linear(5), torch.linalg.qr(codes(5, 2))[0].T
    expected = axes @ decode.weight.T @ decode.weight @ axes.T
    torch.testing.assert_close(metric(decode, codes(3, 5), axes), expected.expand(3, -1, -1), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(magnification(decode, codes(3, 5), axes), expected.det().sqrt().expand(3), rtol=1e-12, atol=1e-12)


def test_curved_surfaces_have_their_known_metric() -> None:
    z = codes(6)
    expected = torch.zeros(6, 2, 2, dtype=torch.float64)
    expected[:, 0, 0], expected[:, 1, 1] = 1 + 16 * z[:, 0] ** 2, 1
    torch.testing.assert_close(metric(cylinder, z), expected, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(magnification(sphere, z), z[:, 1].cos().abs(), rtol=1e-9, atol=1e-12)


def test_a_flattened_direction_is_not_magnified() -> None:
    assert magnification(lambda z: z[:, :1].expand(-1, 3), codes(3)).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("activation", ["silu", "relu", "sigmoid"])
@pytest.mark.parametrize("architecture", ["mlp", "conv"])
@torch.inference_mode()
def test_derivatives_of_our_networks_are_those_of_finite_differences(architecture: str, activation: str) -> None:
    torch.manual_seed(2)
    config = AutoencoderConfig(architecture=architecture, size=8, code=5, hidden=(6, 5, 9), activation=activation)  # type: ignore[arg-type]
    model = Autoencoder(config).double()
    plane = random_plane(5, 1).moved((0.3,))
    for decode in (Decoder(model), Decoder(model, plane)):
        z, step = codes(3, decode.dimensions), 1e-6
        images, found = jacobian(decode, z)
        torch.testing.assert_close(images, decode(z).flatten(1))
        for axis in range(decode.dimensions):
            shift = torch.zeros(decode.dimensions, dtype=torch.float64)
            shift[axis] = step
            expected = (decode(z + shift) - decode(z - shift)).flatten(1) / (2 * step)
            torch.testing.assert_close(found[:, axis], expected, rtol=1e-5, atol=1e-8)
    torch.testing.assert_close(
        magnification(Decoder(model, plane), codes(3)),
        magnification(model.decode, Decoder(model, plane).codes(codes(3)), torch.from_numpy(plane.axes)),
    )


def test_a_plane_of_another_space_is_refused() -> None:
    with pytest.raises(ValueError, match="6 dimensions, but codes of 2"):
        Decoder(Autoencoder(AutoencoderConfig(size=8, hidden=(4,))), random_plane(6))


def test_a_straight_path_through_a_linear_decoder_has_the_length_of_its_image() -> None:
    decode = Linear()
    path = torch.stack([torch.linspace(0, 1, 9), torch.linspace(0, -2, 9)], dim=1).double()
    whole = float((decode.weight @ (path[-1] - path[0])).norm())
    steps = image_steps(decode, path)
    assert float(steps.sum()) == pytest.approx(whole, rel=1e-12)
    assert steps.std() < 1e-12


def test_a_circle_of_latitude_is_as_long_as_it_is() -> None:
    path = torch.stack([torch.linspace(0, 1, 400), torch.full((400,), 1.0)], dim=1).double()
    assert float(image_steps(sphere, path).sum()) == pytest.approx(math.cos(1.0), rel=1e-5)
