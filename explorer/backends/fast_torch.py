"""PyTorch for inference alone: weights packed for the processor's convolutions, images in the order in which these read them.

Of any network the convolutions are exchanged; of the app's own U-Net the whole walk is (`fast_unet`). On a GPU of Apple's only the order
of memory changes. Nothing here is assumed to be faster or close: that is measured, network by network.
"""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any

from explorer.backends.base import Backend

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from explorer.backends.base import Run


class FastTorch(Backend):
    """Runs a copy of the module that was made ready for inference."""

    name = "fast"
    title = "PyTorch, packed"
    devices = {"cpu": "CPU", "mps": "Apple GPU (MPS)"}  # noqa: RUF012
    precisions = ("fp32", "bf16")
    has_derivatives = False

    def offers(self, device: torch.device) -> tuple[str, ...]:
        """Both on a CPU with units for bfloat16, else fp32."""
        from explorer.backends.torch import Torch

        if device.type not in self.devices:
            return ()
        return tuple(dict.fromkeys((self.precisions[0], Torch().default_precision(device))))

    def choose(self, device: str) -> torch.device:
        """As PyTorch has it."""
        from explorer.backends.torch import Torch

        return Torch().choose(device)

    def describe(self, device: torch.device) -> str:
        """The kind of device."""
        return device.type.upper()

    def default_precision(self, device: torch.device) -> str:
        """bf16 where the device has units for it, else fp32."""
        return self.offers(device)[-1]

    def prepare(self, network: nn.Module, device: torch.device, precision: str) -> Run:
        """The U-Net's own walk where it is one that is known, else a copy with its convolutions exchanged."""
        import torch

        from explorer.backends.fast_unet import FastUNet
        from explorer.models.unet import UNet

        dtype = torch.bfloat16 if precision == "bf16" else torch.float32
        network.to(device)
        if device.type == "cpu" and isinstance(network, UNet) and FastUNet.knows(network):
            return FastUNet(network, dtype)
        return _exchanged(network, device, dtype)


def _exchanged(network: nn.Module, device: torch.device, dtype: torch.dtype) -> Run:
    import torch

    from explorer.backends.packed import PackedConvolution

    own: Any = copy.deepcopy(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if device.type == "cpu":
        for parent in list(own.modules()):
            for name, child in list(parent.named_children()):
                if PackedConvolution.fits(child):
                    setattr(parent, name, PackedConvolution(child))

    def run(x_t: Tensor, t: Tensor, *labels: Tensor) -> Tensor:
        short = torch.autocast(device.type, dtype=dtype) if dtype != torch.float32 else contextlib.nullcontext()
        with short:
            output: Tensor = own(x_t.contiguous(memory_format=torch.channels_last), t, *labels)
        return output.contiguous()

    return run
