"""Fields that take a number when the person is done with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.recipe import MAX_SEED
from explorer.widgets.controls.number_fields import FloatField, IntField, SeedField

Field = IntField | FloatField | SeedField


@pytest.fixture
def box(qtbot: QtBot) -> QWidget:
    """A window with the three fields and another one beside them."""
    made = QWidget()
    made.setLayout(QVBoxLayout())
    for field in (IntField(1, 1000, "Steps", "steps"), FloatField(0, 1, 0.1, "Eta", "eta"), SeedField(), QLineEdit()):
        made.layout().addWidget(field)  # type: ignore[union-attr]
    qtbot.addWidget(made)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def take(field: Field) -> list:
    taken: list = []
    field.committed.connect(taken.append)
    return taken


@pytest.mark.parametrize(
    ("kind", "text", "value"), [(IntField, "250", 250), (FloatField, "0.25", 0.25), (SeedField, str(MAX_SEED), MAX_SEED)]
)
def test_what_is_typed_is_taken_once_on_enter_or_on_leaving(box: QWidget, kind: type[Field], text: str, value: float) -> None:
    field = box.findChild(kind)
    taken, released = take(field), []
    field.released.connect(lambda: released.append(True))
    for leave in (lambda: QTest.keyClick(field, Qt.Key.Key_Return), lambda: box.findChildren(QLineEdit)[-1].setFocus()):
        field.show_value(1)
        taken.clear()
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        assert taken == []
        leave()
        assert taken == [value]
        box.findChildren(QLineEdit)[-1].setFocus()
        assert taken == [value]
    assert released == [True]


@pytest.mark.parametrize("language", ["C", "de_DE", "fr_FR", "ar_EG"])
@pytest.mark.parametrize("typed", ["0.5", "0,5", ".5", ",5"])
def test_half_is_half_in_every_language(qtbot: QtBot, language: str, typed: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(language))
    try:
        field = FloatField(0, 1, 0.1, "Eta", "eta")
    finally:
        QLocale.setDefault(before)
    qtbot.addWidget(field)
    taken = take(field)
    field.show_value(1.0)
    field.selectAll()
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert taken == [0.5]
    assert field.text() == "0.50"


def test_steps_of_the_arrows_are_taken_together(box: QWidget, qtbot: QtBot) -> None:
    field = box.findChild(IntField)
    field.show_value(10)
    taken = take(field)
    with qtbot.waitSignal(field.committed, timeout=5000):
        for _ in range(3):
            field.stepUp()
    assert taken == [13]


def test_showing_a_value_does_not_echo(box: QWidget, qtbot: QtBot) -> None:
    fields = (box.findChild(IntField), box.findChild(FloatField), box.findChild(SeedField))
    taken = [take(field) for field in fields]
    for field in fields:
        field.show_value(1)
        field.show_value(5000)  # more than some of them can show
        field.setFocus()
        box.findChildren(QLineEdit)[-1].setFocus()
    last = IntField(0, 9, "Last", "last")
    box.layout().addWidget(last)  # type: ignore[union-attr]
    with qtbot.waitSignal(last.committed):
        last.stepUp()  # its patience began after that of the others, and is over after theirs
    assert taken == [[], [], []]


def test_escape_takes_back_what_was_typed(box: QWidget) -> None:
    field = box.findChild(SeedField)
    field.show_value(7)
    taken = take(field)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "99")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "7"
    assert taken == []


def test_a_seed_that_is_none_goes_back(box: QWidget) -> None:
    field = box.findChild(SeedField)
    field.show_value(7)
    taken = take(field)
    for text in ("", str(MAX_SEED + 1)):
        field.setFocus()
        field.selectAll()
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert field.text() == "7"
    assert taken == []
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert taken == [8]


def test_the_wheel_over_a_field_without_the_focus_changes_nothing(box: QWidget) -> None:
    field = box.findChild(IntField)
    field.show_value(10)
    box.findChildren(QLineEdit)[-1].setFocus()
    event = QWheelEvent(
        QPointF(5, 5), QPointF(field.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(field, event)
    assert field.value() == 10
