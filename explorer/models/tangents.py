"""Derivatives of a sequence of layers along directions, carried forward with the values: exact, one pass for all."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def push_forward(layers: Iterable[nn.Module], x: Tensor, tangents: Tensor) -> tuple[Tensor, Tensor]:
    """Output of layers, and its derivatives along directions of their input (forward-mode differentiation).

    torch.func.jvp gives the same for any function, at the price of some seconds of imports at its first use, and not
    in inference mode throughout.

    Parameters
    ----------
    layers : iterable of Module
        Linear and transposed convolutions, reshapes, and the units of explorer.models.autoencoder.
    x : Tensor, shape (N, ...)
    tangents : Tensor, shape (N, k, ...)
        k directions at each x.

    Returns
    -------
    y : Tensor, shape (N, ...)
    tangents : Tensor, shape (N, k, ...)

    Raises
    ------
    TypeError
        For a layer whose derivative is not known here.
    """
    for layer in layers:
        match layer:
            case nn.Linear():
                tangents = F.linear(tangents, layer.weight)
            case nn.ConvTranspose2d():
                flat = tangents.flatten(0, 1)
                moved = F.conv_transpose2d(flat, layer.weight, None, layer.stride, layer.padding)  # type: ignore[arg-type]
                tangents = moved.unflatten(0, tangents.shape[:2])
            case nn.Unflatten():
                tangents = layer(tangents.flatten(0, 1)).unflatten(0, tangents.shape[:2])
            case _:
                tangents = tangents * _slope(layer, x)[:, None]
        x = layer(x)
    return x, tangents


def _slope(unit: nn.Module, x: Tensor) -> Tensor:
    """Derivative of an activation at x."""
    match unit:
        case nn.SiLU():
            s = torch.sigmoid(x)
            return s * (1 + x * (1 - s))
        case nn.Sigmoid():
            s = torch.sigmoid(x)
            return s * (1 - s)
        case nn.ReLU():
            return (x > 0).to(x.dtype)
        case _:
            raise TypeError(f"the derivative of {type(unit).__name__} is not known here")
