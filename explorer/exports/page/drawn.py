"""What a page draws of a lane: each quantity at the states that are kept, as the app draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.exports.latent_channels import CODES
from explorer.exports.page.kept import KeptLane
from explorer.exports.pixels import drawable
from explorer.recipe.quantities import QUANTITIES


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A quantity of a lane.

    Attributes
    ----------
    quantity : str
        A name of `QUANTITIES`, or "decoded".
    words : str
        What it is, for who cannot see it.
    images : ndarray, shape (S, n, C, H, W)
        In [-1, 1], C 1 or 3; NaN where nothing is.
    scale : float
        Half width of the map; 0 of what is no signed quantity.
    by_place : bool
        S counts places of the slider; else states of the lane.
    """

    quantity: str
    words: str
    images: np.ndarray
    scale: float = 0.0
    by_place: bool = False


def of_lane(lane: KeptLane) -> list[Drawn]:
    """What it has by itself: x_t, x0_hat, eps_hat, and of codes what x_0 is decoded to."""
    x, x0_hat, eps_hat = (lane.arrays[name].values for name in ("x", "x0_hat", "eps_hat"))
    coded = "decoded" in lane.arrays
    if lane.states[-1] == lane.K:  # from x_0 no step begins: there the samples are what is clean, and no noise is seen
        x0_hat[-1], eps_hat[-1] = x[-1], np.nan
    noise = QUANTITIES["eps_hat"].scale
    scale = CODES if coded else 0.0
    drawn = [Drawn("x_t", "x_t", drawable(x, coded), scale), Drawn("x0_hat", "x0_hat", drawable(x0_hat, coded), scale)]
    drawn.append(Drawn("eps_hat", "eps_hat", _signed(eps_hat, noise, coded), noise))
    return [*drawn, Drawn("decoded", "x_0 decoded", lane.arrays["decoded"].values)] if coded else drawn


def difference(lane: KeptLane, reference: KeptLane, of: str, words: str) -> Drawn | None:
    """A lane minus the reference lane, at each place of the slider; None where their images are not of one shape.

    Where a lane has no state that is near enough in its noise, there is nothing (NaN).
    """
    name = {"x_t": "x"}.get(of, of)
    own, other = lane.arrays[name].values[lane.at], reference.arrays[name].values[reference.at]
    if own.shape != other.shape:
        return None
    apart = own - other
    apart[~(lane.beside & reference.beside)] = np.nan
    scale = QUANTITIES["difference"].scale
    return Drawn("difference", words, _signed(apart, scale, "decoded" in lane.arrays), scale, by_place=True)


def _signed(values: np.ndarray, scale: float, coded: bool) -> np.ndarray:
    """Values of [-scale, scale] in [-1, 1]: of three channels each by itself, of other numbers their mean, of codes side by side."""
    if coded:
        return drawable(values, coded) * (CODES / scale)
    return (values if values.shape[2] in (1, 3) else values.mean(axis=2, keepdims=True)) / scale


@dataclass(frozen=True, slots=True)
class Curve:
    """A line for each lane against the slider.

    Attributes
    ----------
    title, tip : str
    lines : sequence of ndarray, shape (S,)
        NaN where there is none.
    """

    title: str
    tip: str
    lines: Sequence[np.ndarray]


def curves(lanes: Sequence[KeptLane], reference: int) -> list[Curve]:
    """How far each chain has come, over the samples that are shown: root mean squares over all their pixels."""
    towards, size, apart = [], [], []
    for lane in lanes:
        x, x0_hat = lane.arrays["x"].values, lane.arrays["x0_hat"].values
        towards.append(_rms(x0_hat - x[-1])[lane.at])
        size.append(_rms(x)[lane.at])
        other = lanes[reference]
        if len(lanes) > 1 and x.shape[1:] == other.arrays["x"].values.shape[1:]:
            far = _rms(x[lane.at] - other.arrays["x"].values[other.at])
            far[~(lane.beside & other.beside)] = np.nan
            apart.append(far)
        else:
            apart.append(np.full(len(lane.at), np.nan))
    found = [
        Curve("x̂₀ to the sample x₀", "RMS of x̂₀ − x₀: how far what is expected at t is from what the chain ends with", towards),
        Curve("Size of xₜ", "RMS of xₜ: 1 where it is pure noise, that of the images at its end", size),
    ]
    between = Curve(
        "xₜ to the reference lane", "RMS of the difference of xₜ between a lane and the reference lane, at the same noise", apart
    )
    return [*found, between] if len(lanes) > 1 else found


def _rms(values: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.sqrt(np.mean(np.square(values, dtype=np.float64), axis=tuple(range(1, values.ndim))))
    return found
