"""The strip of images: as many as fit, one chosen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.views.objective.image_strip import ImageStrip
from explorer.widgets.look.theme import Theme


@pytest.fixture
def strip(qtbot: QtBot) -> ImageStrip:
    widget = ImageStrip(Theme("light"))
    qtbot.addWidget(widget)
    widget.resize(400, widget.height())
    widget.show()
    qtbot.waitExposed(widget)
    tiles = np.full((3, 28, 28, 3), 60, np.uint8)
    widget.set_images(tiles, ("image 7", "image 2", "image 9"))
    return widget


def test_it_has_as_many_slots_as_fit(qtbot: QtBot, strip: ImageStrip) -> None:
    before = strip.slots
    assert strip.rect_of(before - 1).right() <= strip.width()
    with qtbot.waitSignal(strip.slots_changed):
        strip.resize(700, strip.height())
    assert strip.slots > before


def test_a_click_chooses_and_an_empty_slot_does_not(qtbot: QtBot, strip: ImageStrip) -> None:
    chosen: list[int] = []
    strip.chosen.connect(chosen.append)
    for index in (2, 0, 3):
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.rect_of(index).center().toPoint())
    assert chosen == [2, 0]


def test_arrow_keys_choose_the_next_and_stop_at_the_end(qtbot: QtBot, strip: ImageStrip) -> None:
    strip.chosen.connect(strip.set_selected)
    for _ in range(4):
        qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert strip.accessibleDescription() == "image 9 chosen"
    qtbot.keyClick(strip, Qt.Key.Key_Left)
    assert strip.accessibleDescription() == "image 2 chosen"
