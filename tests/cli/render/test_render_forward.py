"""`render forward`: its pages into pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.recipe.chain2d import Chain2D, Network2D, Points2D, Walk2D
from explorer.recipe.forward import ForwardRecipe, ForwardSchedule
from explorer.state.document import write_document
from explorer.state.forward import ForwardState
from explorer.state.session import Session


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


def test_two_dimensions_are_drawn_with_what_was_learnt(run: Callable[..., Any], qapp: object, tmp_path: Path) -> None:
    """The whole page: it waits for the network, and is the same picture each time."""
    recipe = ForwardRecipe(schedule=ForwardSchedule(T=40), plane=Chain2D(Points2D(count=30), Network2D(updates=60), Walk2D(steps=20)))
    document = tmp_path / "plane.gexplore"
    session = Session(workspace="forward", forward=ForwardState(recipe=recipe, t=10, page="plane"))
    write_document(document, session)
    pictures = []
    for name in ("one.png", "two.png"):
        ran = run("render", "forward", "--session", document, "--size", "1280x800", "--out", tmp_path / name)
        assert (ran.status, ran.err) == (0, "")
        with Image.open(tmp_path / name) as picture:
            pictures.append(np.asarray(picture.convert("RGB")).astype(int))
    one, two = pictures
    assert np.array_equal(one, two)
    green = np.abs(one - np.array([0, 158, 115])).sum(2) < 12
    assert green[100:520].sum() > 100, "particles of Option C, which come when all updates are made"


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
