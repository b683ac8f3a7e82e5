"""Lists as a command has them: control points of a schedule, widths of layers."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.diffusion.knots import Knot, check_knots


def knot_words(knots: Sequence[Knot]) -> str:
    """Control points as `train --knots` takes them: u:log SNR, with commas between."""
    return ",".join(f"{_short(u)}:{_short(level)}" for u, level in knots)


def _short(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else repr(value)


def knots_of(text: str) -> tuple[Knot, ...]:
    """Control points that `knot_words` wrote.

    Raises
    ------
    ValueError
        If they are none, or no schedule runs through them.
    """
    try:
        pairs = [tuple(map(float, part.split(":"))) for part in text.split(",")]
        knots = tuple((u, level) for u, level in pairs)
    except ValueError:
        raise ValueError("control points are u:log SNR with commas between them, such as 0:9.2,0.5:0,1:-10") from None
    check_knots(knots)
    return knots


def width_words(widths: Sequence[int]) -> str:
    """Widths as `train --hidden` takes them."""
    return ",".join(map(str, widths))


def widths_of(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them.

    Raises
    ------
    ValueError
        If they are none; an empty text has none.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise ValueError("widths are whole numbers with commas between them, such as 1000,500,250")
    return tuple(int(part) for part in parts)
