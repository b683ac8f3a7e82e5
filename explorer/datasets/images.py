"""A set of images from whatever names it: "mnist", an IDX file, an array file or a folder of pictures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile
from PIL import Image

from explorer.datasets.idx import read_idx
from explorer.datasets.mnist import SHA256, mnist
from explorer.errors import BadInput

PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp"}
MAX_BYTES = 2**31


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Images as they are on disk.

    Attributes
    ----------
    name : str
        What the data is called in checkpoints and in the window.
    images : ndarray, shape (N, C, H, W), uint8
    labels : ndarray, shape (N,), uint8, or None
    sha256 : str
        Of the file, or of the pixels where there are several files.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray | None
    sha256: str

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        c, h, w = self.images.shape[1:]
        return c, h, w


def to_unit_range(images: np.ndarray) -> np.ndarray:
    """uint8 0..255 to float32 in [-1, 1]."""
    return images.astype(np.float32) / 127.5 - 1


def load_images(source: str, split: str = "train") -> ImageSet:
    """Images called `source`: "mnist", or the path of an IDX file, an .npy/.npz array or a folder of pictures.

    Raises
    ------
    BadInput
        If there is nothing there or it holds no images.
    """
    if source.lower() == "mnist":
        images, labels = mnist(split)
        prefix = "train" if split == "train" else "t10k"
        return ImageSet("mnist", images, labels, SHA256[f"{prefix}-images-idx3-ubyte.gz"])
    path = Path(source).expanduser()
    if path.is_dir():
        images = _read_folder(path)
        digest = hashlib.sha256(images.tobytes()).hexdigest()
    elif path.suffix in (".npy", ".npz"):
        images = _read_array(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    else:
        images = _with_channels(read_idx(path), path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if len(images) == 0:
        raise BadInput(f"{path}: holds no images")
    return ImageSet(path.stem, images, None, digest)


def _with_channels(array: np.ndarray, path: Path) -> np.ndarray:
    if array.ndim == 3:
        array = array[:, None]
    if array.ndim == 4 and array.shape[1] not in (1, 3) and array.shape[3] in (1, 3):
        array = array.transpose(0, 3, 1, 2)
    if array.ndim != 4 or array.shape[1] not in (1, 3):
        raise BadInput(f"{path}: an array of images has shape (N, H, W) or (N, 1 or 3, H, W), not {array.shape}")
    if 0 in array.shape[1:]:
        raise BadInput(f"{path}: its images have no pixels: {array.shape}")
    return np.ascontiguousarray(array)


def _read_array(path: Path) -> np.ndarray:
    try:
        with open(path, "rb") as file:
            array = _first_array(np.load(file, allow_pickle=False), path)
    except BadInput:
        raise
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except Exception as error:  # numpy raises many kinds for what is no array file
        raise BadInput(f"{path}: cannot be read as an array: {' '.join(str(error).split())}") from None
    if array.nbytes > MAX_BYTES:
        raise BadInput(f"{path}: {array.nbytes} bytes of images; at most {MAX_BYTES} are read")
    if array.dtype == np.uint8:
        return _with_channels(array, path)
    if array.dtype.kind != "f" or not np.isfinite(array).all():
        raise BadInput(f"{path}: images are uint8, or finite numbers in [0, 1] or [-1, 1]; these are {array.dtype}")
    low, high = float(array.min(initial=0)), float(array.max(initial=0))
    if low < -1 or high > 1:
        raise BadInput(f"{path}: its values reach from {low:g} to {high:g}; expected [0, 1] or [-1, 1]")
    scaled = (array + 1) / 2 if low < 0 else array
    return _with_channels(np.rint(scaled * 255).astype(np.uint8), path)


def _first_array(loaded: np.ndarray | NpzFile, path: Path) -> np.ndarray:
    if isinstance(loaded, np.ndarray):
        return loaded
    if loaded.zip is None or not loaded.files:
        raise BadInput(f"{path}: holds no array")
    claimed = max(member.file_size for member in loaded.zip.infolist())
    if claimed > MAX_BYTES:
        raise BadInput(f"{path}: {claimed} bytes of images; at most {MAX_BYTES} are read")
    array: np.ndarray = loaded[loaded.files[0]]
    return array


def _read_folder(path: Path) -> np.ndarray:
    files = sorted(p for p in path.rglob("*") if p.suffix.lower() in PICTURE_SUFFIXES)
    if not files:
        raise BadInput(f"{path}: no pictures in this folder ({', '.join(sorted(PICTURE_SUFFIXES))})")
    arrays = [read_picture(file) for file in files]
    shape = arrays[0].shape
    for file, array in zip(files, arrays, strict=True):
        if array.shape != shape:
            raise BadInput(f"{file}: is {array.shape}, while {files[0].name} is {shape}; all must be of one size")
    return np.stack(arrays)


def read_picture(path: Path) -> np.ndarray:
    """One picture as (C, H, W) uint8: C is 1 for grey, 3 for colour.

    Raises
    ------
    BadInput
        If it is missing or is no picture.
    """
    try:
        with Image.open(path) as picture:
            array = _bytes_of(picture)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except Exception as error:  # Pillow raises many kinds for what is no picture
        raise BadInput(f"{path}: cannot be read as a picture: {error}") from None
    return array[None] if array.ndim == 2 else np.ascontiguousarray(array.transpose(2, 0, 1))


def _bytes_of(picture: Image.Image) -> np.ndarray:
    """Grey (H, W) or colour (H, W, 3), uint8."""
    if picture.mode.startswith("I"):  # 16 bits: convert("L") would clip them at 255
        return np.rint(np.clip(np.asarray(picture) / 257, 0, 255)).astype(np.uint8)
    grey = picture.mode in ("1", "L", "LA", "F")
    return np.asarray(picture.convert("L" if grey else "RGB"))
