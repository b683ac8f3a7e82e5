"""Gaussian asides: four plots with sliders, draws against closed forms."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.forward.asides_messages import AsidesShown, Densities
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe.forward import Asides
from explorer.views.forward.words import short
from explorer.views.shared.labels import term_colours
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_label import MathLabel
from explorer.widgets.look.math_text import Formula, var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot

GAP = 8
BOWS = {"tanh": tr("f(x) = 3 tanh x"), "square": "f(x) = x²", "sine": tr("f(x) = x + 2 sin 2x"), "step": tr("f(x) = 2 sign x")}
TIP = tr("Grey bars are 60,000 draws; the line is the closed form")
NAMES = {"sum": tr("sum"), "difference": tr("difference"), "X given Z": tr("X given Z"), "X given W": tr("X given W")}
GIVEN_TIP = tr("Grey bars are those of 60,000 draws whose {0} came within 0.05 of the one that is seen; the line is Bayes' rule")


class GaussiansPage(QWidget):
    """Draws; reports which slider was moved.

    Signals
    -------
    changed(str, object)
        A field of Asides, and its value.
    released()
        A slider was let go.
    """

    changed = Signal(str, object)
    released = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._asides = Asides()
        self._shown: AsidesShown | None = None
        self.sliders: dict[str, Slider] = {}
        self.plots: dict[str, DensityPlot] = {}
        self.facts: dict[str, QLabel] = {}
        self.bow = QComboBox()
        self.bow.setAccessibleName(tr("Function f"))
        self.bow.setFixedWidth(152)
        self.bow.setToolTip(tr("f at full strength; at strength 0 it is the line f(x) = x"))
        for name, text in BOWS.items():
            self.bow.addItem(text, name)
        self.bow.activated.connect(lambda index: self.changed.emit("bow", self.bow.itemData(index)))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.addWidget(self._givens(), 0, 0, 1, 2)
        cards = (
            self._card(tr("1  The sum of two Gaussians is a Gaussian"), ("sum",), ()),
            self._card(tr("2  The difference too: the variances add up all the same"), ("difference",), ()),
            self._card(tr("3  Z has the mean aX: X given Z is a Gaussian"), ("Z", "X given Z"), (
                self._slider("scale", (var("a"),), 0.0, 1.5, 0.05, tr("a: the mean of Z is a X, as √α x is that of the next state")),
                self._slider("z_sd", (var("σ", "Z"),), 0.1, 2.0, 0.05, tr("Standard deviation of Z given X")),
                self._slider("z", (var("z"),), -4.0, 4.0, 0.1, tr("The Z that is seen")),
            )),
            self._card(tr("4  W has the mean f(X): no Gaussian"), ("W", "X given W"), (
                self._slider("strength", (words(tr("bow")),), 0.0, 1.0, 0.05, tr("How far f is from the line f(x) = x")),
                self._slider("w_sd", (var("σ", "W"),), 0.1, 2.0, 0.05, tr("Standard deviation of W given X")),
                self._slider("w", (var("w"),), -4.0, 4.0, 0.1, tr("The W that is seen")),
            ), self.bow),
        )  # fmt: skip
        for i, card in enumerate(cards):
            grid.addWidget(card, 1 + i // 2, i % 2)
        grid.setRowStretch(1, 4)
        grid.setRowStretch(2, 5)
        theme.changed.connect(self._draw)

    def _givens(self) -> Card:
        """The sliders of X and Y, which every plot shares."""
        card = Card(self._theme)
        row = QHBoxLayout(card)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(16)
        for variable in ("X", "Y"):
            row.addWidget(
                MathLabel(self._theme, (var(variable), words(" ~ N("), var("μ", variable), words(", "), var("σ", variable), words("²)")))
            )
            low = variable.lower()
            row.addWidget(
                self._slider(f"{low}_mean", (var("μ", variable),), -2.0, 2.0, 0.05, tr("Mean of {variable}", variable=variable)), 1
            )
            row.addWidget(
                self._slider(f"{low}_sd", (var("σ", variable),), 0.1, 2.0, 0.05, tr("Standard deviation of {variable}", variable=variable)),
                1,
            )
        return card

    def _slider(self, name: str, formula: Formula, low: float, high: float, step: float, tip: str) -> Slider:
        slider = Slider(self._theme, formula, low, high, step, tip, tip)
        slider.moved.connect(lambda value: self.changed.emit(name, round(value, 4)))
        slider.released.connect(self.released)
        self.sliders[name] = slider
        return slider

    def _card(self, title: str, plots: tuple[str, ...], sliders: tuple[Slider, ...], extra: QWidget | None = None) -> Card:
        card = Card(self._theme)
        heading = QLabel(title)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        _let_shrink(heading)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        if extra is not None:
            top.addWidget(extra)
        column.addLayout(top)
        row = QHBoxLayout()
        row.setSpacing(12)
        for name in plots:
            given = name.partition(" given ")[2]
            self.plots[name] = DensityPlot(self._theme, NAMES.get(name, name), GIVEN_TIP.format(given) if given else TIP)
            self.facts[name] = QLabel()
            mark(self.facts[name], "muted")
            _let_shrink(self.facts[name])
            part = QVBoxLayout()
            part.setSpacing(2)
            part.addWidget(self.plots[name], 1)
            part.addWidget(self.facts[name])
            row.addLayout(part, 1)
        column.addLayout(row, 1)
        if sliders:
            below = QHBoxLayout()
            below.setSpacing(12)
            for slider in sliders:
                below.addWidget(slider, 1)
            column.addLayout(below)
        return card

    def show_recipe(self, asides: Asides) -> None:
        """What the person chose."""
        self._asides = asides
        for name, slider in self.sliders.items():
            slider.show_value(getattr(asides, name))
        self.bow.setCurrentIndex(self.bow.findData(asides.bow))

    def show_asides(self, shown: AsidesShown) -> None:
        """Draws and curves."""
        self._shown = shown
        self._draw()

    def _draw(self, _tokens: object = None) -> None:
        if self._shown is None:
            return
        for name, densities in self._shown.plots.items():
            self.plots[name].set_figure(self._figure(name, densities))
            self.facts[name].setText(_facts(name, densities))

    def _figure(self, name: str, found: Densities) -> DensityFigure:
        tokens = self._theme.tokens
        colours = {"X": OPTION_COLOURS["B"], "Y": OPTION_COLOURS["A"], "Gaussian": term_colours(tokens)["eps_hat"]}
        titles = {"sum": "X + Y", "difference": "X − Y", "X given Z": "X | Z = z", "X given W": "X | W = w"}
        words_of = {"Gaussian": tr("Gaussian")}
        curves = tuple(
            Curve(titles.get(name, name) if key == "closed" else words_of.get(key, key), found.x, y,
                  tokens.accent if key == "closed" else colours[key], "solid" if key == "closed" else "dash")
            for key, y in found.curves.items()
        )  # fmt: skip
        low, high = float(found.x[0]), float(found.x[-1])
        ticks = (-6, -4, -2, 0, 2, 4, 6) if high > 5 else (-4, -2, 0, 2, 4)
        seen = {"Z": self._asides.z, "W": self._asides.w}.get(name)
        marks = ((seen, tokens.warning),) if seen is not None else ()
        return DensityFigure(low, high, found.edges, found.shares, curves, 0.0, marks, ticks)


def _let_shrink(label: QLabel) -> None:
    """The plots decide how wide a card is."""
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


def _facts(name: str, found: Densities) -> str:
    if name in ("W", "X given W"):
        return tr("distance from a Gaussian: {distance:.1f} %", distance=100 * found.distance)
    return tr(
        "{mean} ± {sd}, drawn {drawn_mean} ± {drawn_sd}",
        mean=short(found.mean, 2),
        sd=short(found.sd, 2),
        drawn_mean=short(found.drawn_mean, 2),
        drawn_sd=short(found.drawn_sd, 2),
    )
