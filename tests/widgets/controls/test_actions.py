"""Actions and their keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.actions import Actions, Do
from explorer.widgets.look.theme import Theme

GROUPS = (
    (Do("play", "&Play", "Space", "Play", icon="mdi6.play"), Do("leap", "Leap", ("PgUp", "Shift+Left"), "Ten steps back")),
    (
        Do("a", "A", "1", "first", one_of="letter"),
        Do("b", "B", "2", "second", one_of="letter"),
        Do("log", "Log", "", "a scale", checkable=True),
        Do("again", "Again", "", "of a button alone", in_menu=False),
    ),
)


def test_a_declaration_makes_actions_with_keys_tips_icons_and_choices(qtbot: QtBot) -> None:
    owner, aside = QWidget(), QWidget()
    for widget in (owner, aside):
        qtbot.addWidget(widget)
    theme = Theme("dark")
    actions = Actions(theme, owner, GROUPS, prefix="x-")
    assert list(actions) == ["play", "leap", "a", "b", "log", "again"]
    assert "leap" in actions
    assert [None if row.isSeparator() else row.text() for row in actions.menu()] == ["&Play", "Leap", None, "A", "B", "Log"]
    assert actions["play"].objectName() == "x-play"
    assert actions["leap"].toolTip() == "Ten steps back  (PgUp or Shift+Left)"
    assert actions["log"].toolTip() == "a scale"
    assert actions["log"].isCheckable()
    assert not actions["play"].isCheckable()
    before = actions["play"].icon().cacheKey()
    theme.choose("light")
    assert actions["play"].icon().cacheKey() != before, "icons are in the theme's colours"
    assert list(actions.choice("letter")) == ["a", "b"]
    actions["a"].trigger()
    actions["b"].trigger()
    assert [action.isChecked() for action in actions.choice("letter").values()] == [False, True]
    assert set(actions.by_name.values()) <= set(owner.actions())
    actions.add_to(aside)
    assert actions["play"] in aside.actions()
    told: list[object] = []
    actions.on("play", lambda: told.append("played"))
    actions.on_toggled("log", told.append)
    for name in ("play", "log", "log"):
        actions[name].trigger()
    assert told == ["played", True, False]


def test_a_windows_keys_may_be_the_platforms_and_act_wherever_the_focus_is(qtbot: QtBot) -> None:
    window, standard = QWidget(), QKeySequence.StandardKey.Open
    field = QLineEdit(window)
    beside = QWidget(window)
    qtbot.addWidget(window)
    rows = ((Do("open", "&Open…", standard, "Open a file"), Do("look", "Look", "F9", "Look at it")),)
    actions = Actions(Theme("dark"), beside, rows, context=Qt.ShortcutContext.WindowShortcut)
    told: list[str] = []
    for name in actions:
        actions.on(name, partial(told.append, name))
    keys = QKeySequence(standard)
    assert actions["open"].shortcuts() == [keys]
    assert actions["open"].toolTip() == f"Open a file  ({keys.toString(QKeySequence.SequenceFormat.NativeText)})"
    with qtbot.waitExposed(window):
        window.show()
    qtbot.keySequence(field, keys)
    qtbot.keyClick(field, Qt.Key.Key_F9)
    assert told == ["open", "look"], "though the owner has no focus"
