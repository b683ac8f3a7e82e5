"""Colours that the window, its pictures and its pages share."""

from __future__ import annotations

OPTION_COLOURS = {"A": "#E69F00", "B": "#56B4E9", "C": "#009E73", "V": "#F0E442", "exact": "#CC79A7"}
"""Lanes, in colours that colour-blind people tell apart (Okabe and Ito)."""

SIGNED_STOPS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "dark": ((140, 208, 255), (52, 120, 176), (24, 26, 32), (190, 110, 20), (255, 205, 110)),
    "light": ((5, 72, 128), (86, 160, 214), (250, 250, 250), (232, 140, 60), (150, 62, 0)),
}
"""The map of signed quantities, by theme: evenly spaced from negative over 0 to positive, straight between them."""
