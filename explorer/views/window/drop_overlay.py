"""What lies over the window while files are dragged above it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer import sources
from explorer.endings import DOCUMENT
from explorer.errors import BadInput
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import GRID, Theme

INVITATION = tr("Drop to open")
EXPLANATION = tr(
    "a checkpoint ({a_file}), a document ({document}), an export, a picture, or a data set", a_file=sources.a_file(), document=DOCUMENT
)
MOST = 2
"""Files that are looked at while they hover."""


def dropped_files(data: QMimeData) -> list[str]:
    """Local files among what is dragged."""
    return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]


def what_drops(paths: Sequence[str]) -> str:
    """What dropping these opens, where they are checkpoints: "checkpoint-20, a diffusers folder"; empty where they are something else."""
    said = []
    for path in paths[:MOST]:
        try:
            if sources.source_for(Path(path)) is not None:
                said.append(f"{sources.home(Path(path)).name}, {sources.title_of(Path(path))}")
        except BadInput:
            continue
    more = tr(" and {count} more", count=len(paths) - len(said)) if said and len(paths) > len(said) else ""
    return "; ".join(said) + more


class DropOverlay(QWidget):
    """Covers its parent while shown, and takes the drop.

    Signals
    -------
    dropped(list of str)
        Paths.
    """

    dropped = Signal(list)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dropOverlay")
        self.setAcceptDrops(True)
        self._theme, self._explanation = theme, EXPLANATION
        parent.installEventFilter(self)
        self.hide()

    def invite(self, paths: Sequence[str] = ()) -> None:
        """Lie over the whole parent, and say what would be opened."""
        self._explanation = what_drops(paths) or EXPLANATION
        self.setGeometry(self.parentWidget().rect())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering the parent."""
        if event.type() == QEvent.Type.Resize and watched is self.parentWidget() and self.isVisible():
            self.setGeometry(self.parentWidget().rect())
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files only."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The files are elsewhere now."""
        self.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Say what was dropped."""
        paths = dropped_files(event.mimeData())
        event.acceptProposedAction()
        self.hide()
        self.dropped.emit(paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the window, frame it, and say what happens."""
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(tokens.window)
        veil.setAlphaF(0.86)
        painter.fillRect(self.rect(), veil)
        painter.setPen(QPen(QColor(tokens.accent), 2, Qt.PenStyle.DashLine))
        soft = QColor(tokens.accent_soft)
        soft.setAlphaF(0.35)
        painter.setBrush(soft)
        edge = 6 * GRID
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), 3 * GRID, 3 * GRID)
        middle = self.rect().center().y()
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(text_font(22))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(0, middle - 36, self.width(), 36), centre, INVITATION)
        painter.setFont(text_font())
        painter.setPen(QColor(tokens.muted))
        painter.drawText(QRectF(0, middle, self.width(), 24), centre, self._explanation)
        painter.end()
