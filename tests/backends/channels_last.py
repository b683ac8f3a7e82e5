"""A backend made up for the tests: a copy of the module in another memory order, and one with weights rounded to bfloat16."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from explorer.backends.base import Backend

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from explorer.backends.base import Run


class ChannelsLast(Backend):
    name = "last"
    title = "Channels last"
    devices = {"cpu": "CPU"}  # noqa: RUF012
    precisions = ("fp32", "short weights")
    has_derivatives = False

    def choose(self, device: str) -> torch.device:
        import torch

        return torch.device(device)

    def describe(self, device: torch.device) -> str:
        return device.type.upper()

    def default_precision(self, device: torch.device) -> str:
        return "fp32"

    def prepare(self, network: nn.Module, device: torch.device, precision: str) -> Run:
        import torch

        own = copy.deepcopy(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if precision == "short weights":
            own.bfloat16().float()

        def run(x_t: Tensor, t: Tensor) -> Tensor:
            return own(x_t.contiguous(memory_format=torch.channels_last), t).contiguous()

        return run
