"""The inspector of a chain workspace: the selected sample, the noise, the lane, this step, the pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from explorer.engine.chain.messages import LanePlanned, TermsShown
from explorer.recipe import MAX_SAMPLES, ChainRecipe, Lane, Sampler
from explorer.recipe.chain import MAX_GUIDANCE, MIN_GUIDANCE
from explorer.state.edits.labels import labels_of
from explorer.views.chain.label_field import Choices, LabelField
from explorer.views.chain.lanes.grid_geometry import Pixel
from explorer.views.chain.network.equations import log_snr
from explorer.views.chain.steps_field import StepsField
from explorer.views.chain.ways_field import WaysField
from explorer.views.shared.labels import Called, checkpoint_name, formula, lane_titles, number_or_shipped, predicts_long, start_words
from explorer.views.shared.rows import NOTHING, Row, Rows, capitals, heading
from explorer.views.shared.sampler_controls import SamplerControls
from explorer.views.shared.schedule_field import ScheduleField
from explorer.widgets.controls.labels import Labelled
from explorer.widgets.controls.number_fields import FloatField, IntField, SeedField
from explorer.widgets.controls.training_slider import TrainingSlider
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import PictureTile
from explorer.widgets.plots.histogram import Histogram
from explorer.widgets.plots.legend import short

GUIDANCE_TIP = tr("w: how far each step moves away from the prediction without a class; 0 is the plain conditional network")
NOT_GUIDED_TIP = tr("It cannot be guided: none of its labels is known to stand for no class")


class ChainInspector(QWidget):
    """Shows and edits; knows nothing of the store.

    Parameters
    ----------
    new_seed : QAction
        Behind the button beside the seed.
    all_lanes : bool
        Has a field for the steps of every lane.

    Signals
    -------
    seed_committed(object), samples_committed(int), steps_committed(object), all_steps_committed(object),
    sampler_committed(str, dict), schedule_committed(object)
        The person settled on another value; steps are None for all T, a schedule is None for the network's own; of the sampler its fields,
        with what undoing calls it.
    labels_committed(object), one_of_each_wanted(), guidance_committed(float)
        Of a lane that is told classes; an empty tuple of labels is each class in turn.
    released()
        The keys go back to the pictures.
    """

    seed_committed = Signal(object)
    samples_committed = Signal(int)
    steps_committed = Signal(object)
    all_steps_committed = Signal(object)
    sampler_committed = Signal(str, dict)
    schedule_committed = Signal(object)
    labels_committed = Signal(object)
    one_of_each_wanted = Signal()
    guidance_committed = Signal(float)
    released = Signal()

    def __init__(self, theme: Theme, new_seed: QAction, all_lanes: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._T = 1000
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        self._build_selected(column)
        self._build_noise(column, new_seed, all_lanes)
        self._build_lane(column)
        self._build_step(column)
        self._build_pixel(column)
        column.addStretch(1)

    # --- parts ---

    def _build_selected(self, column: QVBoxLayout) -> None:
        self._selected = heading(tr("Selected"))
        self.state_tile, self.image_tile = PictureTile(self._theme), PictureTile(self._theme, to_right=True)
        self.state_tile.setToolTip(tr("The selected sample's state at this step"))
        self.image_tile.setToolTip(tr("The clean image that the network's output implies at this step"))
        pair = QHBoxLayout()
        pair.setSpacing(8)
        pair.addWidget(self.state_tile)
        pair.addWidget(self.image_tile)
        column.addWidget(self._selected)
        column.addLayout(pair)
        self._below_selected = QVBoxLayout()
        column.addLayout(self._below_selected)

    def _build_noise(self, column: QVBoxLayout, new_seed: QAction, all_lanes: bool) -> None:
        self.seed = SeedField()
        self.samples = IntField(1, MAX_SAMPLES, tr("Samples"), tr("Number of samples N; sample i is the same at any N"))
        dice = QToolButton()
        dice.setDefaultAction(new_seed)
        Labelled(dice, QSize(28, 26))
        dice.setAccessibleName(tr("New seed"))
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.seed, 1)
        row.addWidget(dice)
        seed = QWidget()
        row.setContentsMargins(0, 0, 0, 0)
        seed.setLayout(row)
        rows = Rows(self._theme)
        rows.add(tr("seed"), seed)
        rows.add(tr("samples"), self.samples)
        self.seed.committed.connect(self.seed_committed)
        self.samples.committed.connect(self.samples_committed)
        fields: list[SeedField | IntField] = [self.seed, self.samples]
        self.all_steps: IntField | None = None
        if all_lanes:
            self.all_steps = self._steps_field(tr("Steps of every lane"))
            self.all_steps.setMinimumWidth(80)  # its words may be cut short: they shall not widen the panel
            self.all_steps.setToolTip(tr("How many timesteps every chain takes, evenly spaced; a lane that has fewer takes all of its own"))
            rows.add(tr("steps"), StepsField(self.all_steps))
            self.all_steps.committed.connect(self._all_steps_committed)
            fields.append(self.all_steps)
        for field in fields:
            field.released.connect(self.released)
        column.addWidget(heading(tr("All lanes") if all_lanes else tr("Noise")))
        column.addLayout(rows)

    def _steps_field(self, name: str) -> IntField:
        field = IntField(1, 1000, name, tr("How many of the T timesteps the chain takes, evenly spaced; T of them is every one"))
        field.setSingleStep(50)
        return field

    def _build_lane(self, column: QVBoxLayout) -> None:
        self._lane_heading = heading(tr("Lane"))
        rows = Rows(self._theme)
        self._checkpoint = rows.text(tr("checkpoint"))
        self.training = TrainingSlider(tr("the same noise"), tr("[ and ]"), unit="")
        self.training.accompany(rows.row(tr("images seen"), self.training).name)
        self._predicts = rows.text(tr("predicts"))
        self._begins = ElidingLabel()
        self._begins_row = rows.row(tr("starts"), self._begins)
        self._begins_row.setVisible(False)
        self.labels = LabelField()
        self.guidance = FloatField(MIN_GUIDANCE, MAX_GUIDANCE, 0.5, tr("Guidance"), GUIDANCE_TIP)
        self._label_row = rows.row(tr("label"), self.labels)
        self._guidance_row = rows.row((words(tr("guidance ")), var("w")), self.guidance)
        self.ways = WaysField()
        rows.add(tr("computed by"), self.ways)
        self.schedule = ScheduleField()
        rows.add(tr("schedule"), self.schedule)
        self.schedule.committed.connect(self.schedule_committed)
        self.steps = self._steps_field(tr("Steps"))
        self.sampler = SamplerControls(self)
        self.eta, self.clip = self.sampler.eta, self.sampler.clip
        self.steps_row = StepsField(self.steps)
        self._sampler_rows: dict[str, Row] = {}
        for name, (symbol, field) in self.sampler.rows.items():
            said = symbol if name in ("eta", "clip") else self.sampler.title(name)
            self._sampler_rows[name] = rows.row(said, field)
            if name == "sampler":
                rows.add(tr("steps"), self.steps_row)
        self.steps.committed.connect(self._steps_committed)
        self.sampler.changed.connect(self.sampler_committed)
        self.labels.committed.connect(self.labels_committed)
        self.labels.each_wanted.connect(self.one_of_each_wanted)
        self.guidance.committed.connect(self.guidance_committed)
        for source in (self.schedule, self.steps, self.sampler, self.ways, self.labels, self.guidance):
            source.released.connect(self.released)
        column.addWidget(self._lane_heading)
        column.addLayout(rows)

    def _build_step(self, column: QVBoxLayout) -> None:
        rows = Rows(self._theme)
        self._alpha_bar = rows.text((var("α", "t", "bar"),))
        self._sigma = rows.text((var("σ", "t"),))
        self._snr = rows.text(tr("log SNR"))
        self._norms = rows.text(tr("norms"))
        self._norms.setToolTip(tr("Lengths ‖x_t‖, ‖x̂₀‖ and ‖ε̂‖ of the selected sample"))
        column.addWidget(heading(tr("At this step")))
        column.addLayout(rows)

    def _build_pixel(self, column: QVBoxLayout) -> None:
        rows = Rows(self._theme)
        self._pixel = rows.text(tr("pixel"))
        self._pixel.setToolTip(tr("The pixel under the mouse"))
        self._value = rows.text(tr("value"))
        self.histogram = Histogram(self._theme)
        column.addLayout(rows)
        self._histogram_heading = heading(tr("Values"))
        column.addWidget(self._histogram_heading)
        column.addWidget(self.histogram, 1)

    def put_below_selected(self, widget: QWidget) -> None:
        """More about the selected sample."""
        self._below_selected.addWidget(widget)

    # --- what is shown ---

    def show_recipe(
        self,
        recipe: ChainRecipe,
        lane: int,
        length: int,
        schedule: str,
        lengths: Sequence[int],
        learned: bool = False,
        most: int = MAX_SAMPLES,
        called: Called = number_or_shipped,
        lost: bool = False,
        all_lost: bool = False,
    ) -> None:
        """Show the recipe.

        Parameters
        ----------
        lane : int
            Index of the lane.
        length : int
            T of the lane's schedule, called `schedule`.
        lengths : sequence of int
            T of every lane's.
        learned : bool
            The lane's network has learned a variance.
        most : int
            How many samples there can be.
        called : callable
            Names of lanes' classes.
        lost, all_lost : bool
            Nothing new can be sampled of the lane, or of any: its network is not to be had.
        """
        self.samples.setMaximum(max(most, recipe.samples))
        self.seed.show_value(recipe.seed)
        self.samples.show_value(recipe.samples)
        has_lane = lane < len(recipe.lanes)
        can_change = has_lane and not lost
        for field in (self.schedule, self.steps, self.all_steps):
            if field is not None:
                field.setEnabled(can_change)
        self.sampler.set_enabled(can_change)
        self.steps_row.choices.setEnabled(can_change)
        for widget in (self.ways, self.labels):
            widget.setEnabled(can_change)
        for number in (self.seed, self.samples):
            number.setEnabled(not all_lost)
        if has_lane:
            self._show_lane(recipe.lanes[lane], lane_titles(recipe.lanes, called)[lane], length, schedule)
            self._show_sampler(recipe.lanes[lane].sampler, length, learned)
            self._show_all_steps(recipe.lanes, lengths)
        else:
            self._lane_heading.setText(tr("LANE"))
            for label in (self._checkpoint, self._predicts):
                label.setText(NOTHING)
            self._begins_row.setVisible(False)
            self.schedule.show_choice(None, "")

    def show_classes(self, choices: Choices | None, lane: Lane | None, can_be_guided: bool) -> None:
        """Show a lane's labels and its guidance; without choices it has none."""
        self._label_row.setVisible(choices is not None)
        self._guidance_row.setVisible(choices is not None and not choices.one)
        if choices is None or lane is None:
            return
        self.labels.show_labels(labels_of(lane), choices)
        self.guidance.show_value(lane.guidance)
        self.guidance.setEnabled(can_be_guided)
        self.guidance.setToolTip(GUIDANCE_TIP if can_be_guided else NOT_GUIDED_TIP)

    def show_selected(self, said: str) -> None:
        """Say which samples are selected."""
        self._selected.setText(capitals(tr("selected · {said}", said=said)))

    def _show_lane(self, lane: Lane, title: str, length: int, schedule: str) -> None:
        self._lane_heading.setText(tr("LANE · {title}", title=capitals(title)))
        self._checkpoint.setText(checkpoint_name(lane))
        self._checkpoint.setToolTip(
            tr("{source}\nsha256 {checkpoint}", source=lane.source, checkpoint=lane.checkpoint if lane.exact is None else lane.exact.sha256)
        )
        self._predicts.setText(predicts_long(lane))
        begun = start_words(lane)
        self._begins.setText(begun)
        self._begins.setToolTip(begun)
        self._begins_row.setVisible(bool(begun))
        self.schedule.show_choice(lane.schedule, f"{schedule} {length}" if schedule and lane.schedule is None else "")
        sampler = lane.sampler
        self._show_steps(self.steps, sampler.steps or length, length)
        self._T = length

    def _show_sampler(self, sampler: Sampler, length: int, learned: bool) -> None:
        """What goes with the lane's method."""
        for name, applies in self.sampler.show_sampler(sampler, sampler.steps in (None, length), learned).items():
            self._sampler_rows[name].setVisible(applies)

    def _show_steps(self, field: IntField, steps: int, length: int) -> None:
        if field.maximum() != length:
            field.blockSignals(True)
            field.setMaximum(length)
            field.blockSignals(False)
        field.setSuffix(tr(" of {length}", length=length))
        field.show_value(steps)

    def _show_all_steps(self, lanes: tuple[Lane, ...], lengths: Sequence[int]) -> None:
        if self.all_steps is not None:
            counts = {lane.sampler.steps or T for lane, T in zip(lanes, lengths, strict=True)}
            self._show_steps(self.all_steps, max(counts), max(lengths))
            self.all_steps.setPrefix("" if len(counts) == 1 else tr("at most "))

    def show_terms(self, shown: TermsShown | None, plan: LanePlanned | None) -> None:
        """Show the selected sample and the numbers of the step."""
        if shown is None or plan is None:
            for tile, name in ((self.state_tile, "x_t"), (self.image_tile, "x0_hat")):
                tile.show_picture(None, formula(name))
            for label in (self._alpha_bar, self._sigma, self._snr, self._norms):
                label.setText(NOTHING)
            self.ways.show_run("")
            return
        self.state_tile.show_picture(shown.tiles["x_t"], (var("x", shown.t),))
        self.image_tile.show_picture(shown.tiles["x0_hat"], formula("x0_hat"))
        self.ways.show_run(plan.run)
        alpha_bar = float(plan.alpha_bar[shown.k])
        self._alpha_bar.setText(f"{alpha_bar:.4f}" if alpha_bar >= 0.001 else f"{alpha_bar:.2e}")
        self._sigma.setText(f"{plan.sigma[shown.k]:.4f}" if shown.k < len(plan.sigma) else NOTHING)
        snr = log_snr(alpha_bar)
        self._snr.setText("∞" if math.isinf(snr) else f"{snr:.3f}".replace("-", "−"))
        lengths = (("x_t", "xₜ"), ("x0_hat", "x̂₀"), ("eps_hat", "ε̂"))
        self._norms.setText(" · ".join(f"{label} {short(shown.norms[name])}" for name, label in lengths))

    def show_pixel(self, pixel: Pixel | None, values: np.ndarray | None, label: str) -> None:
        """Show the pixel under the mouse.

        Parameters
        ----------
        pixel : Pixel or None
        values : ndarray, shape (C,), or None
            What is there of the quantity called `label`.
        """
        if pixel is None:
            self._pixel.setText(NOTHING)
            self._value.setText(NOTHING)
            return
        self._pixel.setText(tr("row {row}, column {column}", row=pixel.row, column=pixel.column))
        numbers = NOTHING if values is None else ", ".join(f"{v:.4f}".replace("-", "−") for v in values)
        self._value.setText(f"{label} = {numbers}")

    @property
    def pixel_text(self) -> str:
        """Pixel and value shown."""
        return f"{self._pixel.text()}; {self._value.text()}"

    def show_histogram(self, values: np.ndarray | None, label: str) -> None:
        """Show how the selected sample's values of a quantity are spread."""
        self._histogram_heading.setText(tr("VALUES OF {label}", label=label))
        self.histogram.set_values(values)

    # --- gestures ---

    def _steps_committed(self, steps: int) -> None:
        self.steps_committed.emit(None if steps == self.steps.maximum() else steps)

    def _all_steps_committed(self, steps: int) -> None:
        assert self.all_steps is not None
        self.all_steps_committed.emit(None if steps == self.all_steps.maximum() else steps)
