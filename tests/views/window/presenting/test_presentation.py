"""The presentation: F11 goes on, Esc leaves, panels are away meanwhile, and keys and clicks are shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.widgets.look.theme import FONT_PIXELS

F11 = Qt.Key.Key_F11


@pytest.fixture
def explorer(open_app: Callable[..., Explorer]) -> Explorer:
    return open_app(workspace="reverse-chain")


def test_f11_is_the_whole_screen_then_a_presentation_then_a_window(explorer: Explorer, qtbot: QtBot) -> None:
    window, seen = explorer.window, []
    for _ in range(3):
        qtbot.keyClick(window, F11)
        seen.append((window.isFullScreen(), window.presentation.on))
    assert seen == [(True, False), (True, True), (False, False)]
    assert not window.menus.actions["full_screen"].isChecked()
    assert not window.menus.actions["presentation"].isChecked()


def test_panels_are_away_meanwhile_and_what_was_hidden_before_stays_so(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    window.menus.actions["inspector"].trigger()
    assert window.inspector.isHidden()
    window.menus.actions["presentation"].trigger()
    assert all(part.isHidden() for part in (window.rail, window.top_bar, window.status_bar, window.inspector))
    assert window.current.widgets.film_card.isHidden()
    assert QApplication.instance().font().pixelSize() > FONT_PIXELS
    window.choose("latent")
    assert not window.workspaces["reverse-chain"].widgets.film_card.isHidden()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert not window.presentation.on
    assert not window.isFullScreen()
    assert not any(part.isHidden() for part in (window.rail, window.top_bar, window.status_bar))
    assert window.inspector.isHidden()
    assert QApplication.instance().font().pixelSize() == FONT_PIXELS


def test_keys_and_clicks_are_shown_while_it_is_on(explorer: Explorer, qtbot: QtBot) -> None:
    window = explorer.window
    shown = window.presentation.pressed
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_2)
    assert shown.keys.isHidden()
    window.menus.actions["presentation"].trigger()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert not shown.keys.isHidden()
    assert shown.keys.words.endswith("→")
    assert shown.keys.words != "→"
    qtbot.mouseClick(window.current.grid, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert not shown.ring.isHidden()
    assert shown.ring.geometry().center().x() == pytest.approx(window.current.grid.mapTo(window, QPoint(20, 20)).x(), abs=2)
    window.screens.leave()
    assert shown.keys.isHidden()
    assert shown.ring.isHidden()


@pytest.mark.parametrize(
    ("workspace", "away"),
    [
        ("latent", lambda page: (page.panel, page.toolbar.models)),
        ("forward", lambda page: (page.noise.film_card,)),
        ("objective", lambda page: (page.strip, page.toolbar.more)),
        ("training", lambda page: (page.list, page.toolbar.new)),
    ],
)
def test_a_workspace_shows_what_is_talked_about_alone(open_app: Callable[..., Explorer], workspace: str, away: Callable) -> None:  # type: ignore[type-arg]
    window = open_app(workspace=workspace).window
    parts = away(window.current)
    assert all(part.isVisible() for part in parts)
    window.menus.actions["presentation"].trigger()
    assert not any(part.isVisible() for part in parts)
    window.screens.leave()
    assert all(part.isVisible() for part in parts)


def test_the_welcomes_card_has_room_for_larger_words(explorer: Explorer, qtbot: QtBot) -> None:
    window, card = explorer.window, explorer.window.welcome.card
    window.welcome.offer()
    window.menus.actions["presentation"].trigger()
    qtbot.waitUntil(lambda: card.height() >= card.layout().totalHeightForWidth(card.width()))
    middle = window.rect().center()
    qtbot.waitUntil(lambda: abs(card.geometry().center().x() - middle.x()) <= 1)
    window.screens.leave()
