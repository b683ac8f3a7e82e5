"""The row over the plot: what is drawn, how, and of which images."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from explorer.state.objective import ObjectiveState
from explorer.widgets.controls.actions import Actions, segment
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, var, words
from explorer.widgets.look.style import give_menu

CURVES: dict[str, tuple[str, Formula]] = {
    "terms": ("Lₜ₋₁", (var("L", "t−1"),)), "running": (tr("sum"), ()),
    "error": (tr("x̂₀ error"), (var("x", "0", "hat"), words(tr(" error")))), "excess": (tr("excess"), ()),
}  # fmt: skip
PANELS = {"together": tr("together"), "stacked": tr("stacked"), "beside": tr("side by side")}
OF = (
    Segment("all", tr("all images"), tr("The mean over the images that are drawn  (O)")),
    Segment("one", tr("this image"), tr("The selected image alone, drawn again and again  (O)")),
)
NARROW, LEVELS, BARS = 640, 4, 3
"""Least width, how many lengths the words have, and how many bars are always in the first row."""


class ObjectiveToolbar(QWidget):
    """Segments and buttons; shows, and is read by no one."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = SegmentBar([segment(name, actions[name], *CURVES[name]) for name in CURVES], tr("Curve"))
        scales = (segment("log", actions["log"], tr("log")), segment("log_t", actions["log_t"], tr("log t")))
        self.scales = SegmentBar(scales, tr("Scales"), exclusive=False)
        panels = [segment(name, actions[name], label) for name, label in PANELS.items()]
        self.panels = SegmentBar(panels, tr("Plots"))
        self.of = SegmentBar(OF, tr("Of"))
        self.more = QPushButton()
        self.more.setToolTip(actions["more"].toolTip())
        self.more.clicked.connect(actions["more"].trigger)
        self.add = QPushButton(tr("+ Add lane"))
        self.add.setToolTip(tr("One more model, or the exact process of the training images"))
        self.add.setAccessibleName(tr("Add lane"))
        give_menu(self.add, QMenu(self.add))
        self._one = False
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._row, self._below = QHBoxLayout(), QHBoxLayout()
        for row in (self._row, self._below):
            row.setSpacing(8)
            self._rows.addLayout(row)
        for bar in (self.curves, self.scales, self.panels):
            self._row.addWidget(bar)
        self._folded: bool | None = None
        self._fold(False)
        self.setMinimumWidth(NARROW)
        self._fit()

    def present(self, on: bool) -> None:
        """Without what measures more."""
        self.more.setVisible(not on)
        self.add.setVisible(not on)
        self._fit()

    def show_state(self, state: ObjectiveState) -> None:
        """Put the segments down; does not emit."""
        self.curves.set_current(state.curve)
        self.panels.set_current(state.panels)
        self._one = state.recipe.image is not None
        self.of.set_current("one" if self._one else "all")
        for name, on in (("log", state.log), ("log_t", state.log_t)):
            self.scales.button(name).setChecked(on)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorter words where there is little room."""
        self._fit()

    def _fold(self, folded: bool) -> None:
        """What is of images in a row below, or behind the others."""
        if folded == self._folded:
            return
        self._folded = folded
        while self._row.count() > BARS:
            self._row.takeAt(BARS)
        while self._below.count():
            self._below.takeAt(0)
        into = self._below if folded else self._row
        into.addWidget(self.of)
        into.addStretch(1)
        into.addWidget(self.more)
        into.addWidget(self.add)
        if folded:
            self._row.addStretch(1)
        self._rows.setSpacing(8 if folded else 0)

    def _fit(self) -> None:
        self._fold(False)
        for level in range(LEVELS):
            self._say(level)
            for bar in (self.panels, self.of):
                bar.layout().invalidate()  # else it tells of its words before
                bar.updateGeometry()
            self._row.invalidate()
            if self._row.sizeHint().width() <= self.width():
                return
        self._fold(True)
        self._say(1)

    def _say(self, level: int) -> None:
        """Words of a length: 0 says most."""
        self.of.set_label("all", tr("all images") if level < 1 else tr("all"))
        self.of.set_label("one", tr("this image") if level < 1 else tr("one"))
        self.panels.set_label("beside", tr("side by side") if level < 1 else tr("beside"))
        self.more.setText((tr("More draws") if self._one else tr("More images")) if level < 2 else tr("More"))
        self.more.setAccessibleName(tr("More draws") if self._one else tr("More images"))
        self.add.setText(tr("+ Add lane") if level < 3 else tr("+ Lane"))
