"""Menus that are filled when they are opened: however often that is, none of them, and nothing of them, piles up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtGui import QActionGroup, QShortcut
from PySide6.QtWidgets import QMenu
from shiboken6 import isValid

from explorer.app import Explorer
from explorer.state.session import WORKSPACES
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from tests.menu_rows import rows_of


def there(explorer: Explorer) -> int:
    """How many menus and groups of their rows there are."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return len(explorer.window.findChildren(QMenu)) + len(explorer.window.findChildren(QActionGroup))


def test_menus_that_are_opened_again_and_again_leave_nothing_behind(open_app: Callable[..., Explorer]) -> None:
    explorer = open_app(workspace="reverse-chain")
    for name in WORKSPACES:
        explorer.window.choose(name)

    def open_each() -> int:
        for menu in explorer.window.findChildren(QMenu):
            if isValid(menu):  # one that another has just emptied is gone
                menu.aboutToShow.emit()
        return there(explorer)

    open_each()
    once = open_each()  # what they open is filled, too
    assert [open_each() for _ in range(3)] == [once] * 3


def test_the_menu_of_a_branch_goes_when_it_is_closed(open_app: Callable[..., Explorer]) -> None:
    explorer = open_app(workspace="reverse-chain")
    page = explorer.window.current
    assert isinstance(page, ReverseChainWorkspace)
    before = there(explorer)
    for _ in range(3):
        page.branching._show_row_menu(0, QPoint(10, 10))
        page.branching.bar.findChildren(QMenu)[-1].close()
    assert there(explorer) == before


def test_a_letter_opens_one_menu_whatever_the_workspace(open_app: Callable[..., Explorer]) -> None:
    window = open_app(workspace="reverse-chain").window
    for name in WORKSPACES:
        window.choose(name)
        keys = [key.key().toString() for key in window.findChildren(QShortcut) if key.isEnabled() and key.property("menu")]
        assert len(keys) == len(set(keys)) == len(window.menus.shown()), name


def test_what_lies_in_menus_within_menus_is_all_that_a_workspace_can_do(open_app: Callable[..., Explorer]) -> None:
    window = open_app(workspace="reverse-chain").window

    for name in WORKSPACES:
        window.choose(name)
        page = window.current
        offered = {page.action(row.name) for group in page.facts.groups() for row in group if row.in_menu}
        shown = {action.objectName() for action in rows_of([*page.menu_actions(), *page.view_actions()])}
        assert {action.objectName() for action in offered if action is not None} <= shown, name
