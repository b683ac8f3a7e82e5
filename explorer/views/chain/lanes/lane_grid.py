"""Small multiples: lanes against samples, each labelled, one cell of them selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.views.chain.lanes.arrow_keys import keep_from_shortcuts, move_of
from explorer.views.chain.lanes.grid_geometry import Pixel
from explorer.views.chain.lanes.lane_placement import GAP, HEAD, NAMES, NUMBERS, Placement, place
from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, mosaic, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed
from explorer.widgets.plots.markers import Marker, draw_marker

EDGE = 3


@dataclass(frozen=True, slots=True)
class LaneLabel:
    """What a lane is: its label, the word at its side, such as its own timestep, its colour, and the shape that its curves have."""

    text: str
    note: str
    colour: str
    marker: Marker = ""


class LaneGrid(QWidget):
    """Every sample of every lane.

    Parameters
    ----------
    tiles : callable
        Pictures (N, H, W, 3) uint8 of a lane, or None.
    is_coarse : callable
        Whether those of a lane are a coarse look.
    scrolls : bool
        Rows go beyond the height where pictures would be smaller than they are; else pictures are as small as they must be.

    Signals
    -------
    cell_chosen(int, int)
        The person clicked a lane's sample, or moved there with the arrow keys.
    cell_toggled(int, int), cell_reached(int, int)
        The person clicked with Ctrl, for one sample more or less, or with Shift, for all samples up to there.
    all_wanted()
        The person selects every sample.
    pixel_hovered(int, object)
        Lane and the Pixel under the mouse, or None.
    wheel_stepped(int)
        Notches of the wheel; positive is towards t = 0.
    """

    cell_chosen = Signal(int, int)
    cell_toggled = Signal(int, int)
    cell_reached = Signal(int, int)
    all_wanted = Signal()
    pixel_hovered = Signal(int, object)
    wheel_stepped = Signal(int)

    def __init__(
        self,
        theme: Theme,
        tiles: Callable[[int], np.ndarray | None],
        is_coarse: Callable[[int], bool] = lambda _lane: False,
        parent: QWidget | None = None,
        scrolls: bool = True,
    ) -> None:
        super().__init__(parent)
        self._theme, self._tiles, self._is_coarse, self._scrolls = theme, tiles, is_coarse, scrolls
        self._labels: tuple[LaneLabel, ...] = ()
        self._samples, self._image, self._first = 1, (28, 28), 0
        self._selected = (0, 0)
        self._also: frozenset[int] = frozenset()
        self._hover: tuple[int, Pixel | None] = (0, None)
        self._wheel = WheelSteps()
        self.placement = place(1, 1, self._image, 100, 100)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Lanes against samples"))
        self.setToolTip("")
        theme.changed.connect(self.update)

    # --- what is shown ---

    def set_lanes(self, labels: Sequence[LaneLabel], samples: int, image: tuple[int, int], first: int = 0) -> bool:
        """Have a column, or a row, for each lane, of so many samples from the first on; True if anything is another."""
        wanted = (tuple(labels), samples, image, first)
        if wanted == (self._labels, self._samples, self._image, self._first):
            return False
        self._labels, self._samples, self._image, self._first = wanted
        self._place()
        return True

    def set_selected(self, lane: int, sample: int, also: Sequence[int] = ()) -> None:
        """Frame one cell, and the samples that are selected beside it in every lane; does not emit."""
        if (lane, sample, frozenset(also)) != (*self._selected, self._also):
            self._selected, self._also = (lane, sample), frozenset(also)
            name = self._labels[lane].text if lane < len(self._labels) else ""
            more = tr(" and {count} more", count=len(self._also)) if self._also else ""
            self.setAccessibleDescription(tr("sample {sample}{more} of {name} selected", sample=sample, more=more, name=name))
            self.update()

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture under a point; without one the selected one."""
        cell = self._selected if point is None else self.cell_at(point)
        if cell is None or cell[0] >= len(self._labels):
            return None
        lane, sample = cell
        tiles = self._tiles(lane)
        if tiles is None or sample >= len(tiles):
            return None
        words = tr("sample {sample} of {text}", sample=sample, text=self._labels[lane].text)
        return Pointed(to_image(tiles[sample]), words, sample, lane, self._is_coarse(lane))

    # --- geometry ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the cells anew."""
        self._place()

    def _place(self) -> None:
        scroll = self.parentWidget() if self._scrolls else None
        height = scroll.height() if scroll is not None else self.height()
        self.placement = self.fitted(self.width(), height)
        if not self._scrolls:
            self.update()
            return
        self.setMinimumHeight(round(self.placement.bottom) if self.placement.bottom > height + GAP else 0)
        self.update()

    def fitted(self, width: float, height: float) -> Placement:
        """Where the cells would be in another size."""
        return self._placed(self._labels, self._samples, self._image, width, height)

    def most_samples(self, labels: Sequence[LaneLabel], samples: int, image: tuple[int, int], smallest: float) -> int:
        """How many of the samples fit, so that the shorter side of their pictures is at least so many logical pixels; one in any case."""
        for count in range(samples, 1, -1):
            cells = self._placed(labels, count, image, self.width(), self.height())
            if min(cells.width, cells.height) >= smallest:
                return count
        return 1

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Lane and sample under a point; None between and outside."""
        cell = self.placement.cell_at(point)
        return None if cell is None else (cell[0], self._first + cell[1])

    def cell_rect(self, lane: int, sample: int) -> QRectF:
        """Rectangle of a sample's cell."""
        return self.placement.rect(lane, sample - self._first)

    def _placed(self, labels: Sequence[LaneLabel], samples: int, image: tuple[int, int], width: float, height: float) -> Placement:
        least = 1.0 if self._scrolls else 0.0
        return place(max(1, len(labels)), samples, image, width, height, self.devicePixelRatioF(), _names(labels), least)

    @property
    def shown(self) -> range:
        """The samples there are cells of."""
        return range(self._first, self._first + self._samples)

    def minimumSizeHint(self) -> QSize:
        """May be small."""
        return QSize(120, 80)

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Labels, pictures, then the frame of the selected one."""
        painter, where, tokens = QPainter(self), self.placement, self._theme.tokens
        for lane, label in enumerate(self._labels):
            self._draw_label(painter, lane, label)
            tiles = self._tiles(lane)
            shown = None if tiles is None else tiles[self._first : self._first + self._samples]
            picture = None if shown is None or len(shown) != self._samples else mosaic(shown, 1)
            for sample in range(self._samples):
                rect = where.rect(lane, sample)
                if not rect.intersects(QRectF(event.rect())):
                    continue
                if picture is None:
                    painter.fillRect(rect, QColor(tokens.image_empty))
                else:
                    assert tiles is not None
                    height, width = tiles.shape[1:3]
                    draw_sharp(painter, rect, picture, QRectF(0, sample * height, width, height))
        self._draw_numbers(painter)
        self._draw_frames(painter)

    def _draw_frames(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.accent), 2, Qt.PenStyle.DotLine))
        for other in self._also | ({self._selected[1]} if self._also else frozenset()):
            for each in range(len(self._labels) if other in self.shown else 0):
                painter.drawRect(self.cell_rect(each, other).adjusted(1, 1, -1, -1))
        lane, sample = self._selected
        if lane < len(self._labels) and sample in self.shown:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(self.cell_rect(lane, sample).adjusted(1, 1, -1, -1))

    def _draw_label(self, painter: QPainter, lane: int, label: LaneLabel) -> None:
        where, tokens = self.placement, self._theme.tokens
        first = where.rect(lane, 0)
        chosen = lane == self._selected[0]
        painter.setFont(text_font(12, QFont.Weight.DemiBold if chosen else QFont.Weight.Normal))
        painter.setPen(QColor(tokens.text if chosen else tokens.muted))
        if where.upright:
            box = QRectF(first.x(), 0, first.width() + GAP, HEAD - EDGE - 3)
            painter.fillRect(QRectF(first.x(), HEAD - EDGE - 1, first.width(), EDGE), QColor(label.colour))
            mark = QPointF(first.center().x(), HEAD - EDGE / 2 - 1)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        else:
            names = _names(self._labels)
            box = QRectF(first.x() - names + 4, first.y(), names - 4 - EDGE - 10, first.height())
            painter.fillRect(QRectF(first.x() - EDGE - 3, first.y(), EDGE, first.height()), QColor(label.colour))
            mark = QPointF(first.x() - EDGE / 2 - 3, first.center().y())
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        draw_marker(painter, label.marker, mark, QColor(label.colour), QColor(tokens.window))
        painter.setPen(QColor(tokens.text if chosen else tokens.muted))
        lines = [label.text, label.note] if any(other.note for other in self._labels) else [label.text]
        metrics = painter.fontMetrics()
        elided = "\n".join(metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(box.width())) for line in lines)
        painter.drawText(box, flags, elided)

    def _draw_numbers(self, painter: QPainter) -> None:
        where = self.placement
        painter.setFont(text_font(11))
        painter.setPen(QColor(self._theme.tokens.faint))
        for sample in self.shown:
            rect = self.cell_rect(0, sample)
            if where.upright:
                box = QRectF(rect.x() - NUMBERS, rect.y(), NUMBERS - 6, rect.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(sample))
            else:
                painter.drawText(QRectF(rect.x(), 0, rect.width(), where.top - 2), Qt.AlignmentFlag.AlignCenter, str(sample))

    # --- gestures ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the mouse."""
        cell = self.cell_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or cell is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.cell_toggled.emit(*cell)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.cell_reached.emit(*cell)
        else:
            self.cell_chosen.emit(*cell)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which pixel is under the mouse."""
        cell = self.cell_at(event.position())
        if cell is None:
            self._set_hover(self._hover[0], None)
            return
        rect = self.cell_rect(*cell)
        row = int((event.position().y() - rect.y()) * self._image[0] / rect.height())
        column = int((event.position().x() - rect.x()) * self._image[1] / rect.width())
        pixel = Pixel(cell[1], min(row, self._image[0] - 1), min(column, self._image[1] - 1))
        self._set_hover(cell[0], pixel)

    def leaveEvent(self, event: QEvent) -> None:
        """No pixel is."""
        self._set_hover(self._hover[0], None)

    def _set_hover(self, lane: int, pixel: Pixel | None) -> None:
        if (lane, pixel) != self._hover:
            self._hover = (lane, pixel)
            self.pixel_hovered.emit(lane, pixel)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrub; where the rows go beyond the window, scroll."""
        if self.minimumHeight() > 0:
            event.ignore()
            return
        if steps := self._wheel.take(event):
            self.wheel_stepped.emit(steps)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep plain arrow keys from the window's shortcuts while the grid has the focus."""
        return keep_from_shortcuts(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move the selection, Ctrl+A selects all samples."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.all_wanted.emit()
            return
        move = move_of(event)
        if move is None:
            super().keyPressEvent(event)
            return
        down, right = move
        lane, sample = self._selected
        target = (lane + right, sample + down) if self.placement.upright else (lane + down, sample + right)
        if 0 <= target[0] < len(self._labels) and target[1] in self.shown:
            self.cell_chosen.emit(*target)


def _names(labels: Sequence[LaneLabel]) -> float:
    """Width that the labels need beside their rows."""
    metrics = QFontMetrics(text_font(12, QFont.Weight.DemiBold))
    widest = max((metrics.horizontalAdvance(words) for label in labels for words in (label.text, label.note)), default=0)
    return min(max(widest + 4 + EDGE + 13, NAMES[0]), NAMES[1])
