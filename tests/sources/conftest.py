"""A format made up for these tests, which nothing else in the app knows."""

from __future__ import annotations

import dataclasses
import tempfile
import zipfile
from pathlib import Path

import pytest

from explorer import sources
from explorer.checkpoints import files
from explorer.checkpoints.card import Card
from explorer.checkpoints.files import Checkpoint
from explorer.sources.base import Source

MARK, WEIGHTS = "made-up", "weights.safetensors"


class Zipped(Source):
    """A zip with a mark and a network of ours in it."""

    name = "zipped"
    title = "a made-up checkpoint"
    hints = ("*.madeup",)

    def recognises(self, path: Path) -> bool:
        """A zip that has the mark."""
        return zipfile.is_zipfile(path) and MARK in zipfile.ZipFile(path).namelist()

    def card(self, path: Path) -> Card:
        return self.load(path).card

    def parameters(self, path: Path) -> int:
        return 0

    def load(self, path: Path) -> Checkpoint:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            inner = files.load(Path(archive.extract(WEIGHTS, folder)))
        return dataclasses.replace(inner, path=path, sha256=sources.sha256(path))


class Folder(Zipped):
    """The same, unpacked: several files."""

    name = "folder"
    title = "a made-up folder"
    hints = ("made-up",)

    def recognises(self, path: Path) -> bool:
        return (path / MARK).is_file()

    def load(self, path: Path) -> Checkpoint:
        return dataclasses.replace(files.load(path / WEIGHTS), path=path, sha256=sources.sha256(path))

    def parts(self, path: Path) -> tuple[Path, ...]:
        return path / MARK, path / WEIGHTS


@pytest.fixture
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two lines that a new format takes, and their removal."""
    monkeypatch.setattr(sources, "SOURCES", [*sources.SOURCES, Zipped(), Folder()])


def _zip(path: Path, weights: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MARK, "1")
        archive.write(weights, WEIGHTS)
    return path


@pytest.fixture
def zipped(tmp_path: Path, checkpoints: dict[str, Path]) -> Path:
    """A shipped DDPM in the made-up format, called as nothing is."""
    return _zip(tmp_path / "mine.of-no-ending", checkpoints["mnist-ddpm-c"])


@pytest.fixture
def zipped_vae(tmp_path: Path, checkpoints: dict[str, Path]) -> Path:
    """A shipped VAE in it."""
    return _zip(tmp_path / "vae.madeup", checkpoints["mnist-vae-2d"])


@pytest.fixture
def folder(tmp_path: Path, checkpoints: dict[str, Path]) -> Path:
    """A shipped DDPM as a folder of two files."""
    made = tmp_path / "unpacked"
    made.mkdir()
    (made / MARK).write_text("1")
    (made / WEIGHTS).write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    return made
