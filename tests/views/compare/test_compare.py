"""Compare in the real window, on shipped models: one noise, one cursor, lanes beside one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

from explorer.checkpoints.files import file_sha256, read_card, save
from explorer.engine.pictures.tiles import tiles_of
from explorer.recipe import Lane, ScheduleChoice
from explorer.views.compare.view import CompareWorkspace
from tests.menu_rows import rows_of
from tests.views.compare.hands import LEFT, STEPS, LaneMaker, Opener, choose, lanes, menu_of, press, settle, state


def test_the_lanes_start_at_the_same_noise_and_end_at_their_own_samples(page: CompareWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    assert [panel.title for panel in page.panels] == ["Option A", "Option B", "Option C"]
    for key, panel in zip(page.controller.keys, page.panels, strict=True):
        np.testing.assert_array_equal(panel.grid.tiles, tiles_of(own_chain(key).x[-1], "x_t", "dark")[0])
    press(page, Qt.Key.Key_Home)
    settle(page, qtbot)
    first = page.panels[0].grid.tiles
    assert all(np.array_equal(panel.grid.tiles, first) for panel in page.panels)
    page.playback.scrub(500)
    press(page, Qt.Key.Key_5)
    settle(page, qtbot)
    noise = page.panels[0].grid.tiles
    assert all(np.array_equal(panel.grid.tiles, noise) for panel in page.panels)


def test_one_cursor_one_selection_one_quantity_for_all(page: CompareWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    page.playback.scrub(400)
    press(page, Qt.Key.Key_2)
    grid = page.panels[1].grid
    QTest.mouseClick(grid, LEFT, pos=grid.centre_of(3).toPoint())
    settle(page, qtbot)
    assert (state(page).lane, state(page).selected) == (1, 3)
    for key, panel in zip(page.controller.keys, page.panels, strict=True):
        own = own_chain(key)
        np.testing.assert_array_equal(panel.grid.tiles, tiles_of(own.x0_hat[own.k(400)], "x0_hat", "dark")[0])
    assert page.widgets.equation.equation.title.startswith("Option B")


def test_difference_pictures_are_the_difference(page: CompareWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    page.playback.scrub(500)
    choose(menu_of(page, 2), "Make reference")
    press(page, Qt.Key.Key_6)
    owns = [own_chain(key) for key in page.controller.keys]
    k = owns[0].k(500)
    for of, off in (("x_t", 0), ("x0_hat", 0), ("eps_hat", 2)):
        page.part.update(difference_of=of)
        settle(page, qtbot)
        values = [own.x[k] if of == "x_t" else getattr(own, of)[k] for own in owns]
        wanted = [tiles_of(v - values[2], "difference", "dark")[0] for v in values[:2]]
        wanted.append(tiles_of(values[2], of, "dark")[0])  # the reference lane shows itself
        for panel, expected in zip(page.panels, wanted, strict=True):
            assert np.abs(panel.grid.tiles.astype(int) - expected.astype(int)).max() <= off
        assert page.widgets.scale.scale == tiles_of(values[0], "difference", "dark")[1]
    assert page.panels[2].note == "reference"
    assert page.widgets.scale.diverging
    assert page.widgets.quantities.button("difference").text() == "difference to C"


def test_the_curves_are_the_distance_to_the_reference(page: CompareWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    page.part.update(reference=2, selected=1, plot="distance x0_hat")
    settle(page, qtbot)
    a, _, c = (own_chain(key) for key in page.controller.keys)
    series = {s.name: s for s in page.widgets.plot.plot.figure.series}
    expected = np.linalg.norm((a.x0_hat[:, 1] - c.x0_hat[:, 1]).reshape(STEPS, -1).astype(float), axis=1)
    found = dict(zip(series["A"].timesteps.tolist(), series["A"].values, strict=True))
    np.testing.assert_allclose([found[t] for t in a.timesteps[:-1]], expected, rtol=1e-4)
    np.testing.assert_array_equal(series["C"].values, 0)
    qtbot.mouseClick(page.widgets.plot.of.button("all"), LEFT)
    settle(page, qtbot)
    series = {s.name: s for s in page.widgets.plot.plot.figure.series}
    every = np.linalg.norm((a.x0_hat - c.x0_hat).reshape(STEPS, 4, -1).astype(float), axis=2).mean(axis=1)
    found = dict(zip(series["A"].timesteps.tolist(), series["A"].values, strict=True))
    np.testing.assert_allclose([found[t] for t in a.timesteps[:-1]], every, rtol=1e-4)


def test_axes_stay_while_sampling(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("B"), lane("C")), samples=1, wait=False)
    page.part.update(plot="norms", log_curves=False)
    axes: list = []
    page.controller.progressed.connect(lambda: axes.append(page.widgets.plot.plot.figure.axes))
    qtbot.waitUntil(lambda: len(axes) > 4)
    page.cancel()
    assert all(later.high >= earlier.high for earlier, later in pairwise(axes))
    assert {(a.T, a.low, a.log) for a in axes} == {(1000, 0.0, False)}


@pytest.mark.parametrize("looked_at", [0, 1])
def test_the_steps_of_every_lane_fit_its_own_schedule(
    open_page: Opener, exact_lanes: Callable[..., tuple[Lane, ...]], looked_at: int, qtbot: QtBot
) -> None:
    page = open_page(CompareWorkspace, exact_lanes(30, 60), lane=looked_at)
    field = page.widgets.inspector.all_steps
    assert field is not None
    assert (field.maximum(), field.text()) == (60, "at most 60 of 60")
    for typed, wanted, planned in (
        (30, (None, 30), (30, 30)),
        (45, (None, 45), (30, 45)),
        (60, (None, None), (30, 60)),
        (7, (7, 7), (7, 7)),
    ):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, str(typed))
        press(page, Qt.Key.Key_Return)
        assert tuple(lane.sampler.steps for lane in lanes(page)) == wanted
        settle(page, qtbot)
        assert tuple(page.controller.run.done[key] for key in page.controller.keys) == planned


def test_lanes_of_different_length_show_their_nearest_state(
    open_page: Opener, lane: LaneMaker, checkpoints: Mapping[str, Path], tmp_path: Path, own_chain: Callable, qtbot: QtBot
) -> None:
    source = checkpoints["mnist-ddpm-c"]
    card = read_card(source)
    short = tmp_path / "short.safetensors"
    save(short, msgspec.structs.replace(card, schedule=msgspec.structs.replace(card.schedule, T=400)), load_file(source))
    other = msgspec.structs.replace(lane("C", steps=10), checkpoint=file_sha256(short), source=str(short))
    page = open_page(CompareWorkspace, (lane("C", steps=10), other))
    assert page.controller.T == 1000
    page.playback.scrub(1000)
    settle(page, qtbot)
    first, second = (own_chain(key) for key in page.controller.keys)
    np.testing.assert_array_equal(page.panels[0].grid.tiles, tiles_of(first.x[0], "x_t", "dark")[0])
    np.testing.assert_array_equal(page.panels[1].grid.tiles, tiles_of(second.x[0], "x_t", "dark")[0])
    assert page.panels[1].note == "t = 400"
    page.playback.scrub(500)  # the linear schedule with T = 400 has the noise of 500 of 1000 at its timestep 200
    settle(page, qtbot)
    np.testing.assert_array_equal(page.panels[1].grid.tiles, tiles_of(second.x[second.k(200)], "x_t", "dark")[0])
    assert page.panels[1].note == "t = 200"


def test_cancel_keeps_what_is_computed(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("B"), lane("C")), samples=1, wait=False)
    run = page.controller.run
    qtbot.waitUntil(lambda: len(run.done) == 2 and min(run.done.values()) > 2, timeout=120_000)
    page.cancel()
    assert not run.sampling
    settle(page, qtbot)
    reached = [c.reached for c in page.widgets.transport.timeline.coverage]
    assert all(0 < t < 1000 for t in reached)
    page.playback.to_end()
    settle(page, qtbot)
    assert all(panel.grid.tiles is not None and panel.note.startswith("t = ") for panel in page.panels)


def test_without_lanes_it_says_what_to_do_and_takes_one(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, ())
    assert page.idle
    assert not page.panels
    qtbot.waitUntil(lambda: page.context.library.named("mnist-ddpm-c") is not None, timeout=60_000)
    entry = page.context.library.named("mnist-ddpm-c")
    assert entry is not None
    assert page.accept_entry(entry)
    qtbot.waitUntil(lambda: page.panels[0].grid.tiles is not None, timeout=60_000)
    page.cancel()
    page.remove_lane(0)
    settle(page, qtbot)
    assert not page.panels


def test_sixteen_lanes_are_all_seen(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, tuple(lane("ABC"[i % 3], steps=2, eta=i / 16) for i in range(16)))
    page.window().resize(1280, 800)
    settle(page, qtbot)
    row = page.lanes_row
    qtbot.waitUntil(lambda: row.arrangement.rows > 1)
    assert row.horizontalScrollBar().maximum() == 0
    assert all(row.viewport().rect().contains(panel.geometry()) for panel in page.panels)
    assert all(panel.grid.grid.scale >= 1 for panel in page.panels)
    assert len({panel.title for panel in page.panels}) == 16
    assert not page._add_button.isEnabled(), "there can be no more"


def test_a_lane_walks_another_schedule(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("C", steps=10), lane("C", steps=10)), lane=1, plot="ssim x0_hat")
    before = page.panels[0].grid.tiles
    field = page.widgets.inspector.schedule
    field.names.setCurrentIndex(field.names.findData("cosine"))
    field.names.activated.emit(field.names.currentIndex())
    settle(page, qtbot)
    assert lanes(page)[1].schedule == ScheduleChoice("cosine", 1000)
    assert page.panels[1].title == "Option C · cosine"
    np.testing.assert_array_equal(page.panels[0].grid.tiles, before)
    page.playback.scrub(500)
    settle(page, qtbot)
    own = int(page.panels[1].note.removeprefix("t = "))
    levels = page.controller.run.plans[page.controller.keys[1]].levels
    assert abs(levels[own] - page.controller.run.plans[page.controller.keys[0]].levels[500]) < 1
    assert own > 550, "the cosine schedule has that noise earlier in its chain"
    assert page.panels[1]._note.property("warning") or "trained from" in page.panels[1]._note.toolTip()
    series = {s.name: s for s in page.widgets.plot.plot.figure.series}
    assert np.all(series["own schedule"].values == 1)
    assert 3 < len(series["cosine"].values) < 11
    assert np.all(series["cosine"].values <= 1)


def test_the_menu_lists_what_the_keys_do(page: CompareWorkspace) -> None:
    keys = {action.objectName(): action.shortcut().toString() for action in rows_of(page.menu_actions())}
    assert keys["play"] == "Space"
    assert keys["difference"] == "6"
    assert all(isinstance(action, QAction) and action.toolTip() for action in rows_of(page.menu_actions()))


def sticking_out(page: CompareWorkspace) -> list[str]:
    """Widgets that are not whole inside their parents; what scrolls and a plot's own surface are Qt's affair."""
    aside = (page.widgets.plot.plot, page.lanes_row.viewport())
    shown = [w for w in page.findChildren(QWidget) if w.isVisible() and w.parentWidget() not in aside]
    return [repr(w) for w in shown if not w.parentWidget().rect().adjusted(-1, -1, 1, 1).contains(w.geometry())]


def test_nothing_is_cut_off(page: CompareWorkspace, qtbot: QtBot) -> None:
    page.part.update(quantity="difference", reference=2)
    for size in ((1280, 800), (1920, 1080)):
        page.window().resize(*size)
        settle(page, qtbot)
        qtbot.waitUntil(lambda: not sticking_out(page))
        assert page.window().size().toTuple() == size
