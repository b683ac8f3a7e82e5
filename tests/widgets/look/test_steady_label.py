"""A steady label: another text of about the same width moves nothing around it; one that is wider has room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.look.steady_label import SLACK, SteadyLabel


class Asked(QObject):
    """Counts how often a widget is to lay out what is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.LayoutRequest
        return False


def test_numbers_that_count_lay_nothing_out(qtbot: QtBot) -> None:
    window, label, asked = QWidget(), SteadyLabel("400 / 1000"), Asked()
    qtbot.addWidget(window)
    QHBoxLayout(window).addWidget(label)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: label.width() >= label.sizeHint().width())
    window.installEventFilter(asked)
    for done in (401, 444, 111, 999):
        label.setText(f"{done} / 1000")
        qtbot.wait(0)
    narrow = asked.times
    label.setText("much longer than all that was said before")
    qtbot.waitUntil(lambda: label.width() > label.fontMetrics().horizontalAdvance(label.text()))
    assert narrow <= 1, "once at the most, for the widest"
    assert asked.times > narrow
    label.setText("")
    assert label.maximumWidth() <= SLACK


def test_a_larger_type_has_room(qtbot: QtBot) -> None:
    label = SteadyLabel("ready")
    qtbot.addWidget(label)
    before = label.maximumSize()
    font = label.font()
    font.setPointSize(3 * max(8, font.pointSize()))
    label.setFont(font)
    assert label.maximumHeight() > before.height()
    assert label.maximumWidth() > before.width()
