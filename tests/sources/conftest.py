"""A format made up for these tests, which nothing else in the app knows."""

from __future__ import annotations

import dataclasses
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from torch import Tensor, nn

from explorer import sources
from explorer.checkpoints import files
from explorer.checkpoints.card import Card, NetworkCard
from explorer.checkpoints.files import Checkpoint
from explorer.recipe.told import NOTHING, Told
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

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        return self.load(path).card

    def parameters(self, path: Path) -> int:
        return 0

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            inner = files.load(Path(archive.extract(WEIGHTS, folder)))
        return dataclasses.replace(inner, path=path, sha256=self.sha256(path))


class Folder(Zipped):
    """The same, unpacked: several files."""

    name = "folder"
    title = "a made-up folder"
    hints = ("made-up",)

    def recognises(self, path: Path) -> bool:
        return (path / MARK).is_file()

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        return dataclasses.replace(files.load(path / WEIGHTS), path=path, sha256=self.sha256(path))

    def parts(self, path: Path) -> tuple[Path, ...]:
        return path / MARK, path / WEIGHTS


class OtherDenoiser(nn.Module):
    """A network of another tool: all that a chain needs, and nothing else."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def accepts(self, shape: tuple[int, int, int]) -> bool:
        return shape == (1, 28, 28)

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        return self.inner(x_t, t)


class OtherLatent(nn.Module):
    """An autoencoder of another tool: all that a latent plane needs, and nothing else."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner, self.config = inner, inner.config

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        return self.inner.encode(x)

    def decode(self, z: Tensor) -> Tensor:
        return self.inner.decode(z)

    def decode_logits(self, z: Tensor) -> Tensor:
        return self.inner.decode_logits(z)

    def push_forward(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        return self.inner.push_forward(z, directions)

    def forward(self, x: Tensor) -> Tensor:
        return self.decode(self.encode(x)[0])


class OtherTools(Zipped):
    """The same zips, whose networks are none of our classes."""

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        found = super().load(path)
        other = OtherLatent if found.card.kind == "vae" else OtherDenoiser
        card = msgspec.structs.replace(found.card, network=NetworkCard("of another tool", {"code": 2}))
        return dataclasses.replace(found, card=card, network=other(found.network).eval())


@pytest.fixture
def _other_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line for networks of other classes."""
    monkeypatch.setattr(sources, "SOURCES", [*sources.SOURCES, OtherTools()])


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
