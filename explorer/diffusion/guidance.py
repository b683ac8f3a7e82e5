"""Classifier-free guidance: a class's prediction, moved away from that without a class (Ho and Salimans 2022).

    eps_w = (1 + w) eps_hat(x_t, t, c) - w eps_hat(x_t, t, null)

w = 0 is the plain conditional network; libraries that write a scale s mean 1 + w. Under every option x0_hat, eps_hat and the mean are
affine functions of the network's output o, with coefficients that depend on x_t and t alone: q = a o + b x_t. The weights of the two
predictions add up to 1, so that

    (1 + w) (a o_c + b x_t) - w (a o_null + b x_t) = a ((1 + w) o_c - w o_null) + b x_t:

Options A, B, C and V are guided by one formula, on their own outputs, and what comes out is the guidance of eps_hat. Clipping, which is
not affine, comes after it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor


def guided(conditional: Tensor, unconditional: Tensor, w: float) -> Tensor:
    """(1 + w) conditional - w unconditional: of network outputs, x0_hat, eps_hat or means alike."""
    return conditional + w * (conditional - unconditional)


@dataclass(frozen=True)
class Condition:
    """What a conditional network is told of a batch.

    Attributes
    ----------
    labels : tuple of int
        Sample i is told labels[i % len(labels)], as the network numbers them.
    null_label : int or None
        The network's own label for no class; None where it has none.
    guidance : float
        w; 0 asks the network once.
    indices : sequence of int or None
        Which samples the batch is made of; None is 0, 1, 2, ...
    known : int
        Labels that the network takes, 0..known - 1; 0 where nobody asks.
    """

    labels: tuple[int, ...]
    null_label: int | None = None
    guidance: float = 0.0
    indices: Sequence[int] | None = None
    known: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be asked (ValueError)."""
        if not self.labels:
            raise ValueError("a conditional network needs at least one label")
        if not math.isfinite(self.guidance):
            raise ValueError(f"the guidance must be finite, not {self.guidance}")
        if self.guidance and self.null_label is None:
            raise ValueError("guidance needs a null label")

    @property
    def classes(self) -> tuple[int, ...]:
        """Every label of a class."""
        return tuple(label for label in range(self.known) if label != self.null_label)

    def of_batch(self, x_t: Tensor) -> Tensor:
        """Label of each of x_t's samples, shape (N,), int64, on its device (ValueError if they are not as many as the indices)."""
        indices = range(len(x_t)) if self.indices is None else self.indices
        if len(indices) != len(x_t):
            raise ValueError(f"{len(x_t)} images, but the labels are of {len(indices)} samples")
        return torch.tensor([self.labels[i % len(self.labels)] for i in indices], dtype=torch.int64, device=x_t.device)

    @property
    def unguided(self) -> Condition:
        """Its labels alone."""
        return replace(self, guidance=0.0)

    @property
    def without_class(self) -> Condition | None:
        """No class for any sample; None where there is no null label."""
        return None if self.null_label is None else replace(self, labels=(self.null_label,), guidance=0.0)
