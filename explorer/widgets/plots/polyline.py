"""Lines through many points, handed to Qt without a Python object for each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtGui import QPolygonF
from shiboken6 import VoidPtr


def polyline(x: np.ndarray, y: np.ndarray) -> QPolygonF:
    """The line through points x, y, both of shape (M,)."""
    line = QPolygonF()
    line.resize(len(x))
    if len(x):
        # a QPointF is two doubles, and Qt's list of them one block of memory
        block = VoidPtr(line.data(), 16 * len(x), True)  # type: ignore[arg-type, call-arg]  # the stubs know of one argument
        memory = np.frombuffer(block, np.float64).reshape(-1, 2)  # type: ignore[call-overload]
        memory[:, 0], memory[:, 1] = x, y
    return line


def polylines(x: np.ndarray, y: np.ndarray) -> Iterator[QPolygonF]:
    """The lines through points x, y of shape (M,), broken where either is not finite."""
    finite = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], finite, [False]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield polyline(x[start:end], y[start:end])
