"""Latent: what is drawn over the plane: the manifold, classes, fields, samples of the prior."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.latent.plane import cell_centres, covers
from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import LEFT, at, decodings, settle, state


def test_the_manifold_comes_on_request_and_gets_finer(ws: LatentWorkspace, qtbot: QtBot, checkpoints: Mapping[str, Path]) -> None:
    assert ws.plane.manifold_extent is None
    ws.actions_["manifold"].trigger()
    settle(ws, qtbot)
    grid = ws.controller.grid
    assert grid is not None
    assert covers(grid.extent, ws.plane.view.extent)
    centres = cell_centres(grid.extent, grid.columns, grid.rows)
    row, column = grid.rows // 2, grid.columns // 3
    tile = grid.picture[row * 28 : (row + 1) * 28, column * 28 : (column + 1) * 28]
    wanted = decodings(checkpoints["mnist-vae-2d"], centres[[row * grid.columns + column]])[0]
    assert np.abs(tile.astype(int) - wanted.astype(int)).max() <= 1
    ws.actions_["zoom_in"].trigger()
    ws.actions_["zoom_in"].trigger()
    ws.actions_["zoom_in"].trigger()
    ws.actions_["zoom_in"].trigger()
    settle(ws, qtbot)
    finer = ws.controller.grid
    assert finer is not None
    assert (finer.extent[1] - finer.extent[0]) / finer.columns < 0.6 * (grid.extent[1] - grid.extent[0]) / grid.columns
    assert covers(finer.extent, ws.plane.view.extent)


def test_a_click_in_the_legend_hides_a_class(ws: LatentWorkspace, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    labels = mnist_test[1]
    QTest.mouseClick(ws.legend.chips[4], LEFT)
    assert state(ws).hidden_classes == (4,)
    assert len(ws.plane.codes_drawn) == int((labels != 4).sum())
    QTest.mouseClick(ws.legend.chips[4], LEFT)
    assert len(ws.plane.codes_drawn) == 10_000
    QTest.mouseClick(ws.legend.chips[7], LEFT, Qt.KeyboardModifier.AltModifier)
    assert len(ws.plane.codes_drawn) == int((labels == 7).sum())
    assert not ws.context.store.can_undo


def test_layer_buttons_show_and_hide(ws: LatentWorkspace) -> None:
    ws.actions_["codes"].trigger()
    assert len(ws.plane.codes_drawn) == 0
    assert not ws.legend.isVisible()
    ws.actions_["codes"].trigger()
    assert len(ws.plane.codes_drawn) == 10_000
    assert ws.legend.isVisible()


def test_a_field_has_a_scale_and_a_value_under_the_pointer(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.toolbar.fields.setCurrentIndex(ws.toolbar.fields.findData("error"))
    ws.toolbar.fields.activated.emit(ws.toolbar.fields.currentIndex())
    assert state(ws).field == "error"
    settle(ws, qtbot)
    field = ws.controller.field
    assert field is not None
    assert not field.partial
    assert covers(field.extent, ws.plane.view.extent)
    scale = ws.panes[0].scale
    assert scale.isVisible()
    assert scale.ends == (field.low, field.high)
    QTest.mouseMove(ws.plane, at(ws, 0.5, 0.5))
    settle(ws, qtbot)
    column = int((0.5 - field.extent[0]) / (field.extent[1] - field.extent[0]) * field.columns)
    row = int((field.extent[3] - 0.5) / (field.extent[3] - field.extent[2]) * field.rows)
    near = field.values[row - 1 : row + 2, column - 1 : column + 2]
    assert near.min() * 0.99 <= float(scale.words.replace("−", "-")) <= near.max() * 1.01
    ws.context.store.update_latent(field="")
    assert not scale.isVisible()
    assert ws.plane.field_extent is None
    settle(ws, qtbot)


def test_prior_samples_are_told_with_the_share_read_as_digits(ws: LatentWorkspace, qtbot: QtBot) -> None:
    ws.actions_["sample"].trigger()
    settle(ws, qtbot)
    drawn = ws.plane.samples_drawn.copy()
    assert len(drawn) == ws.panel.strip.count == 64
    assert "% read as digits" in ws.panel.note.text()
    ws.actions_["sample"].trigger()
    settle(ws, qtbot)
    assert not np.array_equal(ws.plane.samples_drawn, drawn)
    ws.panel.close_button.click()
    assert state(ws).recipe.prior is None
    assert len(ws.plane.samples_drawn) == 0
    settle(ws, qtbot)
