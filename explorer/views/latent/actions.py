"""The Latent workspace's actions: its menu, its keys, and the buttons made from them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from explorer.widgets.icons import icon
from explorer.widgets.theme import Theme


class LatentActions:
    """Every action, without what it does.

    Attributes
    ----------
    move, brush, add_point, delete, rename, play, loop, back, on, fit, zoom_in, zoom_out, codes, manifold, prior,
    all_classes, encode, no_picture, other_model : QAction
    """

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self.move = self._make("&Move", "V", "Select, drag and add points; drag strokes (V or M)", True)
        self.move.setShortcuts([QKeySequence("V"), QKeySequence("M")])
        self.brush = self._make("Paint &stroke", "B", "Paint a path; its decodings play in the strip. Shift: a straight line (B)", True)
        tools = QActionGroup(parent)
        for action in (self.move, self.brush):
            tools.addAction(action)
        self.add_point = self._make("&Add point", "A", "Put a point under the pointer, or in the middle (A, or double-click)")
        self.delete = self._make("&Delete", "Del", "Take the selected point or stroke away (Delete)")
        self.delete.setShortcuts([QKeySequence("Del"), QKeySequence("Backspace")])
        self.play = self._make("&Play stroke", "Space", "Play or pause the selected stroke (Space)")
        self.loop = self._make("&Loop", "L", "Start again at the end of the stroke (L)", True)
        self.back = self._make("Frame &back", ",", "One frame back along the stroke (,)")
        self.on = self._make("Frame &on", ".", "One frame on along the stroke (.)")
        self.fit = self._make("&Fit", "F", "Show all codes and the prior (F)")
        self.zoom_in = self._make("Zoom &in", "+", "Enlarge about the middle (+, or the wheel)")
        self.zoom_in.setShortcuts([QKeySequence("+"), QKeySequence("=")])
        self.zoom_out = self._make("Zoom &out", "-", "Make smaller about the middle (−, or the wheel)")
        self.codes = self._make("&Codes", "C", "The codes of the 10,000 test images, coloured by class (C)", True)
        self.manifold = self._make("Mani&fold", "G", "Decodings of a grid of codes, finer as you zoom in (G)", True)
        self.prior = self._make("P&rior", "P", "Circles that hold 50, 90 and 99 % of the prior N(0, I); an AE has none (P)", True)
        self.all_classes = self._make("Show all c&lasses", None, "Draw the codes of every class")
        self.encode = self._make("&Encode image…", "E", "Encode a picture file: code, posterior, reconstruction (E, or drop it)")
        self.no_picture = self._make("Remove p&icture", None, "Take the encoded picture off the plane")
        self.other_model = self._make("&VAE or AE", "X", "Show the other kind of model at the same coordinates (X)")

    def _make(self, text: str, key: str | None, tip: str, checkable: bool = False) -> QAction:
        action = QAction(text, self._parent)
        if key is not None:
            action.setShortcut(QKeySequence(key))
        action.setToolTip(tip)
        action.setStatusTip(tip)
        action.setCheckable(checkable)
        return action

    def menu(self) -> list[QAction]:
        """As in the menu, with separators."""
        groups = (
            (self.move, self.brush),
            (self.add_point, self.delete),
            (self.play, self.loop, self.back, self.on),
            (self.codes, self.manifold, self.prior, self.all_classes),
            (self.fit, self.zoom_in, self.zoom_out),
            (self.encode, self.no_picture, self.other_model),
        )
        rows: list[QAction] = []
        for group in groups:
            if rows:
                separator = QAction(self._parent)
                separator.setSeparator(True)
                rows.append(separator)
            rows += group
        return rows


class IconButton(QToolButton):
    """A square button with the icon of what an action does."""

    def __init__(self, action: QAction, icon_name: str, theme: Theme, size: int = 28, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action, self._icon_name, self._theme = action, icon_name, theme
        self.setFixedSize(size, size)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setIcon(icon(self._icon_name, self._theme.tokens))
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text().replace("&", ""))
        self.setEnabled(self._action.isEnabled())


class ActionButton(QPushButton):
    """A button that does what an action does, and is down when it is."""

    def __init__(self, action: QAction, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action, self._text = action, text
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(action.isCheckable())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        action = self._action
        label = self._text or action.text().replace("&", "")
        self.setText(label)
        self.setToolTip(action.toolTip())
        self.setAccessibleName(label)
        self.setEnabled(action.isEnabled())
        self.setChecked(action.isChecked())
