"""The top bar: the app's name, the menus, and what the engine runs on."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenuBar, QWidget

from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.steady_label import SteadyLabel
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme

EngineState = Literal["starting", "ready", "busy", "failed"]
_WORDS: dict[EngineState, str] = {
    "starting": tr("engine starting"), "ready": tr("ready"), "busy": tr("engine busy"), "failed": tr("engine failed"),
}  # fmt: skip
BUSY_AFTER_MS = 150
"""Answers that come sooner are not worth a flicker."""


class _Dot(QWidget):
    """The state as a colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.state: EngineState = "starting"

    def sizeHint(self) -> QSize:
        return QSize(2 * GRID, 4 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        colours = {"starting": tokens.warning, "ready": tokens.ok, "busy": tokens.accent, "failed": tokens.error}
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours[self.state]))
        painter.drawEllipse(QRectF(0, (self.height() - 8) / 2, 8, 8))
        painter.end()


class TopBar(QWidget):
    """Name and menus to the left; device, precision, speed and the engine's state to the right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.menu_bar = QMenuBar()
        self._device = ""
        self._speed = ""
        self._busy = False
        self._state: EngineState = "starting"
        name = QLabel(tr("Generative Explorer"))
        name.setObjectName("appName")
        self._document = ElidingLabel("")
        self._document.setObjectName("documentName")
        self._where = SteadyLabel()
        self._where.setToolTip(tr("Device · precision · speed"))
        mark(self._where, "muted")
        self._dot = _Dot(theme)
        self._word = QLabel()
        self._word.setToolTip(tr("What the engine is doing"))
        mark(self._word, "muted")
        self._word.setMinimumWidth(self._word.fontMetrics().horizontalAdvance(_WORDS["busy"]))
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID - 2, 2, 4 * GRID - 2, 3)
        row.setSpacing(2 * GRID)
        row.addWidget(name)
        row.addWidget(self.menu_bar)
        row.addWidget(self._document, 1)
        row.addWidget(self._where)
        row.addSpacing(2 * GRID)
        row.addWidget(self._dot)
        row.addWidget(self._word)
        # A short answer makes no flicker: busy shows late.
        self._late = QTimer(self, singleShot=True, interval=BUSY_AFTER_MS)
        self._late.timeout.connect(self._show_state)
        self._show_state()

    def show_document(self, name: str, modified: bool) -> None:
        """The document's name, with a dot where it has changes that are not saved; nothing for the untitled session."""
        self._document.setText(f"{name} •" if name and modified else name)
        self._document.setToolTip(tr("{name} has changes that are not saved (Ctrl+S)", name=name) if modified else name)

    @property
    def document_text(self) -> str:
        """What stands between the menus and the device."""
        return self._document.text()

    @property
    def state(self) -> EngineState:
        """What the dot shows."""
        return self._dot.state

    @property
    def device_text(self) -> str:
        """What stands beside the dot: device, precision and speed."""
        return self._where.text()

    def show_device(self, device: str, precision: str) -> None:
        """The engine is up, on this device ("CPU") at this precision ("fp32")."""
        self._device = f"{device} · {precision}"
        self._state = "ready"
        self._show_where()
        self._show_state()

    def show_starting(self) -> None:
        """Another engine is starting."""
        self._device, self._state = "", "starting"
        self._show_where()
        self._show_state()

    def show_failed(self) -> None:
        """The engine could not start, or has stopped."""
        self._state = "failed"
        self._show_state()

    def show_speed(self, speed: str) -> None:
        """How fast the workspace's work goes; empty if there is none."""
        self._speed = speed
        self._show_where()

    def show_busy(self, busy: bool) -> None:
        """Whether the engine has anything to do."""
        self._busy = busy
        if busy:
            self._late.start()
        else:
            self._late.stop()
            self._show_state()

    def _show_where(self) -> None:
        self._where.setText(" · ".join(part for part in (self._device, self._speed) if part))

    def _show_state(self) -> None:
        state: EngineState = "busy" if self._state == "ready" and self._busy else self._state
        self._dot.state = state
        self._dot.update()
        self._word.setText(_WORDS[state])
