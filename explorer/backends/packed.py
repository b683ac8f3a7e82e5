"""A convolution whose weights lie as oneDNN's kernels want them: packed once, instead of at every call."""

from __future__ import annotations

from typing import TypeGuard

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d


class PackedConvolution(nn.Module):
    """A convolution on the CPU, in channels-last order, for inference; in bfloat16 where autocast or its input says so.

    Parameters
    ----------
    convolution : nn.Conv2d
        One that fits.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.weight, self.bias = convolution.weight, convolution.bias
        self._how = (list(_pair(convolution.padding)), list(convolution.stride), list(convolution.dilation), convolution.groups)
        self._plain_how = convolution.stride, _pair(convolution.padding), convolution.dilation, convolution.groups
        self._packed: dict[tuple[torch.dtype, tuple[int, ...]], tuple[Tensor, Tensor | None]] = {}

    @staticmethod
    def fits(module: nn.Module) -> TypeGuard[nn.Conv2d]:
        """Whether it is one that can be exchanged: a plain convolution in float32, padded with zeros."""
        return (
            type(module) is nn.Conv2d
            and module.padding_mode == "zeros"
            and not isinstance(module.padding, str)
            and module.weight.dtype == torch.float32
            and torch.backends.mkldnn.is_available()
        )

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, inputs, H, W) to (N, outputs, H', W')."""
        x = _cast(x)
        if not _is_packed(x.dtype):
            return self._plain(x)
        return torch.ops.mkldnn._convolution_pointwise(*self._operands(x), "none", [], "")

    def added_to(self, total: Tensor, x: Tensor) -> Tensor:
        """`total` plus what is made of x, in total's memory."""
        x = _cast(x)
        if not _is_packed(x.dtype):
            return total.add_(self._plain(x))
        x, *rest = self._operands(x)
        return torch.ops.mkldnn._convolution_pointwise_.binary(total, x, *rest, "add", 1.0, None, [], None)

    def _plain(self, x: Tensor) -> Tensor:
        return conv2d(x, self.weight.to(x.dtype), None if self.bias is None else self.bias.to(x.dtype), *self._plain_how)

    def _operands(self, x: Tensor) -> tuple:
        x = x.contiguous(memory_format=torch.channels_last)
        key = (x.dtype, tuple(x.shape))
        if key not in self._packed:
            plain = self.weight.detach().contiguous().to_mkldnn(x.dtype)
            weight = torch.ops.aten.mkldnn_reorder_conv2d_weight(plain, *self._how, list(x.shape))
            self._packed[key] = weight, None if self.bias is None else self.bias.detach().to(x.dtype)
        return x, *self._packed[key], *self._how


def _cast(x: Tensor) -> Tensor:
    return x.to(torch.get_autocast_dtype("cpu")) if torch.is_autocast_enabled("cpu") else x


def _is_packed(dtype: torch.dtype) -> bool:
    """Whether oneDNN packs for this processor: without AVX-512 it has no bfloat16 weights."""
    return dtype != torch.bfloat16 or torch.ops.mkldnn._is_mkldnn_bf16_supported()


def _pair(padding: tuple[int, ...] | str) -> tuple[int, ...]:
    assert not isinstance(padding, str)
    return padding
