"""Colours that the window, its pictures and its pages share."""

from __future__ import annotations

OPTION_COLOURS = {"A": "#E69F00", "B": "#56B4E9", "C": "#009E73", "V": "#D55E00", "exact": "#CC79A7"}
"""Lanes, in colours that colour-blind people tell apart (Okabe and Ito), and that are seen on dark and on white.

`tests/widgets/look/test_theme.py` measures it.
"""

SIGNED_STOPS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "dark": ((140, 208, 255), (52, 120, 176), (24, 26, 32), (190, 110, 20), (255, 205, 110)),
    "light": ((5, 72, 128), (86, 160, 214), (250, 250, 250), (232, 140, 60), (150, 62, 0)),
}
"""The map of signed quantities, by theme: evenly spaced from negative over 0 to positive, straight between them."""

CLASS_COLOURS = {
    "bright": ("#1576F1", "#C31563", "#498415", "#D7D115", "#56E4F1", "#9615CA", "#D1A9C3", "#F17015", "#36A9A9", "#F156D7"),
    "safe": ("#78C396", "#B42DFF", "#3C9696", "#8700B4", "#C387FF", "#FFB4FF", "#B41E00", "#3CFF78", "#E16900", "#0F6969"),
}
"""Digits 0..9: sets in which every two are far apart in OKLab, "safe" also as the colour-blind see them (Machado et al. 2009).

`tests/widgets/look/test_theme.py` measures it.
"""
NO_CLASS = "#9aa1ad"
"""Of a code whose image has no label."""
