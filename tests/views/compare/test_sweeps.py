"""Sweeps in Compare: lanes that differ in one setting."""

from __future__ import annotations

import numpy as np
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.views.compare.sweep_dialog import SweepDialog
from explorer.views.compare.view import CompareWorkspace
from tests.views.compare.hands import LEFT, LaneMaker, Opener, lanes, settle, state


def test_a_sweep_makes_lanes_and_shows_them_as_a_grid(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("B", steps=4), lane("C", steps=4)), lane=1)
    page.ask_sweep()
    dialog = page.findChild(SweepDialog)
    assert dialog is not None
    dialog.values.setText("2, 3, twelve")
    assert "twelve" in dialog.told
    assert not dialog.ok.isEnabled()
    dialog.values.setText("2, 3, 2000")
    assert "T = 1000" in dialog.told
    dialog.values.setText("2, 3, 5")
    assert dialog.told == "3: 2 steps, 3 steps, 5 steps"
    dialog.accept()
    settle(page, qtbot)
    assert [(lane.option, lane.sampler.steps) for lane in lanes(page)] == [("C", 2), ("C", 3), ("C", 5)]
    assert page.context.store.undo_label == "sweep steps"
    grid = page.multiples.grid
    assert grid.isVisible()
    for index, panel in enumerate(page.panels):
        np.testing.assert_array_equal(grid._tiles(index), panel.grid.tiles)
    QTest.mouseClick(grid, LEFT, pos=grid.placement.rect(2, 1).center().toPoint())
    assert (state(page).lane, state(page).selected) == (2, 1)
    page.toggle_layout()
    assert page.lanes_row.isVisible()
    page.context.store.undo()
    assert [lane.option for lane in lanes(page)] == ["B", "C"]


def test_a_sweep_over_seeds_and_checkpoints_is_added(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("C", steps=3),))
    shipped = {"mnist-ddpm-a", "mnist-ddpm-b", "mnist-ddpm-c", "mnist-ddpm-lecture", "mnist-ddpm-classes", "emoji-ddpm-c"} | {
        "mnist-ddpm-a-small",
        "mnist-ddpm-b-small",
    }
    qtbot.waitUntil(lambda: shipped <= {entry.name for entry in page.context.library.of_kind("ddpm")}, timeout=60_000)
    for setting, values in (("seed", "5, 6"), ("checkpoint", "")):
        page.ask_sweep(0)
        dialog = next(d for d in page.findChildren(SweepDialog) if d.isVisible())
        dialog.setting.setCurrentIndex(dialog.setting.findData(setting))
        if values:
            dialog.values.setText(values)
        dialog.replace.setChecked(False)
        dialog.grid.setChecked(False)
        dialog.accept()
        qtbot.waitUntil(lambda: not page.findChildren(SweepDialog))
    settle(page, qtbot)
    every = [("C", None), ("C", 5), ("C", 6), *((option, None) for option in "AABBCCC")]
    assert [(lane.option, lane.seed) for lane in lanes(page)] == every, (
        "what has images of this size: the small ones, the classes', the lecture's too"
    )
    tiles = [panel.grid.tiles for panel in page.panels]
    assert not np.array_equal(tiles[0], tiles[1])
    np.testing.assert_array_equal(tiles[0], tiles[len(every) - 3])
