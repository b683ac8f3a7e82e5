"""The examples, each a picture, a title and what to look at; a click opens it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.views.window.help.examples import Example
from explorer.widgets.look.card import Card
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_markup import words_to_html
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme

COLUMNS = 2
PICTURE = QSize(152, 120)


class _Picture(QWidget):
    """What an example looks like."""

    def __init__(self, theme: Theme, example: Example) -> None:
        super().__init__()
        self._theme = theme
        self._image = QImage(str(example.picture))
        self.setFixedSize(PICTURE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, all of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self._image)


class ExampleCard(Card):
    """One example; a click or Enter opens it.

    Signals
    -------
    chosen(object)
        The Example.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, example: Example, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.example = example
        title, words = QLabel(tr(example.title), wordWrap=True), QLabel(words_to_html(tr(example.look)), wordWrap=True)
        title.setFont(text_font(14, text_font().Weight.DemiBold))
        mark(words, "muted")
        text = QVBoxLayout()
        text.setSpacing(GRID)
        text.addWidget(title)
        text.addWidget(words)
        text.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        row.setSpacing(4 * GRID)
        row.addWidget(_Picture(theme, example), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr(example.title))
        self.setAccessibleDescription(tr(example.look))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.example)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.example)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """Framed, and in view."""
        self.set_chosen(True)
        super().focusInEvent(event)  # type: ignore[arg-type]

    def focusOutEvent(self, event: object) -> None:
        """Not any more."""
        self.set_chosen(False)
        super().focusOutEvent(event)  # type: ignore[arg-type]


class ExamplesDialog(QDialog):
    """All examples.

    Signals
    -------
    chosen(object)
        The person wants this Example open.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, found: Sequence[Example], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Examples"))
        words = QLabel(
            tr("Each opens in its workspace; the other workspaces stay as they are, and Undo brings back what was there."), wordWrap=True
        )
        mark(words, "muted")
        page = QWidget()
        page.setObjectName("page")
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 3 * GRID, 0)
        grid.setSpacing(3 * GRID)
        self.cards = [ExampleCard(theme, example) for example in found]
        for index, card in enumerate(self.cards):
            grid.addWidget(card, index // COLUMNS, index % COLUMNS)
            card.chosen.connect(self._take)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 3 * GRID, 4 * GRID)
        column.setSpacing(4 * GRID)
        column.addWidget(words)
        column.addWidget(self._area, 1)
        self.resize(1000, 680)

    def _take(self, example: Example) -> None:
        self.accept()
        self.chosen.emit(example)
