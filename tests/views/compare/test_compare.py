"""Compare in the real window, on shipped models."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

from explorer.checkpoints.files import file_sha256, read_card, save
from explorer.engine.pictures.tiles import tiles_of
from explorer.exports.pictures import write_png
from explorer.recipe import ChainRecipe, ExactProcess, FreshNoise, Lane, Recipe, Sampler, ScheduleChoice
from explorer.state.edits.lanes import set_lane
from explorer.state.session import ChainState
from explorer.views.compare.sweep_dialog import SweepDialog
from explorer.views.compare.view import CompareWorkspace
from explorer.views.shared.lane_menu import SamplerFields

LEFT = Qt.MouseButton.LeftButton
STEPS = 10
Opener = Callable[..., CompareWorkspace]
LaneMaker = Callable[..., Lane]


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker) -> CompareWorkspace:
    """Options A, B and C over 10 steps, sampled, at t = 0."""
    return open_page(CompareWorkspace, tuple(lane(option, steps=STEPS) for option in "ABC"))


def settle(page: CompareWorkspace, qtbot: QtBot) -> None:
    """Wait until all that was asked for is shown."""
    qtbot.waitUntil(lambda: page.idle, timeout=60_000)


def state(page: CompareWorkspace) -> ChainState:
    return page.part.state


def lanes(page: CompareWorkspace) -> tuple[Lane, ...]:
    return page.part.recipe.lanes


def press(page: CompareWorkspace, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or page, key)


def choose(menu: QMenu, *words: str) -> None:
    """Open a menu and trigger the action with that text; further words are of its submenus."""
    menu.aboutToShow.emit()
    for word in words[:-1]:
        found = next(a for a in menu.actions() if a.text().startswith(word))
        menu = found.menu()  # type: ignore[assignment]
    next(a for a in menu.actions() if a.text().startswith(words[-1])).trigger()


def menu_of(page: CompareWorkspace, index: int) -> QMenu:
    menu = page.panels[index].menu_button.menu()
    assert menu is not None
    return menu


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


@pytest.fixture
def exact_lanes(tmp_path: Path) -> Callable[..., tuple[Lane, ...]]:
    """Lanes of five pictures, sampled in no time: one for each T of a cosine schedule."""
    path = tmp_path / "five.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (5, 8, 8), np.uint8))

    def make(*lengths: int) -> tuple[Lane, ...]:
        return tuple(Lane("", str(path), None, Sampler(), ExactProcess(str(path)), ScheduleChoice("cosine", T)) for T in lengths)

    return make


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


def test_a_lane_whose_network_puts_out_no_numbers_says_so_in_its_place(
    open_page: Opener, lane: LaneMaker, qtbot: QtBot, tmp_path: Path
) -> None:
    good, path = lane("C", steps=STEPS), tmp_path / "overflows.safetensors"
    weights = {name: 1e30 * weight.float() for name, weight in load_file(good.source).items()}
    save(path, read_card(Path(good.source)), weights)
    bad = msgspec.structs.replace(good, checkpoint=file_sha256(path), source=str(path))
    page = open_page(CompareWorkspace, (bad, good), wait=False)
    qtbot.waitUntil(lambda: page.panels[1].grid.tiles is not None and page.idle, timeout=60_000)
    assert page.panels[0].grid.tiles is None
    assert "puts out numbers that are not finite" in page.panels[0].grid.message
    assert page.controller.run.newest == 0


def test_a_lane_that_cannot_be_sampled_says_so_in_its_place(
    open_page: Opener, lane: LaneMaker, checkpoints: Mapping[str, Path], tmp_path: Path, own_chain: Callable, qtbot: QtBot
) -> None:
    path = tmp_path / "away.safetensors"
    away = msgspec.structs.replace(lane("C", steps=5), source=str(path))
    page = open_page(CompareWorkspace, (away, lane("B", steps=STEPS)), seed=4, reference=0)
    bad, good = page.panels
    assert bad.grid.tiles is None
    assert bad.grid.message.startswith(f"{path}: no such file")
    assert bad.note == "not sampled"
    assert page.window().banner.message == bad.grid.message
    np.testing.assert_array_equal(good.grid.tiles, tiles_of(own_chain(page.controller.keys[1]).x[-1], "x_t", "dark")[0])
    assert page.controller.run.status.text.endswith("· 1 lane cannot be sampled")
    page.playback.scrub(500)
    settle(page, qtbot)
    assert good.note == ""
    press(page, Qt.Key.Key_6)
    settle(page, qtbot)
    assert good.grid.tiles is None
    assert good.grid.message.startswith("The reference lane cannot be sampled")
    press(page, Qt.Key.Key_1)
    page.window().banner.dismiss()
    press(page, Qt.Key.Key_N)  # the same lane is refused again: that is no news
    settle(page, qtbot)
    assert bad.note == "not sampled"
    assert not page.window().banner.isVisible()
    path.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    press(page, Qt.Key.Key_R)
    settle(page, qtbot)
    for panel, key in zip(page.panels, page.controller.keys, strict=True):
        k = own_chain(key).k(500 if key.lane.sampler.steps == STEPS else 600)
        np.testing.assert_array_equal(panel.grid.tiles, tiles_of(own_chain(key).x[k], "x_t", "dark")[0])
    assert not bad.grid.message


def test_a_file_that_could_not_be_opened_is_no_longer_for_its_lane(
    page: CompareWorkspace, checkpoints: Mapping[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mended.safetensors"
    path.write_bytes(b"no checkpoint")
    before = lanes(page)
    page.opener.open(str(path), 1)
    qtbot.waitUntil(lambda: page.window().banner.isVisible(), timeout=60_000)
    path.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    with qtbot.waitSignal(page.context.library.opened, timeout=60_000):
        page.window().opener.open_path(str(path))
    qtbot.waitUntil(lambda: len(lanes(page)) == 4, timeout=60_000)
    assert lanes(page)[:3] == before
    assert lanes(page)[3].source == str(path)


def test_one_file_opened_for_two_lanes_is_opened_in_both(
    page: CompareWorkspace, checkpoints: Mapping[str, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "twice.safetensors"
    path.write_bytes(checkpoints["mnist-ddpm-c"].read_bytes())
    for index in (0, 1):
        page.opener.open(str(path), index)
    qtbot.waitUntil(lambda: [lane.source for lane in lanes(page)[:2]] == [str(path)] * 2, timeout=60_000)


def test_a_lane_without_a_difference_says_why(
    open_page: Opener, lane: LaneMaker, exact_lanes: Callable[..., tuple[Lane, ...]], qtbot: QtBot
) -> None:
    (small,) = exact_lanes(30)
    page = open_page(CompareWorkspace, (lane("C", steps=5), lane("B", steps=STEPS), small), quantity="difference", t=600)
    reference, other, exact = page.panels
    assert (reference.note, other.note, exact.note) == ("reference", "", "other size")
    assert reference.grid.tiles is not None
    assert other.grid.tiles is not None
    assert exact.grid.tiles is None
    assert "of another size" in exact.grid.message
    page.playback.scrub(500)
    settle(page, qtbot)
    assert reference.note == "reference · t = 600", "what it shows itself"
    assert other.grid.tiles is None
    assert other.grid.message == "No step of the reference at this noise level (t = 500)"
    page.toggle_layout()
    assert [label.note for label in page.multiples.grid._labels] == ["reference · t = 600", "no reference step", "other size"]
    press(page, Qt.Key.Key_1)
    settle(page, qtbot)
    assert all(panel.grid.tiles is not None and not panel.grid.message for panel in page.panels)


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


def test_an_export_is_written_and_opened_again(page: CompareWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "abc.png"
    page.playback.scrub(500)
    press(page, Qt.Key.Key_2)
    page.exporting.start(str(path))
    qtbot.waitUntil(lambda: not page.exporting.active, timeout=60_000)
    assert path.is_file()
    assert page.exporting.told.startswith("exported abc.png")
    before = [panel.grid.tiles for panel in page.panels]
    window = page.window()
    page.remove_lane(0)
    page.part.update(t=0, quantity="x_t")
    window.open_paths([str(path)])  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: len(lanes(page)) == 3, timeout=60_000)
    settle(page, qtbot)
    assert (state(page).t, state(page).quantity) == (500, "x0_hat")
    for panel, tiles in zip(page.panels, before, strict=True):
        np.testing.assert_array_equal(panel.grid.tiles, tiles)
    assert page.context.store.undo_label == "open abc.png"


def test_what_cannot_be_exported_or_opened_is_told(page: CompareWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    window, kept = page.window(), page.part.state
    banner = window.banner  # type: ignore[attr-defined]
    page.exporting.start(str(tmp_path / "nowhere" / "a.png"))
    qtbot.waitUntil(lambda: "cannot be written" in banner.message, timeout=60_000)
    assert not page.exporting.active
    Image.new("L", (5, 5)).save(tmp_path / "plain.png")
    np.savez(tmp_path / "plain.npz", x=np.zeros(2))
    (tmp_path / "broken.mp4").write_bytes(b"not a film")
    recipe = Recipe(chain=ChainRecipe((Lane("0" * 64, "/gone/mine.safetensors", "C"),)))
    write_png(tmp_path / "foreign.png", np.zeros((4, 4), np.uint8), recipe)
    told = {
        "plain.png": "no recipe|of no use", "plain.npz": "none of its arrays", "broken.mp4": "cannot be read",
        "foreign.png": "mine",
    }  # fmt: skip
    for name, words in told.items():
        banner.dismiss()
        window.open_paths([str(tmp_path / name)])  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda words=words: bool(re.search(words, banner.message)), timeout=60_000)
    assert page.part.state == kept


def test_cancelling_an_export_leaves_nothing(open_page: Opener, lane: LaneMaker, qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page(CompareWorkspace, (lane("C"),), samples=1, wait=False)
    page.exporting.start(str(tmp_path / "a.npz"))
    qtbot.waitUntil(lambda: page.exporting.status.done > 0, timeout=60_000)
    page.cancel()
    assert not page.exporting.active
    page.cancel()
    settle(page, qtbot)
    qtbot.waitUntil(lambda: not page.context.client.busy, timeout=60_000)
    assert list(tmp_path.iterdir()) == []


def test_the_menu_lists_what_the_keys_do(page: CompareWorkspace) -> None:
    keys = {action.objectName(): action.shortcut().toString() for action in page.menu_actions() if not action.isSeparator()}
    assert keys["play"] == "Space"
    assert keys["difference"] == "6"
    assert all(isinstance(action, QAction) and action.toolTip() for action in page.menu_actions() if not action.isSeparator())


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
