"""A message in the window: what happened, what to try, and the details to copy. Never a modal box."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QEnterEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.widgets.look.icons import icon
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, Tokens

Offer = tuple[str, Callable[[], object]]
"""What can be done about it by a button: its words, and what it does."""

Severity = Literal["error", "warning", "notice"]
_ICONS: dict[Severity, str] = {"error": "ph.warning-circle", "warning": "ph.warning", "notice": "ph.info"}
MAX_WIDTH = 680
READING_MS = 12_000
"""A notice that asks for nothing goes by itself after this long: it lies over what the person works with."""


class Banner(QFrame):
    """Floats at the top of its parent until it is dismissed or a newer message comes; notices go by themselves unless pointed at."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme = theme
        self._severity: Severity = "error"
        self._detail = ""
        self._icon = QLabel()
        self._message = QLabel(wordWrap=True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._hint = QLabel(wordWrap=True)
        self._hint.setTextFormat(Qt.TextFormat.PlainText)
        mark(self._hint, "muted")
        self._copy = QPushButton(tr("Copy details"))
        self._copy.setToolTip(tr("Copy what the app knows of this, for a report"))
        self._button = QPushButton()
        self._act: Callable[[], object] | None = None
        self._close = QToolButton()
        self._close.setToolTip(tr("Dismiss (Esc)"))
        self._close.setAccessibleName(tr("Dismiss the message"))
        mark(self._close, "quiet")
        self._lay_out()
        self._copy.clicked.connect(self._copy_detail)
        self._button.clicked.connect(self._do)
        self._close.clicked.connect(self.dismiss)
        theme.changed.connect(self._dress)
        shadow = QGraphicsDropShadowEffect(self, blurRadius=6 * GRID, offset=QPointF(0, GRID))
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)
        self.reading = QTimer(self, singleShot=True, interval=READING_MS)
        self.reading.timeout.connect(self.dismiss)
        parent.installEventFilter(self)
        self.hide()

    @property
    def message(self) -> str:
        """What it says now; empty if it is not shown."""
        return "" if self.isHidden() else self._message.text()

    @property
    def hint(self) -> str:
        """What it says to try."""
        return self._hint.text()

    @property
    def detail(self) -> str:
        """What Copy details copies."""
        return self._detail

    @property
    def offer(self) -> QPushButton | None:
        """The button that does something about it; None if there is none."""
        return self._button if self._act is not None else None

    def say(self, message: str, hint: str = "", detail: str = "", severity: Severity = "error", offer: Offer | None = None) -> None:
        """Show a message, with what to try, for a report the details, and what a button does about it."""
        words, self._act = offer if offer is not None else ("", None)
        self._button.setText(words)
        self._button.setVisible(offer is not None)
        self._severity, self._detail = severity, detail
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._copy.setVisible(bool(detail))
        self.setProperty("severity", severity)
        self.setAccessibleName(message)
        self._dress(self._theme.tokens)
        self.show()
        self._place()
        self.raise_()
        self._let_go()

    def dismiss(self) -> None:
        """Take it away."""
        self.reading.stop()
        self.hide()

    def enterEvent(self, event: QEnterEvent) -> None:
        """It is being read."""
        self.reading.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """It was read."""
        self._let_go()
        super().leaveEvent(event)

    def _let_go(self) -> None:
        if self._severity == "notice" and self._act is None and not self.underMouse():
            self.reading.start()
        else:
            self.reading.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the top of the parent; while there is a message, Escape takes it away and stops nothing."""
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._place()
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.isVisible():
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.dismiss()
                return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        text = QVBoxLayout()
        text.setSpacing(GRID)
        text.addWidget(self._message)
        text.addWidget(self._hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        row.setSpacing(3 * GRID)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._icon, 0, top)
        row.addLayout(text, 1)
        row.addWidget(self._copy, 0, top)
        row.insertWidget(2, self._button, 0, top)
        row.addWidget(self._close, 0, top)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def _place(self) -> None:
        parent = self.parentWidget()
        width = max(1, min(MAX_WIDTH, parent.width() - 8 * GRID))
        self.layout().invalidate()
        self.layout().activate()
        height = self.layout().totalHeightForWidth(width)
        self.setGeometry((parent.width() - width) // 2, 4 * GRID, width, height)

    def _do(self) -> None:
        act = self._act
        self.dismiss()
        if act is not None:
            act()

    def _copy_detail(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._message.text()}\n\n{self._detail}")
        self._copy.setText(tr("Copied"))

    def _dress(self, tokens: Tokens) -> None:
        colour = {"error": tokens.error, "warning": tokens.warning, "notice": tokens.accent}[self._severity]
        self._icon.setPixmap(icon(_ICONS[self._severity], tokens, colour).pixmap(18, 18))
        self._close.setIcon(icon("ph.x", tokens))
        self._copy.setText(tr("Copy details"))
        self.style().unpolish(self)
        self.style().polish(self)
