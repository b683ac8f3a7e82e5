"""The training loop: epochs, averaged weights, curves, a checkpoint each epoch; paused, stopped and resumed at any update.

Lightning Fabric does the device, the precision and the processes. All chance comes from CPU generators keyed
by (seed, epoch), so that runs of one seed see the same images, timesteps and noise whatever is learnt, a
resumed run is the run that was not interrupted, and several processes together are one with the same batch.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.environments.lightning import LightningEnvironment
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from explorer.checkpoints.card import TrainingCard
from explorer.checkpoints.files import save
from explorer.checkpoints.snapshots import FINAL_NAME
from explorer.datasets.images import ImageSet
from explorer.errors import BadInput
from explorer.memory import was_short
from explorer.processes import process_of
from explorer.recipe.training import TrainSettings
from explorer.training import control
from explorer.training.control import RunStatus
from explorer.training.curves import Curves
from explorer.training.identity import check_same, identity
from explorer.training.progress import Progress
from explorer.training.report import Position, Reporter
from explorer.training.source import on_disk, same_file
from explorer.training.start import joined, start_from
from explorer.training.state import (
    STATE_NAME,
    chance,
    clear_half_written,
    read_state,
    refuse_at_work,
    refuse_taken,
    restore_chance,
    write_state,
)
from explorer.training.task import Task

CURVE_EVERY = 10
EARLY = (16, 8, 4, 2)
"""Parts of the first epoch after which a snapshot is kept: most is learnt there."""

LONG_EPOCH = 64
"""Updates from which an epoch has such parts."""

EPOCH_SEED_STRIDE = 1_000_003
SEED_LIMIT = 2**63


def learning_rate_factor(step: int, steps: int, warmup: int) -> float:
    """Linear warm-up, then half a cosine to 0; in [0, 1]."""
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def train(make_task: Callable[[], Task], data: ImageSet, settings: TrainSettings) -> Iterator[Progress]:
    """Run the training, yielding progress; the final averaged weights are in `final.safetensors`.

    A run that is asked to stop (explorer.training.control) keeps its state and ends. Of several processes only
    the first yields progress.

    Raises
    ------
    BadInput
        If the folder cannot be written, is deleted, holds another run's state, memory is too small, or the loss is no longer finite.
    """
    try:
        run = _Run(make_task, data, settings)
        yield from run.lines()
    except (RuntimeError, MemoryError) as error:
        if not was_short(error):
            raise
        cause = f"there is not enough memory for batches of {settings.batch}; lower --batch or --width"
        raise BadInput(f"{settings.out}: {cause}") from error


class _Run:
    def __init__(self, make_task: Callable[[], Task], data: ImageSet, settings: TrainSettings) -> None:
        self.settings, self.data = settings, data
        self.count = min(settings.images or len(data.images), len(data.images))
        if self.count < settings.batch:
            raise BadInput(f"{data.name}: {self.count} images are fewer than one batch of {settings.batch}")
        processes = settings.devices * settings.nodes
        if settings.batch % processes:
            raise BadInput(f"a batch of {settings.batch} images cannot be shared evenly by {processes} processes")
        self.file = on_disk(data.images)
        self.fabric = _fabric(settings)
        self.world, self.rank = self.fabric.world_size, self.fabric.global_rank
        torch.manual_seed(settings.seed % SEED_LIMIT)
        self.task = make_task()
        self.earlier, self.start = self._start()
        self.steps_per_epoch = self.count // settings.batch
        self.at = Position(self.steps_per_epoch * settings.epochs)
        self.early = {self.steps_per_epoch // part for part in EARLY} if self.steps_per_epoch >= LONG_EPOCH else set()
        self._set_up()
        self.generator = torch.Generator()
        self.kept_chance: dict[str, Any] = {}
        self.saved = time.monotonic()
        self.reporter = Reporter(self.fabric, settings, self.at, self._first_status(), self.task.timesteps)

    def _start(self) -> tuple[TrainingCard | None, str]:
        """Training that is behind the checkpoint this run begins from, and its sha256."""
        path = self.settings.start_from
        if path is None:
            return None, ""
        checkpoint = start_from(Path(path), self.task.network, self.task.card(self._training_card(0, 0)))
        return checkpoint.card.training, checkpoint.sha256

    def _set_up(self) -> None:
        raw, settings = self.task.network, self.settings
        optimizer = torch.optim.AdamW(raw.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
        self.network, self.optimizer = self.fabric.setup(raw, optimizer)
        for method in ("encode", "decode_logits"):
            if hasattr(raw, method):
                self.network.mark_forward_method(method)
        self.average = AveragedModel(raw, avg_fn=self._averaged, use_buffers=True)

    def _averaged(self, average: Tensor, current: Tensor, count: Tensor | int) -> Tensor:
        if not average.is_floating_point():
            return current
        decay = min(self.settings.ema, (1 + int(count)) / (10 + int(count)))
        return torch.lerp(current, average, decay)

    # --- the run ---

    def lines(self) -> Iterator[Progress]:
        """Train to the end, or until asked to stop; yields every ten updates, at the end of each epoch and at each checkpoint."""
        out, first = self.settings.out, self.fabric.is_global_zero
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{out}: cannot be written: {error.strerror}") from None
        refuse_taken(out, self.settings.resume)
        refuse_at_work(out)
        self.fabric.barrier()  # every process has looked before the first one says that this run is at work
        if self.settings.resume:
            self._resume()
        if first:
            try:
                control.ask(out, "")
            except OSError as error:
                raise BadInput(f"{out / control.CONTROL_NAME}: cannot be removed: {error.strerror}") from None
            if self.settings.resume:
                clear_half_written(out)
        self.reporter.tell("running")
        try:
            yield from self._shown(self._epochs())
        except GeneratorExit:
            self.reporter.tell("stopped")
            raise
        except BaseException as error:
            self.reporter.tell("failed", str(error) or type(error).__name__)
            raise

    def _shown(self, lines: Iterator[tuple[Progress, list[float]]]) -> Iterator[Progress]:
        """Lines of the first process, written into the curves."""
        if not self.fabric.is_global_zero:
            for _ in lines:
                pass
            return
        with _open_curves(self.settings.out, self.at.step) as curves:
            for line, by_timestep in lines:
                if line.checkpoint is None:
                    curves.write(line, by_timestep)
                yield line

    def _epochs(self) -> Iterator[tuple[Progress, list[float]]]:
        while self.at.epoch < self.settings.epochs:
            past = self.earlier.epochs if self.earlier else 0  # a run that goes on draws anew
            key = (self.settings.seed * EPOCH_SEED_STRIDE + past + self.at.epoch + 1) % SEED_LIMIT
            self.generator.manual_seed(key)
            order = torch.randperm(self.count, generator=self.generator)
            if self.at.batch:
                restore_chance(self.generator, self.kept_chance)
            else:
                torch.manual_seed(key)  # dropout knows only the global generator
            self.network.train()
            while self.at.batch < self.steps_per_epoch:
                if self._asked_to_stop():
                    self._save()
                    self.reporter.tell("stopped")
                    return
                self._look_after_the_folder()
                self._look_after_the_data()
                yield from self._one_update(order)
            self.at.epoch, self.at.batch = self.at.epoch + 1, 0
            path = self._checkpoint(f"epoch-{self.at.epoch:03d}.safetensors")
            if self.at.epoch == self.settings.epochs:
                path = self._checkpoint(FINAL_NAME)
            self._save()
            yield self.reporter.written(path), []
        self.reporter.tell("finished")

    def _one_update(self, order: Tensor) -> Iterator[tuple[Progress, list[float]]]:
        chosen = order[self.at.batch * self.settings.batch : (self.at.batch + 1) * self.settings.batch]
        self._update(chosen)
        self.at.step, self.at.batch = self.at.step + 1, self.at.batch + 1
        last = self.at.batch == self.steps_per_epoch
        if self.at.step % CURVE_EVERY == 0 or last:
            yield self.reporter.row(float(self.optimizer.param_groups[0]["lr"]))
        if self.earlier is None and self.at.step in self.early:
            path = self._checkpoint(f"snapshot-{self.at.step:07d}.safetensors")
            yield self.reporter.written(path), []
        self.reporter.tell_now_and_then("running")
        if time.monotonic() - self.saved > self.settings.save_seconds and self.world == 1:
            self._save()

    def _look_after_the_folder(self) -> None:
        """Hours of work have nowhere to go once it is deleted."""
        if self.fabric.is_global_zero and not self.settings.out.is_dir():
            raise BadInput(f"{self.settings.out}: the run's folder is gone, and with it what was trained")

    def _look_after_the_data(self) -> None:
        """Images that are read from disk as they are needed may vanish, and reading beyond a file's end kills the process."""
        if self.file is None or same_file(*self.file):
            return
        self._save()
        raise BadInput(
            f"{self.file[0]}: is gone or has changed since the run began; put it back, and --resume goes on at update {self.at.step}"
        )

    def _update(self, chosen: Tensor) -> None:
        settings = self.settings
        factor = learning_rate_factor(self.at.step, self.at.steps, settings.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * factor
        draws = tuple(draw[self.rank :: self.world] for draw in self.task.draw(settings.batch, self.generator))
        own = chosen[self.rank :: self.world].numpy()
        device = self.fabric.device
        x = torch.from_numpy(self.data.inputs(own)).to(device)
        labels = None if self.data.labels is None else torch.from_numpy(self.data.labels[own]).long().to(device)
        losses = self.task.losses(self.network, x, labels, draws)
        self.optimizer.zero_grad()
        self.fabric.backward(losses.mean() / self.task.objective_scale())
        norm = self.fabric.clip_gradients(self.network, self.optimizer, max_norm=settings.clip, error_if_nonfinite=False)
        self.optimizer.step()
        self.average.update_parameters(self.task.network)
        assert norm is not None
        self.reporter.add(losses, norm, self.task.timesteps_of(draws))

    def _asked_to_stop(self) -> bool:
        """Whether to stop; waits here while the run shall pause. All processes hear the same."""
        wish = control.wished(self.settings.out)
        if self.world > 1:
            wish = self.fabric.broadcast(wish)
        if wish == "pause":
            self._save()
            self.reporter.tell("paused")
            for _ in control.while_paused(self.settings.out):
                self.reporter.tell_now_and_then("paused")
            self.fabric.barrier()
            self.reporter.start_clock()
            return self._asked_to_stop()
        return wish == "stop"

    def _first_status(self) -> RunStatus:
        card, settings = self.task.card(self._training_card(0, 0)), self.settings
        return RunStatus(
            pid=os.getpid(), phase="starting", command=settings.command, kind=card.kind, option=card.option or "", dataset=settings.dataset,
            epochs=settings.epochs, batch=settings.batch, steps=self.at.steps,
            timesteps=self.task.timesteps or 0, loss_scale=self.task.objective_scale(), started=time.time(),
            started_in=os.getcwd(), process=process_of(os.getpid()),
        )  # fmt: skip

    # --- files ---

    def _training_card(self, images_seen: int, epochs: int) -> TrainingCard:
        settings = self.settings
        return TrainingCard(
            images_seen=images_seen, epochs=epochs, batch=settings.batch,
            optimizer=f"AdamW, {settings.learning_rate:g} after {settings.warmup} updates of warm-up, cosine to 0, "
            f"weight decay {settings.weight_decay:g}, gradient norm at most {settings.clip:g}",
            seed=settings.seed, ema=settings.ema, loss=self.task.loss_name, precision=settings.precision,
            command=settings.command, notes=settings.notes,
        )  # fmt: skip

    def _checkpoint(self, name: str) -> Path:
        path = self.settings.out / name
        if self.fabric.is_global_zero:
            training = self._training_card(self.at.step * self.settings.batch, self.at.epoch)
            save(path, self.task.card(joined(self.earlier, training)), _stored(self.average.module, self.settings.stored))
        return path

    def _save(self) -> None:
        self.reporter.flush()
        write_state(self.fabric, self.settings.out, self._state())
        self.saved = time.monotonic()

    def _state(self) -> dict[str, Any]:
        return {
            "network": self.network, "optimizer": self.optimizer, "average": self.average,
            "step": self.at.step, "epoch": self.at.epoch, "batch": self.at.batch,
            "chance": chance(self.generator), "means": self.reporter.means.state(), "identity": self._identity(),
        }  # fmt: skip

    def _identity(self) -> dict[str, Any]:
        card = self.task.card(self._training_card(0, 0))
        return identity(self.settings, card, self.task.loss_name, self.count, self.start)

    def _resume(self) -> None:
        out = self.settings.out
        kept: dict[str, Any] = {"identity": {}}
        if not read_state(self.fabric, out, kept):
            return
        if not isinstance(kept["identity"], dict):
            raise BadInput(f"{out / STATE_NAME}: is not a state of this run")
        check_same(out, kept["identity"], self._identity())  # before the weights: another network's do not fit
        state = self._state()
        read_state(self.fabric, out, state)
        counts, means = [state[name] for name in ("step", "epoch", "batch")], state["means"]
        if not all(isinstance(count, int) and count >= 0 for count in counts) or not isinstance(means, dict):
            raise BadInput(f"{out / STATE_NAME}: is not a state of this run: what it counts is no number")
        self.at.step, self.at.epoch, self.at.batch = counts
        self.reporter.start_clock()
        self.kept_chance = state["chance"]
        self.reporter.means.restore(means)


def _fabric(settings: TrainSettings) -> Fabric:
    precision: Any = "bf16-mixed" if settings.precision == "bf16" else "32-true"
    several = settings.devices * settings.nodes > 1
    kind, _, index = settings.device.partition(":")
    devices = [int(index)] if index else settings.devices
    fabric = Fabric(
        accelerator=kind, devices=devices, num_nodes=settings.nodes, precision=precision,
        strategy="ddp" if several else "auto",
    )  # fmt: skip
    if settings.nodes > 1 and not _launched(fabric):
        raise BadInput(
            f"--nodes {settings.nodes} needs a launcher on each machine: torchrun --nnodes {settings.nodes} ... -m explorer train ..."
        )
    if several:
        fabric.launch()
    return fabric


def _launched(fabric: Fabric) -> bool:
    """Whether something has told this process of the other machines; else it would wait for them for ever."""
    own = isinstance(getattr(fabric.strategy, "cluster_environment", None), LightningEnvironment)
    return not own or "MASTER_ADDR" in os.environ


def _open_curves(folder: Path, step: int) -> Curves:
    try:
        return Curves(folder, step)
    except OSError as error:
        raise BadInput(f"{folder}: cannot be written: {error.strerror}") from None


def _stored(network: nn.Module, stored: str) -> dict[str, Tensor]:
    """Weights in the numbers that the checkpoint keeps.

    What is no weight stays as it is: Option A's skip(t) differs from 1 by less than half a number can say.
    """
    halved = {name for name, _ in network.named_parameters()} if stored == "fp16" else set()
    return {name: tensor.half() if name in halved else tensor for name, tensor in network.state_dict().items()}
