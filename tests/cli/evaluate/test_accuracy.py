"""Accuracy is of the images that a classifier was trained on, or of those that are named; others are refused in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explorer.checkpoints.card import FORMAT_VERSION, Card, DataCard, NetworkCard
from explorer.checkpoints.files import save
from explorer.datasets.emoji import emoji
from explorer.datasets.images import load_images
from explorer.datasets.mnist import mnist
from explorer.models.classifier import Classifier, ClassifierConfig
from explorer.training.cards import config_dict, data_card


def idx(path: Path, array: np.ndarray) -> None:
    """An IDX file of bytes."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(side.to_bytes(4, "big") for side in array.shape)
    path.write_bytes(header + array.tobytes())


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder of IDX files of the person's: 64 inverted digits, labelled one further."""
    folder = tmp_path / "mnist"
    folder.mkdir()
    images, labels = (part[:64] for part in mnist("test"))
    idx(folder / "train-images-idx3-ubyte", 255 - images[:, 0])
    idx(folder / "train-labels-idx1-ubyte", (labels + 1) % 10)
    return folder


def classifier(path: Path, data: DataCard, classes: int = 10) -> Path:
    """An untrained one with a card that says what it was trained on."""
    torch.manual_seed(0)
    config = ClassifierConfig(data.shape[0], data.shape[1], width=4, features=8, classes=classes)
    save(path, Card(FORMAT_VERSION, "classifier", NetworkCard("classifier", config_dict(config)), data), Classifier(config).state_dict())
    return path


def evaluate(checkpoint: object, *more: object) -> tuple[object, ...]:
    return ("evaluate", "--checkpoint", checkpoint, "--metric", "accuracy", *more)


def test_one_of_other_images_is_not_measured_on_mnist(refused: Callable[..., str], own: Path, tmp_path: Path) -> None:
    data = data_card(load_images(str(own)))
    assert data.name == "mnist (folder)", "never the name of what comes with the app"
    assert "give --dataset" in refused(*evaluate(classifier(tmp_path / "a.safetensors", data)))
    called = DataCard("mnist", data.shape, data.value_range, data.sha256)  # as earlier versions wrote it
    assert "other images than those that come with the app" in refused(*evaluate(classifier(tmp_path / "b.safetensors", called)))


def test_named_images_are_measured_with_their_own_labels(run: Callable[..., Any], own: Path) -> None:
    upright = run(*evaluate("mnist-classifier", "--images", 64, "--json")).json
    ran = run(*evaluate("mnist-classifier", "--dataset", own, "--json")).json
    assert (ran["images"], ran["dataset"]) == (64, "mnist (folder)")
    assert upright["accuracy"] > 0.9 > 0.5 > ran["accuracy"]
    assert f"--dataset {own}" in ran["command"]


def test_labels_in_an_archive_are_read_or_told(run: Callable[..., Any], refused: Callable[..., str], tmp_path: Path) -> None:
    images, labels = (part[:64] for part in mnist("test"))
    path = tmp_path / "own.npz"
    np.savez(path, x=images, y=labels, shifted=(labels + 1) % 10)
    asked = evaluate("mnist-classifier", "--dataset", path, "--json")
    assert run(*asked).json["accuracy"] > 0.9 > 0.5 > run(*asked, "--labels", "shifted").json["accuracy"]
    assert "has no labels, which accuracy is about" in refused(*asked, "--labels", "none")
    assert "own.npz: has no array called z" in refused(*asked, "--labels", "z")
    assert "--labels: of no meaning without --dataset" in refused(*evaluate("mnist-classifier", "--labels", "y"))


def test_one_of_another_shipped_data_set_is_measured_on_that(run: Callable[..., Any], tmp_path: Path) -> None:
    images, labels = emoji("test")
    path = classifier(tmp_path / "a.safetensors", data_card(load_images("emoji")), classes=9)
    ran = run(*evaluate(path, "--json"))
    assert ran.json["images"] == len(images) == len(labels)


def test_images_that_cannot_be_judged_are_refused(refused: Callable[..., str], own: Path, tmp_path: Path) -> None:
    data = data_card(load_images(str(own)))
    few = classifier(tmp_path / "few.safetensors", data, classes=5)
    assert "labels up to 9" in refused(*evaluate(few, "--dataset", own))
    assert "knows 5 classes, 0 to 4" in refused(*evaluate(few, "--dataset", own))
    assert "its images are 3 × 32 × 32" in refused(*evaluate(few, "--dataset", "emoji"))
    np.save(tmp_path / "plain.npy", mnist("test")[0][:8, 0])
    assert "has no labels" in refused(*evaluate(few, "--dataset", tmp_path / "plain.npy"))
    assert "of no meaning for accuracy" in refused(*evaluate(few, "--draws", 3))


@pytest.mark.parametrize("metric", ["prior-share", "elbo"])
def test_a_vae_of_other_images_is_not_judged_by_what_knows_digits(
    refused: Callable[..., str], copy_of_vae: Callable[[str], Path], metric: str
) -> None:
    assert "was trained on" in refused("evaluate", "--checkpoint", copy_of_vae("mnist"), "--metric", metric, "--images", 20)


@pytest.fixture
def copy_of_vae(tmp_path: Path) -> Callable[[str], Path]:
    """The shipped VAE with a card that says other images, under a name."""
    import msgspec
    from safetensors.torch import load_file

    from explorer.checkpoints.files import load
    from explorer.checkpoints.locate import locate

    def make(name: str) -> Path:
        source = locate("mnist-vae-2d")
        card = load(source).card
        data = DataCard(name, card.data.shape, card.data.value_range, "0" * 64)
        save(tmp_path / "vae.safetensors", msgspec.structs.replace(card, data=data), load_file(source))
        return tmp_path / "vae.safetensors"

    return make
