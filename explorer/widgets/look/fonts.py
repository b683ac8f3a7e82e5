"""The shipped fonts: text shows alike everywhere, and on a machine that has no fonts at all."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QWidget

from explorer.resources import read_as_shipped, resource
from explorer.widgets.look.theme import FONT_FAMILY, FONT_PIXELS, MATH_FAMILY, MONO_FAMILY, text_pixels

_loaded: list[int] = []
WORN = "wornFont"
"""The property that `wear` keeps."""


def load_fonts() -> tuple[str, ...]:
    """Register the shipped fonts with Qt, once, and return their families.

    Raises
    ------
    BadInput
        If one is missing or spoilt.
    """
    if not _loaded:
        folder = resource("fonts")
        with read_as_shipped(folder):
            files = sorted(p for p in folder.iterdir() if p.suffix in (".otf", ".ttf"))
        numbers = {path: QFontDatabase.addApplicationFont(str(path)) for path in files}
        known = {family for number in numbers.values() for family in QFontDatabase.applicationFontFamilies(number)}
        spoilt = next((path for path, number in numbers.items() if number < 0), folder)
        with read_as_shipped(spoilt):
            if -1 in numbers.values() or not {FONT_FAMILY, MATH_FAMILY, MONO_FAMILY} <= known:
                raise ValueError("without them text has other widths, or none")
        _loaded.extend(numbers.values())
    families = {family for number in _loaded for family in QFontDatabase.applicationFontFamilies(number)}
    return tuple(sorted(families))


def text_font(pixels: int = FONT_PIXELS, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Font of ordinary text, its digits all equally wide."""
    font = _sized(FONT_FAMILY, pixels)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def wear(widget: QWidget, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> None:
    """Give a widget text of so many pixels, and again when the size of text is another (`dress_again`)."""
    widget.setProperty(WORN, (pixels, weight))
    widget.setFont(text_font(pixels, weight))


def dress_again(widgets: Iterable[QWidget]) -> None:
    """Give what wears a font of its own the size of text that is in force."""
    for widget in widgets:
        worn = widget.property(WORN)
        if worn is not None:
            widget.setFont(text_font(*worn))


def math_font(pixels: int = 17, italic: bool = False) -> QFont:
    """Font of equations."""
    font = _sized(MATH_FAMILY, pixels)
    font.setItalic(italic)
    return font


def mono_font(pixels: int = FONT_PIXELS - 1) -> QFont:
    """Font of commands and hashes."""
    font = _sized(MONO_FAMILY, pixels)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def _sized(family: str, pixels: int) -> QFont:
    font = QFont([family, FONT_FAMILY])
    font.setPixelSize(text_pixels(pixels))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
