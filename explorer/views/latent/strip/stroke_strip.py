"""The decodings along a stroke as a strip that is also its timeline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

GAP = 4
BAR = 4
TILE = 60


class StrokeStrip(QWidget):
    """Frames of one stroke, as many as there is room for, at even distances; the current one is framed.

    Signals
    -------
    frame_chosen(int)
        The person clicked, dragged or turned the wheel over the strip.
    """

    frame_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: list[QImage] = []
        self._frame = 0
        self._tile = TILE
        self._message = ""
        self._wheel = WheelSteps()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(TILE + BAR + 4)
        self.setAccessibleName(tr("Frames of the stroke"))
        theme.changed.connect(self.update)

    def set_tile_side(self, side: int) -> None:
        """Draw pictures of so many pixels a side."""
        if side != self._tile:
            self._tile = side
            self.setFixedHeight(side + BAR + 4)
            self.updateGeometry()
            self.update()

    def set_tiles(self, tiles: np.ndarray | None) -> None:
        """Show decodings (M, H, W, 3) uint8; None empties the strip."""
        self._images = [] if tiles is None else [to_image(tile) for tile in tiles]
        self.setCursor(Qt.CursorShape.PointingHandCursor if self._images else Qt.CursorShape.ArrowCursor)
        self.update()

    def set_frame(self, frame: int) -> None:
        """Frame one; does not emit."""
        if frame != self._frame:
            self._frame = frame
            self.setAccessibleDescription(tr("frame {frame} of {count}", frame=frame + 1, count=len(self._images)))
            self.update()

    def set_message(self, text: str) -> None:
        """Words in an empty strip."""
        self._message = text
        self.update()

    @property
    def images(self) -> Sequence[QImage]:
        """Pictures of all frames."""
        return self._images

    @property
    def count(self) -> int:
        """Frames that can be shown."""
        return len(self._images)

    def shown_frames(self) -> list[int]:
        """Frames that are drawn, from left to right; the current one takes the place of its nearest."""
        count = self.count
        places = min(count, max(1, (self.width() + GAP) // (self._tile + GAP)))
        if places == 0:
            return []
        frames = [round(f) for f in np.linspace(0, count - 1, places)] if places > 1 else [0]
        frames[self._place(places)] = min(self._frame, count - 1)
        return frames

    def _place(self, places: int) -> int:
        return round(min(self._frame, self.count - 1) / max(1, self.count - 1) * (places - 1))

    def _rect(self, place: int, places: int) -> QRectF:
        room = self.width() - self._tile
        step = min(room / max(1, places - 1), self._tile + 4 * GAP) if places > 1 else 0.0
        return QRectF(round(place * step), 0, self._tile, self._tile)

    def _right(self, places: int) -> float:
        return self._rect(places - 1, places).right()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures, the frame of the current one, and how far along the stroke it is."""
        painter, tokens = QPainter(self), self._theme.tokens
        frames = self.shown_frames()
        if not frames:
            painter.setPen(QColor(tokens.muted))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self._message)
            return
        current = self._place(len(frames))
        for place, frame in enumerate(frames):
            draw_sharp(painter, self._rect(place, len(frames)), self._images[frame])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawRoundedRect(self._rect(current, len(frames)).adjusted(1, 1, -1, -1), 3, 3)
        self._draw_bar(painter, self._right(len(frames)))

    def _draw_bar(self, painter: QPainter, right: float) -> None:
        tokens = self._theme.tokens
        share = min(self._frame, self.count - 1) / max(1, self.count - 1)
        done = self._tile / 2 + share * (right - self._tile)
        for width, colour in ((right, tokens.border), (done, tokens.accent)):
            bar = QPainterPath()
            bar.addRoundedRect(QRectF(0, self._tile + 4, width, BAR), BAR / 2, BAR / 2)
            painter.fillPath(bar, QColor(colour))

    def frame_at(self, px: float) -> int:
        """Frame under a pixel: the strip is a timeline."""
        right = self._right(max(1, len(self.shown_frames())))
        return round(min(1.0, max(0.0, (px - self._tile / 2) / max(1.0, right - self._tile))) * (self.count - 1))

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The frame under a point; without one the current one."""
        frames = self.shown_frames()
        if point is None and self._images:
            at = min(self._frame, self.count - 1)
            return Pointed(self._images[at], tr("frame {at}", at=at + 1), at)
        for place, frame in enumerate(frames):
            if point is not None and self._rect(place, len(frames)).contains(point):
                return Pointed(self._images[frame], tr("frame {frame}", frame=frame + 1), frame)
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the frame under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(self.frame_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step."""
        if steps := self._wheel.take(event):
            self._choose(self._frame + steps)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys, Home and End."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -self.count, Qt.Key.Key_End: self.count}
        if event.key() in step:
            self._choose(self._frame + step[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _choose(self, frame: int) -> None:
        if self.count:
            self.frame_chosen.emit(min(self.count - 1, max(0, frame)))

    def sizeHint(self) -> QSize:
        """Room for some pictures."""
        return QSize(10 * (self._tile + GAP), self._tile + BAR + 4)
