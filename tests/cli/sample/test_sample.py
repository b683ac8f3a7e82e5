"""`sample`: what is in the files, shared noise, and every way to ask for what cannot be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.checkpoints.files import file_sha256, load, save
from explorer.checkpoints.locate import locate
from explorer.diffusion.noise import noise_array
from explorer.engine.models import devices
from explorer.exports.embedded import read_recipe
from explorer.recipe import ChainRecipe, Lane, Recipe, Sampler, ScheduleChoice

A, C = "mnist-ddpm-a", "mnist-ddpm-c"
Arrays = dict[str, np.ndarray]


def arrays(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


@pytest.fixture
def chain(run: Callable[..., Any], tmp_path: Path) -> Callable[..., Arrays]:
    """Arrays of a `sample` command."""

    def call(*arguments: object) -> Arrays:
        path = tmp_path / f"chain-{len(list(tmp_path.iterdir()))}.npz"
        ran = run("sample", *arguments, "--out", path)
        assert ran.status == 0, ran.err
        return arrays(path)

    return call


def test_arrays_have_the_promised_names_shapes_and_types(chain: Callable[..., Arrays]) -> None:
    found = chain("--checkpoint", A, "--checkpoint", C, "--samples", 3, "--steps", 4, "--seed", 9)
    K, N, image = 4, 3, (1, 28, 28)
    for lane in ("lane0", "lane1"):
        assert found[f"{lane}/x"].shape == (K + 1, N, *image)
        for name in ("x0_hat", "eps_hat", "mean", "z"):
            assert found[f"{lane}/{name}"].shape == (K, N, *image)
        for name in ("x", "x0_hat", "eps_hat", "mean", "z"):
            assert found[f"{lane}/{name}"].dtype == np.float32
            assert np.isfinite(found[f"{lane}/{name}"]).all()
        assert found[f"{lane}/timesteps"].tolist() == [1000, 750, 500, 250, 0]
        assert found[f"{lane}/alpha_bar"].dtype == np.float64
        betas = np.linspace(1e-4, 0.02, 1000)
        expected = np.concatenate([[1.0], np.cumprod(1 - betas)])[[1000, 750, 500, 250, 0]]
        np.testing.assert_allclose(found[f"{lane}/alpha_bar"], expected, rtol=1e-12)
        for name in ("a0", "at", "sigma"):
            assert found[f"{lane}/{name}"].shape == (K,)
    assert len(found) == 1 + 2 * 10


@pytest.mark.parametrize("options", [[], ["--eta", "0.4"], ["--eta", "0", "--clip"]])
def test_the_arrays_are_the_chain(chain: Callable[..., Arrays], options: list[str]) -> None:
    found = {name.removeprefix("lane0/"): array for name, array in chain("--checkpoint", C, "--samples", 2, "--steps", 5, *options).items()}
    a0, at, sigma = (found[name].reshape(-1, 1, 1, 1, 1) for name in ("a0", "at", "sigma"))
    x, level = found["x"], found["alpha_bar"][:-1].reshape(-1, 1, 1, 1, 1)
    np.testing.assert_allclose(found["mean"], a0 * found["x0_hat"] + at * x[:-1], atol=2e-4)
    np.testing.assert_allclose(x[1:], found["mean"] + sigma * found["z"], atol=1e-5)
    np.testing.assert_allclose(x[:-1], np.sqrt(level) * found["x0_hat"] + np.sqrt(1 - level) * found["eps_hat"], atol=1e-3)
    assert sigma[-1] == 0
    assert (sigma[:-1] > 0).all() == ("0" not in options)
    if "--clip" in options:
        assert np.abs(found["x0_hat"]).max() <= 1


def test_all_steps_if_none_are_named(chain: Callable[..., Arrays], tiny: Path) -> None:
    found = chain("--checkpoint", tiny, "--samples", 1)
    assert found["lane0/timesteps"].tolist() == list(range(20, -1, -1))
    assert found["lane0/x"].shape == (21, 1, 3, 8, 8)


def test_sample_5_of_6_is_sample_5_of_16(chain: Callable[..., Arrays]) -> None:
    few = chain("--checkpoint", C, "--samples", 6, "--steps", 4, "--seed", 2)
    many = chain("--checkpoint", C, "--samples", 16, "--steps", 4, "--seed", 2)
    assert np.array_equal(few["lane0/x"][0], many["lane0/x"][0, :6])
    np.testing.assert_allclose(few["lane0/x"][:, 5], many["lane0/x"][:, 5], atol=1e-3)
    assert np.abs(few["lane0/x"][-1, 5] - few["lane0/x"][-1, 4]).max() > 0.5


def test_lanes_share_their_noise_and_differ_in_the_rest(chain: Callable[..., Arrays]) -> None:
    found = chain("--checkpoint", A, "--checkpoint", C, "--samples", 2, "--steps", 4, "--seed", 7)
    assert np.array_equal(found["lane0/x"][0], found["lane1/x"][0])
    assert np.array_equal(found["lane0/z"], found["lane1/z"])
    assert np.array_equal(found["lane0/x"][0, 1], noise_array(7, 1, 0, (1, 28, 28)))
    assert np.array_equal(found["lane0/z"][2, 1], noise_array(7, 1, 500, (1, 28, 28)))
    assert not np.allclose(found["lane0/x"][-1], found["lane1/x"][-1])


def test_the_recipe_inside_says_how_it_came_to_be(chain: Callable[..., Arrays], run: Callable[..., Any], tmp_path: Path) -> None:
    lane = Lane(file_sha256(locate(C)), C, "C", Sampler(4, 0.5, True))
    where = devices.recorded(devices.choose("auto"), "fp32")
    wanted = Recipe(chain=ChainRecipe((lane,), 11, 2), arithmetic=where)
    assert where is not None
    options = ["--checkpoint", C, "--samples", 2, "--steps", 4, "--seed", 11, "--eta", 0.5, "--clip"]
    for ending in ("npz", "png", "gif", "mp4"):
        path = tmp_path / f"a.{ending}"
        assert run("sample", *options, "--out", path).status == 0
        assert read_recipe(path) == wanted


def test_a_picture_is_the_last_state(chain: Callable[..., Arrays], run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    options = ["--checkpoint", C, "--samples", 4, "--steps", 5]
    assert run("sample", *options, "--scale", 1, "--out", path).status == 0
    x0 = chain(*options)["lane0/x"][-1, :, 0]
    wanted = np.clip(np.rint((x0 + 1) * 127.5), 0, 255)
    with Image.open(path) as picture:
        shown = np.asarray(picture).astype(float)
    assert shown.shape == (58, 58)
    for index, (y, x) in enumerate([(0, 0), (0, 30), (30, 0), (30, 30)]):
        np.testing.assert_allclose(shown[y : y + 28, x : x + 28], wanted[index], atol=1)


def test_a_film_goes_from_noise_to_image(chain: Callable[..., Arrays], run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    options = ["--checkpoint", C, "--samples", 1, "--steps", 8]
    assert run("sample", *options, "--scale", 1, "--frames", 5, "--out", path).status == 0
    x = chain(*options)["lane0/x"][::2, 0, 0]
    with Image.open(path) as film:
        assert film.n_frames == 5
        for frame in range(5):
            film.seek(frame)
            shown = np.asarray(film.convert("L"))[:28].astype(float)
            np.testing.assert_allclose(shown, np.clip(np.rint((x[frame] + 1) * 127.5), 0, 255), atol=1)


def test_a_film_has_no_more_frames_than_states(run: Callable[..., Any], tiny: Path, tmp_path: Path) -> None:
    assert run("sample", "--checkpoint", tiny, "--samples", 1, "--out", tmp_path / "a.gif").status == 0
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 21


def test_colour_pictures_are_in_colour(run: Callable[..., Any], tiny: Path, tmp_path: Path) -> None:
    assert run("sample", "--checkpoint", tiny, "--samples", 2, "--out", tmp_path / "a.png").status == 0
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.mode == "RGB"
        red, green, _ = np.asarray(picture).transpose(2, 0, 1)
        assert not np.array_equal(red, green)


def test_json_says_what_was_done(run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    ran = run("sample", "--checkpoint", C, "--samples", 2, "--steps", 3, "--seed", 5, "--out", path, "--json")
    said = ran.json
    assert said["out"] == str(path)
    assert said["bytes"] == path.stat().st_size
    assert (said["samples"], said["seed"], said["device"]) == (2, 5, "cpu")
    assert said["lanes"] == [
        {
            "source": C, "sha256": file_sha256(locate(C)), "option": "C", "image_shape": [1, 28, 28],
            "T": 1000, "steps": 3, "eta": 1.0, "clip": False, "sampler": "ancestral", "precision": "fp32",
        }
    ]  # fmt: skip
    assert "step" in ran.err, "progress goes to stderr"


def test_bf16_is_near_fp32(chain: Callable[..., Arrays]) -> None:
    options = ["--checkpoint", C, "--samples", 2, "--steps", 3]
    exact, coarse = chain(*options), chain(*options, "--precision", "bf16")
    difference = np.abs(exact["lane0/x0_hat"] - coarse["lane0/x0_hat"])[-1]
    assert 0 < difference.max() < 0.5


def test_a_checkpoint_that_cannot_be_opened(refused: Callable[..., str], broken: tuple[Path, str], tmp_path: Path) -> None:
    path, cause = broken
    line = refused("sample", "--checkpoint", path, "--steps", 2, "--out", tmp_path / "a.png")
    assert "broken model.safetensors" in line
    assert cause in line
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize("name", ["a.npz", "a.png"])
def test_a_network_that_puts_out_no_numbers(run: Callable[..., Any], tiny: Path, tmp_path: Path, name: str) -> None:
    known, path = load(tiny), tmp_path / "overflows.safetensors"
    save(path, known.card, {name: 1e30 * weight for name, weight in known.network.state_dict().items()})
    ran = run("sample", "--checkpoint", path, "--steps", 2, "--out", tmp_path / name)
    assert ran.status == 2
    assert f"{path}: its network puts out numbers that are not finite, at t = 20" in ran.err.splitlines()[-1]
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--checkpoint", "mnist-vae-2d"], ["mnist-vae-2d.safetensors", "of kind vae", "needs a ddpm"]),
        (["--checkpoint", "nothing"], ["nothing: no such file", "mnist-ddpm-c"]),
        (["--checkpoint", C, "--steps", "1001"], ["mnist-ddpm-c", "steps must be in 1..1000, not 1001"]),
        (["--checkpoint", C, "--eta", "nan"], ["eta"]),
        (["--checkpoint", C, "--device", "abacus"], ["abacus", "cannot be used here"]),
        (["--checkpoint", C] * 17 + ["--steps", "1"], ["at most 16 lanes"]),
    ],
)
def test_what_cannot_be_sampled(refused: Callable[..., str], tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    line = refused("sample", *arguments, "--out", tmp_path / "a.png")
    for word in words:
        assert word in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.jpeg", "a", "no folder/a.png", "folder.png"])
def test_an_output_that_cannot_be_is_refused_before_the_checkpoint_is_opened(
    refused: Callable[..., str], tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder.png").mkdir()
    line = refused("sample", "--checkpoint", "nothing", "--out", tmp_path / name)
    assert name in line
    assert "nothing" not in line


def test_pictures_need_one_shape_but_arrays_do_not(
    refused: Callable[..., str], chain: Callable[..., Arrays], tiny: Path, tmp_path: Path
) -> None:
    options = ["--checkpoint", C, "--checkpoint", tiny, "--samples", 1, "--steps", 2]
    assert "only an .npz holds both" in refused("sample", *options, "--out", tmp_path / "a.png")
    found = chain(*options)
    assert found["lane0/x"].shape[2:] == (1, 28, 28)
    assert found["lane1/x"].shape[2:] == (3, 8, 8)


def test_pictures_too_large_are_refused(refused: Callable[..., str], tmp_path: Path) -> None:
    options = ["--checkpoint", C, "--samples", 4096, "--scale", 64]
    assert "too large a picture" in refused("sample", *options, "--out", tmp_path / "a.png")
    assert "too large" in refused("sample", *options[:-2], "--scale", 8, "--out", tmp_path / "a.mp4")


def test_a_sweep_is_the_lanes_one_by_one(chain: Callable[..., Arrays], run: Callable[..., Any], tmp_path: Path) -> None:
    found = chain("--checkpoint", C, "--samples", 2, "--sweep", "steps=2,3", "--seed", 4)
    for i, steps in enumerate((2, 3)):
        alone = chain("--checkpoint", C, "--samples", 2, "--steps", steps, "--seed", 4)
        for name in ("x", "x0_hat", "z", "timesteps"):
            np.testing.assert_array_equal(found[f"lane{i}/{name}"], alone[f"lane0/{name}"])
    seeds = chain("--checkpoint", C, "--samples", 1, "--steps", 2, "--sweep", "seed=4,5", "--seed", 9)
    np.testing.assert_array_equal(seeds["lane0/x"][0], found["lane0/x"][0][:1])
    np.testing.assert_array_equal(seeds["lane1/z"][0, 0], noise_array(5, 0, 1000, (1, 28, 28)))
    path = tmp_path / "sweep.png"
    options = ["--checkpoint", C, "--samples", 2, "--steps", 2, "--sweep", "schedule=own,cosine:400", "--grid", "--scale", 1]
    assert run("sample", *options, "--out", path).status == 0
    recipe = read_recipe(path)
    assert recipe.chain is not None
    assert [lane.schedule for lane in recipe.chain.lanes] == [None, ScheduleChoice("cosine", 400)]
    assert recipe.shown is not None
    assert (recipe.shown.layout, recipe.shown.scale) == ("grid", 1)
    assert recipe.shown.names == ("own schedule", "cosine, T = 400"), "what is drawn"


@pytest.mark.parametrize("sweep", ["steps=2,2000", "width=3", "eta=2", "schedule=linear:5"])
def test_a_sweep_that_cannot_be(run: Callable[..., Any], tmp_path: Path, sweep: str) -> None:
    ran = run("sample", "--checkpoint", C, "--samples", 1, "--sweep", sweep, "--out", tmp_path / "a.png")
    assert ran.status == 2
    assert len(ran.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
