"""The slider over training time: one stop for each snapshot of a run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.style import mark

NAME = tr("Training time")
TIP = tr("Training time: {same} through every snapshot of this run{keys}")


def count_words(images: int) -> str:
    """A number of images seen: "3 712", "59.9 k", "2.40 M"."""
    if images < 10_000:
        return grouped(images)
    return f"{images / 1e3:.1f} k" if images < 999_950 else f"{images / 1e6:.2f} M"


class _Stops(QSlider):
    """The wheel turns it only when it has the focus; keys that move the handle are no drag."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
            event.accept()  # at an end, too: the arrows are this slider's while it has the focus


class TrainingSlider(QWidget):
    """Hidden where there is nothing to go through.

    Parameters
    ----------
    same : str
        What stays the same: "the same noise", "the same z".
    keys : str
        Keys that do the same, for the tooltip; empty for none.
    unit : str
        Behind the number.

    Signals
    -------
    chosen(int, bool)
        The person went to a stop, from 0; whether it is one of many while the handle is dragged.
    released()
        The person let go of the handle.
    """

    chosen = Signal(int, bool)
    released = Signal()

    def __init__(self, same: str, keys: str = "", unit: str = " images", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tip = TIP.format(same=same, keys=f"  ({keys})" if keys else "")
        self.slider = _Stops(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(NAME)
        self.slider.setToolTip(tip)
        self.slider.setPageStep(1)
        self.slider.setMinimumWidth(64)
        self._value = QLabel()
        self._value.setToolTip(tip)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        mark(self._value, "muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self._value)
        self._unit = unit
        self._images: tuple[int, ...] = ()
        self._label: QWidget | None = None
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderReleased.connect(self.released)
        self.setVisible(False)

    def accompany(self, label: QWidget) -> None:
        """A label that is there when the slider is."""
        self._label = label
        label.setVisible(not self.isHidden())

    def show_stops(self, images: Sequence[int], place: int) -> None:
        """Images seen at each stop, and the stop that is shown; does not emit. Nothing is shown for fewer than two."""
        self._images = tuple(images)
        blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(images) - 1))
        self.slider.setValue(place)
        self.slider.blockSignals(blocked)
        self._value.setFixedWidth(max((self._width(i) for i in self._images), default=0))
        self._say()
        self.setVisible(len(images) > 1)
        if self._label is not None:
            self._label.setVisible(len(images) > 1)

    @property
    def words(self) -> str:
        """What stands beside the slider."""
        return self._value.text()

    def _width(self, images: int) -> int:
        return self._value.fontMetrics().horizontalAdvance(count_words(images) + self._unit) + 4

    def _say(self) -> None:
        place = self.slider.value()
        if place < len(self._images):
            seen = count_words(self._images[place])
            self._value.setText(seen + self._unit)
            self.slider.setAccessibleDescription(
                tr("{seen} images, {place} of {count}", seen=seen, place=place + 1, count=len(self._images))
            )

    def _moved(self, place: int) -> None:
        self._say()
        self.chosen.emit(place, self.slider.isSliderDown())
