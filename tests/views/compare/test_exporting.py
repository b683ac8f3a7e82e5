"""What Compare shows, exported and opened again."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.exports.pictures import write_png
from explorer.recipe import ChainRecipe, Lane, Recipe
from explorer.views.compare.view import CompareWorkspace
from tests.views.compare.hands import LaneMaker, Opener, lanes, press, settle, state


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
