"""A ring around what is talked about; the mouse goes through it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.widgets.look.theme import Theme

ROOM = 7


class Ring(QWidget):
    """Lies over the window, around a widget of it."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setObjectName("welcomeRing")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)
        self.hide()

    def surround(self, target: QWidget | None) -> None:
        """Go around a widget; away if there is none, or it is not in view."""
        if target is None or not target.isVisible():
            self.hide()
            return
        window = self.parentWidget()
        assert window is not None
        place = target.rect().translated(target.mapTo(window, target.rect().topLeft()))
        place = place.adjusted(-ROOM, -ROOM, ROOM, ROOM).intersected(window.rect())
        if place != self.geometry():
            self.setGeometry(place)
        if self.isHidden():
            self.show()
            self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two lines: one strong, one soft outside it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(self._theme.tokens.accent)
        soft = QColor(accent)
        soft.setAlpha(70)
        for colour, width, inset in ((soft, 5.0, 2.5), (accent, 2.0, 4.0)):
            painter.setPen(QPen(colour, width))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 9, 9)
