"""What a run tells while it goes: means since the last row, speed, and its status file."""

from __future__ import annotations

import dataclasses
import math
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from lightning_fabric import Fabric
from torch import Tensor

from explorer.errors import BadInput
from explorer.recipe.training import TrainSettings
from explorer.training import control
from explorer.training.control import Phase, RunStatus
from explorer.training.curves import Means
from explorer.training.progress import Progress

STATUS_SECONDS = 0.5


@dataclass
class Position:
    """How far a run is: whole epochs, batches of the epoch in progress, and updates of `steps` in all."""

    steps: int
    step: int = 0
    epoch: int = 0
    batch: int = 0

    @property
    def epoch_shown(self) -> int:
        """Epoch in progress, from 1; the one just ended where none has begun."""
        return max(1, self.epoch if self.batch == 0 else self.epoch + 1)


class Reporter:
    """Means, clock and status of one run.

    Parameters
    ----------
    status : RunStatus
        What is known before the first update.
    timesteps : int or None
        T, where each image's loss is of one t.
    """

    def __init__(self, fabric: Fabric, settings: TrainSettings, at: Position, status: RunStatus, timesteps: int | None) -> None:
        self.fabric, self.settings, self.at, self.status = fabric, settings, at, status
        self.means = Means(timesteps)
        self.last = Progress(epoch=1, step=0, steps=at.steps, images=0, loss=math.nan, learning_rate=0.0)
        self._pending: list[tuple[Tensor, Tensor, Tensor | None]] = []
        self._told = 0.0
        self.start_clock()

    def start_clock(self) -> None:
        """Speeds count from here: the run begins, or goes on."""
        self._begun = self._reported = time.monotonic()
        self._begun_step = self._reported_step = self.at.step

    def add(self, losses: Tensor, norm: Tensor, t: Tensor | None) -> None:
        """One update: loss of each image, norm of the gradient, each image's t. Not read before it is asked for."""
        self._pending.append((losses.detach(), norm.detach(), t))

    def flush(self) -> Means:
        """Means of all updates since the last row."""
        for losses, norm, t in self._pending:
            self.means.add(losses.tolist(), float(norm), None if t is None else t.tolist())
        self._pending.clear()
        return self.means

    def row(self, rate: float) -> tuple[Progress, list[float]]:
        """Line since the last row, and the loss in each bin of t.

        Raises
        ------
        BadInput
            If the loss is no longer finite.
        """
        means = self.flush()
        self._share()
        line = self._line(means.mean_loss, rate, means.mean_norm)
        if not math.isfinite(line.loss):
            raise BadInput(f"{self.settings.out}: the loss is no longer finite at update {self.at.step}; lower the learning rate")
        by_timestep = means.by_timestep
        means.clear()
        self._reported, self._reported_step, self.last = time.monotonic(), self.at.step, line
        return line, by_timestep

    def written(self, path: Path) -> Progress:
        """Line of a file just written, with the figures of the last row."""
        line = self._line(0.0, 0.0, 0.0)
        return dataclasses.replace(
            self.last, epoch=line.epoch, step=line.step, images=line.images, seconds_left=line.seconds_left, checkpoint=path
        )

    def _line(self, loss: float, rate: float, norm: float) -> Progress:
        at, now = self.at, time.monotonic()
        speed = (at.step - self._reported_step) * self.settings.batch / max(now - self._reported, 1e-9)
        per_step = (now - self._begun) / max(1, at.step - self._begun_step)
        return Progress(
            epoch=at.epoch_shown, step=at.step, steps=at.steps, images=at.step * self.settings.batch, loss=loss, learning_rate=rate,
            gradient_norm=norm, images_per_second=speed, seconds_left=per_step * (at.steps - at.step),
        )  # fmt: skip

    def _share(self) -> None:
        """Means over all processes."""
        world, means = self.fabric.world_size, self.means
        if world == 1:
            return
        mine = torch.tensor([means.loss / world, means.norm / world, *means.sums, *means.counts], device=self.fabric.device)
        shared = self.fabric.all_reduce(mine, reduce_op="sum")
        assert isinstance(shared, Tensor)
        total, half = shared.tolist(), 2 + len(means.sums)
        means.loss, means.norm, means.sums, means.counts = total[0], total[1], total[2:half], [round(c) for c in total[half:]]

    def tell_now_and_then(self, phase: Phase) -> None:
        """Tell, at most twice a second."""
        if time.monotonic() - self._told > STATUS_SECONDS:
            self.tell(phase)

    def tell(self, phase: Phase, message: str = "") -> None:
        """Write what the run says of itself; a folder that cannot be written is told by what comes next."""
        if not self.fabric.is_global_zero:
            return
        line, known, runs = self._line(0.0, 0.0, 0.0), self.last.step > 0, phase == "running"
        self.status = msgspec.structs.replace(
            self.status, phase=phase, message=message, epoch=line.epoch, step=line.step, images=line.images,
            loss=self.last.loss if known else None, gradient_norm=self.last.gradient_norm if known else None,
            images_per_second=self.last.images_per_second if runs else 0.0,
            seconds_left=line.seconds_left if runs and self.at.step > self._begun_step else 0.0, updated=time.time(),
        )  # fmt: skip
        self._told = time.monotonic()
        try:
            control.write_status(self.settings.out, self.status)
        except OSError:
            return  # the checkpoint that cannot be written either says so
