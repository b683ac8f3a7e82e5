"""The decoder of a model as a graph of numbers, or one sentence that says why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from explorer.latent.graph import Graph, Layer
from explorer.latent.slices import PlaneSlice
from explorer.models.in_a_row import InARow, Signed
from explorer.models.roles import LatentModel

Pair = tuple[int, int]
_UNITS: dict[type[nn.Module], str] = {
    nn.ReLU: "relu", nn.LeakyReLU: "leaky_relu", nn.SiLU: "silu", nn.Sigmoid: "sigmoid", nn.Tanh: "tanh", nn.ELU: "elu", nn.GELU: "gelu",
    nn.Softplus: "softplus",
}  # fmt: skip
_NOTHING = (nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d)
"""Layers that do nothing once training is over."""


def graph_of(model: LatentModel, plane: PlaneSlice | None = None) -> Graph:
    """A model's decoder, from its codes or from places on a plane.

    Raises
    ------
    ValueError
        If it is not made of layers that are known here: which, in words.
    """
    if not isinstance(model, InARow):
        raise ValueError(f"a page can run a decoder whose layers stand in a row, and {type(model).__name__} does not say such layers")
    code = model.config.code
    layers = [] if plane is None else [Layer("linear", (code,), {}, _float(plane.axes.T), _float(plane.origin))]
    return graph_in_a_row(model.decoding_layers(), code, layers)


def graph_in_a_row(modules: Sequence[nn.Module], code: int, before: Sequence[Layer] = ()) -> Graph:
    """Layers in a row, after `before` (ValueError as of `graph_of`)."""
    layers = list(before)
    x = torch.zeros(1, code)
    for module in modules:
        for inner in _flat(module):
            own = next(inner.parameters(), None)
            with torch.inference_mode():
                y = inner(x.to(x.device if own is None else own.device)).cpu()
            layers += _layers(inner, tuple(x.shape[1:]), tuple(y.shape[1:]))
            x = y
    if x.ndim != 4 or x.shape[1] not in (1, 3):
        raise ValueError(f"a page draws images of 1 or 3 channels, and its decoder gives {' x '.join(map(str, x.shape[1:]))} numbers")
    return Graph(2 if before else code, layers)


def _flat(module: nn.Module) -> Iterator[nn.Module]:
    if isinstance(module, nn.Sequential):
        for inner in module:
            yield from _flat(inner)
    else:
        yield module


def _layers(module: nn.Module, before: tuple[int, ...], shape: tuple[int, ...]) -> list[Layer]:
    """What a module is, of one image."""
    match module:
        case nn.Linear() if len(before) == 1:
            return [Layer("linear", shape, {}, _float(module.weight), _maybe(module.bias))]
        case nn.Conv2d():
            return [Layer("conv", shape, _taps(module), _float(module.weight), _maybe(module.bias))]
        case nn.ConvTranspose2d():
            return [Layer("transposed", shape, _taps(module), _float(module.weight), _maybe(module.bias))]
        case nn.Upsample(mode="nearest") if shape[1] % before[1] == 0 and shape[2] % before[2] == 0:
            return [Layer("nearest", shape, {"factor": (shape[1] // before[1], shape[2] // before[2])})]
        case nn.BatchNorm1d() | nn.BatchNorm2d() if module.running_mean is not None:
            return [_batch_norm(module, shape)]
        case nn.GroupNorm():
            return [Layer("norm", shape, {"groups": module.num_groups, "eps": module.eps}), *_affine(module, shape)]
        case nn.LayerNorm() if tuple(module.normalized_shape) == before:
            return [Layer("norm", shape, {"groups": 1, "eps": module.eps}), *_affine(module, shape)]
        case Signed():
            return [Layer("affine", shape, {}, np.array([2], np.float32), np.array([-1], np.float32))]
        case nn.Flatten() | nn.Unflatten():
            return [Layer("reshape", shape)]
        case _ if type(module) in _UNITS:
            return [Layer(_UNITS[type(module)], shape, _settings(module))]
        case _ if isinstance(module, _NOTHING):
            return []
        case _:
            raise ValueError(f"a page cannot run its decoder: it has a layer {module}, which is not among those that a page knows")


def _taps(conv: nn.Conv2d | nn.ConvTranspose2d) -> dict[str, float | tuple[int, int]]:
    if conv.groups != 1 or conv.dilation != (1, 1) or conv.padding_mode != "zeros" or isinstance(conv.padding, str):
        raise ValueError(f"a page cannot run its decoder: {conv} has groups, dilation or another padding than zeros")
    return {"kernel": cast(Pair, conv.kernel_size), "stride": cast(Pair, conv.stride), "padding": cast(Pair, conv.padding)}


def _settings(unit: nn.Module) -> dict[str, float | tuple[int, int]]:
    match unit:
        case nn.LeakyReLU():
            return {"slope": unit.negative_slope}
        case nn.ELU():
            return {"slope": unit.alpha}
        case nn.GELU() if unit.approximate != "none":
            raise ValueError(f"a page cannot run its decoder: it knows GELU without approximation, not {unit}")
        case nn.Softplus() if unit.beta != 1:
            raise ValueError(f"a page cannot run its decoder: it knows Softplus of beta = 1, not {unit}")
        case _:
            return {}


def _batch_norm(norm: nn.BatchNorm1d | nn.BatchNorm2d, shape: tuple[int, ...]) -> Layer:
    """With the means and variances of training: a scale and a shift."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = (norm.running_var.double() + norm.eps).rsqrt()
    shift = -norm.running_mean.double() * scale
    if norm.affine:
        scale, shift = scale * norm.weight, shift * norm.weight + norm.bias
    return Layer("affine", shape, {}, _float(scale), _float(shift))


def _affine(norm: nn.GroupNorm | nn.LayerNorm, shape: tuple[int, ...]) -> list[Layer]:
    """Weights and biases of a normalization, where it has them."""
    if not (norm.affine if isinstance(norm, nn.GroupNorm) else norm.elementwise_affine):
        return []
    bias = norm.weight.new_zeros(norm.weight.shape) if norm.bias is None else norm.bias
    return [Layer("affine", shape, {}, _float(norm.weight).reshape(-1), _float(bias).reshape(-1))]


def _maybe(values: Tensor | None) -> np.ndarray | None:
    return None if values is None else _float(values)


def _float(values: Tensor | np.ndarray) -> np.ndarray:
    array = values.detach().cpu().numpy() if isinstance(values, Tensor) else values
    return np.ascontiguousarray(array, np.float32)
