"""Pictures with their weights."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from explorer.views.chain.lanes.weight_tiles import CAPTION, COLUMNS, WeightTile, WeightTiles
from explorer.widgets.look.theme import Theme


def tile(grey: int, weight: float, chosen: bool = False, shape: tuple[int, int] = (28, 28)) -> WeightTile:
    return WeightTile(np.full((*shape, 3), grey, np.uint8), weight, f"{weight:.3f}", f"weight {weight}", chosen)


def drawn(widget: WeightTiles) -> QImage:
    return widget.grab().toImage()


def test_it_shows_as_many_as_there_is_room_for_with_bars_as_long_as_the_weights(qtbot: QtBot) -> None:
    theme = Theme("dark")
    widget = WeightTiles(theme, rows=2)
    qtbot.addWidget(widget)
    widget.resize(COLUMNS * 56 + 24, 2 * (56 + CAPTION) + 8)
    widget.set_tiles(tuple(tile(200, weight) for weight in (0.5, 0.25, *[0.01] * 20)))
    assert widget.capacity == len(widget.tiles) == 8
    picture = drawn(widget)
    assert picture.pixelColor(28, 28) == QColor(200, 200, 200)

    def bar(left: int) -> int:
        return sum(picture.pixelColor(left + x, 57) == QColor(theme.tokens.accent) for x in range(56))

    assert [bar(0), bar(64)] == [28, 14]
    assert "weight 0.5" in widget.accessibleDescription()


def test_the_chosen_one_has_a_frame_and_other_shapes_and_nan_are_drawn(qtbot: QtBot) -> None:
    theme = Theme("light")
    widget = WeightTiles(theme, rows=1)
    qtbot.addWidget(widget)
    widget.resize(COLUMNS * 56 + 24, 56 + CAPTION)
    widget.set_tiles((tile(90, 1.0, chosen=True), tile(90, float("nan"), shape=(10, 20))))
    picture = drawn(widget)
    assert picture.pixelColor(1, 20) == QColor(theme.tokens.accent)
    assert picture.pixelColor(64 + 28, 28) == QColor(90, 90, 90)
    widget.set_tiles(())
    assert drawn(widget).pixelColor(28, 28) == QColor(theme.tokens.image_empty)
