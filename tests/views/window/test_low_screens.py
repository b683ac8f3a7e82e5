"""What small screens have room for: 1280 x 720 pixels, as 1920 x 1080 are at a scale of 1.5, and 768 for menus."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.session import WORKSPACES
from explorer.views.shared.paged_workspace import PagedWorkspace
from explorer.widgets.look.card import Card

WIDE, HIGH, TITLE = 1280, 720, 30
LOW_SCREEN = 768


@pytest.mark.parametrize("text_size", [100, 125])
def test_every_menu_of_every_workspace_fits_a_low_screen(open_app: Callable[..., Explorer], text_size: int) -> None:
    window = open_app(workspace="reverse-chain", text_size=text_size).window

    def look(menu: QMenu, where: str) -> None:
        rows = [row for row in menu.actions() if row.isVisible()]
        height = sum(menu.actionGeometry(row).height() for row in rows)  # whatever columns Qt makes of them
        assert height < LOW_SCREEN - window.top_bar.height(), f"{where} > {menu.title()}"
        for row in rows:
            inner = row.menu()
            if isinstance(inner, QMenu):
                inner.aboutToShow.emit()
                look(inner, f"{where} > {menu.title()}")

    for name in WORKSPACES:
        window.choose(name)
        for menu in window.menus.shown():
            menu.aboutToShow.emit()
            look(menu, name)


def test_every_page_of_every_workspace_fits_a_small_screen(open_app: Callable[..., Explorer], qtbot: QtBot) -> None:
    """A page that wants more makes the window higher than the screen, and it stays so, with its status bar below the edge."""
    window = open_app(workspace="reverse-chain").window

    def look(where: str) -> None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        least = window.minimumSizeHint()
        assert least.height() <= HIGH - TITLE, where
        assert least.width() <= WIDE, where

    for name in WORKSPACES:
        window.choose(name)
        page = window.current
        look(name)
        for each in page.pages if isinstance(page, PagedWorkspace) else ():
            page.show_page(each)
            look(f"{name} > {each}")
    page = window.current
    assert isinstance(page, PagedWorkspace)
    page.context.store.update_variational(page="elbo")
    qtbot.waitUntil(lambda: page.idle)
    look("variational > elbo, with all that it has to say")


def test_on_a_low_page_the_elbos_pictures_give_way_and_nothing_lies_over_anything(open_app: Callable[..., Explorer], qtbot: QtBot) -> None:
    window = open_app(workspace="variational").window
    window.current.context.store.update_variational(page="elbo")
    qtbot.waitUntil(lambda: window.current.idle)
    page = window.current.pages["elbo"]
    for height in (HIGH - TITLE, 1000):
        window.resize(WIDE, height)
        qtbot.waitUntil(lambda height=height: window.height() == height and page.rect().bottom() <= height)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        for card in page.findChildren(Card):
            inside = [
                widget for widget in card.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly) if widget.isVisible()
            ]
            for one, other in combinations(inside, 2):
                assert not one.geometry().intersects(other.geometry()), f"{one} {other}"
        places = [page.spread._height(value) * page.spread.area.height() for value, _ in page.spread.ticks]
        assert min(high - low for low, high in pairwise(places)) >= 12, "the numbers of its axis have room"
    assert page.unit_tiles[0].height() > page.unit_tiles[0].width(), "with room they fill a wide card"
