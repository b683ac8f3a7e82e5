"""The Latent workspace's actions: its menu, its keys, and the buttons made from them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from explorer.widgets.controls.actions import separated
from explorer.widgets.look.icons import icon
from explorer.widgets.look.theme import Theme


class LatentActions:
    """Every action, without what it does.

    Attributes
    ----------
    move, brush, line, circle, geodesic, add_point, lock, copy, paths, delete, play, loop, back, on, export, fit, zoom_in, zoom_out,
    codes, manifold, prior, sample, no_samples, all_classes, encode, paste, no_picture, resize, centre, resample,
    less_trained, more_trained, other_model, beside, another_plane, through_code, reset_offsets : QAction
    """

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self.move = self._make("&Move", "V", "Select, drag and add points; drag strokes (V or M)", True)
        self.move.setShortcuts([QKeySequence("V"), QKeySequence("M")])
        self.brush = self._make("Paint &stroke", "B", "Paint a path; its decodings play in the strip. Shift: a straight line (B)", True)
        self.line = self._make("Straight li&ne", "I", "Drag a straight stroke from one place to another (I)", True)
        self.circle = self._make("Ci&rcle", "O", "Drag from the centre of a circle to where the stroke begins and ends (O)", True)
        self.geodesic = self._make(
            "Geodesic stro&ke", "D", "Drag the curve between two places along which decodings change least (D)", True
        )
        tools = QActionGroup(parent)
        for action in self.tools().values():
            tools.addAction(action)
        self.add_point = self._make("&Add point", "A", "Put a point under the pointer, or in the middle (A, or double-click)")
        self.lock = self._make("Loc&k point", "K", "Keep the selected point where it is: dragging does not move it (K)", True)
        self.copy = self._make("Cop&y as text", "Ctrl+C", "Copy the selected point, or all points, or the stroke, as text (Ctrl+C)")
        self.paths = self._make("Pat&hs between two points", "J", "Line, spherical interpolation and geodesic, side by side (J)", True)
        self.delete = self._make("&Delete", "Del", "Take the selected point or stroke away (Delete)")
        self.delete.setShortcuts([QKeySequence("Del"), QKeySequence("Backspace")])
        self.play = self._make("&Play stroke", "Space", "Play or pause the selected stroke (Space)")
        self.loop = self._make("&Loop", "L", "Start again at the end of the stroke (L)", True)
        self.back = self._make("Frame &back", ",", "One frame back along the stroke (,)")
        self.on = self._make("Frame &on", ".", "One frame on along the stroke (.)")
        self.export = self._make("E&xport strip…", None, "Save the strip's pictures: a sheet (.png) or a film (.gif, .mp4)")
        self.fit = self._make("&Fit", "F", "Show all codes and the prior (F)")
        self.zoom_in = self._make("Zoom &in", "+", "Enlarge about the middle (+, or the wheel)")
        self.zoom_in.setShortcuts([QKeySequence("+"), QKeySequence("=")])
        self.zoom_out = self._make("Zoom &out", "-", "Make smaller about the middle (−, or the wheel)")
        self.codes = self._make("&Codes", "C", "The codes of the test images, coloured by class (C)", True)
        self.manifold = self._make("Mani&fold", "G", "Decodings of a grid of codes, finer as you zoom in (G)", True)
        self.prior = self._make("P&rior", "P", "Circles that hold 50, 90, 99 % of the prior N(0, I) on the plane; an AE has none (P)", True)
        self.sample = self._make("Sa&mple the prior", "N", "New random codes z ~ N(0, I), decoded, and how many are read as digits (N)")
        self.no_samples = self._make("Remove sampl&es", None, "Take the random codes off the plane")
        self.all_classes = self._make("Show all c&lasses", None, "Draw the codes of every class")
        self.encode = self._make("&Encode image…", "E", "Encode a picture file: code, posterior, reconstruction (E, or drop it)")
        self.paste = self._make("Paste ima&ge", "Ctrl+V", "Encode the picture in the clipboard (Ctrl+V)")
        self.no_picture = self._make("Remove p&icture", None, "Clear the pad and take what is encoded off the plane")
        self.resize = self._make("Resize picture", None, "Fit the picture into the model's images, and encode it")
        self.centre = self._make(
            "Centre as MNIST", None, "Bring the digit to MNIST's size and place: 20 of 28 pixels, centred by mass", True
        )
        self.resample = self._make("&Resample", "R", "New draws from within 2 σ of q(z|x), and their decodings (R)")
        self.another_plane = self._make("Another random plane", None, "Another plane through the origin, in directions drawn at random")
        self.through_code = self._make("Throu&gh the code", "T", "Move the plane so that it goes through the code of what is encoded (T)")
        self.reset_offsets = self._make("Back to the middle", None, "Every remaining direction at 0")
        self.beside = self._make("Another plane &beside", "Y", "Link another model: the same strokes, digit and samples through each (Y)")
        self.less_trained = self._make("Earlier in training", "[", "The same z through the run's snapshot before this one ([)")
        self.more_trained = self._make("Later in training", "]", "The same z through the run's next snapshot (])")
        self.other_model = self._make("&VAE or AE", "X", "Show the other kind of model at the same coordinates (X)")

    def tools(self) -> dict[str, QAction]:
        """The tools by their names in the session."""
        return {
            "move": self.move, "stroke": self.brush, "line": self.line, "circle": self.circle, "geodesic": self.geodesic,
        }  # fmt: skip

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
            tuple(self.tools().values()),
            (self.add_point, self.lock, self.copy, self.paths, self.delete),
            (self.play, self.loop, self.back, self.on, self.export),
            (self.codes, self.manifold, self.prior, self.all_classes, self.sample, self.no_samples),
            (self.fit, self.zoom_in, self.zoom_out),
            (self.encode, self.paste, self.centre, self.resample, self.no_picture),
            (self.less_trained, self.more_trained, self.through_code, self.other_model, self.beside),
        )
        return separated(self._parent, groups)


class IconButton(QToolButton):
    """A square button with the icon of what an action does."""

    def __init__(self, action: QAction, icon_name: str, theme: Theme, size: int = 28, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action, self._icon_name, self._theme = action, icon_name, theme
        self.setFixedSize(size, size)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCheckable(action.isCheckable())
        self.clicked.connect(action.trigger)
        action.changed.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.setIcon(icon(self._icon_name, self._theme.tokens))
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text().replace("&", ""))
        self.setEnabled(self._action.isEnabled())
        self.setChecked(self._action.isChecked())


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
