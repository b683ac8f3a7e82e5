"""The pad: what a pen on it reports."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.recipe import Dab
from explorer.recipe.drawing import drawn
from explorer.widgets.controls.draw_pad import BRUSH, ERASER, DrawPad, Paper
from explorer.widgets.look.sharp import pixels_of
from explorer.widgets.look.theme import Theme

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def pad(qtbot: QtBot) -> DrawPad:
    """A pad of 280 pixels: ten for each of the image's."""
    made = DrawPad(Theme("dark"))
    qtbot.addWidget(made)
    made.resize(280, 280)
    made.show()
    return made


def stroke(pad: DrawPad, *places: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
    """Press, move, release."""
    QTest.mousePress(pad, button, pos=QPoint(*places[0]))
    for place in places[1:]:
        QTest.mouseMove(pad, QPoint(*place))
    QTest.mouseRelease(pad, button, pos=QPoint(*places[-1]))


def test_a_stroke_grows_and_is_reported_whole_in_the_images_pixels(pad: DrawPad) -> None:
    growing: list[tuple[Dab, ...]] = []
    whole: list[tuple[Dab, ...]] = []
    pad.growing.connect(growing.append)
    pad.drawn.connect(whole.append)
    stroke(pad, (50, 40), (50, 140), (150, 140))
    (marks,) = whole
    assert marks == (Dab(((5.0, 4.0), (5.0, 14.0), (15.0, 14.0)), BRUSH),)
    assert [len(dabs[0].path) for dabs in growing] == [1, 2, 3]


def test_a_second_stroke_is_over_the_first_and_the_right_button_erases(pad: DrawPad) -> None:
    whole: list[tuple[Dab, ...]] = []
    pad.drawn.connect(whole.append)
    stroke(pad, (40, 140), (240, 140))
    stroke(pad, (140, 100), (140, 180), button=RIGHT)
    marks = whole[-1]
    assert [(dab.value, dab.radius) for dab in marks] == [(1.0, BRUSH), (-1.0, ERASER)]
    grey = drawn(marks, (1, 28, 28))[0]
    assert grey[13, 8] > 200
    assert grey[13, 13] == grey[14, 14] == 0


def test_on_coloured_paper_the_pen_has_a_colour_and_the_eraser_is_white(pad: DrawPad) -> None:
    whole: list[tuple[Dab, ...]] = []
    pad.drawn.connect(whole.append)
    pad.set_paper(Paper((3, 56, 56), dark=False, invitation="draw here"))
    pad.set_colour((1.0, -1.0, 0.0))
    stroke(pad, (40, 140), (240, 140))
    stroke(pad, (140, 100), (140, 180), button=RIGHT)
    pen, eraser = whole[-1]
    assert (pen.colour, pen.radius) == ((1.0, -1.0, 0.0), 2 * BRUSH)
    assert (eraser.colour, eraser.value, eraser.radius) == (None, 1.0, 2 * ERASER)
    shown = pixels_of(pad.image)
    assert shown[28, 16].tolist() == [255, 0, 128]
    assert shown[28, 28].tolist() == shown[2, 2].tolist() == [255, 255, 255]


def test_on_white_grey_paper_the_pen_is_black(pad: DrawPad) -> None:
    pad.set_paper(Paper((1, 28, 28), dark=False))
    stroke(pad, (40, 140), (240, 140))
    assert pixels_of(pad.image)[14, 14].tolist() == [0, 0, 0]


def test_nothing_is_erased_from_an_empty_pad(pad: DrawPad, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pad.drawn):
        stroke(pad, (40, 140), (240, 140), button=RIGHT)


def test_escape_gives_the_stroke_up(pad: DrawPad, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(pad.drawn):
        QTest.mousePress(pad, LEFT, pos=QPoint(50, 50))
        QTest.keyClick(pad, Qt.Key.Key_Escape)
        QTest.mouseRelease(pad, LEFT, pos=QPoint(90, 90))
    assert pad.image is None


def test_a_line_is_about_as_thick_as_mnists(mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    ones = mnist_test[0][mnist_test[1] == 1][:200, 0].astype(float)
    thickness = np.median(ones.sum(axis=2)[:, 12:16] / 255)
    line = drawn((Dab(((14.0, 4.0), (14.0, 24.0)), BRUSH),), (1, 28, 28))[0].astype(float).sum(axis=1)[12:16] / 255
    assert line.mean() == pytest.approx(thickness, rel=0.35)
