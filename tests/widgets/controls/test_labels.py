"""Labels on buttons: one switch, for those that are there and those that are made later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.actions import Actions, Do
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.controls.labels import labels
from explorer.widgets.controls.transport import Transport
from explorer.widgets.look.theme import Theme

GROUPS = (
    (
        Do("play", "&Play", "Space", "Play or pause", "ph.repeat"),
        Do("sample", "Sa&mple the prior", "N", "New random codes", "ph.dice-five", label="Sample"),
        Do("open", "Open &image…", "", "A picture file", "ph.image"),
    ),
)
BESIDE, ALONE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonIconOnly


@pytest.fixture(autouse=True)
def _off() -> Iterator[None]:
    yield
    labels.show(False)


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QHBoxLayout(made)
    return made


def _button(owner: QWidget, action_name: str, under: bool = False) -> IconButton:
    button = IconButton(Actions(Theme("dark"), owner, GROUPS)[action_name], under=under, parent=owner)
    owner.layout().addWidget(button)
    return button


@pytest.mark.parametrize(("name", "said"), [("sample", "Sample"), ("open", "Open image")])
def test_a_button_has_its_words_while_labels_are_on(owner: QWidget, name: str, said: str) -> None:
    button = _button(owner, name)
    assert (button.toolButtonStyle(), button.width(), button.height()) == (ALONE, 28, 28)
    labels.show(True)
    later = _button(owner, name)
    for each in (button, later):
        assert each.toolButtonStyle() == BESIDE
        assert each.text() == said
        assert each.sizeHint().width() >= each.fontMetrics().horizontalAdvance(said) + 16
    labels.show(False)
    assert (button.toolButtonStyle(), button.maximumWidth(), button.maximumHeight()) == (ALONE, 28, 28)


def test_words_below_the_icon_make_it_higher(owner: QWidget) -> None:
    button = _button(owner, "sample", under=True)
    labels.show(True)
    assert button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextUnderIcon
    assert button.height() > 28 or button.minimumHeight() > 28


def test_other_words_push_nobody_aside(owner: QWidget, qtbot: QtBot) -> None:
    actions = Actions(Theme("dark"), owner, GROUPS)
    transport = Transport(Theme("dark"), [actions["play"]])
    owner.layout().addWidget(transport)
    labels.show(True)
    button = transport.findChild(QToolButton, "playButton")
    assert button is not None
    actions["play"].setText("&Pause for long")
    qtbot.waitUntil(lambda: button.minimumWidth() >= button.fontMetrics().horizontalAdvance("Pause for long"))
    widest = button.minimumWidth()
    actions["play"].setText("&Play")
    qtbot.waitUntil(lambda: button.sizeHint().width() < widest)
    QCoreApplication.processEvents()
    assert button.minimumWidth() == widest


def test_words_below_the_icon_grow_with_the_text(owner: QWidget, qtbot: QtBot) -> None:
    theme = Theme("dark")
    button = _button(owner, "sample", under=True)
    labels.show(True)
    before = button.minimumHeight()
    theme.choose_text(200)
    try:
        font = QFont(button.font())
        font.setPixelSize(26)
        button.setFont(font)
        qtbot.waitUntil(lambda: button.minimumHeight() > before)
    finally:
        theme.choose_text(100)
