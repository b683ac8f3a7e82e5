"""Asking where a file shall be written: about the name that it will have."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.widgets.controls.save_file import ask_where


@pytest.fixture(autouse=True)
def own_dialogs() -> object:
    """Qt's own dialog, which a test can type into."""
    was = QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    yield
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, was)


def test_the_name_has_its_ending_before_it_is_asked_whether_to_replace(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_text("precious")
    owner, questions = QWidget(), []
    qtbot.addWidget(owner)

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        questions.append(box.text())
        QTest.mouseClick(box.button(QMessageBox.StandardButton.No), Qt.MouseButton.LeftButton)
        QTimer.singleShot(0, give_up)

    def give_up() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        dialog.reject()

    def type_name() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(tmp_path / "mine"))
        QTimer.singleShot(0, answer)
        dialog.accept()

    QTimer.singleShot(0, type_name)
    assert ask_where(owner, "Save", "x.png", "Pictures (*.png)", ".png") == ("", "")
    assert len(questions) == 1
    assert "mine.png" in questions[0]


def test_a_name_without_an_ending_gets_one(qtbot: QtBot, tmp_path: Path) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)

    def type_name() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(tmp_path / "new"))
        dialog.accept()

    QTimer.singleShot(0, type_name)
    path, kind = ask_where(owner, "Save", "x.png", "Pictures (*.png)", ".png")
    assert (path, kind) == (str(tmp_path / "new.png"), "Pictures (*.png)")
    qtbot.waitUntil(lambda: not owner.findChildren(QFileDialog))


def test_an_ending_that_is_added_to_a_name_with_another_is_asked_about(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "mine.v2.png").write_text("precious")
    owner, questions = QWidget(), []
    qtbot.addWidget(owner)
    answers = iter([QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes])

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        questions.append(box.text())
        QTest.mouseClick(box.button(next(answers)), Qt.MouseButton.LeftButton)

    def type_name() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        field = dialog.findChild(QLineEdit, "fileNameEdit")
        assert field is not None
        field.setText(str(tmp_path / "mine.v2"))
        QTimer.singleShot(0, answer)
        dialog.accept()

    found = []
    for _ in range(2):
        QTimer.singleShot(0, type_name)
        found.append(ask_where(owner, "Save", "x.png", "Pictures (*.png)", ".png")[0])
    assert found == ["", str(tmp_path / "mine.v2.png")]
    assert questions == ["mine.v2.png is there already. Replace it?"] * 2


def test_the_kind_that_is_chosen_says_the_ending(qtbot: QtBot, tmp_path: Path) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)

    def type_name() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        kinds, field = dialog.findChild(QComboBox, "fileTypeCombo"), dialog.findChild(QLineEdit, "fileNameEdit")
        assert kinds is not None
        assert field is not None
        QTest.keyClick(kinds, Qt.Key.Key_Down)
        field.setText(str(tmp_path / "new"))
        dialog.accept()

    QTimer.singleShot(0, type_name)
    path, kind = ask_where(owner, "Save", "x.npz", "NumPy (*.npz);;CSV (*.csv)", ".npz")
    assert (path, kind) == (str(tmp_path / "new.csv"), "CSV (*.csv)")
