"""What one paints and erases with: brushes, their size and value, and what else an erased region asks for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.recipe.edits import MAX_REPEATS
from explorer.views.reverse_chain.paint_choices import BRUSHES, ERASERS, KNOWN, ON, ONWARDS_TIP, REPEATS_TIP, SEEN
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.pen_colours import PenColours
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.fonts import wear
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

SIDE_WIDTH = 280
SMALLEST, LARGEST = 0.5, 14.0
"""Radius of the brush in pixels, of images 28 pixels wide; the largest grows with the image."""
LABEL = 48


class PaintControls(QWidget):
    """A column of controls; it knows no draft.

    Parameters
    ----------
    go, stop : QWidget
        The panel's own buttons, at the end of the column.
    """

    def __init__(self, theme: Theme, go: QWidget, stop: QWidget) -> None:
        super().__init__()
        self.setFixedWidth(SIDE_WIDTH)
        self._build(theme)
        self._arrange(go, stop)

    def _build(self, theme: Theme) -> None:
        self.title = QLabel()
        wear(self.title, 14, QFont.Weight.DemiBold)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        mark(self.hint, "muted")
        self.on = SegmentBar(ON, tr("Painted on"))
        self.brushes = SegmentBar(BRUSHES, tr("Brush"), exclusive=False)
        self.erasers = SegmentBar(ERASERS, tr("Eraser"))
        self.known = SegmentBar(KNOWN, tr("What is kept comes from"))
        self.seen = SegmentBar(SEEN, tr("Shown under the mask"))
        self.radius = Slider(
            theme, (words(tr("size")),), SMALLEST, LARGEST, 0.5, tr("Size of the brush"), tr("Radius in pixels; the wheel too")
        )
        self.value = Slider(theme, (words(tr("value")),), -1.5, 1.5, 0.05, tr("Value painted"), tr("What is painted: −1 is black, 1 white"))
        self.noise = Slider(
            theme, (words(tr("noise")),), 0.0, 2.0, 0.05, tr("Noise painted"), tr("Standard deviation of the noise that is painted")
        )
        self.colours = PenColours(theme, greys=False)
        self.colours.setToolTip(tr("Paint in a colour; a value or one of the brushes is grey again"))
        self.everyone = QCheckBox(tr("on all samples"))
        self.everyone.setToolTip(tr("Do the same to every sample, not to the selected ones alone"))
        self.repeats = IntField(
            1,
            MAX_REPEATS,
            tr("Times each step is taken"),
            REPEATS_TIP,
        )
        self.repeats.setPrefix("× ")
        self.onwards = QCheckBox(tr("for these steps"))
        self.onwards.setToolTip(ONWARDS_TIP)
        self.lowest = IntField(1, 10_000, tr("Down to t"), ONWARDS_TIP)
        self.lowest.setPrefix(tr("to t = "))
        self.back = QPushButton(tr("Take back"))
        self.back.setToolTip(tr("Take the last mark back  (Backspace, or undo)"))
        self.clear = QPushButton(tr("Clear"))
        self.clear.setToolTip(tr("Take every mark back"))
        self.invert = QPushButton(tr("Invert"))
        self.invert.setToolTip(tr("Keep what is erased and erase what is kept"))
        for button in (self.back, self.clear, self.invert):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for slider in (self.radius, self.value, self.noise):
            slider.set_label_width(LABEL)

    def _arrange(self, go: QWidget, stop: QWidget) -> None:
        self.steps_row = _row(tr("taken"), self.repeats)
        self.known_row = _row(tr("kept from"), self.known)
        self.seen_row = _row(tr("under it"), self.seen)
        self.onwards_row = QWidget()
        line = QHBoxLayout(self.onwards_row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.onwards)
        line.addWidget(self.lowest, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        upper: tuple[QWidget, ...] = (
            self.title, self.hint, self.on, self.onwards_row, self.brushes, self.colours, self.erasers, self.seen_row, self.radius,
            self.value, self.noise, self.steps_row, self.known_row, self.everyone,
        )  # fmt: skip
        for widget in upper:
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft if isinstance(widget, SegmentBar) else Qt.AlignmentFlag(0))
        column.addStretch(1)
        buttons = QGridLayout()
        buttons.setSpacing(8)
        for place, button in enumerate((self.back, self.clear, self.invert)):
            buttons.addWidget(button, 0, place)
        buttons.addWidget(go, 1, 0, 1, 2)
        buttons.addWidget(stop, 1, 2)
        column.addLayout(buttons)
        for widget in (self.erasers, self.seen_row, self.steps_row, self.known_row):
            widget.hide()  # erasing has them in the place of others

    def show_for(self, inpainting: bool, coloured: bool) -> None:
        """Those of painting, or of erasing; `coloured` says whether the images are."""
        brush: tuple[QWidget, ...] = (self.on, self.brushes, self.value, self.noise)
        eraser: tuple[QWidget, ...] = (self.erasers, self.seen_row, self.steps_row, self.known_row, self.invert)
        for shown, widgets in ((not inpainting, brush), (inpainting, eraser)):
            for widget in widgets:
                widget.setVisible(shown)
        self.colours.setVisible(coloured and not inpainting)


def _row(name: str, widget: QWidget) -> QWidget:
    """A word before a control."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    label = QLabel(name)
    label.setFixedWidth(LABEL + 16)
    mark(label, "muted")
    row.addWidget(label)
    row.addWidget(widget)
    row.addStretch(1)
    return box
