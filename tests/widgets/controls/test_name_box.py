"""A choice of names: cut in the middle where there is no room, told whole by the tip."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.name_box import NameBox

NAME = "autoencoderkl-emoji-of-last-week.onnx"


def test_a_long_name_keeps_its_ends_and_is_told_whole(qtbot: QtBot) -> None:
    box = NameBox("Whose plane is shown")
    qtbot.addWidget(box)
    box.addItem(NAME)
    box.resize(160, 28)
    box.show()
    assert "…" in box.shown_text()
    assert box.shown_text().startswith("auto")
    assert box.shown_text().endswith("onnx")
    assert box.toolTip() == "Whose plane is shown"
    QApplication.sendEvent(box, QHelpEvent(QEvent.Type.ToolTip, QPoint(5, 5), box.mapToGlobal(QPoint(5, 5))))
    assert box.toolTip() == f"{NAME}\nWhose plane is shown"
    box.resize(400, 28)
    assert box.shown_text() == NAME
    box.showPopup()
    assert box.view().width() > box.fontMetrics().horizontalAdvance(NAME)
    box.hidePopup()
