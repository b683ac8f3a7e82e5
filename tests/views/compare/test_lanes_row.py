"""How lanes share the space."""

from __future__ import annotations

from explorer.views.chain.lanes.grid_geometry import fit_grid
from explorer.views.compare.lanes_row import MOST_ROWS, NARROWEST, arrange


def scale(width: int, height: int) -> float:
    return fit_grid(16, (28, 28), width, height).scale


def test_a_few_lanes_are_one_row_and_many_are_several() -> None:
    assert [arrange(count, 900, 330, scale).rows for count in (1, 2, 3)] == [1, 1, 1]
    for count in (8, 12, 16):
        found = arrange(count, 900, 330, scale)
        assert 1 < found.rows <= MOST_ROWS
        assert not found.scrolls
        assert found.rows * found.columns >= count
        assert found.width >= NARROWEST
        assert found.columns * found.width <= 900


def test_more_than_fit_scroll_at_the_narrowest() -> None:
    found = arrange(16, 500, 330, scale)
    assert found.scrolls
    assert found.width == NARROWEST


def test_no_row_is_empty() -> None:
    for count in range(1, 17):
        for width in (600, 900, 1200, 1600):
            found = arrange(count, width, 500, scale)
            assert (found.rows - 1) * found.columns < count
