"""`render variational`: its pages into pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image


def test_its_pages_are_drawn(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    pictures = []
    for page in ("elbo", "ladder"):
        out = tmp_path / f"{page}.png"
        ran = run("render", "variational", "--page", page, "--out", out, "--size", "1280x800", "--theme", "dark")
        assert (ran.status, ran.err) == (0, "")
        with Image.open(out) as picture:
            pictures.append(np.asarray(picture.convert("RGB")).astype(int))
    elbo, ladder = pictures
    assert elbo.shape == ladder.shape == (800, 1280, 3)
    assert (np.abs(elbo[80:720, 90:980] - ladder[80:720, 90:980]).max(2) > 50).mean() > 0.05


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (("--page", "chain"), "--page chain: the pages of variational are kl, inference, elbo, ladder"),
        (("--page", "elbo", "--checkpoint", "mnist-ddpm-c"), "variational shows a VAE"),
    ],
)
def test_bad_requests_are_one_line(
    refused: Callable[..., str], qapp: object, tmp_path: Path, options: tuple[object, ...], cause: str
) -> None:
    said = refused("render", "variational", *options, "--out", tmp_path / "p.png")
    assert cause in said
    assert said.count("\n") <= 1
