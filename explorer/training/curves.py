"""The curves of a run as CSV: its loss, and its loss by timestep. A resumed run's are those of one left alone."""

from __future__ import annotations

import contextlib
import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from explorer.errors import BadInput
from explorer.regular_file import is_regular
from explorer.training.control import replace_whole
from explorer.training.progress import Progress

CURVE_NAME = "loss.csv"
BY_TIMESTEP_NAME = "loss-by-timestep.csv"
CURVE_HEAD = ["epoch", "step", "images", "loss", "learning_rate", "gradient_norm"]
BINS = 20
BY_TIMESTEP_HEAD = ["step", *(f"bin {i}" for i in range(1, BINS + 1))]


class Curves:
    """The open files of a run.

    Parameters
    ----------
    folder : Path
    step : int
        Updates done: rows of a former try beyond them are dropped.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._folder = folder
        self._files = []
        writers = []
        for name, head, column in ((CURVE_NAME, CURVE_HEAD, 1), (BY_TIMESTEP_NAME, BY_TIMESTEP_HEAD, 0)):
            _begin(folder / name, [head, *_rows_until(folder / name, head, column, step)])
            file = open(folder / name, "a", newline="", encoding="utf-8")  # noqa: SIM115
            self._files.append(file)
            writers.append(csv.writer(file))
        self._loss, self._by_timestep = writers

    def write(self, line: Progress, by_timestep: Sequence[float]) -> None:
        """Add a row to each; no row by timestep where nothing is known of one.

        Raises
        ------
        BadInput
            If there is no room.
        """
        try:
            self._write(line, by_timestep)
        except OSError as error:
            raise BadInput(f"{self._folder / CURVE_NAME}: cannot be written: {error.strerror}; what was saved before is kept") from None

    def _write(self, line: Progress, by_timestep: Sequence[float]) -> None:
        numbers = (line.loss, line.learning_rate, line.gradient_norm)
        self._loss.writerow([line.epoch, line.step, line.images, *(f"{number:.6g}" for number in numbers)])
        if any(not math.isnan(value) for value in by_timestep):
            self._by_timestep.writerow([line.step, *("" if math.isnan(value) else f"{value:.6g}" for value in by_timestep)])
        self._flush()

    def _flush(self) -> None:
        for file in self._files:
            file.flush()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the files; what a full disk did not take is lost."""
        for file in self._files:
            with contextlib.suppress(OSError):
                file.close()


def _begin(path: Path, rows: list[list[str]]) -> None:
    """Write rows whole: a run that is killed while it takes its curve up again keeps it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    replace_whole(path, text.getvalue().encode())


def _rows_until(path: Path, head: list[str], column: int, step: int) -> list[list[str]]:
    """Rows of an earlier curve up to that update; what an interruption left beyond it is dropped."""
    if not step or not path.exists() or not is_regular(path):
        return []
    with open(path, newline="", encoding="utf-8", errors="replace") as file:
        try:
            rows = list(csv.reader(file))
        except csv.Error:  # spoilt: nothing of it can be taken up
            return []
    return [row for row in rows if len(row) == len(head) and row[column].isdecimal() and len(row[column]) < 20 and int(row[column]) <= step]


class Means:
    """Means since the last report: of the loss, of the gradient's norm, and of the loss in each bin of t.

    Parameters
    ----------
    timesteps : int
        T; bin i holds t in (i T / 20, (i + 1) T / 20].
    """

    def __init__(self, timesteps: int | None) -> None:
        self.timesteps = timesteps
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.updates = 0
        self.loss = self.norm = 0.0
        self.sums, self.counts = [0.0] * BINS, [0] * BINS

    def add(self, losses: Sequence[float], norm: float, t: Sequence[int] | None) -> None:
        """Take in one update: the loss of each image, the gradient's norm, and each image's t."""
        self.updates += 1
        self.loss += sum(losses) / len(losses)
        self.norm += norm
        if t is None or self.timesteps is None:
            return
        for value, step in zip(losses, t, strict=True):
            index = (step - 1) * BINS // self.timesteps
            self.sums[index] += value
            self.counts[index] += 1

    @property
    def mean_loss(self) -> float:
        """Mean loss; NaN before the first update."""
        return self.loss / self.updates if self.updates else math.nan

    @property
    def mean_norm(self) -> float:
        """Mean norm of the gradient; NaN before the first update."""
        return self.norm / self.updates if self.updates else math.nan

    @property
    def by_timestep(self) -> list[float]:
        """Mean loss in each bin; NaN where no image fell."""
        return [total / count if count else math.nan for total, count in zip(self.sums, self.counts, strict=True)]

    def state(self) -> dict[str, object]:
        """What has to be kept so that a resumed run reports the same."""
        return {"updates": self.updates, "loss": self.loss, "norm": self.norm, "sums": self.sums, "counts": self.counts}

    def restore(self, state: dict[str, object]) -> None:
        """Take up a kept state."""
        for name, value in state.items():
            setattr(self, name, value)
