"""The seam between the training loop and what is trained."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from explorer.checkpoints.card import Card, TrainingCard


class Task(Protocol):
    """A network with its loss.

    Attributes
    ----------
    network : nn.Module
        The weights that are trained, fresh from the run's seed.
    loss_name : str
        What the loss is called in the card and in the loss curve.
    """

    network: nn.Module
    loss_name: str

    def loss(self, network: nn.Module, x: Tensor, labels: Tensor | None, generator: torch.Generator) -> Tensor:
        """Scalar loss of a batch.

        Parameters
        ----------
        network : nn.Module
            The network, as wrapped for the device and precision.
        x : Tensor, shape (N, C, H, W)
            Images in [-1, 1].
        labels : Tensor of int64, shape (N,), or None
        generator : torch.Generator
            On the CPU; the only source of chance, so that runs of one seed see the same draws.
        """
        ...

    def objective_scale(self) -> float:
        """Positive constant by which the loss is divided before its gradient is taken."""
        ...

    def card(self, training: TrainingCard) -> Card:
        """Model card of the trained network."""
        ...
