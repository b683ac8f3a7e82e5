"""Images from whatever names them: MNIST, IDX files, arrays, folders of pictures."""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.datasets import folders
from explorer.datasets.folders import KEPT_FILES
from explorer.datasets.images import load_images, read_picture, to_unit_range
from explorer.endings import PICTURES
from explorer.errors import BadInput


@pytest.fixture
def grey() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)


@pytest.fixture
def colour() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (5, 3, 8, 12), dtype=np.uint8)


def test_the_unit_range_is_exact_at_its_ends() -> None:
    values = to_unit_range(np.array([0, 51, 255], np.uint8))
    assert values.dtype == np.float32
    assert values.tolist() == pytest.approx([-1, -0.6, 1], abs=1e-7)


@pytest.mark.parametrize("name", ["mnist", "MNIST"])
def test_mnist_by_name(name: str) -> None:
    data = load_images(name, "test")
    assert data.name == "mnist"
    assert data.image_shape == (1, 28, 28)
    assert data.labels is not None
    assert len(data.labels) == len(data.images) == 10_000
    assert data.sha256 == "1a1a05eab793c14bb050b398624a11b0ffd1a2953baed553b1b9bd079e2a20be"


def test_an_idx_file(tmp_path: Path, grey: np.ndarray) -> None:
    path = tmp_path / "letters-idx3"
    path.write_bytes(struct.pack(">BBBB3I", 0, 0, 8, 3, *grey.shape) + grey.tobytes())
    data = load_images(str(path))
    assert np.array_equal(data.images, grey[:, None])
    assert data.name == "letters-idx3"
    assert data.labels is None
    assert data.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_labels_are_no_images(tmp_path: Path) -> None:
    path = tmp_path / "labels-idx1"
    path.write_bytes(struct.pack(">BBBB1I", 0, 0, 8, 1, 3) + b"abc")
    with pytest.raises(BadInput, match=r"labels-idx1: .*\(3,\)"):
        load_images(str(path))


@pytest.mark.parametrize("layout", ["NHW", "N1HW", "NHW1"])
def test_grey_arrays_of_any_layout(tmp_path: Path, grey: np.ndarray, layout: str) -> None:
    array = {"NHW": grey, "N1HW": grey[:, None], "NHW1": grey[..., None]}[layout]
    np.save(tmp_path / "a.npy", array)
    images = load_images(str(tmp_path / "a.npy")).images
    assert images.flags.c_contiguous
    assert np.array_equal(images, grey[:, None])


def test_colour_arrays_and_archives(tmp_path: Path, colour: np.ndarray) -> None:
    np.savez_compressed(tmp_path / "a.npz", images=colour.transpose(0, 2, 3, 1))
    data = load_images(str(tmp_path / "a.npz"))
    assert np.array_equal(data.images, colour)
    assert data.image_shape == (3, 8, 12)


def test_numbers_in_either_range_become_the_same_bytes(tmp_path: Path, grey: np.ndarray) -> None:
    np.save(tmp_path / "unit.npy", grey / 255)
    np.save(tmp_path / "signed.npy", (grey / 127.5 - 1).astype(np.float32))
    assert np.array_equal(load_images(str(tmp_path / "unit.npy")).images, grey[:, None])
    assert np.array_equal(load_images(str(tmp_path / "signed.npy")).images, grey[:, None])


BAD_ARRAYS = {
    "out of range": (np.full((2, 4, 4), 1.5), r"0 to 1\.5"),
    "far below": (np.full((2, 4, 4), -7.0), "-7 to 0"),
    "not finite": (np.full((2, 4, 4), np.nan), "finite"),
    "whole numbers": (np.full((2, 4, 4), -7, np.int64), "-7 to 0"),
    "words": (np.full((2, 4, 4), "a"), "<U1"),
    "too few dimensions": (np.zeros((4, 4), np.uint8), r"\(4, 4\)"),
    "two channels": (np.zeros((2, 2, 4, 4), np.uint8), r"\(2, 2, 4, 4\)"),
    "empty": (np.zeros((0, 4, 4), np.uint8), "no images"),
    "no pixels": (np.zeros((2, 0, 4), np.uint8), "no pixels"),
}


@pytest.mark.parametrize(("array", "cause"), BAD_ARRAYS.values(), ids=BAD_ARRAYS.keys())
def test_arrays_that_are_no_images(tmp_path: Path, array: np.ndarray, cause: str) -> None:
    np.save(tmp_path / "bad.npy", array)
    with pytest.raises(BadInput, match=cause) as refusal:
        load_images(str(tmp_path / "bad.npy"))
    assert str(tmp_path / "bad.npy") in str(refusal.value)


def test_files_that_are_no_arrays(tmp_path: Path) -> None:
    (tmp_path / "text.npy").write_text("hello")
    np.save(tmp_path / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "none.npz")
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04")
    (tmp_path / "empty.npy").write_bytes(b"")
    header = b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1000, 1000), }".ljust(117) + b"\n"
    (tmp_path / "huge.npy").write_bytes(header)
    for name in ("text.npy", "object.npy", "none.npz", "cut.npz", "empty.npy", "huge.npy", "missing.npy"):
        with pytest.raises(BadInput, match=name) as refusal:
            load_images(str(tmp_path / name))
        assert "\n" not in str(refusal.value)


def test_a_folder_of_pictures_sorted_by_name_and_deep(tmp_path: Path, grey: np.ndarray) -> None:
    (tmp_path / "set" / "b").mkdir(parents=True)
    Image.fromarray(grey[1]).save(tmp_path / "set" / "b" / "x.PNG")
    Image.fromarray(grey[0]).save(tmp_path / "set" / "a.png")
    (tmp_path / "set" / "notes.txt").write_text("no picture")
    data = load_images(str(tmp_path / "set"))
    assert np.array_equal(data.images, grey[:2, None])
    assert data.name == "set"
    assert data.sha256 == hashlib.sha256(data.images.tobytes()).hexdigest()


def test_folders_that_cannot_be_used(tmp_path: Path, grey: np.ndarray) -> None:
    with pytest.raises(BadInput, match="no pictures in this folder"):
        load_images(str(tmp_path))
    Image.fromarray(grey[0]).save(tmp_path / "a.png")
    Image.fromarray(grey[0][:4]).save(tmp_path / "b.png")
    with pytest.raises(BadInput, match=r"b\.png: is .* must be of one size"):
        load_images(str(tmp_path))
    (tmp_path / "b.png").write_bytes(b"\x89PNG cut")
    with pytest.raises(BadInput, match=r"b\.png: cannot be read as a picture"):
        load_images(str(tmp_path))


def test_a_source_that_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cifar: no such file"):
        load_images(str(tmp_path / "cifar"))


@pytest.mark.parametrize(("mode", "channels"), [("L", 1), ("1", 1), ("LA", 1), ("RGB", 3), ("RGBA", 3), ("P", 3), ("CMYK", 3)])
def test_pictures_of_any_mode(tmp_path: Path, mode: str, channels: int) -> None:
    path = tmp_path / ("picture.jpg" if mode == "CMYK" else "picture.png")
    Image.new("RGB", (12, 8), (200, 200, 200)).convert(mode).save(path)
    picture = read_picture(path)
    assert picture.shape == (channels, 8, 12)
    assert picture.dtype == np.uint8
    assert picture.mean() == pytest.approx(255 if mode == "1" else 200, abs=60)


def test_a_grey_picture_of_16_bits_keeps_its_range(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 64).astype(np.uint16).reshape(8, 8)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    picture = read_picture(tmp_path / "deep.png")
    assert picture.shape == (1, 8, 8)
    assert np.abs(picture[0].astype(int) - ramp // 257).max() <= 1


def test_a_missing_picture(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_picture(tmp_path / "none.png")


def test_bytes_in_an_array_file_stay_on_disk(tmp_path: Path, grey: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", grey)
    assert isinstance(load_images(str(tmp_path / "a.npy")).images, np.memmap)


@pytest.mark.parametrize("ending", [*PICTURES, ".TIF", ".Jpg"])
def test_a_folder_is_read_whatever_kind_of_pictures_it_holds(tmp_path: Path, grey: np.ndarray, ending: str) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    for index, image in enumerate(grey[:2]):
        Image.fromarray(image).resize((16, 16)).save(folder / f"{index}{ending}")
    assert len(load_images(str(folder), size=8).images) == 2
    with pytest.raises(BadInput, match="is one picture; a data set is a folder of them"):
        load_images(str(folder / f"0{ending}"))


def test_pictures_of_mixed_sizes_are_made_squares_when_asked(tmp_path: Path, grey: np.ndarray, colour: np.ndarray) -> None:
    Image.fromarray(grey[0]).save(tmp_path / "a.png")
    Image.fromarray(colour[0].transpose(1, 2, 0)).save(tmp_path / "b.png")
    with pytest.raises(BadInput, match=r"b\.png: is 8 x 12, while a\.png is 8 x 8.*--size"):
        load_images(str(tmp_path))
    resized, cropped = (load_images(str(tmp_path), size=8, fit=fit).images for fit in ("resize", "crop"))  # type: ignore[arg-type]
    assert resized.shape == cropped.shape == (2, 3, 8, 8)
    assert np.array_equal(resized[0], np.repeat(grey[:1], 3, axis=0)), "grey among colours"
    assert np.array_equal(cropped[1], colour[0][:, :, 2:10]), "the middle"
    assert not np.array_equal(resized[1], cropped[1])
    with pytest.raises(BadInput, match="squares of 1 to 4096 pixels, not 0"):
        load_images(str(tmp_path), size=0)


def test_a_large_folder_is_read_from_the_cache_and_again_when_a_picture_changes(
    tmp_path: Path, grey: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path / "home"))
    folder = tmp_path / "set"
    folder.mkdir()
    for index, image in enumerate(grey):
        Image.fromarray(image).save(folder / f"{index}.png")
    small = load_images(str(folder))
    monkeypatch.setattr("explorer.datasets.folders.IN_MEMORY", 10)
    large = load_images(str(folder))
    assert isinstance(large.images, np.memmap)
    assert np.array_equal(large.images, small.images)
    assert large.sha256 == small.sha256
    again = load_images(str(folder))
    assert isinstance(again.images, np.memmap)
    assert again.images.filename == large.images.filename
    assert again.sha256 == small.sha256
    Image.fromarray(grey[1]).resize((8, 8)).save(folder / "0.png", compress_level=0)
    changed = load_images(str(folder))
    assert np.array_equal(changed.images[0, 0], grey[1])
    (folder / "3.png").write_bytes(b"no picture")
    with pytest.raises(BadInput, match=r"3\.png: cannot be read as a picture"):
        load_images(str(folder))
    assert not list((tmp_path / "home").rglob("*.partial"))


def test_of_the_folders_in_the_cache_the_one_that_was_asked_for_last_is_not_forgotten(
    tmp_path: Path, grey: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENERATIVE_EXPLORER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("explorer.datasets.folders.IN_MEMORY", 10)

    def read(name: str) -> np.memmap:
        (tmp_path / name).mkdir(exist_ok=True)
        picture = tmp_path / name / "a.png"
        if not picture.exists():
            Image.fromarray(grey[0]).save(picture)
        images = load_images(str(tmp_path / name)).images
        assert isinstance(images, np.memmap)
        return images

    def put_back(images: np.memmap, time: int) -> Path:
        array = Path(str(images.filename))
        for file in (array, array.with_suffix(".sha256")):
            os.utime(file, (time, time))
        return array

    kept, *others = (put_back(read(f"{i}"), 1 + i) for i in range(KEPT_FILES))
    read("0")
    assert kept.stat().st_mtime == 1, "a run that learns from it sees the same file"
    read("another")
    assert kept.exists()
    assert [path.exists() for path in others] == [False, *[True] * (KEPT_FILES - 2)], "the one not asked for the longest goes"


@pytest.mark.parametrize("members", [{"notes.txt": b"words"}, {"notes.npy": b"words"}])
def test_an_archive_whose_members_are_no_arrays(tmp_path: Path, members: dict[str, bytes]) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(BadInput, match=r"a\.npz: "):
        load_images(str(path))


def test_an_archive_with_words_before_its_array(tmp_path: Path, grey: np.ndarray) -> None:
    path = tmp_path / "a.npz"
    np.save(tmp_path / "images.npy", grey)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "words")
        archive.write(tmp_path / "images.npy", "images.npy")
    assert np.array_equal(load_images(str(path)).images[:, 0], grey)


def test_what_is_wrong_is_said_as_it_is(tmp_path: Path, grey: np.ndarray) -> None:
    np.save(tmp_path / "nan.npy", np.full((2, 4, 4), np.nan, np.float32))
    np.save(tmp_path / "objects.npy", np.array([{}], object))
    Image.fromarray(grey[0]).save(tmp_path / "one.png")
    for name, cause in (("nan.npy", "not finite"), ("objects.npy", "may contain code"), ("one.png", "is one picture")):
        with pytest.raises(BadInput, match=rf"{name}: .*{cause}"):
            load_images(str(tmp_path / name))
    np.save(tmp_path / "a.npy", grey)
    (tmp_path / "a.npy").rename(tmp_path / "UP.NPY")
    assert len(load_images(str(tmp_path / "UP.NPY")).images) == 6


def test_a_very_large_picture_is_refused_by_its_header(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    path = tmp_path / "pictures" / "large.png"
    header = b"IHDR" + struct.pack(">IIBBBBB", 12000, 12000, 8, 0, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + struct.pack(">I", 10) + b"IDAT"
    )
    for size in (None, 8):
        with pytest.raises(BadInput, match=r"large\.png: is too large a picture"):
            load_images(str(tmp_path / "pictures"), size=size)


def test_a_palette_with_transparency_is_read_without_a_warning(tmp_path: Path) -> None:
    picture = Image.new("P", (4, 4), 1)
    picture.putpalette([0, 0, 0, 10, 20, 30])
    picture.save(tmp_path / "a.png", transparency=bytes([0, 128]))
    assert read_picture(tmp_path / "a.png")[:, 0, 0].tolist() == [132, 137, 142]  # half way to white
    assert load_images(str(tmp_path), size=2).images[0, :, 0, 0].tolist() == [132, 137, 142]


@pytest.mark.parametrize(("mode", "colour", "seen"), [("RGBA", (10, 20, 30, 0), 255), ("LA", (40, 0), 255), ("LA", (40, 255), 40)])
def test_what_is_transparent_is_seen_on_white(tmp_path: Path, mode: str, colour: tuple[int, ...], seen: int) -> None:
    Image.new(mode, (4, 4), colour).save(tmp_path / "a.png")
    assert (read_picture(tmp_path / "a.png") == seen).all()


def test_grey_pictures_among_coloured_ones_get_three_channels(tmp_path: Path, colour: np.ndarray) -> None:
    Image.new("L", (12, 8), 70).save(tmp_path / "a.png")
    Image.fromarray(colour[0].transpose(1, 2, 0)).save(tmp_path / "b.png")
    images = load_images(str(tmp_path)).images
    assert images.shape == (2, 3, 8, 12)
    assert (images[0] == 70).all()
    np.testing.assert_array_equal(images[1], colour[0])


@pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")
@pytest.mark.parametrize("name", ["pipe", "pipe.npy", "pipe.png"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    for read in (lambda: load_images(str(tmp_path / name)), lambda: read_picture(tmp_path / name)):
        with pytest.raises(BadInput, match=rf"{name}: is no regular file"):
            read()


def test_a_folder_of_something_else_is_not_read_to_its_end(tmp_path: Path, grey: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recipe can name "/"."""
    monkeypatch.setattr(folders, "MOST_OTHERS", 3)
    for number in range(30):
        (tmp_path / f"{number}.txt").touch()
    with pytest.raises(BadInput, match="is no folder of pictures: 0 are among its first 4 files"):
        load_images(str(tmp_path))
    Image.fromarray(grey[0]).save(tmp_path / "-.png")
    with pytest.raises(BadInput, match="1 are among its first 12 files"):
        load_images(str(tmp_path))
    for number in range(3):  # pictures with words beside them
        Image.fromarray(grey[number]).save(tmp_path / f"{number}.png")
    assert len(load_images(str(tmp_path)).images) == 4


def test_a_folder_that_goes_meanwhile_has_no_pictures(tmp_path: Path, grey: np.ndarray) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    Image.fromarray(grey[0]).save(tmp_path / "a" / "0.png")
    found = folders.pictures_below(tmp_path)
    assert next(found).name == "0.png"
    (tmp_path / "b").rmdir()
    assert list(found) == []
