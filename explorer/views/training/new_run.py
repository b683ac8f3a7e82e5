"""New run: the form, the command it makes, and what the run will take."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from functools import partial
from typing import get_args

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from explorer.recipe.training import ModelName, TrainRecipe, arguments, together
from explorer.training.runs import Run
from explorer.views.training.estimate import memory_words, time_words
from explorer.widgets.number_fields import IntField, SeedField
from explorer.widgets.style import inset_numbers, mark
from explorer.widgets.theme import GRID

TOP = Qt.AlignmentFlag.AlignTop
ABC = "ABC"
MODELS: tuple[tuple[str, str, str], ...] = (
    ("C", "DDPM, Option C: the noise ε", "What most diffusion models learn"),
    ("B", "DDPM, Option B: the clean image x₀", "The network's output is x̂₀"),
    ("A", "DDPM, Option A: the posterior mean", "The network's output is the mean of the step"),
    ("V", "DDPM, Option V: the velocity", "Between B and C"),
    (ABC, "DDPM, Options A, B and C together", "Three runs with the same images, timesteps and noise"),
    (
        "A all",
        "DDPM, Option A, all timesteps",
        "The lecture's first algorithm: every t of an image in one update",
    ),
    ("vae", "VAE", "Codes with a distribution"),
    ("ae", "AE", "Codes without one"),
    ("hinton", "AE of logistic units (Hinton and Salakhutdinov, 2006)", "Sigmoid units between wide layers"),
)
ALL_TIMESTEPS = {"batch": 1, "images": 512, "epochs": 1}
"""Sensible for "A all": an image costs T evaluations."""


class NewRun(QDialog):
    """Asks for a run; `take` gets its recipes, one or three.

    Parameters
    ----------
    recipe : TrainRecipe
        What the form begins with.
    runs : sequence of Run
        What the estimate is made from.
    """

    def __init__(
        self, recipe: TrainRecipe, runs: Sequence[Run], take: Callable[[tuple[TrainRecipe, ...]], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.recipe, self._runs, self._take = recipe, runs, take
        self._abc = False
        self.typed = ""
        self.setWindowTitle("New run")
        self.model = QComboBox()
        self._name(self.model, "Model", "What is trained")
        for index, (name, label, tip) in enumerate(MODELS):
            self.model.addItem(label, name)
            self.model.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
        self.model.setCurrentIndex(self.model.findData(recipe.model))
        self._make_data()
        self._make_fields()
        self._lay_out()
        self.model.currentIndexChanged.connect(self._model_chosen)
        inset_numbers(self)
        self._show()

    # --- parts

    def _name(self, widget: QWidget, name: str, tip: str) -> None:
        widget.setAccessibleName(name)
        widget.setToolTip(tip)

    def _make_data(self) -> None:
        self.data = QLineEdit(self.recipe.dataset)
        self._name(self.data, "Data set", "mnist, or the path of an IDX file, an .npy or .npz array, or a folder of pictures")
        self.data.textChanged.connect(lambda text: self._set(dataset=text.strip() or "mnist"))
        self.file, self.folder, self.shipped = QPushButton("File…"), QPushButton("Folder…"), QPushButton("MNIST")
        for button, name, tip, slot in (
            (self.shipped, "MNIST", "The 60 000 digits that come with the app", lambda: self.data.setText("mnist")),
            (self.file, "Choose a file", "An IDX file or an array", self._ask_file),
            (self.folder, "Choose a folder", "A folder of pictures", self._ask_folder),
        ):
            self._name(button, name, tip)
            button.setAutoDefault(False)
            button.clicked.connect(slot)

    def _make_fields(self) -> None:
        r = self.recipe
        self.epochs = self._number("epochs", 1, 100_000, "Passes over the images")
        self.batch = self._number("batch", 1, 65_536, "Images an update")
        self.channels = self._number("width", 8, 512, "Channels of the U-Net's first level; cost and quality grow with it")
        self.timesteps = self._number("timesteps", 2, 10_000, "T of the forward process")
        self.code = self._number("code", 1, 512, "Dimensions of the latent space")
        self.images = self._number("images", 0, 100_000_000, "Use only the first so many images; 0 is all")
        self.images.setSpecialValueText("all")
        self.warmup = self._number("warmup", -1, 1_000_000, "Updates until the learning rate's peak")
        self.warmup.setSpecialValueText("usual")
        self.side = self._number("size", 0, 1024, "A folder's pictures: made squares of this side; 0 leaves them as they are")
        self.side.setSpecialValueText("as they are")
        self.seed = SeedField()
        self.seed.setToolTip("Determines weights, order and noise: runs of one seed see the same")
        self.seed.show_value(r.seed)
        self.seed.committed.connect(lambda seed: self._set(seed=seed))
        self.rate = QLineEdit(f"{r.learning_rate:g}")
        self._name(self.rate, "Learning rate", "Peak of warm-up and cosine decay, in [1e-8, 1]")
        self.rate.textChanged.connect(self._rate_typed)
        self.schedule, self.fit = QComboBox(), QComboBox()
        for box, field, choices, tip in (
            (self.schedule, "schedule", ("linear", "cosine"), "The forward process's schedule"),
            (self.fit, "fit", ("resize", "crop"), "With a side: squeeze pictures, or cut out their middle"),
        ):
            box.addItems(choices)
            box.setCurrentText(getattr(r, field))
            self._name(box, field.capitalize(), tip)
            box.currentTextChanged.connect(partial(self._choose, field))

    def _number(self, field: str, low: int, high: int, tip: str) -> IntField:
        box = IntField(low, high, field.capitalize(), tip)
        value = getattr(self.recipe, field)
        box.show_value(low if value is None else value)
        box.setKeyboardTracking(True)
        box.valueChanged.connect(partial(self._count, field, low))
        return box

    def _lay_out(self) -> None:
        data = QHBoxLayout()
        data.setSpacing(GRID)
        data.addWidget(self.data, 1)
        for button in (self.shipped, self.file, self.folder):
            data.addWidget(button)
        self.more = QCheckBox("More settings")
        self.more.setToolTip("Learning rate, network and the rest")
        self.more.toggled.connect(self._show)
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(6 * GRID)
        self.form.setVerticalSpacing(2 * GRID)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = (
            ("&Model", self.model), ("Data set", data), ("&Epochs", self.epochs), ("&Batch", self.batch), ("&Seed", self.seed),
            ("", self.more), ("&Learning rate", self.rate), ("&Warm-up", self.warmup), ("&Images", self.images), ("W&idth", self.channels),
            ("&Timesteps", self.timesteps), ("S&chedule", self.schedule), ("Code si&ze", self.code), ("Pictures' si&de", self.side),
            ("&Fit", self.fit),
        )  # fmt: skip
        for label, field in rows:
            if isinstance(field, QWidget):
                self.form.addRow(label, field)
            else:
                self.form.addRow(label, data)
        self.command = QLabel(wordWrap=True)
        mark(self.command, "mono")
        self.command.setMinimumHeight(68)
        self.command.setAlignment(TOP)
        self.copy = QPushButton("Copy")
        self._name(self.copy, "Copy the command", "Put the command on the clipboard: typed in a terminal it does the same")
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.typed))
        self.time, self.memory = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self.facts = QFormLayout()
        self.facts.setHorizontalSpacing(6 * GRID)
        command = QHBoxLayout()
        command.addWidget(self.command, 1)
        command.addWidget(self.copy, 0, TOP)
        self.facts.addRow("Command", command)
        self.facts.addRow("Time", self.time)
        self.facts.addRow("Memory", self.memory)
        self.ok, cancel = QPushButton("Start"), QPushButton("Cancel")
        mark(self.ok, "primary")
        self._name(self.ok, "Start", "Start training in a process of its own; it goes on when the window is closed")
        self._name(cancel, "Cancel", "Start nothing")
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.ok)
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(4 * GRID)
        column.addLayout(self.form)
        column.addLayout(self.facts)
        column.addStretch(1)
        column.addLayout(buttons)
        self.setMinimumWidth(620)

    # --- what is wanted

    @property
    def recipes(self) -> tuple[TrainRecipe, ...]:
        """What will be started."""
        return together(self.recipe) if self._abc else (self.recipe,)

    def _model_chosen(self) -> None:
        name = str(self.model.currentData())
        self._abc = name == ABC
        before = self.recipe.model
        model = next((known for known in get_args(ModelName) if known == name), "C")
        changes: dict[str, object] = {"model": model}
        if (model == "A all") != (before == "A all"):
            usual = TrainRecipe()
            changes |= ALL_TIMESTEPS if model == "A all" else {field: getattr(usual, field) for field in ALL_TIMESTEPS}
        self._set(**changes)
        for field in ("batch", "images", "epochs"):
            value = getattr(self.recipe, field)
            getattr(self, field).show_value(0 if value is None else value)

    def _choose(self, field: str, value: str) -> None:
        self._set(**{field: value})

    def _count(self, field: str, low: int, value: int) -> None:
        none = field in ("images", "size", "warmup") and value == low
        self._set(**{field: None if none else value})

    def _rate_typed(self, text: str) -> None:
        try:
            self._set(learning_rate=float(text))
        except ValueError:
            self._show(trouble=f"learning rate: {text or 'nothing'} is not a number in [1e-8, 1]")

    def _set(self, **fields: object) -> None:
        self.recipe = msgspec.structs.replace(self.recipe, **fields)
        self._show()

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Data set", "", "IDX files and arrays (*.npy *.npz *ubyte* *.gz);;All files (*)")
        if path:
            self.data.setText(path)

    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, "Folder of pictures")
        if path:
            self.data.setText(path)

    def _show(self, _checked: bool = False, trouble: str = "") -> None:
        """The rows that matter, the command, and what it will take."""
        recipe, more = self.recipe, self.more.isChecked()
        self.form.setVerticalSpacing(GRID if more else 2 * GRID)  # all of it fits into a window of 800 pixels
        groups: tuple[tuple[tuple[QWidget, ...], bool], ...] = (
            ((self.rate, self.warmup, self.images), more),
            ((self.channels, self.timesteps, self.schedule), more and recipe.is_ddpm),
            ((self.code,), more and not recipe.is_ddpm),
            ((self.side, self.fit), more and recipe.dataset != "mnist"),
        )
        for fields, visible in groups:
            for field in fields:
                self.form.setRowVisible(field, visible)
        folders = [f"runs/{each.model.replace(' ', '-').lower()}" for each in self.recipes]
        lines = [shlex.join(arguments(each, folder)) for each, folder in zip(self.recipes, folders, strict=True)]
        self.typed = "\n".join(f"generative-explorer {line}" for line in lines)
        self.command.setText(self.typed.replace("-", "-\u2060"))  # options are not broken after their dashes
        count = len(self.recipes)
        self.time.setText(trouble or time_words(recipe, self._runs, count))
        self.memory.setText(memory_words(recipe, self._runs, count))
        wrong = bool(trouble) or recipe.steps == 0
        mark(self.time, "error" if wrong else "muted")
        mark(self.memory, "muted")
        self.ok.setEnabled(not wrong)
        self.layout().activate()
        self.resize(self.width(), self.layout().totalHeightForWidth(self.width()))

    def accept(self) -> None:
        """Start."""
        if self.ok.isEnabled():
            self.seed.take()
            self._take(self.recipes)
            super().accept()
