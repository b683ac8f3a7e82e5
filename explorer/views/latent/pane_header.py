"""The row over one of several planes: whose plane it is, its training time, and taking it away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from explorer.engine.messages import LibraryEntry
from explorer.widgets.style import mark
from explorer.widgets.training_slider import TrainingSlider

HEIGHT = 28


class PaneHeader(QWidget):
    """Names the first plane, and chooses the model of one beside it.

    Signals
    -------
    model_chosen(str)
        sha256 of the model that shall be shown.
    close_wanted()
    snapshot_chosen(str, bool), snapshot_released()
        sha256 of the snapshot of its run that shall be shown, and whether it is one of many while the slider is dragged.

    Attributes
    ----------
    snapshots : sequence of LibraryEntry
        Moments of the model's run.
    """

    model_chosen = Signal(str)
    close_wanted = Signal()
    snapshot_chosen = Signal(str, bool)
    snapshot_released = Signal()

    def __init__(self, first: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._first = first
        self.snapshots: Sequence[LibraryEntry] = ()
        self.title = QLabel(self)
        mark(self.title, "muted")
        self.models = QComboBox(self)
        self.models.setAccessibleName("Model of this plane")
        self.models.setToolTip("Whose plane this is; it shows the same strokes, digit and samples")
        self.models.activated.connect(lambda index: self.model_chosen.emit(self.models.itemData(index)))
        self.close_button = QToolButton(self)
        self.close_button.setText("×")
        self.close_button.setFixedSize(24, 24)
        self.close_button.setAccessibleName("Take this plane away")
        self.close_button.setToolTip("Take this plane away")
        mark(self.close_button, "quiet")
        self.close_button.clicked.connect(self.close_wanted)
        self.training = TrainingSlider("the same z", "[ and ]" if first else "")
        label = QLabel("training")
        mark(label, "muted")
        self.training.accompany(label)
        self.training.chosen.connect(lambda place, dragged: self.snapshot_chosen.emit(self.snapshots[place].sha256, dragged))
        self.training.released.connect(self.snapshot_released)
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.title if first else self.models)
        row.addSpacing(4)
        row.addWidget(label)
        row.addWidget(self.training, 1000)
        row.addStretch(1)
        row.addWidget(self.close_button)
        self.title.setVisible(first)
        self.models.setVisible(not first)
        self.close_button.setVisible(not first)
        self.setVisible(False)

    def show_models(
        self, entries: Sequence[LibraryEntry], entry: LibraryEntry | None, several: bool, snapshots: Sequence[LibraryEntry] = ()
    ) -> None:
        """Whose plane it is, and which others it could show, where there are several planes; does not emit.

        Parameters
        ----------
        snapshots : sequence of LibraryEntry
            Moments of its run in the order of training, the last of them one of `entries`.
        """
        self.snapshots = snapshots
        place = next((i for i, each in enumerate(snapshots) if entry is not None and each.images == entry.images), 0)
        self.training.show_stops([each.images for each in snapshots], place)
        if snapshots:
            entry = snapshots[-1]
        self.setVisible(several or bool(snapshots))
        self.title.setVisible(self._first and several)
        self.title.setText("" if entry is None else entry.name)
        wanted = [(e.name, e.sha256) for e in entries]
        if wanted != [(self.models.itemText(i), self.models.itemData(i)) for i in range(self.models.count())]:
            self.models.clear()
            for name, sha256 in wanted:
                self.models.addItem(name, sha256)
        self.models.setCurrentIndex(-1 if entry is None else self.models.findData(entry.sha256))
