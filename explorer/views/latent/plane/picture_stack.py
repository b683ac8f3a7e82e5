"""Pictures over parts of a plane that come coarse first: finer ones are drawn over coarser ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtGui import QImage

from explorer.latent.plane import Extent
from explorer.widgets.look.sharp import to_image

KEPT = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture over a rectangle; `cell` is the width of one of its values, in latent units."""

    image: QImage
    extent: Extent
    cell: float


class PictureStack:
    """What is shown until something finer has come."""

    def __init__(self) -> None:
        self._parts: list[Placed] = []

    def clear(self) -> None:
        """Show nothing."""
        self._parts.clear()

    def add(self, picture: np.ndarray, extent: Extent, columns: int, partial: bool) -> None:
        """Take a picture (H, W, 3); the last one of its request takes the place of all others."""
        placed = Placed(to_image(picture), extent, (extent[1] - extent[0]) / columns)
        kept = [] if not partial else [p for p in self._parts if not (p.extent == extent and p.cell >= placed.cell)]
        self._parts = sorted([*kept, placed], key=lambda p: -p.cell)[-KEPT:]

    @property
    def parts(self) -> tuple[Placed, ...]:
        """From the coarsest, which is drawn first, to the finest."""
        return tuple(self._parts)

    @property
    def extent(self) -> Extent | None:
        """Rectangle of the finest picture."""
        return self._parts[-1].extent if self._parts else None

    def __bool__(self) -> bool:
        return bool(self._parts)
