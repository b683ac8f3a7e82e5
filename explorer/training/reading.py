"""Reading the curves of a run while it writes them: only what is new is read. No torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.regular_file import is_regular
from explorer.training.curves import BINS, BY_TIMESTEP_HEAD, BY_TIMESTEP_NAME, CURVE_HEAD, CURVE_NAME

MOST_READ = 64 << 20
"""Bytes at once: the curves of a run of a million updates."""
COLUMNS = {"loss": 3, "learning_rate": 4, "gradient_norm": 5}


class Tail:
    """Rows of a CSV file that grows; it begins anew where the file has become shorter."""

    def __init__(self, path: Path, columns: int) -> None:
        self._path, self._columns = path, columns
        self._offset = 0
        self.rows: list[list[float]] = []

    def read(self) -> bool:
        """Take in what is new; whether there was anything."""
        try:
            if not is_regular(self._path):
                return False
            with open(self._path, "rb") as file:
                size = file.seek(0, 2)
                shorter = size < self._offset
                if shorter:
                    self._offset = 0
                    self.rows = []
                file.seek(self._offset)
                data = file.read(MOST_READ)
        except (OSError, ValueError):  # ValueError: a name that no file can have
            return False
        whole = data[: data.rfind(b"\n") + 1]
        self._offset += len(whole)
        fresh = [row for line in whole.decode("utf-8", "replace").splitlines() if (row := self._parsed(line)) is not None]
        self.rows += fresh
        return bool(fresh) or shorter

    def _parsed(self, line: str) -> list[float] | None:
        parts = line.split(",")
        if len(parts) != self._columns:
            return None
        try:
            return [float(part) if part else float("nan") for part in parts]
        except ValueError:
            return None  # the head


class RunCurves:
    """The curves of a run, as far as they are written."""

    def __init__(self, folder: Path) -> None:
        self._curve = Tail(folder / CURVE_NAME, len(CURVE_HEAD))
        self._by_timestep = Tail(folder / BY_TIMESTEP_NAME, len(BY_TIMESTEP_HEAD))

    def read(self) -> bool:
        """Take in what is new; whether there was anything."""
        news = self._curve.read()
        return self._by_timestep.read() or news

    def curve(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Updates (M,) and "loss", "learning_rate" or "gradient_norm" (M,) at each."""
        rows = self._curve.rows
        return np.array([row[1] for row in rows]), np.array([row[COLUMNS[name]] for row in rows])

    def by_timestep(self, until: int | None = None, last: int = 20) -> np.ndarray:
        """Mean loss in each bin of t, shape (20,), over the last rows (up to an update); NaN where no image fell."""
        rows = [row for row in self._by_timestep.rows if until is None or row[0] <= until][-last:]
        if not rows:
            return np.full(BINS, np.nan)
        values = np.array([row[1:] for row in rows])
        known = np.isfinite(values)
        return np.where(known.any(axis=0), np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan)


def smoothed(values: np.ndarray) -> np.ndarray:
    """Mean over neighbours on both sides, shape (M,): up to ten of them, fewer on a short curve and towards its ends.

    A curve that is smoothed so does not lag behind a loss that falls fast. NaN counts as not there.
    """
    count = len(values)
    index = np.arange(count)
    reach = np.minimum(np.minimum(index, count - 1 - index), min(max(count // 60, 2), 10))
    known = np.isfinite(values)
    sums, counts = (np.concatenate([[0.0], np.cumsum(part)]) for part in (np.where(known, values, 0.0), known.astype(float)))
    total, number = (part[index + reach + 1] - part[index - reach] for part in (sums, counts))
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)
