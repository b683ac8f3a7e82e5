"""Lanes of Compare added, changed in their menus, moved and dragged."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.pictures.tiles import tiles_of
from explorer.recipe import FreshNoise, ScheduleChoice
from explorer.state.edits.lanes import set_lane
from explorer.views.compare.view import CompareWorkspace
from explorer.views.shared.lane_menu import SamplerFields
from tests.views.compare.hands import LEFT, STEPS, choose, lanes, menu_of, press, settle, state


def test_a_lane_is_added_and_the_others_are_not_sampled_again(page: CompareWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    old = page.controller.keys
    page.playback.scrub(500)
    least = dict.fromkeys(old, STEPS)

    def note() -> None:
        least.update({key: min(least[key], page.controller.run.done.get(key, -1)) for key in old})

    page.controller.progressed.connect(note)
    menu = page.window().findChild(QWidget, "addLane").menu()  # type: ignore[union-attr]
    choose(menu, "mnist-ddpm-b")
    assert [panel.title for panel in page.panels] == ["Option A", "Option B (1)", "Option C", "Option B (2)"]
    settle(page, qtbot)
    assert set(least.values()) == {STEPS}
    assert lanes(page)[3].sampler.steps == STEPS
    np.testing.assert_array_equal(page.panels[3].grid.tiles, page.panels[1].grid.tiles)
    assert page.context.store.undo_label == "add mnist-ddpm-b"


def test_lanes_are_moved_duplicated_and_removed_from_their_menus(page: CompareWorkspace, qtbot: QtBot) -> None:
    def options() -> str:
        return "".join(lane.option or "?" for lane in lanes(page))

    pictures = [panel.grid.tiles for panel in page.panels]
    page.part.update(reference=2, lane=2)
    choose(menu_of(page, 2), "Move left")
    assert options() == "ACB"
    assert (state(page).reference, state(page).lane) == (1, 1)
    settle(page, qtbot)
    for panel, index in zip(page.panels, (0, 2, 1), strict=True):
        np.testing.assert_array_equal(panel.grid.tiles, pictures[index])
    choose(menu_of(page, 0), "Duplicate")
    assert options() == "AACB"
    assert state(page).reference == 2
    choose(menu_of(page, 3), "Remove")
    assert options() == "AAC"
    settle(page, qtbot)
    np.testing.assert_array_equal(page.panels[2].grid.tiles, pictures[2])
    for _ in range(3):
        page.context.store.undo()
    assert options() == "ABC"
    settle(page, qtbot)
    for panel, expected in zip(page.panels, pictures, strict=True):
        np.testing.assert_array_equal(panel.grid.tiles, expected)


def test_the_sampler_of_one_lane_is_changed_in_its_menu(page: CompareWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    before = [panel.grid.tiles for panel in page.panels]
    menu = menu_of(page, 1)
    menu.aboutToShow.emit()
    fields = next(action for action in menu.actions() if isinstance(action, SamplerFields))
    fields.eta.show_value(1.0)
    fields.eta.setValue(0.0)
    fields.eta.take()
    settle(page, qtbot)
    assert [lane.sampler.eta for lane in lanes(page)] == [1.0, 0.0, 1.0]
    assert "η 0" in page.panels[1].subtitle
    np.testing.assert_array_equal(page.panels[0].grid.tiles, before[0])
    np.testing.assert_array_equal(page.panels[2].grid.tiles, before[2])
    np.testing.assert_array_equal(page.panels[1].grid.tiles, tiles_of(own_chain(page.controller.keys[1]).x[-1], "x_t", "dark")[0])
    assert not np.array_equal(page.panels[1].grid.tiles, before[1])


def test_the_checkpoint_of_a_lane_is_changed_in_its_menu(page: CompareWorkspace, qtbot: QtBot) -> None:
    choose(menu_of(page, 0), "Change checkpoint", "mnist-ddpm-c")
    assert [panel.title for panel in page.panels] == ["Option C (1)", "Option B", "Option C (2)"]
    settle(page, qtbot)
    np.testing.assert_array_equal(page.panels[0].grid.tiles, page.panels[2].grid.tiles)


def test_another_checkpoint_keeps_what_fits_it(page: CompareWorkspace, qtbot: QtBot) -> None:
    own = msgspec.structs.replace(lanes(page)[0], schedule=ScheduleChoice("cosine", 500), seed=9, edits=(FreshNoise(300, 1),))
    page.part.put(set_lane(state(page), 0, own), "make it special")
    choose(menu_of(page, 0), "Change checkpoint", "mnist-ddpm-c")
    assert lanes(page)[0] == msgspec.structs.replace(own, checkpoint=lanes(page)[2].checkpoint, source=lanes(page)[2].source, option="C")
    settle(page, qtbot)
    assert page.panels[0].grid.tiles is not None


def test_samples_seed_and_steps_of_all_lanes_at_once(page: CompareWorkspace, qtbot: QtBot) -> None:
    panel = page.widgets.inspector
    for field, value in ((panel.samples, 6), (panel.all_steps, 5)):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, str(value))
        press(page, Qt.Key.Key_Return)
    assert {lane.sampler.steps for lane in lanes(page)} == {5}
    press(page, Qt.Key.Key_N)
    assert state(page).recipe.seed != 3
    settle(page, qtbot)
    assert {len(p.grid.tiles) for p in page.panels} == {6}
    assert page.context.store.undo_label == "new seed"


def test_a_lane_is_dragged_to_another_place(page: CompareWorkspace, qtbot: QtBot) -> None:
    page.part.update(lane=0, reference=2)
    first, last = page.panels[0], page.panels[2]
    start = first.mapToGlobal(QPoint(60, 16))
    QTest.mousePress(first, LEFT, pos=QPoint(60, 16))
    for x in (80, 400, last.x() + last.width()):
        at = first.mapFromGlobal(start + QPoint(x - 60, 0))
        move = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), QPointF(first.mapToGlobal(at)), LEFT, LEFT, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(first, move)
    QTest.mouseRelease(first, LEFT, pos=at)
    assert [lane.option for lane in lanes(page)] == ["B", "C", "A"]
    assert (state(page).lane, state(page).reference) == (2, 1)
    assert page.context.store.undo_label == "move Option A"


def test_a_click_on_a_head_moves_nothing(page: CompareWorkspace) -> None:
    QTest.mouseClick(page.panels[1], LEFT, pos=QPoint(60, 16))
    assert [lane.option for lane in lanes(page)] == ["A", "B", "C"]
    assert state(page).lane == 1
