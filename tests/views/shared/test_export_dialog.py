"""The one export dialog on the real window: what it offers, looks at, remembers and writes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.exports.embedded import read_recipe
from explorer.state.exporting import ExportChoices
from explorer.views.chain.page import ChainPage
from explorer.views.compare.view import CompareWorkspace
from explorer.views.export_offer import free_path, with_ending
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.views.shared.export_dialog import ExportDialog
from tests.views.conftest import LaneMaker, Opener


def opened(page: ChainPage, qtbot: QtBot) -> ExportDialog:
    """The dialog, once its look has come."""
    page.window().menus.actions["export"].trigger()  # type: ignore[attr-defined]
    dialog = [made for made in page.window().findChildren(ExportDialog) if made.isVisible()][-1]
    qtbot.waitUntil(lambda: bool(dialog.preview.words))
    return dialog


def set_folder(page: ChainPage, folder: Path, **fields: object) -> None:
    page.context.store.update(exporting=ExportChoices(folder=str(folder), **fields))  # type: ignore[arg-type]


def choose(dialog: ExportDialog, ending: str) -> None:
    dialog.kind.setCurrentIndex(dialog.kind.findData(ending))


def export(dialog: ExportDialog, page: ChainPage, qtbot: QtBot) -> Path:
    path = dialog.target
    dialog.go.click()
    qtbot.waitUntil(lambda: not page.exporting.active, timeout=60_000)
    return path


@pytest.fixture
def page(open_page: Opener, lane: LaneMaker, tmp_path: Path) -> ChainPage:
    made = open_page(ReverseChainWorkspace, (lane("C", steps=6),), samples=4, t=0)
    set_folder(made, tmp_path)
    return made


def test_the_look_is_what_is_written(page: ChainPage, qtbot: QtBot) -> None:
    dialog = opened(page, qtbot)
    dialog.quantity.setCurrentIndex(dialog.quantity.findData("x0_hat"))
    dialog.samples.setValue(3)
    dialog.scale.setValue(2)
    qtbot.waitUntil(lambda: dialog.preview.image is not None and dialog.preview.words.startswith("114 ×"))
    look = dialog.preview.image
    assert look is not None
    path = export(dialog, page, qtbot)
    with Image.open(path) as picture:
        written = np.asarray(picture.convert("RGB"))
    assert path.name == "reverse-chain-x0_hat-t0.png"
    assert (look.height(), look.width()) == written.shape[:2]
    assert all(look.pixelColor(x, y).red() == written[y, x, 0] for x in range(0, 114, 7) for y in range(0, look.height(), 5))
    assert read_recipe(path).shown.samples == (0, 1, 2)  # type: ignore[union-attr]
    assert read_recipe(path).chain.samples == 4  # type: ignore[union-attr]


def test_a_films_speed_length_and_steps_are_one_thing(page: ChainPage, qtbot: QtBot) -> None:
    dialog = opened(page, qtbot)
    choose(dialog, ".gif")
    assert dialog.frames.maximum() == 7  # x_T and six steps
    dialog.frames.setValue(5)
    dialog.seconds.setValue(1.0)
    assert dialog.fps.value() == 5.0
    dialog.fps.setValue(10)
    assert dialog.seconds.value() == 0.5
    path = export(dialog, page, qtbot)
    assert path.name == "reverse-chain-x_t-film.gif"
    with Image.open(path) as film:
        assert film.n_frames == 5  # type: ignore[attr-defined]
        assert film.info["duration"] == 100


def test_only_what_a_kind_has_is_asked(page: ChainPage, qtbot: QtBot) -> None:
    dialog = opened(page, qtbot)
    choose(dialog, ".png")
    assert dialog.scale.isVisible()
    assert not dialog.fps.isVisible()
    choose(dialog, ".npz")
    assert not any(field.isVisible() for field in (dialog.scale, dialog.fps, dialog.samples, dialog.quantity, dialog.labels))
    qtbot.waitUntil(lambda: "before packing" in dialog.preview.words)
    dialog.reject()


def test_a_page_says_how_much_it_shows(page: ChainPage, qtbot: QtBot) -> None:
    dialog = opened(page, qtbot)
    choose(dialog, ".html")
    assert dialog.frames.isVisible()
    assert dialog.samples.isVisible()
    assert not any(field.isVisible() for field in (dialog.scale, dialog.fps, dialog.labels, dialog.quantity))
    dialog.samples.setValue(3)
    dialog.frames.setValue(5)
    qtbot.waitUntil(lambda: "3 samples and 5 states" in dialog.preview.words)
    path = export(dialog, page, qtbot)
    assert path.name == "reverse-chain-page.html"
    assert "3 of 4 samples · 5 of 7 states" in path.read_text(encoding="utf-8")
    shown = read_recipe(path).shown
    assert shown is not None
    assert (shown.samples, shown.frames) == ((0, 1, 2), 5)


def test_without_labels_there_are_none(open_page: Opener, lane: LaneMaker, qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page(CompareWorkspace, (lane("B", steps=3), lane("C", steps=3)), samples=1, t=0)
    set_folder(page, tmp_path)
    heights = []
    for labels in (True, False):
        dialog = opened(page, qtbot)
        dialog.labels.setChecked(labels)
        with Image.open(export(dialog, page, qtbot)) as picture:
            heights.append(picture.height)
    assert heights[0] == heights[1] + 24


def test_a_file_that_is_there_is_asked_about_with_the_ending_it_will_have(page: ChainPage, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "mine.gif").write_bytes(b"kept")
    dialog = opened(page, qtbot)
    choose(dialog, ".gif")
    dialog.path.selectAll()
    QTest.keyClicks(dialog.path, str(tmp_path / "mine"))
    assert dialog.go.text() == "Replace"
    assert "mine.gif is there already" in dialog.told.text()
    QTest.keyClicks(dialog.path, "2")
    assert dialog.go.text() == "Export"
    (tmp_path / "mine2.gif").write_bytes(b"come since")
    dialog.go.click()
    assert dialog.isVisible()
    assert dialog.go.text() == "Replace"
    assert (tmp_path / "mine2.gif").read_bytes() == b"come since"
    export(dialog, page, qtbot)
    assert (tmp_path / "mine2.gif").read_bytes()[:3] == b"GIF"
    assert (tmp_path / "mine.gif").read_bytes() == b"kept"


def test_an_ending_that_is_typed_chooses_the_kind(page: ChainPage, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(page, qtbot)
    dialog.activateWindow()
    dialog.path.setFocus()
    qtbot.waitUntil(dialog.path.hasFocus)
    dialog.path.selectAll()
    QTest.keyClicks(dialog.path, str(tmp_path / "digits.v2.mp4"))
    QTest.keyClick(dialog.path, Qt.Key.Key_Tab)
    assert dialog.kind.currentData() == ".mp4"
    assert dialog.target == tmp_path / "digits.v2.mp4"
    dialog.reject()


def test_what_was_chosen_is_what_the_next_export_begins_with(page: ChainPage, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = opened(page, qtbot)
    choose(dialog, ".gif")
    dialog.scale.setValue(3)
    dialog.fps.setValue(7)
    first = export(dialog, page, qtbot)
    again = opened(page, qtbot)
    assert (again.kind.currentData(), again.scale.value(), again.fps.value()) == (".gif", 3, 7.0)
    assert again.target == tmp_path / "reverse-chain-x_t-film-2.gif" != first
    again.reject()


def test_endings_and_free_names(tmp_path: Path) -> None:
    assert with_ending("/a/compare", ".gif") == "/a/compare.gif"
    assert with_ending("/a/compare.png", ".gif") == "/a/compare.gif"
    assert with_ending("/a/compare.v2", ".gif") == "/a/compare.v2.gif"
    (tmp_path / "a.png").touch()
    (tmp_path / "a-2.png").touch()
    assert free_path(tmp_path, "a", ".png") == tmp_path / "a-3.png"


def test_return_writes_it(page: ChainPage, qtbot: QtBot) -> None:
    dialog = opened(page, qtbot)
    path = dialog.target
    dialog.kind.setFocus()
    qtbot.keyClick(dialog.kind, Qt.Key.Key_Return)
    qtbot.waitUntil(path.is_file)
