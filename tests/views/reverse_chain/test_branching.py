"""Branches in the real window, on a shipped model: new noise, another sampler, the tree, into Compare."""

from __future__ import annotations

import msgspec
import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from explorer.engine.pictures.tiles import grey_tiles
from explorer.recipe import Change, FreshNoise, Sampler, ScheduleChoice
from explorer.views.reverse_chain.branch_tree import ROW
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.widgets.look.sharp import pixels_of
from tests.views.reverse_chain.branches import LEFT, edits, hands, made, settle, state


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


def test_no_key_does_two_things(page: ReverseChainWorkspace) -> None:
    keys = [key.toString() for action in page.actions() for key in action.shortcuts()]
    assert sorted(keys) == sorted(set(keys))


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
    np.testing.assert_array_equal(pixels_of(tree.tiles[2][0]), page.grid.tiles[2])
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
