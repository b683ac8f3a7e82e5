"""A decoder as numbers: layers in a row that can be run without torch, as a page does. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

ACTIVATIONS = ("relu", "leaky_relu", "silu", "sigmoid", "tanh", "elu", "gelu", "softplus")


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of one image; arrays are float32.

    Attributes
    ----------
    kind : str
        "linear": y = W x + b. "conv", "transposed": convolutions with zeros around, of `stride`, `padding`. "nearest": each pixel
        repeated `factor` times. "norm": the mean of each of `groups` parts becomes 0, its variance 1. "affine": each of as many equal
        parts as there are weights times its weight, plus its bias. Or a name in `ACTIVATIONS`, of each number.
    shape : tuple of int
        Of its result, without the batch.
    settings : dict
        Pairs (rows, columns) and numbers, by name.
    weight, bias : ndarray or None
        W as torch has it.
    """

    kind: str
    shape: tuple[int, ...]
    settings: dict[str, float | tuple[int, int]] = field(default_factory=dict)
    weight: np.ndarray | None = None
    bias: np.ndarray | None = None

    @property
    def arrays(self) -> list[np.ndarray]:
        """Those that there are."""
        return [array for array in (self.weight, self.bias) if array is not None]


@dataclass(frozen=True, eq=False)
class Graph:
    """A decoder: layers one after another, from `inputs` numbers to an image (C, H, W) near [-1, 1]."""

    inputs: int
    layers: Sequence[Layer]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of its result."""
        return self.layers[-1].shape

    @property
    def halves(self) -> bool:
        """Whether float16 holds every weight as it is: files with half the bytes were rounded so."""
        return all(np.array_equal(array, array.astype(np.float16).astype(np.float32)) for layer in self.layers for array in layer.arrays)

    @property
    def nbytes(self) -> int:
        """Of all weights, as small as they are kept whole."""
        return sum(array.size for layer in self.layers for array in layer.arrays) * (2 if self.halves else 4)
