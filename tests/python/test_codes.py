"""`explorer.encode` and `explorer.decode`: the command line's numbers, as arrays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import explorer
from explorer.cli import main
from explorer.datasets.mnist import mnist

VAE, AE = "mnist-vae-2d", "mnist-ae-2d"


def test_what_is_decoded_and_saved_is_what_the_command_line_writes(tmp_path: Path) -> None:
    found = explorer.decode(VAE, [[-1, 2.5], [0.25, -0.5]])
    assert (found.z.shape, found.x.shape, found.images.shape, found.images.dtype) == ((2, 2), (2, 1, 28, 28), (2, 28, 28), np.uint8)
    for ending in (".npz", ".png"):
        ours, theirs = tmp_path / f"ours{ending}", tmp_path / f"theirs{ending}"
        found.save(ours)
        assert main(["decode", "--checkpoint", VAE, "--z", "-1,2.5", "--z", "0.25,-0.5", "--out", str(theirs)]) == 0
        assert ours.read_bytes() == theirs.read_bytes()


def test_a_grid_is_a_picture_of_so_many_columns(tmp_path: Path) -> None:
    from PIL import Image

    side = np.linspace(-1, 1, 5)
    found = explorer.decode(VAE, np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2))
    found.save(tmp_path / "a.png", columns=5, scale=1)
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (5 * 28 + 4 * 2, 5 * 28 + 4 * 2)


def test_samples_of_the_prior_and_codes_of_many_numbers(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.png", tmp_path / "theirs.png"
    found = explorer.decode("mnist-vae-16d", prior=5, seed=3)
    found.save(ours)
    assert main(["decode", "--checkpoint", "mnist-vae-16d", "--prior", "5", "--seed", "3", "--out", str(theirs)]) == 0
    assert ours.read_bytes() == theirs.read_bytes()
    again = explorer.decode("mnist-vae-16d", found.z)
    assert np.array_equal(again.x, found.x)
    assert again.recipe.plane is not None
    assert len(again.recipe.plane.codes) == 5


def test_what_is_encoded_is_what_the_command_line_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from PIL import Image

    images = mnist("test")[0][:2]
    files = [tmp_path / f"{i}.png" for i in range(2)]
    for file, image in zip(files, images, strict=True):
        Image.fromarray(image[0]).save(file)
    found = explorer.encode(VAE, images, seed=5)
    assert main(["encode", "--checkpoint", VAE, *map(str, files), "--seed", "5", "--json"]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for name in ("mean", "sigma", "elbo", "log_likelihood", "kl", "reconstruction_error"):
        np.testing.assert_array_equal(getattr(found, name), [line[name] for line in said])
    assert found.reconstruction.shape == (2, 1, 28, 28)
    np.testing.assert_allclose(explorer.decode(VAE, found.mean).x, found.reconstruction, atol=1e-5)


def test_images_come_in_many_shapes_and_are_the_same() -> None:
    images = mnist("test")[0][7:9]
    wanted = explorer.encode(VAE, images, bounds=False)
    assert wanted.elbo is None
    assert wanted.kl is not None
    for same in (images[:, 0], images.transpose(0, 2, 3, 1), images / 127.5 - 1, ["mnist:7", "mnist:8"]):
        np.testing.assert_allclose(explorer.encode(VAE, same, bounds=False).mean, wanted.mean, atol=1e-5)
    np.testing.assert_allclose(explorer.encode(VAE, images[0, 0], bounds=False).mean, wanted.mean[:1], atol=1e-5)


def test_an_ae_has_points_for_codes() -> None:
    found = explorer.encode(AE, mnist("test")[0][:3])
    assert found.mean.shape == (3, 2)
    assert [found.sigma, found.kl, found.elbo, found.log_likelihood] == [None] * 4
    assert (found.reconstruction_error > 0).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explorer.decode(VAE), "give codes, or how many"),
        (lambda: explorer.decode(VAE, [0.0, 0.0], prior=3), "give codes, or how many"),
        (lambda: explorer.decode(VAE, [0.0, 0.0, 0.0]), r"mnist-vae-2d: has codes of 2 numbers, as an array \(M, 2\), not \(3,\)"),
        (lambda: explorer.decode(VAE, [float("nan"), 0.0]), "not finite"),
        (lambda: explorer.decode(VAE, np.zeros((20_000, 2))[:, :1]), "codes of 2 numbers"),
        (lambda: explorer.decode("mnist-vae-16d", np.zeros((20_000, 16))), "at most 16,384 codes"),
        (lambda: explorer.decode(VAE, np.zeros((20_000, 2))), "at most 16,384 codes"),
        (lambda: explorer.decode(VAE, [1e300, 0.0]), "not finite"),
        (lambda: explorer.decode(VAE, [1j, 0.0]), "real numbers each, not of complex128"),
        (lambda: explorer.decode(VAE, [[0.0, 0.0], [0.0]]), "an array of 2 numbers each"),
        (lambda: explorer.decode(VAE, prior=4).save("a.png", columns=5), "columns must be in 1..4"),
        (lambda: explorer.decode(VAE, prior=4).save("a.png", scale=65), "scale must be in 1..64"),
        (lambda: explorer.decode(VAE, prior=0), "prior must be in"),
        (lambda: explorer.decode("mnist-ddpm-c", prior=1), "of kind ddpm; give a vae or an ae"),
        (lambda: explorer.decode("nowhere", prior=1), "nowhere"),
        (lambda: explorer.encode(VAE, np.zeros((2, 8, 8), np.uint8)), r"takes images of shape \(1, 28, 28\)"),
        (lambda: explorer.encode(VAE, np.zeros((0, 28, 28), np.uint8)), "there are no images"),
        (lambda: explorer.encode(VAE, np.zeros((28, 28), np.int32)), "int32 numbers"),
        (lambda: explorer.encode(VAE, np.full((28, 28), 255.0)), r"values up to 255; images are uint8, or floats in \[-1, 1\]"),
        (lambda: explorer.encode(VAE, [np.zeros((28, 28)), np.zeros((2, 2))]), "takes images of one shape"),
        (lambda: explorer.encode(VAE, "nowhere.png"), "nowhere.png"),
        (lambda: explorer.encode(VAE, "mnist:0", seed=-1), "the seed must be in"),
    ],
)
def test_what_cannot_be_is_one_line(call: Any, words: str) -> None:
    with pytest.raises(explorer.BadInput, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
