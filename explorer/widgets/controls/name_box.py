"""A choice of names of any length: what is chosen is cut in its middle where it does not fit, and told whole by the tip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

BESIDE = 32
"""Pixels of the list beside its names."""


class NameBox(QComboBox):
    """Names of files tell most at their ends, and two models' often begin alike; the list is as wide as its names."""

    def __init__(self, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tip = tip
        self.setToolTip(tip)

    def shown_text(self) -> str:
        """The name as it is drawn."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        place = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self)
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideMiddle, place.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The frame, and as much of the name as there is room for."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        option.currentText = self.shown_text()
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def showPopup(self) -> None:
        """The list has room for the longest name."""
        widest = max((self.fontMetrics().horizontalAdvance(self.itemText(index)) for index in range(self.count())), default=0)
        self.view().setMinimumWidth(widest + BESIDE)
        super().showPopup()

    def event(self, event: QEvent) -> bool:
        """The tip begins with the whole name."""
        if event.type() == QEvent.Type.ToolTip:
            self.setToolTip("\n".join(filter(None, (self.currentText(), self.tip))))
        return super().event(event)
