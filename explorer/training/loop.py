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
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from explorer.checkpoints.card import TrainingCard
from explorer.checkpoints.files import save
from explorer.datasets.images import ImageSet
from explorer.errors import BadInput
from explorer.training import control
from explorer.training.control import Phase, RunStatus
from explorer.training.curves import Curves, Means
from explorer.training.progress import Progress
from explorer.training.settings import TrainSettings
from explorer.training.start import joined, start_from
from explorer.training.state import STATE_NAME, chance, read_state, restore_chance, write_state
from explorer.training.task import Task

FINAL_NAME = "final.safetensors"
CURVE_EVERY = 10
STATUS_SECONDS = 0.5
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
        If the folder cannot be written, holds another run's state, memory is too small, or the loss is no longer finite.
    """
    try:
        run = _Run(make_task, data, settings)
        yield from run.lines()
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _too_large(settings) from error
    except RuntimeError as error:
        if "allocate memory" in str(error):
            raise _too_large(settings) from error
        raise


def _too_large(settings: TrainSettings) -> BadInput:
    return BadInput(f"{settings.out}: there is not enough memory for batches of {settings.batch}; lower --batch or --width")


class _Run:
    def __init__(self, make_task: Callable[[], Task], data: ImageSet, settings: TrainSettings) -> None:
        self.settings, self.data = settings, data
        self.count = min(settings.images or len(data.images), len(data.images))
        if self.count < settings.batch:
            raise BadInput(f"{data.name}: {self.count} images are fewer than one batch of {settings.batch}")
        processes = settings.devices * settings.nodes
        if settings.batch % processes:
            raise BadInput(f"a batch of {settings.batch} images cannot be shared evenly by {processes} processes")
        self.fabric = _fabric(settings)
        self.world, self.rank = self.fabric.world_size, self.fabric.global_rank
        torch.manual_seed(settings.seed % SEED_LIMIT)
        self.task = make_task()
        self.earlier = self._start()
        self.steps_per_epoch = self.count // settings.batch
        self.steps = self.steps_per_epoch * settings.epochs
        self.early = {self.steps_per_epoch // part for part in EARLY} if self.steps_per_epoch >= LONG_EPOCH else set()
        self._set_up()
        self.step = self.epoch = self.batch = 0
        self.generator = torch.Generator()
        self.means = Means(self.task.timesteps)
        self.pending: list[tuple[Tensor, Tensor, Tensor | None]] = []
        self.begun = self.reported = self.told = self.saved = time.monotonic()
        self.begun_step = self.reported_step = 0
        self.status = self._first_status()

    def _start(self) -> TrainingCard | None:
        """Training that is behind the checkpoint this run begins from."""
        path = self.settings.start_from
        if path is None:
            return None
        return start_from(path, self.task.network, self.task.card(self._training_card(0, 0))).card.training

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
        if self.settings.resume:
            self._resume()
        elif (out / STATE_NAME).exists():
            raise BadInput(f"{out}: holds a run already; add --resume to go on with it, or choose another folder")
        if first:
            control.ask(out, "")
        self._tell("running")
        try:
            yield from self._shown(self._epochs())
        except GeneratorExit:
            self._tell("stopped")
            raise
        except BaseException as error:
            self._tell("failed", str(error) or type(error).__name__)
            raise

    def _shown(self, lines: Iterator[tuple[Progress, list[float]]]) -> Iterator[Progress]:
        """Lines of the first process, written into the curves."""
        if not self.fabric.is_global_zero:
            for _ in lines:
                pass
            return
        with _open_curves(self.settings.out, self.step) as curves:
            for line, by_timestep in lines:
                if line.checkpoint is None:
                    curves.write(line, by_timestep)
                yield line

    def _epochs(self) -> Iterator[tuple[Progress, list[float]]]:
        while self.epoch < self.settings.epochs:
            past = self.earlier.epochs if self.earlier else 0  # a run that goes on draws anew
            key = (self.settings.seed * EPOCH_SEED_STRIDE + past + self.epoch + 1) % SEED_LIMIT
            self.generator.manual_seed(key)
            order = torch.randperm(self.count, generator=self.generator)
            if self.batch:
                restore_chance(self.generator, self.kept_chance)
            else:
                torch.manual_seed(key)  # dropout knows only the global generator
            self.network.train()
            while self.batch < self.steps_per_epoch:
                if self._asked_to_stop():
                    self._save()
                    self._tell("stopped")
                    return
                yield from self._one_update(order)
            self.epoch, self.batch = self.epoch + 1, 0
            line = self._line(0.0, math.nan, math.nan)
            path = self._checkpoint(f"epoch-{self.epoch:03d}.safetensors")
            if self.epoch == self.settings.epochs:
                path = self._checkpoint(FINAL_NAME)
            self._save()
            yield self._with(line, path), []
        self._tell("finished")

    def _one_update(self, order: Tensor) -> Iterator[tuple[Progress, list[float]]]:
        chosen = order[self.batch * self.settings.batch : (self.batch + 1) * self.settings.batch]
        self._update(chosen)
        self.step, self.batch = self.step + 1, self.batch + 1
        last = self.batch == self.steps_per_epoch
        if self.step % CURVE_EVERY == 0 or last:
            yield self._report()
        if self.earlier is None and self.step in self.early:
            path = self._checkpoint(f"snapshot-{self.step:07d}.safetensors")
            yield self._with(self._line(0.0, math.nan, math.nan), path), []
        now = time.monotonic()
        if now - self.told > STATUS_SECONDS:
            self._tell("running")
        if now - self.saved > self.settings.save_seconds and self.world == 1:
            self._save()

    def _update(self, chosen: Tensor) -> None:
        settings = self.settings
        factor = learning_rate_factor(self.step, self.steps, settings.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = settings.learning_rate * factor
        draws = tuple(draw[self.rank :: self.world] for draw in self.task.draw(settings.batch, self.generator))
        own = chosen[self.rank :: self.world].numpy()
        device = self.fabric.device
        x = (torch.from_numpy(self.data.images[own]).float() / 127.5 - 1).to(device)
        labels = None if self.data.labels is None else torch.from_numpy(self.data.labels[own]).long().to(device)
        losses = self.task.losses(self.network, x, labels, draws)
        self.optimizer.zero_grad()
        self.fabric.backward(losses.mean() / self.task.objective_scale())
        norm = self.fabric.clip_gradients(self.network, self.optimizer, max_norm=settings.clip, error_if_nonfinite=False)
        self.optimizer.step()
        self.average.update_parameters(self.task.network)
        assert norm is not None
        self.pending.append((losses.detach(), norm.detach(), self.task.timesteps_of(draws)))

    def _asked_to_stop(self) -> bool:
        """Whether to stop; waits here while the run shall pause. All processes hear the same."""
        wish = control.wished(self.settings.out)
        if self.world > 1:
            wish = self.fabric.broadcast(wish)
        if wish == "pause":
            self._save()
            self._tell("paused")
            for _ in control.while_paused(self.settings.out):
                if time.monotonic() - self.told > STATUS_SECONDS:
                    self._tell("paused")
            self.fabric.barrier()
            self.begun, self.begun_step = time.monotonic(), self.step
            return self._asked_to_stop()
        return wish == "stop"

    # --- reports ---

    def _flush(self) -> None:
        for losses, norm, t in self.pending:
            self.means.add(losses.tolist(), float(norm), None if t is None else t.tolist())
        self.pending.clear()

    def _report(self) -> tuple[Progress, list[float]]:
        self._flush()
        self._share_means()
        means, by_timestep = self.means, self.means.by_timestep
        line = self._line(float(self.optimizer.param_groups[0]["lr"]), means.mean_loss, means.mean_norm)
        if not math.isfinite(line.loss):
            raise BadInput(f"{self.settings.out}: the loss is no longer finite at update {self.step}; lower the learning rate")
        means.clear()
        self.reported, self.reported_step = time.monotonic(), self.step
        self.last = line
        return line, by_timestep

    def _share_means(self) -> None:
        if self.world == 1:
            return
        means = self.means
        mine = torch.tensor([means.loss / self.world, means.norm / self.world, *means.sums, *means.counts], dtype=torch.float64)
        shared = self.fabric.all_reduce(mine.to(self.fabric.device, torch.float32), reduce_op="sum")
        assert isinstance(shared, Tensor)
        total = shared.tolist()
        half = 2 + len(means.sums)
        means.loss, means.norm, means.sums, means.counts = total[0], total[1], total[2:half], [round(c) for c in total[half:]]

    def _line(self, rate: float, loss: float, norm: float) -> Progress:
        now, images = time.monotonic(), self.step * self.settings.batch
        since = max(now - self.reported, 1e-9)
        speed = (self.step - self.reported_step) * self.settings.batch / since
        per_step = (now - self.begun) / max(1, self.step - self.begun_step)
        epoch = min(self.epoch + 1, self.settings.epochs)
        return Progress(epoch, self.step, self.steps, images, loss, rate, norm, speed, per_step * (self.steps - self.step))

    def _with(self, line: Progress, path: Path) -> Progress:
        """A line of the file just written, with the figures of the last report."""
        seen = self.last
        epoch = self.epoch if self.batch == 0 else self.epoch + 1
        return Progress(
            epoch, line.step, line.steps, line.images, seen.loss, seen.learning_rate, seen.gradient_norm,
            seen.images_per_second, line.seconds_left, path,
        )  # fmt: skip

    last = Progress(1, 0, 0, 0, math.nan, 0.0)
    kept_chance: dict[str, Any]

    def _first_status(self) -> RunStatus:
        card, settings = self.task.card(self._training_card(0, 0)), self.settings
        return RunStatus(
            pid=os.getpid(), phase="starting", command=settings.command, kind=card.kind, option=card.option or "", dataset=settings.dataset,
            epochs=settings.epochs, batch=settings.batch, steps=self.steps, started=time.time(),
        )  # fmt: skip

    def _tell(self, phase: Phase, message: str = "") -> None:
        """Write what the run says of itself; a folder that cannot be written is told by what comes next."""
        if not self.fabric.is_global_zero:
            return
        import msgspec

        line = self._line(0.0, 0.0, 0.0)
        known = self.last.step > 0
        self.status = msgspec.structs.replace(
            self.status, phase=phase, message=message, epoch=line.epoch, step=line.step, images=line.images,
            loss=self.last.loss if known else None, gradient_norm=self.last.gradient_norm if known else None,
            images_per_second=self.last.images_per_second if phase == "running" else 0.0,
            seconds_left=line.seconds_left if self.step > self.begun_step and phase == "running" else 0.0, updated=time.time(),
        )  # fmt: skip
        self.told = time.monotonic()
        try:
            control.write_status(self.settings.out, self.status)
        except OSError:
            return  # the checkpoint that cannot be written either says so

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
            training = self._training_card(self.step * self.settings.batch, self.epoch)
            save(path, self.task.card(joined(self.earlier, training)), _stored(self.average.module.state_dict(), self.settings.stored))
        return path

    def _save(self) -> None:
        self._flush()
        write_state(self.fabric, self.settings.out, self._state())
        self.saved = time.monotonic()

    def _state(self) -> dict[str, Any]:
        return {
            "network": self.network, "optimizer": self.optimizer, "average": self.average,
            "step": self.step, "epoch": self.epoch, "batch": self.batch,
            "chance": chance(self.generator), "means": self.means.state(), "identity": self._identity(),
        }  # fmt: skip

    def _identity(self) -> dict[str, Any]:
        """What must be alike for one run to be another's continuation."""
        settings = self.settings
        return {
            "--seed": settings.seed, "--batch": settings.batch, "--epochs": settings.epochs, "number of images": self.count,
            "--learning-rate": settings.learning_rate, "--ema": settings.ema, "data": self.data.sha256,
        }  # fmt: skip

    def _resume(self) -> None:
        state = self._state()
        if not read_state(self.fabric, self.settings.out, state):
            return
        for name, own in self._identity().items():
            if state["identity"].get(name) != own:
                raise BadInput(
                    f"{self.settings.out}: the run there has {name} {state['identity'].get(name)}, not {own}; "
                    "--resume goes on with the same settings (--start-from begins another run with its weights)"
                )
        self.step, self.epoch, self.batch = state["step"], state["epoch"], state["batch"]
        self.begun_step = self.reported_step = self.step
        self.kept_chance = state["chance"]
        self.means.restore(state["means"])


def _fabric(settings: TrainSettings) -> Fabric:
    precision: Any = "bf16-mixed" if settings.precision == "bf16" else "32-true"
    several = settings.devices * settings.nodes > 1
    fabric = Fabric(
        accelerator=settings.device, devices=settings.devices, num_nodes=settings.nodes, precision=precision,
        strategy="ddp" if several else "auto",
    )  # fmt: skip
    if several:
        fabric.launch()
    return fabric


def _open_curves(folder: Path, step: int) -> Curves:
    try:
        return Curves(folder, step)
    except OSError as error:
        raise BadInput(f"{folder}: cannot be written: {error.strerror}") from None


def _stored(weights: dict[str, Tensor], stored: str) -> dict[str, Tensor]:
    """Weights in the numbers that the checkpoint keeps."""
    if stored == "fp32":
        return weights
    return {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in weights.items()}
