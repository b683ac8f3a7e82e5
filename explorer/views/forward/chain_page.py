"""The one-dimensional chain: its map, and one step back, small and large."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.forward.chain1d_messages import BackStep1D, Chain1DShown
from explorer.recipe.forward import MOST_T, Chain1D
from explorer.views.forward.plots.chain_map import ChainMap
from explorer.views.forward.words import number, power
from explorer.views.shared.labels import term_colours
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.controls.slider import Slider
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot

GAP = 8
PATHS = (
    Segment("forward", tr("forward paths"), tr("24 values of x₀, noised step by step")),
    Segment("backward", tr("backward paths"), tr("24 values of x_T, led back by the exact reverse process, step by step")),
)
LEAST_DISTANCE = 1e-6


class ChainPage1D(QWidget):
    """Draws; reports which slider was moved.

    Signals
    -------
    changed(str, object)
        A field of Chain1D, and its value.
    released()
    paths_chosen(str)
    """

    changed = Signal(str, object)
    released = Signal()
    paths_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Chain1DShown | None = None
        self._paths: Literal["forward", "backward"] = "forward"
        self.map = ChainMap(theme)
        self.paths = SegmentBar(PATHS, tr("Paths"))
        self.paths.chosen.connect(self.paths_chosen)
        self.sd = self._slider("sd", (var("σ"), words(tr(" of a mode"))), 0.02, 1.0, 0.02, tr("Standard deviation of each mode of q(x₀)"))
        self.leap = self._slider(
            "leap", (words(tr("large step")),), 1, MOST_T, 1, tr("Timesteps of the large step: from t to t minus so many")
        )
        self.plots = (
            DensityPlot(theme, tr("Small step back"), tr("q(x_{t−1} | x_t) at the dot, and the Gaussian of its mean and variance")),
            DensityPlot(theme, tr("Large step back"), tr("q(x_s | x_t) at the dot, and the Gaussian of its mean and variance")),
            DensityPlot(theme, tr("Distance from a Gaussian"), tr("Total variation between q(x_s | x_t) and a Gaussian, against β of the "
            "step")),
        )  # fmt: skip
        self._titles = tuple(QLabel() for _ in self.plots)
        self.facts = tuple(QLabel() for _ in self.plots)
        top = Card(theme)
        column = QVBoxLayout(top)
        column.setContentsMargins(8, 8, 12, 4)
        column.setSpacing(4)
        tools = QHBoxLayout()
        tools.setSpacing(16)
        tools.addWidget(self.paths)
        tools.addWidget(self.sd, 1)
        tools.addWidget(self.leap, 1)
        column.addLayout(tools)
        column.addWidget(self.map, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        grid.addWidget(top, 0, 0, 1, 3)
        for i, (title, plot, fact) in enumerate(zip(self._titles, self.plots, self.facts, strict=True)):
            grid.addWidget(self._card(title, plot, fact), 1, i)
            grid.setColumnStretch(i, 1)
        grid.setRowStretch(0, 5)
        grid.setRowStretch(1, 4)
        theme.changed.connect(self._draw)

    def _slider(self, name: str, formula: tuple, low: float, high: float, step: float, tip: str) -> Slider:
        slider = Slider(self._theme, formula, low, high, step, tip, tip)
        slider.moved.connect(lambda value: self.changed.emit(name, round(value) if step == 1 else round(value, 4)))
        slider.released.connect(self.released)
        return slider

    def _card(self, title: QLabel, plot: DensityPlot, fact: QLabel) -> Card:
        card = Card(self._theme)
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        fact.setToolTip(
            tr("TV is the total variation and KL the divergence between q(x_s | x_t) and the Gaussian of its mean and variance")
        )
        mark(fact, "muted")
        column.addWidget(title)
        column.addWidget(plot, 1)
        column.addWidget(fact)
        return card

    def show_recipe(self, chain: Chain1D, t: int, T: int, paths: Literal["forward", "backward"]) -> None:
        """What the person chose."""
        self.map.set_marks(chain.modes, t, chain.x)
        self.sd.show_value(chain.sd)
        self.leap.slider.setEnabled(t > 1)
        self.leap.show_value(min(chain.leap, max(t, 1)))
        self.paths.set_current(paths)
        if paths != self._paths:
            self._paths = paths
            self._draw()

    def show_chain(self, shown: Chain1DShown) -> None:
        """The chain at t."""
        self._shown = shown
        self.map.set_map(shown.map, shown.times, shown.T)
        self._draw()

    def _draw(self, _tokens: object = None) -> None:
        shown = self._shown
        if shown is None:
            return
        self.map.set_paths(shown.forward if self._paths == "forward" else shown.backward)
        names = (tr("Small step back"), tr("Large step back"))
        if not shown.steps:
            for plot, title, fact in zip(self.plots, self._titles, self.facts, strict=True):
                plot.set_figure(DensityFigure())
                title.setText("")
                fact.setText("")
            self.facts[0].setText(tr("At t = 0 there is no step back: drag the dot to the left."))
            return
        for plot, title, fact, name, step in zip(self.plots, self._titles, self.facts, names, shown.steps, strict=False):
            title.setText(tr("{name}: t = {t} to {s}, β = {beta}", name=name, t=shown.t, s=step.s, beta=number(step.beta)))
            plot.set_figure(self._figure(step))
            fact.setText(
                tr(
                    "TV {percent} · KL {kl} nats",
                    percent=_percent(step.distance),
                    kl=power(step.kl) if step.kl < 0.001 else f"{step.kl:.3f}",
                )
            )
        self._titles[2].setText(tr("Distance from a Gaussian against β"))
        self.plots[2].set_figure(self._scan(shown))
        self.facts[2].setText(tr("TV: total variation. Small steps are Gaussian."))

    def _figure(self, step: BackStep1D) -> DensityFigure:
        tokens = self._theme.tokens
        curves = (
            Curve("q(xₛ | xₜ)", step.x, step.density, tokens.accent, "solid", filled=True),
            Curve(tr("Gaussian"), step.x, step.gaussian, term_colours(tokens)["eps_hat"], "dash"),
        )
        low, high = float(step.x[0]), float(step.x[-1])
        ticks = round_ticks(low, high)
        labels = tuple(f"{tick:.6g}".replace("-", "−") for tick in ticks)
        return DensityFigure(low, high, curves=curves, ticks=ticks, labels=labels)

    def _scan(self, shown: Chain1DShown) -> DensityFigure:
        """Distances over powers of ten; what is below 1e-6 counts as that."""
        tokens = self._theme.tokens
        beta = np.log10(np.clip(shown.scan[:, 0], 1e-12, 1))
        height = np.log10(np.clip(shown.scan[:, 1], LEAST_DISTANCE, 1)) - math.log10(LEAST_DISTANCE)
        low = math.floor(min(float(beta.min()), -1))
        marks = tuple((math.log10(max(step.beta, 1e-12)), tokens.warning) for step in shown.steps)
        ticks = tuple(range(low, 1))
        rows = tuple((float(k + 6), _ten(k)) for k in (0, -2, -4))
        curve = Curve("", beta, height, tokens.accent, of=tr("total variation"), numbers=(shown.scan[:, 0], shown.scan[:, 1]))
        return DensityFigure(
            low,
            0.0,
            curves=(curve,),
            top=-math.log10(LEAST_DISTANCE) * 1.02,
            marks=marks,
            ticks=ticks,
            labels=tuple(_ten(k) for k in ticks),
            rows=rows,
            axis="β",
        )


def round_ticks(low: float, high: float) -> tuple[float, ...]:
    """Three to six round numbers between two."""
    rough = (high - low) / 5
    power_of = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power_of for m in (1, 2, 5, 10) if m * power_of >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(k * step for k in range(first, last + 1))


def _ten(power_of: int) -> str:
    return f"{10.0**power_of:g}" if power_of >= -3 else f"1e−{-power_of}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.001 else f"{power(share)}"
