"""Notes and bookmarks in the window: set, gone to, named, moved, removed, undone; and a presentation that goes through them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.recipe.notes import Bookmark, Notes
from explorer.state.notes import NotesState
from explorer.views.window.notes.notes_panel import NotesPanel

App = Callable[..., Explorer]
Key, Modifier = Qt.Key, Qt.KeyboardModifier
COURSE = (
    Bookmark("Noise", "reverse-chain", t=1000, sample=0, seed=0),
    Bookmark("Another seed", "reverse-chain", t=0, sample=1, seed=5, shown="x0_hat", note="look here"),
    Bookmark("Forward", "forward", t=77),
)


@pytest.fixture
def explorer(open_app: App) -> Explorer:
    return with_two_samples(open_app(workspace="reverse-chain"))


@pytest.fixture
def course(open_app: App) -> Explorer:
    return with_two_samples(open_app(workspace="reverse-chain", notes=NotesState(Notes("A lecture.", COURSE))))


def with_two_samples(explorer: Explorer) -> Explorer:
    explorer.store.update_reverse(recipe=msgspec.structs.replace(explorer.store.session.reverse.recipe, samples=2))
    return explorer


def names(explorer: Explorer) -> list[str]:
    return [place.name for place in explorer.store.session.notes.recipe.bookmarks]


def panel(explorer: Explorer) -> NotesPanel:
    found = explorer.window.notes.panel
    assert found is not None
    return found


def test_ctrl_b_keeps_the_place_and_takes_its_name(explorer: Explorer, qtbot: QtBot) -> None:
    assert explorer.window.notes.panel is None, "made when it is first wanted"
    explorer.store.update_reverse(t=500, selected=1)
    qtbot.keyClick(explorer.window.focusWidget(), Key.Key_B, Modifier.ControlModifier)
    assert names(explorer) == ["Reverse chain, t = 500, sample 1"]
    field = explorer.window.focusWidget()
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "Half way")
    qtbot.keyClick(field, Key.Key_Return)
    qtbot.waitUntil(lambda: names(explorer) == ["Half way"])
    explorer.store.update_reverse(t=0, selected=0)
    explorer.store.update(workspace="latent")
    qtbot.keyClick(explorer.window, Key.Key_1, Modifier.AltModifier)
    session = explorer.store.session
    assert (session.workspace, session.reverse.t, session.reverse.selected) == ("reverse-chain", 500, 1)
    explorer.store.undo()
    explorer.store.undo()
    assert names(explorer) == []
    assert panel(explorer).nothing.isVisible()


def test_the_list_goes_there_moves_removes_and_is_undone(course: Explorer, qtbot: QtBot) -> None:
    course.window.menus.actions["notes"].trigger()
    shown = panel(course).list
    assert (panel(course).text.toPlainText(), shown.count()) == ("A lecture.", 3)
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=shown.visualItemRect(shown.item(1)).center())
    session = course.store.session
    assert (session.reverse.recipe.seed, session.reverse.quantity, session.reverse.selected) == (5, "x0_hat", 1)
    assert course.store.undo_label == "go to “Another seed”"
    assert panel(course).note.toPlainText() == "look here"
    shown.setFocus()
    qtbot.keyClick(shown, Key.Key_Up, Modifier.ControlModifier)
    assert names(course) == ["Another seed", "Noise", "Forward"]
    qtbot.keyClick(shown, Key.Key_Delete)
    assert names(course) == ["Noise", "Forward"]
    course.store.undo()
    course.store.undo()
    assert names(course) == ["Noise", "Another seed", "Forward"]


def test_the_keys_go_into_the_panel_and_back(course: Explorer, qtbot: QtBot) -> None:
    window = course.window
    qtbot.keyClick(window.focusWidget(), Key.Key_F8)
    assert window.focusWidget() is panel(course).text
    for expected in (panel(course).set_button, panel(course).list):
        qtbot.keyClick(window.focusWidget(), Key.Key_Tab)
        assert window.focusWidget() is expected
    qtbot.keyClick(window.focusWidget(), Key.Key_Escape)
    assert window.focusWidget() is window.current
    qtbot.keyClick(window.focusWidget(), Key.Key_F8)
    assert window.notes.place.isHidden()
    assert window.focusWidget() is window.current


def test_what_is_typed_is_kept_and_one_entry_of_the_history(course: Explorer, qtbot: QtBot) -> None:
    course.window.menus.actions["notes"].trigger()
    field = panel(course).text
    field.setFocus()
    qtbot.keyClicks(field, "Now: ")
    assert course.store.session.notes.recipe.text == "Now: A lecture."
    assert course.window.current.workspace_name == "reverse-chain"
    course.store.undo()
    assert field.toPlainText() == "A lecture."
    course.window.notes.bookmarks.go(0)
    qtbot.keyClicks(panel(course).note, "all noise")
    assert course.store.session.notes.recipe.bookmarks[0].note == "all noise"
    assert course.store.session.notes.recipe.text == "A lecture."


def test_alt_and_arrows_go_through_them_and_x_t_stays_while_it_is_sampled(course: Explorer, qtbot: QtBot) -> None:
    actions = course.window.menus.actions
    assert actions["next_bookmark"].isEnabled()
    course.store.update_reverse(recipe=msgspec.structs.replace(course.store.session.reverse.recipe, seed=9))
    actions["next_bookmark"].trigger()
    qtbot.waitUntil(lambda: course.window.current.idle)
    assert course.store.session.reverse.t == 1000, "a bookmark at the start is no wish to follow the chain"
    assert not course.store.session.reverse.recipe.seed
    for _ in range(2):
        qtbot.keyClick(course.window, Key.Key_Right, Modifier.AltModifier)
    assert (course.store.session.workspace, course.store.session.forward.t) == ("forward", 77)
    assert not actions["next_bookmark"].isEnabled()
    qtbot.keyClick(course.window, Key.Key_Left, Modifier.AltModifier)
    assert course.store.session.notes.at == 1


def test_a_presentation_goes_from_one_to_the_next(course: Explorer, qtbot: QtBot) -> None:
    window, bar = course.window, course.window.notes.course
    window.menus.actions["notes"].trigger()
    assert bar.isHidden()
    window.menus.actions["presentation"].trigger()
    assert (bar.isVisible(), window.notes.place.isHidden()) == (True, True)
    assert (bar.count.text(), bar.name.text()) == ("– / 3", "")
    qtbot.keyClick(window.focusWidget() or window, Key.Key_PageDown)
    assert (bar.count.text(), bar.name.text(), bar.before.isEnabled()) == ("1 / 3", "Noise", False)
    qtbot.mouseClick(bar.after, Qt.MouseButton.LeftButton)
    assert course.store.session.reverse.recipe.seed == 5
    qtbot.keyClick(window.focusWidget() or window, Key.Key_PageUp)
    assert bar.name.text() == "Noise"
    for key, name in ((Key.Key_2, "Another seed"), (Key.Key_1, "Noise")):
        qtbot.keyClick(window.focusWidget() or window, key, Modifier.AltModifier)
        assert bar.name.text() == name, "its key acts while the menu bar is away, too"
    qtbot.keyClick(window.focusWidget() or window, Key.Key_B, Modifier.ControlModifier)
    assert len(names(course)) == 4
    assert window.notes.place.isHidden(), "nothing is typed before an audience"
    window.menus.actions["presentation"].trigger()
    assert (bar.isHidden(), window.notes.place.isHidden()) == (True, False)


def test_they_are_found_by_their_words(course: Explorer) -> None:
    finder = course.window.finder
    finder.open()
    finder.line.setText("another seed")
    assert (finder.shown[0].title, finder.shown[0].where) == ("Another seed", "Bookmarks")
