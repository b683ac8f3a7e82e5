"""The row over the plot: what is drawn, how, and of which images."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from explorer.state.objective import ObjectiveState
from explorer.views.objective.actions import ObjectiveActions
from explorer.widgets.math_text import var, words
from explorer.widgets.segments import Segment, SegmentBar
from explorer.widgets.style import give_menu

CURVES = (
    Segment("terms", "Lₜ₋₁", "Every term against t: nats of one timestep; t = 1 is L₀  (1)", (var("L", "t−1"),)),
    Segment("running", "sum", "The bound summed from T down to t: at t = 1 it is all there  (2)"),
    Segment("error", "x̂₀ error", "Mean squared error of x̂₀ per pixel  (3)", (var("x", "0", "hat"), words(" error"))),
    Segment("excess", "excess", "That error minus the ideal denoiser's over the training images  (4)"),
)
PANELS = (
    Segment("together", "together", "All lanes in one plot  (T)"),
    Segment("stacked", "stacked", "A plot for each lane, one below the other  (Shift+T)"),
    Segment("beside", "beside", "A plot for each lane, side by side  (Ctrl+T)"),
)
SCALES = (
    Segment("log", "log", "Values on a logarithmic scale: small terms show beside large ones  (G)"),
    Segment("log_t", "log t", "Timesteps on a logarithmic scale: the last ones get most of the room  (H)"),
)
OF = (
    Segment("all", "all images", "The mean over the images that are drawn  (O)"),
    Segment("one", "this image", "The selected image alone, drawn again and again  (O)"),
)
NARROW, LEVELS = 640, 4
"""Least width, and how many lengths the words have."""


class ObjectiveToolbar(QWidget):
    """Segments and buttons; shows, and is read by no one."""

    def __init__(self, actions: ObjectiveActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = SegmentBar(CURVES, "Curve")
        self.scales = SegmentBar(SCALES, "Scales", exclusive=False)
        self.panels = SegmentBar(PANELS, "Plots")
        self.of = SegmentBar(OF, "Of")
        self.more = QPushButton()
        self.more.setToolTip(actions.more.toolTip())
        self.more.clicked.connect(actions.more.trigger)
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
