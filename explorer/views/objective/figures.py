"""From what was measured to what is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from explorer.engine.objective.messages import BoundShown, Estimate, LaneBound
from explorer.state.objective import ObjectiveState
from explorer.views.shared.labels import lane_colours, lane_titles
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.plots.bar_chart import BarFigure, Bars, significant

UNITS = {
    "terms": tr("Lₜ₋₁ of one timestep, nats  (t = 1: L₀)"),
    "running": tr("L summed from T down to t, nats"),
    "error": tr("(x̂₀ − x₀)², mean over pixels"),
    "excess": tr("(x̂₀ − x₀)² minus the ideal denoiser's, mean over pixels"),
}

EXACT = 1e-9
"""An error that is a smaller share of its value is none."""


def figure_of(shown: BoundShown | None, state: ObjectiveState) -> BarFigure:
    """Bars of the chosen curve for every lane; without any before there is something to show."""
    lanes = shown.lanes if shown is not None else ()
    recipes = [bound.lane for bound in lanes]
    titles, colours = titles_with_T(lanes), lane_colours(recipes)
    bars = tuple(
        Bars(title, colour, bound.starts, bound.sizes, *values_of(bound, state.curve))
        for bound, title, colour in zip(lanes, titles, colours, strict=True)
    )
    return BarFigure(largest_T(lanes), bars, state.log, state.log_t, state.curve == "excess", state.panels, UNITS[state.curve])


def largest_T(lanes: Sequence[LaneBound]) -> int:
    """T of the lane that has most timesteps, 1000 if there is none."""
    return max((bound.T for bound in lanes), default=1000)


def titles_with_T(lanes: Sequence[LaneBound]) -> tuple[str, ...]:
    """Titles of the lanes; with T where it is not the same in all: a timestep then means another noise in each."""
    titles = lane_titles([bound.lane for bound in lanes])
    if len({bound.T for bound in lanes}) < 2:
        return titles
    return tuple(
        title if f"T = {bound.T}" in title else f"{title}, T = {bound.T}" for title, bound in zip(titles, lanes, strict=True)
    )  # fmt: skip


def values_of(bound: LaneBound, curve: str) -> tuple[np.ndarray, np.ndarray]:
    """Values and errors of a curve, each of shape (S,)."""
    unknown = np.full(len(bound.starts), np.nan)
    if curve == "terms":
        return bound.terms, bound.terms_error
    if curve == "running":
        return running(bound), unknown
    if curve == "error":
        return bound.x0_error, unknown
    if bound.excess is None or bound.excess_error is None:
        return unknown, unknown
    return bound.excess, bound.excess_error


def running(bound: LaneBound) -> np.ndarray:
    """L_T and all terms from T down to each stratum; NaN from the first one that is not known."""
    if not math.isfinite(bound.prior.value):
        return np.full(len(bound.starts), np.nan)
    return bound.prior.value + np.cumsum((bound.terms * bound.sizes)[::-1])[::-1]


def with_error(estimate: Estimate, factor: float = 1.0, digits: int = 0) -> str:
    """An estimate and its standard error; a dash before there is one. Below 1 with as many digits as the error leaves."""
    value, error = estimate.value * factor, estimate.error * factor
    if not math.isfinite(value):
        return "–"
    if error < EXACT * abs(value):
        error = math.nan  # L_T of a single image is closed form: its error is rounding
    if 0 < abs(value) < 1 and digits == 0 and (math.isfinite(error) or abs(value) < 1e-2):
        known = math.floor(math.log10(abs(value))) - math.floor(math.log10(error)) + 1 if math.isfinite(error) else 2
        said, beside = significant(value, min(4, max(2, known))), significant(error, 1)
    else:
        places = 0 if abs(value) >= 1000 else digits if digits else 1 if abs(value) >= 1 else 3
        said, beside = (grouped(number, places) for number in (value, error))
    return said if not math.isfinite(error) else f"{said} ± {beside}"
