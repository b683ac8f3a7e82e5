"""Where the marks of an axis go, and what they say."""

from __future__ import annotations

import math


def even_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Positions and labels of three to six ticks, in round steps from `low` on."""
    step = _step(low, high)
    count = math.floor((high - low) / step + 1e-9)
    return [(low + i * step, f"{low + i * step:.4g}") for i in range(count + 1)]


def round_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Positions and labels of the multiples of a round step that are within, two to five of them."""
    step = _step(low, high)
    numbers = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    return [(number * step, f"{number * step:.6g}".replace("-", "−")) for number in numbers]


def _step(low: float, high: float) -> float:
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))


def log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Positions (base-10 logarithms) and labels of the powers of ten."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    return [(float(k), f"{10.0**k:g}" if k >= -3 else f"1e−{-k}") for k in range(first, last + 1)]
