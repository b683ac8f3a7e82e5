"""The text of a chain's page: its pictures, what is said of them, and what its script reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from explorer.exports.colours import OPTION_COLOURS, SIGNED_STOPS
from explorer.exports.page.cards import LETTERS, card_of, legend_of, towards
from explorer.exports.page.drawn import Curve, Drawn, curves, difference, of_lane
from explorer.exports.page.kept import KeptLane, longest
from explorer.exports.page.plots import plot_of
from explorer.exports.page.whole import Content, footer_of, header_of, whole_page
from explorer.recipe import Lane, Recipe, Shown
from explorer.recipe.quantities import QUANTITIES

STYLES = ("", "6 4", "2 4")
"""Dashes of the lines of lanes of one option: the first, the second and so on."""


def page_of(lanes: Sequence[KeptLane], recipe: Recipe, stride: int) -> str:
    """The page of filled lanes.

    Parameters
    ----------
    lanes : sequence of KeptLane
    recipe : Recipe
        Of a chain of as many lanes; its `shown` names them, and says where the page begins.
    stride : int
        One in so many pixels is drawn.
    """
    chain, shown = recipe.chain, recipe.shown or Shown()
    assert chain is not None
    names = shown.names if len(shown.names) == len(lanes) else tuple(f"lane {i}" for i in range(len(lanes)))
    reference = min(shown.reference, len(lanes) - 1)
    minus = QUANTITIES["difference"].caption.format(of=shown.of, reference=names[reference])
    drawn = [of_lane(lane) for lane in lanes]
    for i, lane in enumerate(lanes):
        if i != reference and (apart := difference(lane, lanes[reference], shown.of, minus)) is not None:
            drawn[i].append(apart)
    lines = curves(lanes, reference)
    first = longest(lanes)
    times = [first.timesteps[at] for at in first.at]
    begins = shown.quantity if any(one.quantity == shown.quantity for each in drawn for one in each) else "x_t"
    place = min(range(len(times)), key=lambda i: abs(times[i] - shown.t))
    title = f"Reverse chain: {names[0]}" if len(lanes) == 1 else f"{len(lanes)} reverse chains from the same noise"
    cards = "".join(card_of(i, names[i], chain.lanes[i], drawn[i], begins) for i in range(len(lanes)))
    alone = ' class="single"' if len(lanes) == 1 else ""
    body = (
        f"{_maps()}{header_of(title, _summary(lanes, chain.samples, chain.seed, stride))}"
        f"{_controls(drawn, begins, len(times), place, times)}"
        f'<main{alone}><section class="lanes" aria-label="Lanes">{cards}</section>'
        f"{legend_of(drawn)}{_plots(lines, names, chain.lanes)}</main>{_footer(len(lanes) > 1)}"
    )
    told = [_told(lane, own) | {"apart": _apart(i, reference, names)} for i, (lane, own) in enumerate(zip(lanes, chain.lanes, strict=True))]
    values = [[_numbers(line) for line in curve.lines] for curve in lines]
    data = {"t": times, "begin": place, "quantity": begins, "lanes": told, "curves": values}
    return whole_page(Content(title, body, "chain", data), recipe)


def _maps() -> str:
    """The maps of signed quantities, as filters from grey to colours: they follow the theme, and the pictures are there once."""

    def table(stops: Sequence[Sequence[int]], channel: int) -> str:
        return " ".join(f"{stop[channel] / 255:.5g}" for stop in stops)

    filters = "".join(
        f'<filter id="signed-{theme}" color-interpolation-filters="sRGB"><feComponentTransfer>'
        + "".join(f'<feFunc{name} type="table" tableValues="{table(stops, c)}"/>' for c, name in enumerate("RGB"))
        + "</feComponentTransfer></filter>"
        for theme, stops in SIGNED_STOPS.items()
    )
    return f'<svg width="0" height="0" aria-hidden="true" class="maps">{filters}</svg>'


def _numbers(values: np.ndarray) -> list[float | None]:
    return [float(f"{value:.4g}") if math.isfinite(value) else None for value in values]


def _told(lane: KeptLane, own: Lane) -> dict[str, object]:
    """Of the states of a lane: which is seen where the slider is, and the numbers of the step from each."""
    plan = lane.plan
    steps = [
        [*_numbers(np.array([plan[name][k] for name in ("alpha_bar", "a0", "at", "sigma")])), int(plan["timesteps"][k + 1])]
        if k < lane.K
        else None
        for k in lane.states
    ]
    return {"at": lane.at.tolist(), "t": lane.timesteps, "steps": steps, "beside": lane.beside.tolist(), "clean": towards(own)}


def _apart(index: int, reference: int, names: Sequence[str]) -> str:
    """Why a lane has no difference, where it has none."""
    if index == reference:
        return "The lane that the others are compared with."
    return f"Its images are of another size than those of {names[reference]}."


def _summary(lanes: Sequence[KeptLane], samples: int, seed: int, stride: int) -> str:
    first = longest(lanes)
    few = len(first.arrays["x"].samples)
    told = [
        f"{few} of {samples} samples" if few < samples else f"{samples} sample{'s' * (samples > 1)}",
        f"{len(first.states)} of {first.K + 1} states" if len(first.states) < first.K + 1 else f"all {first.K + 1} states",
        f"seed {seed}",
    ]
    if stride > 1:
        told.append(f"one in {stride} pixels each way")
    return " · ".join(told)


def _controls(drawn: Sequence[Sequence[Drawn]], begins: str, count: int, place: int, times: Sequence[int]) -> str:
    there = [name for name in LETTERS if any(one.quantity == name for each in drawn for one in each)]
    buttons = "".join(
        f'<button type="button" data-quantity="{name}" aria-pressed="{str(name == begins).lower()}" title="'
        f'{escape(QUANTITIES[name].tip, quote=True)} ({QUANTITIES[name].key})" data-key="{QUANTITIES[name].key}">{LETTERS[name]}</button>'
        for name in there
    )
    return (
        f'<nav aria-label="What is shown"><div class="joined" role="group" aria-label="Quantity">{buttons}</div>'
        '<button type="button" id="play" aria-pressed="false" title="From x_T to x_0 (Space)">▶ Play</button>'
        f'<div class="slider"><span class="end">x<sub>T</sub></span>'
        f'<input id="t" type="range" min="0" max="{count - 1}" value="{place}" step="1" '
        f'aria-label="Timestep, from x_T to x_0" aria-valuetext="t = {times[place]}"><span class="end">x<sub>0</sub></span>'
        f'<output for="t">t = {times[place]}</output></div></nav>'
        "<noscript><p>This browser runs no scripts: the page shows where it begins, and its slider does nothing.</p></noscript>"
    )


def _plots(lines: Sequence[Curve], names: Sequence[str], lanes: Sequence[Lane]) -> str:
    seen: dict[str, int] = {}
    looks = []
    for lane in lanes:
        option = lane.option or "exact"
        looks.append((OPTION_COLOURS[option], STYLES[seen.get(option, 0) % len(STYLES)]))
        seen[option] = seen.get(option, 0) + 1
    plots = "".join(plot_of(i, curve, names, looks) for i, curve in enumerate(lines))
    return f'<section class="plots" aria-label="Curves">{plots}</section>'


def _footer(several: bool) -> str:
    return footer_of(
        (
            ("← →", "one state back or on"), ("Home End", "x_T, x₀"), ("Space", "play"),
            ("1 2 3 6", "xₜ, x̂₀, ε̂, difference") if several else ("1 2 3", "xₜ, x̂₀, ε̂"),
        )
    )  # fmt: skip
