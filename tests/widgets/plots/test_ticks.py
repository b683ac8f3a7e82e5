"""Where the marks of an axis go."""

from __future__ import annotations

import pytest

from explorer.widgets.plots.ticks import even_ticks, round_ticks


@pytest.mark.parametrize(("low", "high"), [(-92.9, -92.25), (0.0, 6.9), (-310.0, -35.0), (1.5e-4, 2.5e-4), (3.0, 47.0)])
def test_round_ticks_are_the_multiples_of_a_round_step_that_are_within(low: float, high: float) -> None:
    ticks = [value for value, _ in round_ticks(low, high)]
    assert 2 <= len(ticks) <= 5
    assert low <= ticks[0]
    assert ticks[-1] <= high
    step = ticks[1] - ticks[0]
    assert all(value / step == pytest.approx(round(value / step), abs=1e-6) for value in ticks)
    assert ticks[0] - step < low
    assert ticks[-1] + step > high


def test_their_labels_are_whole_and_have_a_real_minus() -> None:
    assert [label for _, label in round_ticks(-92.9, -92.25)] == ["−92.8", "−92.6", "−92.4"]
    assert [label for _, label in even_ticks(0.0, 6.9)] == ["0", "2", "4", "6"]
