"""How numbers and pictures are taken: found in them, or told; never silently as something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.datasets.arrays import members_of
from explorer.datasets.images import load_images, read_picture
from explorer.datasets.mnist import mnist
from explorer.datasets.reading import Reading
from explorer.errors import BadInput

KINDS = ["?", "i1", "u1", "<i2", ">i2", "<u2", "<i8", ">i8", "<f2", "<f4", ">f4", "<f8"]


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    """Eight digits (8, 28, 28), uint8."""
    return mnist("test")[0][:8, 0]


def saved(path: Path, array: np.ndarray) -> str:
    np.save(path, array)
    return str(path)


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_number_and_order(tmp_path: Path, digits: np.ndarray, kind: str, order: str) -> None:
    few = digits // 64 * 64 if np.dtype(kind).kind == "f" else digits
    values = digits > 127 if kind == "?" else (digits // 128 if kind == "i1" else few)
    found = load_images(saved(tmp_path / "a.npy", np.asarray(values, dtype=kind, order=order)))  # type: ignore[call-overload]
    wanted = (digits > 127) * np.uint8(255) if kind in ("?", "i1") else few
    np.testing.assert_array_equal(found.images[:, 0], wanted)
    assert found.taken == ("values 0 to 1" if kind in ("?", "i1") else "values 0 to 255")


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda d: d / 255, "values 0 to 1"), (lambda d: d / 255 - 1e-7, "values 0 to 1"), (lambda d: d / 127.5 - 1, "values -1 to 1"),
        (lambda d: d.astype(np.float32), "values 0 to 255"), (lambda d: d.astype(np.uint16) * 257, "values 0 to 65535"),
    ],
)  # fmt: skip
def test_the_range_is_found_and_said(tmp_path: Path, digits: np.ndarray, make: Callable[[np.ndarray], np.ndarray], found: str) -> None:
    data = load_images(saved(tmp_path / "a.npy", make(digits)))
    np.testing.assert_array_equal(data.images[:, 0], digits)
    assert data.taken == found


def test_a_range_that_is_told_goes_before_the_one_that_is_found(tmp_path: Path, digits: np.ndarray) -> None:
    dim = digits // 255  # bytes of 0 and 1, which by themselves are black and white
    path = saved(tmp_path / "a.npy", dim)
    told = load_images(path, told=Reading(range="0,255"))
    np.testing.assert_array_equal(told.images[:, 0], dim)
    assert told.sha256 != load_images(path).sha256, "other images"
    half = saved(tmp_path / "b.npy", digits / 510)  # of a range from -1 to 1 the upper half
    np.testing.assert_array_equal(load_images(half, told=Reading(range="-1,1")).images[:, 0], np.rint((digits / 510 + 1) * 127.5))
    with pytest.raises(BadInput, match="reach from 0 to 255, outside 0 to 1"):
        load_images(saved(tmp_path / "c.npy", digits), told=Reading(range="0,1"))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.full((2, 4, 4), 5.0), "tell it"), (np.full((2, 4, 4), -7, np.int8), "tell it"), (np.full((2, 4, 4), 1j), "complex128"),
        (np.full((2, 4, 4), np.nan), "not finite"), (np.full((2, 4, 4), "a"), "<U1"),
    ],
)  # fmt: skip
def test_what_can_be_no_range_is_refused_in_words(tmp_path: Path, values: np.ndarray, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        load_images(saved(tmp_path / "a.npy", values))


def test_black_and_white_of_an_idx_file_is_seen(tmp_path: Path, digits: np.ndarray) -> None:
    path = tmp_path / "black-and-white-images-idx3-ubyte"
    path.write_bytes(bytes([0, 0, 8, 3]) + b"".join(side.to_bytes(4, "big") for side in digits.shape) + (digits // 128).tobytes())
    found = load_images(str(path))
    np.testing.assert_array_equal(found.images[:, 0], (digits > 127) * np.uint8(255))
    assert found.taken == "values 0 to 1"
    np.testing.assert_array_equal(load_images(str(path), told=Reading(range="0,255")).images[:, 0], digits // 128)


def test_a_member_that_is_told(tmp_path: Path, digits: np.ndarray) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, y=np.arange(8), x_test=digits[4:], x_train=digits[:4], odd=digits[::-1])
    assert set(members_of(path)) == {"x_test", "x_train", "odd"}
    assert load_images(str(path)).taken == "x_train, values 0 to 255"
    odd = load_images(str(path), told=Reading(member="odd"))
    np.testing.assert_array_equal(odd.images[:, 0], digits[::-1])
    assert odd.taken == "odd, values 0 to 255, labels y"
    for member, why in (("none", "no array called none; it has odd, x_test, x_train, y"), ("y", r"not \(8,\)")):
        with pytest.raises(BadInput, match=why):
            load_images(str(path), told=Reading(member=member))


def test_an_archive_of_labels_alone_and_one_of_objects_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "labels.npz", y_train=np.arange(8), y_test=np.arange(3))
    with pytest.raises(BadInput, match=r"none of its arrays .*y_test, y_train.* is of images"):
        load_images(str(tmp_path / "labels.npz"))
    np.savez(tmp_path / "objects.npz", x=np.array([{}, {}], object))
    np.save(tmp_path / "objects.npy", np.array([[{}]], object))
    for name in ("objects.npz", "objects.npy"):
        with pytest.raises(BadInput, match="objects"):
            load_images(str(tmp_path / name))


def test_what_means_nothing_for_a_data_set_is_not_passed_over(tmp_path: Path, digits: np.ndarray) -> None:
    Image.fromarray(digits[0]).save(tmp_path / "a.png")
    array = saved(tmp_path / "a.npy", digits)
    for source, told, option in (
        ("mnist", Reading(range="0,255"), "--range"), (array, Reading(member="x"), "--member"), (array, Reading(labels="y"), "--labels"),
        (array, Reading(background="black"), "--background"), (str(tmp_path), Reading(member="x"), "--member"),
        (str(tmp_path), Reading(labels="none"), "--labels"), ("emoji", Reading(labels="none"), "--labels"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=f"leave out {option}"):
            load_images(source, told=told)


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tif", "a.gif"])
def test_transparent_pictures_are_seen_on_white_or_black_as_told(tmp_path: Path, digits: np.ndarray, name: str) -> None:
    ink = Image.merge("RGBA", [Image.new("L", (28, 28), 90)] * 3 + [Image.fromarray(np.where(digits[0] > 127, 255, 0).astype(np.uint8))])
    ink.save(tmp_path / name, **({"lossless": True} if name == "a.webp" else {}))
    for background, paper in (("white", 255), ("black", 0)):
        told = Reading(background=background)  # type: ignore[arg-type]
        wanted = np.where(digits[0] > 127, 90, paper)
        np.testing.assert_allclose(read_picture(tmp_path / name, told)[0], wanted, atol=1)
        np.testing.assert_allclose(load_images(str(tmp_path), told=told).images[0, 0], wanted, atol=1)


@pytest.mark.parametrize("name", ["a.webp", "a.tif", "a.jpg", "a.png"])
def test_a_picture_that_was_taken_lying_is_upright_in_every_format(tmp_path: Path, name: str) -> None:
    lying = Image.new("RGB", (40, 20))
    lying.paste((255, 0, 0), (0, 0, 20, 20))  # left half red: upright, the upper half
    exif = Image.Exif()
    exif[0x0112] = 6
    lying.save(tmp_path / name, exif=exif)
    seen = read_picture(tmp_path / name)
    assert seen.shape == (3, 40, 20)
    assert seen[0, 5, 10] > 200
    assert seen[0, 35, 10] < 50


def test_of_an_animated_picture_the_first_is_taken(tmp_path: Path, digits: np.ndarray) -> None:
    first, second = (Image.fromarray(digit) for digit in digits[:2])
    for name in ("a.gif", "a.png", "a.tif"):
        first.save(tmp_path / name, save_all=True, append_images=[second])
        np.testing.assert_array_equal(read_picture(tmp_path / name)[0], digits[0])


def test_a_dark_picture_of_floats_is_taken_in_the_range_that_is_told(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 3, np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(BadInput, match="tell it"):
        read_picture(tmp_path / "a.tif")
    assert (read_picture(tmp_path / "a.tif", Reading(range="0,255")) == 3).all()
    Image.fromarray(np.full((4, 4), -1e-7, np.float32)).save(tmp_path / "b.tif")
    assert (read_picture(tmp_path / "b.tif") == 0).all(), "rounding is no range from -1 to 1"
    Image.fromarray(np.full((4, 4), 200, np.int32)).save(tmp_path / "c.tif")
    assert (read_picture(tmp_path / "c.tif") == 200).all()
