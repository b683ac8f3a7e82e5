"""Actions and their keys."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.actions import Actions, Do, NamedActions, make_action, separated
from explorer.widgets.look.theme import Theme


def test_the_first_key_is_told_once(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    leap = make_action(owner, "Leap", ["PgUp", "Shift+Left"], "Ten steps back")
    assert [key.toString() for key in leap.shortcuts()] == ["PgUp", "Shift+Left"]
    assert leap.toolTip() == "Ten steps back  (PgUp)"
    assert make_action(owner, "Show", "1", "The state  (1)").toolTip() == "The state  (1)"


def test_groups_are_separated_and_names_do_what_they_say(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = NamedActions(Theme("dark"), owner, {"b": "mdi6.play"})
    for name in "abc":
        actions.add(name, name.upper(), name, name)
    actions.dress()
    assert not actions.by_name["b"].icon().isNull()
    assert [None if row.isSeparator() else row.text() for row in actions.in_groups(("ab", "c"))] == ["A", "B", None, "C"]
    assert separated(owner, ()) == []
    told: list[str] = []
    actions.on("c", lambda: told.append("c"))
    actions.by_name["c"].trigger()
    assert told == ["c"]
    actions.add_to(owner)
    assert actions.by_name["a"] in owner.actions()


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
