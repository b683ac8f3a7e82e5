"""`sample` with other samplers: what is in the files, what the labels say, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.exports.embedded import read_recipe
from explorer.recipe import Sampler

C = "mnist-ddpm-c"


@pytest.mark.parametrize(
    ("options", "sampler"),
    [
        (("--sampler", "heun"), Sampler(4, 0.0, method="heun")),
        (("--sampler", "dpm++2m", "--spacing", "linspace"), Sampler(4, 0.0, method="dpm++2m", spacing="linspace")),
        (("--sampler", "ddim", "--eta", "0.5", "--clip-range", "0.8"), Sampler(4, 0.5, True, "ddim", clip_range=0.8)),
        (("--variance", "large", "--spacing", "leading", "--offset", "1"), Sampler(4, variance="large", spacing="leading", offset=1)),
        (("--threshold", "0.9", "--no-alpha-to-one"), Sampler(4, clip=True, threshold=0.9, to_one=False)),
    ],
)
def test_the_states_follow_from_what_is_in_the_file(
    run: Callable[..., Any], tmp_path: Path, options: tuple[str, ...], sampler: Sampler
) -> None:  # fmt: skip
    path = tmp_path / "a.npz"
    said = run("sample", "--checkpoint", C, "--steps", 4, "--samples", 2, *options, "--out", path, "--json").json["lanes"][0]
    recipe = read_recipe(path)
    assert recipe.chain is not None
    assert recipe.chain.lanes[0].sampler == sampler
    assert said["sampler"] == sampler.method
    with np.load(path, allow_pickle=False) as file:
        found = {name.removeprefix("lane0/"): file[name] for name in file.files}
    for k in range(4):
        np.testing.assert_allclose(found["x"][k + 1], found["mean"][k] + found["sigma"][k] * found["z"][k], atol=1e-5)


def test_samplers_side_by_side_are_made_again_from_their_recipe(run: Callable[..., Any], tmp_path: Path) -> None:
    out, again = tmp_path / "a.npz", tmp_path / "b.npz"
    sweep = "method=ancestral,ddim,euler,heun,dpm++2m"
    ran = run("sample", "--checkpoint", C, "--steps", 3, "--samples", 2, "--sweep", sweep, "--out", out)
    assert ran.status == 0
    assert "DPM++ 2M" in ran.out
    said = run("replay", out, "--out", again).out
    assert "identical" in said or "the same up to the rounding of float32" in said
    with np.load(out, allow_pickle=False) as file:
        ends = [file[f"lane{i}/x"][-1] for i in range(5)]
        assert np.array_equal(file["lane0/x"][0], file["lane4/x"][0]), "all start from the same noise"
    np.testing.assert_allclose(ends[1], ends[2], atol=1e-5)  # DDIM with eta 0 is Euler's step
    assert all(np.abs(ends[a] - ends[b]).max() > 0.01 for a, b in ((0, 1), (2, 3), (2, 4), (3, 4)))


def test_pictures_of_another_sampler_are_made_again_with_their_labels(run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    both = ("--checkpoint", C, "--checkpoint", "mnist-ddpm-b")
    assert run("sample", *both, "--steps", 2, "--samples", 2, "--sampler", "heun", "--out", out).status == 0
    assert "identical" in run("replay", out, "--out", tmp_path / "b.png").out


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (("--sampler", "heun", "--eta", "1"), "the sampler heun adds no noise"),
        (("--sampler", "ddim", "--variance", "large"), "large and learned are of the ancestral sampler"),
        (("--offset", "3"), "it is of leading spacing"),
        (("--variance", "learned"), "its network has learned no variance"),
        (("--steps", "900", "--spacing", "leading", "--offset", "200"), "would begin at t = 1100"),
        (("--steps", "1", "--spacing", "linspace"), "needs at least 2 steps"),
    ],
)
def test_what_contradicts_itself_is_told(refused: Callable[..., str], tmp_path: Path, options: tuple[str, ...], cause: str) -> None:
    assert cause in refused("sample", "--checkpoint", C, "--samples", 1, *options, "--out", tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()


def test_an_exact_lane_follows_the_mean_under_another_sampler(run: Callable[..., Any], refused: Callable[..., str], tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    exact = ("sample", "--exact", "mnist", "--images", 50, "--steps", 3, "--samples", 1, "--sampler", "dpm++2m", "--out", path)
    assert run(*exact, "--json").json["lanes"][0]["exact"] == "mean"
    assert "for the sampler dpm++2m follow the mean" in refused(*exact, "--force", "--follow", "draw")


@pytest.mark.usefixtures("few_real_images")
def test_evaluating_says_the_sampler_and_how_to_measure_again(run: Callable[..., Any]) -> None:
    ran = run("evaluate", "--checkpoint", C, "--metric", "fid", "--images", 8, "--steps", 2, "--sampler", "dpm++2m", "--json")
    assert ran.json["sampler"] == "dpm++2m"
    assert "--steps 2 --sampler dpm++2m" in ran.json["command"]
