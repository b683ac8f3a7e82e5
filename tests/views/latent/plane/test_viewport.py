"""Pan, zoom, fit and ticks, without a window."""

from __future__ import annotations

import pytest

from explorer.views.latent.plane.viewport import MAX_SCALE, MIN_SCALE, Viewport, tick_step, tick_text, ticks

VIEW = Viewport(800, 500, x=1.0, y=-2.0, scale=50.0)


def test_screen_and_plane_are_inverse_and_y_points_up() -> None:
    assert VIEW.to_screen(1.0, -2.0) == (400, 250)
    assert VIEW.to_screen(2.0, -1.0) == (450, 200)
    assert VIEW.to_plane(*VIEW.to_screen(0.3, 0.7)) == pytest.approx((0.3, 0.7))
    assert VIEW.extent == (-7.0, 9.0, -7.0, 3.0)


def test_panning_moves_a_code_with_the_pointer() -> None:
    before = VIEW.to_screen(0.0, 0.0)
    after = VIEW.panned(30, -12).to_screen(0.0, 0.0)
    assert after == pytest.approx((before[0] + 30, before[1] - 12))


def test_zooming_keeps_the_code_under_the_pointer_and_has_limits() -> None:
    zoomed = VIEW.zoomed(3.0, 100, 70)
    assert zoomed.scale == 150
    assert zoomed.to_plane(100, 70) == pytest.approx(VIEW.to_plane(100, 70))
    assert VIEW.zoomed(1e30, 0, 0).scale == MAX_SCALE
    assert VIEW.zoomed(1e-30, 0, 0).scale == MIN_SCALE


def test_fitting_shows_the_whole_rectangle_as_large_as_it_goes() -> None:
    fitted = VIEW.fitted((-1.0, 3.0, 0.0, 10.0), padding=10)
    assert fitted.scale == pytest.approx(48.0)
    assert (fitted.x, fitted.y) == (1.0, 5.0)


@pytest.mark.parametrize(("scale", "step"), [(80.0, 2.0), (90.0, 1.0), (1000.0, 0.1), (5.0, 20.0), (440.0, 0.2)])
def test_ticks_are_round_and_far_enough_apart(scale: float, step: float) -> None:
    assert tick_step(scale) == pytest.approx(step)


def test_tick_numbers_have_the_digits_of_their_step() -> None:
    assert [tick_text(v, 0.5) for v in ticks(-1.2, 1.0, 0.5)] == ["−1.0", "−0.5", "0", "0.5", "1.0"]
    assert tick_text(-20.0, 10.0) == "−20"
    assert tick_text(0.3, 0.1) == "0.3"
