"""The figure of each plot against t."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from explorer.engine.chain.curve_messages import CurvesShown, LaneCurves
from explorer.engine.chain.messages import LaneKey, LanePlanned
from explorer.state.session import PlotName
from explorer.views.shared.labels import Called, lane_colours, lane_markers, number_or_shipped, short_titles, term_colours
from explorer.widgets.controls.segments import Segment
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Tokens
from explorer.widgets.plots.figure import Axes, Figure, Series, Stroke
from explorer.widgets.plots.markers import Marker

PLOTS: tuple[Segment, ...] = (
    Segment("levels", tr("levels"), tr("ᾱ and σ of each step: how much of x_t is image, and how much fresh noise a step adds")),
    Segment("coefficients", tr("coefficients"), tr("a₀, aₜ and σ of each step, on a logarithmic scale")),
    Segment("norms", tr("norms"), tr("Length ‖·‖ of x_t, x̂₀ and ε̂, per image")),
)
DISTANCE_PLOTS: tuple[Segment, ...] = (
    Segment("distance x_t", tr("distance xₜ"), tr("How far each lane's x_t is from that of the reference lane, per image")),
    Segment("distance x0_hat", tr("distance x̂₀"), tr("How far each lane's x̂₀ is from that of the reference lane, per image")),
)
IDEAL_PLOTS: tuple[Segment, ...] = (
    Segment("ideal", tr("to ideal"), tr("‖x̂₀ − E[x₀ | x_t]‖: how far each network's x̂₀ is from the best that there is for the same x_t")),
)
SSIM_PLOTS: tuple[Segment, ...] = (
    Segment("ssim x_t", tr("SSIM xₜ"), tr("How like each lane's x_t is to that of the reference lane; 1 is the same")),
    Segment("ssim x0_hat", tr("SSIM x̂₀"), tr("How like each lane's x̂₀ is to that of the reference lane; 1 is the same")),
)
NORMS: tuple[tuple[str, str, Stroke], ...] = (("x0_hat", "‖x̂₀‖", "solid"), ("x_t", "‖xₜ‖", "dash"), ("eps_hat", "‖ε̂‖", "dot"))


ROUNDING = 0.01
"""Distances below this are those of one predictor computed in two ways."""


UNKNOWN = 28.0
"""Length of noise of a digit's size, where it is not known yet of what size images are."""

FEW_LANES = 3
"""Above it the curve of the lane that is looked at is drawn wider."""


class FigureMaker:
    """Makes figures whose axes do not jump: the upper end only grows, in round numbers, for one set of lanes; `called` names classes."""

    def __init__(self, called: Called = number_or_shipped) -> None:
        self._called = called
        self._high: dict[str, float] = {}
        self._low: dict[str, float] = {}
        self._lanes: tuple[LaneKey, ...] = ()
        self._typical = UNKNOWN

    def make(
        self, plot: PlotName, T: int, keys: Sequence[LaneKey], lane: int, plan: LanePlanned | None, curves: CurvesShown | None,
        log: bool, tokens: Tokens,
    ) -> Figure:  # fmt: skip
        """Figure of a plot.

        Parameters
        ----------
        T : int
            Left end of the t axis.
        keys : sequence of LaneKey
            Lanes in their order; `lane` is the index of the one looked at.
        plan : LanePlanned or None
            Of that lane.
        curves : CurvesShown or None
            What the engine said last.
        log : bool
            Norms and distances on a logarithmic scale.
        """
        if tuple(keys) != self._lanes:
            self._lanes = tuple(keys)
            self._high.clear()
            self._low.clear()
        if plot == "levels":
            return levels(T, plan, tokens)
        if plot == "coefficients":
            return coefficients(T, plan, tokens)
        found = {} if curves is None else {c.key: c for c in curves.lanes}
        series = norms(keys, found, tokens, self._called) if plot == "norms" else distances(plot, keys, found, self._called)
        if len(keys) > FEW_LANES and plot != "norms" and lane < len(keys):
            name = short_titles([key.lane for key in keys], self._called)[lane]
            series = tuple(replace(s, strong=s.name == name) for s in series)
        if plot.startswith("ssim"):
            return Figure(Axes(T, self._lower(plot, series), 1.0), series)
        typical = math.sqrt(math.prod(plan.image_shape)) if plan is not None else UNKNOWN
        if typical != self._typical and self._typical == UNKNOWN:  # axes for digits are far too long for codes of two numbers
            self._high.clear()
        self._typical = typical
        legend = stroke_legend(series, tokens) if plot == "norms" and len(keys) > 1 else ()
        high = self._upper(plot, series, 1.25 * typical if plot == "norms" else 1.0)
        if not log:
            return Figure(Axes(T, 0.0, high), series, legend)
        if 0 < (largest := _largest(series)) < ROUNDING:
            return Figure(rounding_axes(T, largest), series, legend)
        low = 10.0 ** math.floor(math.log10(typical / (3 if plot == "norms" else 100)))
        return Figure(Axes(T, low, max(high, 10 * low), log=True), series, legend)

    def _lower(self, plot: str, series: tuple[Series, ...]) -> float:
        """0, or a negative end once a similarity is negative; it only falls."""
        seen = min((float(np.nanmin(s.values)) for s in series if len(s.values) and np.isfinite(s.values).any()), default=0.0)
        low = 0.0 if seen >= 0 else -0.25 if seen >= -0.25 else -1.0
        self._low[plot] = min(self._low.get(plot, 0.0), low)
        return self._low[plot]

    def _upper(self, plot: str, series: tuple[Series, ...], least: float) -> float:
        seen = max((float(np.nanmax(s.values)) for s in series if len(s.values) and np.isfinite(s.values).any()), default=0.0)
        self._high[plot] = max(self._high.get(plot, 0.0), round_up(max(seen * 1.02, least)))
        return self._high[plot]


def _largest(series: Sequence[Series]) -> float:
    return max((float(np.nanmax(s.values)) for s in series if len(s.values) and np.isfinite(s.values).any()), default=0.0)


def rounding_axes(T: int, largest: float) -> Axes:
    """Logarithmic axes for curves that differ by rounding alone, which would lie below all others."""
    top = 10.0 ** math.ceil(math.log10(largest))
    return Axes(T, top / 1000, top, log=True)


def round_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next((m * power for m in (1, 1.5, 2, 3, 4, 5, 6, 8) if m * power >= value * (1 - 1e-9)), 10 * power)


def levels(T: int, plan: LanePlanned | None, tokens: Tokens) -> Figure:
    """alpha_bar and sigma."""
    if plan is None:
        return Figure(Axes(T, 0, 1))
    colours = term_colours(tokens)
    return Figure(
        Axes(T, 0, 1),
        (
            Series("ᾱ", plan.timesteps, plan.alpha_bar, colours["x0_hat"]),
            Series("σ", plan.timesteps[:-1], plan.sigma, colours["z"]),
        ),
    )


def coefficients(T: int, plan: LanePlanned | None, tokens: Tokens) -> Figure:
    """a0, at and sigma, on a logarithmic scale."""
    if plan is None:
        return Figure(Axes(T, 1e-4, 1, log=True))
    colours, t = term_colours(tokens), plan.timesteps[:-1]
    series = (
        Series("a₀", t, plan.a0, colours["x0_hat"]),
        Series("aₜ", t, plan.at, colours["x_t"]),
        Series("σ", t, plan.sigma, colours["z"]),
    )
    positive = np.concatenate([s.values[s.values > 0] for s in series])
    low = 10.0 ** math.floor(math.log10(max(float(positive.min()), 1e-6)))
    return Figure(Axes(T, low, max(1.0, round_up(float(positive.max()))), log=True), series)


def norms(
    keys: Sequence[LaneKey], found: dict[LaneKey, LaneCurves], tokens: Tokens, called: Called = number_or_shipped
) -> tuple[Series, ...]:
    """Lengths of x_t, x0_hat and eps_hat; with several lanes, in their colours."""
    colours, terms = lane_colours([key.lane for key in keys]), term_colours(tokens)
    titles, markers = short_titles([key.lane for key in keys], called), lane_markers([key.lane for key in keys])
    series = []
    for key, colour, title, marker in zip(keys, colours, titles, markers, strict=True):
        for name, label, stroke in NORMS:
            if key in found and name in found[key].curves:
                if len(keys) == 1:
                    series.append(_series(label, found[key], name, terms[name], "solid"))
                else:
                    series.append(_series(title, found[key], name, colour, stroke, marker))
    return tuple(series)


def stroke_legend(series: tuple[Series, ...], tokens: Tokens) -> tuple[Series, ...]:
    """Lanes by their solid curves, then what each stroke is."""
    nothing = np.zeros(0)
    strokes = tuple(Series(label, nothing, nothing, tokens.muted, stroke) for _, label, stroke in NORMS)
    return (*(s for s in series if s.stroke == "solid"), *strokes)


def distances(
    plot: str, keys: Sequence[LaneKey], found: dict[LaneKey, LaneCurves], called: Called = number_or_shipped
) -> tuple[Series, ...]:
    """Distance of each lane to the reference lane, or its similarity with it."""
    lanes = [key.lane for key in keys]
    return tuple(
        _series(title, found[key], plot, colour, "solid", marker)
        for key, colour, title, marker in zip(keys, lane_colours(lanes), short_titles(lanes, called), lane_markers(lanes), strict=True)
        if key in found and plot in found[key].curves
    )


def _series(label: str, lane: LaneCurves, name: str, colour: str, stroke: Stroke, marker: Marker = "") -> Series:
    values = lane.curves[name]
    known = np.isfinite(values)
    return Series(label, lane.timesteps[known], values[known], colour, stroke, marker=marker)
