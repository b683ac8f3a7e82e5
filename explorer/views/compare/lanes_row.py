"""The lanes: side by side, in several rows where that shows their pictures larger; dragged by their heads into another order."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from explorer.views.chain.lanes.lane_panel import HEADER, SIDE_MARGIN, LanePanel
from explorer.widgets.look.theme import Theme

SPACING = 8
NARROWEST = 132
"""Enough for four columns of 28 pixels, and for a short title with its menu."""
MOST_ROWS = 3
SCROLL_BAR = 10
AROUND = 8
"""Height around the pictures of a lane."""
MARK = 3
"""Width of the line that shows where a dragged lane goes."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How lanes share a space.

    Attributes
    ----------
    rows, columns : int
    width, height : int
        Of one lane.
    scale : float
        Of its pictures.
    scrolls : bool
        Lanes are as narrow as they may be, and there are more than fit.
    """

    rows: int
    columns: int
    width: int
    height: int
    scale: float
    scrolls: bool


def arrange(count: int, width: int, height: int, scale_of: Callable[[int, int], float]) -> Arrangement:
    """Rows of lanes that show the pictures largest; scrolling sideways only if nothing else is wide enough.

    Parameters
    ----------
    count : int
        Lanes.
    width, height : int
        Space for all of them.
    scale_of : callable
        Scale of a lane's pictures in a width and height.
    """
    found = []
    for rows in range(1, min(MOST_ROWS, max(1, count)) + 1):
        columns = max(1, math.ceil(count / rows))
        if rows > 1 and (rows - 1) * columns >= count:
            continue
        lane = (width - SPACING * (columns - 1)) // columns
        scrolls = lane < NARROWEST
        room = height - (SCROLL_BAR if scrolls else 0)
        lane, tall = max(lane, NARROWEST), (room - SPACING * (rows - 1)) // rows
        pictures = max(1, min(tall - HEADER - SIDE_MARGIN - AROUND, lane))
        found.append(Arrangement(rows, columns, lane, tall, scale_of(lane - 2 * SIDE_MARGIN, pictures), scrolls))
    return max(found, key=lambda a: (not a.scrolls, round(a.scale, 2), -a.rows))


class LanesRow(QScrollArea):
    """Panels side by side.

    Signals
    -------
    dropped(int, int)
        The person dragged a lane by its head to another place.
    """

    dropped = Signal(int, int)

    def __init__(self, theme: Theme, connect: Callable[[LanePanel], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._connect = theme, connect
        self.panels: list[LanePanel] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._content = QWidget()
        self.setWidget(self._content)
        self._content.setAutoFillBackground(False)
        self._mark = QFrame(self._content)
        self._mark.hide()
        self._pressed: tuple[int, QPoint] | None = None
        self._target: int | None = None
        self.arrangement = Arrangement(1, 1, 1, 1, 1.0, False)

    def set_count(self, count: int) -> None:
        """Have that many panels."""
        while len(self.panels) > count:
            panel = self.panels.pop()
            panel.hide()
            panel.deleteLater()
        while len(self.panels) < count:
            panel = LanePanel(self._theme, self._content)
            panel.installEventFilter(self)
            self.panels.append(panel)
            panel.show()
            self._connect(panel)
        self._place()

    # --- geometry ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the space anew."""
        super().resizeEvent(event)
        self._place()

    def height_for(self, width: int, most: int) -> int:
        """Height, at most `most`, that the lanes' pictures need when they use their width."""
        if not self.panels:
            return min(width, most)
        best = arrange(len(self.panels), width, most, self._scale)
        frame = HEADER + SIDE_MARGIN + AROUND
        grid = self.panels[0].grid.fitted(best.width - 2 * SIDE_MARGIN, max(1, min(best.height - frame, best.width)))
        tall = best.rows * (round(grid.height) + frame) + (best.rows - 1) * SPACING
        return min(most, tall + (SCROLL_BAR if best.scrolls else 0))

    def _scale(self, width: int, height: int) -> float:
        return self.panels[0].grid.fitted(width, height).scale

    def _place(self) -> None:
        if not self.panels:
            return
        self.arrangement = best = arrange(len(self.panels), self.width(), self.height(), self._scale)
        whole = best.columns * (best.width + SPACING) - SPACING
        self._content.resize(max(whole, self.width()), best.rows * (best.height + SPACING) - SPACING)
        for index, panel in enumerate(self.panels):
            row, column = divmod(index, best.columns)
            panel.setGeometry(column * (best.width + SPACING), row * (best.height + SPACING), best.width, best.height)

    def reveal(self, index: int) -> None:
        """Scroll to a lane."""
        if 0 <= index < len(self.panels):
            self.ensureWidgetVisible(self.panels[index], SPACING, 0)

    # --- dragging ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a lane that is dragged by its head."""
        if isinstance(event, QMouseEvent) and isinstance(watched, LanePanel) and watched in self.panels:
            kind = event.type()
            if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton and event.position().y() < HEADER:
                self._pressed = (self.panels.index(watched), event.globalPosition().toPoint())
            elif kind == QEvent.Type.MouseMove and self._pressed is not None:
                self._drag(event.globalPosition().toPoint())
            elif kind == QEvent.Type.MouseButtonRelease:
                self._drop()
        return super().eventFilter(watched, event)

    def _drag(self, at: QPoint) -> None:
        assert self._pressed is not None
        if self._target is None and (at - self._pressed[1]).manhattanLength() < QApplication.startDragDistance():
            return
        place, best = self._content.mapFromGlobal(at), self.arrangement
        row = min(max(place.y() // (best.height + SPACING), 0), best.rows - 1)
        column = min(max(round(place.x() / (best.width + SPACING)), 0), best.columns)
        self._target = min(row * best.columns + column, len(self.panels))
        left = self._target - row * best.columns
        self._mark.setStyleSheet(f"background: {self._theme.tokens.accent};")
        x = min(max(left * (best.width + SPACING) - SPACING // 2 - 1, 0), self._content.width() - MARK)
        self._mark.setGeometry(x, row * (best.height + SPACING), MARK, best.height)
        self._mark.show()
        self._mark.raise_()
        self.ensureVisible(place.x(), place.y(), 40, 0)
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def _drop(self) -> None:
        pressed, target = self._pressed, self._target
        self._pressed = self._target = None
        self._mark.hide()
        self.viewport().unsetCursor()
        if pressed is not None and target is not None:
            to = target if target <= pressed[0] else target - 1
            if to != pressed[0]:
                self.dropped.emit(pressed[0], to)
