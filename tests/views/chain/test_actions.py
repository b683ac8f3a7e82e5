"""The actions of chain workspaces."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.recipe.quantities import offered
from explorer.views.chain.actions import TRANSPORT, PlayLook, groups
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.theme import Theme


@pytest.mark.parametrize("several", [False, True])
def test_of_the_quantities_that_are_offered_one_is_shown(qtbot: QtBot, several: bool) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = Actions(Theme("dark"), owner, groups(several))
    assert tuple(actions.choice("quantity")) == tuple(row.name for row in offered(several))
    for name in ("x_t", "z", "z"):
        actions[name].trigger()
    assert [name for name, action in actions.choice("quantity").items() if action.isChecked()] == ["z"]
    assert set(TRANSPORT) <= set(actions)


def test_play_says_pause_while_it_plays_in_every_theme(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    theme = Theme("dark")
    actions = Actions(theme, owner, groups(False))
    look, play = PlayLook(theme, actions), actions["play"]
    icons = [play.icon().cacheKey()]
    assert not play.icon().isNull()
    look.show(True)
    assert play.text() == "&Pause"
    icons.append(play.icon().cacheKey())
    theme.choose("light")
    assert play.text() == "&Pause"
    icons.append(play.icon().cacheKey())
    look.show(False)
    assert play.text() == "&Play"
    assert len({*icons, play.icon().cacheKey()}) == 4
