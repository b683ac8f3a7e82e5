"""The row over the runs: a new one, holding and stopping, and what is drawn."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from explorer.state.training import TrainingState
from explorer.widgets.controls.actions import Actions, segment
from explorer.widgets.controls.segments import SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark

CURVES = {"loss": tr("loss"), "gradient_norm": tr("gradient"), "learning_rate": tr("rate")}
SCALES = {"log": tr("log"), "raw": tr("as reported"), "relative": tr("relative")}


SPACING = 6


class TrainingToolbar(QWidget):
    """Segments and buttons; shows, and is read by no one."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curves = SegmentBar([segment(name, actions[name], label) for name, label in CURVES.items()], tr("Curve"))
        scales = [segment(name, actions[name], label) for name, label in SCALES.items()]
        self.scales = SegmentBar(scales, tr("Scales"), exclusive=False)
        self.new, self.open = self._button(actions["new"]), self._button(actions["open"])
        self.hold, self.stop = self._button(actions["hold"]), self._button(actions["stop"])
        mark(self.new, "primary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACING)
        for button in (self.new, self.open):
            row.addWidget(button)
        row.addSpacing(4)
        for button in (self.hold, self.stop):
            button.setMinimumWidth(80)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.curves)
        row.addWidget(self.scales)

    def _button(self, action: QAction) -> QPushButton:
        button = QPushButton()

        def follow() -> None:
            text = action.text().replace("&", "")
            button.setText(text)
            button.setAccessibleName(text.rstrip("…"))
            button.setToolTip(action.toolTip())
            button.setEnabled(action.isEnabled())

        action.changed.connect(follow)
        button.clicked.connect(action.trigger)
        follow()
        return button

    def minimumSizeHint(self) -> QSize:
        """Without the scales, which go where there is no room: the menu has them, with their keys."""
        return QSize(self._needed(with_scales=False), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the scales where there is room."""
        super().resizeEvent(event)
        self.scales.setVisible(self.width() >= self._needed(with_scales=True))

    def _needed(self, with_scales: bool) -> int:
        layout = self.layout()
        shown, room = not self.scales.isHidden(), self.scales.minimumSizeHint().width() + SPACING
        width = 0 if layout is None else layout.minimumSize().width()
        return width + (room if with_scales else 0) - (room if shown else 0)

    def present(self, on: bool) -> None:
        """Without what starts and stops runs."""
        for button in (self.new, self.open, self.hold, self.stop):
            button.setVisible(not on)

    def show_state(self, state: TrainingState) -> None:
        """Put the segments down; does not emit."""
        self.curves.set_current(state.curve)
        for name, on in (("log", state.log), ("raw", state.raw), ("relative", state.relative)):
            self.scales.button(name).setChecked(on)
