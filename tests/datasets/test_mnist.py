"""The MNIST that comes with the app."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets import mnist as module
from explorer.datasets.mnist import SHA256, mnist
from explorer.errors import BadInput
from explorer.resources import resource


@pytest.mark.parametrize(("split", "count"), [("train", 60_000), ("test", 10_000)])
def test_the_four_original_files(split: str, count: int) -> None:
    images, labels = mnist(split)
    assert images.shape == (count, 1, 28, 28)
    assert labels.shape == (count,)
    assert images.dtype == labels.dtype == np.uint8
    assert sorted(set(labels.tolist())) == list(range(10))
    assert images.max() == 255


def test_the_first_digits_are_those_that_everybody_knows() -> None:
    assert mnist("train")[1][:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert mnist("test")[1][:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]


def test_the_files_are_what_their_hashes_say() -> None:
    for name, digest in SHA256.items():
        assert hashlib.sha256(resource("datasets", "mnist", name).read_bytes()).hexdigest() == digest


def test_a_split_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="'validation'"):
        mnist("validation")


@pytest.mark.parametrize(("damage", "cause"), [("change", "sha256 is"), ("remove", "install the app again")])
def test_a_damaged_installation_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str, cause: str) -> None:
    folder = tmp_path / "resources" / "datasets" / "mnist"
    shutil.copytree(resource("datasets", "mnist"), folder)
    labels = folder / "t10k-labels-idx1-ubyte.gz"
    if damage == "change":
        labels.write_bytes(labels.read_bytes()[:-1] + b"x")
    else:
        labels.unlink()
    monkeypatch.setattr("explorer.resources._PACKAGE", tmp_path)
    module._checked.cache_clear()
    try:
        with pytest.raises(BadInput, match=cause):
            mnist("test")
    finally:
        module._checked.cache_clear()
