"""Codes drawn from the prior N(0, I): sample i of a seed is the same whatever the model, the count or the order."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.diffusion.noise import shared_noise


def prior_codes(seed: int, indices: Sequence[int], code: int, device: torch.device | str = "cpu") -> Tensor:
    """Codes z ~ N(0, I), shape (len(indices), code), float32, keyed by (seed, index).

    Parameters
    ----------
    seed : int
        In [0, 2**63).
    indices : sequence of int
        Sample numbers, at least 0.
    code : int
        Dimensions of the latent space. Two models with as many get the same codes.
    """
    return shared_noise(seed, indices, 0, (code,), device)
