"""The inspector's part for two dimensions: the points, the network, the particles."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from explorer.engine.forward.chain2d_messages import Chain2DShown
from explorer.recipe.chain2d import (
    LEAST_UPDATES,
    MOST_LETTERS,
    MOST_PARTICLES,
    MOST_POINTS,
    MOST_SD,
    MOST_STEPS,
    MOST_UPDATES,
    Chain2D,
)
from explorer.recipe.forward import ForwardRecipe
from explorer.views.forward.words import number, schedule_words
from explorer.views.shared.rows import Rows, Section
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.controls.number_fields import IntField, SeedField
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.theme import Theme

SHAPES = {
    "gaussians": tr("Gaussians"), "moons": tr("two moons"), "spiral": tr("spiral"), "rings": tr("two rings"), "letters": tr("letters"),
    "own": tr("your own"),
}  # fmt: skip
SOLVERS = {"heun": tr("Heun, second order"), "euler": tr("Euler, first order")}


class PlaneControls(QWidget):
    """Shows; reports what the person changes.

    Signals
    -------
    points_changed(str, object), network_changed(str, object), walk_changed(str, object)
        A field of Points2D, Network2D or Walk2D, and its value.
    shape_chosen(str)
    seed_committed(object)
    released()
        Keys go back to the timeline.
    """

    points_changed = Signal(str, object)
    network_changed = Signal(str, object)
    walk_changed = Signal(str, object)
    shape_chosen = Signal(str)
    seed_committed = Signal(object)
    released = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._add_points(actions)
        self._add_network()
        self._add_walk(actions)
        self._add_numbers()
        self._column.addStretch(1)

    def _section(self, title: str) -> tuple[Section, Rows]:
        section, rows = Section(title), Rows(self._theme)
        section.column.addLayout(rows)
        self._column.addWidget(section)
        return section, rows

    def _combo(self, names: dict[str, str], said: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(said)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for name, label in names.items():
            box.addItem(label, name)
        return box

    def _field(self, low: int, high: int, said: str, tip: str, step: int = 1) -> IntField:
        field = IntField(low, high, said, tip)
        field.setSingleStep(step)
        field.released.connect(self.released)
        return field

    def _add_points(self, actions: Actions) -> None:
        section, rows = self._section(tr("points of q(x₀)"))
        self.shape = self._combo(SHAPES, tr("Shape of the points"))
        self.shape.setToolTip(tr("Where the points of q(x₀) lie; those that you draw, drag or open are your own"))
        self.shape.activated.connect(lambda _index: self.shape_chosen.emit(self.shape.currentData()))
        rows.row(tr("shape"), self.shape)
        self.letters = QLineEdit()
        self.letters.setMaxLength(MOST_LETTERS)
        self.letters.setAccessibleName(tr("Letters"))
        self.letters.setToolTip(tr("What the points write; Enter takes it"))
        self.letters.editingFinished.connect(lambda: self.points_changed.emit("letters", self.letters.text()))
        self.letters.returnPressed.connect(self.released)
        self._letters_row = rows.row(tr("letters"), self.letters)
        self.count = self._field(1, MOST_POINTS, tr("Number of points"), tr("How many points lie along the shape"), 10)
        self.count.committed.connect(lambda value: self.points_changed.emit("count", value))
        rows.row(tr("points"), self.count)
        self.sd = Slider(
            self._theme, (var("σ"), words(tr(" of a point"))), 0.0, MOST_SD, 0.01, tr("Standard deviation of each point"),
            tr("Each point is a Gaussian of this standard deviation; 0 for the points alone, to which the exact process then returns"),
        )  # fmt: skip
        self.sd.moved.connect(lambda value: self.points_changed.emit("sd", round(value, 2)))
        self.sd.released.connect(self.released)
        section.column.addWidget(self.sd)
        self._add_buttons(section, actions, "pen", "clear", "open_points", "export_plane")

    def _add_buttons(self, section: Section, actions: Actions, *names: str) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        for name in names:
            row.addWidget(IconButton(actions[name], width=32, under=True))
        row.addStretch(1)
        section.column.addLayout(row)

    def _add_network(self) -> None:
        _, rows = self._section(tr("network"))
        self.updates = self._field(
            LEAST_UPDATES, MOST_UPDATES, tr("Updates"), tr("For how many updates the network learns; each draws x₀, t and ε anew"), 250
        )
        self.updates.committed.connect(lambda value: self.network_changed.emit("updates", value))
        rows.row(tr("updates"), self.updates)

    def _add_walk(self, actions: Actions) -> None:
        _, rows = self._section(tr("particles"))
        self.particles = self._field(1, MOST_PARTICLES, tr("Particles"), tr("How many come down from x_T; some leave a line behind"), 10)
        self.particles.committed.connect(lambda value: self.walk_changed.emit("particles", value))
        rows.row(tr("particles"), self.particles)
        self.steps = self._field(2, MOST_STEPS, tr("Steps"), tr("Steps from x_T to x₀, of at most T; few show where a solver errs"), 10)
        self.steps.committed.connect(lambda value: self.walk_changed.emit("steps", value))
        rows.row(tr("steps"), self.steps)
        self.solver = self._combo(SOLVERS, tr("Solver of the ODE"))
        self.solver.setToolTip(tr("dy/ds = eps_hat in y = x / √ᾱ, s = √((1 − ᾱ) / ᾱ): by one slope a step, or the mean of two"))
        self.solver.activated.connect(lambda _index: self.walk_changed.emit("solver", self.solver.currentData()))
        rows.row(tr("solver"), self.solver)
        self.seed = SeedField()
        self.seed.setToolTip(tr("Seed of all noise: of x_T, of each step, and of what the network learns from"))
        self.seed.committed.connect(self.seed_committed)
        self.seed.released.connect(self.released)
        beside = QWidget()
        line = QHBoxLayout(beside)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.seed, 1)
        line.addWidget(IconButton(actions["seed"], width=32))
        rows.row(tr("seed"), beside)

    def _add_numbers(self) -> None:
        _, self.numbers = self._section(tr("at this step"))
        self.numbers.fact("schedule")
        self.numbers.fact("ᾱ", formula=(var("α", "t", "bar"),))
        self.numbers.fact("noise", tr("√(1 − ᾱ): standard deviation of the noise in x_t"), (words("√(1 − ᾱ)"),))
        self.numbers.fact(
            "peak", tr("Largest density q(x_t) on the plane"), (words(tr("max ")), var("q"), words("("), var("x", "t"), words(")"))
        )

    def show_recipe(self, recipe: ForwardRecipe) -> None:
        """What the person chose."""
        plane: Chain2D = recipe.plane
        points, walk = plane.points, plane.walk
        self.shape.setCurrentIndex(list(SHAPES).index(points.shape))
        self._letters_row.setVisible(points.shape == "letters")
        if not self.letters.hasFocus():
            self.letters.setText(points.letters)
        self.count.setMinimum(0 if points.shape == "own" else 1)
        self.count.setEnabled(points.shape != "own")
        self.count.show_value(len(points.placed) if points.shape == "own" else points.count)
        self.sd.show_value(points.sd)
        self.updates.show_value(plane.network.updates)
        self.particles.show_value(walk.particles)
        self.steps.show_value(walk.steps)
        self.solver.setCurrentIndex(list(SOLVERS).index(walk.solver))
        self.solver.setEnabled(walk.sampler != "ddpm")
        self.seed.show_value(recipe.seed)
        self.numbers.say("schedule", schedule_words(recipe.schedule))

    def show_chain(self, shown: Chain2DShown) -> None:
        """q(x_t) in numbers."""
        self.numbers.say("ᾱ", number(shown.alpha_bar))
        self.numbers.say("noise", number((1 - shown.alpha_bar) ** 0.5))
        self.numbers.say("peak", number(shown.peak) if shown.density.size else tr("none: points alone"))
