"""Folders of IDX files: which file is meant, and labels that belong to it."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.images import load_images
from explorer.errors import BadInput

PICTURES = np.arange(3 * 4 * 4, dtype=np.uint8).reshape(3, 4, 4)


def write(path: Path, array: np.ndarray) -> None:
    content = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def test_images_with_their_labels(tmp_path: Path) -> None:
    write(tmp_path / "train-images-idx3-ubyte", PICTURES)
    write(tmp_path / "train-labels-idx1-ubyte.gz", np.array([4, 5, 6], np.uint8))
    write(tmp_path / "t10k-images-idx3-ubyte.gz", PICTURES[:1])
    train, test = load_images(str(tmp_path)), load_images(str(tmp_path), "test")
    np.testing.assert_array_equal(train.images[:, 0], PICTURES)
    assert train.labels is not None
    assert train.labels.tolist() == [4, 5, 6]
    np.testing.assert_array_equal(test.images[:, 0], PICTURES[:1])
    assert test.labels is None
    assert train.sha256 != test.sha256


def test_the_only_file_is_meant_whatever_its_name(tmp_path: Path) -> None:
    write(tmp_path / "emnist-letters-train-images-idx3-ubyte", PICTURES)
    for split in ("train", "test"):
        assert len(load_images(str(tmp_path), split).images) == 3


def test_labels_that_do_not_match_are_named(tmp_path: Path) -> None:
    write(tmp_path / "train-images-idx3-ubyte", PICTURES)
    write(tmp_path / "train-labels-idx1-ubyte", np.array([4, 5], np.uint8))
    with pytest.raises(BadInput, match=r"train-labels-idx1-ubyte: holds 2 labels, but train-images-idx3-ubyte has 3 images"):
        load_images(str(tmp_path))
    write(tmp_path / "train-labels-idx1-ubyte", np.zeros((3, 2), np.uint8))
    with pytest.raises(BadInput, match=r"train-labels-idx1-ubyte: .* no list of labels"):
        load_images(str(tmp_path))


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    write(path, PICTURES)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(BadInput, match="train-images-idx3-ubyte"):
        load_images(str(tmp_path))


def test_several_that_no_name_singles_out_are_listed(tmp_path: Path) -> None:
    for name in ("a-images-idx3-ubyte", "b-images-idx3-ubyte"):
        write(tmp_path / name, PICTURES)
    with pytest.raises(BadInput, match=r"several files of images \(a-images-idx3-ubyte, b-images-idx3-ubyte\)"):
        load_images(str(tmp_path))


def test_a_folder_is_known_by_what_is_in_its_files(tmp_path: Path) -> None:
    write(tmp_path / "digits.bin", PICTURES)
    (tmp_path / "read me").write_text("what they are")
    assert load_images(str(tmp_path)).images.shape == (3, 1, 4, 4)


def test_a_picture_or_a_text_that_is_called_as_images_are_is_none(tmp_path: Path) -> None:
    Image.new("L", (4, 4), 7).save(tmp_path / "my-images.ubyte.png")
    (tmp_path / "about-images-ubyte").write_text("what they are")
    assert load_images(str(tmp_path)).images.tolist() == [[[[7] * 4] * 4]]
