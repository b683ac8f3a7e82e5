"""The shipped fonts: text shows alike everywhere, and on a machine that has no fonts at all."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from explorer.resources import resource
from explorer.widgets.look.theme import FONT_FAMILY, FONT_PIXELS, MATH_FAMILY, MONO_FAMILY

_loaded: list[int] = []


def load_fonts() -> tuple[str, ...]:
    """Register the shipped fonts with Qt, once, and return their families.

    Raises
    ------
    FileNotFoundError
        If the app's resources are missing.
    """
    if not _loaded:
        files = sorted(p for p in resource("fonts").iterdir() if p.suffix in (".otf", ".ttf"))
        _loaded.extend(QFontDatabase.addApplicationFont(str(path)) for path in files)
    families = {family for number in _loaded for family in QFontDatabase.applicationFontFamilies(number)}
    return tuple(sorted(families))


def text_font(pixels: int = FONT_PIXELS, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Font of ordinary text, its digits all equally wide."""
    font = _sized(FONT_FAMILY, pixels)
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


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
    font.setPixelSize(pixels)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
