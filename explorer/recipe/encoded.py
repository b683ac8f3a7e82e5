"""What is encoded on a latent plane, unless it is drawn: a test image or a picture file, and draws from its posterior."""

from __future__ import annotations

import msgspec

from explorer.datasets.reading import Background

DRAWN = 24
"""Draws from a posterior that are shown."""


class Encoded(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture on its way through an encoder; marks on the pad (`PlaneRecipe.drawing`) come before both.

    Attributes
    ----------
    image : int or None
        Number of a test image of the checkpoint's data set, from 0.
    picture : str
        Path of a picture file; empty for none.
    resize : bool
        A file of another size is fitted into the model's images; else that is offered.
    centre : bool
        The picture is brought to MNIST's size and place first.
    draws : int or None
        Seed of draws from within two standard deviations of its posterior; None before any.
    background : "white" or "black"
        What is seen where a file's picture is transparent.
    """

    image: int | None = None
    picture: str = ""
    resize: bool = False
    centre: bool = False
    draws: int | None = None
    background: Background = "white"

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be (ValueError)."""
        if self.image is not None and not 0 <= self.image < 2**31:
            raise ValueError(f"a test image's number is in [0, 2**31), not {self.image}")
        if self.draws is not None and not 0 <= self.draws < 2**63:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.draws}")
