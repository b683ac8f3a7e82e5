"""What a backend is: one way to run a network that predicts steps.

A backend is one file here and one line in `explorer.backends`. Its module is imported before the window is up: torch, and what
needs it, is imported within the methods that choose a device and run. A chain's tensors are torch's, on a device of torch's, whatever
the network is run by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    Run = Callable[..., Tensor]


class Backend(Protocol):
    """Runs networks.

    Attributes
    ----------
    name : str
        A word: `NAME/DEVICE` is what sessions and --device call it; the first backend's devices go by their own names.
    title : str
        For people: "PyTorch".
    devices : mapping of str to str
        Names and titles of what it can run on; the first is meant where none is named.
    several : tuple of str
        Those of which a machine may have more than one: "cuda:1".
    precisions : tuple of str
        Arithmetics by name, the exact one first: it is what the others are measured against.
    has_derivatives : bool
        It calls the module itself, so that derivatives go through, and blocks can be watched while it runs.
    immediate : bool
        A network is ready within milliseconds, for batches of any size; what its exact precision says of a sample depends on no other
        one, and differs from the module's by rounding alone. So it can run a chain before anything has been measured.
    compiles : bool
        It takes seconds of both the person's and the processors' time to have a network ready: it is not tried where another one is
        much faster than plain PyTorch already.
    """

    name: str
    title: str
    devices: Mapping[str, str]
    several: tuple[str, ...] = ()
    precisions: tuple[str, ...]
    has_derivatives: bool
    immediate: bool = False
    compiles: bool = False

    def knows(self, device: str) -> bool:
        """Whether it has such a device on some machine."""
        kind, _, number = device.partition(":")
        return device in self.devices or (kind in self.several and re.fullmatch("[0-9]{1,3}", number) is not None)

    def missing(self) -> str:
        """Why it cannot be used here, such as a package that is not installed; empty if it can. Nothing is imported for it."""
        return ""

    def version(self) -> str:
        """Of the package that computes, beside PyTorch: what was measured with another is measured again. Nothing is imported for it."""
        return ""

    def supports(self, network: nn.Module) -> bool:
        """Whether it can run such a network, as far as that can be told by looking at it.

        One that is told more than x_t and t (`self_conditioned`), or that something else than torch runs (`run_by`, its name for
        people), is for those that call the module itself.
        """
        return not (getattr(network, "self_conditioned", False) or getattr(network, "run_by", ""))

    def offers(self, device: torch.device) -> tuple[str, ...]:
        """Arithmetics worth measuring where the person leaves open what runs a network; none if it is taken by name only."""
        return self.precisions if not self.missing() and device.type in self.devices else ()

    def choose(self, device: str) -> torch.device:
        """Where the tensors of chains are while it runs on a device of that name (BadInput if this machine does not have it)."""
        ...

    def describe(self, device: torch.device) -> str:
        """Name for people: "CPU" or "CUDA · NVIDIA H100"."""
        ...

    def default_precision(self, device: torch.device) -> str:
        """The fastest arithmetic for which the device has units."""
        ...

    def prepare(self, network: nn.Module, device: torch.device, precision: str) -> Run:
        """A network made ready to run.

        Parameters
        ----------
        network : nn.Module
            A `Denoiser` of explorer.models.roles, in evaluation mode. It may be moved to the device, and is not changed otherwise.
        device : torch.device
            As `choose` gave it.
        precision : str
            One of `precisions`.

        Returns
        -------
        callable
            (x_t of shape (N, C, H, W), float32, t of shape (N,), int64, both on the device) to the network's output on it,
            which nothing writes to afterwards. A network that takes labels (explorer.models.roles.Conditional) is given them
            next, shape (N,), int64, on the device; one that is told of the state before is given that last. It is called by one
            thread at a time, and may take its time at the first call of
            each shape. Where one cannot be made it raises, here or at the first call.
        """
        ...
