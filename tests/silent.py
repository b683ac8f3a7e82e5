"""A format made up for tests, of files that do not say how their network was trained: a shipped one's weights, and nothing else."""

from __future__ import annotations

import dataclasses
import tempfile
import zipfile
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from explorer.checkpoints import files
from explorer.checkpoints.card import Card, NetworkCard, OriginCard, ScheduleCard
from explorer.checkpoints.files import Checkpoint
from explorer.errors import BadInput
from explorer.recipe.told import NOTHING, Told
from explorer.sources.asking import Question
from explorer.sources.base import Source

MARK, WEIGHTS = "silent", "weights.safetensors"


class Silent(Source):
    """A zip with a mark and a network of ours; what its card says is not looked at."""

    name = "silent"
    title = "a silent checkpoint"
    hints = ("*.silent",)

    def recognises(self, path: Path) -> bool:
        return zipfile.is_zipfile(path) and MARK in zipfile.ZipFile(path).namelist()

    def asks(self, path: Path) -> tuple[Question, ...]:
        return (
            Question("predicts", "C", "its weights fit any"), Question("schedule", "linear"), Question("timesteps", 1000),
            Question("first_timestep", 0, "its author counts as he likes"),
        )  # fmt: skip

    def card(self, path: Path, told: Told = NOTHING) -> Card:
        return self.load(path, told).card

    def parameters(self, path: Path) -> int:
        return 0

    def load(self, path: Path, told: Told = NOTHING) -> Checkpoint:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            inner = files.load(Path(archive.extract(WEIGHTS, folder)))
        if told.predicts == "A":
            raise BadInput(f"{path}: nobody writes such files for the posterior mean")
        schedule = (
            ScheduleCard("betas", len(told.betas), told.betas)
            if told.betas
            else ScheduleCard(told.schedule or "linear", told.timesteps or 1000)
        )
        origin = OriginCard("a silent checkpoint, written by a test", ("its author is not known",))
        card = Card(1, "ddpm", NetworkCard("silent", {}), inner.card.data, told.predicts, schedule, origin=origin)
        network = Counting(inner.network, told.first_timestep or 0).eval()
        return dataclasses.replace(inner, path=path, sha256=self.sha256(path), card=card, network=network)


class Counting(nn.Module):
    """Ours, asked as it was trained, from t = 1 on, where the person says that it counts from 1."""

    def __init__(self, inner: nn.Module, first: int) -> None:
        super().__init__()
        self.inner, self.first = inner, first

    def accepts(self, shape: tuple[int, int, int]) -> bool:
        return shape == (1, 28, 28)

    def forward(self, x_t: Tensor, t: Tensor) -> Tensor:
        return self.inner(x_t, t - 1 + self.first)


def write(path: Path, weights: Path, untrained: bool = False) -> Path:
    """A shipped checkpoint as a silent one; untrained, its weights are drawn anew."""
    text = weights.read_bytes()
    if untrained:
        checkpoint = files.load(weights)
        drawn = {
            name: 0.02 * torch.randn(each.shape, generator=torch.Generator().manual_seed(1)) if each.is_floating_point() else each
            for name, each in checkpoint.network.state_dict().items()
        }
        files.save(path, msgspec.structs.replace(checkpoint.card), drawn)
        text = path.read_bytes()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MARK, "1")
        archive.writestr(WEIGHTS, text)
    return path
