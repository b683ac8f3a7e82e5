"""Find anything: what fits, in which order, and that Enter does it wherever it lies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.views.window.finder.found import Found, ranked

App = Callable[..., Explorer]


def _found(title: str, where: str = "Chain", **fields: object) -> Found:
    return Found(title, where, lambda: None, **fields)  # type: ignore[arg-type]


def _titles(found: list[Found], typed: str) -> list[str]:
    return [each.title for each in ranked(found, typed)]


def test_words_that_begin_a_title_come_before_words_within_it_and_elsewhere() -> None:
    found = [_found("Back", tip="one new step"), _found("Renew all"), _found("A new seed"), _found("New seed")]
    assert _titles(found, "new") == ["New seed", "A new seed", "Renew all", "Back"]
    assert _titles(found, "seed new") == ["New seed", "A new seed"]


def test_letters_in_order_fit_and_what_is_not_there_does_not() -> None:
    found = [_found("Export"), _found("Explain")]
    assert _titles(found, "expt") == ["Export"]
    assert _titles(found, "qqq") == []


def test_marks_and_case_do_not_matter_and_what_is_on_show_comes_first() -> None:
    found = [_found("Show x̂₀", "Compare"), _found("Show x̂₀", "Reverse chain", near=True), _found("Fréchet distance")]
    assert _titles(found, "FRECHET") == ["Fréchet distance"]
    assert [each.where for each in ranked(found, "show")] == ["Reverse chain", "Compare"]


def test_what_cannot_be_done_is_listed_after_what_can() -> None:
    found = [_found("Stop", why_not="not now"), _found("Stop all")]
    assert _titles(found, "stop") == ["Stop all", "Stop"]


@pytest.fixture
def explorer(open_app: App) -> Explorer:
    return open_app(workspace="reverse-chain")


def test_every_row_of_every_table_has_its_action(explorer: Explorer) -> None:
    for workspace in explorer.window.workspaces.values():
        rows = [row.name for group in workspace.facts.groups() for row in group]
        assert rows
        assert [name for name in rows if workspace.action(name) is None] == []


def test_enter_does_an_action_of_another_workspace_there(explorer: Explorer, qtbot: QtBot) -> None:
    finder = explorer.window.finder
    qtbot.keyClick(explorer.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert finder.isVisible()
    qtbot.keyClicks(finder.line, "manifold")
    assert finder.shown[0].title == "Manifold"
    assert finder.shown[0].keys == "G"
    assert not explorer.store.session.latent.manifold
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    assert not finder.isVisible()
    assert explorer.store.session.workspace == "latent"
    assert explorer.store.session.latent.manifold


def test_escape_closes_and_gives_the_keys_back(explorer: Explorer, qtbot: QtBot) -> None:
    before = explorer.window.focusWidget()
    explorer.window.menus.actions["find"].trigger()
    assert explorer.window.finder.line.hasFocus()
    qtbot.keyClick(explorer.window.finder.line, Qt.Key.Key_Escape)
    assert not explorer.window.finder.isVisible()
    assert explorer.window.focusWidget() is before


def test_terms_headings_examples_checkpoints_and_menus_are_found(explorer: Explorer, qtbot: QtBot) -> None:
    finder = explorer.window.finder
    finder.open()
    for typed, title, where in (
        ("posterior mean", "mean of the step", "Glossary"), ("things are kept", "Where things are kept", "Guide"),
        ("erase half", "Erase half a digit", "Examples"), ("vae-16d", "mnist-vae-16d", "Library"), ("preferences", "Preferences…", "Edit"),
    ):  # fmt: skip
        finder.line.setText(typed)
        assert (title, where) in [(each.title, each.where) for each in finder.shown]


def test_what_cannot_be_done_now_says_so_and_enter_leaves_it(explorer: Explorer, qtbot: QtBot) -> None:
    finder = explorer.window.finder
    finder.open()
    finder.line.setText("undo")
    assert finder.shown[0].why_not
    qtbot.keyClick(finder.line, Qt.Key.Key_Return)
    assert finder.isVisible()


def test_down_and_up_go_round(explorer: Explorer, qtbot: QtBot) -> None:
    finder = explorer.window.finder
    finder.open()
    finder.line.setText("theme")
    qtbot.keyClick(finder.line, Qt.Key.Key_Up)
    assert finder.list.currentRow() == finder.list.count() - 1
    qtbot.keyClick(finder.line, Qt.Key.Key_Down)
    assert finder.list.currentRow() == 0


def test_what_cannot_be_done_says_what_is_missing_in_its_line_and_its_tip(explorer: Explorer, qtbot: QtBot) -> None:
    action = explorer.window.current.action("branch-erase")
    assert action is not None
    assert not action.isEnabled(), "at t = 0"
    finder = explorer.window.finder
    finder.open()
    finder.line.setText("erase and fill")
    (found,) = [each for each in finder.shown if each.where == "Reverse chain"]
    assert "t = 0" in found.why_not
    assert found.why_not in action.toolTip()
    explorer.window.current.playback.scrub(500)
    qtbot.waitUntil(action.isEnabled)
    assert "Not now" not in action.toolTip()
