"""Numbers as they are written in the window."""

from __future__ import annotations

NARROW_SPACE = "\u202f"
"""Between groups of three digits: it neither breaks the line nor is it taken for a decimal point."""


def grouped(number: float, places: int = 0) -> str:
    """A number with its digits in threes, and a minus that is one: 12 345, −1 234.5."""
    return f"{number:,.{places}f}".replace(",", NARROW_SPACE).replace("-", "−")
