"""The wheel over lists and sliders that lie in something that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QSlider, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.wheel import let_wheel_pass


def taken(widget: QWidget) -> bool:
    """Turn one notch towards the person: whether the widget took it, or left it to what is around."""
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def test_the_wheel_turns_only_what_has_the_focus(qtbot: QtBot) -> None:
    page, combo, slider = QWidget(), QComboBox(), QSlider(Qt.Orientation.Horizontal)
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    combo.addItems(["a", "b", "c"])
    for widget in (slider, combo):
        column.addWidget(widget)
    let_wheel_pass(combo, slider)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    slider.setFocus()
    assert not taken(combo)
    assert combo.currentIndex() == 0
    slider.setValue(50)
    assert taken(slider)
    assert slider.value() != 50
    combo.setFocus()
    assert not taken(slider)
    assert taken(combo)
    assert combo.currentIndex() == 1
