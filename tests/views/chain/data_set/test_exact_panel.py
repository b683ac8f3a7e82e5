"""Exact lanes in the real window: the panel "Data set", distances to the ideal, lanes of a data set."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import SHA256, mnist
from explorer.diffusion.exact import EmpiricalData
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe import ExactProcess, Lane, Sampler, ScheduleChoice
from explorer.state.edits import chain as edits
from explorer.state.edits.branches import rows_of, showing
from explorer.state.edits.lanes import add_lane
from explorer.views.chain.page import ChainPage
from explorer.views.compare.view import CompareWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.shared.labels import lane_colours, lane_titles
from explorer.widgets.look.sharp import to_image

STEPS = 8
Opener = Callable[..., ChainPage]
LaneMaker = Callable[..., Lane]
SMALL = ExactProcess(images=400)


def settle(page: ChainPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.idle, timeout=60_000)


def exact_lane(exact: ExactProcess = SMALL, **fields: object) -> Lane:
    return Lane("", exact.dataset, sampler=Sampler(steps=STEPS), exact=exact, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def digits() -> EmpiricalData:
    """The images of the lanes."""
    return EmpiricalData(torch.from_numpy(to_unit_range(mnist()[0][:400])))


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker) -> ChainPage:
    """A network beside the exact process, at t = 250, the panel open."""
    return open_page(CompareWorkspace, (lane("C", steps=STEPS), exact_lane()), samples=3, t=250, data_set=True)


def choose(menu: QMenu, *words: str) -> None:
    """Open a menu and trigger the action with that text; further words are of its submenus."""
    menu.aboutToShow.emit()
    for word in words[:-1]:
        menu = next(a for a in menu.actions() if a.text().startswith(word)).menu()  # type: ignore[assignment]
    next(a for a in menu.actions() if a.text().startswith(words[-1])).trigger()


def test_the_panel_shows_the_images_that_weigh_most_and_follows_the_cursor(
    page: ChainPage, own_chain: Callable, digits: EmpiricalData, qtbot: QtBot
) -> None:
    key = page.controller.keys[0]
    plan, own = page.controller.run.plans[key], own_chain(key)
    k = own.k(250)
    known = digits.posterior(torch.from_numpy(own.x[k, :1]), float(plan.alpha_bar[k]), k=8)
    panel = page.exact
    assert panel.is_open
    assert [tile.weight for tile in panel.tiles.tiles] == pytest.approx(known.top_weights[0].tolist(), abs=1e-5)
    assert panel.tiles.tiles[0].caption.endswith(f"· {mnist()[1][int(known.top[0, 0])]}")
    assert panel.texts["entropy"] == f"{float(known.entropy[0]):.3f} nats"
    assert panel.texts["effective"].startswith(f"{math.exp(float(known.entropy[0])):.2f} of 400")
    before = panel.tiles.tiles
    page.playback.scrub(875)
    settle(page, qtbot)
    assert panel.tiles.tiles != before
    assert float(panel.texts["entropy"].split()[0]) > float(known.entropy[0])


def test_another_sample_another_lane_and_the_nearest_image(
    page: ChainPage, own_chain: Callable, digits: EmpiricalData, qtbot: QtBot
) -> None:
    panel = page.exact
    page.playback.scrub(0)
    page.selecting.only(0, 2)
    settle(page, qtbot)
    index, distance = digits.nearest(torch.from_numpy(own_chain(page.controller.keys[0]).x[-1, 2:3]))
    assert panel.texts["nearest"].startswith(f"{float(distance):.2f}; the next")
    assert panel.texts["image"].startswith(f"no. {int(index)}, class")
    assert not panel.difference_tile.isHidden()
    assert panel.own_tile.isVisible()
    page.selecting.only(1, 2)
    settle(page, qtbot)
    assert float(panel.texts["nearest"].split(";")[0]) < 0.05
    assert not panel.own_tile.isVisible()  # the exact lane is the ideal
    assert any(tile.chosen for tile in panel.tiles.tiles)


def test_nothing_is_asked_while_it_is_closed(page: ChainPage, qtbot: QtBot) -> None:
    panel = page.exact
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    settle(page, qtbot)
    assert not page.part.state.data_set
    before = panel.tiles.tiles
    page.playback.scrub(875)
    settle(page, qtbot)
    assert panel.tiles.tiles == before
    assert not panel.tiles.isVisible()
    QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_D)
    settle(page, qtbot)
    assert panel.tiles.isVisible()
    assert panel.tiles.tiles != before


def test_distances_to_the_ideal_are_pictures_in_every_lane(page: ChainPage, tmp_path: Path, qtbot: QtBot) -> None:
    QTest.keyClick(page.panels[0], Qt.Key.Key_7)
    settle(page, qtbot)
    assert page.part.state.quantity == "to_ideal"
    assert page.chain_actions["to_ideal"].isChecked()
    own = page.exact.difference_tile.image
    assert to_image(page.panels[0].grid.tiles[0]) == own
    assert np.ptp(page.panels[1].grid.tiles.reshape(-1, 3), axis=0).max() == 0, "the exact lane is the ideal itself"
    assert page.widgets.scale.diverging
    page.playback.scrub(875)
    settle(page, qtbot)
    assert page.exact.difference_tile.image != own
    assert to_image(page.panels[0].grid.tiles[0]) == page.exact.difference_tile.image
    wide = tmp_path / "wide.npy"
    np.save(wide, np.zeros((3, 5, 7), np.uint8))
    page.part.update(beside=ExactProcess(str(wide)))
    settle(page, qtbot)
    assert all(panel.grid.tiles is None and "5 × 7" in panel.grid.message for panel in page.panels)


def test_distances_to_the_ideal_follow_the_sampling(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (lane("C", steps=STEPS), exact_lane()), samples=2, data_set=True, quantity="to_ideal")
    settle(page, qtbot)
    assert page.part.state.t == 0
    assert to_image(page.panels[0].grid.tiles[0]) == page.exact.difference_tile.image


def test_distances_to_the_ideal_are_a_plot(page: ChainPage, qtbot: QtBot) -> None:
    page.part.update(plot="ideal", curves_of="sample")
    settle(page, qtbot)
    (series,) = page.widgets.plot.plot.figure.named
    assert series.name == "C"
    assert len(series.timesteps) == STEPS
    at = int(np.flatnonzero(series.timesteps == 250)[0])
    assert f"{series.values[at]:.3f}" == page.exact.texts["distance"]
    page.part.update(curves_of="all")
    settle(page, qtbot)
    (mean,) = page.widgets.plot.plot.figure.named
    assert len(mean.timesteps) == STEPS
    assert not np.allclose(mean.values, series.values)


def test_the_same_predictor_through_every_option_is_one_action(page: ChainPage, qtbot: QtBot) -> None:
    before = page.part.recipe.lanes
    QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: len(page.part.recipe.lanes) == 3 and page.idle, timeout=60_000)
    lanes = page.part.recipe.lanes
    assert lane_titles(lanes) == ("Ideal A", "Ideal B", "Ideal C")
    assert lane_colours(lanes) == tuple(OPTION_COLOURS[name].lower() for name in "ABC")
    assert {lane.exact.follow for lane in lanes if lane.exact is not None} == {"mean"}
    page.playback.scrub(0)
    settle(page, qtbot)
    first, *others = [np.asarray(panel.grid.tiles).astype(int) for panel in page.panels]
    for other in others:
        assert np.abs(other - first).max() <= 1
    QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_T)
    settle(page, qtbot)
    assert page.part.recipe.lanes == before
    page.context.store.redo()
    assert page.part.recipe.lanes == lanes


def test_which_array_a_lane_is_of_is_said_and_can_be_told(page: ChainPage, tmp_path: Path, qtbot: QtBot) -> None:
    path, digits = tmp_path / "two.npz", mnist()[0]
    np.savez(path, x_train=digits[:20], x_test=digits[20:40] / 255)
    assert isinstance(page, CompareWorkspace)
    with qtbot.waitSignal(page.noticed, timeout=60_000) as noticed:
        page.data_sets.open(str(path), page.exact_lanes.add)
    assert noticed.args[0] == "two.npz: 20 images, x_train, values 0 to 255"
    qtbot.waitUntil(lambda: len(page.part.recipe.lanes) == 3 and page.idle, timeout=60_000)
    menu = page.panels[2].menu_button.menu()
    assert menu is not None
    choose(menu, "Follow its mean")
    settle(page, qtbot)
    before = page.part.recipe.lanes[2].exact
    choose(menu, "Array", "x_test")
    qtbot.waitUntil(lambda: page.part.recipe.lanes[2].exact != before and page.idle, timeout=60_000)
    exact = page.part.recipe.lanes[2].exact
    assert exact is not None
    assert before is not None
    assert (exact.read.member, exact.follow) == ("x_test", "mean")
    assert exact.sha256 != before.sha256


def test_a_lane_of_a_data_set_is_added_and_changed_from_the_menus(page: ChainPage, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "mine.npy"
    np.save(path, mnist()[0][:20])
    assert isinstance(page, CompareWorkspace)
    page.data_sets.open(str(path), page.exact_lanes.add)
    qtbot.waitUntil(lambda: len(page.part.recipe.lanes) == 3 and page.idle, timeout=60_000)
    added = page.part.recipe.lanes[2]
    assert added.exact is not None
    assert len(added.exact.sha256) == 64
    assert added.sampler.steps == STEPS
    assert page.panels[2].title == "Exact · mine.npy"
    menu = page.panels[2].menu_button.menu()
    assert menu is not None
    choose(menu, "Follow its mean")
    settle(page, qtbot)
    assert page.panels[2].title == "Ideal"
    choose(menu, "Through the output of", "Option A")
    settle(page, qtbot)
    assert page.part.recipe.lanes[2].option == "A"
    page.context.store.undo()
    page.context.store.undo()
    page.context.store.undo()
    assert len(page.part.recipe.lanes) == 2


def test_a_data_set_that_cannot_be_read_is_said_and_nothing_is_lost(page: ChainPage, tmp_path: Path, qtbot: QtBot) -> None:
    empty = tmp_path / "empty.npy"
    np.save(empty, np.zeros((0, 28, 28), np.uint8))
    before = page.part.recipe
    for source, words in ((str(empty), "holds no images"), (str(tmp_path / "none"), "no such file"), (str(tmp_path), "no pictures")):
        with qtbot.waitSignal(page.context.client.failed) as failed:
            page.data_sets.open(source, page.exact_lanes.add)
        assert words in failed.args[0].message
        assert page.idle
    assert page.part.recipe == before


def test_a_lane_whose_data_set_is_gone_says_so_in_the_panel(open_page: Opener, lane: LaneMaker, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "gone.npy"
    lanes = (lane("C", steps=4), exact_lane(ExactProcess(str(path))))
    page = open_page(CompareWorkspace, lanes, samples=1, t=250, data_set=True)
    assert f"{path}: no such file" in page.panels[1].grid.message
    assert page.window().banner.message == page.panels[1].grid.message  # type: ignore[attr-defined]
    assert "no such file" in page.exact.message, "the data set that the other lane is seen beside"
    page.part.update(lane=1)
    assert page.exact.message == page.panels[1].grid.message
    assert page.part.recipe.lanes == lanes


def test_another_data_set_takes_the_place_of_a_lane_and_its_sampler(
    open_page: Opener, lane: LaneMaker, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mine.npy"
    np.save(path, mnist()[0][:20])
    first = msgspec.structs.replace(lane("C", steps=4, eta=0.5), schedule=ScheduleChoice("cosine", 300), seed=9)
    page = open_page(CompareWorkspace, (first, lane("B", steps=STEPS)), samples=1)
    assert isinstance(page, CompareWorkspace)
    page.data_sets.open(str(path), partial(page.change_to_exact, 0))
    qtbot.waitUntil(lambda: page.part.recipe.lanes[0].exact is not None and page.idle)
    made = page.part.recipe.lanes[0]
    assert (made.sampler, made.schedule, made.seed) == (first.sampler, first.schedule, 9)
    assert page.context.store.undo_label == "change to exact mine"


def test_the_tree_of_an_exact_lane_follows_what_it_does(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, (exact_lane(),), samples=1)
    page.playback.scrub(500)
    settle(page, qtbot)
    QTest.keyClick(page, Qt.Key.Key_Z)
    settle(page, qtbot)
    menu = page.panels[0].menu_button.menu()
    assert menu is not None
    for words, option in ((("Follow its mean",), None), (("Through the output of", "Option A"), "A")):
        choose(menu, *words)
        settle(page, qtbot)
        chain, branch = rows_of(page.part.recipe)
        assert branch.lane == page.part.recipe.lanes[0]
        assert branch.lane.exact == chain.lane.exact == msgspec.structs.replace(SMALL, follow="mean")
        assert branch.lane.option == option
    page.part.put(showing(page.part.state, chain.lane), "show the chain")
    settle(page, qtbot)
    assert [node.t for node in rows_of(page.part.recipe)] == [None, 500]


def test_reverse_chain_shows_an_exact_lane_and_what_its_step_is(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, (exact_lane(),), samples=2, t=500)
    equation = page.widgets.equation.equation
    assert [term.name for term in equation.step] == ["x_prev", "drawn", "x_t", "z"]
    assert "drawn" in equation.title
    assert "drawn" in page.widgets.equation.pictures
    assert page.panels[0].title == "Exact"
    menu = page.panels[0].menu_button.menu()
    assert menu is not None
    choose(menu, "Follow its mean")
    settle(page, qtbot)
    assert [term.name for term in page.widgets.equation.equation.step] == ["x_prev", "x0_hat", "x_t", "z"]
    assert not page.exact.is_open


def test_a_network_is_seen_beside_what_it_learned_from(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=2),), samples=1, t=500, data_set=True)
    learned = page.context.library.find(page.part.recipe.lanes[0].checkpoint).card.data
    assert page.controller.exact == ExactProcess("mnist", learned.sha256), "not any images that are called so"
    assert page.exact.texts["effective"].endswith("of 60\u202f000 images")
    assert page.exact.message == ""


def test_mnist_is_added_by_its_name(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page(CompareWorkspace, (), samples=1, data_set=True)
    qtbot.waitUntil(lambda: "Open a checkpoint" in page.exact.message)
    page.data_sets.open("mnist", lambda opened: page.part.put(add_lane(page.part.state, exact_lane(opened.exact)), "add"))
    qtbot.waitUntil(lambda: bool(page.part.recipe.lanes) and page.idle, timeout=60_000)
    exact = page.part.recipe.lanes[0].exact
    assert exact is not None
    assert exact.sha256 == SHA256["train-images-idx3-ubyte.gz"]


def test_images_of_another_shape_are_said_not_to_fit(open_page: Opener, lane: LaneMaker, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "small.npy"
    np.save(path, mnist()[0][:10, :, ::2, ::2])
    page = open_page(CompareWorkspace, (lane("C", steps=3), exact_lane(ExactProcess(str(path)))), samples=1, t=0, data_set=True)
    assert "1 × 14 × 14" in page.exact.message
    assert not page.exact.made_tile.isVisible()
    page.part.update(lane=1)
    settle(page, qtbot)
    assert page.exact.message == ""
    assert page.exact.made_tile.isVisible()
    assert page.exact.texts["nearest"].startswith("0.00")


def test_the_nearest_image_is_asked_for_once_the_chain_is_finished(open_page: Opener, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, (exact_lane(),), samples=1, t=1000, data_set=True, wait=False)
    panel = page.exact
    qtbot.waitUntil(lambda: panel.texts["nearest"].startswith("0.0"), timeout=60_000)
    before = panel.made_tile.image
    page.part.put(edits.with_recipe(page.part.state, seed=11), "change seed")
    qtbot.waitUntil(lambda: panel.made_tile.image not in (None, before), timeout=60_000)  # of a chain that is not finished there is none
    settle(page, qtbot)
    assert panel.texts["nearest"].startswith("0.0")


def test_a_data_set_that_is_dropped_becomes_a_lane(open_page: Opener, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "mine.npy"
    np.save(path, mnist()[0][:20])
    page = open_page(ReverseChainWorkspace, (exact_lane(),), samples=1)
    window = page.window()
    window.opener.open_path(str(path))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.part.recipe.lanes[0].source == str(path) and page.idle, timeout=60_000)
    assert page.part.recipe.lanes[0].sampler.steps == STEPS
    window.opener.open_path(str(tmp_path))  # type: ignore[attr-defined]
    assert "is a folder" in window.banner.message  # type: ignore[attr-defined]
    assert page.part.recipe.lanes[0].source == str(path)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i in range(3):
        Image.fromarray(mnist()[0][i, 0]).save(folder / f"{i}.png")
    window.opener.open_path(str(folder))  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: page.part.recipe.lanes[0].source == str(folder) and page.idle, timeout=60_000)


def test_a_network_is_seen_beside_the_images_that_are_chosen(
    open_page: Opener, lane: LaneMaker, own_chain: Callable, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "mine.npy"
    own = mnist("test")[0][:30]
    np.save(path, own)
    page = open_page(ReverseChainWorkspace, (lane("C", steps=4),), samples=1, t=0, data_set=True)
    panel, lanes = page.exact, page.part.recipe.lanes
    assert "MNIST" in panel.title
    page.data_sets.open(str(path), page.exact.choose)
    settle(page, qtbot)
    assert page.part.state.beside == ExactProcess(str(path), page.controller.exact.sha256)
    assert "MINE" in panel.title
    assert panel.texts["effective"].endswith("of 30 images")
    made = torch.from_numpy(own_chain(page.controller.keys[0]).x[-1, :1])
    index, distance = EmpiricalData(torch.from_numpy(to_unit_range(own))).nearest(made)
    assert panel.texts["image"] == f"no. {int(index)}"
    assert panel.texts["nearest"].startswith(f"{float(distance):.2f};")
    assert page.part.recipe.lanes == lanes, "the lane itself stays what it is"
    choose(panel.choice.menu(), "As the lanes say")
    settle(page, qtbot)
    assert "MNIST" in panel.title
