"""Buttons that do what an action does."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.actions import Actions, Do
from explorer.widgets.controls.buttons import ActionButton, IconButton
from explorer.widgets.look.theme import Theme

GROUPS = ((Do("loop", "&Loop", "L", "Again and again", "ph.repeat", checkable=True),),)


@pytest.mark.parametrize("kind", [IconButton, ActionButton])
def test_a_button_does_and_says_what_its_action_does(qtbot: QtBot, kind: type[IconButton | ActionButton]) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    theme = Theme("dark")
    action = Actions(theme, owner, GROUPS)["loop"]
    button = kind(action, parent=owner)
    assert button.accessibleName() == "Loop"
    assert button.toolTip() == "Again and again  (L)"
    button.click()
    assert action.isChecked()
    assert button.isChecked()
    action.trigger()
    assert not button.isChecked()
    action.setEnabled(False)
    assert not button.isEnabled()


def test_its_icon_follows_the_theme_and_its_words_can_be_others(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    theme = Theme("dark")
    action = Actions(theme, owner, GROUPS)["loop"]
    button = IconButton(action, parent=owner)
    before = button.icon().cacheKey()
    theme.choose("light")
    assert button.icon().cacheKey() == action.icon().cacheKey() != before
    assert ActionButton(action, "Once more", owner).text() == "Once more"
