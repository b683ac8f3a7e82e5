"""The curves of each plot, and axes that do not jump."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
from PySide6.QtGui import QColor

from explorer.engine.chain.curve_messages import CurvesShown, LaneCurves
from explorer.engine.chain.messages import LaneKey, LanePlanned
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe import Lane, Sampler, ScheduleChoice
from explorer.views.chain.figures import FigureMaker, round_up
from explorer.views.shared.labels import lane_colours, lane_subtitle, lane_titles, short_titles
from explorer.widgets.look.theme import DARK

B, C = (Lane(option.lower() * 64, f"{option}.safetensors", option) for option in "BC")  # type: ignore[arg-type]
KEYS = (LaneKey(B, 0, 4), LaneKey(C, 0, 4))
T = np.array([100, 50, 0])
LEVELS = np.linspace(10, -10, 101)
PLAN = LanePlanned(KEYS[0], T, np.array([0.01, 0.5, 1]), np.array([0.002, 1]), np.array([0.9, 0]), np.array([0.4, 0]), (1, 28, 28), LEVELS)


def curves(largest: float) -> CurvesShown:
    def lane(key: LaneKey, scale: float) -> LaneCurves:
        values = np.array([scale, scale / 2, np.nan])
        return LaneCurves(key, T, dict.fromkeys(("x_t", "x0_hat", "eps_hat", "distance x0_hat"), values))

    return CurvesShown(0, KEYS[1], (lane(KEYS[0], largest), lane(KEYS[1], 1.0)))


def test_the_upper_end_only_grows_until_the_lanes_are_others() -> None:
    maker = FigureMaker()
    highs = [maker.make("norms", 100, KEYS, 0, PLAN, curves(v), False, DARK).axes.high for v in (20, 70, 20)]
    assert highs == [40, 80, 80]
    assert maker.make("norms", 100, KEYS[:1], 0, PLAN, curves(20), False, DARK).axes.high == 40


def test_norms_of_codes_have_axes_of_their_size_whatever_was_drawn_before_it_was_known() -> None:
    plan = dataclasses.replace(PLAN, image_shape=(2, 1, 1))
    for before in (None, PLAN):
        maker = FigureMaker()
        maker.make("norms", 100, KEYS[:1], 0, before, None, False, DARK)
        assert maker.make("norms", 100, KEYS[:1], 0, plan, curves(2.7), False, DARK).axes.high == 3
        axes = maker.make("norms", 100, KEYS[:1], 0, plan, curves(2.7), True, DARK).axes
        assert (axes.low, axes.high) == (0.1, 3)


def test_lanes_have_their_colours_and_unknown_values_are_left_out() -> None:
    figure = FigureMaker().make("distance x0_hat", 100, KEYS, 0, PLAN, curves(8), True, DARK)
    assert [(s.name, s.colour.upper()) for s in figure.series] == [("B", OPTION_COLOURS["B"]), ("C", OPTION_COLOURS["C"])]
    assert figure.series[0].timesteps.tolist() == [100, 50]
    assert figure.axes.log


def test_curves_that_differ_by_rounding_are_seen_on_a_logarithmic_scale() -> None:
    shown = CurvesShown(0, KEYS[1], tuple(LaneCurves(key, T, {"distance x_t": np.array([3e-5, 1e-6, 0.0])}) for key in KEYS))
    axes = FigureMaker().make("distance x_t", 100, KEYS, 0, PLAN, shown, True, DARK).axes
    assert (axes.low, axes.high) == pytest.approx((1e-7, 1e-4))


def test_coefficients_are_those_of_the_plan_on_a_logarithmic_scale() -> None:
    figure = FigureMaker().make("coefficients", 100, KEYS, 0, PLAN, None, False, DARK)
    assert [s.values.tolist() for s in figure.series] == [[0.002, 1], [0.9, 0], [0.4, 0]]
    assert (figure.axes.log, figure.axes.low, figure.axes.high) == (True, 0.001, 1.0)
    levels = FigureMaker().make("levels", 100, KEYS, 0, PLAN, None, False, DARK)
    assert levels.series[0].values.tolist() == [0.01, 0.5, 1]


@pytest.mark.parametrize("plot", ["levels", "coefficients", "norms", "distance x_t"])
def test_before_anything_is_known_there_is_an_empty_figure(plot: str) -> None:
    assert FigureMaker().make(plot, 100, KEYS, 0, None, None, False, DARK).series == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "rounded"), [(0.9, 1), (1.0, 1), (1.2, 1.5), (35, 40), (940, 1000), (0, 1), (float("inf"), 1)])
def test_round_numbers(value: float, rounded: float) -> None:
    assert round_up(value) == pytest.approx(rounded)


def test_lanes_of_one_option_are_told_apart() -> None:
    lanes = (B, C, B)
    assert lane_titles(lanes) == ("Option B (1)", "Option C", "Option B (2)")
    assert len(set(lane_colours(lanes))) == 3
    other = Lane("d" * 64, "/tmp/mine.safetensors", "B")
    assert lane_titles((B, other)) == ("Option B · B", "Option B · mine")
    assert lane_subtitle(other, (B, other)) == "predicts image"


def test_the_title_has_what_differs_and_the_subtitle_the_rest() -> None:
    lanes = tuple(msgspec.structs.replace(C, sampler=Sampler(steps, 0.0)) for steps in (10, 25, None))
    assert lane_titles(lanes) == ("Option C · 10 steps", "Option C · 25 steps", "Option C · all steps")
    assert short_titles(lanes) == ("10 steps", "25 steps", "all steps")
    assert lane_subtitle(lanes[0], lanes) == "predicts noise · η 0"
    cosine = msgspec.structs.replace(C, schedule=ScheduleChoice("cosine", 400))
    assert lane_titles((B, C, cosine)) == ("Option B", "Option C · own schedule", "Option C · cosine, T = 400")
    few = msgspec.structs.replace(C, sampler=Sampler(5))
    assert lane_titles((few, C, cosine)) == ("Option C · 5 steps", "Option C · all steps", "Option C · cosine, T = 400, all steps")
    seeds = tuple(msgspec.structs.replace(C, seed=seed) for seed in range(3))
    assert short_titles(seeds) == ("seed 0", "seed 1", "seed 2")
    assert short_titles((C,)) == ("C",)


def test_many_lanes_of_one_option_go_from_light_to_dark() -> None:
    lanes = tuple(msgspec.structs.replace(C, seed=seed) for seed in range(12))
    lightness = [QColor(colour).lightnessF() for colour in lane_colours(lanes)]
    assert len(set(lane_colours(lanes))) == 12
    assert lightness == sorted(lightness, reverse=True)


def test_similarities_are_between_0_and_1_until_one_is_negative() -> None:
    maker = FigureMaker()
    for values, low in (([0.2, 0.9], 0.0), ([-0.1, 1.0], -0.25), ([0.5, 1.0], -0.25), ([-0.6, 1.0], -1.0)):
        lane = LaneCurves(KEYS[0], T, {"ssim x_t": np.array([*values, np.nan])})
        axes = maker.make("ssim x_t", 100, KEYS, 0, PLAN, CurvesShown(0, KEYS[1], (lane,)), False, DARK).axes
        assert (axes.low, axes.high, axes.log) == (low, 1.0, False)
