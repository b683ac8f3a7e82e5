"""What is painted or erased before a branch is made of it: marks, and the region they cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.recipe import Dab, coverage


@dataclass
class PaintDraft:
    """Marks on the selected sample.

    Attributes
    ----------
    inpainting : bool
        Whether the marks are a region that is made anew, in which case the value of a mark is above 0 where it
        erases and below where it keeps.
    dabs : tuple of Dab
        Finished marks, the oldest first.
    growing : Dab or None
        The one under the hand.
    inverted : bool
        Whether what is not marked is erased.
    shape : (int, int)
        Height and width of the images, in pixels.
    everyone : bool
        Whether every sample is painted on, not the selected one alone.
    """

    inpainting: bool = False
    dabs: tuple[Dab, ...] = ()
    growing: Dab | None = None
    inverted: bool = False
    shape: tuple[int, int] = (28, 28)
    everyone: bool = False

    @property
    def marks(self) -> tuple[Dab, ...]:
        """Marks, with the one under the hand."""
        return self.dabs if self.growing is None else (*self.dabs, self.growing)

    @property
    def region(self) -> np.ndarray:
        """What is erased, (H, W), bool."""
        region = np.zeros(self.shape, bool)
        for dab in self.marks:
            region[coverage(dab, *self.shape) >= 0.5] = dab.value > 0
        return ~region if self.inverted else region

    @property
    def ready(self) -> bool:
        """Whether there is anything to branch with."""
        return bool(self.region.any()) if self.inpainting else bool(self.marks)

    def start(self, inpainting: bool, everyone: bool = False) -> None:
        """Begin anew, on a picture of the same shape."""
        self.inpainting, self.dabs, self.growing, self.inverted, self.everyone = inpainting, (), None, False, everyone
