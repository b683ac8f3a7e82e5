"""How a lane's values are made pictures: pixels as they are; codes as their channels, or through the decoder. No torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer.diffusion.pixel_range import seen
from explorer.engine.chain.shown_lane import ShownLane
from explorer.engine.pictures.latents import latent_tiles
from explorer.engine.pictures.tiles import Palette, grey_tiles, tiles_of
from explorer.exports.latent_channels import CODES, side_by_side
from explorer.recipe.quantities import QUANTITIES


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Pictures of some samples.

    Attributes
    ----------
    tiles : ndarray, shape (N, H, W, 3), uint8
    values : ndarray, shape (N, C, H, W)
        Of the pixels of the tiles; NaN between the channels of codes.
    scale : float
        Half width of the map.
    diverging : bool
        Which map it is.
    """

    tiles: np.ndarray
    values: np.ndarray
    scale: float
    diverging: bool


def look(
    lane: ShownLane, k: int, quantity: str, values: Any, palette: Palette, samples: Sequence[int], decoded: bool = False,
    by_mean: bool = False, of: str = "",
) -> Iterator[Look | None]:  # fmt: skip
    """Pictures of a quantity's values at state k, last; before them None at each cancel point.

    Parameters
    ----------
    lane : ShownLane
    k : int
    quantity : str
    values : array or tensor, shape (len(samples), C, H, W)
    palette : Palette
    samples : sequence of int
        Whose they are.
    decoded : bool
        Of codes: states and means are decoded, too, not x0_hat and x_0 alone.
    by_mean : bool
        Signed quantities of coloured images as the mean of their channels.
    of : str
        What the values are, where they are only like the quantity: decodings are known by it.
    """
    row = QUANTITIES[quantity]
    if lane.latent is None:
        array = np.asarray(values)
        tiles, scale = tiles_of(array if row.diverging else seen(array, lane.value_range), quantity, palette, by_mean)
        yield Look(tiles, array, scale, row.diverging)
    elif is_decoded(lane, k, quantity, decoded):
        for images in lane.decoded(k, of or quantity, values, samples):
            yield None if images is None else Look(grey_tiles(images), images, 1.0, False)
    else:
        scale = row.scale if row.diverging else CODES
        flat = side_by_side(np.asarray(values), scale)
        yield Look(latent_tiles(flat, scale, palette), flat, scale, True)


def picture_shape(lane: ShownLane, quantity: str, decoded: bool) -> tuple[int, int, int]:
    """(C, H, W) of the pictures that `look` makes of a quantity at all states, where states are decoded, or none is."""
    if lane.latent is None:
        return lane.image_shape
    if is_decoded(lane, -1, quantity, decoded):
        return lane.latent.images
    _, _, height, width = side_by_side(np.zeros((1, *lane.image_shape), np.float32)).shape
    return 3, height, width


def is_decoded(lane: ShownLane, k: int, quantity: str, decoded: bool) -> bool:
    """Whether a quantity of a chain of codes is shown as what it decodes to: an image always, a state on its way if wanted."""
    always = quantity == "x0_hat" or (quantity == "x_t" and k == lane.course.K)
    return lane.can_decode and not QUANTITIES[quantity].diverging and (decoded or always)
