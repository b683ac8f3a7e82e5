"""A row of joined buttons of which one is down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from explorer.recipe import glossary
from explorer.widgets.controls.tips import TipBelow
from explorer.widgets.look.explained import explain
from explorer.widgets.look.math_text import Formula, draw, width_of
from explorer.widgets.look.style import mark

FORMULA_PIXELS = 15
MUTED = 0.66
"""How strong a formula is whose segment is not down."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One button.

    Attributes
    ----------
    name : str
        What is emitted.
    label, tip : str
    formula : Formula
        Drawn in the place of the label, which stays its name: mathematics looks alike everywhere.
    term : str
        Key of what the glossary says of it; empty where formula or label name it.
    """

    name: str
    label: str
    tip: str
    formula: Formula = ()
    term: str = ""


class _Button(TipBelow, QPushButton):
    """A button with words or a formula."""

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment.label)
        self._formula, self._plain = segment.formula, segment.label

    @property
    def _shown(self) -> Formula:
        return self._formula if self.text() == self._plain else ()  # other words were put in its place

    def sizeHint(self) -> QSize:
        """As wide as what is drawn."""
        hint = super().sizeHint()
        if self._shown:
            words = self.fontMetrics().horizontalAdvance(self.text())
            hint.setWidth(max(0, hint.width() - words) + math.ceil(width_of(self._shown, FORMULA_PIXELS)))
        return hint

    def minimumSizeHint(self) -> QSize:
        """No narrower."""
        return self.sizeHint() if self._shown else super().minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The button, and the formula in its middle."""
        if not self._shown:
            super().paintEvent(event)
            return
        option, painter = QStyleOptionButton(), QPainter(self)
        self.initStyleOption(option)
        option.text = ""
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        enabled = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        colour = QColor(QGuiApplication.palette().color(enabled, QPalette.ColorRole.ButtonText))
        if self.isEnabled() and not (self.isChecked() or self.underMouse()):
            colour.setAlphaF(MUTED)
        left = (self.width() - width_of(self._shown, FORMULA_PIXELS)) / 2
        draw(painter, QPointF(left, self.height() / 2 + 0.32 * FORMULA_PIXELS), self._shown, FORMULA_PIXELS, colour)


class SegmentBar(QWidget):
    """Joined buttons.

    Parameters
    ----------
    segments : sequence of Segment
    accessible : str
        What the row is, for screen readers.
    exclusive : bool
        Exactly one is down; else each goes down and up by itself.

    Signals
    -------
    chosen(str)
        The person pressed the segment of that name.
    """

    chosen = Signal(str)

    def __init__(self, segments: Sequence[Segment], accessible: str, exclusive: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(exclusive)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self.setAccessibleName(accessible)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        for segment in segments:
            self._add(segment)
        self._round_edges()

    def _add(self, segment: Segment) -> None:
        button = _Button(segment)
        button.setCheckable(True)
        button.setObjectName(f"segment-{segment.name}")
        explain(button, glossary.terms().get(segment.term, segment.formula or segment.label), segment.tip)
        button.setAccessibleName(segment.label)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        mark(button, "segment")
        button.clicked.connect(self._clicked)
        button.setProperty("segmentName", segment.name)
        self._buttons[segment.name] = button
        if self._group.exclusive():  # of any group Tab comes by one button alone, and arrows go to the others
            self._group.addButton(button)
        self._row.addWidget(button)

    def _round_edges(self) -> None:
        shown = [b for b in self._buttons.values() if not b.isHidden()]
        for i, button in enumerate(shown):
            edge = "only" if len(shown) == 1 else "first" if i == 0 else "last" if i == len(shown) - 1 else "middle"
            button.setProperty("edge", edge)
            mark(button, "segment")

    def button(self, name: str) -> QPushButton:
        """Button of a segment."""
        return self._buttons[name]

    def set_label(self, name: str, label: str, tip: str = "") -> None:
        """Other words for a segment."""
        button = self._buttons[name]
        if label != button.text() or (tip and tip != button.toolTip()):
            button.setText(label)
            button.setAccessibleName(label)
            if tip:
                button.setToolTip(tip)

    def set_shown(self, name: str, shown: bool) -> None:
        """Have a segment, or not."""
        if shown == self._buttons[name].isHidden():
            self._buttons[name].setVisible(shown)
            self._round_edges()

    def set_current(self, name: str) -> None:
        """Put a segment down; does not emit."""
        self._buttons[name].setChecked(True)

    @property
    def current(self) -> str:
        """Name of the segment that is down; empty if none."""
        button = self._group.checkedButton()
        return "" if button is None else str(button.property("segmentName"))

    def _clicked(self) -> None:
        self.chosen.emit(str(self.sender().property("segmentName")))
