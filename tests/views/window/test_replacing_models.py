"""Writing a checkpoint for other programs: nothing is replaced that the person was not asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from explorer import sources
from explorer.checkpoints.locate import locate
from explorer.engine.models.messages import LibraryEntry
from explorer.views.window.exporting_models import may_replace


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No])
def test_each_file_of_an_autoencoder_is_asked_about(qtbot: QtBot, tmp_path: Path, answer: QMessageBox.StandardButton) -> None:
    path, owner, questions = locate("mnist-vae-2d"), QWidget(), []
    entry = LibraryEntry(str(path), "mnist-vae-2d", True, 1, "", sources.card(path))
    qtbot.addWidget(owner)

    def reply() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        questions.append(box.text())
        QTest.mouseClick(box.button(answer), Qt.MouseButton.LeftButton)

    where = str(tmp_path / "vae.onnx")
    assert may_replace(entry, where, owner), "there is nothing to replace"
    (tmp_path / "vae-decoder.onnx").write_text("mine")
    QTimer.singleShot(0, reply)
    assert may_replace(entry, where, owner) == (answer is QMessageBox.StandardButton.Yes)
    assert questions == ["vae-decoder.onnx is there already. Replace?"]
