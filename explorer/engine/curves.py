"""Curves against t: norms of a lane's quantities, and distances between lanes."""

from __future__ import annotations

import numpy as np

from explorer.engine.lanes import ChainLane, read_only
from explorer.engine.messages import LaneCurves, LaneKey

DISTANCES = ("x_t", "x0_hat")


class CurveBook:
    """Distances between lanes, computed once for each pair of kept frames."""

    def __init__(self) -> None:
        self._distances: dict[tuple[LaneKey, LaneKey], dict[str, np.ndarray]] = {}

    def forget(self, key: LaneKey) -> None:
        """Drop what was computed of a lane."""
        for pair in [p for p in self._distances if key in p]:
            del self._distances[pair]

    def of(self, lane: ChainLane, reference: ChainLane | None, sample: int | None) -> LaneCurves:
        """Curves of the states known so far, for one sample or the mean over all."""
        known = lane.done + 1
        every = dict(lane.norms)
        comparable = reference is not None and reference is not lane and reference.image_shape == lane.image_shape
        if reference is not None and comparable and reference.key.samples == lane.key.samples:
            every |= {f"distance {name}": values for name, values in self._updated(lane, reference).items()}
        elif reference is lane:
            every |= {f"distance {name}": np.zeros_like(lane.norms["x_t"]) for name in DISTANCES}
        curves = {}
        for name, values in every.items():
            part = values[:known]
            curves[name] = read_only(part.mean(axis=1) if sample is None else part[:, sample].copy())
        return LaneCurves(lane.key, read_only(lane.timesteps[:known].astype(np.int64)), curves)

    def _updated(self, lane: ChainLane, reference: ChainLane) -> dict[str, np.ndarray]:
        shape = (lane.course.K + 1, lane.key.samples)
        book = self._distances.setdefault((lane.key, reference.key), {name: np.full(shape, np.nan) for name in DISTANCES})
        own, other = lane.store.lane(lane.key), reference.store.lane(reference.key)
        index_of = {int(t): k for k, t in enumerate(reference.timesteps)}
        for k, frame in own.kept.items():
            match = other.kept.get(index_of.get(int(lane.timesteps[k]), -1))
            if match is None:
                continue
            if np.isnan(book["x_t"][k, 0]):
                book["x_t"][k] = _distance(frame.x, match.x)
            if np.isnan(book["x0_hat"][k, 0]):
                at_end = k == lane.course.K
                mine, theirs = (frame.x, match.x) if at_end else (frame.x0_hat, match.x0_hat)
                if mine is not None and theirs is not None:
                    book["x0_hat"][k] = _distance(mine, theirs)
        return book


def _distance(a, b) -> np.ndarray:  # type: ignore[no-untyped-def]
    values: np.ndarray = (a - b).flatten(1).norm(dim=1).double().numpy()
    return values
