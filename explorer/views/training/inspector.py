"""The panel beside the training: the run in front, its command, and where its snapshots can be opened."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.datasets.shipped import shipped, title_of
from explorer.state.training import TrainingPage
from explorer.training.runs import Run, Snapshot
from explorer.views.shared.rows import NOTHING, Rows, Section
from explorer.views.training.estimate import GIGABYTE, speed_of
from explorer.views.training.figures import clock, phase_words, title
from explorer.views.training.step.inspector import StepInspector
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.bar_chart import significant

MARGIN = 14
NAMES, LEADING = 56, 6
"""Least width of the names, and the room between two rows, in pixels."""
FACTS = (
    ("phase", tr("What the run does")),
    ("data", tr("What it learns from")),
    ("epoch", tr("Passes over the images")),
    ("update", tr("Updates done, and of the whole run")),
    ("loss", tr("Mean over the last ten updates")),
    ("gradient", tr("L2 norm of the gradient before it is clipped")),
    ("speed", tr("Images a second")),
    ("left", tr("Of the whole run, at the speed so far")),
    ("memory", tr("What its process holds, at most so far")),
)
PLACES = (("reverse-chain", tr("Reverse chain")), ("compare", tr("Compare")), ("latent", tr("Latent")), ("step", tr("a training step")))
NOTE = tr("The training is a process of its own: it goes on when the window is closed, and is found again at the next start.")


class TrainingInspector(QWidget):
    """Shows.

    Signals
    -------
    open_wanted(str)
        The person wants the snapshot that is shown in the workspace of that name, or its training step ("step").
    """

    open_wanted = Signal(str)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed = ""
        self.step = StepInspector(theme, actions)
        self.run, self.snapshot, self._command = Section(tr("Run")), Section(tr("Snapshot")), Section(tr("Command"))
        self.places: dict[str, QPushButton] = {}
        self._fill_run(theme)
        self._fill_places()
        self._fill_command()
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(8)
        for section in (self.step, self.run, self.snapshot, self._command):
            column.addWidget(section)
        column.addStretch(1)

    def show_page(self, page: TrainingPage) -> None:
        """What is beside the page in front."""
        self.step.setVisible(page == "step")
        for section in (self.run, self.snapshot, self._command):
            section.setVisible(page == "runs")

    def _fill_run(self, theme: Theme) -> None:
        self.facts = Rows(theme, NAMES)
        self.facts.setVerticalSpacing(LEADING)
        for name, tip in FACTS:
            self.facts.fact(name, tip)
        self.message = QLabel(wordWrap=True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        mark(self.message, "error")
        self.run.column.addLayout(self.facts)
        self.run.column.addWidget(self.message)

    def _fill_places(self) -> None:
        row = QVBoxLayout()
        row.setSpacing(6)
        for name, place in PLACES:
            words = tr("Lay {place} open", place=place) if name == "step" else tr("Open in {place}", place=place)
            button = self.places[name] = QPushButton(words)
            button.setAccessibleName(words)
            told = tr("One training step of the snapshot that is shown, from inside  (L)")
            button.setToolTip(told if name == "step" else tr("Open the snapshot that is shown in {place}", place=place))
            button.clicked.connect(partial(self._pressed, name))
            row.addWidget(button)
        self.snapshot.column.addLayout(row)

    def _fill_command(self) -> None:
        self.command = QLabel(wordWrap=True)
        mark(self.command, "mono")
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = QPushButton(tr("Copy"))
        self.copy.setAccessibleName(tr("Copy the command"))
        self.copy.setToolTip(tr("Put the command on the clipboard: typed in a terminal it does the same"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._typed))
        note = QLabel(NOTE, wordWrap=True)
        mark(note, "faint")
        column = self._command.column
        column.addWidget(self.command)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(note)

    def show_run(self, run: Run | None, memory: int) -> None:
        """Facts of the run in front."""
        self.run.set_title(tr("Run") if run is None else title(run))
        known = {} if run is None else _values(run, memory)
        for name, _ in FACTS:
            self.facts.say(name, known.get(name) or NOTHING)
        self.message.setText("" if run is None else run.message)
        self.message.setVisible(bool(run is not None and run.message))
        self._typed = "" if run is None else run.command
        # a line may break after a slash, so that long paths stay within the panel
        self.command.setText(self._typed.replace("/", "/\u200b").replace("-", "-\u2060") or NOTHING)
        self.copy.setEnabled(bool(self._typed))

    def show_snapshot(self, run: Run | None, snapshot: Snapshot | None) -> None:
        """Which snapshot is shown, and where it can be opened."""
        self.snapshot.set_title(tr("Snapshot") if snapshot is None else tr("Snapshot at update {step}", step=snapshot.step))
        places = {"ddpm": ("reverse-chain", "compare", "step"), "vae": ("latent",), "ae": ("latent",)}.get(
            run.kind if run is not None else "", ()
        )
        for name, button in self.places.items():
            button.setVisible(name in places)
            button.setEnabled(snapshot is not None)

    def _pressed(self, place: str, _checked: bool = False) -> None:
        self.open_wanted.emit(place)


def _values(run: Run, memory: int) -> dict[str, str]:
    """The words of what is known of a run."""
    status, speed = run.status, speed_of(run)
    held = max(memory, run.launch.memory if run.launch is not None else 0)
    known = {
        "phase": phase_words(run),
        "speed": tr("{speed:.0f} images/s", speed=speed) if speed else "",
        "memory": tr("{held:.2f} GB", held=held / GIGABYTE) if held else "",
    }
    if status is None:
        return known | {"data": run.dataset}
    return known | {
        "data": run.dataset if shipped(run.dataset) is None else title_of(run.dataset),
        "epoch": tr("{epoch} of {epochs}", epoch=status.epoch, epochs=status.epochs),
        "update": tr("{step} of {steps}, batches of {batch}", step=status.step, steps=status.steps, batch=status.batch),
        "loss": "" if status.loss is None else significant(status.loss),
        "gradient": "" if status.gradient_norm is None else significant(status.gradient_norm),
        "left": clock(status.seconds_left) if status.seconds_left > 0 else "",
    }
