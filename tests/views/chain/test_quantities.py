"""One more quantity: a row of the table and a maker, and it is in the window, in exports and in `replay`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from torch import Tensor

from explorer.cli import main
from explorer.engine.chain.export.messages import ExportChain, ExportLook
from explorer.engine.chain.lane_quantities import OWN
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.engine import Engine
from explorer.engine.pictures.tiles import diverging_tiles
from explorer.engine.thread.messages import StartEngine
from explorer.exports.embedded import read_recipe
from explorer.exports.sheet import Sheet
from explorer.recipe import Shown
from explorer.recipe.quantities import QUANTITIES, Quantity
from explorer.views.compare.view import CompareWorkspace
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.shared.labels import lane_titles
from tests.menu_rows import rows_of

Opener = Callable
LaneMaker = Callable
STEPS = 4
ROW = Quantity(name="sum", label="Σ", tip="The state and the noise in it", key="8", caption="both", diverging=True, scale=2.0)


def both(lane: ChainLane, k: int) -> Iterator[Tensor | None]:
    """x_t + eps_hat."""
    for x in lane.show(k, "x_t"):
        if x is None:
            yield None
            continue
        for said in lane.predicted(k):
            yield None if said is None else x + said.eps_hat


@pytest.fixture
def one_more(monkeypatch: pytest.MonkeyPatch) -> Quantity:
    monkeypatch.setitem(QUANTITIES, ROW.name, ROW)
    monkeypatch.setitem(OWN, ROW.name, both)
    return ROW


def test_a_row_and_a_maker_are_all_of_a_quantity(
    one_more: Quantity, open_page: Opener, lane: LaneMaker, own_chain: Callable, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=STEPS),), t=500)
    button = page.widgets.quantities.button("sum")
    assert (button.text(), button.toolTip()) == ("Σ", "The state and the noise in it  (8)")
    assert "Show Σ" in [action.text() for action in rows_of(page.menu_actions())]
    key = page.controller.key
    before = page.display.frames[key]
    QTest.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_8)
    qtbot.waitUntil(lambda: page.idle and page.display.frames[key] is not before, timeout=60_000)
    assert button.isChecked()
    assert page.widgets.scale.diverging
    own, values = own_chain(key), page.display.frames[key].values
    k = own.k(500)
    np.testing.assert_allclose(values, own.x[k] + own.eps_hat[k], atol=2e-2)
    np.testing.assert_array_equal(page.grid.tiles, diverging_tiles(values, 2.0, "dark"))
    assert page.controller.film.quantity == "sum"

    path, again = tmp_path / "sum.png", tmp_path / "again.png"
    page.exporting.start(str(path))
    qtbot.waitUntil(lambda: not page.exporting.active, timeout=60_000)
    sheet = Sheet(4, (3, 28, 28), ("",), captioned=True)
    with Image.open(path) as picture:
        np.testing.assert_array_equal(np.asarray(picture), sheet.draw([page.grid.tiles.transpose(0, 3, 1, 2)], "both at t = 500"))
    assert read_recipe(path).shown == Shown(500, "sum")
    assert main(["replay", str(path), "--out", str(again)]) == 0
    assert again.read_bytes() == path.read_bytes()


def test_replay_tries_both_palettes_of_a_new_quantity(
    one_more: Quantity, open_page: Opener, lane: LaneMaker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = open_page(CompareWorkspace, (lane("C", steps=STEPS), lane("B", steps=STEPS)), samples=2)
    menu = QMenu(page)
    page.menus.fill_difference(menu)
    of = [action.text() for action in menu.actions() if action.text().startswith("of ")]
    assert of == ["of xₜ", "of x̂₀", "of ε̂", "of mean", "of Σ"], "z is the same in every lane"
    engine, path, again = Engine(), tmp_path / "light.png", tmp_path / "again.png"
    look = ExportLook(Shown(500, "sum"), lane_titles(page.part.recipe.lanes), palette="light")
    for payload in (StartEngine(device="cpu", precision="fp32"), ExportChain(page.part.recipe, str(path), look)):
        for _ in engine.handle(payload):
            pass
    capsys.readouterr()
    assert main(["replay", str(path), "--out", str(again), "--device", "cpu", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["identical"] is True


def test_a_single_lane_is_not_offered_what_needs_another(open_page: Opener, lane: LaneMaker) -> None:
    page = open_page(ReverseChainWorkspace, (lane("C", steps=STEPS),), wait=False)
    assert tuple(page.chain_actions.choice("quantity")) == tuple(name for name in QUANTITIES if name != "difference")
