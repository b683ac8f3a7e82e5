"""The app's U-Net walked for inference: what depends on t alone from a table, images in channels-last order, packed convolutions.

At each timestep the scale and the shift that t gives a block ("film") are folded into the weights of the normalization before them,
once: what is left of t in a step is a look-up.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.backends.packed import PackedConvolution
from explorer.models.unet import GROUPS, Block, Level, UNet

MANY_CHANNELS = 16
"""Channels of a group from which on PyTorch's own normalization is fast in channels-last order."""
KEPT_TIMESTEPS = 1024

Affine = tuple[Tensor, Tensor]
"""Weight and bias of a normalization."""


class FastUNet:
    """Callable (x_t, t), or (x_t, t, labels), as the network is; batches whose timesteps or labels differ go to the network itself.

    Parameters
    ----------
    network : UNet
        For which `knows` says yes; on the CPU, in evaluation mode.
    dtype : torch.dtype
        float32, or bfloat16 for everything between the first and the last convolution.
    """

    def __init__(self, network: UNet, dtype: torch.dtype) -> None:
        self._network, self._dtype = network, dtype
        self._stages: list[Level] = [*network.down, network.middle, *network.up]
        self._packed: dict[nn.Module, PackedConvolution] = {
            module: PackedConvolution(module) for module in network.modules() if isinstance(module, nn.Conv2d)
        }
        self._up = [_converted(module, dtype) for module in network.upsample]
        self._tables: OrderedDict[tuple[int, ...], list[Affine]] = OrderedDict()

    @staticmethod
    def knows(network: UNet) -> bool:
        """Whether it is of the settings that all shipped networks have; without attention."""
        config = network.config
        convolutions = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
        return (
            (config.norm, config.time, config.activation) == ("group", "film", "silu")
            and config.residual
            and not config.attention
            and all(PackedConvolution.fits(module) for module in convolutions)
        )

    def __call__(self, x_t: Tensor, t: Tensor, *labels: Tensor) -> Tensor:
        """Output of x_t's shape (N, C, H, W), float32, for t, and labels where there are classes, of shape (N,)."""
        network, told = self._network, (t, *labels)
        if not len(t) or any(bool((each != each[0]).any()) for each in told):
            return network(x_t, *told)
        table, first = self._table(*(int(each[0]) for each in told)), int(t[0])
        h = self._packed[network.stem](x_t).to(self._dtype)
        skips = []
        for level, _ in enumerate(network.down):
            if level:
                h = self._packed[network.downsample[level - 1]](h)
            h = self._block(level, h, table)
            skips.append(h)
        count = len(skips)
        h = self._block(count, h, table)
        for level, _ in enumerate(network.up):
            if level:
                weight, bias = self._up[level - 1]
                h = F.conv_transpose2d(h, weight, bias, stride=2)
            h = self._block(count + 1 + level, torch.cat([h, skips.pop()], dim=1), table)
        return self._head(h, x_t, first)

    def _table(self, *told: int) -> list[Affine]:
        """Of every block, the second normalization's weight and bias at t (of a class): film(norm(x)) = (1 + scale) norm(x) + shift."""
        found = self._tables.get(told)
        if found is not None:
            return found
        time = self._network.time_features(*(torch.tensor([each]) for each in told))
        assert time is not None
        found = []
        for stage in self._stages:
            block, norm = stage.block, stage.block.norm2
            assert block.film is not None
            scale, shift = block.film(time)[0].chunk(2)
            weight, bias = _affine(norm)
            found.append((weight * (1 + scale), bias * (1 + scale) + shift))
        self._tables[told] = found
        if len(self._tables) > KEPT_TIMESTEPS:
            self._tables.popitem(last=False)
        return found

    def _block(self, index: int, x: Tensor, table: list[Affine]) -> Tensor:
        block: Block = self._stages[index].block
        h = self._packed[block.conv1](_normed(x, *_affine(block.norm1)))
        h = _normed(h, *table[index])
        if isinstance(block.skip, nn.Conv2d):
            return self._packed[block.conv2].added_to(self._packed[block.skip](x), h)
        return self._packed[block.conv2](h).add_(x)

    def _head(self, h: Tensor, x_t: Tensor, t: int) -> Tensor:
        network, config = self._network, self._network.config
        inner = self._packed[network.head](_normed(h.float(), *_affine(network.head_norm))).contiguous()
        if config.skip_by_timestep:
            return torch.addcmul(inner.mul_(network.scale_table[t]), x_t, network.skip_table[t])
        inner.mul_(config.output_scale)
        return inner.add_(x_t) if config.outer_skip else inner


def _converted(module: nn.Module, dtype: torch.dtype) -> Affine:
    """Weight and bias of an up-sampling."""
    assert isinstance(module, nn.ConvTranspose2d)
    assert module.bias is not None
    return module.weight.detach().to(dtype).contiguous(memory_format=torch.channels_last), module.bias.detach().to(dtype)


def _affine(norm: nn.Module) -> Affine:
    assert isinstance(norm, nn.GroupNorm)
    return norm.weight.detach(), norm.bias.detach()


def _normed(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """silu(group normalization of x), in x's type: x of shape (N, C, H, W) in channels-last order, weight and bias of shape (C,)."""
    n, channels, height, width = x.shape
    if channels // GROUPS >= MANY_CHANNELS:
        weight, bias = weight.to(x.dtype), bias.to(x.dtype)
        return F.silu(F.group_norm(x, GROUPS, weight, bias), inplace=True)
    # sums over the pixels as a product with ones: PyTorch's own walks groups of few channels number by number
    values = x.permute(0, 2, 3, 1).reshape(n, height * width, channels).float()
    ones = torch.full((1, height * width), GROUPS / (channels * height * width))
    mean = torch.matmul(ones, values).view(n, GROUPS, -1).sum(-1, keepdim=True)
    square = torch.matmul(ones, values * values).view(n, GROUPS, -1).sum(-1, keepdim=True)
    scale = torch.addcmul(square, mean, mean, value=-1).clamp_(min=0).add_(1e-5).rsqrt_() * weight.view(1, GROUPS, -1)
    shift = torch.addcmul(bias.view(1, GROUPS, -1), mean, scale, value=-1)
    found = torch.addcmul(shift.view(n, 1, channels), values, scale.view(n, 1, channels))
    return F.silu(found, inplace=True).to(x.dtype).view(n, height, width, channels).permute(0, 3, 1, 2)
