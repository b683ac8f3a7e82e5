"""`render forward`: its pages into pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image


def test_pages_and_timesteps_are_drawn(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    pictures = []
    for number, options in enumerate([("--t", 10), ("--t", 700), ("--page", "chain")]):
        out = tmp_path / f"{number}.png"
        ran = run("render", "forward", "--out", out, "--size", "1280x800", *options)
        assert (ran.status, ran.err) == (0, "")
        with Image.open(out) as picture:
            pictures.append(np.asarray(picture.convert("RGB")).astype(int))
    early, late, chain = pictures
    assert early.shape == (800, 1280, 3)
    assert np.abs(early - late).max() > 50
    assert np.abs(early[:700] - chain[:700]).max() > 50


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (("forward", "--steps", 3), "--steps: of no meaning for forward"),
        (("latent", "--page", "chain"), "--page: of no meaning for latent"),
        (("forward", "--checkpoint", "mnist-vae-2d"), "forward shows a DDPM"),
        (("forward", "--t", 1001), "--t 1001: the schedule of forward has the timesteps 0..1000"),
    ],
)
def test_bad_requests_are_one_line(
    refused: Callable[..., str], qapp: object, tmp_path: Path, options: tuple[object, ...], cause: str
) -> None:
    said = refused("render", *options, "--out", tmp_path / "p.png")
    assert cause in said
    assert said.count("\n") <= 1
