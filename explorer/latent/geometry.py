"""Geometry that a decoder gives its latent space: the pull-back metric, magnification, lengths of curves.

Images are measured as the decoder gives them, in [-1, 1], with the Euclidean norm over all pixels; a distance in
pixels of [0, 1] is half as long. Source: Arvanitidis, Hansen, Hauberg 2018, section 2.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.func import jvp

Decode = Callable[[Tensor], Tensor]
"""Codes (N, d) to images (N, ...), each image of its own code alone."""


@runtime_checkable
class PushesForward(Protocol):
    """A decoder that brings its own derivatives, as explorer.latent.decoder.Decoder."""

    def push_forward(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Images (N, ...) of codes (N, d) and their derivatives (N, k, ...) along directions (k, d)."""
        ...


BLOCK = 256


def jacobian(decode: Decode, z: Tensor, directions: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Derivatives of the decoder along directions, by forward-mode differentiation.

    Parameters
    ----------
    decode : callable
        One that `PushesForward` is asked for its derivatives; any other goes through torch.func.jvp, a pass a direction.
    z : Tensor, shape (N, d)
    directions : Tensor, shape (k, d), optional
        Rows are the directions, as the axes of a slice; the d axes of the code if left out.

    Returns
    -------
    images : Tensor, shape (N, P)
        Decodings, flattened.
    derivatives : Tensor, shape (N, k, P)
        d g(z) / d direction, flattened.
    """
    along = torch.eye(z.shape[1], dtype=z.dtype, device=z.device) if directions is None else directions.to(z)
    own: object = decode
    if isinstance(own, PushesForward):
        images, derivatives = own.push_forward(z, along)
        return images.flatten(1), derivatives.flatten(2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch's own, at the first use
        parts = [jvp(decode, (z,), (direction.expand_as(z),)) for direction in along]
    return parts[0][0].flatten(1), torch.stack([part[1].flatten(1) for part in parts], dim=1)


def metric(decode: Decode, z: Tensor, directions: Tensor | None = None) -> Tensor:
    """Pull-back metric G(z) = J(z)^T J(z), shape (N, k, k): squared lengths of images for steps of the code.

    Parameters
    ----------
    decode, z, directions : as in `jacobian`
    """
    derivatives = jacobian(decode, z, directions)[1]
    return derivatives @ derivatives.mT


def magnification(decode: Decode, z: Tensor, directions: Tensor | None = None) -> Tensor:
    """sqrt(det G(z)), shape (N,): how many times the decoder enlarges a piece of the plane of `directions`.

    Parameters
    ----------
    decode, z, directions : as in `jacobian`
        With two directions G is that of a slice: areas of the plane against areas of the surface of images.
    """
    return metric(decode, z, directions).det().clamp_min(0).sqrt()


def image_steps(decode: Decode, path: Tensor) -> Tensor:
    """Distances ||g(z_{k+1}) - g(z_k)|| of neighbouring decodings along a path (M, d); shape (M - 1,)."""
    images = torch.cat([decode(block).flatten(1) for block in path.split(BLOCK)])
    return (images[1:] - images[:-1]).norm(dim=1)
