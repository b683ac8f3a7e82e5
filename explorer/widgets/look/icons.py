"""Icons in the theme's colours, and the app's own."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap

from explorer.resources import resource
from explorer.widgets.look.glyphs import glyph
from explorer.widgets.look.theme import Tokens


def icon(name: str, tokens: Tokens, colour: str = "", mirrored: bool = False) -> QIcon:
    """An icon of `glyphs` ("ph.columns"): muted, full strength when on or under the pointer.

    Parameters
    ----------
    name : str
    tokens : Tokens
    colour : str
        #rrggbb of every state but disabled; empty for the theme's.
    mirrored : bool
        Left is right.
    """
    return QIcon(_Glyph(name, colour or tokens.muted, colour or tokens.text, tokens.disabled, mirrored))


class _Glyph(QIconEngine):
    """An outline, filled in the colour of its state, in any size."""

    def __init__(self, name: str, plain: str, strong: str, disabled: str, mirrored: bool) -> None:
        super().__init__()
        self._made = name, plain, strong, disabled, mirrored
        self._path, self._mirrored = glyph(name), mirrored
        self._plain, self._strong, self._disabled = QColor(plain), QColor(strong), QColor(disabled)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Fill the outline in the middle of the rectangle."""
        strong = state == QIcon.State.On or mode == QIcon.Mode.Active
        colour = self._disabled if mode == QIcon.Mode.Disabled else self._strong if strong else self._plain
        side = min(rect.width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.x() + rect.width() / 2, rect.y() + rect.height() / 2)
        painter.scale(-side if self._mirrored else side, side)
        painter.translate(-0.5, -0.5)
        painter.fillPath(self._path, colour)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The same on nothing."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        """Another like it."""
        return _Glyph(*self._made)


def app_icon() -> QIcon:
    """The app's icon, for windows and task bars."""
    icon = QIcon()
    for path in sorted(resource("icons").glob("app-*.png")):
        icon.addFile(str(path))
    return icon
