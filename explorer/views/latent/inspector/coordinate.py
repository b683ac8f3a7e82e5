"""A field for one coordinate of a point: any number may be typed exactly; what is none is refused in words."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QWidget

from explorer.widgets.controls.number_fields import FloatField, with_point
from explorer.widgets.look.language import tr

DIGITS = 12
REACH = 1e6
"""Greatest coordinate that can be typed."""


class Coordinate(FloatField):
    """A number that can be typed exactly, shown without the zeros behind it.

    Signals
    -------
    refused(str)
        Why what was typed cannot be; the number from before is there again.
    """

    refused = Signal(str)

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(-REACH, REACH, 0.1, name, tip, parent)
        self.setDecimals(DIGITS)

    def textFromValue(self, value: float) -> str:
        """As many decimals as it has."""
        text = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    def valueFromText(self, text: str) -> float:
        """The number that was typed, with a point or a comma; the one from before where it is none."""
        found = parsed(text)
        return self.value() if found is None or not abs(found) <= REACH else found

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; what is no number is told of when the person is done."""
        found = parsed(text)
        fine = found is not None and abs(found) <= REACH
        return QValidator.State.Acceptable if fine else QValidator.State.Intermediate, text, position

    def fixup(self, text: str) -> str:
        """Say what is wrong, and go back to the number from before."""
        self.refused.emit(trouble(text))
        return self.textFromValue(self.value())


def parsed(text: str) -> float | None:
    """A number, or None: also NaN and infinity are read, so that they can be refused by name."""
    try:
        return float(with_point(text.strip()).replace("\u2212", "-"))
    except ValueError:
        return None


def trouble(text: str) -> str:
    """What is wrong with what was typed."""
    found, shown = parsed(text), text.strip()[:40]
    if found is None:
        return tr("“{shown}” is no number: type a coordinate such as 0.5 or −1.25", shown=shown)
    if not math.isfinite(found):
        return tr("“{shown}” is no place: a coordinate is a finite number, such as 0.5", shown=shown)
    return tr("“{shown}” is too far out: coordinates are between −1 000 000 and 1 000 000", shown=shown)
