"""The part of a data set's menu that tells how its images are taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.views.shared.reading_menu import add_reading


def told(menu: QMenu) -> dict[str, list[str]]:
    """Submenus, each with its entries; the one in force has a star."""
    inner = {action.text(): action.menu() for action in menu.actions()}
    return {title: [("*" if entry.isChecked() else "") + entry.text() for entry in sub.actions()] for title, sub in inner.items()}


def test_what_a_file_leaves_open_can_be_told(qtbot: QtBot, tmp_path: Path) -> None:
    images = np.zeros((4, 8, 8), np.uint8)
    np.savez(tmp_path / "two.npz", x_train=images, x_test=images, y_train=np.arange(4))
    np.savez(tmp_path / "one.npz", x=images, y=np.arange(4))
    np.save(tmp_path / "one.npy", images)
    (tmp_path / "folder").mkdir()
    Image.fromarray(images[0]).save(tmp_path / "folder" / "a.png")
    values = ["*as they are found", "0 to 1", "-1 to 1", "0 to 255", "0 to 65535"]

    def told_labels(name: str) -> list[str]:
        return ["*as they are found", name, "none"]

    expected = {
        "two.npz": {"Values": values, "Array": ["*the likeliest of images", "x_train", "x_test"], "Labels": told_labels("y_train")},
        "one.npz": {"Values": values, "Labels": told_labels("y")},
        "one.npy": {"Values": values}, "folder": {"Transparent pictures": ["*on white", "on black"]},
    }  # fmt: skip
    for name, entries in expected.items():
        menu = QMenu()
        qtbot.addWidget(menu)
        add_reading(menu, str(tmp_path / name), AS_FOUND, lambda _read: None)
        assert told(menu) == entries
    for source in ("mnist", "", str(tmp_path / "gone.idx")):
        menu = QMenu()
        qtbot.addWidget(menu)
        add_reading(menu, source, AS_FOUND, lambda _read: None)
        assert menu.isEmpty()


def test_choosing_changes_one_thing_and_keeps_the_rest(qtbot: QtBot, tmp_path: Path) -> None:
    images, chosen, menu = np.zeros((4, 8, 8), np.uint8), [], QMenu()
    qtbot.addWidget(menu)
    np.savez(tmp_path / "two.npz", a=images, b=images)
    add_reading(menu, str(tmp_path / "two.npz"), Reading(range="0,255"), chosen.append)
    submenus = {action.text(): action.menu() for action in menu.actions()}
    assert "Labels" not in submenus, "nothing in it can be"
    next(entry for entry in submenus["Array"].actions() if entry.text() == "b").trigger()
    assert chosen == [Reading(range="0,255", member="b")]
