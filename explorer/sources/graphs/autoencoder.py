"""A graph of codes to images in the part of a latent model: with the encoder that lies beside it, or without one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explorer.checkpoints.card import Card
from explorer.errors import BadInput
from explorer.models.roles import ImageShape
from explorer.sources.graphs.batches import Batched
from explorer.sources.graphs.parts import Graph, encoder_beside, graph_of
from explorer.sources.graphs.runtime import runtime

DIFFERENCE = 1e-2
"""Half a step of the central differences, in units of the latent space: a graph has no derivatives, and float32 few digits."""
DECODES_ONLY = "is a decoder alone: its plane is decoded, and no picture can be encoded to it"


@dataclass(frozen=True)
class GraphCodes:
    """What a plane needs to know.

    Attributes
    ----------
    image_shape : (C, H, W)
    code_shape : tuple of int
        (code,), or (C, h, w) of latent pixels.
    variational : bool
        Its encoder gives log variances, too.
    """

    image_shape: ImageShape
    code_shape: tuple[int, ...]
    variational: bool = False
    quantizes: bool = False
    likelihood: str = ""
    variance: float = math.nan

    @property
    def code(self) -> int:
        """Numbers of a code."""
        return math.prod(self.code_shape)


class GraphAutoencoder(nn.Module):
    """Asks a decoder, and an encoder where there is one; images in [-1, 1], codes flat.

    Parameters
    ----------
    path : Path
    graph : Graph
    card : Card
        Its shape is that of the images.
    pixels : (float, float)
        Values of black and white in the graphs.

    Raises
    ------
    BadInput
        If there is nothing that runs it, or it gives no images of that shape.
    """

    def __init__(self, path: Path, graph: Graph, card: Card, pixels: tuple[float, float]) -> None:
        super().__init__()
        self._path, (self._low, self._high) = path, pixels
        self._decoder = _single(path, graph, code_shape(path, graph))
        if self._decoder.gives != card.data.shape:
            raise BadInput(f"{path}: it gives {self._decoder.gives} for a code, not an image of {card.data.shape}")
        self.where = nn.Parameter(torch.empty(0), requires_grad=False)  # tells the device that codes are on
        self._encoder: Batched | None = None
        beside, variational = encoder_beside(path, graph), False
        if beside is not None:
            encoder = graph_of(beside)
            self._encoder = _single(beside, encoder, card.data.shape)
            variational = len(encoder.outline.outputs) > 1
            self._log_variance = _single(beside, encoder, card.data.shape, 1) if variational else None
        self.decodes_only = self._encoder is None
        self.config = GraphCodes(card.data.shape, code_shape(path, graph), variational)
        if self._encoder is not None and math.prod(self._encoder.gives) != self.config.code:
            raise BadInput(f"{beside}: it gives codes {self._encoder.gives}, and the decoder beside it takes {self.config.code_shape}")

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Means (N, code), and log variances where it is variational (BadInput where there is no encoder)."""
        if self._encoder is None:
            raise BadInput(f"{self._path}: {DECODES_ONLY}")
        theirs = ((x.detach().float().cpu().numpy() + 1) / 2 * (self._high - self._low) + self._low).astype(np.float32)
        mean = _tensor(self._encoder([theirs]), x).flatten(1)
        return mean, None if self._log_variance is None else _tensor(self._log_variance([theirs]), x).flatten(1)

    def decode(self, z: Tensor) -> Tensor:
        """Images (N, C, H, W) of codes (N, code); without derivatives."""
        codes = z.detach().float().cpu().numpy().reshape(len(z), *self.config.code_shape)
        images = (self._decoder([codes]) - self._low) / (self._high - self._low) * 2 - 1
        return _tensor(images, z)

    def decode_logits(self, z: Tensor) -> Tensor:
        """Not there: a graph gives intensities (TypeError)."""
        raise TypeError("a graph does not say what its decoder's likelihood is, so there are no logits")

    def push_forward(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Images, and their derivatives (N, k, C, H, W) along directions (k, code), by central differences."""
        slopes = []
        for direction in directions:
            length = float(direction.norm())
            step = DIFFERENCE / max(length, 1e-12) * direction
            slopes.append((self.decode(z + step) - self.decode(z - step)) * (length / (2 * DIFFERENCE)))
        return self.decode(z), torch.stack(slopes, dim=1)

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction of images (N, C, H, W) through the mean code (BadInput where there is no encoder)."""
        return self.decode(self.encode(x)[0])


def code_shape(path: Path, graph: Graph) -> tuple[int, ...]:
    """Of a decoder's codes (BadInput if it does not say it)."""
    sides = [graph.x.side(place) for place in range(1, graph.x.rank)]
    known = tuple(side for side in sides if side is not None)
    if len(known) < len(sides):
        raise BadInput(f"{path}: its codes are {graph.x.words}: how large they are is left open: export it with fixed sides")
    if math.prod(known) < 2:
        raise BadInput(f"{path}: its codes have 1 dimension; a latent plane needs at least 2")
    return known


def image_shape(path: Path, graph: Graph) -> ImageShape:
    """(C, H, W) of what a decoder gives: where the graph does not say it, by one code (BadInput if that is no image)."""
    said = tuple(graph.image.side(place) for place in range(1, 4)) if graph.image.rank == 4 else (None,)
    if None not in said:
        channels, height, width = (side or 0 for side in said)
        return channels, height, width
    gives = _single(path, graph, code_shape(path, graph)).gives
    if len(gives) != 3 or gives[0] not in (1, 3):
        raise BadInput(f"{path}: it gives {gives} for a code, which is no image of 1 or 3 channels")
    return gives


def _single(path: Path, graph: Graph, sample: tuple[int, ...], output: int | None = None) -> Batched:
    place = graph.output if output is None else output
    return Batched(path, runtime(path, graph.outline), [sample], [None], [graph.x.kind], graph.x.side(0), place)


def _tensor(array: np.ndarray, like: Tensor) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, np.float32)).to(like.device)
