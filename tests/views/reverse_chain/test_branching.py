"""Branches in the real window, on a shipped model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from explorer.diffusion.reverse import plan
from explorer.engine.chain.edited_chain import Draws, walked
from explorer.engine.models import devices
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.messages import Failed
from explorer.recipe import BackUp, Change, Edit, ExactProcess, FreshNoise, Inpaint, Lane, Paint, Sampler, ScheduleChoice
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import ChainState, Session
from explorer.views.reverse_chain.branch_tree import ROW
from explorer.views.reverse_chain.branching_view import BranchingView
from explorer.views.reverse_chain.paint_choices import ERASED
from explorer.views.reverse_chain.view import ReverseChainWorkspace

LEFT = Qt.MouseButton.LeftButton
STEPS, SEED, SAMPLES = 10, 3, 4
LaneMaker = Callable[..., Lane]


@pytest.fixture
def page(open_page: Callable[..., ReverseChainWorkspace], lane: LaneMaker, qtbot: QtBot) -> ReverseChainWorkspace:
    """Option C over 10 steps, sampled, at t = 500, sample 2 selected."""
    opened = open_page(ReverseChainWorkspace, (lane("C", steps=STEPS),), seed=SEED, samples=SAMPLES, selected=2)
    opened.playback.scrub(500)
    settle(opened, qtbot)
    return opened


def settle(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    client = page.context.client
    qtbot.waitUntil(lambda: page.idle and not client.busy, timeout=60_000)


def hands(page: ReverseChainWorkspace) -> BranchingView:
    return page.branching


def state(page: ReverseChainWorkspace) -> ChainState:
    return page.part.state


def edits(page: ReverseChainWorkspace) -> tuple[Edit, ...]:
    return state(page).recipe.lanes[0].edits


def made(lane: Lane) -> np.ndarray:
    """States of a lane, walked apart from the window: (K + 1, N, C, H, W)."""
    models = Models(devices.choose("auto"))
    predictor = models.network_predictor(lane)
    draws = Draws(SEED, range(SAMPLES), (1, 28, 28), models.device)
    with torch.inference_mode():
        steps = list(walked(lane, predictor, plan(predictor.schedule, STEPS), draws, lambda other: predictor))
    return torch.stack([s.x_t for s in steps] + [steps[-1].x_prev]).float().cpu().numpy()


def test_a_letter_that_does_nothing_at_t_0_says_why(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.playback.scrub(0)
    page.setFocus()
    banner = page.window().banner
    qtbot.keyClick(page, Qt.Key.Key_P)
    assert banner.message == "Paint: not now"
    assert "go back to an earlier step" in banner.hint
    qtbot.keyClick(page, Qt.Key.Key_E)
    assert banner.message == "Erase and fill in: not now"
    banner.dismiss()
    qtbot.keyClick(page, Qt.Key.Key_J)
    qtbot.keyClick(page, Qt.Key.Key_Backspace)
    assert banner.message == "", "other keys, and keys that do not name what they do, say nothing"


def paint_over(page: ReverseChainWorkspace, qtbot: QtBot, *corners: tuple[float, float]) -> None:
    canvas = hands(page).paint.canvas
    qtbot.waitUntil(lambda: canvas.image is not None, timeout=60_000)
    points = [canvas.point_of(*corner).toPoint() for corner in corners]
    QTest.mousePress(canvas, LEFT, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, pos=points[-1])


def test_new_noise_is_a_branch_that_undo_takes_back_and_redo_brings_again(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    before = page.grid.tiles
    QTest.keyClick(page, Qt.Key.Key_Z)
    settle(page, qtbot)
    branch = state(page).recipe.lanes[0]
    assert edits(page) == (FreshNoise(500, 1),)
    assert state(page).t == 0, "the cursor followed it down"
    np.testing.assert_array_equal(page.grid.tiles, grey_tiles(made(branch)[-1]))
    store = page.context.store
    assert store.undo_label == "branch: noise 1 from t = 500"
    store.undo()
    settle(page, qtbot)
    assert edits(page) == ()
    assert state(page).recipe.branches == ()
    page.playback.scrub(500)
    settle(page, qtbot)
    np.testing.assert_array_equal(page.grid.tiles, before)
    store.redo()
    page.playback.scrub(0)
    settle(page, qtbot)
    assert state(page).recipe.lanes[0] == branch
    np.testing.assert_array_equal(page.grid.tiles, grey_tiles(made(branch)[-1]))


def test_the_same_noise_again_gives_the_same_chain(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    QTest.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    settle(page, qtbot)
    assert edits(page) == (FreshNoise(500, 0),)
    np.testing.assert_array_equal(page.grid.tiles, grey_tiles(made(msgspec.structs.replace(state(page).recipe.lanes[0], edits=()))[-1]))


def test_painting_is_followed_and_becomes_a_branch_of_that_sample(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    panel = hands(page).paint
    QTest.keyClick(page, Qt.Key.Key_P)
    assert hands(page).panels.in_front is panel
    assert not panel.go.isEnabled()
    settle(page, qtbot)
    plain, led = panel.sees.image, panel.leads.image
    np.testing.assert_array_equal(pixels(panel.canvas.image), page.grid.tiles[2])
    paint_over(page, qtbot, (8, 8), (14, 9), (20, 10))
    settle(page, qtbot)
    assert panel.sees.image != plain
    assert panel.leads.image != led
    assert pixels(panel.canvas.image)[9, 14].tolist() == [255, 255, 255]
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
    assert pixels(panel.canvas.image)[8, 8].tolist() == [255, 255, 255]
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


def test_no_key_does_two_things(page: ReverseChainWorkspace) -> None:
    keys = [key.toString() for action in page.actions() for key in action.shortcuts()]
    assert sorted(keys) == sorted(set(keys))


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
    assert pixels(panel.canvas.image)[4, 4].tolist() == [255, 0, 51]
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
    np.testing.assert_array_equal(pixels(panel.sees.image), state_now)
    paint_over(page, qtbot, (8, 8), (20, 8))
    settle(page, qtbot)
    region = panel.draft.region
    kept = pixels(panel.sees.image)
    np.testing.assert_array_equal(kept[~region], state_now[~region])
    assert (kept[region] == ERASED).all()
    led = pixels(panel.leads.image)
    np.testing.assert_array_equal(led[~region], grey_tiles(finished[None])[0][~region])
    panel.controls.seen.button("x_t").click()
    np.testing.assert_array_equal(pixels(panel.canvas.image), state_now)
    panel.controls.repeats.setValue(1)
    panel.controls.repeats.take()
    settle(page, qtbot)
    once = pixels(panel.leads.image)
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


def test_the_tree_shows_renames_and_deletes(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    branching, tree = hands(page), hands(page).bar.tree
    assert [row.label for row in tree.rows] == ["Option C"]
    branching.controller.draw_fresh()
    settle(page, qtbot)
    page.playback.scrub(300)
    branching.controller.draw_fresh()
    settle(page, qtbot)
    assert [(row.label, row.parent) for row in tree.rows] == [("Option C", -1), ("noise 1 from t = 500", 0), ("noise 2 from t = 300", 1)]
    assert tree.current == 2
    assert sorted(tree.tiles) == [0, 1, 2], "each with its picture"
    assert [t for _, t in tree.tiles.values()] == [0, 0, 0]
    np.testing.assert_array_equal(pixels(tree.tiles[2][0]), page.grid.tiles[2])
    QTest.mouseClick(tree, LEFT, pos=QPoint(40, round(ROW * 0.5)))
    settle(page, qtbot)
    assert edits(page) == ()
    assert len(tree.rows) == 3
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Down)
    settle(page, qtbot)
    assert edits(page) == (FreshNoise(500, 1),)
    QTest.keyClick(tree, Qt.Key.Key_F2)
    field = tree.findChild(type(tree._edit))
    assert field is not None
    field.setText("the other seven")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert tree.rows[1].label == "the other seven"
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Delete)
    settle(page, qtbot)
    assert [row.label for row in tree.rows] == ["Option C"]
    assert edits(page) == ()
    page.context.store.undo()
    settle(page, qtbot)
    assert [row.label for row in tree.rows] == ["Option C", "the other seven", "noise 2 from t = 300"]


def test_back_to_the_parent(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    hands(page).controller.draw_fresh()
    settle(page, qtbot)
    hands(page).actions["parent"].trigger()
    settle(page, qtbot)
    assert edits(page) == ()
    assert not hands(page).actions["parent"].isEnabled()


def test_the_menu_of_a_line_is_about_that_line(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    hands(page).controller.draw_fresh()
    settle(page, qtbot)
    tree, bar = hands(page).bar.tree, hands(page).bar
    tree.menu_wanted.emit(0, QPoint())
    tree.menu_wanted.emit(1, QPoint())
    menus = [child for child in bar.children() if isinstance(child, QMenu)]
    root, branch = ({action.text(): action for action in menu.actions()} for menu in menus)
    assert [text for text, action in root.items() if text and action.isEnabled()][:2] == ["Show", "Add to Compare"], (
        "then what any plot has"
    )
    assert [text for text, action in branch.items() if text and not action.isEnabled()] == ["Show"]
    branch["Back to its parent"].trigger()
    settle(page, qtbot)
    assert edits(page) == ()
    for menu in menus:
        menu.close()


def test_the_sampler_is_of_the_whole_tree(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    hands(page).controller.draw_fresh()
    settle(page, qtbot)
    page.set_sampler("change steps", steps=5)
    settle(page, qtbot)
    assert [row.label for row in hands(page).bar.tree.rows] == ["Option C", "noise 1 from t = 500"]
    assert {branch.lane.sampler.steps for branch in state(page).recipe.branches} == {5}
    page.set_schedule(ScheduleChoice("cosine", 1000))
    settle(page, qtbot)
    assert [row.label for row in hands(page).bar.tree.rows] == ["Option C", "noise 1 from t = 500"]


def test_another_eta_from_here(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    hands(page).controller.change(eta=0.0)
    settle(page, qtbot)
    assert edits(page) == (Change(500, eta=0.0),)
    np.testing.assert_array_equal(page.grid.tiles, grey_tiles(made(state(page).recipe.lanes[0])[-1]))
    page.playback.scrub(300)
    recipe = state(page).recipe
    with qtbot.waitSignal(page.context.client.failed) as told:
        hands(page).controller.draw_fresh()
    assert "η = 0" in told.args[0].message
    assert state(page).recipe == recipe


def test_the_last_step_draws_no_noise_whatever_eta(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.playback.scrub(100)
    recipe = state(page).recipe
    with qtbot.waitSignal(page.context.client.failed) as told:
        hands(page).controller.draw_fresh()
    assert told.args[0].message == "the last step draws no noise: other noise would change nothing; go to a larger t"
    assert state(page).recipe == recipe
    settle(page, qtbot)


def test_backing_up_says_how_much_survives(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.playback.scrub(0)
    settle(page, qtbot)
    QTest.keyClick(page, Qt.Key.Key_B)
    panel = hands(page).back_up
    assert hands(page).panels.in_front is panel
    assert panel.up_to == 500
    np.testing.assert_array_equal(pixels(panel.after.image), page.grid.tiles[2], "the selected sample's own, no branch being there")
    panel.t.show_value(300)
    QTest.keyClick(panel, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert edits(page) == (BackUp(300),)
    root = made(msgspec.structs.replace(state(page).recipe.lanes[0], edits=()))
    branch = made(state(page).recipe.lanes[0])
    distance = float(np.linalg.norm((branch[-1] - root[-1])[2].astype(np.float64)))
    assert hands(page).bar.survival.shown.distance == pytest.approx(distance, rel=1e-5)
    assert f"= {distance:.1f}" in hands(page).bar.survival.text
    hands(page).controller.tree.show_parent()
    settle(page, qtbot)
    assert not hands(page).bar.survival.isVisible()


def test_a_picture_is_offered_before_it_is_taken(page: ReverseChainWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    recipe, panel = state(page).recipe, hands(page).back_up
    path = tmp_path / "seven.png"
    ink = np.full((60, 90, 3), 250, np.uint8)
    ink[15:45, 40:48] = 20
    Image.fromarray(ink).save(path)
    assert page.accept_picture(str(path))
    settle(page, qtbot)
    assert hands(page).panels.in_front is panel
    assert state(page).recipe == recipe, "an offer changes nothing"
    assert "seven.png" in panel._note.text()
    QTest.mouseClick(panel.go, LEFT)
    settle(page, qtbot)
    (edit,) = edits(page)
    assert isinstance(edit, BackUp)
    assert edit.picture is not None
    assert edit.picture.shape == (1, 28, 28)
    saved = Saved(session=page.context.store.session)
    assert decode_saved(encode_saved(saved), "session").session == saved.session, "picture and all"


def test_a_transparent_picture_is_on_the_paper_of_preferences(page: ReverseChainWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    path, found = tmp_path / "clear.png", {}
    ink = Image.new("RGBA", (28, 28), (0, 0, 0, 0))
    ink.paste((90, 90, 90, 255), (10, 10, 18, 18))
    ink.save(path)
    for background in ("white", "black"):
        page.context.store.update(background=background)
        page.accept_picture(str(path))
        settle(page, qtbot)
        picture = hands(page).back_up.picture
        assert picture is not None
        found[background] = picture.array().mean()
    assert found["white"] != found["black"]
    hands(page).put_away()


def test_a_picture_waits_for_a_lane(page: ReverseChainWorkspace, lane: LaneMaker, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "seven.png"
    Image.new("L", (28, 28), 90).save(path)
    kept = state(page).recipe
    page.part.update(recipe=msgspec.structs.replace(kept, lanes=()))
    with qtbot.waitSignal(page.context.client.failed) as told:
        assert page.accept_picture(str(path))
    assert "choose a model" in told.args[0].message
    page.part.update(recipe=kept)
    settle(page, qtbot)
    assert hands(page).panels.in_front is hands(page).back_up
    assert hands(page).back_up.picture is not None
    hands(page).put_away()


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


def test_what_is_no_picture_is_told_of_and_nothing_is_lost(page: ReverseChainWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    session: Session = page.context.store.session
    path = tmp_path / "seven.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    with qtbot.waitSignal(page.context.client.failed) as told:
        page.accept_picture(str(path))
    assert isinstance(told.args[0], Failed)
    assert "seven.png" in told.args[0].message
    settle(page, qtbot)
    assert page.context.store.session == session
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    with qtbot.waitSignal(page.context.client.failed) as told:
        hands(page).paste()
    assert "clipboard" in told.args[0].message
    hands(page).put_away()


def test_a_pasted_picture_opens_back_up(page: ReverseChainWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    image = QImage(30, 20, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.black)
    clipboard, panel = QGuiApplication.clipboard(), hands(page).back_up
    clipboard.setImage(image)
    hands(page).controller.painting.open(False)
    paint_over(page, qtbot, (8, 8))
    QTest.keyClick(page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(page, qtbot)
    assert hands(page).panels.in_front is panel
    assert panel.picture is not None
    assert not any(panel.picture.pixels)
    path = tmp_path / "white.png"
    Image.fromarray(np.full((28, 28), 255, np.uint8)).save(path)
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(path))])
    clipboard.setMimeData(files)
    QTest.keyClick(panel, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(page, qtbot)
    assert panel.picture.name == "white.png"
    clipboard.clear()
    hands(page).put_away()
    hands(page).controller.painting.open(False)
    assert len(hands(page).paint.draft.dabs) == 1
    hands(page).put_away()
    settle(page, qtbot)


def test_any_lanes_of_the_tree_are_put_into_compare_and_undo_brings_back_what_gave_way(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    store, actions = page.context.store, hands(page).actions
    root = state(page).recipe.lanes[0]
    others = msgspec.structs.replace(store.session.compare.recipe, lanes=(root, msgspec.structs.replace(root, sampler=Sampler(7))), seed=99)
    store.update_compare("two lanes", recipe=others)
    hands(page).controller.draw_fresh()
    settle(page, qtbot)
    first = state(page).recipe.lanes[0]
    told: list[str] = []
    hands(page).controller.tree.noticed.connect(lambda message, _hint: told.append(message))
    actions["add"].trigger()
    assert store.session.workspace == "reverse-chain"
    assert "its 2 lanes of another seed" in told.pop()
    store.undo()
    assert store.session.compare.recipe == others
    assert state(page).recipe.lanes[0] == first, "that alone was undone"
    store.redo()
    page.playback.scrub(300)
    hands(page).controller.draw_fresh()
    settle(page, qtbot)
    hands(page).controller.tree.add_to_compare(0)
    actions["add"].trigger()
    assert store.session.compare.recipe.lanes == (first, root, state(page).recipe.lanes[0])
    actions["add"].trigger()
    assert store.session.compare.recipe.lanes == (first, root, state(page).recipe.lanes[0])
    assert told == ["Added to Compare as lane 2", "Added to Compare as lane 3", "It is lane 3 of Compare already"]
    settle(page, qtbot)


def pixels(image: QImage | None) -> np.ndarray:
    assert image is not None
    shown = image.convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(shown.constBits(), np.uint8).reshape(shown.height(), shown.bytesPerLine())
    return flat[:, : 3 * shown.width()].reshape(shown.height(), shown.width(), 3).copy()


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
