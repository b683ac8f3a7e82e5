"""A timestep that can be typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.step_field import StepField

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[StepField]:
    """Beside another widget that can have the focus, at t = 250 of 400."""
    window, other = QWidget(), QWidget()
    other.setObjectName("other")
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made = StepField()
    column = QVBoxLayout(window)
    column.addWidget(other)
    column.addWidget(made)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    other.setFocus()
    made.set_range(400)
    made.set_cursor(250)
    yield made  # noqa: PT022 - the window lives as long as this frame


def test_it_reads_as_words_until_it_is_clicked(field: StepField, qtbot: QtBot) -> None:
    assert field.text() == "t = 250"
    QTest.mouseClick(field, LEFT)
    qtbot.waitUntil(lambda: field.is_typed)
    assert (field.text(), field.selectedText()) == ("250", "250")
    field.set_cursor(240)
    assert field.text() == "250", "the chain goes on while a number is typed"


@pytest.mark.parametrize(("typed", "told"), [("37", 37), ("0", 0), ("9999", 400)])
def test_enter_goes_there_and_more_than_T_is_T(field: StepField, qtbot: QtBot, typed: str, told: int) -> None:
    field.begin()
    QTest.keyClicks(field, typed)
    with qtbot.waitSignal(field.released), qtbot.waitSignal(field.committed) as signal:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert signal.args == [told]
    assert not field.is_typed


def test_words_are_no_numbers(field: StepField, qtbot: QtBot) -> None:
    field.begin()
    QTest.keyClicks(field, "a-.")
    assert field.text() == "250"
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    with qtbot.assertNotEmitted(field.committed):
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "t = 250"


def test_escape_and_leaving_give_it_up(field: StepField, qtbot: QtBot) -> None:
    for leave in (lambda: QTest.keyClick(field, Qt.Key.Key_Escape), lambda: field.parentWidget().findChild(QWidget, "other").setFocus()):
        field.begin()
        QTest.keyClicks(field, "7")
        with qtbot.assertNotEmitted(field.committed):
            leave()
        assert field.text() == "t = 250"


def test_enter_begins_too(field: StepField) -> None:
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.is_typed
