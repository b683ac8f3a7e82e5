"""The card of a step: what to do, how far one is, and the way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.math_markup import words_to_html
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID, Theme, text_pixels

WIDTH, GAP = 336, 12
DOT, BETWEEN = 8, 7


class Dots(QWidget):
    """A dot for each step: done, here, to come."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._here = theme, 0
        self._done: list[bool] = []
        theme.changed.connect(self.update)

    def show_progress(self, done: list[bool], here: int) -> None:
        """Which are done, and which it is now."""
        self._done, self._here = list(done), here
        self.setFixedSize(QSize(len(done) * (DOT + BETWEEN), DOT + 4))
        self.setAccessibleName(tr("Step {here} of {count}", here=here + 1, count=len(done)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Filled where done, a wider one here."""
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, done in enumerate(self._done):
            painter.setBrush(QColor(tokens.ok if done else tokens.accent if index == self._here else tokens.border))
            painter.drawEllipse(QRectF(index * (DOT + BETWEEN), 2, DOT, DOT))


class Card(QFrame):
    """Lies beside what it is about.

    Signals
    -------
    next_wanted(), skipped(), put_off(), examples_wanted(), guide_wanted()
        What the person pressed.
    """

    next_wanted = Signal()
    skipped = Signal()
    put_off = Signal()
    examples_wanted = Signal()
    guide_wanted = Signal()

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("welcome")
        self.setFixedWidth(WIDTH)
        self._title, self._words = QLabel(wordWrap=True), QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        mark(self._title, "title")
        mark(self._words, "muted")
        self._dots = Dots(theme)
        self.next_button, self.skip_button, self.later_button = QPushButton(tr("Next")), QPushButton(tr("Skip")), QPushButton(tr("Not now"))
        self.examples_button, self.guide_button = QPushButton(tr("Examples…")), QPushButton(tr("Guide"))
        mark(self.next_button, "primary")
        for button in (self.skip_button, self.later_button):
            mark(button, "quiet")
        self.later_button.setToolTip(tr("Close this; Help > Welcome opens it again (Esc)"))
        self.skip_button.setToolTip(tr("Go on without doing this"))
        self._lay_out()
        signals = {
            self.next_button: self.next_wanted, self.skip_button: self.skipped, self.later_button: self.put_off,
            self.examples_button: self.examples_wanted, self.guide_button: self.guide_wanted,
        }  # fmt: skip
        for button, signal in signals.items():
            button.clicked.connect(signal)
        theme.changed.connect(self._fit)
        shadow = QGraphicsDropShadowEffect(self, blurRadius=8 * GRID, offset=QPointF(0, GRID))
        shadow.setColor(QColor(0, 0, 0, 110))
        self.setGraphicsEffect(shadow)
        window.installEventFilter(self)
        self.hide()

    def show_words(self, title: str, words: str, done: list[bool], here: int, go: str, skip: bool, ends: bool = False) -> None:
        """Say something; `go` is the word of the button that goes on, empty for none; `ends` shows where to go from here."""
        self._title.setText(title)
        self._words.setText(words_to_html(words))
        self._dots.show_progress(done, here)
        self._dots.setVisible(here >= 0 and not ends)
        self.next_button.setText(go)
        self.next_button.setVisible(bool(go))
        self.skip_button.setVisible(skip)
        self.later_button.setVisible(not ends)
        for button in (self.examples_button, self.guide_button):
            button.setVisible(ends)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.show()
        self._fit()
        self.raise_()

    def _fit(self, _tokens: object = None) -> None:
        """As high as its words; they may have another size."""
        self.setFixedWidth(text_pixels(WIDTH))
        self.layout().activate()
        self.resize(self.width(), self.layout().totalHeightForWidth(self.width()))

    def put_beside(self, place: QRect | None, keep: QRect | None = None) -> None:
        """Lie beside a place of the window, over none of it, and over nothing of `keep` if that can be; in the middle if there is none."""
        window = self.parentWidget().rect().adjusted(GAP, GAP, -GAP, -GAP)
        size = self.size()
        if place is None or place.isEmpty():
            corner = window.center() - QPoint(size.width() // 2, size.height() // 2)
        else:
            corner = beside(place, size, window, keep)
        if corner != self.pos():
            self.move(corner)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it off."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_off.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape that nothing else in the window took puts it off, too."""
        is_escape = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape
        if is_escape and watched is self.parentWidget() and self.isVisible():
            self.put_off.emit()
            return True
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self._dots)
        row.addStretch(1)
        for button in (self.later_button, self.skip_button, self.guide_button, self.examples_button, self.next_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * GRID, 4 * GRID, 4 * GRID, 3 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(self._title)
        column.addWidget(self._words)
        column.addSpacing(GRID)
        column.addLayout(row)


def beside(place: QRect, size: QSize, window: QRect, keep: QRect | None = None) -> QPoint:
    """Corner of something of that size beside a place: above it, below, to its right, left; inside its corner where it fills the window.

    What lies over `keep`, where the person looks meanwhile, gives way to what does not: then it may be beside that, too.
    """
    x = min(max(place.center().x() - size.width() // 2, window.left()), window.right() - size.width())
    y = min(max(place.center().y() - size.height() // 2, window.top()), window.bottom() - size.height())
    sides = (
        QPoint(x, place.top() - GAP - size.height()), QPoint(x, place.bottom() + GAP),
        QPoint(place.right() + GAP, y), QPoint(place.left() - GAP - size.width(), y),
    )  # fmt: skip
    fits = [corner for corner in sides if window.contains(QRect(corner, size))]
    if keep is not None:
        by_it = QPoint(keep.right() + GAP, keep.top() + GAP), QPoint(keep.left() - GAP - size.width(), keep.top() + GAP)
        fits += [corner for corner in by_it if window.contains(QRect(corner, size)) and not QRect(corner, size).intersects(place)]
        fits.sort(key=lambda corner: QRect(corner, size).intersects(keep))  # else as before
    return next(iter(fits), QPoint(place.left() + 2 * GAP, place.bottom() - 2 * GAP - size.height()))
