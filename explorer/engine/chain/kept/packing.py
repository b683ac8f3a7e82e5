"""A finished chain as it comes with the app: x0_hat in half precision, from which and from the shared noise its states follow."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from explorer.diffusion.parameterization import eps_from_x0
from explorer.engine.chain.kept.chains import arrays_of
from explorer.engine.chain.kept.identity import identity
from explorer.engine.chain.kept.lane import Unpacked, sum_of_small, sums_of_rows
from explorer.engine.chain.kept.layout import FORMAT, Described, Layout
from explorer.engine.chain.shown_lane import NORMS, ShownLane
from explorer.exports.atomic import whole


def pack(lane: ShownLane, path: Path) -> None:
    """Write a chain of a network, without edits, that is finished; what it says of itself is of what is written.

    Raises
    ------
    BadInput
        If the disk refuses.
    """
    K, n = lane.course.K, lane.key.samples
    layout = Layout(Described(FORMAT, identity(lane.key), lane.image_shape, K, len(lane.levels) - 1, packed=True, notice=lane.notice))
    x0_hat = np.empty((K, n, *lane.image_shape), np.float16)
    for k in range(K):
        for frame in lane.frame(k):
            if frame is not None:
                x0_hat[k] = np.asarray(frame.x0_hat)
    arrays = arrays_of(lane)
    arrays["norms"] = _norms(Unpacked(x0_hat, lane.course, lane.key.seed), lane)
    sums = np.array([*sums_of_rows(x0_hat, layout), sum_of_small(arrays)], np.uint32)
    with whole(path) as partial, open(partial, "wb") as file:
        file.write(layout.header)
        for name, array in {**arrays, "sums": sums, "x0_hat": x0_hat}.items():
            file.seek(layout.places[name].offset)
            file.write(np.ascontiguousarray(array).data)


def _norms(states: Unpacked, lane: ShownLane) -> np.ndarray:
    """L2 norms of what is written, as the lane would have noted them."""
    K, n = lane.course.K, lane.key.samples
    norms = np.full((len(NORMS), K + 1, n), np.nan)
    for k in range(K + 1):
        values = [states.x(k)]
        if k < K:
            x0_hat = states.x0_hat(k)
            values += [x0_hat, eps_from_x0(values[0], x0_hat, lane.course.steps[k])]  # type: ignore[arg-type, list-item]
        else:
            values.append(values[0])  # at x_0 both are x_0, and there is no noise
        for row, array in zip(norms, values, strict=False):
            row[k] = np.linalg.norm(array.reshape(n, -1).astype(np.float64), axis=1)
    return norms
