"""The inspector's section on log p(x) by the probability-flow ODE: how it is followed, what it costs, and each lane's figures."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from explorer.diffusion.flow_settings import MAX_PROBES, MAX_STEPS, MIN_STEPS, evaluations
from explorer.engine.objective.likelihood_messages import LaneLikelihood, LikelihoodShown
from explorer.recipe.objective import MAX_IMAGES, FlowChoice
from explorer.state.objective import ObjectiveState
from explorer.views.objective.figures import with_error
from explorer.views.shared.labels import lane_titles
from explorer.views.shared.rows import NOTHING, Row, Rows, Section
from explorer.widgets.controls.actions import with_keys
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

PIXELS: dict[str, tuple[str, str]] = {
    "gaussian": (tr("Gaussian, L₀"), tr("x₁ with its noise, and L₀ of the bound for the 8-bit values: only the other terms are the ODE's")),
    "uniform": (tr("uniform in bins"), tr("Anywhere in each pixel's bin of width 2/255, whose logarithm is taken off")),
    "none": (tr("density"), tr("The density at x₀ itself, in units of x₀: of continuous data, no code length of 8-bit values")),
}
SOLVERS: dict[str, str] = {"heun": tr("Heun"), "euler": tr("Euler")}
PROBE_KINDS: dict[str, str] = {"rademacher": tr("signs"), "gaussian": tr("Gaussian")}
DERIVATIVE = 1.5
"""What a backward pass costs, in evaluations."""
NOTE = tr(
    "−log p(x₀) of the probability-flow ODE of the same network, from the first images: a bound too, because pixels are 8-bit values, and "
    "often a tighter one than L. N(0, I) is its density at T."
)


def seconds_beforehand(flow: FlowChoice, lanes: int, images: int, per_evaluation: float) -> float:
    """About how long it takes, from how long a network takes for one image; 0 where that is not known."""
    plain, derived = evaluations(flow.steps, flow.solver)
    return images * lanes * per_evaluation * (plain + derived * DERIVATIVE * max(1, flow.probes))


def time_words(seconds: float) -> str:
    """A time in words, for what is about to be begun."""
    if seconds < 90:
        return tr("about {seconds} s", seconds=max(1, round(seconds)))
    return tr("about {minutes} min", minutes=round(seconds / 60))


class LikelihoodSection(Section):
    """Shows; says what the person settled on.

    Signals
    -------
    changed(str, object)
        Another value of this field of a FlowChoice.
    released()
        The keys go back to the plot.
    """

    changed = Signal(str, object)
    released = Signal()

    def __init__(self, theme: Theme, measure: QAction, width: int, parent: QWidget | None = None) -> None:
        super().__init__(tr("log p(x) by the ODE"), parent)
        self._action = measure
        self.measure = QPushButton()
        self.measure.setCheckable(True)
        self.measure.setAccessibleName(tr("Measure log p(x) by the ODE"))
        self.measure.setToolTip(with_keys(measure.toolTip(), measure))
        self.measure.clicked.connect(lambda _on=False: measure.trigger())
        self.measure.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.column.addWidget(self.measure)
        self._rows = Rows(theme, width)
        self.column.addLayout(self._rows)
        self.images = IntField(1, MAX_IMAGES, tr("Images of the ODE"), tr("How many of the images drawn are followed; more go on"))
        self.steps = IntField(
            MIN_STEPS,
            MAX_STEPS,
            tr("Steps of the ODE"),
            tr("From t = 1 to T, evenly in the logarithm of the noise, where the schedule has such t"),
        )
        self.steps.setSingleStep(10)
        self.probes = IntField(
            0, MAX_PROBES, tr("Probes"), tr("Vectors of Hutchinson's estimate of the divergence at each level; 0: the exact trace, slow")
        )
        self.solver = _choice(tr("Solver"), SOLVERS, tr("Heun asks twice a step; its error falls with the square of the steps"))
        self.probe = _choice(tr("Kind of probes"), PROBE_KINDS, tr("Signs have less variance"))
        self.dequantise = _choice(
            tr("Pixels"), {name: label for name, (label, _) in PIXELS.items()}, tr("What stands for 8-bit values, which have no density")
        )
        for at, (_, tip) in enumerate(PIXELS.values()):
            self.dequantise.setItemData(at, tip, Qt.ItemDataRole.ToolTipRole)
        for name, label, field in (
            ("images", tr("images"), self.images), ("steps", tr("steps"), self.steps), ("solver", tr("solver"), self.solver),
            ("probes", tr("probes"), self.probes), ("probe", tr("drawn from"), self.probe), ("dequantise", tr("pixels"), self.dequantise),
        ):  # fmt: skip
            self._rows.add(label, field)
            if isinstance(field, QComboBox):
                field.activated.connect(lambda _at, name=name, field=field: self.changed.emit(name, field.currentData()))
            else:
                field.committed.connect(lambda value, name=name: self.changed.emit(name, value))
                field.released.connect(self.released)
        self._results = Rows(theme, width)
        self.column.addLayout(self._results)
        self._result_rows: list[tuple[Row, ElidingLabel, QLabel]] = []
        self._note = QLabel(NOTE)
        self._note.setWordWrap(True)
        mark(self._note, "faint")
        self.column.addWidget(self._note)

    def show_state(self, state: ObjectiveState, seconds: float) -> None:
        """The fields, and about how long it takes; 0 where that is not known yet."""
        flow = state.flow
        for name in ("images", "steps", "probes"):
            getattr(self, name).show_value(getattr(flow, name))
        for name in ("solver", "probe", "dequantise"):
            field: QComboBox = getattr(self, name)
            field.setCurrentIndex(field.findData(getattr(flow, name)))
        self.images.setEnabled(state.recipe.image is None)
        self.probe.setEnabled(flow.probes > 0)
        self.measure.setChecked(state.likelihood)
        how_long = f"  ·  {time_words(seconds)}" if seconds > 0 and not state.likelihood else ""
        self.measure.setText((tr("Measured") if state.likelihood else tr("Measure")) + how_long)
        self.measure.setEnabled(bool(state.recipe.lanes))

    def show_likelihood(self, shown: LikelihoodShown | None, state: ObjectiveState) -> None:
        """Figures of every lane."""
        titles = lane_titles(state.recipe.lanes) if state.likelihood else ()
        by_lane = {found.lane: found for found in shown.lanes} if shown is not None else {}
        while len(self._result_rows) < len(titles):
            name, value = ElidingLabel(), QLabel(NOTHING)
            mark(name, "muted")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setWordWrap(True)
            row = self._results.row(name, value)
            self._results.setAlignment(name, Qt.AlignmentFlag.AlignTop)
            self._results.setAlignment(value, Qt.AlignmentFlag(0))
            self._result_rows.append((row, name, value))
        for index, (row, name, value) in enumerate(self._result_rows):
            row.setVisible(index < len(titles))
            if index >= len(titles):
                continue
            found = by_lane.get(state.recipe.lanes[index])
            name.setText(titles[index])
            name.setToolTip(titles[index])
            value.setAccessibleName(tr("log p(x) of {title}", title=titles[index]))
            value.setText(NOTHING if found is None or not found.images else result_words(found))
            value.setToolTip("" if found is None else error_words(found))

    def text(self, index: int) -> str:
        """What is said of a lane."""
        return self._result_rows[index][2].text()


def result_words(found: LaneLikelihood) -> str:
    """The mean in both units, and the errors of probes and steps."""
    bits = 1 / (math.log(2) * found.values)
    said = tr("{nats} nats\n{bits} bits/dim", nats=with_error(found.total), bits=with_error(found.total, bits, 3))
    if math.isfinite(found.probe_error) and found.probe_error > 0:
        said += "\n" + tr("probes ± {error}", error=f"{found.probe_error:.2g}")
    if math.isfinite(found.discretisation.value):
        said += "\n" + tr("half the steps: {change}", change=f"{-found.discretisation.value:+.2g}")
    return said


def error_words(found: LaneLikelihood) -> str:
    """What the errors are of, and how the divergence was had."""
    return tr(
        "{images} images; ± is the standard error of images, probes and noise together. Trace: {trace}. In half as many steps the mean is "
        "{change} nats, with probes and noise of the same kind.",
        images=found.images, trace=found.trace, change=f"{found.total.value - found.discretisation.value:.1f}",
    )  # fmt: skip


def _choice(name: str, words: dict[str, str], tip: str) -> QComboBox:
    field = QComboBox()
    field.setAccessibleName(name)
    field.setToolTip(tip)
    field.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    for key, label in words.items():
        field.addItem(label, key)
    return field
