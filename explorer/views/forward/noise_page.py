"""The image noised: x_t at once and step by step, its parts, and their weights against t."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.forward.messages import NoisedFilmShown, NoisedShown, ScheduleShown
from explorer.views.chain.figures import round_up
from explorer.views.forward.plots.picture_table import Column, PictureTable, Row
from explorer.views.forward.words import equation_of, power
from explorer.views.shared.labels import term_colours
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import words
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.equation_strip import EquationStrip
from explorer.widgets.pictures.film_strip import FilmStrip
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.figure import Axes, Figure, Series
from explorer.widgets.plots.legend import Legend

GAP = 8


class LevelsCard(Card):
    """Curves against t under a title and a legend."""

    def __init__(self, theme: Theme, title: str, plot: CurvePlot, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent=parent)
        self.plot, self.legend = plot, Legend(theme)
        if type(plot) is CurvePlot:  # what is made of it has a name of its own
            plot.setAccessibleName(tr("{title} against t", title=title))
        heading = QLabel(title)
        mark(heading, "muted")
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addWidget(self.legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 4)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(plot, 1)

    def show_figure(self, figure: Figure, t: int) -> None:
        """Show curves and their values at t."""
        self.plot.set_figure(figure)
        self.set_cursor(t)

    def set_cursor(self, t: int) -> None:
        """Move the cursor."""
        self.plot.set_cursor(t)
        self.legend.set_series(self.plot.figure.named, t)


class NoisePage(QWidget):
    """Pictures to the left, equation over curves to the right, the film strip below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.pictures = PictureTable(
            theme,
            [Row("x_t", (), "")],
            [
                Column("once", (words(tr("at once")),), tr("Property 1"), ""),
                Column("walk", (words(tr("step by step")),), tr("t steps"), ""),
            ],
            names=0,
        )
        self.pictures.setAccessibleName(tr("x_t at once and step by step"))
        self.pictures.setToolTip(
            tr("The same x_t both ways: drawn at once from x₀ by Property 1, and reached by t steps with the same noise")
        )
        self.apart = QLabel()
        self.apart.setWordWrap(True)
        mark(self.apart, "muted")
        self.equation = EquationStrip(theme, "stack")
        self.levels = LevelsCard(theme, tr("Weights of image and noise in xₜ"), CurvePlot(theme))
        self.weights = LevelsCard(theme, tr("Weight of each step's noise in ε"), CurvePlot(theme))
        self.film = FilmStrip(theme)
        self._equation_card, left, self.film_card = Card(theme), Card(theme), Card(theme)
        _fill(self._equation_card, self.equation)
        _fill(self.film_card, self.film)
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.pictures, 1)
        column.addWidget(self.apart)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GAP)
        for row, pair in enumerate(((left, self.weights), (self._equation_card, self.levels))):
            side = QVBoxLayout()
            side.setSpacing(GAP)
            side.addWidget(pair[0], 3 if row == 0 else 0)
            side.addWidget(pair[1], 2 if row == 0 else 1)
            grid.addLayout(side, 0, row)
        grid.addWidget(self.film_card, 1, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger pictures in a larger window."""
        self.film.set_side(84 if self.height() >= 700 else 56)
        right = (self.width() - GAP) / 2 - 8
        below = 0 if self.film_card.isHidden() else self.film.height()
        self.equation.set_side(self.equation.side_for(right, self.height() - below - 200))

    def show_noised(self, noised: NoisedShown) -> None:
        """x_t, both ways."""
        self.pictures.show_pictures({("x_t", "once"): noised.tiles["x_t"], ("x_t", "walk"): noised.tiles["walked"]}, {})
        self.apart.setText(
            tr(
                "Largest difference of a pixel: {apart} (rounding of float64). "
                "The steps' noises, each with its weight wₛ, add up to the ε of Property 1.",
                apart=power(noised.apart) if noised.apart else "0",
            )
        )
        self.equation.set_equation(equation_of(noised, self._theme.tokens))
        self.equation.set_pictures(noised.tiles)
        self.film.set_cursor(noised.t)
        steps, weights = np.arange(1, noised.t + 1), noised.weights
        top = round_up(float(weights.max())) if len(weights) else 1.0
        series = (Series("wₛ", steps, weights, term_colours(self._theme.tokens)["z"]),)
        self.weights.show_figure(Figure(Axes(noised.T, 0, top), series), noised.t)

    def show_film(self, film: NoisedFilmShown) -> None:
        """The strip."""
        self.film.set_film(film.timesteps, film.tiles)

    def show_schedule(self, schedule: ScheduleShown, t: int) -> None:
        """Weights against t."""
        times, colours = np.arange(len(schedule.alpha_bar)), term_colours(self._theme.tokens)
        series = (
            Series(tr("√ᾱₜ image"), times, np.sqrt(schedule.alpha_bar), colours["x0_hat"]),
            Series(tr("√(1−ᾱₜ) noise"), times, np.sqrt(1 - schedule.alpha_bar), colours["z"]),
        )
        self.film.set_states(len(schedule.alpha_bar))
        self.levels.show_figure(Figure(Axes(len(times) - 1, 0, 1), series), t)

    def set_cursor(self, t: int) -> None:
        """The cursor moved."""
        self.levels.set_cursor(t)
        self.film.set_cursor(t)


def _fill(card: Card, widget: QWidget) -> None:
    column = QVBoxLayout(card)
    column.setContentsMargins(4, 0, 4, 0)
    column.addWidget(widget)
