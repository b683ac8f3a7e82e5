"""The status bar: what is being computed, how far it is, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from explorer.views.workspace import Status
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.steady_label import SteadyLabel
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme

BAR_WIDTH = 220
HEIGHT = 30
FORMULA_PIXELS = 13


class StatusBar(QWidget):
    """Text, progress, detail and Cancel to the left, the workspace's own words to the right.

    Signals
    -------
    cancelled()
        The person pressed Cancel.
    """

    cancelled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._text, self._detail, self._right = SteadyLabel(), SteadyLabel(), SteadyLabel()
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(BAR_WIDTH)
        self._bar.setAccessibleName(tr("Progress"))
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.setToolTip(tr("Stop this computation (Ctrl+.)"))
        self.cancel_button.setAccessibleName(tr("Cancel the computation"))
        self.cancel_button.setProperty("compact", True)
        self.cancel_button.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID - 2, 1, 4 * GRID - 2, 0)
        row.setSpacing(3 * GRID)
        for label in (self._text, self._detail, self._right):
            mark(label, "muted")
            label.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(self._text)
        row.addWidget(self._bar)
        row.addWidget(self._detail)
        row.addWidget(self.cancel_button)
        row.addStretch(1)
        row.addWidget(self._right)
        self._formula = MathLabel(theme, (), FORMULA_PIXELS)
        row.addWidget(self._formula)
        self.show_status(Status())

    def show_status(self, status: Status) -> None:
        """Say it."""
        self._text.setText(status.text)
        self._bar.setVisible(status.total > 0)
        if status.total > 0:
            self._bar.setRange(0, status.total)
            self._bar.setValue(min(status.done, status.total))
        self._detail.setText(status.detail)
        self._detail.setVisible(bool(status.detail))
        written = isinstance(status.right, str)
        self._right.setText(str(status.right) if written else "")
        self._formula.set_formula(() if isinstance(status.right, str) else status.right)
        self._right.setVisible(written)
        self._formula.setVisible(not written)
        self.cancel_button.setVisible(status.cancellable)
