"""A picture with its name under it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from explorer.widgets.look.math_text import var, width_of, words
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
