"""Outlines of icons from the fonts that come with qtawesome.

Its fonts are read, and qtawesome is not imported: that, with the layer over all bindings that it goes through, takes as long as the
rest of the window, and drawing each icon as a text of that font longer still.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainterPath, QRawFont, QTransform

from explorer.resources import read_as_shipped

_FONTS = {"ph": "phosphor", "mdi6": "materialdesignicons6-webfont"}
"""By the prefix of an icon's name, how the file of its font and that of its characters begin."""
_EM = 64
_FILLED = 0.875
"""Part of an icon's side that its font's size is."""


@cache
def glyph(name: str) -> QPainterPath:
    """Outline of an icon ("ph.columns") within the square from (0, 0) to (1, 1).

    Raises
    ------
    KeyError
        If there is no such icon.
    FileNotFoundError
        If qtawesome is not there.
    BadInput
        If its font is missing or spoilt.
    """
    prefix, _, rest = name.partition(".")
    font, characters = _font(_FONTS[prefix])
    index = font.glyphIndexesForString(chr(int(characters[rest], 16)))[0]
    place = QRectF(0, 0, font.advancesForGlyphIndexes([index])[0].x(), font.ascent() + font.descent()).center()
    size = _FILLED / _EM
    path = font.pathForGlyph(index)
    path.setFillRule(Qt.FillRule.WindingFill)
    return QTransform(size, 0, 0, size, 0.5 - size * place.x(), 0.5 + size * (font.ascent() - place.y())).map(path)


@cache
def _font(beginning: str) -> tuple[QRawFont, dict[str, str]]:
    package = importlib.util.find_spec("qtawesome")
    if package is None or package.origin is None:
        raise FileNotFoundError("qtawesome, whose fonts have the icons, is not installed")
    folder = Path(package.origin).parent / "fonts"
    with read_as_shipped(folder / beginning):
        files = {file.suffix: file for file in sorted(folder.glob(f"{beginning}-*"))}
        font, characters = QRawFont(str(files[".ttf"]), _EM), json.loads(files[".json"].read_bytes())
        if not font.isValid():
            raise ValueError("no font")
    return font, characters
