"""States of a chain of codes as images: decoded when they are shown, a few at a time, and kept within a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from explorer.engine.desk import Desk
from explorer.models.roles import SeenThroughDecoder

BUDGET = 128 * 2**20
PIXELS = 2**16
"""Of the images that are decoded between two cancel points: one of 256 x 256."""


class Decodings:
    """Images that were decoded, those not asked for lately let go of first."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget, self.nbytes = budget, 0
        self._kept: OrderedDict[Hashable, np.ndarray] = OrderedDict()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """One for all lanes of a desk."""
        return cls()

    def get(self, key: Hashable) -> np.ndarray | None:
        """What was decoded for a key; None if it is not kept."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: Hashable, image: np.ndarray) -> None:
        """Keep an image, at the cost of others."""
        before = self._kept.pop(key, None)
        self.nbytes += image.nbytes - (0 if before is None else before.nbytes)
        self._kept[key] = image
        while self.nbytes > self.budget and len(self._kept) > 1:
            self.nbytes -= self._kept.popitem(last=False)[1].nbytes


@dataclass(frozen=True, eq=False)
class ThroughDecoder:
    """The decoder through which a lane's states are seen.

    Attributes
    ----------
    network : SeenThroughDecoder
    device : torch.device
    kept : Decodings
    pixels : int
        Of one of its images.
    """

    network: SeenThroughDecoder
    device: torch.device
    kept: Decodings
    pixels: int

    def images(self, of: Hashable, codes: Tensor, samples: Sequence[int]) -> Iterator[np.ndarray | None]:
        """Images (len(samples), C, H, W) of codes (len(samples), c, h, w), last; None at cancel points.

        Parameters
        ----------
        of : hashable
            What the codes are: the same for the same codes of a sample.
        codes : Tensor
        samples : sequence of int
            Whose they are.
        """
        found = {sample: self.kept.get((of, sample)) for sample in samples}
        missing = [i for i, sample in enumerate(samples) if found[sample] is None]
        step = max(1, PIXELS // self.pixels)
        for start in range(0, len(missing), step):
            block = missing[start : start + step]
            images = decoded(self.network, codes[block].to(self.device))
            for i, image in zip(block, images, strict=True):
                found[samples[i]] = image
                self.kept.put((of, samples[i]), image)
            yield None
        whole: list[np.ndarray] = [image for sample in samples if (image := found[sample]) is not None]
        yield np.stack(whole)


def decoded(network: SeenThroughDecoder, codes: Tensor) -> np.ndarray:
    """Images (N, C, H, W), float32, on the CPU, of states (N, c, h, w)."""
    with torch.inference_mode():
        images: np.ndarray = network.seen(codes).float().cpu().numpy()
    return images
