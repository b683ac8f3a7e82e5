"""A folder of files as people have them, and of files that should be refused in a sentence."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import struct
from pathlib import Path

import numpy as np
from PIL import Image

from explorer.resources import resource

SHIPPED = ("mnist-pca-2d", "mnist-vae-2d", "mnist-ddpm-c", "mnist-classifier")
EXAMPLES = ("three-to-eight", "hole", "emoji", "erase-half")


def make(folder: Path) -> list[Path]:
    """Write them, and give all in their order."""
    folder.mkdir(parents=True, exist_ok=True)
    _real(folder)
    _bad(folder)
    return sorted(path for path in folder.iterdir())


def _real(folder: Path) -> None:
    for name in SHIPPED:
        shutil.copy(resource("checkpoints", f"{name}.safetensors"), folder / f"{name} copy.safetensors")
    for name in EXAMPLES:
        for ending in (".json", ".png"):
            shutil.copy(resource("examples", f"{name}{ending}"), folder / f"{name}{ending}")
    chance = np.random.default_rng(0)
    pixels = chance.integers(0, 256, (12, 28, 28), np.uint8)
    photo = Image.fromarray(chance.integers(0, 256, (300, 400, 3), np.uint8))
    photo.save(folder / "photo.jpg")
    photo.convert("RGBA").save(folder / "Ünïcödé 写真.png")
    Image.fromarray(pixels[0]).save(folder / "a digit.png")
    Image.fromarray(pixels[0]).save(folder / "moving.gif", save_all=True, append_images=[Image.fromarray(p) for p in pixels[1:4]])
    np.save(folder / "images.npy", pixels)
    np.savez(folder / "named.npz", x_train=pixels, y_train=np.arange(12) % 3)
    idx = struct.pack(">IIII", 2051, 12, 28, 28) + pixels.tobytes()
    (folder / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx))
    pictures = folder / "pictures"
    pictures.mkdir(exist_ok=True)
    for i, picture in enumerate(pixels):
        Image.fromarray(picture).save(pictures / f"{i}.png")
    (folder / "notes.txt").write_text("no picture, no checkpoint\n")


def _bad(folder: Path) -> None:
    whole = (folder / f"{SHIPPED[0]} copy.safetensors").read_bytes()
    (folder / "empty.safetensors").touch()
    (folder / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    (folder / "header.safetensors").write_bytes(struct.pack("<Q", 2**60) + b"{")
    (folder / "noise.pt").write_bytes(np.random.default_rng(1).bytes(5000))
    (folder / "no.onnx").write_bytes(b"\x08\x07")
    (folder / "cut.png").write_bytes((folder / "photo.jpg").read_bytes()[:700])
    (folder / "empty.json").touch()
    (folder / "other.json").write_text(json.dumps({"format": 99, "lanes": "x" * 1000}))
    (folder / "deep.json").write_text("[" * 100_000)
    told = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}".ljust(118)
    (folder / "objects.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00" + told + b"\x80\x04.")
    (folder / "nothing here").mkdir(exist_ok=True)
    (folder / "folder.safetensors").mkdir(exist_ok=True)
    (folder / "leads nowhere.png").symlink_to(folder / "gone.png")
    (folder / "endless.json").symlink_to("/dev/zero")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.safetensors")
    (folder / "model.py").write_text("def load():\n    raise RuntimeError('no model today')\n")
