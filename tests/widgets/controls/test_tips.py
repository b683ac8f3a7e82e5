"""Where a button's tip comes up."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.buttons import ActionButton, IconButton
from explorer.widgets.controls.segments import Segment, SegmentBar


def test_a_tip_covers_no_button_of_its_row(qtbot: QtBot) -> None:
    row = QWidget()
    qtbot.addWidget(row)
    action = QAction("Play", row)
    action.setToolTip("Play or pause")
    bar = SegmentBar([Segment("a", "a", "the first")], "row", parent=row)
    buttons = (IconButton(action, parent=row), ActionButton(action, parent=row), bar.button("a"))
    for place, widget in enumerate((buttons[0], buttons[1], bar)):
        widget.move(20 + 120 * place, 60)
    row.resize(500, 300)
    row.show()
    for button in buttons:
        inside = QPoint(4, 4)
        QApplication.sendEvent(button, QHelpEvent(QHelpEvent.Type.ToolTip, inside, button.mapToGlobal(inside)))
        assert QToolTip.text() == button.toolTip()
        tip = next(widget for widget in QApplication.topLevelWidgets() if widget.inherits("QTipLabel") and widget.isVisible())
        assert tip.y() >= button.mapToGlobal(QPoint(0, button.height())).y()
        QToolTip.hideText()
        tip.hide()
