"""PyTorch as it is: each layer when its turn comes, in float32 or under bfloat16's autocast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.backends.base import Backend
from explorer.errors import BadInput

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from explorer.backends.base import Run


class Torch(Backend):
    """Calls the module."""

    name = "torch"
    title = "PyTorch"
    devices = {"auto": "Automatic (the fastest)", "cpu": "CPU", "cuda": "NVIDIA GPU (CUDA)", "mps": "Apple GPU (MPS)"}  # noqa: RUF012
    several = ("cuda",)
    precisions = ("fp32", "bf16")
    has_derivatives = True

    def offers(self, device: torch.device) -> tuple[str, ...]:
        """The exact one, and bf16 where the device has units for it."""
        return tuple(dict.fromkeys((self.precisions[0], self.default_precision(device))))

    def choose(self, device: str) -> torch.device:
        """CUDA, then MPS, then the CPU for "auto"; tried out."""
        import torch

        chosen = self.named(device)
        try:
            torch.zeros(1, device=chosen)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            cause = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise BadInput(f"device {device!r} cannot be used here: {cause}") from None
        return chosen

    def named(self, name: str, count: int = 1) -> torch.device:
        """The same, not tried out: nothing is begun on it.

        Parameters
        ----------
        count : int
            Devices of that kind that are needed; of processes on the CPU there may be any number.

        Raises
        ------
        BadInput
            If this machine has not so many.
        """
        import torch

        has_mps = torch.backends.mps.is_available()
        if name == "auto":
            name = "cuda" if torch.cuda.is_available() else "mps" if has_mps else "cpu"
        device = torch.device(name)
        if device.type == "cpu":
            return device
        here = torch.cuda.device_count() if device.type == "cuda" else int(has_mps)
        if not here:
            raise BadInput(f"device {name!r} cannot be used here: PyTorch finds no {device.type.upper()} device on this machine")
        if (device.index or 0) >= here:
            raise BadInput(f"device {name!r} cannot be used here: the last of {here} is cuda:{here - 1}")
        if count > (1 if device.index is not None else here):
            raise BadInput(f"device {name!r} is {here if device.index is None else 1}, but {count} are asked for")
        return device

    def describe(self, device: torch.device) -> str:
        """The kind of device, and of CUDA's its name."""
        import torch

        if device.type == "cuda":
            return f"CUDA · {torch.cuda.get_device_name(device)}"
        return device.type.upper()

    def default_precision(self, device: torch.device) -> str:
        """bf16 where the device has units for it, else fp32."""
        import torch

        if device.type == "cuda":
            return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp32"
        if device.type == "cpu":
            has_units = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
            return "bf16" if has_units() else "fp32"
        return "fp32"

    def supports(self, network: nn.Module) -> bool:
        """Any: it is called as it is."""
        return True

    def prepare(self, network: nn.Module, device: torch.device, precision: str) -> Run:
        """The module itself, for bf16 within an autocast."""
        import torch

        network.to(device)
        if precision == "fp32":
            return network

        def run(x_t: Tensor, t: Tensor, *more: Tensor) -> Tensor:
            with torch.autocast(device.type, dtype=torch.bfloat16):
                output: Tensor = network(x_t, t, *more)
                return output

        return run
