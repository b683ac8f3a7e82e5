"""Pictures as large as they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.look.sharp import to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.enlarged import Enlarged, Large, OnePicture

LEFT = Qt.MouseButton.LeftButton


class Steps:
    """Two lanes, whose samples and steps are counted."""

    def __init__(self) -> None:
        self.sample, self.step = 0, 0

    def title(self) -> str:
        return f"sample {self.sample} at {self.step}"

    def hint(self) -> str:
        return "keys"

    def pictures(self) -> Sequence[Large]:
        values = np.arange(28.0 * 28).reshape(1, 28, 28)
        image = to_image(np.full((28, 28, 3), 40 * self.sample, np.uint8))
        return [Large(image, "A", values), Large(image, "B", -values)]

    def next_sample(self, by: int) -> None:
        self.sample += by

    def next_step(self, by: int) -> None:
        self.step += by


@pytest.fixture
def view(qtbot: QtBot) -> Enlarged:
    page, behind = QWidget(), QWidget()
    behind.setObjectName("behind")
    behind.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    other = QWidget()
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    column = QVBoxLayout(page)
    column.addWidget(other)
    column.addWidget(behind)
    page.resize(900, 600)
    qtbot.addWidget(page)
    made = Enlarged(Theme("dark"), page, lambda: QRect(0, 0, page.width(), page.height() - 100))
    page.show()
    with qtbot.waitActive(page):
        page.activateWindow()
    behind.setFocus()
    return made


def test_pictures_are_sharp_and_within_it(view: Enlarged) -> None:
    view.open(Steps())
    assert (view.width(), view.height()) == (900, 500)
    left, right = view.places()
    assert left.width() % 28 == 0, "whole screen pixels for each pixel"
    assert left.right() < right.left()
    assert view.rect().contains(left.toRect())
    assert left.width() > 300
    view.parentWidget().resize(1200, 800)
    assert (view.width(), view.height()) == (1200, 700)


def test_the_value_under_the_pointer_is_told_for_every_picture(view: Enlarged) -> None:
    view.open(Steps())
    place = view.places()[1]
    scale = place.width() / 28
    QTest.mouseMove(view, QPoint(round(place.x() + 5.5 * scale), round(place.y() + 3.5 * scale)))
    assert view.value_words == f"row 3, column 5   A: {3 * 28 + 5:.3f}   B: −{3 * 28 + 5:.3f}"
    QTest.mouseMove(view, QPoint(3, 3))
    assert view.value_words == ""


def test_values_that_have_not_come_are_not_told(view: Enlarged) -> None:
    class Coming(Steps):
        def pictures(self) -> list[Large]:
            known, coming = super().pictures()
            return [known, replace(coming, values=np.full((1, 28, 28), np.nan))]

    view.open(Coming())
    QTest.mouseMove(view, view.places()[1].center().toPoint())
    assert view.value_words == f"row 14, column 14   A: {14 * 28 + 14:.3f}"


def test_arrow_keys_step_and_change_the_sample(view: Enlarged) -> None:
    source = Steps()
    view.open(source)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down):
        QTest.keyClick(view, key)
    assert (source.step, source.sample) == (1, 1)
    view.refresh()
    assert view.pictures[0].image.pixelColor(0, 0).red() == 40
    assert "sample 1" in view.accessibleDescription()


@pytest.mark.parametrize("close", ["escape", "enter", "beside", "double", "button"])
def test_it_closes_and_the_keys_go_back(view: Enlarged, close: str) -> None:
    view.open(Steps())
    middle = view.places()[0].center().toPoint()
    QTest.mouseClick(view, LEFT, pos=middle)
    assert view.isVisible(), "a click on a picture is none beside it"
    match close:
        case "escape":
            QTest.keyClick(view, Qt.Key.Key_Escape)
        case "enter":
            QTest.keyClick(view, Qt.Key.Key_Return)
        case "beside":
            QTest.mouseClick(view, LEFT, pos=QPoint(4, 250))
        case "double":
            QTest.mouseDClick(view, LEFT, pos=middle)
        case "button":
            QTest.mouseClick(view.close_button, LEFT)
    assert not view.isVisible()
    assert view.parentWidget().findChild(QWidget, "behind").hasFocus()


def test_one_picture_stays_as_it_is(view: Enlarged) -> None:
    image = QImage(12, 20, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    view.open(OnePicture(image, "x₀"))
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.words == "x₀"
    assert [large.image for large in view.pictures] == [image]
