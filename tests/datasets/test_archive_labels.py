"""Labels in an .npz beside its images: found by name, length and numbers, or told; what is none is refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.datasets.arrays import label_members_of
from explorer.datasets.images import load_images
from explorer.datasets.mnist import mnist
from explorer.datasets.reading import Reading
from explorer.errors import BadInput

N = 40


@pytest.fixture(scope="module")
def test_set() -> tuple[np.ndarray, np.ndarray]:
    """Images (80, 28, 28) and their classes."""
    images, labels = mnist("test")
    return images[: 2 * N, 0], labels[: 2 * N]


def written(folder: Path, **arrays: Any) -> str:
    np.savez(folder / "set.npz", **arrays)
    return str(folder / "set.npz")


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("x_train", "y_train"), ("train_images", "train_labels"), ("x", "y"), ("images", "targets"), ("data", "classes"),
        ("images", "train_labels"), ("t10k_images", "t10k_labels"), ("arr_0", "arr_1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["u1", "<i8", ">i4"])
def test_they_are_found_whatever_they_are_called_and_said(
    tmp_path: Path, test_set: tuple[np.ndarray, np.ndarray], images: str, labels: str, kind: str
) -> None:
    pixels, classes = test_set
    found = load_images(written(tmp_path, **{labels: classes.astype(kind), images: pixels}))
    assert found.labels is not None
    assert found.labels.dtype == np.uint8
    np.testing.assert_array_equal(found.labels, classes)
    assert found.taken == f"{images}, values 0 to 255, labels {labels}"


def test_each_split_has_its_own_even_where_both_are_as_long(tmp_path: Path, test_set: tuple[np.ndarray, np.ndarray]) -> None:
    pixels, classes = test_set
    parts = {"y_test": classes[N:], "x_test": pixels[N:], "y_train": classes[:N], "x_train": pixels[:N]}
    path = written(tmp_path, **parts)
    for split, own in (("train", classes[:N]), ("test", classes[N:])):
        np.testing.assert_array_equal(load_images(path, split).labels, own)
    told = load_images(path, "train", told=Reading(labels="y_test"))
    np.testing.assert_array_equal(told.labels, classes[N:])
    np.testing.assert_array_equal(told.images[:, 0], pixels[N:], "the images that they are of")
    without = written(tmp_path, x_train=pixels[:N], y_test=classes[:N])
    assert load_images(without).labels is None, "of another split by its name"


def test_a_column_is_a_list(tmp_path: Path, test_set: tuple[np.ndarray, np.ndarray]) -> None:
    pixels, classes = test_set
    np.testing.assert_array_equal(load_images(written(tmp_path, x=pixels, labels=classes[:, None])).labels, classes)


@pytest.mark.parametrize(
    "beside",
    [
        {"index": np.arange(2 * N)}, {"size": np.full(2 * N, 3000)}, {"labels": np.zeros(2 * N)}, {"labels": np.zeros(N, int)},
        {"labels": np.zeros((2 * N, 10), int)}, {"one": np.zeros(2 * N, int), "other": np.ones(2 * N, int)}, {"labels": np.array(3)},
    ],
)  # fmt: skip
def test_what_is_none_by_itself_is_left_alone(
    tmp_path: Path, test_set: tuple[np.ndarray, np.ndarray], beside: dict[str, np.ndarray]
) -> None:
    found = load_images(written(tmp_path, x=test_set[0], **beside))
    assert found.labels is None
    assert found.taken == "x, values 0 to 255"


def test_labels_beyond_a_byte_are_not_taken_and_that_is_said(tmp_path: Path, test_set: tuple[np.ndarray, np.ndarray]) -> None:
    for labels, reach in ((np.arange(2 * N) * 100, "0 to 7900"), (np.arange(2 * N) - 1, "-1 to 78")):
        found = load_images(written(tmp_path, x=test_set[0], labels=labels))
        assert found.labels is None
        assert found.taken.endswith(f"labels is not taken: labels are classes from 0 to at most 255; its numbers reach from {reach}")


def test_they_are_told_by_name_or_left_out(tmp_path: Path, test_set: tuple[np.ndarray, np.ndarray]) -> None:
    pixels, classes = test_set
    path = written(tmp_path, x=pixels, fine_labels=classes, coarse_labels=classes // 5, weight=np.ones(2 * N), few=classes[:3])
    assert label_members_of(Path(path)) == ("fine_labels", "coarse_labels")
    np.testing.assert_array_equal(load_images(path).labels, classes)
    np.testing.assert_array_equal(load_images(path, told=Reading(labels="coarse_labels")).labels, classes // 5)
    assert load_images(path, told=Reading(labels="none")).labels is None
    for labels, why in (
        ("weight", "weight is no list of labels, a whole number for each of the 80 images of x: it is float64 of shape"),
        ("few", r"few is no list of labels.* of shape \(3,\)"), ("gone", "no array called gone; it has coarse_labels, few, "),
        ("x", "x is no list of labels"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=rf"set.npz: (has )?{why}"):
            load_images(path, told=Reading(labels=labels))
    beyond = written(tmp_path, x=pixels, labels=np.arange(2 * N) + 300)
    with pytest.raises(BadInput, match=r"set.npz: labels: .*reach from 300 to 379"):
        load_images(beyond, told=Reading(labels="labels"))
    np.save(tmp_path / "a.npy", pixels)
    with pytest.raises(BadInput, match="leave out --labels"):
        load_images(str(tmp_path / "a.npy"), told=Reading(labels="y"))


def test_an_array_that_is_of_no_images_is_refused_as_such_whatever_labels_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, x=np.zeros((4, 8, 8), np.uint8), one=np.array(3), y=np.arange(4))
    for member, shape in (("one", r"\(\)"), ("y", r"\(4,\)")):
        with pytest.raises(BadInput, match=f"an array of images has shape .* not {shape}"):
            load_images(path, told=Reading(member=member, labels="y"))
