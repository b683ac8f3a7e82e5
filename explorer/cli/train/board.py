"""What TensorBoard shows of a run that is asked to tell it: curves, and pictures of its snapshots, by Fabric's logger.

The run knows nothing of it: rows and files are taken from what it reports, and pictures are made by copies of its networks.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    from lightning_fabric.loggers.tensorboard import TensorBoardLogger

    from explorer.checkpoints.files import Checkpoint
    from explorer.recipe.training import TrainSettings
    from explorer.training.progress import Progress

SAMPLES, STEPS = 16, 25
KEPT = 0.9
"""Of the smoothed loss from one row to the next."""
INSTALL = 'pip install "generative-explorer[tensorboard]"'


def check_board(folder: Path) -> None:
    """Refuse before anything is read where TensorBoard's package is missing, or the folder cannot be made (BadInput)."""
    import importlib.util

    if importlib.util.find_spec("tensorboard") is None:
        raise BadInput(f"--tensorboard {folder}: the package tensorboard is not installed: {INSTALL}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder}: cannot be written: {error.strerror}") from None


def shown_on_board(lines: Iterable[Progress], folder: Path, settings: TrainSettings) -> Iterator[Progress]:
    """The lines of a run as they come, written for TensorBoard, too; a process that has none to tell writes nothing.

    A run that goes on takes its curves up where they were: what an interrupted try wrote beyond is no longer shown.
    """
    with contextlib.ExitStack() as stack:
        board: _Board | None = None
        for line in lines:
            if board is None:
                board = stack.enter_context(contextlib.closing(_Board(folder, settings, line.step)))
            board.write(line)
            yield line


class _Board:
    def __init__(self, folder: Path, settings: TrainSettings, first: int) -> None:
        from lightning_fabric.loggers.tensorboard import TensorBoardLogger

        self._folder, self._settings = folder, settings
        purged = first if settings.resume else 0
        self._logger: TensorBoardLogger = TensorBoardLogger(folder, name="", version="", purge_step=purged)
        self._smoothed, self._weight = 0.0, 0.0
        for loss in _losses_before(settings.out, first) if settings.resume else ():
            self._smooth(loss)

    def write(self, line: Progress) -> None:
        """A row, or the pictures of a snapshot."""
        try:
            if line.checkpoint is None:
                self._row(line)
            else:
                self._pictures(line.checkpoint, line.step)
        except OSError as error:
            raise BadInput(f"{self._folder}: cannot be written: {error.strerror or error}; what the run saved before is kept") from None

    def close(self) -> None:
        """Write what is still to be written."""
        self._logger.experiment.close()

    def _row(self, line: Progress) -> None:
        figures = {
            "loss": line.loss, "loss smoothed": self._smooth(line.loss), "learning rate": line.learning_rate,
            "gradient norm": line.gradient_norm, "images a second": line.images_per_second,
        }  # fmt: skip
        self._logger.log_metrics(figures, line.step)

    def _smooth(self, loss: float) -> float:
        """Exponential mean of the rows so far, without the pull of the value that it begins with."""
        if math.isfinite(loss):
            self._smoothed, self._weight = KEPT * self._smoothed + (1 - KEPT) * loss, KEPT * self._weight + 1 - KEPT
        return self._smoothed / self._weight if self._weight else math.nan

    def _pictures(self, path: Path, step: int) -> None:
        import torch

        with torch.random.fork_rng(), torch.inference_mode():  # dropout draws from what is kept here
            made = _made(path, self._settings)
        if made is not None:
            name, tiles = made
            self._logger.experiment.add_image(name, _sheet(tiles), step, dataformats="HWC")


def _losses_before(out: Path, step: int) -> list[float]:
    from explorer.training.reading import RunCurves

    curves = RunCurves(out)
    curves.read()
    steps, losses = curves.curve("loss")
    return [float(loss) for at, loss in zip(steps, losses, strict=True) if at < step]


def _made(path: Path, settings: TrainSettings) -> tuple[str, np.ndarray] | None:
    """What a snapshot makes, and its pictures (N, C, H, W), uint8: samples of a DDPM or a VAE; None of what makes none."""
    from explorer import sources
    from explorer.exports.pixels import as_uint8
    from explorer.models.roles import LatentModel

    checkpoint = sources.open(path)
    if checkpoint.card.kind == "ddpm":
        return "samples", as_uint8(_samples(checkpoint, settings))
    network = checkpoint.network
    if not isinstance(network, LatentModel) or not network.config.variational:
        return None
    from explorer.latent.prior import prior_codes
    from explorer.sampling.codes import decoded

    return "samples of the prior", as_uint8(decoded(network, prior_codes(settings.seed, range(SAMPLES), network.config.code).numpy()))


def _samples(checkpoint: Checkpoint, settings: TrainSettings) -> np.ndarray:
    from explorer.engine.models.predictors import schedule_of
    from explorer.recipe import Sampler
    from explorer.sampling.lanes import lane_of
    from explorer.sampling.place import place

    sampler = Sampler(steps=min(STEPS, schedule_of(checkpoint).T), eta=0.0)
    lane = lane_of(checkpoint, place(settings.device), sampler, SAMPLES)
    *_, last = lane.walk(settings.seed, range(SAMPLES))
    return lane.pictures(last.x_prev)


def _sheet(tiles: np.ndarray) -> np.ndarray:
    """A picture (H, W, 3) of tiles."""
    import numpy as np

    from explorer.exports.sheet import Sheet

    _, channels, height, width = tiles.shape
    drawn = Sheet(len(tiles), (channels, height, width)).draw([tiles])
    return drawn if drawn.ndim == 3 else np.repeat(drawn[..., None], 3, 2)
