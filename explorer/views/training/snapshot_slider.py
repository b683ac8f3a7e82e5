"""The slider over a run's snapshots, with what it shows to the left and when that was to the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from explorer.training.runs import Snapshot
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark

LINE = 20


class SnapshotSlider(QWidget):
    """Training time.

    Signals
    -------
    moved(int)
        Number of the snapshot wanted, from 0.
    """

    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.slider = QSlider()
        self.slider.setOrientation(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("Snapshot"))
        self.slider.setToolTip(
            tr("Training time: the same noise, or the same images, in each snapshot  (Left, Right; End follows the newest)")
        )
        self.slider.valueChanged.connect(self.moved)
        self.when, self.what = QLabel(), QLabel()
        mark(self.when, "muted")
        mark(self.what, "faint")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.what)
        row.addWidget(self.slider, 1)
        row.addWidget(self.when)
        for label in (self.what, self.when):
            label.setFixedHeight(LINE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_snapshots(self, known: Sequence[Snapshot], place: int, latent: bool) -> None:
        """Show which of the known snapshots is shown; of a latent model they make reconstructions."""
        blocked = self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(known) - 1))
        self.slider.setValue(place)
        self.slider.blockSignals(blocked)
        self.slider.setEnabled(len(known) > 1)
        self.what.setText(tr("reconstructions") if latent else tr("samples of the same noise"))
        self.when.setText(
            tr("update {step}, {place} of {count}", step=known[place].step, place=place + 1, count=len(known))
            if known
            else tr("no snapshot yet")
        )
