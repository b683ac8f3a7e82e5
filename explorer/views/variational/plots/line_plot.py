"""Densities over a line with handles: drag one sideways to move it, up and down to make it narrower or wider."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.density_plot import DensityPlot

HOLD = 13.0
RADIUS = 6
WIDEN = 90.0
"""Pixels downwards that make a density e times as wide."""


@dataclass(frozen=True, slots=True)
class Handle:
    """Of one density: its mean, standard deviation, largest value as it is drawn, and colour."""

    mean: float
    sd: float
    height: float
    colour: str


class LinePlot(DensityPlot):
    """Draws; reports what is dragged.

    Signals
    -------
    dragged(int, float, float)
        A handle, with the mean and standard deviation that are wanted.
    selected(int)
    added(float)
        The person double-clicked where there is no handle.
    removed(int)
        The person double-clicked a handle.
    released()
    """

    dragged = Signal(int, float, float)
    selected = Signal(int)
    added = Signal(float)
    removed = Signal(int)
    released = Signal()

    def __init__(self, theme: Theme, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, name, tip, parent)
        self._handles: tuple[Handle, ...] = ()
        self._selected = 0
        self._held: int | None = None
        self._from = (0.0, 1.0, 0.0)

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Handles shown: q's first."""
        return self._handles

    def set_handles(self, handles: Sequence[Handle], selected: int) -> None:
        """Put the handles, one of them selected; does not emit."""
        self._handles, self._selected = tuple(handles), selected
        self.update()

    def handle_point(self, index: int) -> QPointF:
        """Where a handle is."""
        handle, area = self._handles[index], self.area
        return QPointF(self.x_of(handle.mean), area.bottom() - min(1.0, handle.height / self.figure.highest) * area.height())

    def draw(self, painter: QPainter) -> None:
        """Handles over the curves."""
        super().draw(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, handle in enumerate(self._handles):
            chosen = index == self._selected
            painter.setPen(QPen(QColor(handle.colour), 2))
            painter.setBrush(QColor(handle.colour if chosen else self._theme.tokens.card))
            radius = RADIUS + (1 if chosen else 0)
            painter.drawEllipse(self.handle_point(index), radius, radius)

    def _value_at(self, x: float) -> float:
        area, figure = self.area, self.figure
        return figure.low + (x - area.left()) / max(1.0, area.width()) * (figure.high - figure.low)

    def _near(self, point: QPointF) -> int | None:
        found = [((self.handle_point(i) - point).manhattanLength(), i) for i in range(len(self._handles))]
        distance, index = min(found, default=(HOLD + 1, -1))
        return index if distance <= HOLD else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a handle."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._held = self._near(event.position())
        if self._held is not None:
            handle = self._handles[self._held]
            self._from = (handle.mean - self._value_at(event.position().x()), handle.sd, event.position().y())
            self.selected.emit(self._held)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held."""
        if self._held is None:
            return
        apart, sd, y = self._from
        wider = sd * math.exp((event.position().y() - y) / WIDEN)
        self.dragged.emit(self._held, apart + self._value_at(event.position().x()), wider)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._held is not None:
            self._held = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """One part more, or less."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        near = self._near(event.position())
        self._held = None
        if near is None:
            self.added.emit(self._value_at(event.position().x()))
        else:
            self.removed.emit(near)
