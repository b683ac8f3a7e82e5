"""Decoding places of a plane: a model's decoder behind a slice of its latent space, with exact derivatives."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from explorer.latent.slices import PlaneSlice
from explorer.models.roles import LatentModel

PIXELS = 2**22


class Decoder:
    """Codes, or with a slice plane coordinates, to mean images (N, C, H, W) in [-1, 1]; what geometry and geodesics take."""

    def __init__(self, model: LatentModel, plane: PlaneSlice | None = None) -> None:
        """Decoder of `model`'s codes (N, d), or of places (N, 2) on `plane`.

        Raises
        ------
        ValueError
            If the plane lies in a space of another number of dimensions.
        """
        if plane is not None and len(plane.origin) != model.config.code:
            raise ValueError(f"a plane in {len(plane.origin)} dimensions, but codes of {model.config.code} numbers")
        self.model = model
        self.plane = plane
        weight = next(model.parameters())
        self._axes = None if plane is None else torch.from_numpy(np.array(plane.axes)).to(weight)
        self._origin = None if plane is None else torch.from_numpy(np.array(plane.origin)).to(weight)

    @property
    def dimensions(self) -> int:
        """Numbers of a place: 2 on a plane, else those of a code."""
        return self.model.config.code if self.plane is None else 2

    def codes(self, places: Tensor) -> Tensor:
        """Codes (N, d) of places."""
        if self._axes is None or self._origin is None:
            return places
        return self._origin + places @ self._axes

    def __call__(self, places: Tensor) -> Tensor:
        """Mean images (N, C, H, W) of places."""
        codes, step = self.codes(places), self._at_once
        if len(codes) <= step:
            return self.model.decode(codes)
        return torch.cat([self.model.decode(block) for block in codes.split(step)])

    @property
    def _at_once(self) -> int:
        """Decodings that fit in memory together: what a network keeps of an image grows with its pixels."""
        _, height, width = self.model.config.image_shape
        return max(1, PIXELS // (height * width))

    def push_forward(self, places: Tensor, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Mean images, and their derivatives (N, k, C, H, W) along directions (k, 2 or d) of the places."""
        along = directions if self._axes is None else directions @ self._axes
        blocks = self.codes(places).split(self._at_once)
        images, derivatives = zip(*(self.model.push_forward(block, along) for block in blocks), strict=True)
        return torch.cat(images), torch.cat(derivatives)
