"""Samples of a model in blocks: sample i is the same whatever the blocks and however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.limits import Clip
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.pixel_range import HERE, seen
from explorer.diffusion.predictor import Predictor, told_of
from explorer.diffusion.reverse import INITIAL, Plan, Step, initial_state, noise_source, reverse_steps

BLOCK = 250
BLOCK_PIXELS = BLOCK * 28 * 28


def block_size(image_shape: Sequence[int]) -> int:
    """Samples walked abreast: 250 digits, fewer of larger images."""
    return max(1, min(BLOCK, BLOCK_PIXELS // int(np.prod(image_shape))))


def blocks(samples: int, size: int) -> Iterator[range]:
    """Sample indices 0..samples-1 in blocks."""
    for start in range(0, samples, size):
        yield range(start, min(start + size, samples))


def walk(
    predictor: Predictor, course: Plan, seed: int, indices: range, image_shape: Sequence[int], device: torch.device, clip: Clip,
    start: Tensor | None = None,
) -> Iterator[Step]:  # fmt: skip
    """The chain of the samples of these indices, with the noise of (seed, index, t) and the labels of those samples.

    `start` is x_T of these samples where it is not noise of their own.
    """
    noise = noise_source(seed, indices, image_shape, device)
    return reverse_steps(told_of(predictor, indices), course, initial_state(noise) if start is None else start, noise, clip)


def block_samples(
    predictor: Predictor, course: Plan, seed: int, indices: range, image_shape: Sequence[int], device: torch.device, clip: Clip,
    images: Callable[[Tensor], Tensor] | None = None,
) -> Iterator[np.ndarray | None]:  # fmt: skip
    """None for each step of the chain of these samples but the last, which gives their x_0; see `chain_samples`."""
    for step in walk(predictor, course, seed, indices, image_shape, device, clip):
        if step.t_prev != 0:
            yield None
        else:
            of = getattr(predictor, "value_range", HERE)
            yield as_pixels(seen(step.x_prev, of) if images is None else images(step.x_prev))


def chain_samples(
    predictor: Predictor, course: Plan, seed: int, samples: int, image_shape: Sequence[int], device: torch.device, clip: Clip,
    images: Callable[[Tensor], Tensor] | None = None,
) -> Iterator[tuple[int, np.ndarray | None]]:  # fmt: skip
    """Samples x_0 of a diffusion model.

    Parameters
    ----------
    images : callable or None
        What makes images of states that are codes.

    Yields
    ------
    done : int
        Image-steps just done.
    images : ndarray of shape (n, C, H, W), uint8, or None
        The next n samples, with the last step of their block; see `as_pixels`.
    """
    for indices in blocks(samples, block_size(image_shape)):
        for found in block_samples(predictor, course, seed, indices, image_shape, device, clip, images):
            yield len(indices), found


class CodeDecoder(Protocol):
    """What samples of the prior are decoded by: an autoencoder, or a denoiser of codes with its decoder."""

    @property
    def config(self) -> Any:
        """Says the dimensions of the latent space, `code`."""
        ...

    def decode(self, z: Tensor) -> Tensor:
        """Mean images (N, C, H, W) of codes (N, code)."""
        ...


def prior_samples(network: CodeDecoder, seed: int, indices: range, device: torch.device) -> np.ndarray:
    """Mean decodings (n, C, H, W), uint8, of codes z ~ N(0, I) keyed by (seed, index)."""
    codes = shared_noise(seed, indices, INITIAL, (network.config.code,), device)
    return as_pixels(network.decode(codes))


def as_pixels(images: Tensor) -> np.ndarray:
    """Images as a file would hold them: [-1, 1] to 0..255, uint8, beyond it clipped."""
    pixels: np.ndarray = ((images.float().nan_to_num() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu().numpy()
    return pixels
