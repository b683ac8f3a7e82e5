"""Classes with their colours, to click: which codes are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from explorer.views.latent.plane.overlays import draw_plate
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import CLASSES, Theme, text_pixels

LEAST, HEIGHT, DOT, MARGIN = 28, 20, 16, 4
"""Of a chip: its least width, its height, the room of its dot, and the room behind its word."""
DIGITS = tuple(map(str, range(CLASSES)))
EDGE_X, EDGE_Y = 6, 4
WIDE = 10_000


class ClassChip(QAbstractButton):
    """A class: its dot and its name; pale when its codes are hidden.

    Signals
    -------
    alone_wanted()
        Double-clicked, or clicked with Alt: show this class only.
    """

    alone_wanted = Signal()

    def __init__(self, theme: Theme, label: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._label, self._name = theme, label, ""
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_name(DIGITS[label])

    def set_name(self, name: str) -> None:
        """What the class is called, and as much room as that takes."""
        if name == self._name:
            return
        self._name = name
        said = tr("class {name}", name=name) if name.isdigit() else name
        self.setAccessibleName(tr("Codes of {said}", said=said))
        self.setToolTip(tr("Hide or show the codes of {said} (Alt+click: these alone)", said=said))
        self.setFixedSize(max(LEAST, DOT + QFontMetrics(self._font()).horizontalAdvance(name) + MARGIN), HEIGHT)
        self.update()

    def _font(self) -> QFont:
        font = self.font()
        font.setPixelSize(text_pixels(11))
        return font

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """With Alt: alone."""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.alone_wanted.emit()
            event.accept()
            return
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        self.draw(QPainter(self))

    def draw(self, painter: QPainter) -> None:
        """Dot and name."""
        tokens = self._theme.tokens
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
        painter.setFont(self._font())
        painter.drawText(self.rect().adjusted(DOT, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._name)


class PlaneLegend(QWidget):
    """The classes in a row, or in as few rows as there is room for.

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
        self.setAccessibleName(tr("Classes shown"))
        self._shown = self.chips
        self.fit_width(WIDE)
        theme.changed.connect(self.update)

    def fit_width(self, width: int) -> None:
        """Lie in as few rows as go into so many pixels, in columns of one width each."""
        count = len(self._shown)
        for rows in range(1, count + 1):
            columns = -(-count // rows)
            widths = [max(chip.width() for chip in self._shown[column::columns]) for column in range(columns)]
            if sum(widths) + 2 * EDGE_X <= width:
                break
        for index, chip in enumerate(self._shown):
            chip.move(EDGE_X + sum(widths[: index % columns]), EDGE_Y + index // columns * HEIGHT)
        self.resize(sum(widths) + 2 * EDGE_X, -(-count // columns) * HEIGHT + 2 * EDGE_Y)

    def set_classes(self, names: Sequence[str]) -> None:
        """What the classes are called, at most ten; those that there are not are not shown."""
        self._shown = self.chips[: len(names)] or self.chips
        for chip, name in zip(self.chips, (*names, *DIGITS[len(names) :]), strict=True):
            chip.set_name(name)
            chip.setVisible(chip in self._shown)

    def set_hidden(self, hidden: tuple[int, ...]) -> None:
        """Show which classes are hidden; does not emit."""
        for label, chip in enumerate(self.chips):
            chip.setChecked(label not in hidden)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        self.draw(QPainter(self))

    def draw(self, painter: QPainter) -> None:
        """A plate on which the chips lie."""
        tokens = self._theme.tokens
        draw_plate(painter, self.rect().toRectF(), tokens, 225)
