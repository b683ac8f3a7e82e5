"""What runs a lane's network, in the inspector: the ways that were measured, and another one taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from explorer import backends
from explorer.app import Explorer
from explorer.backends.fast_torch import FastTorch
from explorer.checkpoints.files import file_sha256
from explorer.engine.models.kept_choices import Choice, KeptChoices, Measured
from explorer.paths import HOME_VARIABLE
from explorer.recipe import ChainRecipe, Lane, Sampler
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import ChainState, Session
from explorer.views.chain.page import ChainPage
from explorer.views.reverse_chain.view import ReverseChainWorkspace

N = 2


@pytest.fixture
def lane(checkpoints: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Lane:
    """Of a network that was measured: made up, so that the fastest is known."""
    monkeypatch.setattr(backends, "BACKENDS", [backends.TORCH, FastTorch()])
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    path = checkpoints["mnist-ddpm-b"]
    lane = Lane(file_sha256(path), str(path), "B", Sampler(3))
    measured = (Measured("torch", "fp32", 1.0, 1000), Measured("fast", "fp32", 0.5, 1000))
    KeptChoices().put(lane.checkpoint, N, "CPU", Choice(lane.checkpoint, N, 1000, measured, busy=True))
    return lane


@pytest.fixture
def page(lane: Lane, qtbot: QtBot) -> Iterator[ChainPage]:
    """Its chain, finished, in a window that chooses what runs it."""
    kind = ReverseChainWorkspace
    session = Session(workspace=kind.facts.name, device="cpu")
    session = msgspec.structs.replace(session, **{kind.part_name: ChainState(recipe=ChainRecipe((lane,), 1, N))})
    explorer = Explorer(
        Loaded(Saved(session=session), fresh=False), None, [kind.facts], beginning=lambda kept, _entries: (kept, ""), measures=True
    )
    qtbot.addWidget(explorer.window)
    explorer.window.resize(1440, 900)
    explorer.show()
    page = explorer.window.workspaces[kind.facts.name]
    assert isinstance(page, ChainPage)
    with qtbot.waitActive(explorer.window):
        explorer.window.activateWindow()
    settle(page, qtbot)
    yield page
    assert explorer.shutdown()


def settle(page: ChainPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.idle and page.ways.idle and bool(page.controller.run.done))


def opened(page: ChainPage, qtbot: QtBot) -> list[QAction]:
    """What can be done in the menu, once the engine has said what there is."""
    menu = page.widgets.inspector.ways.menu
    menu.popup(menu.screen().availableGeometry().bottomRight())
    settle(page, qtbot)
    actions = [action for action in menu.actions() if not action.isSeparator()]
    assert page.window().screen().availableGeometry().contains(menu.geometry()), "filled while it is open, it stays on the screen"
    menu.close()
    return actions


def said(page: ChainPage) -> str:
    return page.widgets.inspector.ways.words.text()


def test_it_says_what_ran_the_lane_and_offers_what_was_measured(page: ChainPage, qtbot: QtBot) -> None:
    assert said(page) == "PyTorch, packed · fp32 · 2.0× plain PyTorch"
    fastest, *ways, again = opened(page, qtbot)
    assert fastest.text() == "Fastest (PyTorch, packed · fp32 · 2.0×)"
    assert fastest.isChecked()
    assert [way.text() for way in ways] == ["PyTorch, packed · fp32 · 2.0×", "PyTorch · fp32 · 1.0×"]
    assert again.text() == "Measure again"
    assert "did much else" in again.toolTip()


def test_another_way_has_the_lane_sampled_anew_and_is_not_undone(page: ChainPage, qtbot: QtBot) -> None:
    plain = opened(page, qtbot)[2]
    plain.trigger()
    settle(page, qtbot)
    qtbot.waitUntil(lambda: said(page) == "PyTorch · fp32")
    assert not page.context.store.can_undo
    fastest, _, plain, _ = opened(page, qtbot)
    assert plain.isChecked()
    fastest.trigger()
    settle(page, qtbot)
    qtbot.waitUntil(lambda: said(page).startswith("PyTorch, packed · fp32"))


def test_measuring_again_says_so_and_then_has_new_figures(page: ChainPage, qtbot: QtBot) -> None:
    again = opened(page, qtbot)[-1]
    again.trigger()
    assert said(page) == "measuring …"
    settle(page, qtbot)
    assert said(page).startswith("PyTorch, packed · fp32"), "what ran the lane that is shown"
    choice = KeptChoices().get(page.controller.keys[0].lane.checkpoint, N, "CPU")
    assert choice is not None
    assert choice.measured[0].seconds != 1.0


def test_a_lane_without_a_network_has_nothing_to_choose(page: ChainPage) -> None:
    field = page.widgets.inspector.ways
    assert field.choices.isEnabled()
    field.show_run("")
    assert not field.choices.isEnabled()
    assert said(page) == "–"
