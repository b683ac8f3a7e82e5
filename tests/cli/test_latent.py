"""`decode` and `encode`: the plane without the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.checkpoints.card import Card, DataCard, NetworkCard
from explorer.checkpoints.files import load, save
from explorer.checkpoints.locate import locate
from explorer.exports.embedded import read_recipe
from explorer.latent.prior import prior_codes
from explorer.latent.slices import along_axes, random_plane
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.models.registry import build
from explorer.recipe import PlaneGrid, PlaneRecipe, Point, PriorSamples, Slice, Stroke

VAE, AE = "mnist-vae-2d", "mnist-ae-2d"


def network(name: str) -> Autoencoder:
    found = load(locate(name)).network
    assert isinstance(found, Autoencoder)
    return found


def decoded(*codes: tuple[float, float]) -> np.ndarray:
    """Tiles (M, 28, 28) of 0..255, unrounded."""
    with torch.inference_mode():
        return (network(VAE).decode(torch.tensor(codes, dtype=torch.float32))[:, 0].numpy() + 1) * 127.5


def test_codes_make_a_row(run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert run("decode", "--checkpoint", VAE, "--z", "-1,2.5", "--z", "0.25, -0.5", "--scale", 1, "--out", path).status == 0
    wanted = decoded((-1, 2.5), (0.25, -0.5))
    with Image.open(path) as picture:
        shown = np.asarray(picture).astype(float)
    assert shown.shape == (28, 58)
    np.testing.assert_allclose(shown[:, :28], wanted[0], atol=0.51)
    np.testing.assert_allclose(shown[:, 30:], wanted[1], atol=0.51)
    plane = read_recipe(path).plane
    assert plane is not None
    assert (plane.source, plane.points) == (VAE, (Point("1", -1, 2.5), Point("2", 0.25, -0.5)))


def test_a_grid_has_y_upwards(run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    ran = run("decode", "--checkpoint", VAE, "--grid", 2, "--extent", 4, "--scale", 1, "--out", path, "--json")
    assert ran.json["z"] == [[-2, 2], [2, 2], [-2, -2], [2, -2]]
    wanted = decoded((-2, 2), (2, 2), (-2, -2), (2, -2))
    with Image.open(path) as picture:
        shown = np.asarray(picture).astype(float)
    assert shown.shape == (56, 56)
    np.testing.assert_allclose(shown[:28, 28:], wanted[1], atol=0.51)
    np.testing.assert_allclose(shown[28:, :28], wanted[2], atol=0.51)
    plane = read_recipe(path).plane
    assert plane is not None
    assert plane.grid == PlaneGrid((-4, 4, -4, 4), 2, 2)


def test_a_grid_about_a_point(run: Callable[..., Any], tmp_path: Path) -> None:
    ran = run("decode", "--checkpoint", VAE, "--grid", 1, "--z", "1.5,-2", "--out", tmp_path / "a.png", "--json")
    assert ran.json["z"] == [[1.5, -2]]


def test_decodings_as_arrays(run: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    assert run("decode", "--checkpoint", VAE, "--z", "1,1", "--out", path).status == 0
    with np.load(path) as found:
        assert found["z"].tolist() == [[1, 1]]
        assert found["x"].shape == (1, 1, 28, 28)
        np.testing.assert_allclose((found["x"][:, 0] + 1) * 127.5, decoded((1, 1)), atol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["nothing to decode"]),
        (["--z", "1"], ["--z 1", "codes of 2 numbers, not 1"]),
        (["--z", "1,2,3"], ["codes of 2 numbers, not 3"]),
        (["--z", "left"], ["--z left", "finite numbers"]),
        (["--z", "1,nan"], ["--z 1,nan", "finite numbers"]),
        (["--grid", "0"], ["--grid"]),
        (["--grid", "2", "--extent", "nan"], ["extent"]),
        (["--grid", "2", "--z", "0,0", "--z", "1,1"], ["one centre"]),
    ],
)
def test_what_cannot_be_decoded(refused: Callable[..., str], tmp_path: Path, arguments: list[str], words: list[str]) -> None:
    line = refused("decode", "--checkpoint", VAE, *arguments, "--out", tmp_path / "a.png")
    for word in words:
        assert word in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wish", [("--grid", 64), ("--prior", 4096)])
def test_a_picture_too_large_is_refused_before_it_is_decoded(refused: Callable[..., str], tmp_path: Path, wish: tuple[str, int]) -> None:
    assert "too large a picture" in refused("decode", "--checkpoint", VAE, *wish, "--scale", 64, "--out", tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_decode_needs_an_autoencoder_and_an_output(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "of kind ddpm" in refused("decode", "--checkpoint", "mnist-ddpm-c", "--z", "0,0", "--out", tmp_path / "a.png")
    assert "a.gif" in refused("decode", "--checkpoint", VAE, "--z", "0,0", "--out", tmp_path / "a.gif")


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A VAE with codes of 6 numbers, fresh."""
    torch.manual_seed(0)
    config = AutoencoderConfig(code=6, hidden=(8,))
    network_card = NetworkCard("autoencoder", {"code": 6, "hidden": [8]})
    path = tmp_path / "deep.safetensors"
    save(path, Card(1, "vae", network_card, DataCard("mnist", (1, 28, 28), (-1, 1), "0" * 64)), build("autoencoder", config).state_dict())
    return path


def recipe_of(path: Path) -> PlaneRecipe:
    plane = read_recipe(path).plane
    assert plane is not None
    return plane


def test_codes_of_more_dimensions_are_kept_in_the_recipe(run: Callable[..., Any], deep: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.npz"
    assert run("decode", "--checkpoint", deep, "--z", "1,2,3,4,5,6", "--out", out).status == 0
    with np.load(out) as found:
        assert found["z"].tolist() == [[1, 2, 3, 4, 5, 6]]
    assert recipe_of(out).codes == ((1, 2, 3, 4, 5, 6),)


def test_grids_and_places_lie_on_a_slice(run: Callable[..., Any], deep: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    said = run("decode", "--checkpoint", deep, "--slice", "axes", "--along", "4,1", "--offsets", "0.5", "--grid", 2, "--out", out, "--json")
    wanted = along_axes(6, 4, 1).moved((0.5,)).lift([[-1.5, 1.5], [1.5, 1.5], [-1.5, -1.5], [1.5, -1.5]])
    np.testing.assert_allclose(said.json["z"], wanted)
    assert recipe_of(out).slice == Slice("axes", 4, 1, offsets=(0.5,))
    assert recipe_of(out).grid == PlaneGrid((-3, 3, -3, 3), 2, 2)
    said = run("decode", "--checkpoint", deep, "--slice", "random", "--seed", 3, "--z", "1,2", "--out", out, "--force", "--json")
    np.testing.assert_allclose(said.json["z"], random_plane(6, 3).lift([[1, 2]]), rtol=1e-6)
    assert recipe_of(out).points == (Point("1", 1, 2),)
    images = ("--slice", "images", "--through", "3,14,159", "--z", "0,0")
    said = run("decode", "--checkpoint", deep, *images, "--out", out, "--force", "--json")
    assert recipe_of(out).slice == Slice("images", images=(3, 14, 159))


def test_a_slice_through_pictures_sees_transparent_ones_on_white_or_black(run: Callable[..., Any], deep: Path, tmp_path: Path) -> None:
    files = []
    for name, alpha in (("a", 90), ("b", 160), ("c", 230)):
        pixels = np.random.default_rng(alpha).integers(0, 255, (28, 28, 2), np.uint8)
        pixels[..., 1] = alpha
        files.append(tmp_path / f"{name}.png")
        Image.fromarray(pixels, "LA").save(files[-1])
    out, named = tmp_path / "out.png", [part for file in files for part in ("--picture", file)]
    for paper in ("white", "black"):
        places = ("--slice", "pictures", *named, "--z", "0,0", "--background", paper)
        ran = run("decode", "--checkpoint", deep, *places, "--out", out, "--force", "--json")
        first = run("encode", "--checkpoint", deep, files[0], "--background", paper, "--json").json["mean"]
        np.testing.assert_allclose(ran.json["z"], [first], atol=1e-5)
        assert recipe_of(out).slice == Slice("pictures", pictures=tuple(map(str, files)), background=paper)  # type: ignore[arg-type]


def test_samples_of_the_prior(run: Callable[..., Any], deep: Path, tmp_path: Path) -> None:
    said = run("decode", "--checkpoint", deep, "--prior", 5, "--seed", 7, "--out", tmp_path / "a.png", "--json")
    np.testing.assert_allclose(said.json["z"], prior_codes(7, range(5), 6).numpy(), rtol=1e-6)
    assert recipe_of(tmp_path / "a.png").prior == PriorSamples(5, 7)


@pytest.mark.parametrize("kind", ["line", "spherical", "geodesic"])
def test_paths_keep_their_ends(run: Callable[..., Any], deep: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "a.png"
    ends = ["--z", "-1,0.5", "--z", "1,-1"]
    said = run("decode", "--checkpoint", VAE, *ends, "--path", kind, "--frames", 5, "--out", out, "--json").json
    assert len(said["z"]) == 5
    assert said["z"][0] == [-1, 0.5]
    assert said["z"][4] == pytest.approx([1, -1])
    assert recipe_of(out).strokes == (Stroke("path", ((-1, 0.5), (1, -1)), 5, kind),)  # type: ignore[arg-type]
    run("decode", "--checkpoint", deep, "--z", "1,0,0,0,0,0", "--z", "0,1,0,0,0,0", "--path", kind, "--frames", 3, "--out", out, "--force")
    assert len(recipe_of(out).codes) == 3


def test_planes_that_cannot_be(refused: Callable[..., str], deep: Path, tmp_path: Path) -> None:
    out = ["--out", tmp_path / "a.png"]
    assert "add --slice" in refused("decode", "--checkpoint", deep, "--grid", 2, *out)
    assert "codes of 6 numbers, not 2; with --slice" in refused("decode", "--checkpoint", deep, "--z", "1,2", *out)
    assert "code of 2 numbers, not 3" in refused("decode", "--checkpoint", deep, "--slice", "axes", "--z", "1,2,3", *out)
    assert "0..5" in refused("decode", "--checkpoint", deep, "--slice", "axes", "--along", "0,6", "--grid", 2, *out)
    assert "different directions" in refused("decode", "--checkpoint", deep, "--slice", "axes", "--along", "1,1", "--grid", 2, *out)
    assert "two directions" in refused("decode", "--checkpoint", deep, "--slice", "axes", "--along", "1", "--grid", 2, *out)
    assert "--along x" in refused("decode", "--checkpoint", deep, "--slice", "axes", "--along", "x", "--grid", 2, *out)
    assert "give --through" in refused("decode", "--checkpoint", deep, "--slice", "images", "--grid", 2, *out)
    one = ("--picture", "a.png", "--grid", 2, *out)
    assert "twice or three times, not 1" in refused("decode", "--checkpoint", deep, "--slice", "pictures", *one)
    assert "files of --slice pictures" in refused("decode", "--checkpoint", deep, "--slice", "axes", *one)
    assert "without --slice pictures" in refused("decode", "--checkpoint", deep, "--background", "black", "--z", "1,1,1,1,1,1", *out)
    lost = ("--picture", tmp_path / "a.png", "--picture", tmp_path / "b.png")
    assert "a.png: no such file" in refused("decode", "--checkpoint", deep, "--slice", "pictures", *lost, "--grid", 2, *out)
    assert "4 more" in refused("decode", "--checkpoint", deep, "--slice", "axes", "--offsets", "1,1,1,1,1", "--grid", 2, *out)
    assert "no other plane" in refused("decode", "--checkpoint", VAE, "--slice", "axes", "--grid", 2, *out)
    assert "leave out" in refused("decode", "--checkpoint", VAE, "--prior", 2, "--z", "1,1", *out)
    assert "give --z twice" in refused("decode", "--checkpoint", VAE, "--path", "line", "--z", "1,1", *out)


@pytest.fixture
def digit(tmp_path: Path, mnist_test: tuple[np.ndarray, np.ndarray]) -> Path:
    """MNIST's first test image as a file."""
    path = tmp_path / "seven.png"
    Image.fromarray(mnist_test[0][0, 0]).save(path)
    return path


def test_encode_a_digit(run: Callable[..., Any], digit: Path, digits: torch.Tensor) -> None:
    ran = run("encode", "--checkpoint", VAE, digit, "--json")
    assert ran.status == 0
    assert ran.err == ""
    with torch.inference_mode():
        mean, log_variance = network(VAE).encode(digits[:1])
    assert log_variance is not None
    said = ran.json
    np.testing.assert_allclose(said["mean"], mean[0].numpy(), rtol=1e-4)
    np.testing.assert_allclose(said["sigma"], (0.5 * log_variance[0]).exp().numpy(), rtol=1e-4)
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()
    assert said["kl"] == pytest.approx(float(kl), rel=1e-4)
    assert said["elbo"] == pytest.approx(said["log_likelihood"] - said["kl"], rel=1e-5)
    assert said["changes"] == []


def test_the_code_of_an_ae_is_a_point(run: Callable[..., Any], digit: Path) -> None:
    said = run("encode", "--checkpoint", AE, digit, "--json").json
    assert len(said["mean"]) == 2
    assert "sigma" not in said
    assert 0 < said["reconstruction_error"] < 0.1


def test_another_picture_is_made_to_fit_and_it_says_so(run: Callable[..., Any], digit: Path, tmp_path: Path) -> None:
    with Image.open(digit) as seven:
        paper = Image.fromarray(255 - np.asarray(seven)).convert("RGB").resize((112, 112), Image.Resampling.NEAREST)
    paper.save(tmp_path / "paper.png")
    as_it_is = run("encode", "--checkpoint", VAE, digit, "--json").json
    ran = run("encode", "--checkpoint", VAE, tmp_path / "paper.png", "--json")
    assert ran.json["changes"] == ["made grey", "resized from 112x112 to 28x28", "inverted: the model knows light strokes on black"]
    assert "paper.png: made grey, resized from 112x112" in ran.err
    np.testing.assert_allclose(ran.json["mean"], as_it_is["mean"], atol=0.02)


def test_several_pictures_are_several_lines(run: Callable[..., Any], digit: Path) -> None:
    ran = run("encode", "--checkpoint", VAE, digit, digit)
    first, second = ran.out.splitlines()
    assert first == second
    assert first.startswith(f"{digit}: mean (")
    assert "KL" in first


def test_what_cannot_be_encoded(refused: Callable[..., str], digit: Path, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    assert "text.png: cannot be read as a picture" in refused("encode", "--checkpoint", VAE, digit, tmp_path / "text.png")
    assert "gone.png: no such file" in refused("encode", "--checkpoint", VAE, tmp_path / "gone.png")
    assert "of kind classifier" in refused("encode", "--checkpoint", "mnist-classifier", digit)


def test_encode_with_more_dimensions_says_every_number(run: Callable[..., Any], deep: Path, digit: Path) -> None:
    said = run("encode", "--checkpoint", deep, digit, "--json").json
    assert len(said["mean"]) == len(said["sigma"]) == 6
