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
    timesteps : int or None
        T, where each image's loss is of one timestep.
    """

    network: nn.Module
    loss_name: str
    timesteps: int | None

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        """All chance of one batch, each of first dimension `count`: its only source is the generator, on the CPU.

        Drawn for the whole batch even where several processes share it, each taking its own rows.
        """
        ...

    def losses(self, network: nn.Module, x: Tensor, labels: Tensor | None, draws: tuple[Tensor, ...]) -> Tensor:
        """Loss of each image, shape (N,).

        Parameters
        ----------
        network : nn.Module
            The network, as wrapped for the device, precision and processes.
        x : Tensor, shape (N, C, H, W)
            Images in [-1, 1].
        labels : Tensor of int64, shape (N,), or None
        draws : tuple of Tensor
            Rows of what `draw` gave.
        """
        ...

    def timesteps_of(self, draws: tuple[Tensor, ...]) -> Tensor | None:
        """The t of each image in a batch, shape (N,), where its loss is of one t."""
        ...

    def objective_scale(self) -> float:
        """Positive constant by which the loss is divided before its gradient is taken."""
        ...

    def card(self, training: TrainingCard) -> Card:
        """Model card of the trained network."""
        ...
