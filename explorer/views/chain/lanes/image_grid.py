"""A grid of samples: sharp pictures, one of them selected, the pixel under the mouse."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.views.chain.lanes.arrow_keys import keep_from_shortcuts, move_of
from explorer.views.chain.lanes.grid_geometry import GridGeometry, Pixel, fit_grid
from explorer.views.chain.lanes.tile_name import draw_name
from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_frame, draw_sharp, mosaic, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

PIXEL_OUTLINE_SCALE = 3
CLOSE, EDGE_SCALE = 3, 3
"""Pictures that are less than so far apart, and at least so large, are edged: there was no room for a gap."""


class ImageGrid(QWidget):
    """N samples of one lane.

    Signals
    -------
    sample_chosen(int)
        The person clicked a sample or moved the selection with the arrow keys.
    sample_toggled(int), sample_reached(int)
        The person clicked a sample with Ctrl, for one more or one less, or with Shift, for all up to there.
    all_wanted()
        The person selects every sample.
    pixel_hovered(object)
        The Pixel under the mouse, or None.
    wheel_stepped(int)
        Notches of the wheel; positive is towards t = 0.
    """

    sample_chosen = Signal(int)
    sample_toggled = Signal(int)
    sample_reached = Signal(int)
    all_wanted = Signal()
    pixel_hovered = Signal(object)
    wheel_stepped = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count, self._image_shape = 16, (28, 28)
        self._picture: QImage | None = None
        self._tiles: np.ndarray | None = None
        self._is_coarse = False
        self._selected = 0
        self._also: frozenset[int] = frozenset()
        self._hover: Pixel | None = None
        self._message = ""
        self._names: tuple[str, ...] = ()
        self._wheel = WheelSteps()
        self._geometry = self._fit()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(56, 56))
        self.setAccessibleName(tr("Samples"))
        theme.changed.connect(self.update)

    # --- what is shown ---

    @property
    def has_picture(self) -> bool:
        """Whether there are samples in it."""
        return self._picture is not None

    def set_shape(self, count: int, image: tuple[int, int]) -> None:
        """Number of samples and (height, width) of each: the empty grid before there are pictures."""
        if (count, image) != (self._count, self._image_shape):
            self._count, self._image_shape = count, image
            self._tiles = self._picture = None
            self._refit()

    def set_tiles(self, tiles: np.ndarray | None, coarse: bool = False) -> None:
        """Show pictures (N, H, W, 3) uint8, which may be a coarse look at those that follow; None empties the grid."""
        if tiles is not None:
            self.set_shape(len(tiles), (tiles.shape[1], tiles.shape[2]))
        self._tiles, self._is_coarse = tiles, coarse
        self._picture = None if tiles is None else mosaic(tiles, self._geometry.columns)
        self.update()

    def set_selected(self, index: int, also: Sequence[int] = ()) -> None:
        """Frame one sample, and those that are selected beside it; does not emit."""
        if (index, frozenset(also)) != (self._selected, self._also):
            self._selected, self._also = index, frozenset(also)
            more = tr(" and {count} more", count=len(self._also)) if self._also else ""
            self.setAccessibleDescription(tr("sample {index}{more} of {count} selected", index=index, more=more, count=self._count))
            self.update()

    @property
    def also(self) -> frozenset[int]:
        """Samples that are framed beside the one that is looked at."""
        return self._also

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The sample under a point; without one the selected one."""
        pixel = self._geometry.pixel_at(point) if point is not None else None
        index = self._selected if point is None else pixel.index if pixel is not None else -1
        if self._tiles is None or not 0 <= index < len(self._tiles):
            return None
        name = f" · {self._names[index]}" if index < len(self._names) else ""
        words = tr("sample {index}{name}", index=index, name=name)
        return Pointed(to_image(self._tiles[index]), words, index, coarse=self._is_coarse)

    def set_message(self, text: str) -> None:
        """Words instead of an empty grid."""
        if text != self._message:
            self._message = text
            self.update()

    def set_names(self, names: Sequence[str]) -> None:
        """A word on each picture, such as its class; none without."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self.update()

    @property
    def names(self) -> tuple[str, ...]:
        """The words on the pictures."""
        return self._names

    @property
    def tiles(self) -> np.ndarray | None:
        """Pictures shown, (N, H, W, 3) uint8."""
        return self._tiles

    @property
    def is_coarse(self) -> bool:
        """Whether they are a coarse look."""
        return self._is_coarse

    @property
    def message(self) -> str:
        """Words shown instead of an empty grid."""
        return self._message

    @property
    def grid(self) -> GridGeometry:
        """Where the pictures are."""
        return self._geometry

    @property
    def hovered(self) -> Pixel | None:
        """Pixel under the mouse."""
        return self._hover

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, then the frame of the selected one."""
        painter = QPainter(self)
        tokens, grid = self._theme.tokens, self._geometry
        if self._picture is None:
            for index in range(0 if self._message else self._count):
                painter.fillRect(grid.rect(index), QColor(tokens.image_empty))
            if self._message:
                painter.setPen(QColor(tokens.muted))
                how = QTextOption(Qt.AlignmentFlag.AlignCenter)
                how.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)  # a path has no words
                side = min(48, self.width() // 10)
                painter.drawText(QRectF(self.rect()).adjusted(side, 8, -side, -8), self._message, how)
            return
        width, height = grid.image_width, grid.image_height
        for index in range(self._count):
            row, column = divmod(index, grid.columns)
            draw_sharp(painter, grid.rect(index), self._picture, QRectF(column * width, row * height, width, height))
        if grid.gap < CLOSE and grid.scale >= EDGE_SCALE:
            for index in range(self._count):  # noise would run together: each gives the edge of its outermost pixels
                draw_frame(painter, grid.rect(index), QColor(tokens.card))
        for index, name in enumerate(self._names[: self._count]):
            draw_name(painter, grid.rect(index), name)
        self._draw_frames(painter)

    def _draw_frames(self, painter: QPainter) -> None:
        tokens, grid = self._theme.tokens, self._geometry
        if self._hover is not None and grid.scale >= PIXEL_OUTLINE_SCALE:
            rect, s = grid.rect(self._hover.index), grid.scale
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawRect(QRectF(rect.x() + self._hover.column * s, rect.y() + self._hover.row * s, s, s).adjusted(0, 0, -1, -1))
        painter.setPen(QPen(QColor(tokens.accent), 2, Qt.PenStyle.DotLine))
        for index in self._also:
            if index < self._count:
                painter.drawRect(grid.rect(index).adjusted(1, 1, -1, -1))
        if self._selected < self._count:
            rect = grid.rect(self._selected)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(tokens.window), 1))
            painter.drawRect(rect.adjusted(2.5, 2.5, -2.5, -2.5))
            pen = QPen(QColor(tokens.accent), 2)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
            if self.hasFocus():
                painter.setPen(QPen(QColor(tokens.on_accent), 1, Qt.PenStyle.DotLine))
                painter.drawRect(rect.adjusted(1, 1, -1, -1))

    # --- gestures ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the sample under the mouse."""
        pixel = self._geometry.pixel_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or pixel is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.sample_toggled.emit(pixel.index)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.sample_reached.emit(pixel.index)
        else:
            self.sample_chosen.emit(pixel.index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which pixel is under the mouse."""
        self._set_hover(self._geometry.pixel_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """No pixel is."""
        self._set_hover(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrub."""
        if steps := self._wheel.take(event):
            self.wheel_stepped.emit(steps)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keep plain arrow keys from the window's shortcuts while the grid has the focus: they move the selection."""
        return keep_from_shortcuts(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move the selection, Ctrl+A selects all."""
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self.all_wanted.emit()
            return
        move = move_of(event)
        if move is None:
            super().keyPressEvent(event)
            return
        target = self._selected + move[0] * self._geometry.columns + move[1]
        if 0 <= target < self._count:
            self.sample_chosen.emit(target)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw without the focus."""
        self.update()

    def _set_hover(self, pixel: Pixel | None) -> None:
        if pixel != self._hover:
            self._hover = pixel
            self.pixel_hovered.emit(pixel)
            self.update()

    # --- geometry ---

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the grid anew."""
        self._refit()

    def _refit(self) -> None:
        before = self._geometry.columns
        self._geometry = self._fit()
        if self._tiles is not None and self._geometry.columns != before:
            self._picture = mosaic(self._tiles, self._geometry.columns)
        self.update()

    def _fit(self) -> GridGeometry:
        return self.fitted(self.width(), self.height())

    def fitted(self, width: float, height: float) -> GridGeometry:
        """Where the pictures would be in a widget of another size."""
        return fit_grid(self._count, self._image_shape, width, height, self.devicePixelRatioF())

    def centre_of(self, index: int) -> QPointF:
        """Middle of a sample's picture, in the widget."""
        return self._geometry.rect(index).center()
