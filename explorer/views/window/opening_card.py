"""How far the opening of a file is, and a way to give it up: a card over the status bar while it takes long."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QHBoxLayout, QProgressBar, QPushButton, QWidget

from explorer.engine.models.messages import Opening
from explorer.state.library import Library
from explorer.views.window.card_words import file_size
from explorer.widgets.look.card import Card
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.steady_label import SteadyLabel
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme

LATE_MS = 300
"""What opens sooner is not worth a flicker."""
WIDTH, BAR_WIDTH = 560, 96
DOING = {"sending": tr("sending"), "reading": tr("reading"), "checking": tr("reading its weights"), "asking": tr("taking a first step")}


class OpeningCard(Card):
    """Shows itself while a file is being opened."""

    def __init__(self, library: Library, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", parent)
        self.setObjectName("openingCard")
        self._library = library
        self._told: Opening | None = None
        self.says = ElidingLabel("", mode=Qt.TextElideMode.ElideMiddle)
        self.doing = SteadyLabel()
        mark(self.doing, "muted")
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(BAR_WIDTH)
        self._bar.setAccessibleName(tr("How far opening is"))
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setAccessibleName(tr("Cancel opening"))
        self.cancel.setToolTip(tr("Do not open it; everything that is open stays"))
        self.cancel.setProperty("compact", True)
        self.cancel.clicked.connect(library.cancel_opening)
        row = QHBoxLayout(self)
        row.setContentsMargins(4 * GRID, GRID - 1, 3 * GRID, GRID - 1)
        row.setSpacing(3 * GRID)
        row.addWidget(self.says, 1)
        row.addWidget(self.doing)
        row.addWidget(self._bar)
        row.addWidget(self.cancel)
        shadow = QGraphicsDropShadowEffect(self, blurRadius=6 * GRID, offset=QPointF(0, GRID))
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)
        self._late = QTimer(self, singleShot=True, interval=LATE_MS)
        self._late.timeout.connect(self._appear)
        library.opening.connect(self._show_opening)
        parent.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the parent's lower right corner."""
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget():
            self._place()
        return super().eventFilter(watched, event)

    def _show_opening(self, told: Opening | None) -> None:
        self._told = told
        if told is None:
            self._late.stop()
            self.hide()
            return
        more = tr(" and {waiting} more", waiting=self._library.waiting) if self._library.waiting else ""
        self.says.setText(tr("Opening {name}{more}", name=Path(told.path).name, more=more))
        self.doing.setText(_doing(told))
        self._bar.setRange(0, 1000 if told.total else 0)
        self._bar.setValue(round(1000 * told.done / told.total) if told.total else 0)
        if self.isHidden() and not self._late.isActive():
            self._late.start()

    def _appear(self) -> None:
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        """Over the empty end of the status bar: what the person works with, and what is being computed, stay in sight."""
        parent = self.parentWidget()
        width, height = max(1, min(WIDTH, parent.width() - 8 * GRID)), self.sizeHint().height()
        self.setGeometry(parent.width() - width - GRID, parent.height() - height, width, height)


def _doing(told: Opening) -> str:
    if told.doing == "sending" and told.total:
        return tr("{file_size} of {file_size2} sent", file_size=file_size(told.done), file_size2=file_size(told.total))
    if told.doing == "reading" and told.total:
        return tr("{file_size} of {file_size2} read", file_size=file_size(told.done), file_size2=file_size(told.total))
    return DOING[told.doing]
