"""The emoji that come with the app."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets import emoji as module
from explorer.datasets.emoji import SHA256, emoji
from explorer.datasets.images import SHIPPED_READERS, load_images
from explorer.datasets.shipped import SHIPPED
from explorer.errors import BadInput
from explorer.resources import resource

FILE = ("datasets", "emoji", "emoji.npz")


def test_the_file_is_what_its_hash_says() -> None:
    assert hashlib.sha256(resource(*FILE).read_bytes()).hexdigest() == SHA256


@pytest.mark.parametrize(("split", "count"), [("train", 3411), ("test", 370)])
def test_both_splits_in_colour(split: str, count: int) -> None:
    images, groups = emoji(split)
    assert images.shape == (count, 3, 32, 32)
    assert images.dtype == groups.dtype == np.uint8
    assert sorted(set(groups.tolist())) == list(range(9))
    assert not (images[:, 0] == images[:, 1]).all()


def test_no_test_image_is_a_training_image() -> None:
    known = {image.tobytes() for image in emoji("train")[0]}
    assert sum(image.tobytes() in known for image in emoji("test")[0]) <= 1  # one flag is another place's, too


def test_a_split_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="'validation'"):
        emoji("validation")


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("name", list(SHIPPED))
def test_what_is_said_of_shipped_data_is_so(name: str, split: str) -> None:
    known, told = load_images(name.upper(), split), SHIPPED[name]
    assert known.name == name
    assert known.image_shape == told.shape
    assert len(known.images) == (told.train if split == "train" else told.test)
    assert known.labels is not None
    assert len(known.labels) == len(known.images)
    assert bool(np.median(known.images) == 0) is told.dark_ground


def test_every_name_has_a_reader() -> None:
    assert list(SHIPPED_READERS) == list(SHIPPED)


def test_by_its_name_it_is_what_it_is_by_its_file() -> None:
    by_name, by_file = load_images("emoji"), load_images(str(resource(*FILE)))
    assert (by_name.name, by_name.sha256) == (by_file.name, by_file.sha256)  # a card of either says the same
    assert np.array_equal(by_name.images, by_file.images)


@pytest.mark.parametrize(("damage", "cause"), [("change", "sha256 is"), ("remove", "install the app again")])
def test_a_damaged_installation_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str, cause: str) -> None:
    copy = tmp_path.joinpath("resources", *FILE)
    copy.parent.mkdir(parents=True)
    shutil.copy(resource(*FILE), copy)
    if damage == "change":
        copy.write_bytes(copy.read_bytes()[:-1] + b"x")
    else:
        copy.unlink()
    monkeypatch.setattr("explorer.resources._PACKAGE", tmp_path)
    module._checked.cache_clear()
    try:
        with pytest.raises(BadInput, match=cause):
            emoji("test")
    finally:
        module._checked.cache_clear()
