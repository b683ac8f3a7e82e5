"""What a file looks like that no source recognises, by its first bytes: to say more than that it cannot be opened."""

from __future__ import annotations

import zipfile
from pathlib import Path

from explorer.checkpoints.header import NONE, read_header
from explorer.errors import BadInput
from explorer.regular_file import is_regular
from explorer.spoilt_zip import SPOILT_ZIP

HEAD = 4096
MAX_MEMBERS = 100_000

BEGINNINGS = (
    (b"version https://git-lfs", "a Git LFS pointer, which stands for a file that has not been fetched (git lfs pull fetches it)"),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes them"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"GGUF", "a GGUF file"),
    (b"\x1f\x8b", "a gzip archive"),
    *((b"\x80" + bytes([protocol]), "a Python pickle, as older PyTorch files are") for protocol in range(2, 6)),
)
MEMBERS = (
    ("data.pkl", "a PyTorch archive (.pt, .pth or .ckpt)"),
    ("constants.pkl", "a PyTorch archive (.pt, .pth or .ckpt)"),
    ("model.weights.h5", "a Keras archive"),
    (".npy", "an archive of NumPy arrays"),
)
"""By how the name of a file in a zip ends."""

ONNX_FIELDS = (0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42)
"""Tags of a ModelProto that may follow its version: producer, domain, version, words, graph, operators."""


def looks_like(path: Path) -> str:
    """What a file or a folder seems to be, to be put after "is": "a PNG picture".

    Raises
    ------
    BadInput
        If it is missing or cannot be read.
    """
    try:
        if path.is_dir():
            return "a folder"
        if not is_regular(path):
            return "a pipe or a device"
        with open(path, "rb") as file:
            head = file.read(HEAD)
        if not head:
            return "empty"
        return _by_bytes(path, head, path.stat().st_size)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError:  # a character that no path has
        raise BadInput(f"{path}: cannot be read") from None


def _by_bytes(path: Path, head: bytes, size: int) -> str:
    if head[8:9] == b"{":  # first: the length of a header before it may look like anything
        return _safetensors(path, int.from_bytes(head[:8], "little"), size)
    for beginning, what in BEGINNINGS:
        if head.startswith(beginning):
            return what
    if head.startswith(b"PK\x03\x04"):
        return _zip(path)
    if len(head) > 2 and head[0] == 0x08 and 1 <= head[1] <= 32 and head[2] in ONNX_FIELDS:
        return "an ONNX graph"
    return _text(head)


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:MAX_MEMBERS]
    except SPOILT_ZIP:
        return "a zip archive that is damaged or cut short"
    return next((what for ending, what in MEMBERS if any(name.endswith(ending) for name in names)), "a zip archive")


def _safetensors(path: Path, length: int, size: int) -> str:
    if length > size - 8:
        return "a safetensors file that is cut short"
    try:
        with open(path, "rb") as file:
            read_header(file, size)
    except ValueError as error:
        return "a safetensors file with a damaged header" if str(error) == NONE else str(error)
    return "a safetensors file of another program"


def _text(head: bytes) -> str:
    try:
        words = head[: head.rfind(b"\n") + 1 or None].decode().strip()
    except UnicodeDecodeError:
        return "of a kind that is not known here"
    if not words or any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in words):
        return "of a kind that is not known here"
    if words[0] in "{[":
        return "text, JSON by its look"
    return "a web page" if words[:14].lower().startswith(("<!doctype html", "<html")) else "text"
