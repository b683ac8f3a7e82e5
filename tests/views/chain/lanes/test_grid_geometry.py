"""Where the pictures of a grid are."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF

from explorer.views.chain.lanes.grid_geometry import Pixel, fit_grid
from explorer.widgets.look.sharp import sharp_scale


@pytest.mark.parametrize(
    ("fit", "ratio", "scale"), [(3.9, 1.0, 3.0), (3.0, 1.0, 3.0), (1.9, 1.0, 1.9), (0.4, 1.0, 0.4), (1.6, 2.0, 1.5), (4.2, 1.5, 4.0)]
)
def test_pixels_are_whole_screen_pixels_unless_much_space_were_lost(fit: float, ratio: float, scale: float) -> None:
    assert sharp_scale(fit, ratio) == pytest.approx(scale)


@pytest.mark.parametrize(
    ("count", "size", "columns"), [(16, (344, 342), 4), (16, (1000, 62), 16), (1, (300, 300), 1), (6, (300, 200), 3), (64, (500, 500), 8)]
)
def test_the_number_of_columns_that_shows_the_pictures_largest(count: int, size: tuple[int, int], columns: int) -> None:
    assert fit_grid(count, (28, 28), *size).columns == columns


def test_a_gap_never_costs_a_whole_scale() -> None:
    grid = fit_grid(16, (28, 28), 342, 342)
    assert (grid.scale, grid.gap) == (3.0, 2)
    assert fit_grid(16, (28, 28), 812, 812).gap == 6


@pytest.mark.parametrize("count", [1, 5, 16, 30])
def test_pictures_lie_inside_and_apart(count: int) -> None:
    grid = fit_grid(count, (28, 20), 401, 333)
    rects = [grid.rect(i) for i in range(count)]
    assert all(QRectF(0, 0, 401, 333).contains(r) for r in rects)
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[i + 1 :])


def test_the_pixel_under_a_point_is_the_one_drawn_there() -> None:
    grid = fit_grid(6, (28, 28), 300, 200)
    for index in range(6):
        for row, column in ((0, 0), (27, 27), (3, 19)):
            rect, s = grid.rect(index), grid.scale
            point = QPointF(rect.x() + (column + 0.5) * s, rect.y() + (row + 0.5) * s)
            assert grid.pixel_at(point) == Pixel(index, row, column)
    gap = grid.rect(0).topRight() + QPointF(0.6, 5)
    assert grid.pixel_at(gap) is None
    assert grid.pixel_at(QPointF(-1, -1)) is None
    assert fit_grid(5, (28, 28), 300, 200, columns=3).pixel_at(fit_grid(6, (28, 28), 300, 200, columns=3).rect(5).center()) is None
