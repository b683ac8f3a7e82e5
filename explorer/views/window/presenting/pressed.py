"""Keys and clicks as they are pressed, drawn over the window for those who only see the screen."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPoint, QPointF, QRectF, Qt, QTimer, QVariantAnimation
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.theme import Theme

SHOWN_MS, RING_MS = 1600, 450
RADIUS, PIXELS, PAD, HEIGHT, FROM_EDGE = 28, 22, 18, 46, 28
MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
SIGNS = {
    Qt.Key.Key_Left: "←", Qt.Key.Key_Right: "→", Qt.Key.Key_Up: "↑", Qt.Key.Key_Down: "↓", Qt.Key.Key_Space: "Space",
    Qt.Key.Key_Return: "Enter", Qt.Key.Key_Enter: "Enter",
}  # fmt: skip


def words_of(event: QKeyEvent) -> str:
    """A key as it is written on keyboards, with what is held beside it; empty for one that is only held."""
    if event.key() in MODIFIERS:
        return ""
    held = QKeySequence(event.modifiers().value & ~Qt.KeyboardModifier.KeypadModifier.value).toString(
        QKeySequence.SequenceFormat.NativeText
    )
    sign = SIGNS.get(Qt.Key(event.key())) or QKeySequence(event.key()).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{held}{sign}"


class Pressed(QObject):
    """Hears the application's events while it is on; draws a ring where the mouse is pressed, and the last key at the bottom."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.ring, self.keys = _Ring(theme, window), _Keys(theme, window)

    def set_on(self, on: bool) -> None:
        """Begin or end."""
        app = QApplication.instance()
        assert app is not None
        if on:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)
            self.ring.hide()
            self.keys.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look, and leave every event as it is; what is typed into a field is not shown a second time for its parents."""
        if isinstance(watched, QWidget) and watched.window() is self._window:
            if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
                self.ring.start(self._window.mapFromGlobal(event.globalPosition().toPoint()))
            elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):  # comes for shortcuts, too
                in_focus = watched is (self._window.focusWidget() or self._window)  # and not for the parents once more
                if in_focus and (words := words_of(event)):
                    self.keys.say(words)
        return False


class _Ring(QWidget):
    """Grows and fades where the mouse was pressed."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._share = theme, 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(2 * RADIUS + 4, 2 * RADIUS + 4)
        self._growth = QVariantAnimation(self, startValue=0.0, endValue=1.0, duration=RING_MS)
        self._growth.setEasingCurve(QEasingCurve(QEasingCurve.Type.OutCubic))
        self._growth.valueChanged.connect(self._grow)
        self._growth.finished.connect(self.hide)
        self.hide()

    def start(self, at: QPoint) -> None:
        """At a place of the window."""
        self.move(at - QPoint(self.width() // 2, self.height() // 2))
        self.show()
        self.raise_()
        self._growth.stop()
        self._growth.start()

    def _grow(self, share: float) -> None:
        self._share = share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self._theme.tokens.accent)
        colour.setAlphaF(1 - 0.9 * self._share)
        painter.setPen(QPen(colour, 3))
        radius = RADIUS * (0.35 + 0.6 * self._share)
        painter.drawEllipse(QPointF(self.rect().center()) + QPointF(0.5, 0.5), radius, radius)


class _Keys(QWidget):
    """The last key, in a box at the bottom of the window."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self.words = theme, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, words: str) -> None:
        """Show a key for a while."""
        self.words = words
        window = self.parentWidget()
        font = text_font(PIXELS, QFont.Weight.DemiBold)
        self.setFont(font)
        width = self.fontMetrics().horizontalAdvance(words) + 2 * PAD
        self.setGeometry((window.width() - width) // 2, window.height() - HEIGHT - FROM_EDGE, width, HEIGHT)
        self.show()
        self.raise_()
        self.update()
        self._timer.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.setPen(QColor(tokens.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.words)
