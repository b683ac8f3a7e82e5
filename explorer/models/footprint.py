"""Memory that a network takes for one image, measured on a small one: its layers' outputs grow with the pixels, whatever its weights are.

A file of three megabytes can say that its images have 4096 x 4096 pixels; nobody learns what that takes by looking at its size.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from explorer.models.roles import Denoiser, ImageShape, SeenThroughDecoder, some_labels, told_of_before
from explorer.models.shapes import SMALL
from explorer.models.spatial import SpatialAutoencoder

SIDES = (32, 64, 128, 256)
"""Of the small image, of which the first that the network takes is measured."""
LATENT_SIDE = 8


class _Peak(TorchDispatchMode):
    """Within it, bytes of the tensors that are made and not yet forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self.peak = self._now = 0
        self._held: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, Tensor):
                self._count(tensor.untyped_storage())
        return out

    def _count(self, storage: torch.UntypedStorage) -> None:
        place, nbytes = storage._cdata, storage.nbytes()
        if place not in self._held:
            self._held.add(place)
            self._now += nbytes
            self.peak = max(self.peak, self._now)
            weakref.finalize(storage, self._forget, place, nbytes)

    def _forget(self, place: int, nbytes: int) -> None:
        self._held.discard(place)
        self._now -= nbytes


def bytes_of_one(network: nn.Module, shape: ImageShape, images: ImageShape | None = None) -> int:
    """About how many bytes one evaluation of one image takes, its weights not counted.

    Parameters
    ----------
    network : nn.Module
        On the CPU, in evaluation mode.
    shape : (C, H, W)
        Of its images; of a denoiser, of what its chain walks.
    images : (C, H, W) or None
        What codes are decoded to, where there are any that are images of latent pixels.

    Returns
    -------
    int
        The most of all that it is asked for; 0 for small images, and where it takes no smaller one.
    """
    found = [0]
    if isinstance(network, Denoiser) and _pixels(shape) > SMALL:
        found += [_grown(peak, small, shape) for small, peak in _of_denoiser(network, shape)]
    if images is not None and _pixels(images) > SMALL:
        found += [_grown(peak, small, images) for small, peak in _of_coder(network, images)]
    return max(found)


def _of_denoiser(network: Any, shape: ImageShape) -> Iterator[tuple[ImageShape, int]]:
    small = next((small for side in SIDES if network.accepts(small := (shape[0], side, side))), None)
    if small is not None:
        x = torch.zeros(1, *small)
        told = (*some_labels(network, 1), *told_of_before(network, x))
        yield small, _peak(lambda: network(x, torch.ones(1, dtype=torch.int64), *told))


def _of_coder(network: nn.Module, images: ImageShape) -> Iterator[tuple[ImageShape, int]]:
    """Of a decoder, and of an encoder, as far as they take images of any size."""
    coder = getattr(network, "autoencoder", network)
    if not isinstance(coder, SpatialAutoencoder) or getattr(coder, "decodes_only", False):
        return
    code, size = coder.config.code_shape, coder.config.image_shape
    if len(code) != 3:
        return
    z = torch.zeros(1, code[0], LATENT_SIDE, LATENT_SIDE)
    small = (size[0], LATENT_SIDE * size[1] // code[1], LATENT_SIDE * size[2] // code[2])
    seen: Callable[[Tensor], Tensor] = network.seen if isinstance(network, SeenThroughDecoder) else coder.to_images
    yield small, _peak(lambda: seen(z))
    if network is coder:
        yield small, _peak(lambda: coder.to_latents(torch.zeros(1, *small)))


def _peak(run: Callable[[], object]) -> int:
    with torch.inference_mode(), _Peak() as found:
        run()
    return found.peak


def _grown(peak: int, small: ImageShape, shape: ImageShape) -> int:
    return round(peak * _pixels(shape) / _pixels(small))


def _pixels(shape: ImageShape) -> int:
    return math.prod(shape[1:])
