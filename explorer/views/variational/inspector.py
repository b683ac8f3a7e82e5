"""The panel beside the Variational workspace: the selected density in numbers, or the image and the model of the posterior."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.forward.messages import TestImagesShown
from explorer.engine.variational.ladder_messages import Rung
from explorer.engine.variational.messages import FitShown, PosteriorShown
from explorer.engine.variational.terms_messages import TermsShown, TestTermsShown
from explorer.recipe.variational import LEAST_SD, MOST_CORRELATION, MOST_SD, REACH
from explorer.state.edits import variational as edits
from explorer.state.variational import VariationalState
from explorer.views.shared.rows import NOTHING, Rows, Section, heading
from explorer.views.variational.elbo_section import ElboSection
from explorer.views.variational.ladder_section import LadderSection
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.controls.draw_pad import DrawPad, Paper
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.image_choice import ImageChoice

MARGIN, PAD, CHOICE_WIDTH = 12, 224, 264
AXES = ("x", "y")
SEEKS = tr(
    "KL(q ‖ p) is what the encoder of a VAE goes down: q stays where p is, and may leave whole modes of p out. "
    "Begin elsewhere, and it may find another."
)
COVERS = tr("KL(p ‖ q) is what maximum likelihood goes down: q has to be wherever p is. A Gaussian ends with the mean and covariance of p.")


class VariationalInspector(QWidget):
    """Shows; reports what the person changes.

    Signals
    -------
    bump_changed(str, object)
        A field of the selected density, and its value.
    released()
        A slider was let go.
    index_chosen(int)
        A test image.
    drawn(object)
        Marks of the brush: a tuple of Dab.
    """

    bump_changed = Signal(str, object)
    released = Signal()
    index_chosen = Signal(int)
    drawn = Signal(object)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = VariationalState()
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(8)
        self.density = self._density_section(actions)
        self.image = self._image_section(actions)
        self.model = Section(tr("model and posterior"))
        self.rows = Rows(theme)
        for name, tip, formula in (
            ("model", tr("A VAE of two-dimensional codes: open another, or drop it on the window"), ()),
            (tr("log p(x)"), tr("By quadrature over the plane, exact to 0.001 nats"), (words(tr("log p(")), var("x"), words(")"))),
            ("ELBO", tr("Of the encoder's q, its expectation by quadrature"), ()),
            ("gap", tr("KL(q ‖ p(z|x)) of the encoder's q"), ()),
            (tr("best gap"), tr("Gap that the best Gaussian leaves"), ()),
        ):
            self.rows.fact(name, tip, formula)
        self.model.column.addLayout(self.rows)
        self.elbo = ElboSection(theme, actions)
        self.ladder = LadderSection(theme, actions)
        for section in (self.density, self.image, self.model, self.elbo, self.ladder):
            column.addWidget(section)
        column.addStretch(1)

    def _density_section(self, actions: Actions) -> Section:
        section = Section(tr("density"))
        self.sliders: dict[str, Slider] = {}
        for axis in AXES:
            self._slider(section, tr("mean {axis}", axis=axis), (var("μ", axis),), -REACH, REACH, tr("Mean along {axis}", axis=axis))
        for axis in AXES:
            self._slider(
                section, tr("sd {axis}", axis=axis), (var("σ", axis),), LEAST_SD, MOST_SD, tr("Standard deviation along {axis}", axis=axis)
            )
        self._slider(section, "correlation", (var("ρ"),), -MOST_CORRELATION, MOST_CORRELATION, tr("Correlation of the two dimensions"))
        self._slider(section, "weight", (var("w"),), 0.1, 5.0, tr("Weight of this part of p against the others"))
        row = QHBoxLayout()
        row.setSpacing(4)
        for name in ("before", "next"):
            row.addWidget(IconButton(actions[name], width=32))
        row.addStretch(1)
        for name in ("add", "remove", "begin"):
            row.addWidget(IconButton(actions[name], width=32))
        section.column.addLayout(row)
        self.now = Rows(self._theme)
        for name, tip, formula in (
            ("mean", tr("Of q at this step of the fit"), (words(tr("mean of ")), var("q"))),
            ("sd", tr("Of q at this step of the fit"), (words(tr("deviation of ")), var("q"))),
            (
                "kl q",
                tr("E_q[log q − log p]: 0 only where q is p; where q is and p is not it grows without bound"),
                (words(tr("KL(q ‖ p)")),),
            ),
            (
                "kl p",
                tr("E_p[log p − log q]: 0 only where q is p; where p is and q is not it grows without bound"),
                (words(tr("KL(p ‖ q)")),),
            ),
        ):
            self.now.fact(name, tip, formula)
        section.column.addSpacing(8)
        section.column.addWidget(heading(tr("at this step")))
        section.column.addLayout(self.now)
        section.column.addSpacing(8)
        self.lesson = QLabel()
        self.lesson.setWordWrap(True)
        mark(self.lesson, "muted")
        section.column.addWidget(self.lesson)
        return section

    def _slider(self, section: Section, name: str, formula: Formula, low: float, high: float, tip: str) -> None:
        slider = Slider(self._theme, formula, low, high, 0.05, tip, tip)
        slider.set_label_width(24)
        slider.moved.connect(lambda value: self._moved(name, round(value, 4)))
        slider.released.connect(self.released)
        self.sliders[name] = slider
        section.column.addWidget(slider)

    def _moved(self, name: str, value: float) -> None:
        field, _, axis = name.partition(" ")
        if not axis:
            self.bump_changed.emit(field, value)
            return
        before = getattr(edits.bump(self._state, self._state.handle), field)
        values = list(before)
        values[AXES.index(axis)] = value
        self.bump_changed.emit(field, tuple(values))

    def _image_section(self, actions: Actions) -> Section:
        section = Section(tr("image"))
        self.choice = ImageChoice(self._theme, doing=tr("see its posterior"))
        self.choice.setMinimumHeight(self.choice.heightForWidth(CHOICE_WIDTH))
        self.index = IntField(0, 9999, tr("Test image"), tr("Number of a test image, from 0"))
        self.pad = DrawPad(self._theme)
        self.pad.setFixedHeight(PAD)
        self.pad.setToolTip(tr("Draw an image: its posterior is found when you lift the pen. Right button or Shift: erase"))
        self.pad.hide()
        section.column.addWidget(self.choice)
        section.column.addWidget(self.pad)
        section.column.addWidget(self.index)
        section.column.addLayout(self._buttons([actions[name] for name in ("random", "open", "paste", "draw")]))
        self._own_q = QWidget()
        self._own_q.setLayout(self._buttons([actions[name] for name in ("encoder", "best")]))
        section.column.addWidget(self._own_q)
        self.choice.chosen.connect(self.index_chosen)
        self.index.committed.connect(self.index_chosen)
        self.pad.drawn.connect(self._drawn)
        return section

    def _buttons(self, actions: list[QAction]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for action in actions:
            row.addWidget(IconButton(action, width=32))
        row.addStretch(1)
        return row

    def _drawn(self, marks: tuple[object, ...]) -> None:
        if marks:
            self.drawn.emit(marks)

    # --- what is shown

    def show_state(self, state: VariationalState, model: str, elbo_model: str) -> None:
        """What the person chose, with the names of the models of both pages that have one."""
        self._state = state
        self.density.setVisible(state.page == "kl")
        self.image.setVisible(state.page != "kl")
        self._own_q.setVisible(state.page == "inference")
        self.model.setVisible(state.page == "inference")
        self.elbo.setVisible(state.page == "elbo")
        self.ladder.setVisible(state.page == "ladder")
        self.elbo.show_model(elbo_model, state.unit)
        self._show_density(state)
        image = state.recipe.inference.image
        self.choice.set_current(-1 if image.picture is not None else image.index)
        self.index.show_value(image.index)
        self.rows.say("model", model)
        if state.drawing and self.pad.isHidden():
            self.pad.set_drawing(())
        self.pad.setVisible(state.drawing)
        self.choice.setVisible(not state.drawing)

    def _show_density(self, state: VariationalState) -> None:
        handle = state.handle if state.handle <= len(edits.fit_of(state).p) else 0
        bump = edits.bump(state, handle)
        self.density.set_title(tr("q, where the fit begins") if handle == 0 else tr("part {handle} of p", handle=handle))
        flat = len(bump.mean) == 2
        for name in (tr("mean y"), tr("sd y"), "correlation"):
            self.sliders[name].setVisible(flat)
        self.sliders["weight"].setVisible(handle > 0)
        for field in ("mean", "sd"):
            for axis, value in zip(AXES, getattr(bump, field), strict=False):
                self.sliders[f"{field} {axis}"].show_value(value)
        self.sliders["correlation"].show_value(bump.correlation)
        self.sliders["weight"].show_value(bump.weight)
        self.lesson.setText(SEEKS if edits.fit_of(state).direction == "q||p" else COVERS)

    def show_fit(self, shown: FitShown) -> None:
        """q, and both divergences."""
        for name, values in (("mean", shown.mean), ("sd", shown.sd)):
            self.now.say(name, ", ".join(f"{value:.2f}" for value in values.tolist()).replace("-", "−"))
        self.now.say("kl q", tr("{kl_q:.4f} nats", kl_q=shown.kl_q))
        self.now.say("kl p", tr("{kl_p:.4f} nats", kl_p=shown.kl_p))

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from, and what is drawn on in their place."""
        self.choice.show_images(choices.start, choices.tiles)
        self.pad.set_paper(Paper(choices.shape, True, tr("draw here")))
        self.index.setMaximum(max(0, choices.total - 1))

    def show_posterior(self, shown: PosteriorShown | None) -> None:
        """Its numbers."""
        if shown is None:
            for name in (tr("log p(x)"), "ELBO", "gap", tr("best gap")):
                self.rows.say(name, NOTHING)
            return
        known = shown.log_p == shown.log_p
        said = {
            "log p(x)": tr("{log_p:.2f} nats", log_p=shown.log_p) if known else "…",
            "ELBO": tr("{elbo:.2f} nats", elbo=shown.encoder.elbo),
            "gap": tr("{log_p:.2f} nats", log_p=shown.log_p - shown.encoder.elbo) if known else "…",
            "best gap": tr("{log_p:.3f} nats", log_p=shown.log_p - shown.full.elbo) if known and shown.full is not None else "…",
        }
        for name, text in said.items():
            self.rows.say(name, text.replace("-", "−"))

    def show_terms(self, shown: TermsShown | None) -> None:
        """The terms of an image."""
        self.elbo.show_terms(shown)

    def show_test(self, shown: TestTermsShown | None) -> None:
        """Those of the test images."""
        self.elbo.show_test(shown)

    def show_rung(self, rung: Rung | None) -> None:
        """The network of the ladder."""
        self.ladder.show_rung(rung)
