"""A finished image, or a picture, noised again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.engine.thread.messages import Failed
from explorer.recipe import BackUp
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import Session
from explorer.views.reverse_chain.view import ReverseChainWorkspace
from explorer.widgets.look.sharp import pixels_of
from tests.views.reverse_chain.branches import LEFT, LaneMaker, edits, hands, made, paint_over, settle, state


def test_backing_up_says_how_much_survives(page: ReverseChainWorkspace, qtbot: QtBot) -> None:
    page.playback.scrub(0)
    settle(page, qtbot)
    QTest.keyClick(page, Qt.Key.Key_B)
    panel = hands(page).back_up
    assert hands(page).panels.in_front is panel
    assert panel.up_to == 500
    np.testing.assert_array_equal(pixels_of(panel.after.image), page.grid.tiles[2], "the selected sample's own, no branch being there")
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
