"""The rows over a plane: which of several it is, with taking it away; and its training time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.widgets.controls.name_box import NameBox
from explorer.widgets.controls.training_slider import TrainingSlider
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark

ROW_HEIGHT, MODELS_WIDTH, SLACK = 28, 192, 8
TIP = tr("Whose plane this is; it shows the same strokes, digit and samples")


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
        self.models = NameBox(TIP, self)
        self.models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.models.setMinimumContentsLength(8)
        self.models.setMaximumWidth(MODELS_WIDTH)
        self.models.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.models.setAccessibleName(tr("Model of this plane"))
        self.models.activated.connect(lambda index: self.model_chosen.emit(self.models.itemData(index)))
        self.close_button = QToolButton(self)
        self.close_button.setText("×")
        self.close_button.setFixedSize(24, 24)
        self.close_button.setAccessibleName(tr("Take this plane away"))
        self.close_button.setToolTip(tr("Take this plane away"))
        mark(self.close_button, "quiet")
        self.close_button.clicked.connect(self.close_wanted)
        self.training = TrainingSlider(tr("the same z"), tr("[ and ]") if first else "")
        label = QLabel(tr("training"))
        mark(label, "muted")
        self.training.accompany(label)
        self.training.chosen.connect(lambda place, dragged: self.snapshot_chosen.emit(self.snapshots[place].sha256, dragged))
        self.training.released.connect(self.snapshot_released)
        self.note = ElidingLabel()
        mark(self.note, "faint")
        self._names = _row(self.title, self.note) if first else _row(self.models, self.note, self.close_button)
        for unused in (self.models, self.close_button) if first else (self.title,):
            unused.hide()
        self._time = _row(label, self.training)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._names)
        column.addWidget(self._time)
        self.setVisible(False)

    def say(self, text: str, tip: str = "") -> None:
        """Why this plane lacks what others show; nothing where it lacks nothing."""
        self.note.setText(text)
        self.note.setToolTip(tip)
        self.note.setMinimumWidth(self.note.fontMetrics().horizontalAdvance(f"{text.partition(':')[0]}:…") + SLACK if text else 0)

    def show_models(
        self,
        entries: Sequence[LibraryEntry],
        entry: LibraryEntry | None,
        several: bool,
        snapshots: Sequence[LibraryEntry] = (),
        timed: bool = False,
    ) -> None:
        """Whose plane it is, and which others it could show, where there are several planes; does not emit.

        Parameters
        ----------
        snapshots : sequence of LibraryEntry
            Moments of its run in the order of training, the last of them one of `entries`.
        timed : bool
            One of the planes has such moments: there is room for them over each, so that the planes are alike.
        """
        self.snapshots = snapshots
        place = next((i for i, each in enumerate(snapshots) if entry is not None and each.images == entry.images), 0)
        self.training.show_stops([each.images for each in snapshots], place)
        if snapshots:
            entry = snapshots[-1]
        self._names.setVisible(several)
        self._time.setVisible(timed or len(snapshots) > 1)
        self.setVisible(several or timed or len(snapshots) > 1)
        self.title.setText("" if entry is None else entry.name)
        wanted = [(e.name, e.sha256) for e in entries]
        if wanted != [(self.models.itemText(i), self.models.itemData(i)) for i in range(self.models.count())]:
            self.models.clear()
            for name, sha256 in wanted:
                self.models.addItem(name, sha256)
        self.models.setCurrentIndex(-1 if entry is None else self.models.findData(entry.sha256))


def _row(*widgets: QWidget) -> QWidget:
    """Widgets beside one another, as high as every row."""
    holder = QWidget()
    holder.setFixedHeight(ROW_HEIGHT)
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    for widget in widgets:
        grows = isinstance(widget, QComboBox | TrainingSlider)
        row.addWidget(widget, 1000 if grows else 1 if isinstance(widget, ElidingLabel) else 0)
    return holder
