"""Curves against t: norms of a lane's quantities, and how far and how like lanes are. Torch for similarities alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from explorer.diffusion.levels import pairs
from explorer.engine.arrays import read_only
from explorer.engine.chain.curve_messages import LaneCurves
from explorer.engine.chain.frames import Frame
from explorer.engine.chain.messages import LaneKey, Samples
from explorer.engine.chain.shown_lane import ShownLane
from explorer.engine.desk import Desk

COMPARED = ("x_t", "x0_hat")
COARSEST = 64
"""Similarities are measured at every 64th pair of states first, then at every 32nd, and so on."""


class CurveBook:
    """What has been measured between lanes: once for each pair of kept frames of nearest noise level."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[LaneKey, LaneKey], list[tuple[int, int]]] = {}
        self._measured: dict[tuple[LaneKey, LaneKey], dict[str, np.ndarray]] = {}

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """One for all that are shown of a desk, whoever shows them."""
        return cls()

    def forget(self, key: LaneKey) -> None:
        """Drop what was computed of a lane."""
        for store in (self._pairs, self._measured):
            for pair in [p for p in store if key in p]:
                del store[pair]

    def of(self, lane: ShownLane, reference: ShownLane | None, sample: Samples) -> LaneCurves:
        """Curves of the states known so far, of one sample, or the mean over some or all.

        Similarities are there as far as `measure` has come.
        """
        known = lane.done + 1
        every = dict(lane.norms)
        if reference is lane:
            every |= {f"distance {name}": np.zeros_like(lane.norms["x_t"]) for name in COMPARED}
            every |= {f"ssim {name}": np.ones_like(lane.norms["x_t"]) for name in COMPARED}
        elif reference is not None and comparable(lane, reference):
            self._update_distances(lane, reference)
            every |= self._book(lane, reference)
        curves = {}
        for name, values in every.items():
            part = values[:known]
            curves[name] = read_only(mean_over(part, sample))
        return LaneCurves(lane.key, read_only(lane.timesteps[:known].astype(np.int64)), curves)

    def measure(self, lane: ShownLane, reference: ShownLane, name: str) -> Iterator[None]:
        """Fill in "ssim `name`" of the kept frames, coarsely first; a cancel point after each pair, nothing is done twice."""
        if reference is lane or not comparable(lane, reference):
            return
        from explorer.diffusion.ssim import ssim

        values = self._book(lane, reference)[f"ssim {name}"]
        own, other = lane.kept_frames, reference.kept_frames
        for k, j in sorted(self._paired(lane, reference), key=_coarse_first):
            if np.isnan(values[k, 0]) and k in own and j in other:
                mine, theirs = _value(lane, k, own[k], name), _value(reference, j, other[j], name)
                if mine is not None and theirs is not None:
                    values[k] = ssim(mine, theirs).numpy()
                    yield None

    def _paired(self, lane: ShownLane, reference: ShownLane) -> list[tuple[int, int]]:
        """States of the whole chains, whatever is computed of them."""
        key = (lane.key, reference.key)
        if key not in self._pairs:
            self._pairs[key] = pairs(lane.levels[lane.timesteps], reference.levels[reference.timesteps])
        return self._pairs[key]

    def _book(self, lane: ShownLane, reference: ShownLane) -> dict[str, np.ndarray]:
        shape = (lane.course.K + 1, lane.key.samples)
        names = [f"{what} {name}" for what in ("distance", "ssim") for name in COMPARED]
        return self._measured.setdefault((lane.key, reference.key), {name: np.full(shape, np.nan) for name in names})

    def _update_distances(self, lane: ShownLane, reference: ShownLane) -> None:
        book = self._book(lane, reference)
        own, other = lane.kept_frames, reference.kept_frames
        for k, j in self._paired(lane, reference):
            if not np.isnan(book["distance x0_hat"][k, 0]):  # the last to come of the two
                continue
            frame, match = own.get(k), other.get(j)
            if frame is None or match is None:
                continue
            for name in COMPARED:
                values = book[f"distance {name}"]
                if np.isnan(values[k, 0]):
                    mine, theirs = _value(lane, k, frame, name), _value(reference, j, match, name)
                    if mine is not None and theirs is not None:
                        values[k] = _lengths(np.asarray(mine - theirs))


def mean_over(values: np.ndarray, sample: Samples) -> np.ndarray:
    """Values (K, N) of one sample, or their mean over some or all: shape (K,)."""
    if sample is None:
        return np.asarray(values.mean(axis=1))
    return values[:, list(sample)].mean(axis=1) if isinstance(sample, tuple) else values[:, sample].copy()


def comparable(one: ShownLane, other: ShownLane) -> bool:
    """Whether their images are of one shape and number."""
    return one.image_shape == other.image_shape and one.key.samples == other.key.samples


def _lengths(values: np.ndarray) -> np.ndarray:
    """L2 norm of each image of (N, C, H, W), shape (N,), float64."""
    flat = values.reshape(len(values), -1).astype(np.float64)
    found: np.ndarray = np.sqrt(np.einsum("ij,ij->i", flat, flat))
    return found


def _value(lane: ShownLane, k: int, frame: Frame, name: str) -> Any:
    """What a frame has of a quantity; at x_0 both are x_0."""
    return frame.x if name == "x_t" or k == lane.course.K else frame.x0_hat


def _coarse_first(pair: tuple[int, int]) -> tuple[int, int]:
    k = pair[0]
    stride = COARSEST
    while stride > 1 and k % stride:
        stride //= 2
    return -stride, k
