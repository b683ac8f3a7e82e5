"""Fields for numbers that are taken when the person is done: on Enter, on leaving, or shortly after stepping."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRegularExpression, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QRegularExpressionValidator, QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from explorer.recipe import MAX_SEED
from explorer.widgets.look.language import tr

PATIENCE_MS = 450
"""How long after the last step of the arrows a value is taken."""


class _Taking:
    """What the fields share: emits `committed` once for each value that the person settled on."""

    def start_taking(self) -> None:
        self._taken = self.value()  # type: ignore[attr-defined]
        self._timer = QTimer(self)  # type: ignore[arg-type]
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE_MS)
        self._timer.timeout.connect(self.take)
        self.setKeyboardTracking(False)  # type: ignore[attr-defined]
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # type: ignore[attr-defined]
        self.valueChanged.connect(self._timer.start)  # type: ignore[attr-defined]
        self.editingFinished.connect(self.take)  # type: ignore[attr-defined]

    def take(self) -> None:
        """Emit the value if it is another."""
        self._timer.stop()
        value = self.value()  # type: ignore[attr-defined]
        if value != self._taken:
            self._taken = value
            self.committed.emit(value)  # type: ignore[attr-defined]

    def show_value(self, value: object) -> None:
        """Show a value; does not emit."""
        self._timer.stop()
        if value != self.value():  # type: ignore[attr-defined]
            blocked = self.blockSignals(True)  # type: ignore[attr-defined]
            self.setValue(value)  # type: ignore[attr-defined]
            self.blockSignals(blocked)  # type: ignore[attr-defined]
        self._taken = self.value()  # type: ignore[attr-defined]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the value and gives the keys back to the pictures; Esc takes it back."""
        if event.key() == Qt.Key.Key_Escape:
            self.show_value(self._taken)
            self.released.emit()  # type: ignore[attr-defined]
            return
        super().keyPressEvent(event)  # type: ignore[misc]
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
            self.released.emit()  # type: ignore[attr-defined]

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn only a field that has the focus: scrolling past one must not change it."""
        if self.hasFocus():  # type: ignore[attr-defined]
            super().wheelEvent(event)  # type: ignore[misc]
        else:
            event.ignore()


class IntField(_Taking, QSpinBox):
    """A whole number.

    Signals
    -------
    committed(int)
        The person settled on another value.
    released()
        The person pressed Enter or Esc: keys go back to the pictures.
    """

    committed = Signal(int)
    released = Signal()

    def __init__(self, low: int, high: int, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.start_taking()


class FloatField(_Taking, QDoubleSpinBox):
    """A number; signals as of IntField, with a float."""

    committed = Signal(float)
    released = Signal()

    def __init__(self, low: float, high: float, step: float, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLocale(QLocale.c())  # as every number in the window is written; a comma is taken for a point
        self.setDecimals(2)
        self.setRange(low, high)
        self.setSingleStep(step)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.start_taking()

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """As of the box, whichever sign the person's own language has between the whole and its parts."""
        return super().validate(with_point(text), position)

    def valueFromText(self, text: str) -> float:
        """Number in what was typed."""
        return super().valueFromText(with_point(text))


def with_point(text: str) -> str:
    """A number as it was typed, whichever sign the person's language has between the whole and its parts: 0,5 is 0.5."""
    return text.replace(",", ".") if "." not in text else text


class SeedField(QLineEdit):
    """A seed in [0, 2**63), which no spin box holds; signals as of IntField, with a Python int."""

    committed = Signal(object)
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taken = 0
        self.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,19}"), self))
        self.setAccessibleName(tr("Seed"))
        self.setToolTip(tr("Seed of all noise: x_T and every z_t. The same seed gives the same noise in every lane."))
        self.editingFinished.connect(self.take)
        self.setText("0")

    def take(self) -> None:
        """Emit the seed if it is another; what is none goes back."""
        text = self.text()
        value = int(text) if text else self._taken
        if not 0 <= value <= MAX_SEED:
            value = self._taken
        self.setText(str(value))
        if value != self._taken:
            self._taken = value
            self.committed.emit(value)

    def show_value(self, value: int) -> None:
        """Show a seed; does not emit."""
        self._taken = value
        if self.text() != str(value):
            self.setText(str(value))
            self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the seed, Esc takes it back, Up and Down go to the next."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.show_value(self._taken)
            self.released.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.setText(str(min(max(int(self.text() or 0) + (1 if key == Qt.Key.Key_Up else -1), 0), MAX_SEED)))
            self.take()
        else:
            super().keyPressEvent(event)
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.released.emit()
