"""How far a plane lies along a direction that it does not run along."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from explorer.widgets.controls.wheel import let_wheel_pass
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number
from explorer.widgets.look.style import mark

REACH = 4.0
"""Sliders move the plane by at most so many latent units."""
TICKS = 100
"""Of a slider for each latent unit."""


class Offset(QWidget):
    """A slider and its value; the direction's name is put beside.

    Signals
    -------
    moved(int, float)
        Which direction, and how far.
    released()
    """

    moved = Signal(int, float)
    released = Signal()

    def __init__(self, index: int) -> None:
        super().__init__()
        self._index = index
        self.name, self.value = QLabel(), QLabel()
        mark(self.name, "muted")
        self.value.setFixedWidth(44)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(-REACH * TICKS), round(REACH * TICKS))
        self.slider.setPageStep(TICKS // 2)
        let_wheel_pass(self.slider)
        self.slider.setToolTip(tr("Move the plane along this direction, in latent units"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.value)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self.released)

    def show_offset(self, name: str, offset: float) -> None:
        """Of which direction it is, and where; does not emit."""
        self.name.setText(name)
        self.slider.setAccessibleName(name)
        self.value.setText(number(offset, 2))
        blocked = self.slider.blockSignals(True)
        self.slider.setValue(round(offset * TICKS))
        self.slider.blockSignals(blocked)

    def _moved(self, ticks: int) -> None:
        self.moved.emit(self._index, ticks / TICKS)
