"""The welcome: offered once, on a fresh home; each step is done by the hand alone, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.recipe import ChainRecipe, Dab, Lane, Paint, Sampler
from explorer.state.persistence import load
from explorer.state.session import ChainState, Session
from explorer.views.latent.plane.plane import Plane
from explorer.views.window.help.welcome.card import beside
from explorer.views.window.help.welcome.steps import STEPS, begun
from explorer.widgets.controls.timeline import Timeline

App = Callable[..., Explorer]
LEFT = Qt.MouseButton.LeftButton


def _start(explorer: Explorer, index: int, qtbot: QtBot) -> None:
    tour = explorer.window.welcome
    tour.offer()
    tour.start()
    for _ in range(index):
        qtbot.mouseClick(tour.card.skip_button, LEFT)
    assert tour.step is STEPS[index]
    qtbot.waitUntil(lambda: explorer.window.current.idle and not tour.ring.isHidden())


def _drag(timeline: Timeline, qtbot: QtBot, shares: tuple[float, ...]) -> None:
    places = [QPoint(round(8 + share * (timeline.width() - 16)), 13) for share in shares]
    qtbot.mousePress(timeline, LEFT, pos=places[0])
    for place in places[1:]:
        qtbot.mouseMove(timeline, place)
    qtbot.mouseRelease(timeline, LEFT, pos=places[-1])


def test_a_fresh_home_is_offered_it_and_no_later_start_is(open_app: App, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "session.json"
    explorer = open_app(fresh=True, file=file)
    assert explorer.window.welcome.is_open
    assert explorer.window.welcome.step is None
    qtbot.mouseClick(explorer.window.welcome.card.later_button, LEFT)
    assert not explorer.window.welcome.is_open
    explorer.save()
    assert not load(file).fresh
    again = open_app(fresh=False, file=file)
    assert not again.window.welcome.is_open
    again.window.menus.actions["welcome"].trigger()
    assert again.window.welcome.is_open


def test_what_is_drawn_without_a_session_file_has_no_welcome(open_app: App) -> None:
    assert not open_app(fresh=True).window.welcome.is_open


def test_scrubbing_back_is_done_by_the_hand(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app()
    tour = explorer.window.welcome
    explorer.store.update_reverse(t=1000)
    _start(explorer, 0, qtbot)
    timeline = explorer.window.current.findChild(Timeline, "timeline")
    assert tour.ring.geometry().contains(QRect(timeline.mapTo(explorer.window, QPoint(0, 0)), timeline.size()))
    assert not tour.ring.geometry().intersects(tour.card.geometry())
    qtbot.waitUntil(lambda: not tour._hand)
    for t in (750, 0, 1000, 0):  # as sampling does by itself, from T again, too
        explorer.store.update_reverse(t=t)
    assert not any(tour.done)
    _drag(timeline, qtbot, (1.0, 0.4))
    assert tour.done[0]
    assert tour.card.next_button.isVisible()
    qtbot.mouseClick(tour.card.next_button, LEFT)
    assert tour.step is STEPS[1]


def test_the_clean_image_is_chosen_by_its_button_or_its_key(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app()
    _start(explorer, 1, qtbot)
    qtbot.mouseClick(explorer.window.current.findChild(QWidget, "segment-x0_hat"), LEFT)
    assert explorer.window.welcome.done[1]


def test_comparing_is_scrubbing_in_compare(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app()
    _start(explorer, 2, qtbot)
    assert explorer.window.current.workspace_name == "compare"
    _drag(explorer.window.current.findChild(Timeline, "timeline"), qtbot, (1.0, 0.3))
    assert explorer.window.welcome.done[2]


def test_painting_begins_where_it_can_be_done_and_a_branch_is_what_counts(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app()
    _start(explorer, 3, qtbot)
    button = explorer.window.current.findChild(QWidget, "branch-paintButton")
    assert button.isEnabled()
    lane = explorer.store.session.reverse.recipe.lanes[0]
    painted = msgspec.structs.replace(lane, edits=(Paint(500, (Dab(((9.0, 9.0),)),)),))
    recipe = msgspec.structs.replace(explorer.store.session.reverse.recipe, lanes=(painted,))
    explorer.store.update_reverse("paint", recipe=recipe)
    assert explorer.window.welcome.done[3]


def test_a_point_is_dragged_on_the_plane_and_then_it_is_over(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app(workspace="latent")
    tour = explorer.window.welcome
    _start(explorer, 4, qtbot)
    plane = explorer.window.current.findChild(Plane, "plane")
    at = QPoint(plane.width() // 2, plane.height() // 2)
    qtbot.mouseDClick(plane, LEFT, pos=at)
    assert explorer.store.session.latent.recipe.points
    assert not tour.done[4]
    qtbot.mousePress(plane, LEFT, pos=at)
    qtbot.mouseMove(plane, at + QPoint(30, 20))
    qtbot.mouseRelease(plane, LEFT, pos=at + QPoint(30, 20))
    qtbot.waitUntil(lambda: tour.done[4])
    qtbot.mouseClick(tour.card.next_button, LEFT)
    assert tour.card.examples_button.isVisible()
    assert tour.ring.isHidden()
    with qtbot.waitSignal(tour.examples_wanted):
        qtbot.mouseClick(tour.card.examples_button, LEFT)
    assert not tour.is_open


def test_in_another_workspace_it_shows_the_way_back(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app()
    _start(explorer, 0, qtbot)
    window, tour = explorer.window, explorer.window.welcome
    window.choose("latent")
    qtbot.waitUntil(lambda: window.current.idle)
    tour.place()
    back = window.rail.button("reverse-chain")
    place = back.rect().translated(back.mapTo(window, QPoint()))
    assert tour.ring.geometry().contains(place)
    assert not tour.card.geometry().intersects(place)
    assert tour.card.geometry().left() - place.right() < 40, "beside it, not in the middle"
    qtbot.mouseClick(back, LEFT)
    tour.place()
    assert not tour.ring.geometry().contains(place)


def test_escape_puts_it_off(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app()
    tour = explorer.window.welcome
    _start(explorer, 0, qtbot)
    tour.card.skip_button.setFocus()
    qtbot.keyClick(tour.card.skip_button, Qt.Key.Key_Escape)
    assert not tour.is_open
    assert tour.ring.isHidden()
    _start(explorer, 0, qtbot)
    explorer.window.banner.say("it is written", severity="notice")
    qtbot.keyClick(explorer.window.current, Qt.Key.Key_Escape)
    assert (explorer.window.banner.message, tour.is_open) == ("", True)
    qtbot.keyClick(explorer.window.current, Qt.Key.Key_Escape)
    assert not tour.is_open, "where the pictures have the keys, too"


def test_a_step_begins_where_the_chain_has_a_state() -> None:
    lane = Lane("a" * 64, "/x/a.safetensors", "C", Sampler(steps=50))
    session = Session(reverse=ChainState(recipe=ChainRecipe((lane,))))
    assert [begun(session, step).reverse.t for step in (STEPS[1], STEPS[3])] == [500, 260]


@pytest.mark.parametrize("step", STEPS)
def test_beginning_a_step_changes_no_recipe(step: object) -> None:
    before = Session()
    after = begun(before, step)  # type: ignore[arg-type]
    assert after.reverse.recipe == before.reverse.recipe
    assert after.compare.recipe == before.compare.recipe
    assert after.latent.recipe == before.latent.recipe


@pytest.mark.parametrize("place", [QRect(300, 700, 600, 40), QRect(80, 50, 60, 26), QRect(1000, 60, 270, 700), QRect(70, 100, 900, 560)])
def test_the_card_lies_in_the_window_and_beside_its_place(place: QRect) -> None:
    window, size = QRect(0, 0, 1280, 800), QSize(336, 160)
    card = QRect(beside(place, size, window), size)
    assert window.contains(card)
    if place.width() < 900:
        assert not card.intersects(place)


def test_the_card_is_beside_what_the_person_looks_at_rather_than_over_it() -> None:
    window, size = QRect(0, 0, 1280, 800), QSize(336, 128)
    place, keep = QRect(120, 57, 48, 34), QRect(81, 96, 364, 456)
    assert QRect(beside(place, size, window), size).intersects(keep)
    card = QRect(beside(place, size, window, keep), size)
    assert window.contains(card)
    assert not card.intersects(keep)
    assert not card.intersects(place)


def test_the_card_of_the_second_step_leaves_the_samples_to_be_seen(open_app: App, qtbot: QtBot) -> None:
    explorer = open_app(workspace="reverse-chain")
    _start(explorer, 1, qtbot)
    window, grid = explorer.window, explorer.window.current.grid
    explorer.window.welcome.place()
    assert not window.welcome.card.geometry().intersects(grid.rect().translated(grid.mapTo(window, QPoint())))
