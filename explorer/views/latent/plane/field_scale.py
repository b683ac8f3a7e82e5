"""The scale of a field over the plane: its name, its colours, their ends, and the value under the pointer."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.engine.pictures.colour_maps import uniform_map
from explorer.views.latent.plane.overlays import FIELD_OPACITY, draw_plate
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import to_image
from explorer.widgets.look.theme import Theme

SIZE = QSize(216, 62)
BAR = QRectF(10, 26, 196, 8)


class FieldScale(QWidget):
    """A small card that lies on the plane."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = ""
        self._ends: tuple[float, float] | None = None
        self._logarithmic = False
        self._note = ""
        self._value = math.nan
        self._words = ""
        self.setFixedSize(SIZE)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Scale of the field"))
        self.hide()
        theme.changed.connect(self.update)

    def show_field(self, title: str, tip: str, ends: tuple[float, float] | None, logarithmic: bool = False, note: str = "") -> None:
        """Name of the field and the ends of its colours; without ends a `note` takes their place. No title hides the card."""
        self._title, self._ends, self._logarithmic, self._note = title, ends, logarithmic, note
        self.setToolTip(tip)
        between = "" if ends is None else tr(" from {ends} to {ends2}", ends=figure(ends[0]), ends2=figure(ends[1]))
        self.setAccessibleDescription(f"{title}{between}")
        self.setVisible(bool(title))
        self.update()

    def show_value(self, value: float, words: str = "") -> None:
        """Value under the pointer (NaN: none), and words for it."""
        if words != self._words or not (value == self._value or (math.isnan(value) and math.isnan(self._value))):
            self._value, self._words = value, words
            self.update()

    @property
    def title(self) -> str:
        """Name of the field."""
        return self._title

    @property
    def ends(self) -> tuple[float, float] | None:
        """Values of the two ends of the bar."""
        return self._ends

    @property
    def words(self) -> str:
        """What is said of the value under the pointer."""
        return self._words

    def _share(self) -> float:
        assert self._ends is not None
        low, high = self._ends
        value = min(max(self._value, low), high)
        if self._logarithmic:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        self.draw(QPainter(self))

    def draw(self, painter: QPainter) -> None:
        """Plate, title, value, bar and its ends."""
        tokens = self._theme.tokens
        draw_plate(painter, self.rect().toRectF(), tokens, 232)
        painter.setFont(text_font(11))
        top = QRectF(10, 5, self.width() - 20, 18)
        painter.setPen(QColor(tokens.text))
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._title)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._words)
        painter.setPen(QColor(tokens.muted))
        bottom = QRectF(10, 38, self.width() - 20, 18)
        if self._ends is None:
            painter.drawText(bottom.translated(0, -8), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._note)
            return
        painter.fillRect(BAR, QColor(tokens.card))
        painter.setOpacity(FIELD_OPACITY)  # as the field lies on the plane
        painter.drawImage(BAR, to_image(uniform_map()[None]))
        painter.setOpacity(1.0)
        painter.drawText(bottom, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, figure(self._ends[0]))
        painter.drawText(bottom, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, figure(self._ends[1]))
        if self._logarithmic:
            painter.drawText(bottom, Qt.AlignmentFlag.AlignCenter, tr("log scale"))
        if math.isfinite(self._value):
            x = BAR.left() + self._share() * BAR.width()
            painter.setPen(QPen(QColor(tokens.panel), 1))
            painter.setBrush(QColor(tokens.text))
            painter.drawPolygon(
                QPolygonF([QPointF(x, BAR.bottom() - 2), QPointF(x - 5, BAR.bottom() + 6), QPointF(x + 5, BAR.bottom() + 6)])
            )


def figure(value: float) -> str:
    """A number in three digits, with a real minus."""
    return f"{value:.3g}".replace("-", "−")
