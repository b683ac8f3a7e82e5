"""Rows of one array that come block by block, from a network that reads thousands of images a few at a time.

A block that is kept as it came lies in memory after what its network needed and freed. The next block then finds no room there, as the
GNU C library gives aligned memory out, and takes more: of 60,000 images read by the judge 140 bytes each, three gigabytes.
"""

from __future__ import annotations

import numpy as np


class Rows:
    """An array of so many rows, made by its first block and filled by all.

    Parameters
    ----------
    count : int
        Rows in the end, at least 1.
    """

    def __init__(self, count: int) -> None:
        self.count, self.filled = count, 0
        self._array = np.empty(0)

    def add(self, block: np.ndarray) -> None:
        """Copy the next rows, (n, ...) of the first block's type and of its shape but for n (ValueError if there are more than `count`)."""
        if not self.filled:
            self._array = np.empty((self.count, *block.shape[1:]), block.dtype)
        end = self.filled + len(block)
        if end > self.count:
            raise ValueError(f"{end} rows of {self.count}")
        self._array[self.filled : end] = block
        self.filled = end

    @property
    def array(self) -> np.ndarray:
        """What is there so far, (filled, ...); a view of what goes on being filled."""
        return self._array[: self.filled]
