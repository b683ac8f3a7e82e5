"""`render --exact`: lanes of a data set in the picture of the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.mnist import mnist
from explorer.exports.colours import OPTION_COLOURS


def test_an_exact_lane_is_drawn_in_its_colour_with_the_panel_open(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    data, out = tmp_path / "digits.npy", tmp_path / "exact.png"
    np.save(data, mnist()[0][:30])
    options = ("--panel", "data-set", "--steps", 4, "--samples", 2, "--t", 500, "--size", "1280x900")
    ran = run("render", "reverse-chain", "--exact", data, *options, "--out", out)
    assert (ran.status, ran.err) == (0, "")
    with Image.open(out) as picture:
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    colour = [int(OPTION_COLOURS["exact"][i : i + 2], 16) for i in (1, 3, 5)]
    assert (pixels == colour).all(axis=1).sum() > 300


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("latent", "--exact", "mnist"), "of no meaning for latent"),
        (("reverse-chain", "--exact", "mnist", "--checkpoint", "mnist-ddpm-c"), "shows one lane"),
        (("reverse-chain", "--exact", "no/such.npy"), "no/such.npy: no such file"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    refused: Callable[..., str], qapp: object, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in refused("render", *arguments, "--samples", 1, "--out", tmp_path / "x.png")
