"""What is said of a file that does not open here: real, small files of each kind."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from explorer import sources
from explorer.errors import BadInput


def zipped(**members: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)

    return make


def cut_zip(path: Path) -> None:
    zipped(a=b"1" * 1000)(path)
    path.write_bytes(path.read_bytes()[:200])


def safetensors_cut(path: Path) -> None:
    save_file({"a": torch.zeros(100)}, path)
    path.write_bytes(path.read_bytes()[:30])


KINDS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "a zip": (zipped(a=b"1"), "is a zip archive;"),
    "a zip cut short": (cut_zip, "is a zip archive that is damaged or cut short"),
    "safetensors cut": (safetensors_cut, "is a safetensors file that is cut short"),
    "safetensors damaged": (lambda path: path.write_bytes(struct.pack("<Q", 9) + b"{" * 9), "is a safetensors file with a damaged header"),
    "PNG": (lambda path: Image.new("L", (2, 2)).save(path, "PNG"), "is a PNG picture"),
    "arrays": (lambda path: path.write_bytes(npz()), "is an archive of NumPy arrays"),
    "text": (lambda path: path.write_text("hello\nthere, ünïcode\n" * 400), "is text;"),
    "JSON": (lambda path: path.write_text(json.dumps({"a": 1})), "is text, JSON by its look"),
    "a web page": (lambda path: path.write_text("<!DOCTYPE html><html></html>"), "is a web page"),
    "noise": (lambda path: path.write_bytes(bytes(range(255, 0, -1)) * 9), "is of a kind that is not known here"),
    "a folder": (lambda path: path.mkdir(), "is a folder"),
}


def npz() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(2))
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ask", [sources.open, sources.card, sources.parameters])
def test_one_sentence_says_what_it_is_and_what_opens(tmp_path: Path, kind: str, ask: Callable[[Path], object]) -> None:
    make, words = KINDS[kind]
    path = tmp_path / "given.safetensors"
    make(path)
    with pytest.raises(BadInput) as refusal:
        ask(path)
    said = str(refusal.value)
    assert said.startswith(f"{path}: {words}")
    assert said.endswith(f"; what opens here is {sources.what_opens()}")
    assert "\n" not in said


@pytest.mark.parametrize("name", ["none", "nul\0", "n" * 300])
def test_what_is_not_there_or_can_be_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match=r"no such file|cannot be read"):
        sources.open(tmp_path / name)
