"""A picture is what people see: upright, on white, in sRGB, in bytes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from explorer.datasets.folders import read_folder
from explorer.datasets.images import load_images, read_picture
from explorer.datasets.mnist import mnist
from explorer.errors import BadInput

ORIENTATION = 0x0112


@pytest.fixture
def digit() -> Image.Image:
    """A digit on a ground that is wider than high, so that turning it shows."""
    return ImageOps.expand(Image.fromarray(mnist("test")[0][0, 0]), (10, 0, 2, 4), 7)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_upright_however_the_camera_was_held(tmp_path: Path, digit: Image.Image, orientation: int) -> None:
    turns = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    turn = turns[orientation]
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    (digit if turn is None else digit.transpose(turn)).save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png")[0], np.asarray(digit))
    images, _ = read_folder(tmp_path)
    np.testing.assert_array_equal(images[0, 0], np.asarray(digit))
    squeezed, _ = read_folder(tmp_path, 20)
    upright = np.asarray(digit.resize((20, 20), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(squeezed[0, 0], upright)


def test_what_is_transparent_is_white_and_hidden_colours_stay_hidden(tmp_path: Path, digit: Image.Image) -> None:
    ink = Image.new("RGBA", digit.size, (0, 0, 0, 0))
    noise = np.random.default_rng(0).integers(0, 255, (*digit.size[::-1], 3), np.uint8)  # under full transparency
    ink.paste(Image.fromarray(noise), (0, 0))
    ink.putalpha(digit)
    hidden = np.asarray(ink).copy()
    hidden[..., :3][hidden[..., 3] > 0] = 0
    Image.fromarray(hidden).save(tmp_path / "a.png")
    seen = read_picture(tmp_path / "a.png")
    assert np.abs(seen.astype(int) - (255 - np.asarray(digit).astype(int))).max() <= 1


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)])
def test_floats_are_bytes_of_the_range_that_they_are_in(tmp_path: Path, digit: Image.Image, low: float, high: float) -> None:
    values = np.asarray(digit, np.float32) / 255 * (high - low) + low
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert np.abs(read_picture(tmp_path / "a.tif")[0].astype(int) - np.asarray(digit)).max() <= 1


@pytest.mark.parametrize(("spoilt", "why"), [(1e6, "reach from 0 to 1000000"), (float("nan"), "not finite"), (-3.0, "reach from -3")])
def test_values_of_no_picture_are_refused(tmp_path: Path, spoilt: float, why: str) -> None:
    values = np.zeros((4, 4), np.float32)
    values[1, 2] = spoilt
    Image.fromarray(values).save(tmp_path / "a.tif")
    with pytest.raises(BadInput, match=why):
        read_picture(tmp_path / "a.tif")


def test_colours_are_those_of_the_profile(tmp_path: Path) -> None:
    plain = Image.new("RGB", (4, 4), (200, 100, 50))
    plain.save(tmp_path / "plain.png")
    same = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    other = same.replace(b"rXYZ", b"----", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"----", b"bXYZ", 1)  # its red is sRGB's blue
    plain.save(tmp_path / "srgb.png", icc_profile=same)
    plain.save(tmp_path / "spoilt.png", icc_profile=b"nonsense")
    plain.save(tmp_path / "other.png", icc_profile=other)
    wanted = read_picture(tmp_path / "plain.png")
    assert np.abs(read_picture(tmp_path / "srgb.png").astype(int) - wanted).max() <= 1
    np.testing.assert_array_equal(read_picture(tmp_path / "spoilt.png"), wanted)
    assert np.abs(read_picture(tmp_path / "other.png")[::-1].astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("junk", ["._a.png", "__MACOSX/a.png", ".thumbnails/a.png", ".ipynb_checkpoints/a-checkpoint.png"])
def test_what_systems_leave_in_a_folder_is_no_picture_of_it(tmp_path: Path, digit: Image.Image, junk: str) -> None:
    digit.save(tmp_path / "a.png")
    place = tmp_path / junk
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"\x00\x05\x16\x07 no picture")
    images, _ = read_folder(tmp_path)
    assert len(images) == 1


def saved(path: Path, **arrays: np.ndarray) -> Path:
    np.savez(path, **arrays)
    return path


def test_of_several_arrays_the_images_of_the_split_are_taken(tmp_path: Path) -> None:
    (train, labels), (test, _) = mnist("train"), mnist("test")
    keras = saved(tmp_path / "keras.npz", x_test=test[:3, 0], x_train=train[:5, 0], y_test=labels[:3], y_train=labels[:5])
    np.testing.assert_array_equal(load_images(str(keras)).images, train[:5])
    np.testing.assert_array_equal(load_images(str(keras), "test").images, test[:3])
    first = saved(tmp_path / "labels-first.npz", about=np.array("digits"), labels=labels[:5], pixels=train[:5, 0])
    np.testing.assert_array_equal(load_images(str(first)).images, train[:5])
    with pytest.raises(BadInput, match=r"none of its arrays \(labels\) is of images"):
        load_images(str(saved(tmp_path / "none.npz", labels=labels[:5])))


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (-1e-7, 1.0), (0.0, 1 + 2e-7), (-1.0, 2.0), (-1.0 - 1e-6, 2.0)])
def test_rounding_changes_no_range(tmp_path: Path, shift: float, scale: float) -> None:
    digits = mnist("test")[0][:4]
    np.save(tmp_path / "a.npy", digits.astype(np.float64) / 255 * scale + shift)
    assert np.abs(load_images(str(tmp_path / "a.npy")).images.astype(int) - digits).max() <= 1


def test_a_range_that_is_none_says_both_ends(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((2, 4, 4), 1.0021))
    with pytest.raises(BadInput, match=r"reach from 0 to 1.0021, which is none of 0 to 1"):
        load_images(str(tmp_path / "a.npy"))


@pytest.mark.parametrize("kind", [np.uint8, np.bool_])
def test_black_and_white_is_black_and_white(tmp_path: Path, kind: type) -> None:
    digits = (mnist("test")[0][:4] > 127).astype(kind)
    np.save(tmp_path / "a.npy", digits)
    np.testing.assert_array_equal(load_images(str(tmp_path / "a.npy")).images, digits.astype(np.uint8) * 255)


def test_a_file_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    digits = mnist("test")[0][:4]
    buffer = io.BytesIO()
    np.save(buffer, digits)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(buffer.getvalue())
    np.testing.assert_array_equal(load_images(str(tmp_path / "train-images-idx3-ubyte")).images, digits)
    idx = b"\x00\x00\x08\x03" + b"".join(n.to_bytes(4, "big") for n in digits[:, 0].shape) + digits.tobytes()
    (tmp_path / "images.npy").write_bytes(idx)
    np.testing.assert_array_equal(load_images(str(tmp_path / "images.npy")).images, digits)
