"""A slider with its formula before it and its value behind it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import Formula
from explorer.widgets.look.theme import Theme


class _Quiet(QSlider):
    """A slider that the wheel only turns when it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Slider(QWidget):
    """A number between two ends, in steps.

    Signals
    -------
    moved(float)
        The person moved it.
    released()
        The person let go.
    """

    moved = Signal(float)
    released = Signal()

    def __init__(
        self, theme: Theme, formula: Formula, low: float, high: float, step: float, name: str, tip: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._step = low, step
        self._digits = 0 if step >= 1 else 2
        self._label = MathLabel(theme, formula, 14)
        self._value = QLabel()
        self._value.setFixedWidth(36)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = _Quiet(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round((high - low) / step))
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(tip)
        self.slider.setMinimumWidth(40)
        self.setToolTip(tip)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self.slider, 1)
        row.addWidget(self._value)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self.released)

    def set_highest(self, high: float) -> None:
        """Another upper end; the handle stays where it can."""
        blocked = self.slider.blockSignals(True)
        self.slider.setMaximum(round((high - self._low) / self._step))
        self.slider.blockSignals(blocked)

    def set_label_width(self, width: int) -> None:
        """Room for the formula, so that sliders under one another begin in line."""
        self._label.setMinimumWidth(width)

    def hide_value(self) -> None:
        """Without the number behind it: what stands beside it says where it is."""
        self._value.hide()

    def show_value(self, value: float) -> None:
        """Put the handle; does not emit."""
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round((value - self._low) / self._step))
        self.slider.blockSignals(blocked)
        self._value.setText(f"{value:.{self._digits}f}".replace("-", "−"))

    @property
    def value(self) -> float:
        """Where the handle is."""
        return self._low + self.slider.value() * self._step

    def _moved(self, _position: int) -> None:
        self._value.setText(f"{self.value:.{self._digits}f}".replace("-", "−"))
        self.moved.emit(self.value)
