"""The strip of a stroke's frames as a timeline."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.views.latent.strip.stroke_strip import TILE, StrokeStrip
from explorer.widgets.look.theme import Theme


@pytest.fixture
def strip(qtbot: QtBot) -> StrokeStrip:
    """Sixty-four frames of grey 0, 4, 8 ... in 640 pixels."""
    made = StrokeStrip(Theme("dark"))
    qtbot.addWidget(made)
    made.resize(640, made.height())
    made.show()
    made.set_tiles(np.repeat(np.arange(0, 256, 4, dtype=np.uint8), 28 * 28 * 3).reshape(64, 28, 28, 3))
    return made


def shades(strip: StrokeStrip) -> list[int]:
    """Grey of the picture at each place, from left to right."""
    image = strip.grab().toImage()
    count = len(strip.shown_frames())
    return [QColor(image.pixel(QPoint(round(TILE / 2 + i * (640 - TILE) / (count - 1)), TILE // 2))).red() for i in range(count)]


def test_frames_are_shown_at_even_distances(strip: StrokeStrip) -> None:
    assert strip.shown_frames() == [0, 7, 14, 21, 28, 35, 42, 49, 56, 63]
    assert shades(strip) == [4 * f for f in strip.shown_frames()]


def test_the_current_frame_takes_the_place_of_its_nearest(strip: StrokeStrip) -> None:
    strip.set_frame(37)
    assert strip.shown_frames()[5] == 37
    assert shades(strip)[5] == 4 * 37


def test_clicks_and_drags_choose_the_frame_under_them(strip: StrokeStrip) -> None:
    chosen: list[int] = []
    strip.frame_chosen.connect(chosen.append)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(TILE // 2, 20))
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(320, 20))
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(639, 20))
    assert chosen == [0, 32, 63]


def test_keys_step_and_stop_at_the_ends(strip: StrokeStrip) -> None:
    chosen: list[int] = []
    strip.frame_chosen.connect(chosen.append)
    strip.set_frame(62)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(strip, key)
    assert chosen == [63, 61, 63, 0]


def test_an_empty_strip_says_what_to_do_and_chooses_nothing(strip: StrokeStrip) -> None:
    chosen: list[int] = []
    strip.frame_chosen.connect(chosen.append)
    strip.set_tiles(None)
    before = strip.grab().toImage()
    strip.set_message("Paint a stroke")
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(100, 20))
    assert strip.grab().toImage() != before
    assert chosen == []
    assert strip.shown_frames() == []
