"""The training loop: epochs, averaged weights, loss curve, a checkpoint each epoch, resuming.

Lightning Fabric does the device, the precision and the processes. All chance comes from CPU generators keyed
by (seed, epoch), so that runs of one seed see the same images, timesteps and noise whatever is learnt, and a
resumed run is the run that was not interrupted.
"""

from __future__ import annotations

import csv
import math
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from explorer.checkpoints.card import TrainingCard
from explorer.checkpoints.files import save
from explorer.datasets.images import ImageSet
from explorer.errors import BadInput
from explorer.training.settings import TrainSettings
from explorer.training.start import joined, start_from
from explorer.training.task import Task

STATE_NAME = "state.ckpt"
CURVE_NAME = "loss.csv"
FINAL_NAME = "final.safetensors"
CURVE_HEAD = ["epoch", "step", "images", "loss", "learning_rate"]
CURVE_EVERY = 50
EPOCH_SEED_STRIDE = 1_000_003
SEED_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class Progress:
    """One line of a run's report.

    Attributes
    ----------
    epoch : int
        Epoch in progress, from 1.
    step, steps : int
        Updates done, and of the whole run.
    images : int
        Images seen.
    loss : float
        Mean since the last report.
    learning_rate : float
    checkpoint : Path or None
        The file just written, at the end of an epoch.
    """

    epoch: int
    step: int
    steps: int
    images: int
    loss: float
    learning_rate: float
    checkpoint: Path | None = None


def learning_rate_factor(step: int, steps: int, warmup: int) -> float:
    """Linear warm-up, then half a cosine to 0; in [0, 1]."""
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def _row(line: Progress) -> list[str]:
    """Line of the loss curve."""
    return [str(line.epoch), str(line.step), str(line.images), f"{line.loss:.6g}", f"{line.learning_rate:.6g}"]


def _rows_until(path: Path, epoch: int) -> list[list[str]]:
    """Rows of an earlier loss curve up to that epoch; what an interruption left of the next one is dropped."""
    if not epoch or not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return [row for row in rows if len(row) == len(CURVE_HEAD) and row[0].isdecimal() and int(row[0]) <= epoch]


def train(make_task: Callable[[], Task], data: ImageSet, settings: TrainSettings) -> Iterator[Progress]:
    """Run the training, yielding progress; the final averaged weights are in `final.safetensors`.

    Raises
    ------
    BadInput
        If the folder cannot be written, holds another run's state, or the loss is no longer finite.
    """
    yield from _Run(make_task, data, settings).epochs()


class _Run:
    def __init__(self, make_task: Callable[[], Task], data: ImageSet, settings: TrainSettings) -> None:
        self.settings = settings
        count = min(settings.images or len(data.images), len(data.images))
        if count < settings.batch:
            raise BadInput(f"{data.name}: {count} images are fewer than one batch of {settings.batch}")
        precision: Any = "bf16-mixed" if settings.precision == "bf16" else "32-true"
        self.fabric = Fabric(accelerator=settings.device, devices=1, precision=precision)
        self.images = torch.tensor(data.images[:count])
        self.labels = None if data.labels is None else torch.tensor(data.labels[:count]).long()
        torch.manual_seed(settings.seed % SEED_LIMIT)
        self.task = make_task()
        self.earlier = self._start()
        self.steps_per_epoch = count // settings.batch
        self.steps = self.steps_per_epoch * settings.epochs
        raw = self.task.network
        optimizer = torch.optim.AdamW(raw.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
        self.network, self.optimizer = self.fabric.setup(raw, optimizer)
        for method in ("encode", "decode_logits"):
            if hasattr(raw, method):
                self.network.mark_forward_method(method)
        self.average = AveragedModel(raw, avg_fn=self._averaged, use_buffers=True)
        self.step = self.epoch = 0

    def _start(self) -> TrainingCard | None:
        """Training that is behind the checkpoint this run begins from."""
        path = self.settings.start_from
        if path is None:
            return None
        return start_from(path, self.task.network, self.task.card(self._training_card(0, 0))).card.training

    def _averaged(self, average: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        if not average.is_floating_point():
            return current
        decay = min(self.settings.ema, (1 + int(count)) / (10 + int(count)))
        return torch.lerp(current, average, decay)

    def epochs(self) -> Iterator[Progress]:
        """Train to the end; yields about every 50 updates and at each checkpoint."""
        out = self.settings.out
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{out}: cannot be written: {error.strerror}") from None
        if self.settings.resume:
            self._resume()
        elif (out / STATE_NAME).exists():
            raise BadInput(f"{out}: holds a run already; add --resume to go on with it, or choose another folder")
        kept = _rows_until(out / CURVE_NAME, self.epoch)
        with open(out / CURVE_NAME, "w", newline="", encoding="utf-8") as file:
            curve = csv.writer(file)
            curve.writerows([CURVE_HEAD, *kept])
            while self.epoch < self.settings.epochs:
                self.epoch += 1
                for progress in self._one_epoch():
                    curve.writerow(_row(progress))
                    yield progress
                file.flush()
                last = progress
                yield Progress(last.epoch, last.step, last.steps, last.images, last.loss, last.learning_rate, self._write())

    def _one_epoch(self) -> Iterator[Progress]:
        settings = self.settings
        past = self.earlier.epochs if self.earlier else 0  # a run that goes on draws anew
        key = (settings.seed * EPOCH_SEED_STRIDE + past + self.epoch) % SEED_LIMIT
        generator = torch.Generator().manual_seed(key)
        torch.manual_seed(key)  # dropout knows only the global generator
        order = torch.randperm(len(self.images), generator=generator)
        losses: list[Tensor] = []
        self.network.train()
        for batch in range(self.steps_per_epoch):
            chosen = order[batch * settings.batch : (batch + 1) * settings.batch]
            losses.append(self._update(chosen, generator))
            last = batch + 1 == self.steps_per_epoch
            if self.step % CURVE_EVERY == 0 or last:
                mean = float(torch.stack(losses).mean())
                if not math.isfinite(mean):
                    raise BadInput(f"{settings.out}: the loss is no longer finite at update {self.step}; lower the learning rate")
                losses.clear()
                rate = self.optimizer.param_groups[0]["lr"]
                yield Progress(self.epoch, self.step, self.steps, self.step * settings.batch, mean, rate)

    def _update(self, chosen: Tensor, generator: torch.Generator) -> Tensor:
        settings = self.settings
        factor = learning_rate_factor(self.step, self.steps, settings.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * factor
        x = (self.images[chosen].float() / 127.5 - 1).to(self.fabric.device)
        labels = None if self.labels is None else self.labels[chosen].to(self.fabric.device)
        loss = self.task.loss(self.network, x, labels, generator)
        self.optimizer.zero_grad()
        self.fabric.backward(loss / self.task.objective_scale())
        self.fabric.clip_gradients(self.network, self.optimizer, max_norm=settings.clip, error_if_nonfinite=False)
        self.optimizer.step()
        self.average.update_parameters(self.task.network)
        self.step += 1
        return loss.detach()

    def _state(self) -> dict[str, Any]:
        return {"network": self.network, "optimizer": self.optimizer, "average": self.average, "step": self.step, "epoch": self.epoch}

    def _training_card(self, images_seen: int, epochs: int) -> TrainingCard:
        settings = self.settings
        return TrainingCard(
            images_seen=images_seen, epochs=epochs, batch=settings.batch,
            optimizer=f"AdamW, {settings.learning_rate:g} after {settings.warmup} updates of warm-up, cosine to 0, "
            f"weight decay {settings.weight_decay:g}, gradient norm at most {settings.clip:g}",
            seed=settings.seed, ema=settings.ema, loss=self.task.loss_name, precision=settings.precision,
            command=settings.command, notes=settings.notes,
        )  # fmt: skip

    def _write(self) -> Path:
        settings, out = self.settings, self.settings.out
        training = self._training_card(self.step * settings.batch, self.epoch)
        card = self.task.card(joined(self.earlier, training))
        weights = self.average.module.state_dict()
        path = out / f"epoch-{self.epoch:03d}.safetensors"
        save(path, card, weights)
        if self.epoch == self.settings.epochs:
            path = out / FINAL_NAME
            save(path, card, weights)
        partial = out / (STATE_NAME + ".partial")
        self.fabric.save(partial, self._state())
        partial.replace(out / STATE_NAME)
        return path

    def _resume(self) -> None:
        path = self.settings.out / STATE_NAME
        if not path.exists():
            return
        state = self._state()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)
                self.fabric.load(path, state)
        except Exception as error:  # torch raises many kinds for a state of another network
            raise BadInput(f"{path}: is not a state of this run: {error}") from None
        self.step, self.epoch = state["step"], state["epoch"]
