"""Shared noise: a pure function of (seed, sample index, timestep); a smaller image has the beginning of a larger one's.

Whatever the batch size, device, dtype or order of evaluation, sample i gets the same x_T and the same
z_t, so lanes differ by their option alone and any step can be made again (MATH.md, "Shared noise").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator, Philox  # at once: numpy would load it at the first draw, where Ctrl-C would be lost

if TYPE_CHECKING:
    import torch
    from torch import Tensor

SEED_LIMIT = 2**63
DRAWS = 2**63  # from this stream on: uniform numbers to draw with, apart from all Gaussian noise


def noise_array(seed: int, index: int, t: int, shape: Sequence[int], stream: int = 0) -> np.ndarray:
    """Standard normal float32 array of one sample at one timestep.

    Philox-4x64 keyed by (seed, stream) with its counter started at (0, 0, index, t): every (index, t)
    owns 2**128 counter blocks, so no two of them overlap.

    Parameters
    ----------
    seed : int
        In [0, 2**63).
    index, t : int
        Sample index and timestep, at least 0.
    shape : sequence of int
        Image shape, for example (1, 28, 28).
    stream : int
        Another independent noise for the same (seed, index, t), as a branch needs.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """
    return _noise_rows(seed, (index,), t, math.prod(shape), stream)[0].reshape(tuple(shape))


def noise_arrays(seed: int, indices: Sequence[int], t: int, shape: Sequence[int], stream: int = 0) -> np.ndarray:
    """Noise of several samples at timestep t, shape (len(indices), *shape), float32."""
    return _noise_rows(seed, indices, t, math.prod(shape), stream).reshape(len(indices), *shape)


def shared_noise(
    seed: int, indices: Sequence[int], t: int, shape: Sequence[int], device: torch.device | str = "cpu", stream: int = 0
) -> Tensor:
    """`noise_arrays` as a tensor on `device`."""
    import torch

    return torch.from_numpy(noise_arrays(seed, indices, t, shape, stream)).to(device)


def _noise_rows(seed: int, indices: Sequence[int], t: int, size: int, stream: int) -> np.ndarray:
    """Noise of several samples, shape (len(indices), size): one generator put to the place of each."""
    if not 0 <= seed < SEED_LIMIT:
        raise ValueError(f"the seed must be in [0, 2**63), not {seed}")
    if t < 0 or stream < 0 or any(index < 0 for index in indices):
        raise ValueError("sample index, timestep and stream must be at least 0")
    rows = np.empty((len(indices), size), np.float32)
    bits = Philox(key=seed + (stream << 64), counter=t << 192)
    draw, place = Generator(bits).standard_normal, bits.state  # a new one for each sample would take longer than what it draws
    counter = place["state"]["counter"]
    for index, row in zip(indices, rows, strict=True):
        counter[2] = index
        bits.state = place
        draw(dtype=np.float32, out=row)
    return rows


def shared_uniforms(seed: int, indices: Sequence[int], t: int, device: torch.device | str = "cpu", stream: int = 0) -> Tensor:
    """One number in [0, 1) for each sample at timestep t, shape (len(indices),), float64: a pure function as the noise is."""
    import torch

    key = seed + ((DRAWS + stream) << 64)
    bits = [Philox(key=key, counter=(index << 128) + (t << 192)) for index in indices]
    return torch.tensor([Generator(b).random() for b in bits], dtype=torch.float64).to(device)
