"""A pad to draw on: a soft round brush on the pixels of a model's images, grey or in colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.recipe import Dab
from explorer.recipe.dabs import MAX_DAB_CORNERS
from explorer.recipe.drawing import drawn
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, to_image
from explorer.widgets.look.theme import Theme

BRUSH = 1.15
"""Radius in pixels, on paper 28 pixels wide; with its soft edge a line is about as thick as MNIST's."""
ERASER = 2.2
STEP = 0.2
"""A mark gets a corner every so many pixels."""
CORNER = 6
BLACK = (-1.0, -1.0, -1.0)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a pad draws on.

    Attributes
    ----------
    shape : (C, H, W)
        Of the images that are drawn; with C = 3 in colour.
    dark : bool
        White on black, as MNIST's digits are; else black, or a colour, on white.
    invitation : str
        A word while it is empty.
    """

    shape: tuple[int, int, int] = (1, 28, 28)
    dark: bool = True
    invitation: str = tr("draw a digit")


class DrawPad(QWidget):
    """Shows a picture; reports brush marks.

    Signals
    -------
    growing(object)
        Marks so far with the one under the pen: a tuple of Dab.
    drawn(object)
        The same, when the pen is lifted; the first mark takes the place of a picture that was shown.
    """

    growing = Signal(object)
    drawn = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._dabs: tuple[Dab, ...] = ()
        self._picture: QImage | None = None
        self._paper = Paper()
        self._colour: tuple[float, float, float] = BLACK
        self._now: Dab | None = None
        self._at: QPointF | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumSize(QSize(84, 84))
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("Drawing pad"))
        self.setToolTip(tr("It is encoded as you draw. Right button or Shift: erase. Ctrl+Z takes a mark back"))
        theme.changed.connect(self.update)

    def set_paper(self, paper: Paper) -> None:
        """Draw on another paper."""
        self._paper = paper
        self.update()

    def set_colour(self, colour: tuple[float, float, float]) -> None:
        """What the pen draws on coloured paper: red, green and blue in [-1, 1]."""
        self._colour = colour

    def set_drawing(self, dabs: Sequence[Dab]) -> None:
        """Show these marks."""
        self._dabs = tuple(dabs)
        self.update()

    def set_picture(self, tile: np.ndarray | None) -> None:
        """Show a picture (H, W, 3) uint8 where nothing is drawn; None takes it away."""
        self._picture = None if tile is None else to_image(tile)
        self.update()

    @property
    def image(self) -> QImage | None:
        """What is shown: marks as they were made, else the picture."""
        marks = self._marks()
        if marks:
            pixels = drawn(marks, self._paper.shape, self._paper.dark).transpose(1, 2, 0)
            return to_image(np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3))))
        return self._picture

    def _marks(self) -> tuple[Dab, ...]:
        return self._dabs if self._now is None else (*self._dabs, self._now)

    def _place(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, 0, side, side)

    def _pixel(self, at: QPointF) -> tuple[float, float]:
        place = self._place()
        _, height, width = self._paper.shape
        return (at.x() - place.x()) / place.width() * width, (at.y() - place.y()) / place.height() * height

    # --- pen ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the pen down."""
        if self._now is not None or event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        erases = event.button() == Qt.MouseButton.RightButton or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if erases and not self._dabs:
            return
        self._now = self._begun(self._pixel(event.position()), erases)
        self._tell()

    def _begun(self, at: tuple[float, float], erases: bool) -> Dab:
        """A mark of one place: of the pen, or of the eraser, which is the paper's ground."""
        paper = self._paper
        radius = round((ERASER if erases else BRUSH) * paper.shape[2] / 28, 3)
        value = -1.0 if paper.dark == erases else 1.0
        coloured = paper.shape[0] == 3 and not erases
        return Dab((at,), radius, value, colour=self._colour if coloured else None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on."""
        self._at = event.position()
        if self._now is not None:
            x, y = self._pixel(event.position())
            last_x, last_y = self._now.path[-1]
            if abs(x - last_x) + abs(y - last_y) >= STEP and len(self._now.path) < MAX_DAB_CORNERS:
                self._now = msgspec.structs.replace(self._now, path=(*self._now.path, (x, y)))
                self._tell()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lift the pen."""
        if self._now is not None:
            marks, self._now = self._marks(), None
            self._dabs, self._picture = marks, None
            self.drawn.emit(marks)
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up the mark under the pen."""
        if event.key() == Qt.Key.Key_Escape and self._now is not None:
            self._now = None
            self.growing.emit(self._dabs)
            self.update()
            return
        super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The pen is elsewhere."""
        self._at = None
        self.update()

    def _tell(self) -> None:
        self.growing.emit(self._marks())
        self.update()

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, the picture, the brush, and a word while it is empty."""
        painter, tokens, place = QPainter(self), self._theme.tokens, self._place()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QPainterPath()
        frame.addRoundedRect(place, CORNER, CORNER)
        painter.setClipPath(frame)
        painter.fillPath(frame, QColor("black" if self._paper.dark else "white"))
        image = self.image
        if image is not None:
            draw_sharp(painter, place, image)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        elif self._at is None:
            painter.setFont(text_font(12))
            painter.setPen(QColor("#9aa1ad" if self._paper.dark else "#6b7280"))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._paper.invitation)
        if self._at is not None:
            radius = (BRUSH / 28 + 0.5 / self._paper.shape[2]) * place.width()
            painter.setPen(QPen(QColor("#9aa1ad"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._at, radius, radius)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.border), 1))
        painter.drawPath(frame)

    def hasHeightForWidth(self) -> bool:
        """It is square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """It is square."""
        return width

    def sizeHint(self) -> QSize:
        """As in an inspector."""
        return QSize(126, 126)
