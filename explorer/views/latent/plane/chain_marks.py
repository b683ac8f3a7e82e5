"""Reverse chains on a plane: where each sample is and how it came there, and arrows of the scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from explorer.views.latent.plane.viewport import Viewport

COLOURS = {"learned": "#56B4E9", "exact": "#E69F00"}
"""Okabe and Ito's, as the paths between points."""
ARROW = 0.82
"""Length of the longest arrow, in cells."""
HEAD = 5.0
LONGEST_SHARE = 60
"""Percentile of the scores' lengths from which arrows are as long as can be: those far out would make all others dots."""


@dataclass(frozen=True, eq=False)
class Walked:
    """What is drawn of one process.

    Attributes
    ----------
    kind : str
        "learned" or "exact".
    places : ndarray, shape (K + 1, N, 2)
    """

    kind: str
    places: np.ndarray


@dataclass(frozen=True, eq=False)
class Arrows:
    """Scores (M, 2) at places (M, 2), of each kind; `cell` is how far apart they are, in units of the plane."""

    places: np.ndarray
    scores: tuple[tuple[str, np.ndarray], ...]
    cell: float


def draw_arrows(painter: QPainter, view: Viewport, arrows: Arrows) -> None:
    """Arrows of both kinds in the same scale, the exact ones first."""
    lengths = np.concatenate([np.linalg.norm(scores, axis=1) for _, scores in arrows.scores])
    longest = max(float(np.percentile(lengths, LONGEST_SHARE)), 1e-12)
    factor = ARROW * arrows.cell * view.scale / longest
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for kind, scores in sorted(arrows.scores):
        lines = []
        for (x, y), (dx, dy) in zip(arrows.places.tolist(), scores.tolist(), strict=True):
            length = float(np.hypot(dx, dy))
            shrink = factor * min(1.0, longest / max(length, 1e-12))
            lines += _arrow(QPointF(*view.to_screen(x, y)), QPointF(dx * shrink, -dy * shrink))
        for width, ink in ((3.0, QColor(0, 0, 0, 110)), (1.4, QColor(COLOURS[kind]))):
            painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLines(lines)


def _arrow(at: QPointF, by: QPointF) -> list[QLineF]:
    """A shaft with its head."""
    end = at + by
    length = float(np.hypot(by.x(), by.y()))
    if length < 1:
        return [QLineF(at, end)]
    head = min(HEAD, 0.5 * length)
    back, across = by * (-head / length), QPointF(-by.y(), by.x()) * (0.6 * head / length)
    return [QLineF(at, end), QLineF(end, end + back + across), QLineF(end, end + back - across)]


def draw_walked(painter: QPainter, view: Viewport, walked: Walked, state: int, chosen: int) -> None:
    """Every sample at a state, with the way that it came; the chosen one's way is strong, and goes on, thin, to x_0."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ink = QColor(COLOURS[walked.kind])
    pale = QColor(ink)
    pale.setAlpha(60)
    painter.setPen(QPen(pale, 1.0))
    for sample in range(walked.places.shape[1]):
        if sample != chosen:
            painter.drawPolyline(_polygon(view, walked.places[: state + 1, sample]))
    pale.setAlpha(150)
    painter.setPen(QPen(pale, 1.0, Qt.PenStyle.DotLine))
    painter.drawPolyline(_polygon(view, walked.places[state:, chosen]))
    for width, colour in ((4.0, QColor(0, 0, 0, 140)), (2.0, ink)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPolyline(_polygon(view, walked.places[: state + 1, chosen]))
    for sample, (x, y) in enumerate(walked.places[state].tolist()):
        at, radius = QPointF(*view.to_screen(x, y)), 6.0 if sample == chosen else 4.0
        painter.setPen(QPen(QColor(0, 0, 0, 200) if walked.kind == "learned" else ink, 1.6))
        painter.setBrush(ink if walked.kind == "learned" else QColor(0, 0, 0, 170))
        painter.drawEllipse(at, radius, radius)


def _polygon(view: Viewport, path: np.ndarray) -> QPolygonF:
    return QPolygonF([QPointF(*view.to_screen(x, y)) for x, y in path.tolist()])


def sample_at(view: Viewport, walked: tuple[Walked, ...], state: int, px: float, py: float, reach: float = 9.0) -> int | None:
    """The sample nearest to a pixel at a state, within `reach` pixels."""
    best: tuple[float, int] | None = None
    for each in walked:
        for sample, (x, y) in enumerate(each.places[state].tolist()):
            at = view.to_screen(x, y)
            distance = float(np.hypot(at[0] - px, at[1] - py))
            if distance <= reach and (best is None or distance < best[0]):
                best = distance, sample
    return None if best is None else best[1]
