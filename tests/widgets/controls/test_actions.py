"""Actions and their keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMainWindow, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.actions import Actions, Do, Under
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


def test_groups_under_a_title_lie_in_a_menu_within_the_menu(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    rows = {name: Do(name, name.upper(), "", name, in_menu=name != "f") for name in "abcdefg"}
    groups = ((rows["a"],), Under("&Two", rows["b"]), Under("&Two", rows["c"]), Under("Last", rows["d"], rows["f"]), (rows["e"], rows["g"]))
    actions = Actions(Theme("dark"), owner, groups)
    menu = actions.menu()
    assert [None if row.isSeparator() else row.text() for row in menu] == ["A", None, "&Two", "Last", None, "E", "G"]
    two, last = (row.menu() for row in menu[2:4])
    assert isinstance(two, QMenu)
    assert isinstance(last, QMenu)
    assert [None if row.isSeparator() else row.text() for row in two.actions()] == ["B", None, "C"]
    assert two.toolTipsVisible()
    assert [row.text() for row in last.actions()] == ["D"]
    assert actions.menu()[2].menu() is two, "made once"


def test_a_key_is_of_the_list_or_the_menu_that_is_open(qtbot: QtBot) -> None:
    owner, theme = QWidget(), Theme("dark")
    qtbot.addWidget(owner)
    choice = QComboBox()
    choice.addItems(["one", "two", "three", "four", "two more"])
    column = QVBoxLayout(owner)
    column.addWidget(choice)
    done: list[str] = []
    actions = Actions(theme, owner, ((Do("tell", "Tell", "T", ""), Do("first", "First", "Home", ""), Do("leave", "Leave", "Esc", "")),))
    for name in actions:
        actions.on(name, partial(done.append, name))
    owner.show()
    with qtbot.waitActive(owner):
        owner.activateWindow()
    choice.setFocus()
    choice.showPopup()
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    qtbot.keyClick(choice.view(), Qt.Key.Key_T)
    assert choice.view().currentIndex().data() == "two", "found by its letter"
    qtbot.keyClick(choice.view(), Qt.Key.Key_Home)
    assert choice.view().currentIndex().data() == "one"
    qtbot.keyClick(choice.view(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    menu = QMenu(owner)
    menu.addAction("&Take").triggered.connect(lambda: done.append("taken"))
    menu.popup(owner.mapToGlobal(owner.rect().topLeft()))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is menu)
    qtbot.keyClick(menu, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    assert done == ["taken"]
    qtbot.keyClick(choice, Qt.Key.Key_T)
    assert done == ["taken", "tell"], "and with none open it is the page's"


def test_a_key_that_an_open_menu_has_no_use_for_is_the_bars(qtbot: QtBot) -> None:
    """The menu hands it on, where it is a shortcut again: without an end, if that were handed to the menu each time."""
    window, page, theme = QMainWindow(), QWidget(), Theme("dark")
    qtbot.addWidget(window)
    window.setCentralWidget(page)
    actions = Actions(theme, page, ((Do("on", "On", "Right", ""), Do("back", "Back", "Left", "")),))
    done: list[str] = []
    for name in actions:
        actions.on(name, partial(done.append, name))
    menu = window.menuBar().addMenu("Page")
    menu.addActions(actions.menu())
    beside = window.menuBar().addMenu("Beside")
    beside.addAction("Nothing")
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    page.setFocus()
    qtbot.mouseClick(window.menuBar(), Qt.MouseButton.LeftButton, pos=window.menuBar().actionGeometry(menu.menuAction()).center())
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is menu)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(menu.windowHandle(), key)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is beside)
    QTest.keyClick(beside.windowHandle(), Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is menu)
    assert done == []
    menu.close()
