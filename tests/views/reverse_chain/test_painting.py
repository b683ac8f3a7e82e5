"""Painting on a state and on x0_hat, and erasing, in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.engine.pictures.tiles import grey_tiles
from explorer.recipe import ExactProcess, Inpaint, Lane, Paint, Sampler
from explorer.views.reverse_chain.paint_choices import ERASED
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.widgets.look.sharp import pixels_of
from tests.views.reverse_chain.branches import LEFT, LaneMaker, edits, hands, made, paint_over, settle, state


def test_painting_is_followed_and_becomes_a_branch_of_that_sample(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    panel = hands(page).paint
    QTest.keyClick(page, Qt.Key.Key_P)
    assert hands(page).panels.in_front is panel
    assert not panel.go.isEnabled()
    settle(page, qtbot)
    plain, led = panel.sees.image, panel.leads.image
    np.testing.assert_array_equal(pixels_of(panel.canvas.image), page.grid.tiles[2])
    paint_over(page, qtbot, (8, 8), (14, 9), (20, 10))
    settle(page, qtbot)
    assert panel.sees.image != plain
    assert panel.leads.image != led
    assert pixels_of(panel.canvas.image)[9, 14].tolist() == [255, 255, 255]
    QTest.keyClick(panel, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert hands(page).panels.in_front is None
    (edit,) = edits(page)
    assert isinstance(edit, Paint)
    assert (edit.t, edit.on, edit.samples, len(edit.dabs)) == (500, "x_t", (2,), 1)
    np.testing.assert_array_equal(page.grid.tiles, grey_tiles(made(state(page).recipe.lanes[0])[-1]))


def test_marks_are_taken_back_and_escape_changes_nothing(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    recipe, panel = state(page).recipe, hands(page).paint
    hands(page).controller.painting.open(False)
    paint_over(page, qtbot, (8, 8), (14, 9))
    paint_over(page, qtbot, (4, 4))
    assert len(panel.draft.dabs) == 2
    QTest.keyClick(panel.canvas, Qt.Key.Key_Backspace)
    assert len(panel.draft.dabs) == 1
    QTest.mouseClick(panel.controls.brushes.button("noise"), LEFT)
    paint_over(page, qtbot, (20, 20))
    assert (panel.draft.dabs[-1].value, panel.draft.dabs[-1].noise) == (0.0, 1.0)
    QTest.keyClick(panel.canvas, Qt.Key.Key_Escape)
    assert hands(page).panels.in_front is None
    assert state(page).recipe == recipe
    settle(page, qtbot)


def test_marks_stay_wherever_the_cursor_goes_and_whatever_is_in_front_meanwhile(
    page: ReverseChainWorkspace, qtbot: QtBot, tmp_path: Path
) -> None:
    panel, painting = hands(page).paint, hands(page).controller.painting
    painting.open(False)
    paint_over(page, qtbot, (8, 8), (14, 9))
    marks = panel.draft.dabs
    page.playback.to_end()
    settle(page, qtbot)
    assert hands(page).panels.in_front is panel
    assert panel.canvas.image is None
    assert not panel.go.isEnabled()
    assert "t = 0" in panel.controls.hint.text()
    page.playback.scrub(300)
    settle(page, qtbot)
    assert panel.go.isEnabled()
    assert pixels_of(panel.canvas.image)[8, 8].tolist() == [255, 255, 255]
    path = tmp_path / "seven.png"
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(path)
    page.accept_picture(str(path))
    settle(page, qtbot)
    assert hands(page).panels.in_front is hands(page).back_up
    painting.open(True)
    assert panel.draft.marks == (), "what is erased is another matter"
    hands(page).controller.draw_fresh()
    settle(page, qtbot)
    page.playback.scrub(300)
    painting.open(False)
    assert panel.draft.dabs == marks
    settle(page, qtbot)
    QTest.mouseClick(panel.go, LEFT)
    settle(page, qtbot)
    assert edits(page)[-1].dabs == marks
    page.playback.scrub(300)
    painting.open(False)
    assert panel.draft.marks == (), "they are in the branch"
    paint_over(page, qtbot, (4, 4))
    QTest.keyClick(panel.canvas, Qt.Key.Key_Escape)
    painting.open(False)
    assert panel.draft.marks == (), "given up"
    hands(page).put_away()
    settle(page, qtbot)


def test_while_a_chain_is_sampled_what_is_painted_on_stays(
    open_page: Callable[..., ReverseChainWorkspace], lane: LaneMaker, qtbot: QtBot
) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=1000),), samples=16, t=1000, wait=False)
    run, panel = page.controller.run, hands(page).paint
    qtbot.waitUntil(lambda: state(page).t < 1000)
    page.playback.toggle_play()
    hands(page).controller.painting.open(False)
    t = state(page).t
    paint_over(page, qtbot, (8, 8))
    qtbot.waitUntil(lambda: run.newest is not None and run.newest < t - 10)
    assert run.sampling
    assert not page.playback.playing
    assert (state(page).t, hands(page).panels.in_front, len(panel.draft.dabs)) == (t, panel, 1)
    page.part.update(t=1)
    assert panel.canvas.image is None, "not sampled so far"
    newest = run.newest
    assert newest is not None
    page.part.update(t=newest - 20)
    assert not panel.possible
    qtbot.waitUntil(lambda: panel.canvas.image is not None)
    assert panel.go.isEnabled()
    page.controller.stop()
    hands(page).put_away()
    settle(page, qtbot)


def test_while_painting_undo_is_of_marks_and_keys_are_the_panels(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    hands(page).controller.draw_fresh()
    settle(page, qtbot)
    page.playback.scrub(300)
    recipe, panel = state(page).recipe, hands(page).paint
    hands(page).controller.painting.open(False)
    paint_over(page, qtbot, (8, 8))
    paint_over(page, qtbot, (9, 9))
    QTest.keyClick(panel.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(panel.draft.dabs) == 1
    QTest.keyClick(panel.canvas, Qt.Key.Key_Backspace)
    assert len(panel.draft.dabs) == 0
    assert state(page).recipe == recipe, "neither undone, nor back to the parent"
    assert hands(page).panels.in_front is panel
    hands(page).put_away()
    settle(page, qtbot)


def test_painting_on_x0_hat(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.part.update(quantity="x0_hat")
    hands(page).controller.painting.open(False)
    settle(page, qtbot)
    panel = hands(page).paint
    assert panel.controls.on.current == "x0_hat"
    assert panel.canvas.image == panel.sees.image
    paint_over(page, qtbot, (14, 14))
    panel.controls.everyone.setChecked(True)
    QTest.mouseClick(panel.go, LEFT)
    settle(page, qtbot)
    (edit,) = edits(page)
    assert isinstance(edit, Paint)
    assert (edit.on, edit.samples) == ("x0_hat", ())


def test_colours_are_offered_where_the_images_have_them(
    open_page: Callable[..., ReverseChainWorkspace], qtbot: QtBot, tmp_path: Path, page: ReverseChainWorkspace
) -> None:
    hands(page).controller.painting.open(False)
    assert not hands(page).paint.controls.colours.isVisible()
    hands(page).put_away()
    path = tmp_path / "colours.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), np.uint8))
    lane = Lane("", str(path), None, Sampler(4), ExactProcess(str(path)))
    coloured = open_page(ReverseChainWorkspace, (lane,), samples=2, t=0)
    coloured.playback.scrub(500)
    settle(coloured, qtbot)
    hands(coloured).controller.painting.open(False)
    panel = hands(coloured).paint
    assert panel.controls.colours.isVisible()
    panel.controls.colours.more.take(QColor(255, 0, 51))
    assert not panel.controls.brushes.button("white").isChecked()
    paint_over(coloured, qtbot, (4, 4))
    settle(coloured, qtbot)
    assert pixels_of(panel.canvas.image)[4, 4].tolist() == [255, 0, 51]
    panel.controls.brushes.button("white").click()
    paint_over(coloured, qtbot, (1, 1))
    QTest.mouseClick(panel.go, LEFT)
    settle(coloured, qtbot)
    (edit,) = edits(coloured)
    assert isinstance(edit, Paint)
    assert [dab.colour for dab in edit.dabs] == [(1.0, -1.0, -0.6), None]
    coloured.playback.scrub(500)
    settle(coloured, qtbot)
    np.testing.assert_array_equal(coloured.grid.tiles[0][4, 4], [255, 0, 51])


def test_a_region_of_images_of_another_size_is_erased(open_page: Callable[..., ReverseChainWorkspace], qtbot: QtBot) -> None:
    emoji = open_page(ReverseChainWorkspace, (Lane("", "emoji", None, Sampler(4), ExactProcess("emoji", images=30)),), samples=1, t=0)
    emoji.playback.scrub(500)
    settle(emoji, qtbot)
    QTest.keyClick(emoji, Qt.Key.Key_E)
    panel = hands(emoji).paint
    assert panel.draft.shape == (32, 32)
    panel.controls.repeats.show_value(1)
    paint_over(emoji, qtbot, (30, 30))
    settle(emoji, qtbot)
    assert panel.leads.image is not None
    QTest.mouseClick(panel.go, LEFT)
    settle(emoji, qtbot)
    (edit,) = edits(emoji)
    assert isinstance(edit, Inpaint)
    assert edit.mask.array().shape == (32, 32)
    assert edit.mask.array()[30, 30]


def test_what_is_erased_is_made_anew_and_the_rest_is_kept(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    root = made(state(page).recipe.lanes[0])
    QTest.keyClick(page, Qt.Key.Key_E)
    panel = hands(page).paint
    panel.controls.repeats.show_value(2)
    paint_over(page, qtbot, (2, 22), (26, 22))
    QTest.mouseClick(panel.go, LEFT)
    settle(page, qtbot)
    (edit,) = edits(page)
    assert isinstance(edit, Inpaint)
    assert (edit.repeats, edit.known, edit.samples, edit.anew) == (2, "states", (), True)
    erased = edit.mask.array()
    assert erased[22, 14]
    assert not erased[:16].any()
    last = made(state(page).recipe.lanes[0])[-1]
    np.testing.assert_array_equal(page.grid.tiles, grey_tiles(last))
    np.testing.assert_array_equal(last[..., ~erased], root[-1][..., ~erased])


def test_while_erasing_one_sees_what_is_kept_and_where_the_rest_leads(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    panel = hands(page).paint
    hands(page).controller.painting.open(True)
    settle(page, qtbot)
    assert panel.leads.image is None
    state_now, finished = page.grid.tiles[2], made(state(page).recipe.lanes[0])[-1][2]
    np.testing.assert_array_equal(pixels_of(panel.sees.image), state_now)
    paint_over(page, qtbot, (8, 8), (20, 8))
    settle(page, qtbot)
    region = panel.draft.region
    kept = pixels_of(panel.sees.image)
    np.testing.assert_array_equal(kept[~region], state_now[~region])
    assert (kept[region] == ERASED).all()
    led = pixels_of(panel.leads.image)
    np.testing.assert_array_equal(led[~region], grey_tiles(finished[None])[0][~region])
    panel.controls.seen.button("x_t").click()
    np.testing.assert_array_equal(pixels_of(panel.canvas.image), state_now)
    panel.controls.repeats.setValue(1)
    panel.controls.repeats.take()
    settle(page, qtbot)
    once = pixels_of(panel.leads.image)
    np.testing.assert_array_equal(once[~region], led[~region])
    assert not np.array_equal(once[region], grey_tiles(finished[None])[0][region]), "once, too, it is made anew"


def test_inverting_erases_the_rest(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    hands(page).controller.painting.open(True)
    panel = hands(page).paint
    paint_over(page, qtbot, (14, 14))
    inside = panel.draft.region[14, 14]
    QTest.mouseClick(panel.controls.invert, LEFT)
    assert inside
    assert not panel.draft.region[14, 14]
    assert panel.draft.region[0, 0]
    hands(page).put_away()
    settle(page, qtbot)


def test_painting_that_is_wished_before_a_lane_is_planned_begins_when_it_is(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    painting, paint = hands(page).controller.painting, hands(page).paint
    before = state(page).recipe
    other = msgspec.structs.replace(before.lanes[0], sampler=msgspec.structs.replace(before.lanes[0].sampler, steps=17))
    page.context.store.update_reverse(recipe=msgspec.structs.replace(before, lanes=(other,)))
    assert page.controller.key not in page.controller.run.plans, "a plan is of its lane's steps"
    page.playback.scrub(500)
    painting.open(False)
    assert hands(page).panels.in_front is not paint
    qtbot.waitUntil(lambda: hands(page).panels.in_front is paint, timeout=60_000)
    settle(page, qtbot)
    hands(page).put_away()
    page.context.store.update_reverse(recipe=before)
    settle(page, qtbot)


def test_marks_on_x0_hat_are_painted_for_several_steps(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    hands(page).actions["paint"].trigger()
    paint = hands(page).paint
    assert paint.controls.onwards_row.isHidden(), "what is painted on the state is seen from there on anyhow"
    qtbot.mouseClick(paint.controls.on.button("x0_hat"), LEFT)
    assert not paint.controls.onwards_row.isHidden()
    settle(page, qtbot)
    assert "of x0_hat into the next x" in paint.controls.hint.text(), "why one step hardly shows"
    paint.controls.onwards.setChecked(True)
    settle(page, qtbot)
    assert "of x0_hat into the next x" not in paint.controls.hint.text()
    assert paint.controls.lowest.value() == 250
    paint_over(page, qtbot, (5, 5), (12, 8))
    settle(page, qtbot)
    assert paint.leads.accessibleName().startswith("quick look · ")
    assert paint.leads.accessibleName().endswith(" % stays")
    paint.go.click()
    settle(page, qtbot)
    (edit,) = edits(page)
    assert isinstance(edit, Paint)
    assert (edit.t, edit.on, edit.until) == (500, "x0_hat", 250)
