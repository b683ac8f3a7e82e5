"""Pictures as large as they fit, over everything else: the value under the pointer, the next sample, the next step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QToolButton, QWidget

from explorer.widgets.controls.wheel import WheelSteps
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_frame, draw_sharp, sharp_scale
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

HEAD, FOOT, MARGIN, GAP, CAPTION = 44, 40, 16, 16, 22
LARGEST = 32.0
"""Pixels for each pixel of a picture, at most."""
ALPHA = 245
MOST = 64
"""Pictures that are shown at once at most: more would be no larger than they were."""


@dataclass(frozen=True, slots=True, eq=False)
class Large:
    """One picture.

    Attributes
    ----------
    image : QImage
    caption : str
        Under it.
    values : ndarray, shape (C, H, W), or None
        What it shows, unmapped.
    colour : str
        Over its caption, #rrggbb; empty for none.
    """

    image: QImage
    caption: str = ""
    values: np.ndarray | None = None
    colour: str = ""


class Source(Protocol):
    """Where the pictures come from, looked at anew whenever `Enlarged.refresh` is called."""

    def title(self) -> str:
        """What they are."""
        ...

    def hint(self) -> str:
        """What the keys do."""
        ...

    def pictures(self) -> Sequence[Large]:
        """From the left to the right."""
        ...

    def next_sample(self, by: int) -> None:
        """Another sample."""
        ...

    def next_step(self, by: int) -> None:
        """So many steps on; towards t = 0 if positive."""
        ...


class OnePicture:
    """A picture that stays as it is."""

    def __init__(self, image: QImage, words: str) -> None:
        self._large, self._words = Large(image), words

    def title(self) -> str:
        """What it is."""
        return self._words

    def hint(self) -> str:
        """Only that it goes away."""
        return tr("Esc closes")

    def pictures(self) -> Sequence[Large]:
        """It alone."""
        return (self._large,)

    def next_sample(self, by: int) -> None:
        """There is no other."""

    def next_step(self, by: int) -> None:
        """There is no other."""


class Enlarged(QWidget):
    """Lies over a part of its parent until it is closed.

    Parameters
    ----------
    area : callable
        Which part.
    """

    def __init__(self, theme: Theme, parent: QWidget, area: Callable[[], QRect]) -> None:
        super().__init__(parent)
        self._theme, self._area = theme, area
        self._source: Source = OnePicture(QImage(), "")
        self._pictures: tuple[Large, ...] = ()
        self._pixel: tuple[int, int] | None = None
        self._before: QWidget | None = None
        self._wheel = WheelSteps()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Enlarged pictures"))
        self.close_button = QToolButton(self)
        self.close_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.close_button.setAccessibleName(tr("Close"))
        self.close_button.setToolTip(tr("Close  (Esc)"))
        self.close_button.clicked.connect(self.put_away)
        mark(self.close_button, "quiet")
        parent.installEventFilter(self)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    # --- what is shown ---

    def open(self, source: Source) -> None:
        """Show pictures."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self._source, self._pixel = source, None
        self._lie()
        self.refresh()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        """Close; the keys go back to where they were."""
        had_focus = self.isAncestorOf(self.focusWidget()) or self.hasFocus() or self.close_button.hasFocus()
        self.hide()
        if had_focus and self._before is not None:
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """The pictures are others."""
        self._pictures = tuple(self._source.pictures())[:MOST]
        self.setAccessibleDescription(f"{self._source.title()}: {', '.join(large.caption for large in self._pictures)}")
        self.update()

    @property
    def pictures(self) -> tuple[Large, ...]:
        """Pictures shown."""
        return self._pictures

    @property
    def words(self) -> str:
        """The title."""
        return self._source.title()

    @property
    def value_words(self) -> str:
        """What the pixel under the pointer is in each picture; empty without one."""
        if self._pixel is None:
            return ""
        row, column = self._pixel
        said = []
        for large in self._pictures:
            if large.values is not None and row < large.values.shape[1] and column < large.values.shape[2]:
                found = large.values[:, row, column]
                if not np.isfinite(found).all():
                    continue  # between the channels of codes, or still on the way
                numbers = ", ".join(f"{v:.3f}" for v in found).replace("-", "−")
                said.append(f"{large.caption}: {numbers}" if len(self._pictures) > 1 else numbers)
        return tr("row {row}, column {column}   ", row=row, column=column) + "   ".join(said)

    # --- places ---

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Stay as large as the parent."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._lie()
        return False

    def _lie(self) -> None:
        self.setGeometry(self._area())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button in the corner."""
        self.close_button.setGeometry(self.width() - 28 - MARGIN // 2, MARGIN // 2, 28, 28)

    def places(self) -> list[QRectF]:
        """Where the pictures are."""
        count = len(self._pictures)
        if not count:
            return []
        width, height = (max(large.image.width() for large in self._pictures), max(large.image.height() for large in self._pictures))
        if not width or not height:
            return []
        best: tuple[float, int] = (0.0, 1)
        for columns in range(1, count + 1):
            rows = -(-count // columns)
            across = (self.width() - 2 * MARGIN - GAP * (columns - 1)) / (columns * width)
            down = (self.height() - HEAD - FOOT - (GAP + CAPTION) * rows) / (rows * height)
            best = max(best, (min(across, down), columns))
        scale, columns = sharp_scale(min(max(best[0], 0.1), LARGEST), self.devicePixelRatioF()), best[1]
        rows, w, h = -(-count // columns), width * scale, height * scale
        left = (self.width() - columns * (w + GAP) + GAP) / 2
        top = HEAD + max(0.0, (self.height() - HEAD - FOOT - rows * (h + CAPTION + GAP)) / 2)
        return [QRectF(round(left + i % columns * (w + GAP)), round(top + i // columns * (h + CAPTION + GAP)), w, h) for i in range(count)]

    def _pixel_at(self, point: QPointF) -> tuple[int, int] | None:
        for large, place in zip(self._pictures, self.places(), strict=False):
            if place.contains(point):
                row = int((point.y() - place.y()) * large.image.height() / place.height())
                column = int((point.x() - place.x()) * large.image.width() / place.width())
                return min(row, large.image.height() - 1), min(column, large.image.width() - 1)
        return None

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, title, pictures with captions, value or keys."""
        painter, tokens = QPainter(self), self._theme.tokens
        ground = QColor(tokens.window)
        ground.setAlpha(ALPHA)
        painter.fillRect(self.rect(), ground)
        painter.setFont(text_font(14, QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text))
        middle = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRectF(48, 0, self.width() - 96, HEAD), middle, self._source.title())
        for large, place in zip(self._pictures, self.places(), strict=False):
            self._draw(painter, large, place)
        painter.setFont(text_font(12))
        painter.setPen(QColor(tokens.text if self._pixel else tokens.muted))
        foot = QRectF(MARGIN, self.height() - FOOT, self.width() - 2 * MARGIN, FOOT)
        said = painter.fontMetrics().elidedText(self.value_words or self._source.hint(), Qt.TextElideMode.ElideRight, int(foot.width()))
        painter.drawText(foot, middle, said)

    def _draw(self, painter: QPainter, large: Large, place: QRectF) -> None:
        tokens = self._theme.tokens
        painter.fillRect(place, QColor(tokens.image_empty))
        draw_sharp(painter, place, large.image)
        if tokens.name == "light":
            draw_frame(painter, place, QColor(tokens.border))
        if self._pixel is not None:
            row, column = self._pixel
            w, h = place.width() / large.image.width(), place.height() / large.image.height()
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(QRectF(place.x() + column * w, place.y() + row * h, w, h))
        if large.colour:
            painter.fillRect(QRectF(place.x(), place.bottom() + 2, place.width(), 3), QColor(large.colour))
        painter.setFont(text_font(12))
        painter.setPen(QColor(tokens.muted))
        said = painter.fontMetrics().elidedText(large.caption, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(QRectF(place.x(), place.bottom() + 5, place.width(), CAPTION - 4), Qt.AlignmentFlag.AlignCenter, said)

    def _dress(self, _tokens: object = None) -> None:
        self.close_button.setIcon(icon("mdi6.close", self._theme.tokens))
        self.update()

    # --- gestures ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the value under the pointer."""
        pixel = self._pixel_at(event.position())
        if pixel != self._pixel:
            self._pixel = pixel
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """There is none."""
        self._pixel = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the pictures closes."""
        if event.button() == Qt.MouseButton.LeftButton and self._pixel_at(event.position()) is None:
            self.put_away()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """As it came, so it goes."""
        self.put_away()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step."""
        if steps := self._wheel.take(event):
            self._source.next_step(steps)
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Its own keys come here before any action has them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._move_of(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def _move_of(self, event: QKeyEvent) -> Callable[[], object] | None:
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        moves: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Left: lambda: self._source.next_step(-1),
            Qt.Key.Key_Right: lambda: self._source.next_step(1),
            Qt.Key.Key_Up: lambda: self._source.next_sample(-1),
            Qt.Key.Key_Down: lambda: self._source.next_sample(1),
            Qt.Key.Key_Escape: self.put_away,
            Qt.Key.Key_Return: self.put_away,
            Qt.Key.Key_Enter: self.put_away,
        }
        return moves.get(event.key())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right step, Up and Down change the sample, Esc closes."""
        move = self._move_of(event)
        if move is None:
            super().keyPressEvent(event)
        else:
            move()
