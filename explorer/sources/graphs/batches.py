"""Batches of any size for a graph that may take batches of one size only, or one t for all of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from explorer.errors import BadInput
from explorer.sources.graphs.runtime import Runtime

MOST = 16
"""Samples that are run at once: what is compiled for a size waits for that size again."""
TRIED = (3, 1, 2, 4, 8, 16, 32, 64)
"""A graph that takes three takes any number: sizes that tracing fixed are 1, or powers of two."""


class Batched:
    """Runs a graph.

    Parameters
    ----------
    path : Path
        For messages.
    runtime : Runtime
    samples : sequence of tuple of int
        Shape of one sample in each input, in the graph's order.
    shared : sequence of (tuple of int or None)
        Shape of an input that has one value for the whole batch; None for the others.
    kinds : sequence of str
        Types of the inputs.
    fixed : int or None
        Samples of a batch, where the file says it.
    output : int
        Place of the output.
    """

    def __init__(
        self,
        path: Path,
        runtime: Runtime,
        samples: Sequence[tuple[int, ...]],
        shared: Sequence[tuple[int, ...] | None],
        kinds: Sequence[str],
        fixed: int | None,
        output: int,
    ) -> None:
        self._path, self._runtime, self._samples, self._shared = path, runtime, tuple(samples), tuple(shared)
        self._kinds, self._output = [np.dtype(kind) for kind in kinds], output
        self.size, self.gives = self._find(fixed)

    @property
    def run_by(self) -> str:
        """What runs it, for people."""
        return self._runtime.name

    def _sizes(self, count: int) -> list[tuple[int, ...]]:
        return [(count, *each) if one is None else one for each, one in zip(self._samples, self._shared, strict=True)]

    def _find(self, fixed: int | None) -> tuple[int | None, tuple[int, ...]]:
        """Samples that it takes at once, None for any number; and the shape of what it gives for one."""
        reason = ""
        for count in (fixed,) if fixed else TRIED:
            try:
                shape = self._runtime.gives(self._sizes(count))[self._output]
            except ValueError as error:
                reason = reason or str(error)
                continue
            if shape and shape[0] == count:
                return (None if count == TRIED[0] and not fixed else count), shape[1:]
        raise BadInput(f"{self._path}: {self._runtime.name} cannot run it: {reason or 'what comes out is not as many as what goes in'}")

    def __call__(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Output of a batch of any size.

        Parameters
        ----------
        values : sequence of ndarray, each of shape (N, ...)
            Also of an input that takes one value for a batch: samples of one value are run together then.
        """
        count = len(values[0])
        said = np.empty((count, *self.gives), np.float32)
        for rows in self._groups(values):
            for start in range(0, len(rows), self.size or MOST):
                some = rows[start : start + (self.size or MOST)]
                said[some] = self._run([value[some] for value in values])
        return said

    def _groups(self, values: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
        """Rows that may be run together."""
        alone = [value for value, one in zip(values, self._shared, strict=True) if one is not None]
        if not alone:
            yield np.arange(len(values[0]))
            return
        for value in np.unique(alone[0]):
            yield np.flatnonzero(alone[0].reshape(-1) == value)

    def _run(self, values: list[np.ndarray]) -> np.ndarray:
        count = len(values[0])
        size = self.size or count
        fed = []
        for value, one, sample, kind in zip(values, self._shared, self._samples, self._kinds, strict=True):
            if one is not None:
                value = value[:1].reshape(one)
            elif size > count:  # those that are missing are the last one again
                value = np.concatenate([value, np.repeat(value[-1:], size - count, axis=0)])
            fed.append(np.ascontiguousarray(value.reshape((size, *sample) if one is None else one), dtype=kind))
        return self._runtime.run(fed)[self._output][:count].astype(np.float32, copy=False)
