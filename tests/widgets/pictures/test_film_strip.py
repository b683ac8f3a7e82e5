"""The film strip by itself."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.film_strip import FilmStrip


@pytest.fixture
def film(qtbot: QtBot) -> FilmStrip:
    made = FilmStrip(Theme("dark"))
    qtbot.addWidget(made)
    made.resize(640, made.height())
    made.show()
    return made


def tiles(count: int) -> np.ndarray:
    return np.full((count, 28, 28, 3), 200, np.uint8)


def test_as_many_pictures_as_fit_and_no_more_than_there_are(film: FilmStrip, qtbot: QtBot) -> None:
    assert film.slots == 10
    with qtbot.waitSignal(film.slots_changed) as told:
        film.resize(1000, film.height())
    assert told.args == [film.slots]
    assert film.slots == 16
    film.set_states(6)
    assert film.slots == 6


def test_the_picture_nearest_the_cursor_is_framed(film: FilmStrip) -> None:
    assert film.framed == -1
    film.set_film(np.array([1000, 750, 500]), tiles(3))
    for t, index in ((1000, 0), (700, 1), (600, 2), (0, 2)):
        film.set_cursor(t)
        assert film.framed == index


def test_a_click_tells_the_timestep_and_an_empty_slot_nothing(film: FilmStrip, qtbot: QtBot) -> None:
    film.set_film(np.array([1000, 750, 500]), tiles(3))
    with qtbot.waitSignal(film.jumped) as told:
        QTest.mouseClick(film, Qt.MouseButton.LeftButton, pos=film.rect_of(1).center().toPoint())
    assert told.args == [750]
    with qtbot.assertNotEmitted(film.jumped):
        QTest.mouseClick(film, Qt.MouseButton.LeftButton, pos=film.rect_of(7).center().toPoint())


def test_pictures_and_empty_slots_are_drawn(film: FilmStrip) -> None:
    film.set_film(np.array([1000, 750, 500]), tiles(3))
    picture = film.grab().toImage()
    assert picture.pixelColor(film.rect_of(2).center().toPoint()).red() == 200
    assert picture.pixelColor(film.rect_of(3).center().toPoint()).red() < 60
