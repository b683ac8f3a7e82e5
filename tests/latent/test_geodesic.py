"""Geodesics where they are known: straight for linear decoders, great circles on a sphere, unrolled on a bent sheet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load
from explorer.latent.decoder import Decoder
from explorer.latent.geodesic import CODES, Relaxation, relax
from explorer.latent.geometry import Decode, image_steps
from explorer.latent.interpolation import line
from explorer.latent.strokes import resample
from explorer.models.autoencoder import Autoencoder
from tests.latent.decoders import Linear, cylinder, sphere


def straight(start: tuple[float, ...], end: tuple[float, ...], count: int = 17) -> torch.Tensor:
    return torch.from_numpy(line(np.array(start), np.array(end), count))


def run(decode: Decode, path: torch.Tensor) -> list[Relaxation]:
    steps = list(relax(decode, path))
    energies = [step.energy for step in steps]
    assert energies == sorted(energies, reverse=True), "the energy never rises"
    for step in steps:
        assert torch.equal(step.path[[0, -1]], path[[0, -1]]), "the ends stay"
        distances = image_steps(decode, step.path)
        assert step.energy == pytest.approx(len(distances) * float(distances.square().sum()))
        assert step.length == pytest.approx(float(distances.sum()))
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]
    return steps


@pytest.mark.parametrize("code", [2, 5])
def test_with_a_linear_decoder_the_straight_line_is_the_geodesic(code: int) -> None:
    decode, path = Linear(code), straight(tuple(range(code)), (-1.5,) * code)
    last = run(decode, path)[-1]
    torch.testing.assert_close(last.path, path, rtol=1e-9, atol=1e-9)
    bent = path.clone()
    bent[1:-1] += torch.randn(15, code, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    straightened = run(decode, bent)[-1]
    torch.testing.assert_close(straightened.path, path, rtol=1e-4, atol=1e-4)


def test_on_a_sphere_it_is_the_great_circle() -> None:
    start, end = (0.0, 1.0), (2.0, 1.0)
    angle = math.acos(math.sin(1) ** 2 + math.cos(1) ** 2 * math.cos(2))
    path = straight(start, end, 33)
    steps = run(sphere, path)
    assert steps[0].length == pytest.approx(2 * math.cos(1), rel=1e-3), "the circle of latitude"
    assert steps[-1].length == pytest.approx(angle, rel=1e-3)
    places = sphere(steps[-1].path)
    normal = torch.linalg.cross(places[0], places[-1])
    assert float((places @ normal).abs().max()) < 5e-3, "all on one plane through the centre"
    assert float(steps[-1].path[16, 1]) > 1.2, "it bends to the pole"


def test_on_a_bent_sheet_it_is_straight_once_unrolled() -> None:
    last = run(cylinder, straight((-1.0, 0.0), (1.0, 2.0), 41))[-1]
    x, y = last.path.unbind(1)
    arc = 0.5 * x * (1 + 16 * x**2).sqrt() + torch.asinh(4 * x) / 8
    share = (arc - arc[0]) / (arc[-1] - arc[0])
    assert float((y / 2 - share).abs().max()) < 5e-3


@torch.inference_mode()
def test_through_a_shipped_decoder_it_is_shorter_than_the_line_and_even(checkpoints: Mapping[str, Path]) -> None:
    model = load(checkpoints["mnist-vae-2d"]).network
    assert isinstance(model, Autoencoder)
    decode, path = Decoder(model), straight((-2.0, 0.5), (-0.5, -1.0), CODES).float()
    steps = run(decode, path)
    assert steps[-1].length < 0.97 * steps[0].length
    even = image_steps(decode, steps[-1].path)
    assert float(even.std() / even.mean()) < 0.1, "all steps alike: a geodesic has one speed"
    finer = torch.from_numpy(resample(steps[-1].path.double().numpy(), 4 * CODES)).float()
    assert float(image_steps(decode, finer).sum()) < 1.02 * steps[-1].length, "no short cuts between its codes"


def test_it_can_be_stopped_and_ends_where_nothing_changes() -> None:
    walk = relax(sphere, straight((0.0, 1.0), (2.0, 1.0)))
    first, second = next(walk), next(walk)
    assert (first.iteration, second.iteration) == (0, 1)
    walk.close()
    flat = list(relax(lambda z: 0 * z, straight((0.0, 0.0), (1.0, 0.0))))
    assert len(flat) == 1
    assert flat[0].done
    assert [step.done for step in relax(sphere, straight((0.0, 0.0), (1.0, 0.0), 2))] == [True]
    assert len(list(relax(sphere, straight((0.0, 1.0), (2.0, 1.0)), iterations=2))) == 3


def test_what_is_no_path_is_refused() -> None:
    for path in (torch.zeros(1, 2), torch.full((4, 2), math.nan)):
        with pytest.raises(ValueError, match="at least 2 codes"):
            next(relax(sphere, path))
    with pytest.raises(ValueError, match="not finite"):
        next(relax(lambda z: z / 0, torch.ones(4, 2)))
