"""The row over the plot: what is drawn, how, and of which images."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from explorer.state.objective import ObjectiveState
from explorer.widgets.controls.actions import Actions, segment
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.math_text import Formula, var, words
from explorer.widgets.look.style import give_menu

CURVES: dict[str, tuple[str, Formula]] = {
    "terms": ("Lₜ₋₁", (var("L", "t−1"),)), "running": ("sum", ()),
    "error": ("x̂₀ error", (var("x", "0", "hat"), words(" error"))), "excess": ("excess", ()),
}  # fmt: skip
PANELS = {"together": "together", "stacked": "stacked", "beside": "side by side"}
OF = (
    Segment("all", "all images", "The mean over the images that are drawn  (O)"),
    Segment("one", "this image", "The selected image alone, drawn again and again  (O)"),
)
NARROW, LEVELS = 640, 4
"""Least width, and how many lengths the words have."""


class ObjectiveToolbar(QWidget):
    """Segments and buttons; shows, and is read by no one."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = SegmentBar([segment(name, actions[name], *CURVES[name]) for name in CURVES], "Curve")
        scales = (segment("log", actions["log"], "log"), segment("log_t", actions["log_t"], "log t"))
        self.scales = SegmentBar(scales, "Scales", exclusive=False)
        panels = [segment(name, actions[name], label) for name, label in PANELS.items()]
        self.panels = SegmentBar(panels, "Plots")
        self.of = SegmentBar(OF, "Of")
        self.more = QPushButton()
        self.more.setToolTip(actions["more"].toolTip())
        self.more.clicked.connect(actions["more"].trigger)
        self.add = QPushButton("+ Add lane")
        self.add.setToolTip("One more model, or the exact process of the training images")
        self.add.setAccessibleName("Add lane")
        give_menu(self.add, QMenu(self.add))
        self._one = False
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for bar in (self.curves, self.scales, self.panels, self.of):
            row.addWidget(bar)
        row.addStretch(1)
        row.addWidget(self.more)
        row.addWidget(self.add)
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

    def _fit(self) -> None:
        for level in range(LEVELS):
            self._say(level)
            for bar in (self.panels, self.of):
                bar.layout().invalidate()  # else it tells of its words before
                bar.updateGeometry()
            self._row.invalidate()
            if self._row.sizeHint().width() <= self.width():
                return

    def _say(self, level: int) -> None:
        """Words of a length: 0 says most."""
        self.of.set_label("all", "all images" if level < 1 else "all")
        self.of.set_label("one", "this image" if level < 1 else "one")
        self.panels.set_label("beside", "side by side" if level < 1 else "beside")
        self.more.setText(("More draws" if self._one else "More images") if level < 2 else "More")
        self.more.setAccessibleName("More draws" if self._one else "More images")
        self.add.setText("+ Add lane" if level < 3 else "+ Lane")
