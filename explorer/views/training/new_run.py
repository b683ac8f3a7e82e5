"""New run: the form, the command it makes, and what the run will take."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from functools import partial
from typing import get_args

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.datasets.shipped import SHIPPED, ShippedData, shipped
from explorer.endings import DATA_SET_FILES
from explorer.engine.thread.messages import Failed
from explorer.engine.thread.requests import Outcome
from explorer.engine.training.messages import TrainingMeasured
from explorer.recipe.training import ModelName, TrainRecipe, arguments, together
from explorer.recipe.training.field import Group
from explorer.recipe.training.rows import fields
from explorer.state.training import Length
from explorer.training.runs import Run, free_folder
from explorer.views.training.estimate import beside, memory_words, seconds_per_image, time_words, unknown
from explorer.views.training.fields import Fields, named
from explorer.views.training.length import NAMES, fitted, length_words
from explorer.views.training.scrolled import Scrolled
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.style import inset_numbers, mark
from explorer.widgets.look.theme import GRID

TOP = Qt.AlignmentFlag.AlignTop
ABC = "ABC"
LABEL_WIDTH = 104
TITLE = 40
"""Pixels of a screen that a window's title takes, with some to spare."""
LENGTH_FIELDS = ("epochs", "images")
PATIENCE_MS = 300
UNBOUND = (tr("Data set"), tr("Command"), tr("Time"), tr("Memory"))
"""Labels of rows whose field is none of its own."""

MODELS: tuple[tuple[str, str, str], ...] = (
    ("C", tr("DDPM, Option C: predicts the noise ε"), tr("What most diffusion models learn")),
    ("B", tr("DDPM, Option B: predicts the clean image x₀"), tr("The network's output is x̂₀")),
    ("A", tr("DDPM, Option A: predicts the posterior mean"), tr("The network's output is the mean of the step")),
    ("V", tr("DDPM, Option V: predicts the velocity"), tr("Between B and C")),
    (ABC, tr("DDPM, Options A, B and C together"), tr("Three runs with the same images, timesteps and noise")),
    (
        "A all",
        tr("DDPM, Option A, all timesteps"),
        tr("The lecture's first algorithm: every t of an image in one update"),
    ),
    ("vae", "VAE", tr("Codes with a distribution")),
    ("ae", "AE", tr("Codes without one")),
    ("hinton", tr("AE of logistic units (Hinton and Salakhutdinov, 2006)"), tr("Sigmoid units between wide layers")),
)
ALL_TIMESTEPS = {"batch": 1, "images": 512, "epochs": 1}
"""Sensible for "A all": an image costs T evaluations."""

MAIN_FORM: tuple[Group, ...] = ("data", "first")
COLUMNS: tuple[Group, ...] = ("learning", "network")
"""Groups of more settings, side by side."""


class NewRun(QDialog):
    """Asks for a run; `take` gets its recipes, one or three, and the form they came from.

    Signals
    -------
    measure_wanted(object)
        Nothing is known of such a run (a TrainRecipe): try a few updates, and tell `show_measured`.

    Parameters
    ----------
    recipe : TrainRecipe
        What the form begins with.
    runs : sequence of Run
        What the estimate is made from.
    length : Length
        How long the run is to be, at first.
    """

    measure_wanted = Signal(object)

    def __init__(
        self, recipe: TrainRecipe, runs: Sequence[Run], take: Callable[[tuple[TrainRecipe, ...], TrainRecipe], object], parent: QWidget,
        length: Length = "own",
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.recipe, self._runs, self._take = recipe, runs, take
        self.length = length
        self._abc = False
        self._troubles: dict[str, str] = {}
        self._measured: TrainingMeasured | None = None
        self._untried: TrainRecipe | None = None
        self._reason = ""
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._ask)
        self.typed = ""
        self.setWindowTitle(tr("New run"))
        self.model = QComboBox()
        named(self.model, tr("Model"), tr("What is trained"))
        for index, (name, label, tip) in enumerate(MODELS):
            self.model.addItem(label, name)
            self.model.setItemData(index, tip, Qt.ItemDataRole.ToolTipRole)
        self.model.setCurrentIndex(self.model.findData(recipe.model))
        self.lengths = QComboBox()
        named(
            self.lengths, tr("Length"), tr("How long it trains, by what an image costs on this machine: a few updates are tried for that")
        )
        for name in NAMES:
            self.lengths.addItem(NAMES[name], name)
        self.lengths.setCurrentIndex(self.lengths.findData(length))
        self.fields = Fields(recipe, self)
        self._make_data()
        self._lay_out()
        self.model.currentIndexChanged.connect(self._model_chosen)
        self.lengths.currentIndexChanged.connect(self._length_chosen)
        self.fields.changed.connect(self._edited)
        self.fields.troubled.connect(self._trouble)
        inset_numbers(self)
        for words in self.findChildren(QLabel):
            if words.buddy() is not None or words.text() in UNBOUND:
                words.setMinimumWidth(LABEL_WIDTH)
        self._set()

    # --- parts

    def _make_data(self) -> None:
        self.data = QLineEdit(self.recipe.dataset)
        named(
            self.data,
            tr("Data set"),
            tr("mnist, emoji, or the path of an IDX file, an .npy or .npz array, or a folder of IDX files or pictures"),
        )
        self.data.textChanged.connect(self._take_data)
        self.file, self.folder = QPushButton(tr("File…")), QPushButton(tr("Folder…"))
        self.shipped = {name: QPushButton(known.title) for name, known in SHIPPED.items()}
        for button, name, tip, slot in (
            *((self.shipped[name], known.title, _shipped_tip(known), partial(self.data.setText, name)) for name, known in SHIPPED.items()),
            (self.file, tr("Choose a file"), tr("An IDX file or an array"), self._ask_file),
            (self.folder, tr("Choose a folder"), tr("A folder of IDX files or of pictures"), self._ask_folder),
        ):
            named(button, name, tip)
            button.setAutoDefault(False)
            button.clicked.connect(slot)

    def _take_data(self, text: str) -> None:
        """Another data set: what was told of the one before is of no meaning for it."""
        self._set(dataset=text.strip() or "mnist")
        for name in ("range", "background"):
            self.fields.choice(name).setCurrentIndex(0)
        for name in ("member", "labels"):
            self.fields.text(name).clear()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(6 * GRID, 5 * GRID, 6 * GRID, 4 * GRID)
        column.setSpacing(3 * GRID)
        settings = QWidget()
        inside = QVBoxLayout(settings)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(3 * GRID)
        inside.addLayout(self._main_form())
        inside.addWidget(self._fold())
        inside.addWidget(self._more())
        self._settings = Scrolled(settings)
        column.addWidget(self._settings)
        column.addLayout(self._facts())
        column.addStretch(1)
        column.addLayout(self._buttons())
        self.setMinimumWidth(680)

    def _main_form(self) -> QFormLayout:
        data = QHBoxLayout()
        data.setSpacing(GRID)
        data.addWidget(self.data, 1)
        for button in (*self.shipped.values(), self.file, self.folder):
            data.addWidget(button)
        self.form = _form()
        self.form.addRow(tr("&Model"), self.model)
        self.form.addRow(tr("Data set"), data)
        self.form.addRow(tr("&Length"), self.lengths)
        for group in MAIN_FORM:
            self._add_rows(self.form, group)
        return self.form

    def _fold(self) -> QToolButton:
        self.more = QToolButton()
        self.more.setCheckable(True)
        self.more.setText(tr("More settings"))
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        named(self.more, tr("More settings"), tr("How it learns, and its network; the usual ones are sensible"))
        mark(self.more, "quiet")
        self.more.toggled.connect(self._show)
        return self.more

    def _more(self) -> QWidget:
        """Two columns: how it learns, and its network."""
        self._rest = QWidget()
        row = QHBoxLayout(self._rest)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8 * GRID)
        self._columns = tuple(_form() for _ in range(2))
        for form, group in zip(self._columns, COLUMNS, strict=True):
            form.setVerticalSpacing(GRID)
            self._add_rows(form, group)
            row.addLayout(form, 1)
        return self._rest

    def _add_rows(self, form: QFormLayout, group: Group) -> None:
        for row, field in fields(TrainRecipe, group):
            form.addRow(tr(field.label), self.fields.by_name[row.name])

    def _facts(self) -> QFormLayout:
        self.command = QLabel(wordWrap=True)
        mark(self.command, "mono")
        self.command.setMinimumHeight(52)
        self.command.setAlignment(TOP)
        self.copy = QPushButton(tr("Copy"))
        named(self.copy, tr("Copy the command"), tr("Put the command on the clipboard: typed in a terminal it does the same"))
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.typed))
        self.time, self.memory = QLabel(wordWrap=True), QLabel(wordWrap=True)
        facts = _form()
        command = QHBoxLayout()
        command.addWidget(self.command, 1)
        command.addWidget(self.copy, 0, TOP)
        facts.addRow(tr("Command"), command)
        facts.addRow(tr("Time"), self.time)
        facts.addRow(tr("Memory"), self.memory)
        return facts

    def _buttons(self) -> QHBoxLayout:
        self.ok, cancel = QPushButton(tr("Start")), QPushButton(tr("Cancel"))
        mark(self.ok, "primary")
        named(self.ok, tr("Start"), tr("Start training in a process of its own; it goes on when the window is closed"))
        named(cancel, tr("Cancel"), tr("Start nothing"))
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.ok)
        return buttons

    # --- what is wanted

    @property
    def recipes(self) -> tuple[TrainRecipe, ...]:
        """What will be started."""
        return beside(together(self.recipe) if self._abc else (self.recipe,), self._runs)

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
        for field in ALL_TIMESTEPS:
            self.fields.show_number(field, getattr(self.recipe, field))

    def _length_chosen(self) -> None:
        self.length = self.lengths.currentData()
        self._set()

    def _edited(self, field: str, value: object) -> None:
        """A setting is another; one that says how long the run is takes the place of its length."""
        if field in LENGTH_FIELDS and self.length != "own":
            self.length = "own"
            self.lengths.setCurrentIndex(self.lengths.findData("own"))
        self._set(**{field: value})

    def _trouble(self, field: str, why: str) -> None:
        self._troubles[field] = why
        self._show()

    def _set(self, **fields: object) -> None:
        self.recipe = msgspec.structs.replace(self.recipe, **fields)
        self._fit()
        self._show()

    @property
    def _per_image(self) -> float | None:
        return seconds_per_image(self.recipes[0], self._runs, self._measured)

    def _fit(self) -> None:
        """As many images as go into the chosen length."""
        per_image, count = self._per_image, len(self.recipes)
        if per_image is not None:
            self.recipe = fitted(self.recipe, self.length, per_image, count)
            for field in LENGTH_FIELDS:
                self.fields.show_number(field, getattr(self.recipe, field))
        for index in range(self.lengths.count()):
            self.lengths.setItemText(index, length_words(self.recipe, self.lengths.itemData(index), per_image, count))

    @property
    def _waiting(self) -> bool:
        """Whether its length is a time, and what an image costs is still to come."""
        return self.length != "own" and shipped(self.recipe.dataset) is not None and self._per_image is None

    def _ask_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Data set"), "", DATA_SET_FILES)
        if path:
            self.data.setText(path)

    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("Folder of IDX files or pictures"))
        if path:
            self.data.setText(path)

    # --- what is shown

    def _show(self, _checked: bool = False) -> None:
        """The rows that matter, the command, and what it will take."""
        recipes, more = self.recipes, self.more.isChecked()
        recipe = recipes[0]
        self.more.setArrowType(Qt.ArrowType.DownArrow if more else Qt.ArrowType.RightArrow)
        self._rest.setVisible(more)
        about = _about(recipe.dataset)
        for row, _ in fields(TrainRecipe, "data"):
            self.form.setRowVisible(self.fields.by_name[row.name], row.name in about)
        for form, group in zip(self._columns, COLUMNS, strict=True):
            for row, _ in fields(TrainRecipe, group):
                is_used = recipe.kind in row.about.kinds and row.about.said_if(recipe)
                form.setRowVisible(self.fields.by_name[row.name], is_used)
        lines = [shlex.join(arguments(each, str(free_folder(each)))) for each in recipes]
        self.typed = "\n".join(tr("generative-explorer {line}", line=line) for line in lines)
        # options are not broken after their dashes; paths and lists may be after a slash and a comma
        self.command.setText(self.typed.replace("-", "-\u2060").replace("/", "/\u200b").replace(",", ",\u200b"))
        trouble, count = self._wrong(), len(recipes)
        self.time.setText(trouble or time_words(recipe, self._runs, count, self._measured))
        self.memory.setText(memory_words(recipe, self._runs, count, self._measured))
        if not trouble and recipe == self._untried:
            self.time.setText(tr("unknown: {reason}", reason=self._reason))
        elif unknown(recipe, self._runs, self._measured):
            self._patience.start()
        wrong = bool(trouble) or recipe.steps == 0
        mark(self.time, "error" if wrong else "muted")
        mark(self.memory, "muted")
        self.ok.setEnabled(not wrong and not self._waiting)
        self.lengths.setEnabled(shipped(recipe.dataset) is not None)
        self._settings.fit()
        self.layout().activate()
        room = self.screen().availableGeometry()
        self.resize(self.width(), min(self.layout().totalHeightForWidth(self.width()), room.height() - TITLE))
        below = self.frameGeometry().bottom() - room.bottom()
        if below > 0 and self.isVisible():  # it has grown: what starts the run is at its lower end
            self.move(self.x(), max(room.top(), self.y() - below))

    def _ask(self) -> None:
        recipe = self.recipes[0]
        if not self._wrong() and unknown(recipe, self._runs, self._measured):
            self.measure_wanted.emit(recipe)

    def show_measured(self, outcome: Outcome) -> None:
        """What a few updates took, or why there can be none."""
        if isinstance(outcome, TrainingMeasured):
            self._measured = outcome
        elif isinstance(outcome, Failed):
            self._untried = self.recipes[0]
            self._reason = outcome.message
            self.length = "own"  # nothing is known of what goes into a time
            self.lengths.setCurrentIndex(self.lengths.findData("own"))
        self._fit()
        self._show()

    def _wrong(self) -> str:
        """Why this run cannot be started; empty if it can."""
        recipe = self.recipe
        shown = {row.name for row, _ in fields(TrainRecipe) if recipe.kind in row.about.kinds}
        why = next((why for name, why in self._troubles.items() if why and name in shown), "")
        if not why and recipe.batch % recipe.devices:
            why = tr("a batch of {batch} images cannot be shared evenly by {devices} processes", batch=recipe.batch, devices=recipe.devices)
        return why

    def accept(self) -> None:
        """Start."""
        self.fields.take()
        if self.ok.isEnabled():
            self._take(self.recipes, self.recipe)
            super().accept()


def _shipped_tip(known: ShippedData) -> str:
    _, height, width = known.shape
    colour = tr(" in colour") if known.shape[0] == 3 else ""
    return tr(
        "The {train} {what} that come with the app, {height} × {width}{colour}",
        train=grouped(known.train),
        what=known.what,
        height=height,
        width=width,
        colour=colour,
    )


def _form() -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(6 * GRID)
    form.setVerticalSpacing(2 * GRID)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return form


def _about(dataset: str) -> tuple[str, ...]:
    """The settings that mean something for a data set: none of what comes with the app, others of a folder than of a file."""
    if shipped(dataset) is not None:
        return ()
    path = os.path.expanduser(dataset)
    of_folders, of_arrays = ("size", "fit", "background"), ("member", "labels")
    return ("range", *(() if os.path.isfile(path) else of_folders), *(() if os.path.isdir(path) else of_arrays))
