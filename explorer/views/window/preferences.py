"""Preferences: theme, steps of new chains, memory for frames, kept chains, device. Every change takes effect at once and is kept."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from explorer import backends
from explorer.recipe import MAX_STEPS
from explorer.state.persistence import MIN_FRAME_BUDGET
from explorer.state.session import MEGABYTE
from explorer.state.store import Store
from explorer.widgets.look.style import inset_numbers, mark
from explorer.widgets.look.theme import GRID

THEMES = {"system": "As the system", "dark": "Dark", "light": "Light"}
MAX_MEGABYTES = 1_048_576


class Preferences(QDialog):
    """Reads the session, writes the store."""

    def __init__(self, store: Store, device_in_force: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.setWindowTitle("Preferences")
        self.theme_box = _choice(THEMES, store.session.theme, "Dark, light, or as the system has it")
        self.frames_box = QSpinBox(minimum=MIN_FRAME_BUDGET // MEGABYTE, maximum=MAX_MEGABYTES, singleStep=64, suffix=" MB")
        self.frames_box.setValue(store.session.frame_budget // MEGABYTE)
        self.frames_box.setToolTip("Memory for the frames of chains; beyond it frames are computed again when scrubbed to")
        self.steps_box = QSpinBox(minimum=1, maximum=MAX_STEPS, singleStep=10)
        self.steps_box.setValue(store.session.default_steps)
        self.steps_box.setToolTip("Steps of chains that are new; those that are open stay as they are")
        self.kept_box = QSpinBox(minimum=0, maximum=MAX_MEGABYTES, singleStep=256, suffix=" MB")
        self.kept_box.setSpecialValueText("none")
        self.kept_box.setValue(store.session.kept_budget // MEGABYTE)
        self.kept_box.setToolTip("Finished chains on disk; beyond it those that were not looked at for longest go")
        self.device_box = _choice(backends.places(), store.session.device, "What the models run on, from the next start on")
        self.theme_box.currentIndexChanged.connect(self._take_theme)
        self.frames_box.valueChanged.connect(self._take_frames)
        self.device_box.currentIndexChanged.connect(self._take_device)
        self.steps_box.valueChanged.connect(lambda steps: self._store.update(default_steps=steps))
        self.kept_box.valueChanged.connect(lambda megabytes: self._store.update(kept_budget=megabytes * MEGABYTE))
        self._lay_out(device_in_force)
        inset_numbers(self)

    def _lay_out(self, device_in_force: str) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(6 * GRID)
        form.setVerticalSpacing(3 * GRID)
        form.addRow("&Theme", self.theme_box)
        form.addRow("&Steps of new chains", self.steps_box)
        form.addRow("", _note("Few are quick; all 1000 are what the networks were trained for."))
        form.addRow("&Frame memory", self.frames_box)
        form.addRow("", _note("More lets longer chains be scrubbed without computing frames again."))
        form.addRow("&Kept chains", self.kept_box)
        form.addRow("", _note("Finished chains are kept on disk, and are there at once at the next start."))
        form.addRow("&Device", self.device_box)
        now = f"Now: {device_in_force}." if device_in_force else "The engine is starting."
        form.addRow("", _note(f"{now} Another choice takes effect at the next start."))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(5 * GRID)
        column.addLayout(form)
        column.addStretch()
        column.addWidget(buttons)
        self.setMinimumWidth(440)

    def _take_theme(self) -> None:
        self._store.update(theme=self.theme_box.currentData())

    def _take_frames(self, megabytes: int) -> None:
        self._store.update(frame_budget=megabytes * MEGABYTE)

    def _take_device(self) -> None:
        self._store.update(device=self.device_box.currentData())


def _choice(words: dict[str, str], chosen: str, tooltip: str) -> QComboBox:
    box = QComboBox()
    box.setToolTip(tooltip)
    for value, word in words.items():
        box.addItem(word, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))  # a place that is not here any more: the first is in force
    return box


def _note(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    mark(label, "faint")
    return label
