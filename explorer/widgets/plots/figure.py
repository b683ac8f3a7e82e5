"""What a plot of curves shows: series, axes, and the strokes that they are drawn with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PySide6.QtCore import Qt

from explorer.widgets.plots.markers import Marker

Stroke = Literal["solid", "dash", "dot"]
PENS = {"solid": Qt.PenStyle.SolidLine, "dash": Qt.PenStyle.DashLine, "dot": Qt.PenStyle.DotLine}


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One curve.

    Attributes
    ----------
    name : str
    timesteps, values : ndarray, shape (M,)
        NaN leaves a gap.
    colour : str
        #rrggbb.
    stroke : Stroke
    strong : bool
        Drawn wider, over the others.
    marker : Marker
        On the line now and then, which tells curves of like colours apart.
    """

    name: str
    timesteps: np.ndarray
    values: np.ndarray
    colour: str
    stroke: Stroke = "solid"
    strong: bool = False
    marker: Marker = ""

    def at(self, t: int) -> float:
        """Value at the timestep nearest to t; NaN without one."""
        if not len(self.timesteps):
            return float("nan")
        return float(self.values[int(np.abs(self.timesteps - t).argmin())])

    def nearest(self, t: int) -> int:
        """The timestep nearest to t; t itself without one."""
        return int(self.timesteps[int(np.abs(self.timesteps - t).argmin())]) if len(self.timesteps) else t


@dataclass(frozen=True, slots=True)
class Axes:
    """Ranges that do not move with the data.

    Attributes
    ----------
    T : int
        The t axis goes from T to 0.
    low, high : float
        Of the other axis, in its own units.
    log : bool
        Base-10 logarithm of the values.
    """

    T: int = 1000
    low: float = 0.0
    high: float = 1.0
    log: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """What a plot shows.

    Attributes
    ----------
    axes : Axes
    series : tuple of Series
    legend : tuple of Series
        What the legend names, where that is not every series; one without timesteps only explains a stroke.
    unit : str
        What is drawn upwards, where the names do not say it.
    """

    axes: Axes = field(default_factory=Axes)
    series: tuple[Series, ...] = ()
    legend: tuple[Series, ...] = ()
    unit: str = ""

    def full_name(self, series: Series) -> str:
        """Name of a curve with what its stroke or the axis means."""
        strokes = {each.stroke: each.name for each in self.legend if not len(each.timesteps)}
        of = strokes.get(series.stroke, self.unit)
        return f"{series.name}: {of}" if of and of != series.name else series.name

    @property
    def named(self) -> tuple[Series, ...]:
        """What the legend names."""
        return self.legend or self.series
