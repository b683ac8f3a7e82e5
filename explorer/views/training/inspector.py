"""The panel beside the training: the run in front, its command, and where its snapshots can be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.training.runs import Run, Snapshot
from explorer.views.training.estimate import GIGABYTE, speed_of
from explorer.views.training.figures import clock, phase_words, title
from explorer.widgets.look.style import mark
from explorer.widgets.plots.bar_chart import significant

MARGIN = 14
FACTS = (
    ("phase", "What the run does"),
    ("data", "What it learns from"),
    ("epoch", "Passes over the images"),
    ("update", "Updates done, and of the whole run"),
    ("loss", "Mean over the last ten updates"),
    ("gradient", "L2 norm of the gradient before it is clipped"),
    ("speed", "Images a second"),
    ("left", "Of the whole run, at the speed so far"),
    ("memory", "What its process holds, at most so far"),
)
PLACES = (("reverse-chain", "Reverse chain"), ("compare", "Compare"), ("latent", "Latent"))
NOTE = "The training is a process of its own: it goes on when the window is closed, and is found again at the next start."


class TrainingInspector(QWidget):
    """Shows.

    Signals
    -------
    open_wanted(str)
        The person wants the snapshot that is shown in the workspace of that name.
    """

    open_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(8)
        self._column = column
        self.title = self._heading("Run")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        self.facts: dict[str, QLabel] = {}
        for row, (name, tip) in enumerate(FACTS):
            label, value = QLabel(name), QLabel("–", wordWrap=True)
            mark(label, "muted")
            for widget in (label, value):
                widget.setToolTip(tip)
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
            self.facts[name] = value
        self.message = QLabel(wordWrap=True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        mark(self.message, "error")
        column.addWidget(self.message)
        column.addSpacing(4)
        self.snapshot = self._heading("Snapshot")
        row_box = QHBoxLayout()
        row_box.setSpacing(6)
        self.places: dict[str, QPushButton] = {}
        for name, place in PLACES:
            button = QPushButton(place)
            button.setAccessibleName(f"Open in {place}")
            button.setToolTip(f"Open the snapshot that is shown in {place}")
            button.clicked.connect(self._pressed)
            button.setProperty("place", name)
            row_box.addWidget(button)
            self.places[name] = button
        row_box.addStretch(1)
        column.addLayout(row_box)
        column.addSpacing(4)
        self._heading("Command")
        self.command = QLabel(wordWrap=True)
        mark(self.command, "mono")
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.command)
        self.copy = QPushButton("Copy")
        self.copy.setAccessibleName("Copy the command")
        self.copy.setToolTip("Put the command on the clipboard: typed in a terminal it does the same")
        self.copy.clicked.connect(self._copy)
        column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        note = QLabel(NOTE, wordWrap=True)
        mark(note, "faint")
        column.addWidget(note)
        column.addStretch(1)
        self._typed = ""

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text.upper())
        mark(label, "heading")
        self._column.addWidget(label)
        return label

    def show_run(self, run: Run | None, memory: int) -> None:
        """Facts of the run in front."""
        self.title.setText("RUN" if run is None else title(run).upper())
        values = dict.fromkeys(self.facts, "–") if run is None else _values(run, memory)
        for name, value in values.items():
            self.facts[name].setText(value)
        self.message.setText("" if run is None else run.message)
        self.message.setVisible(bool(run is not None and run.message))
        self._typed = "" if run is None else run.command
        # a line may break after a slash, so that long paths stay within the panel
        self.command.setText(self._typed.replace("/", "/\u200b").replace("-", "-\u2060") or "–")
        self.copy.setEnabled(bool(self._typed))

    def show_snapshot(self, run: Run | None, snapshot: Snapshot | None) -> None:
        """Which snapshot is shown, and where it can be opened."""
        self.snapshot.setText("SNAPSHOT" if snapshot is None else f"SNAPSHOT AT UPDATE {snapshot.step}")
        places = {"ddpm": ("reverse-chain", "compare"), "vae": ("latent",), "ae": ("latent",)}.get(run.kind if run is not None else "", ())
        for name, button in self.places.items():
            button.setVisible(name in places)
            button.setEnabled(snapshot is not None)

    def _pressed(self) -> None:
        self.open_wanted.emit(str(self.sender().property("place")))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._typed)


def _values(run: Run, memory: int) -> dict[str, str]:
    status, speed = run.status, speed_of(run)
    held = max(memory, run.launch.memory if run.launch is not None else 0)
    known = {
        "phase": phase_words(run),
        "speed": f"{speed:.0f} images/s" if speed else "–",
        "memory": f"{held / GIGABYTE:.2f} GB" if held else "–",
    }
    if status is None:
        data = run.recipe.dataset if run.recipe is not None else "–"
        return {**dict.fromkeys((name for name, _ in FACTS), "–"), **known, "data": data}
    return {
        **known,
        "data": "MNIST" if status.dataset == "mnist" else status.dataset,
        "epoch": f"{status.epoch} of {status.epochs}",
        "update": f"{status.step} of {status.steps}, batches of {status.batch}",
        "loss": "–" if status.loss is None else significant(status.loss),
        "gradient": "–" if status.gradient_norm is None else significant(status.gradient_norm),
        "left": clock(status.seconds_left) if status.seconds_left > 0 else "–",
    }
