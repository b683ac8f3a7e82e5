"""While a chain is being made: what the network expects, beside the states."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from explorer.engine.chain.messages import StepShown
from explorer.engine.pictures.tiles import tiles_of
from explorer.recipe import Lane
from explorer.views.reverse_chain.view import ReverseChainWorkspace

Opener = Callable[..., ReverseChainWorkspace]
LaneMaker = Callable[..., Lane]


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker) -> ReverseChainWorkspace:
    """Option C over all 1000 steps, which no test waits for."""
    return open_page(ReverseChainWorkspace, (lane("C"),), wait=False)


def test_the_clean_images_are_beside_the_noise_while_it_is_sampled(page: ReverseChainWorkspace, own_chain: Callable, qtbot: QtBot) -> None:
    panel = page.expected.panel
    qtbot.waitUntil(lambda: page.expected.shown)
    assert page.controller.run.sampling
    assert not page.widgets.plot.isVisible(), "they stand where the curves will"
    assert panel.isVisible()
    assert panel.geometry().bottom() < page.height()
    t = int(panel.note.removeprefix("t = "))
    own = own_chain(page.controller.key, 60)
    if t in own.timesteps[:60]:
        np.testing.assert_array_equal(panel.grid.tiles, tiles_of(own.x0_hat[own.k(t)], "x0_hat", "dark")[0])
    panel.grid.sample_chosen.emit(2)
    assert page.part.state.selected == 2


def test_no_curve_is_measured_while_they_are_in_its_place(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.expected.shown)
    run, key = page.controller.run, page.controller.key
    asked, done = page.controller._curves._asked, run.done[key]
    qtbot.waitUntil(lambda: run.done[key] > done + 8)
    assert page.expected.shown
    assert page.controller._curves._asked == asked
    page.playback.scrub(500)
    assert page.controller._curves._asked > asked, "on show again"


def test_each_state_is_asked_for_once_while_it_is_followed(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=40),), wait=False)
    shown: list[int] = []
    show = page.controller._at_cursor._show_step

    def noting(answer: StepShown) -> None:
        shown.extend(frame.k for frame in answer.frames if frame.k < 40)
        show(answer)

    page.controller._at_cursor._show_step = noting
    qtbot.waitUntil(lambda: page.controller.run.done.get(page.controller.key) == 40 and page.idle)
    assert len(shown) >= 2
    assert len(shown) == len(set(shown)), "a move of the cursor and the progress that made it tell of the same state"


def test_a_finished_chain_has_its_curves_again(open_page: Opener, lane: LaneMaker) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=6),))
    assert not page.expected.shown
    assert page.widgets.plot.isVisible()
    assert page.part.state.t == 0


def test_the_usual_numbers_of_steps_are_a_menu(open_page: Opener, lane: LaneMaker, qtbot: QtBot) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=6),))
    row = page.widgets.inspector.steps_row
    menu = row.choices.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    words = {action.text(): action for action in menu.actions()}
    assert list(words) == ["10", "25", "50", "100", "250", "all 1000"]
    assert not any(action.isChecked() for action in words.values())
    words["10"].trigger()
    assert page.part.recipe.lanes[0].sampler.steps == 10
    list(words.values())[-1].trigger()
    assert page.part.recipe.lanes[0].sampler.steps is None
    page.cancel()
