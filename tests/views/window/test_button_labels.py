"""View > Labels on buttons: in every workspace, and at the next start."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.widgets.controls.labels import labels

App = Callable[..., Explorer]
BESIDE = Qt.ToolButtonStyle.ToolButtonTextBesideIcon


@pytest.fixture(autouse=True)
def _off() -> Iterator[None]:
    yield
    labels.show(False)


def _within(widget: QWidget, page: QWidget) -> bool:
    return page.rect().contains(widget.rect().translated(widget.mapTo(page, QPoint())))


def test_the_switch_is_in_the_session_and_latents_toolbar_has_two_rows(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app(workspace="latent")
    window, bar = explorer.window, explorer.window.current.toolbar
    tool = next(button for button in bar.findChildren(QToolButton) if button.accessibleName() == "Move")
    assert abs(bar.fields.geometry().center().y() - tool.geometry().center().y()) < 4
    window.menus.actions["button_labels"].trigger()
    assert explorer.context.store.session.button_labels
    assert decode_saved(encode_saved(Saved(session=explorer.context.store.session)), "here").session.button_labels
    qtbot.waitUntil(lambda: bar.fields.geometry().top() > tool.geometry().bottom())
    assert tool.toolButtonStyle() == BESIDE
    shown = [button for button in bar.findChildren(QToolButton) if button.isVisible()]
    assert shown
    assert all(_within(button, window) and button.width() >= button.minimumWidth() for button in shown)
    window.menus.actions["button_labels"].trigger()
    qtbot.waitUntil(lambda: abs(bar.fields.geometry().center().y() - tool.geometry().center().y()) < 4)


@pytest.mark.parametrize("workspace", ["reverse-chain", "forward"])
def test_a_session_that_has_labels_opens_with_them_and_the_timeline_keeps_room(open_app: App, qtbot: QtBot, workspace: str) -> None:
    explorer = open_app(workspace=workspace, button_labels=True)
    window = explorer.window
    assert window.menus.actions["button_labels"].isChecked()
    page = window.current
    transport = page.transport if workspace == "forward" else page.widgets.transport
    button = transport.findChild(QToolButton, "playButton")
    assert button is not None
    assert button.toolButtonStyle() == BESIDE
    assert transport.timeline.width() >= 180
    assert window.inspector.width() <= 330
