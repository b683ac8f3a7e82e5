"""What an exported picture shows of its chains."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe.chain import MAX_LANES, MAX_SAMPLES, ExactProcess
from explorer.recipe.plane import MAX_CELLS
from explorer.recipe.quantities import QUANTITIES, check_name, own
from explorer.recipe.sampler import MAX_STEPS

MAX_SCALE, MAX_FPS, MAX_NAME = 64, 1000.0, 1000
FRAMES, FPS = 100, 24.0
"""Of films of which nothing else was chosen."""
FRAMES_RANGE, FPS_RANGE = (2, 2000), (1.0, 50.0)
"""What a person can choose of a film: pictures, and pictures a second."""
LayoutName = Literal["lanes", "grid"]


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which state and which quantity a picture is of.

    Attributes
    ----------
    t : int
        The cursor, a timestep of the lane with the longest schedule.
    quantity : str
        A name of the table (`explorer/recipe/quantities.py`).
    reference : int
        For "difference": index of the lane that the others are compared with.
    of : str
        For "difference": whose difference.
    layout : LayoutName
        The samples of each lane on a sheet of their own, or lanes against samples.
    beside : ExactProcess or None
        For "to_ideal": the data set that the ideal denoiser knows.
    samples : tuple of int
        Which samples are drawn, in this order; empty is all.
    labels : bool
        Names of lanes and a caption are drawn.
    names : tuple of str
        These names, one a lane; empty where none are drawn, or was not kept: then they follow from the lanes.
    scale : int
        Pixels for each pixel of an image; 0 if it was not chosen, as in the next two.
    frames : int
        Films and pages: at most so many states.
    fps : float
        Films: pictures a second.
    by_channel : bool
        Signed quantities of coloured images: each channel by itself around grey; else the mean of the channels, as it was before
        this could be said.
    decoded : bool
        Of lanes whose states are codes: these are drawn as what they decode to.
    columns : int
        Of a sheet of decodings (`decode`), how many stand in a row; 0 where the export is none.
    """

    t: int = 0
    quantity: str = "x_t"
    reference: int = 0
    of: str = "x_t"
    layout: LayoutName = "lanes"
    beside: ExactProcess | None = None
    samples: tuple[int, ...] = ()
    labels: bool = True
    scale: int = 0
    frames: int = 0
    fps: float = 0.0
    by_channel: bool = False
    decoded: bool = False
    names: tuple[str, ...] = ()
    columns: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        if not 0 <= self.t <= MAX_STEPS:
            raise ValueError(f"t must be in 0..{MAX_STEPS}, not {self.t}")
        if not 0 <= self.reference < MAX_LANES:
            raise ValueError(f"the reference lane must be in 0..{MAX_LANES - 1}, not {self.reference}")
        if len(self.samples) > MAX_SAMPLES or not all(0 <= sample < MAX_SAMPLES for sample in self.samples):
            raise ValueError(f"samples that are drawn are in 0..{MAX_SAMPLES - 1}")
        if min(self.scale, self.frames, self.fps) < 0 or self.scale > MAX_SCALE or not self.fps <= MAX_FPS:
            raise ValueError(f"scale, frames and fps are at least 0, the scale at most {MAX_SCALE}, fps {MAX_FPS}")
        if not 0 <= self.columns <= MAX_CELLS:
            raise ValueError(f"a sheet has 1 to {MAX_CELLS} columns, not {self.columns}")
        if len(self.names) > MAX_LANES or not all(len(name) <= MAX_NAME for name in self.names):
            raise ValueError(f"there are names of at most {MAX_LANES} lanes, each of at most {MAX_NAME} letters")
        check_name(self.quantity, tuple(QUANTITIES))
        check_name(self.of, own())
