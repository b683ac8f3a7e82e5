"""The native backend: U-Nets by a kernel of our own, written in C, in one pass through the processor's cache.

PyTorch runs a network layer by layer, each through memory and back for every one of the batch. The kernel takes one sample from its
first layer to its last; normalization and activation belong to the convolutions on either side of them, and what blocks
are told of t is looked up in a table. A sample's result depends neither on the others of its batch nor on the threads.

It is compiled when the package is built, where there is a C compiler (hatch_build.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer import __version__
from explorer.backends.base import Backend
from explorer.backends.native import library
from explorer.errors import BadInput

if TYPE_CHECKING:
    import torch
    from torch import nn

    from explorer.backends.base import Run
    from explorer.backends.native.runner import Lowerer

LOWERINGS = {
    "explorer.models.unet.UNet": "explorer.backends.native.unet",
    "diffusers.models.unets.unet_2d.UNet2DModel": "explorer.backends.native.unet2d",
    "explorer.sources.diffusers.network.UNet2D": "explorer.backends.native.unet2d_of_folder",
}
"""Module that makes a program of each class of networks: it alone knows how that class computes."""


class Native(Backend):
    """Runs a program of operations that is made of the module."""

    name = "native"
    title = "Native kernel"
    devices = {"cpu": "CPU"}  # noqa: RUF012
    precisions = ("fp32", "bf16")
    has_derivatives = False
    immediate = True

    def missing(self) -> str:
        """Why not: it was not built, or the processor has not the instructions."""
        if library.library() is None:
            return "the native kernel was not built: there was no C compiler when the package was installed"
        return "" if library.levels() else "the native kernel needs a processor with AVX2"

    def version(self) -> str:
        """The app's, since the kernel comes with it, and the instructions that it has here."""
        return " ".join((__version__, *(level.name for level in library.levels()[-1:])))

    def offers(self, device: torch.device) -> tuple[str, ...]:
        """fp32, and bf16 where the processor multiplies it."""
        if self.missing() or device.type != "cpu":
            return ()
        return self.precisions if self.default_precision(device) == "bf16" else self.precisions[:1]

    def choose(self, device: str) -> torch.device:
        """The CPU."""
        import torch

        if reason := self.missing():
            raise BadInput(f"device {self.name}/{device} cannot be used here: {reason}")
        return torch.device("cpu")

    def describe(self, device: torch.device) -> str:
        """With its instructions: "CPU · AVX-512"."""
        return f"CPU · {library.levels()[-1].title}"

    def default_precision(self, device: torch.device) -> str:
        """bf16 where the processor multiplies it."""
        return "bf16" if any(level.bfloat16 for level in library.levels()) else "fp32"

    def supports(self, network: nn.Module) -> bool:
        """Whether it can run such a network."""
        lowering = _lowering(network)
        return lowering is not None and lowering.fits(network)

    def prepare(self, network: nn.Module, device: torch.device, precision: str) -> Run:
        """A program for each size of images, made when one is first seen.

        Raises
        ------
        BadInput
            If it cannot run such a network, or not in that precision on this processor.
        """
        from explorer.backends.native.runner import Runner

        lowering = _lowering(network)
        if lowering is None or not lowering.fits(network):
            raise BadInput(f"the native kernel cannot run this {type(network).__name__}; PyTorch can: --device cpu")
        fitting = [level for level in library.levels() if level.bfloat16 or precision != "bf16"]
        if not fitting:
            raise BadInput("the native kernel computes in fp32 here: the processor does not multiply bfloat16")
        return Runner(network.to(device), lowering, fitting[-1], precision == "bf16")


def _lowering(network: nn.Module) -> Lowerer | None:
    import importlib

    name = LOWERINGS.get(f"{type(network).__module__}.{type(network).__qualname__}")
    return None if name is None else importlib.import_module(name)
