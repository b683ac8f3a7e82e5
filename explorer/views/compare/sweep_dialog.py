"""Sweep: one lane many times, each with another value of one setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.checkpoints.card import ClassesCard
from explorer.engine.models.messages import LibraryEntry
from explorer.errors import BadInput
from explorer.recipe import MAX_LANES, Lane
from explorer.recipe.labels import label_words
from explorer.recipe.sweep import EXAMPLES, SETTINGS, Setting, parse_values, swept
from explorer.state.edits import replacing
from explorer.views.shared.labels import Called, lane_titles, number_or_shipped, short_titles
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import GRID

WORDS: dict[str, str] = {
    "steps": tr("steps"), "eta": "η", "clip": tr("clipping of x̂₀"), "schedule": tr("schedule"), "seed": tr("seed"),
    "label": tr("label"), "guidance": tr("guidance w"), "method": tr("sampler"), "variance": tr("variance"), "spacing": tr("spacing"),
    "checkpoint": tr("checkpoint"),
}  # fmt: skip
HINTS: dict[str, str] = {
    "steps": tr("K of the T timesteps; “all” is every one."),
    "eta": tr("1 is ancestral sampling, 0 deterministic DDIM."),
    "clip": tr("“yes” keeps x̂₀ in [−1, 1]."),
    "schedule": tr("“own”, or linear or cosine with a colon and T; matched to the network by noise level."),
    "seed": tr("Each lane has noise of its own."),
    "label": tr("All samples of a lane are of its class; 0..9 is one lane each, “none” is no class."),
    "guidance": tr("w: 0 is the plain conditional network; higher goes further from what it predicts without a class."),
    "method": tr("How each step is taken, from the same noise: ancestral, ddim, euler, heun or dpm++2m."),
    "variance": tr("“small” is the posterior's, “large” is β, “learned” what the network says: all with η = 1."),
    "spacing": tr("Which of the T timesteps: from T on, from 1 up, or with both ends."),
    "checkpoint": tr("Each lane keeps this one's sampler, schedule, seed and branch, as far as they fit."),
}


class SweepDialog(QDialog):
    """Asks for a setting and its values; `take` gets the lanes, whether they replace the others, and whether as a grid.

    Parameters
    ----------
    lane : Lane
        What is swept.
    others : int
        Lanes that there are now, this one among them.
    entries : sequence of LibraryEntry
        Checkpoints to choose from.
    length : int
        T of the lane's schedule: steps beyond it cannot be.
    classes : ClassesCard or None
        What its network is told.
    """

    def __init__(
        self, lane: Lane, title: str, others: int, entries: Sequence[LibraryEntry], length: int,
        take: Callable[[tuple[Lane, ...], bool, bool, str], None], parent: QWidget, classes: ClassesCard | None = None,
        called: Called = number_or_shipped,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._called = called
        self._lane, self._others, self._entries, self._length, self._take = lane, others, entries, length, take
        self._lanes: tuple[Lane, ...] = ()
        self.setWindowTitle(tr("Sweep {title}", title=title))
        self.setting = QComboBox()
        self.setting.setAccessibleName(tr("Setting"))
        self.setting.setToolTip(tr("Which setting differs from lane to lane"))
        self._classes = classes
        for name in (*self._settings(), *(("checkpoint",) if entries else ())):
            self.setting.addItem(WORDS[name], name)
        self.values = QLineEdit(EXAMPLES["steps"])
        self.values.setAccessibleName(tr("Values"))
        self.values.setToolTip(tr("Values, separated by commas: one lane each"))
        self.checkpoints = QListWidget()
        self.checkpoints.setAccessibleName(tr("Checkpoints"))
        self.checkpoints.setMaximumHeight(132)
        own = next((e.card.data.shape for e in entries if e.sha256 == lane.checkpoint and e.card is not None), None)
        for entry in entries:
            item = QListWidgetItem(entry.name, self.checkpoints)
            alike = own is None or entry.card is None or entry.card.data.shape == own
            item.setCheckState(Qt.CheckState.Checked if alike else Qt.CheckState.Unchecked)
            item.setToolTip(entry.path if alike else tr("{path}: of images of another size", path=entry.path))
        self._hint = QLabel(wordWrap=True)
        mark(self._hint, "faint")
        self._preview = QLabel(wordWrap=True)
        self._preview.setMinimumHeight(36)
        self._preview.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.replace = QCheckBox(tr("Replace the lanes that are there"))
        self.replace.setChecked(True)
        self.replace.setToolTip(tr("Or add to them, as far as there is room"))
        self.grid = QCheckBox(tr("Show as a grid"))
        self.grid.setChecked(True)
        self.grid.setToolTip(tr("Lanes against samples, each labelled  (G changes it)"))
        self._lay_out()
        self.setting.currentIndexChanged.connect(self._setting_changed)
        self.values.textChanged.connect(self._check)
        self.checkpoints.itemChanged.connect(self._check)
        self.replace.toggled.connect(self._check)
        self._setting_changed()

    def _settings(self) -> tuple[Setting, ...]:
        """Those that the lane has."""
        exact, classes = self._lane.exact is not None, self._classes
        left_out: set[Setting] = set()
        if not exact and classes is None:
            left_out.add("label")
        if exact or classes is None or classes.null_label is None:
            left_out.add("guidance")
        return tuple(name for name in SETTINGS if name not in left_out)

    def _example(self, name: Setting) -> str:
        """What stands in the field at first."""
        classes = self._classes
        if name == "label" and classes is not None:
            return label_words(classes.of_classes[: MAX_LANES - 1])
        return EXAMPLES[name]

    def _lay_out(self) -> None:
        self._input = QStackedWidget()
        self._input.addWidget(_top(self.values))
        self._input.addWidget(self.checkpoints)
        form = QFormLayout()
        form.setHorizontalSpacing(6 * GRID)
        form.setVerticalSpacing(2 * GRID)
        form.addRow(tr("&Setting"), self.setting)
        form.addRow(tr("&Values"), self._input)
        form.addRow("", self._hint)
        form.addRow(tr("Lanes"), self._preview)
        form.addRow("", self.replace)
        form.addRow("", self.grid)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setText(tr("Sweep"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(4 * GRID)
        column.addLayout(form)
        column.addStretch()
        column.addWidget(buttons)
        self.setMinimumWidth(460)

    @property
    def chosen(self) -> str:
        """Name of the setting."""
        return str(self.setting.currentData())

    @property
    def told(self) -> str:
        """What the preview says."""
        return self._preview.text()

    def _setting_changed(self) -> None:
        name = self.chosen
        checkpoint = name == "checkpoint"
        self._input.setCurrentIndex(1 if checkpoint else 0)
        self._input.setFixedHeight(self.checkpoints.maximumHeight() if checkpoint else self.values.sizeHint().height())
        self._hint.setText(HINTS[name])
        if not checkpoint:
            self.values.setText(self._example(_setting(name)))
        self._check()

    def _made(self) -> tuple[Lane, ...]:
        name = self.chosen
        if name == "checkpoint":
            chosen = [e for i, e in enumerate(self._entries) if self.checkpoints.item(i).checkState() == Qt.CheckState.Checked]
            if not chosen:
                raise BadInput(tr("Choose at least one checkpoint."))
            return tuple(replacing.with_checkpoint(self._lane, entry, self._entries) for entry in chosen)
        values = parse_values(_setting(name), self.values.text())
        if name == "steps" and (beyond := [v for v in values if isinstance(v, int) and v > self._length]):
            raise BadInput(tr("steps: {beyond} are more than the schedule's T = {length}", beyond=beyond[0], length=self._length))
        return swept(self._lane, _setting(name), values)

    def _check(self) -> None:
        try:
            self._lanes = self._made()
            count = len(self._lanes) + (0 if self.replace.isChecked() else self._others)
            if count > MAX_LANES:
                raise BadInput(
                    tr(
                        "{count} lanes are more than the {max_lanes} that there can be: fewer values, or replace the others",
                        count=count,
                        max_lanes=MAX_LANES,
                    )
                )
        except BadInput as error:
            self._lanes = ()
            self._preview.setText(str(error))
        else:
            names = short_titles(self._lanes, self._called) if len(self._lanes) > 1 else lane_titles(self._lanes, self._called)
            self._preview.setText(f"{len(self._lanes)}: {', '.join(names)}")
        mark(self._preview, "muted" if self._lanes else "error")
        self.ok.setEnabled(bool(self._lanes))

    def accept(self) -> None:
        """Have the lanes."""
        if self._lanes:
            self._take(self._lanes, self.replace.isChecked(), self.grid.isChecked(), WORDS[self.chosen])
            super().accept()


def _setting(name: str) -> Setting:
    return next(setting for setting in SETTINGS if setting == name)


def _top(field: QWidget) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(field)
    return box
