"""What the window's own code raises: the rest goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.cli.render.command import exceptions_to
from explorer.signals import report_exceptions_to


class Faulty(QWidget):
    """Raises in the midst of painting, the first time."""

    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.painted += 1
        if self.painted == 1:
            raise ValueError("in the midst of painting")
        assert painter.isActive()


class Heard:
    def __init__(self) -> None:
        self.messages: list[str] = []

    def say(self, message: str, *more: str) -> None:
        self.messages.append(message)


@contextmanager
def in_the_window(heard: list[object]) -> Iterator[None]:
    banner = Heard()
    report_exceptions_to(banner)  # type: ignore[arg-type]
    yield
    heard += banner.messages


@pytest.mark.parametrize("reporting", [in_the_window, exceptions_to])
def test_a_painter_does_not_outlive_what_was_raised_while_it_painted(
    reporting: Callable[[list[object]], object], qtbot: QtBot, qtlog: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    heard: list[object] = []
    widget = Faulty()
    qtbot.addWidget(widget)
    with reporting(heard):  # type: ignore[attr-defined]
        widget.show()
        qtbot.waitUntil(lambda: widget.painted == 1)
        for wanted in (2, 3):
            widget.update()
            qtbot.waitUntil(lambda wanted=wanted: widget.painted == wanted)  # type: ignore[misc]
    assert "midst of painting" in str(heard)
    assert [record.message for record in qtlog.records if "painter" in record.message] == []  # type: ignore[attr-defined]
