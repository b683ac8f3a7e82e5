"""Classes with their colours, to click: which codes are drawn."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from explorer.widgets.look.theme import CLASSES, Theme, text_pixels

CHIP = QSize(28, 20)
EDGE_X, EDGE_Y = 6, 4


class ClassChip(QAbstractButton):
    """A class: its dot and its digit; pale when its codes are hidden.

    Signals
    -------
    alone_wanted()
        Double-clicked, or clicked with Alt: show this class only.
    """

    alone_wanted = Signal()

    def __init__(self, theme: Theme, label: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._label = theme, label
        self.setCheckable(True)
        self.setChecked(True)
        self.setFixedSize(CHIP)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"Codes of class {label}")
        self.setToolTip(f"Hide or show the codes of class {label} (Alt+click: this class alone)")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With Alt: alone."""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.alone_wanted.emit()
            event.accept()
            return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dot and digit."""
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self.isChecked()
        if self.underMouse() or self.hasFocus():
            ground = QPainterPath()
            ground.addRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 4, 4)
            painter.fillPath(ground, QColor(tokens.hover))
        colour = QColor(self._theme.class_colours[self._label])
        painter.setPen(QPen(colour if shown else QColor(tokens.disabled), 1.2))
        painter.setBrush(colour if shown else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(5, 6, 8, 8)
        painter.setPen(QColor(tokens.text if shown else tokens.disabled))
        font = self.font()
        font.setPixelSize(text_pixels(11))
        painter.setFont(font)
        painter.drawText(self.rect().adjusted(16, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, str(self._label))


class PlaneLegend(QWidget):
    """The ten classes in a row, or in as few rows as there is room for.

    Signals
    -------
    class_toggled(int), class_alone(int)
    """

    class_toggled = Signal(int)
    class_alone = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.chips = [ClassChip(theme, label, self) for label in range(CLASSES)]
        for label, chip in enumerate(self.chips):
            chip.clicked.connect(lambda _=False, c=label: self.class_toggled.emit(c))
            chip.alone_wanted.connect(lambda c=label: self.class_alone.emit(c))
        self.setAccessibleName("Classes shown")
        self.fit_width(len(self.chips) * CHIP.width() + 2 * EDGE_X)
        theme.changed.connect(self.update)

    def fit_width(self, width: int) -> None:
        """Lie in as few rows as go into so many pixels."""
        count = len(self.chips)
        rows = next(rows for rows in range(1, count + 1) if -(-count // rows) * CHIP.width() + 2 * EDGE_X <= width or rows == count)
        columns = -(-count // rows)
        for index, chip in enumerate(self.chips):
            chip.move(EDGE_X + index % columns * CHIP.width(), EDGE_Y + index // columns * CHIP.height())
        self.resize(columns * CHIP.width() + 2 * EDGE_X, rows * CHIP.height() + 2 * EDGE_Y)

    def set_hidden(self, hidden: tuple[int, ...]) -> None:
        """Show which classes are hidden; does not emit."""
        for label, chip in enumerate(self.chips):
            chip.setChecked(label not in hidden)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A plate on which the chips lie."""
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate = QPainterPath()
        plate.addRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        ground = QColor(tokens.panel)
        ground.setAlpha(225)
        painter.fillPath(plate, ground)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.drawPath(plate)
