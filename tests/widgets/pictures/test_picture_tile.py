"""A picture with its name under it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from explorer.widgets.look.math_text import var, width_of, words
from explorer.widgets.look.sharp import draw_frame, draw_sharp, pixels_of, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import NAME_PIXELS, PictureTile


def test_a_long_name_is_written_smaller_instead_of_being_cut(qtbot: QtBot) -> None:
    tile = PictureTile(Theme("light"))
    qtbot.addWidget(tile)
    tile.setFixedSize(112, tile.heightForWidth(112))
    tile.show_picture(None, (var("x", 0),))
    assert tile.name_pixels == NAME_PIXELS
    long = (var("x", 1000), words(" of 12 images"))
    tile.show_picture(None, long)
    assert width_of(long, NAME_PIXELS) > tile.width(), "of this size it would be cut"
    assert width_of(long, tile.name_pixels) <= tile.width()


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("side", [56, 75])
def test_a_frame_is_the_outermost_of_a_picture_whatever_the_screens_scale(qtbot: QtBot, ratio: float, side: int) -> None:
    canvas = QImage(200, 200, QImage.Format.Format_RGB32)
    canvas.setDevicePixelRatio(ratio)
    canvas.fill(QColor("#ffffff"))
    painter = QPainter(canvas)
    painter.fillRect(QRectF(4, 4, side, side), QColor("#808080"))
    draw_sharp(painter, QRectF(4, 4, side, side), to_image(np.zeros((28, 28, 3), np.uint8)))
    draw_frame(painter, QRectF(4, 4, side, side), QColor("#ff0000"))
    painter.end()
    canvas.setDevicePixelRatio(1)
    drawn = pixels_of(canvas)
    rows, columns = np.nonzero((drawn != 255).any(axis=2))
    inside = drawn[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    for edge in (inside[0], inside[-1], inside[:, 0], inside[:, -1]):
        assert (edge == (255, 0, 0)).all(), "nothing of the picture lies outside its frame"
    assert (inside[3:-3, 3:-3] == 0).all()
