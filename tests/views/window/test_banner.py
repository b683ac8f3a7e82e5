"""The message in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.views.window.banner import Banner
from explorer.widgets.look.theme import Theme

LONG = "/a/very/long/path/" * 12 + "x.safetensors: cannot be read"


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    widget.resize(900, 500)
    qtbot.addWidget(widget)
    widget.show()
    return widget


def test_it_says_what_happened_and_what_to_try_until_dismissed(page: QWidget, qtbot: QtBot) -> None:
    banner = Banner(Theme("dark"), page)
    assert banner.message == ""
    banner.say("x.safetensors: cut short", "Copy it again.")
    assert (banner.message, banner.hint) == ("x.safetensors: cut short", "Copy it again.")
    close = banner.findChild(QToolButton)
    qtbot.mouseClick(close, Qt.MouseButton.LeftButton)
    assert banner.message == ""


def test_details_are_copied_where_there_are_any(page: QWidget, qtbot: QtBot) -> None:
    banner = Banner(Theme("dark"), page)
    banner.say("it broke", detail="Traceback: line 3")
    copy = banner.findChild(QPushButton)
    assert copy.isVisible()
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "Traceback: line 3" in QGuiApplication.clipboard().text()
    assert "it broke" in QGuiApplication.clipboard().text()
    banner.say("bad input")
    assert not copy.isVisible()


def test_what_can_be_done_about_it_is_done_by_a_button_and_only_then(page: QWidget, qtbot: QtBot) -> None:
    banner = Banner(Theme("dark"), page)
    done: list[str] = []
    banner.say("it stopped", detail="trace", offer=("Start it again", lambda: done.append("started")))
    assert banner.offer is not None
    assert banner.offer.text() == "Start it again"
    assert page.rect().contains(banner.geometry())
    qtbot.mouseClick(banner.offer, Qt.MouseButton.LeftButton)
    assert done == ["started"]
    assert banner.message == ""
    banner.say("bad input")
    assert banner.offer is None
    assert "Start it again" not in [button.text() for button in banner.findChildren(QPushButton) if button.isVisible()]


def test_it_stays_inside_the_page_and_shows_all_its_text(page: QWidget, qtbot: QtBot) -> None:
    banner = Banner(Theme("light"), page)
    banner.say("short")
    short = banner.height()
    banner.say(LONG, "Try another file.")
    assert banner.height() > short > 20
    page.resize(500, 500)
    qtbot.waitUntil(lambda: page.rect().contains(banner.geometry()))
    assert banner.layout().heightForWidth(banner.width()) <= banner.height()


def test_a_notice_goes_by_itself_once_it_could_be_read(page: QWidget, qtbot: QtBot) -> None:
    banner = Banner(Theme("dark"), page)
    banner.say("the file is written", severity="notice", offer=("Open it", page.raise_))
    assert not banner.reading.isActive(), "a question stays"
    banner.reading.setInterval(1)
    banner.say("the file is written", severity="notice")
    qtbot.waitUntil(lambda: banner.message == "")
    banner.say("the file is written", severity="notice")
    banner.say("the disk is full", severity="warning")
    assert not banner.reading.isActive(), "what went wrong stays"
