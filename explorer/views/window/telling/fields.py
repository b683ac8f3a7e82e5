"""One field for each question: a choice, a number, a size, a schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from explorer.recipe.told import MAX_HEADS, MAX_LABEL, MAX_SIDE, MAX_TIMESTEPS, NO_NULL, Told
from explorer.views.window.telling.words import QUESTIONS, Words
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID

NUMBER_WIDTH = 96
RANGES = {"timesteps": (1, MAX_TIMESTEPS), "heads": (1, MAX_HEADS), "head_channels": (1, MAX_HEADS), "null_label": (NO_NULL, MAX_LABEL)}
"""Of the questions that a number answers."""
SQUARE = 64
"""Side that a size begins with where nothing is usual."""


class Answer(QWidget):
    """What the person says to one question.

    Signals
    -------
    changed()
        It is another.
    """

    changed = Signal()

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field, self.words = field, QUESTIONS[field]
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(2 * GRID)
        self.setToolTip(self.words.help)

    def said(self) -> dict[str, Any]:
        """Fields of `Told` that it fills; empty while it is not answered."""
        raise NotImplementedError

    def show_answer(self, told: Told) -> None:
        """Show what is told; does not emit."""
        raise NotImplementedError

    def first(self) -> QWidget:
        """What gets the focus."""
        raise NotImplementedError


class Choice(Answer):
    """One of a few."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.bar = SegmentBar(_segments(self.words), self.words.title)
        self.bar.chosen.connect(self.changed)
        self.row.addWidget(self.bar)
        self.row.addStretch(1)

    def said(self) -> dict[str, Any]:
        """The value that is down."""
        found = next((value for value, _ in self.words.choices if str(value) == self.bar.current), None)
        return {} if found is None else {self.field: found}

    def show_answer(self, told: Told) -> None:
        """Put it down."""
        value = getattr(told, self.field)
        if value is not None:
            self.bar.set_current(str(value))

    def first(self) -> QWidget:
        """Its first segment."""
        return self.bar.button(self.bar.current or str(self.words.choices[0][0]))


def _segments(words: Words) -> list[Segment]:
    return [Segment(str(value), label, words.help) for value, label in words.choices]


class Number(Answer):
    """A whole number."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        low, high = RANGES[field]
        self.box = _box(low, high, self.words.title, self.words.help, self.changed.emit)
        self.box.setSpecialValueText(dict(self.words.choices).get(low, ""))
        self.box.setSingleStep(100 if field == "timesteps" else 1)
        self._answered = False
        self.row.addWidget(self.box)
        self.row.addStretch(1)

    def said(self) -> dict[str, Any]:
        """The number."""
        return {self.field: self.box.value()}

    def show_answer(self, told: Told) -> None:
        """Show it, without a word."""
        _show(self.box, getattr(told, self.field))

    def first(self) -> QWidget:
        """The box."""
        return self.box


class Size(Answer):
    """Height and width; the width follows the height while both are the same."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.height_box = _box(1, MAX_SIDE, tr("Height of its images in pixels"), self.words.help, self._height_changed)
        self.width_box = _box(1, MAX_SIDE, tr("Width of its images in pixels"), self.words.help, self.changed.emit)
        times = QLabel("×")
        mark(times, "muted")
        unit = QLabel(tr("pixels, height × width"))
        mark(unit, "muted")
        for widget in (self.height_box, times, self.width_box, unit):
            self.row.addWidget(widget)
        self.row.addStretch(1)
        for box in (self.height_box, self.width_box):
            _show(box, SQUARE)
        self._height = SQUARE

    def said(self) -> dict[str, Any]:
        """Both."""
        return {self.field: (self.height_box.value(), self.width_box.value())}

    def show_answer(self, told: Told) -> None:
        """Show them."""
        if told.image_size is not None:
            self._height = told.image_size[0]
            _show(self.height_box, told.image_size[0])
            _show(self.width_box, told.image_size[1])

    def first(self) -> QWidget:
        """The height."""
        return self.height_box

    def _height_changed(self) -> None:
        if self.width_box.value() == self._height:
            _show(self.width_box, self.height_box.value())
        self._height = self.height_box.value()
        self.changed.emit()


def _box(low: int, high: int, name: str, tip: str, changed: Callable[[], object]) -> QSpinBox:
    box = QSpinBox(minimum=low, maximum=high)
    box.setKeyboardTracking(False)
    box.setFixedWidth(NUMBER_WIDTH)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    box.valueChanged.connect(lambda _value: changed())
    return box


def _show(box: QSpinBox, value: int | None) -> None:
    if value is not None:
        blocked = box.blockSignals(True)
        box.setValue(value)
        box.blockSignals(blocked)
