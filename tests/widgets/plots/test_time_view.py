"""The stretch of t that a plot shows."""

from __future__ import annotations

from explorer.widgets.plots.time_view import LEAST, whole


def test_zooming_keeps_the_timestep_under_the_pointer_where_it_is() -> None:
    view = whole(1000).zoomed(800, 0.5)
    assert view.first - view.last == 500
    assert (800 - view.last) / 500 == 0.8, "as far along as before"
    assert not view.is_whole
    assert view.zoomed(800, 2).is_whole


def test_it_stays_within_the_axis_and_shows_a_few_steps_at_least() -> None:
    near = whole(1000).zoomed(0, 1e-6)
    assert (near.last, near.first) == (0, LEAST)
    assert near.moved(-5) == near
    assert near.moved(2000).first == 1000
    tiny = whole(4).zoomed(2, 0.01)
    assert tiny.is_whole, "a chain of four steps has nothing to zoom into"


def test_marks_are_quarters_of_the_whole_and_round_numbers_of_a_part() -> None:
    assert whole(1000).ticks() == [1000, 750, 500, 250, 0]
    assert whole(1000).zoomed(500, 0.1).ticks() == [540, 520, 500, 480, 460]
    assert all(isinstance(t, int) for t in whole(1000).zoomed(3, 0.008).ticks())
