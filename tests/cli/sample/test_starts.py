"""`sample --invert`, `sample --between`, and `invert`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from explorer.recipe import Recipe
from explorer.recipe.start import Inverted, NoiseOf

RUN = ("sample", "--checkpoint", "mnist-ddpm-c", "--steps", "4", "--invert-steps", "6")


def recipe_in(path: Path) -> Recipe:
    with np.load(path) as arrays:
        return msgspec.json.decode(arrays["recipe"].item(), type=Recipe)


def test_between_two_noises_there_is_a_station_for_each_sample(run: Callable[..., Any], tmp_path: Path) -> None:
    out, again = tmp_path / "way.npz", tmp_path / "again.npz"
    assert run(*RUN, "--between", "2:5", "mnist:3", "--samples", 3, "--out", out).status == 0
    chain = recipe_in(out).chain
    assert chain is not None
    (lane,) = chain.lanes
    assert lane.start is not None
    assert lane.start.ends[0] == NoiseOf(5, 2)
    assert isinstance(lane.start.ends[1], Inverted)
    assert (lane.start.ends[1].steps, lane.start.stations, lane.sampler.eta) == (6, 3, 0)
    assert run("replay", out, "--out", again).status == 0
    with np.load(out) as one, np.load(again) as other:
        np.testing.assert_array_equal(one["lane0/x"], other["lane0/x"])


def test_noise_is_added_only_if_it_is_asked_for(run: Callable[..., Any], tmp_path: Path) -> None:
    for words, eta in (((), 0), (("--eta", 1), 1), (("--sampler", "ancestral"), 1)):
        out = tmp_path / f"{len(words)}{eta}.npz"
        assert run("sample", "--checkpoint", "mnist-ddpm-c", "--steps", 2, "--between", "0:1", "0:2", "--samples", 2, *words, "--out", out,
                   "--force").status == 0  # fmt: skip
        chain = recipe_in(out).chain
        assert chain is not None
        assert chain.lanes[0].sampler.eta == eta


def test_a_file_is_inverted_and_what_cannot_be_is_said(run: Callable[..., Any], tmp_path: Path) -> None:
    from PIL import Image

    picture, out = tmp_path / "digit.png", tmp_path / "out.png"
    Image.fromarray(np.full((28, 28), 200, np.uint8)).save(picture)
    assert run(*RUN, "--invert", picture, "--samples", 1, "--out", out, "--eta", "0.5").status == 0
    for words, message in (
        (("--invert", tmp_path / "none.png"), "none.png"), (("--invert", "mnist:10000"), "0 to 9,999"),
        (("--invert", picture, "--between", "0:1", "0:2"), "give one of them"), (("--between", "0:1", "0:2", "--samples", 1), "2 stations"),
        (("--invert", picture, "--invert-steps", 2000), "on the way up"), (("--sweep", "eta=0,1"), "--invert-steps"),
    ):  # fmt: skip
        ran = run(*RUN, *words, "--out", tmp_path / "no.png")
        assert (ran.status, "Traceback" in ran.err) == (2, False)
        assert message in ran.err


def test_invert_says_how_well_it_comes_back(run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "noise.npz"
    said = run("invert", "mnist:3", "--steps", "5,15", "--out", out, "--json").json
    first, last = said["round_trips"]
    assert (first["steps"], last["steps"]) == (5, 15)
    assert last["error"] < 0.6 * first["error"]
    assert last["expected_norm"] == 28
    assert not last["like_noise"]
    with np.load(out) as arrays:
        x_T = arrays["lane0/x"][0, 0]
    assert float(np.linalg.norm(x_T)) == pytest.approx(last["norm"], rel=1e-3)
    for words, message in ((("mnist:3", "--steps", "x"), "--steps x"), (("mnist:3", "--checkpoint", "mnist-vae-2d"), "of kind vae")):
        ran = run("invert", *words)
        assert ran.status == 2
        assert message in ran.err
