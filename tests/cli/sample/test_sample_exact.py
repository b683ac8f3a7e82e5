"""`sample --exact`: the exact reverse process of a data set as a lane like any other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import SHA256, mnist
from explorer.diffusion.exact import EmpiricalData
from explorer.diffusion.schedule import cosine
from explorer.exports.embedded import read_recipe
from explorer.recipe import ScheduleChoice

SHARED = ("--samples", 2, "--steps", 6, "--seed", 4)
SMALL = ("--exact", "mnist", "--images", 300)


def sampled(run: Callable[..., Any], out: Path, *arguments: object) -> dict[str, np.ndarray]:
    ran = run("sample", *SHARED, *arguments, "--out", out)
    assert ran.status == 0, ran.err
    with np.load(out, allow_pickle=False) as archive:
        return dict(archive)


def test_it_has_the_arrays_of_any_lane_beside_a_network(run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "chain.npz"
    found = sampled(run, out, "--checkpoint", "mnist-ddpm-c", *SMALL)
    names = {name.removeprefix("lane0/"): array.shape for name, array in found.items() if name.startswith("lane0/")}
    assert names == {name.removeprefix("lane1/"): array.shape for name, array in found.items() if name.startswith("lane1/")}
    assert np.array_equal(found["lane0/x"][0], found["lane1/x"][0])
    assert np.array_equal(found["lane0/z"], found["lane1/z"])
    recipe = read_recipe(out)
    assert recipe.chain is not None
    exact = recipe.chain.lanes[1].exact
    assert exact is not None
    assert (exact.dataset, exact.images, exact.follow) == ("mnist", 300, "draw")
    assert exact.sha256 == SHA256["train-images-idx3-ubyte.gz"]


def test_how_its_images_were_taken_is_said_once_and_can_be_told(run: Callable[..., Any], tmp_path: Path) -> None:
    images = mnist()[0][:20].reshape(-1, 28, 28)
    np.savez(tmp_path / "mine.npz", x_test=images[:5], x_train=images)
    asked = ("sample", "--exact", tmp_path / "mine.npz", "--through", "A", "--through", "C", "--samples", 1, "--steps", 2)
    ran = run(*asked, "--out", tmp_path / "a.png")
    said = [line for line in ran.err.replace("\r", "\n").splitlines() if "images" in line]
    assert said == [f"{tmp_path / 'mine.npz'}: 20 images, x_train, values 0 to 255"]
    ran = run(*asked, "--member", "x_test", "--json", "--out", tmp_path / "b.png")
    assert "mine.npz: 5 images, x_test" in ran.err
    assert len(json.loads(ran.out)["lanes"]) == 2
    assert "images" not in run("sample", *SMALL, "--samples", 1, "--steps", 2, "--out", tmp_path / "c.png").err


def test_the_state_is_drawn_from_the_mixture_whose_mean_is_shown(run: Callable[..., Any], tmp_path: Path) -> None:
    found = {name.removeprefix("lane0/"): array for name, array in sampled(run, tmp_path / "a.npz", *SMALL).items()}
    images = to_unit_range(mnist()[0][:300])
    data = EmpiricalData(torch.from_numpy(images))
    for k in range(6):
        ideal = data.denoise(torch.from_numpy(found["x"][k]), float(found["alpha_bar"][k])).numpy()
        a0, at, sigma = (float(found[name][k]) for name in ("a0", "at", "sigma"))
        np.testing.assert_allclose(found["x0_hat"][k], ideal, atol=1e-5)
        np.testing.assert_allclose(found["mean"][k], a0 * ideal + at * found["x"][k], atol=1e-5)
        drawn = (found["x"][k + 1] - at * found["x"][k] - sigma * found["z"][k]) / a0
        error = np.abs(drawn[:, None] - images[None]).max(axis=(2, 3, 4)).min(axis=1)
        assert error.max() < 1e-4 / a0


def test_sample_5_is_the_same_among_any_number_and_the_file_is_made_again(run: Callable[..., Any], tmp_path: Path) -> None:
    few = sampled(run, tmp_path / "few.npz", *SMALL, "--samples", 3)
    many = sampled(run, tmp_path / "many.npz", *SMALL, "--samples", 20)
    assert many["lane0/x"].shape[1] == 20
    assert np.array_equal(few["lane0/x"], many["lane0/x"][:, :3])
    again = tmp_path / "again.npz"
    sampled(run, again, *SMALL, "--samples", 3)
    assert again.read_bytes() == (tmp_path / "few.npz").read_bytes()


def test_through_every_option_the_ideal_denoiser_makes_the_same(run: Callable[..., Any], tmp_path: Path) -> None:
    through = [word for option in "ABC" for word in ("--through", option)]
    found = sampled(run, tmp_path / "abc.npz", *SMALL, "--follow", "mean", *through)
    for lane in ("lane1", "lane2"):
        np.testing.assert_allclose(found[f"{lane}/x"], found["lane0/x"], atol=2e-3)
    out = tmp_path / "abc.png"
    assert run("sample", *SMALL, "--follow", "mean", *through, *SHARED, "--out", out).status == 0
    with Image.open(out) as picture:
        assert picture.width > picture.height


def test_its_schedule_is_swept_as_that_of_any_lane(run: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "swept.npz"
    found = sampled(run, out, *SMALL, "--follow", "mean", "--through", "A", "--sweep", "schedule=own,cosine:40")
    assert found["lane0/timesteps"][0] == 1000
    timesteps = found["lane1/timesteps"]
    assert timesteps[0] == 40
    np.testing.assert_allclose(found["lane1/alpha_bar"], cosine(40).alpha_bar.numpy()[timesteps])
    data = EmpiricalData(torch.from_numpy(to_unit_range(mnist()[0][:300])))
    for k in range(6):
        ideal = data.denoise(torch.from_numpy(found["lane1/x"][k]), float(found["lane1/alpha_bar"][k])).numpy()
        np.testing.assert_allclose(found["lane1/x0_hat"][k], ideal, atol=2e-3)
    recipe = read_recipe(out)
    assert recipe.chain is not None
    assert [lane.schedule for lane in recipe.chain.lanes] == [None, ScheduleChoice("cosine", 40)]


def test_data_sets_of_ones_own(run: Callable[..., Any], tmp_path: Path) -> None:
    array, folder = tmp_path / "mine.npy", tmp_path / "pictures"
    pixels = np.random.default_rng(0).integers(0, 256, (5, 8, 8), np.uint8)
    np.save(array, pixels)
    folder.mkdir()
    for i, picture in enumerate(pixels):
        Image.fromarray(picture).save(folder / f"{i}.png")
    one, other = (sampled(run, tmp_path / f"{path.stem}.npz", "--exact", path) for path in (array, folder))
    assert one["lane0/x"].shape == (7, 2, 1, 8, 8)
    assert np.array_equal(one["lane0/x"], other["lane0/x"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name at least one"),
        (("--exact", "no/such/folder"), "no such file"),
        (("--exact", "mnist", "--images", "0"), "greater than or equal to 1"),
        (("--exact", "mnist", "--images", "60001"), "holds 60000 images, not 60001"),
        (("--checkpoint", "mnist-ddpm-c", "--follow", "mean"), "are of an exact lane"),
        (("--exact", "mnist", "--steps", "1001", "--images", "9"), "steps must be in 1..1000"),
        (("--exact", "mnist", "--through", "D"), "D"),
        (("--exact", "mnist", "--images", "9", "--sweep", "schedule=linear:5"), "choose another T"),
        (("--exact", "mnist", "--images", "9", "--steps", "50", "--sweep", "schedule=own,cosine:40"), "steps must be in 1..40"),
    ],
)
def test_what_cannot_be_is_refused(refused: Callable[..., str], tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused("sample", *arguments, "--out", tmp_path / "x.npz")
    assert not (tmp_path / "x.npz").exists()


def test_empty_and_broken_data_sets_are_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    empty, broken, folder = tmp_path / "empty.npy", tmp_path / "broken-idx3-ubyte", tmp_path / "folder"
    np.save(empty, np.zeros((0, 28, 28), np.uint8))
    broken.write_bytes(b"\x00\x00\x08\x03\x00\x00\x00\x09")
    folder.mkdir()
    for path, words in ((empty, "holds no images"), (broken, "cut short"), (folder, "no pictures in this folder")):
        assert words in refused("sample", "--exact", path, "--out", tmp_path / "x.npz")
