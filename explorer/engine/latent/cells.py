"""Values at a grid's cells that are known already: whoever pans asks mostly for what was just computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.latent.plane import Extent


@dataclass(eq=False)
class Cells:
    """Values at the centres of a grid's cells, row by row from the top left, as far as they are known.

    Attributes
    ----------
    extent : Extent
    columns, rows : int
    values : ndarray, shape (rows, columns, depth), or None
        None before the first is known.
    known : ndarray of bool, shape (rows, columns)
    """

    extent: Extent
    columns: int
    rows: int
    values: np.ndarray | None
    known: np.ndarray

    @classmethod
    def of(cls, extent: Extent, columns: int, rows: int, before: Cells | None = None) -> Cells:
        """A grid with what another one knows of the same cells."""
        cells = cls(extent, columns, rows, None, np.zeros((rows, columns), bool))
        if before is not None and before.values is not None:
            cells._copy(before)
        return cells

    @property
    def missing(self) -> np.ndarray:
        """Numbers of the cells that are not known, row by row."""
        return np.flatnonzero(~self.known)

    def put(self, numbers: np.ndarray, values: np.ndarray) -> None:
        """Take values (M,) or (M, depth) of cells (M,)."""
        if not len(numbers):
            return
        flat = values.reshape(len(values), -1)
        if self.values is None:
            self.values = np.zeros((self.rows, self.columns, flat.shape[1]), flat.dtype)
        self.values.reshape(-1, flat.shape[1])[numbers] = flat
        self.known.reshape(-1)[numbers] = True

    def _cell(self) -> tuple[float, float]:
        left, right, bottom, top = self.extent
        return (right - left) / self.columns, (top - bottom) / self.rows

    def _copy(self, before: Cells) -> None:
        """Copy the cells that lie on one another; none where the two lattices are not one."""
        (width, height), was = self._cell(), before._cell()
        across, down = (self.extent[0] - before.extent[0]) / width, (before.extent[3] - self.extent[3]) / height
        x, y = round(across), round(down)
        one = np.allclose((width, height), was, rtol=1e-9, atol=0) and abs(across - x) < 1e-6 and abs(down - y) < 1e-6
        columns, rows = min(self.columns, before.columns - x), min(self.rows, before.rows - y)
        first, top = max(0, -x), max(0, -y)
        if not one or columns <= first or rows <= top or before.values is None:
            return
        here, there = (slice(top, rows), slice(first, columns)), (slice(top + y, rows + y), slice(first + x, columns + x))
        self.values = np.zeros((self.rows, self.columns, before.values.shape[2]), before.values.dtype)
        self.values[here] = before.values[there]
        self.known[here] = before.known[there]
