"""The panel beside the Step page: whose step it is, of which image, at which t, and how far each update goes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from explorer.checkpoints.snapshots import name_of
from explorer.engine.forward.messages import TestImagesShown
from explorer.engine.models.messages import LibraryEntry
from explorer.engine.training.messages import TrainingStepShown
from explorer.recipe.step import LEAST_RATE, MOST_RATE, MOST_UPDATES, StepRecipe
from explorer.views.shared.labels import PREDICTS
from explorer.views.shared.rows import NOTHING, Rows, Section
from explorer.views.training.step.algorithm import short
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.controls.name_box import NameBox
from explorer.widgets.controls.number_fields import IntField, SeedField, with_point
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.image_choice import ImageChoice

CHOICE_WIDTH = 264
RATE_TIP = tr(
    "η of θ ← θ − η ∇ℓ. Empty: a fiftieth of Polyak's first step, 0.02 ℓ / ‖∇ℓ‖², by which an update takes about 2 % of the loss away,\n"
    "and less where that would be too long a step and the loss would go up"
)
ALL_TIP = tr("The lecture's first form: one update goes down the loss of every t together, which takes T evaluations")


class StepInspector(QWidget):
    """Shows; reports what the person changes.

    Signals
    -------
    network_chosen(str)
        sha256 of a checkpoint.
    changed(str, object, bool)
        A field of the recipe, its value, and whether more of the kind may follow at once.
    index_chosen(int)
        A test image.
    released()
        A slider was let go, or a field is done with.
    """

    network_chosen = Signal(str)
    changed = Signal(str, object, bool)
    index_chosen = Signal(int)
    released = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.models = NameBox(tr("Whose training step is laid open; open others with File > Open or by dropping them"))
        self.models.setAccessibleName(tr("Network"))
        self.models.activated.connect(lambda index: self.network_chosen.emit(self.models.itemData(index)))
        self.rows = Rows(theme)
        self.choice = ImageChoice(theme, rows=3, doing=tr("train on it"))
        self.choice.setMinimumHeight(self.choice.heightForWidth(CHOICE_WIDTH))
        self.index = IntField(0, 9999, tr("Test image"), tr("Number of a test image, from 0"))
        self.t = Slider(theme, (var("t"),), 1, 1000, 1, tr("Timestep"), tr("The t of this step"))
        self.seed = SeedField()
        self.seed.setToolTip(tr("The noise is that of this seed, sample 0 and t: the same as in every chain"))
        self.rate = QLineEdit()
        self.rate.setAccessibleName(tr("Learning rate"))
        self.rate.setToolTip(RATE_TIP)
        self.updates = IntField(0, MOST_UPDATES, tr("Updates"), tr("How many updates were made on the copy before this step"))
        self.all = QCheckBox(tr("all timesteps at once"))
        self.all.setToolTip(ALL_TIP)
        self.all.setAccessibleName(tr("All timesteps at once"))
        self._rate = 0.0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for section in (self._network(), self._image(actions), self._step(theme, actions)):
            column.addWidget(section)
        self._connect()

    def _network(self) -> Section:
        section = Section(tr("network"))
        section.column.addWidget(self.models)
        for name, tip in (
            ("predicts", tr("What its output means: the option that it was trained under")),
            ("weights", tr("How many numbers it learns")),
            ("output", tr("So many times x_t, and so many times h, which its head puts out")),
        ):
            self.rows.fact(name, tip)
        section.column.addLayout(self.rows)
        return section

    def _image(self, actions: Actions) -> Section:
        section = Section(tr("image"))
        section.column.addWidget(self.choice)
        section.column.addWidget(self.index)
        row = QHBoxLayout()
        row.setSpacing(4)
        for name in ("image", "open_image", "paste"):
            row.addWidget(IconButton(actions[name], width=32))
        row.addStretch(1)
        section.column.addLayout(row)
        return section

    def _step(self, theme: Theme, actions: Actions) -> Section:
        section = Section(tr("step"))
        section.column.addWidget(self.t)
        fields = Rows(theme)
        seeds = QWidget()
        row = QHBoxLayout(seeds)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.seed, 1)
        row.addWidget(IconButton(actions["noise"], width=32))
        fields.add(tr("seed"), seeds)
        fields.add((words("η"),), self.rate)
        fields.add(tr("updates"), self.updates)
        section.column.addLayout(fields)
        section.column.addWidget(self.all)
        return section

    def _connect(self) -> None:
        self.choice.chosen.connect(self.index_chosen)
        self.index.committed.connect(self.index_chosen)
        self.t.moved.connect(lambda t: self.changed.emit("t", round(t), True))
        self.seed.committed.connect(lambda seed: self.changed.emit("seed", seed, False))
        self.updates.committed.connect(lambda count: self.changed.emit("updates", count, False))
        self.all.clicked.connect(lambda on: self.changed.emit("all_timesteps", on, False))
        self.rate.editingFinished.connect(self._take_rate)
        for field in (self.t, self.seed, self.index, self.updates):
            field.released.connect(self.released)
        self.rate.returnPressed.connect(self.released)

    def _take_rate(self) -> None:
        text = with_point(self.rate.text().strip())
        try:
            value = float(text) if text else 0.0
        except ValueError:
            value = self._rate
        if value and not LEAST_RATE <= value <= MOST_RATE:
            value = self._rate
        self.rate.setText(f"{value:g}" if value else "")
        if value != self._rate:
            self.changed.emit("learning_rate", value, False)

    # --- what is shown

    def show_entries(self, entries: Sequence[LibraryEntry], current: LibraryEntry | None, recipe: StepRecipe) -> None:
        """Networks to choose from; does not emit."""
        wanted = [(f"{e.name} · {PREDICTS.get(e.card.option or '', '')}" if e.card else e.name, e.sha256) for e in entries]
        if current is None and recipe.checkpoint:
            wanted.append((name_of(recipe.source), recipe.checkpoint))
        elif current is not None and current.sha256 not in {e.sha256 for e in entries}:
            wanted.append((current.name, current.sha256))
        if wanted != [(self.models.itemText(i), self.models.itemData(i)) for i in range(self.models.count())]:
            self.models.clear()
            for name, sha256 in wanted:
                self.models.addItem(name, sha256)
        self.models.setCurrentIndex(self.models.findData(recipe.checkpoint or (current.sha256 if current is not None else "")))

    def show_recipe(self, recipe: StepRecipe) -> None:
        """What the person chose; does not emit."""
        self.choice.set_current(-1 if recipe.image.picture is not None else recipe.image.index)
        self.index.show_value(recipe.image.index)
        self.t.show_value(recipe.t)
        self.seed.show_value(recipe.seed)
        self.updates.show_value(recipe.updates)
        self.all.setChecked(recipe.all_timesteps)
        self._rate = recipe.learning_rate
        self.rate.setText(f"{recipe.learning_rate:g}" if recipe.learning_rate else "")

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from."""
        self.choice.show_images(choices.start, choices.tiles)
        self.index.setMaximum(max(0, choices.total - 1))

    def show_step(self, shown: TrainingStepShown | None) -> None:
        """What is known of the network."""
        self.rate.setPlaceholderText(tr("automatic") if shown is None else tr("automatic: {rate}", rate=short(shown.rate)))
        if shown is None:
            for name in ("predicts", "weights", "output"):
                self.rows.say(name, NOTHING)
            return
        self.t.set_highest(shown.T)
        self.rows.say("predicts", f"{shown.option} · {PREDICTS.get(shown.option, '')}")
        self.rows.say("weights", grouped(sum(block.weights for block in shown.blocks)))
        added = (shown.skip, shown.scale) != (0.0, 1.0)
        said = f"{short(shown.skip)} xₜ + {short(shown.scale)} h".replace("+ −", "− ")
        self.rows.say("output", said if added else tr("h alone, of its head"))
