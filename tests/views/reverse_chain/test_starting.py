"""What the chain starts from, in the real window on a shipped model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.engine.pictures.tiles import grey_tiles
from explorer.recipe import Lane
from explorer.recipe.start import Inverted, NoiseOf, Start, given_of
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import Session
from explorer.views.reverse_chain.start_panel import StartPanel
from explorer.views.reverse_chain.view import ReverseChainWorkspace

STEPS, SEED, SAMPLES = 10, 3, 4


@pytest.fixture
def page(open_page: Callable[..., ReverseChainWorkspace], lane: Callable[..., Lane], qtbot: QtBot) -> ReverseChainWorkspace:
    """Option C over 10 steps, sampled, sample 2 selected."""
    opened = open_page(ReverseChainWorkspace, (lane("C", steps=STEPS),), seed=SEED, samples=SAMPLES, selected=2)
    settle(opened, qtbot)
    return opened


def settle(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    client = page.context.client
    qtbot.waitUntil(lambda: page.idle and not client.busy, timeout=120_000)


def opened(page: ReverseChainWorkspace, qtbot: QtBot) -> StartPanel:
    """The panel in front, quick to measure."""
    QTest.keyClick(page, Qt.Key.Key_I)
    panel = page.branching.start
    assert page.branching.panels.in_front is panel
    qtbot.waitUntil(lambda: panel.first.picture is not None, timeout=60_000)
    return panel


def test_a_test_image_is_taken_to_its_noise_and_comes_back(
    page: ReverseChainWorkspace, qtbot: QtBot, mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    recipe, panel = page.part.recipe, opened(page, qtbot)
    panel.first.image.setValue(3)
    panel.first.image.take()
    qtbot.waitUntil(lambda: panel.trip_text(3, 0) == "100" and panel.first.picture.name == "mnist:3", timeout=120_000)
    errors = [float(panel.trip_text(row, 1)) for row in range(4)]
    assert errors == sorted(errors, reverse=True), "more steps bring it back better"
    assert "norm" in panel.trip_text(2, 4)
    assert page.part.recipe == recipe, "an offer changes nothing"
    panel.steps.setValue(20)
    panel.steps.take()
    QTest.keyClick(panel, Qt.Key.Key_Return)
    settle(page, qtbot)
    started = page.part.recipe
    (end,) = started.lanes[0].start.ends
    assert isinstance(end, Inverted)
    assert (end.steps, end.picture.name, started.samples, started.lanes[0].sampler.eta) == (20, "mnist:3", 1, 0)
    page.playback.scrub(0)
    settle(page, qtbot)
    wanted = grey_tiles(mnist_test[0][3:4].astype(np.float32) / 127.5 - 1)
    assert float(np.abs(page.grid.tiles.astype(float) - wanted).mean()) < 8
    assert "mnist:3" in page.inspector._begins.text()
    page.context.store.undo()
    settle(page, qtbot)
    assert page.part.recipe == recipe


def test_a_way_between_two_noises_is_a_sample_for_each_station(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.set_sampler("deterministic", eta=0.0)
    page.playback.scrub(0)
    settle(page, qtbot)
    deterministic = page.grid.tiles[2].astype(float)
    panel = opened(page, qtbot)
    QTest.mouseClick(panel.modes.button("between"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.first.kinds.button("noise"), Qt.MouseButton.LeftButton)
    assert panel.second.isVisible()
    panel.first.sample.setValue(2)
    panel.first.sample.take()
    panel.stations.setValue(3)
    qtbot.waitUntil(lambda: panel.first.tile.image is not None, timeout=60_000)
    QTest.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    settle(page, qtbot)
    assert page.part.recipe.lanes[0].start == Start((NoiseOf(2), NoiseOf(1)), 3)
    assert page.part.recipe.samples == 3
    saved = decode_saved(encode_saved(Saved(session=Session(reverse=page.part.state))), "test")
    assert saved.session.reverse.recipe == page.part.recipe, "sessions keep it"
    page.playback.scrub(0)
    settle(page, qtbot)
    np.testing.assert_array_equal(page.grid.tiles[1:].shape, (2, 28, 28, 3))
    assert float(np.abs(page.grid.tiles[0].astype(float) - deterministic).mean()) < 1, "the first station is sample 2 of before"
    QTest.keyClick(page, Qt.Key.Key_I)
    QTest.mouseClick(panel.modes.button("own"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    settle(page, qtbot)
    assert page.part.recipe.lanes[0].start is None


def test_a_dropped_picture_goes_to_the_end_that_was_touched(page: ReverseChainWorkspace, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "dark.png"
    Image.fromarray(np.full((28, 28), 30, np.uint8)).save(path)
    panel = opened(page, qtbot)
    QTest.mouseClick(panel.modes.button("between"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(panel.second.kinds.button("picture"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.second.picture is not None, timeout=60_000)
    assert page.accept_picture(str(path))
    qtbot.waitUntil(lambda: panel.second.picture is not None and panel.second.picture.name == "dark.png", timeout=60_000)
    assert panel.first.picture.name == "mnist:0"
    QTest.mouseClick(panel.first.own, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.first.picture is not None and panel.first.picture.name == "x₀ of sample 2", timeout=60_000)
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert page.branching.panels.in_front is None
    assert page.part.recipe.lanes[0].start is None
    assert page.accept_picture(str(path))  # else it is offered to be noised, as before
    settle(page, qtbot)
    assert page.branching.panels.in_front is page.branching.back_up


def test_what_a_program_gave_is_named_and_another_start_can_be_chosen(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    x_T = np.random.default_rng(0).standard_normal((1, 28, 28))
    recipe = page.part.recipe
    lane = msgspec.structs.replace(recipe.lanes[0], start=Start((given_of(x_T),)))
    page.context.store.update_reverse(recipe=msgspec.structs.replace(recipe, lanes=(lane,), samples=1), t=0)
    settle(page, qtbot)
    assert page.inspector._begins.text() == "from a given x_T"
    QTest.keyClick(page, Qt.Key.Key_I)
    panel = page.branching.start
    assert (panel.first.kind, panel.first.noise) == ("noise", NoiseOf(0))
    QTest.keyClick(panel, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert page.part.recipe.lanes[0].start == Start((NoiseOf(0),))
