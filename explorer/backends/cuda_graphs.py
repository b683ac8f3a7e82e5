"""CUDA graphs: every kernel of an evaluation recorded once for a size of batch and played again, images in channels-last order.

A small network is over before Python has launched its next kernel; a graph needs one launch.
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

WARM_UP = 3
"""Evaluations before the recording, in which libraries choose their kernels."""


class CudaGraphs(Backend):
    """Plays recorded evaluations of a copy of the module."""

    name = "graphs"
    title = "CUDA graphs"
    devices = {"cuda": "NVIDIA GPU"}  # noqa: RUF012
    several = ("cuda",)
    precisions = ("fp32", "bf16")
    has_derivatives = False

    def choose(self, device: str) -> torch.device:
        """As PyTorch has it."""
        from explorer.backends.torch import Torch

        return Torch().choose(device)

    def describe(self, device: torch.device) -> str:
        """As PyTorch has it."""
        from explorer.backends.torch import Torch

        return Torch().describe(device)

    def default_precision(self, device: torch.device) -> str:
        """As PyTorch has it."""
        from explorer.backends.torch import Torch

        return Torch().default_precision(device)

    def prepare(self, network: nn.Module, device: torch.device, precision: str) -> Run:
        """A copy of the module, recorded at the first call of each shape."""
        import torch

        network.to(device)
        own: Any = copy.deepcopy(network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        recorded: dict[tuple[int, ...], _Recorded] = {}

        def run(x_t: Tensor, *told: Tensor) -> Tensor:
            shape = tuple(x_t.shape)
            if shape not in recorded:
                recorded[shape] = _Recorded(own, x_t, told, precision)
            return recorded[shape](x_t, *told)

        return run


class _Recorded:
    """One graph, with the places that its input is copied to and its output is found in."""

    def __init__(self, network: nn.Module, x_t: Tensor, told: tuple[Tensor, ...], precision: str) -> None:
        import torch

        self._x_t, self._told = x_t.clone(memory_format=torch.channels_last), tuple(each.clone() for each in told)

        def evaluate() -> Tensor:
            # the cache of casts must not outlive an evaluation: a recorded one would read freed memory
            short = torch.autocast("cuda", dtype=torch.bfloat16, cache_enabled=False) if precision == "bf16" else contextlib.nullcontext()
            with short:
                return network(self._x_t, *self._told)

        aside = torch.cuda.Stream(x_t.device)
        aside.wait_stream(torch.cuda.current_stream(x_t.device))
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                evaluate()
        torch.cuda.current_stream(x_t.device).wait_stream(aside)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.device(x_t.device), torch.cuda.graph(self._graph):
            self._output = evaluate()

    def __call__(self, x_t: Tensor, *told: Tensor) -> Tensor:
        self._x_t.copy_(x_t)
        for place, each in zip(self._told, told, strict=True):
            place.copy_(each)
        self._graph.replay()
        return self._output.clone()
