"""Numbers as they are written in the window."""

from __future__ import annotations

from explorer.widgets.look.language import tr

NARROW_SPACE = "\u202f"
"""Between groups of three digits: it neither breaks the line nor is it taken for a decimal point."""


def grouped(number: float, places: int = 0) -> str:
    """A number with its digits in threes, and a minus that is one: 12 345, −1 234.5."""
    return f"{number:,.{places}f}".replace(",", NARROW_SPACE).replace("-", "−")


def number(value: float, digits: int = 3) -> str:
    """A number with a real minus, and none before 0."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) != 0 else text.replace("-", "")


def pair(x: float, y: float, digits: int = 3) -> str:
    """A code: (x, y)."""
    return f"({number(x, digits)}, {number(y, digits)})"


def milliseconds(value: float) -> str:
    """A short time, as precise as it is worth: "0.42 ms", "3.1 ms", "24 ms"."""
    return tr("{value:.{value2}f} ms", value=value, value2=2 if value < 1 else 1 if value < 10 else 0)
