"""Where a file is, is asked by the dialog in which it can be chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from explorer.views.shared.locating import where_is


@pytest.mark.parametrize(
    ("source", "dialog"),
    [
        ("/data/mine.npz", "file"), ("/data/train-images-idx3-ubyte", "file"), ("/data/t10k-images-idx3-ubyte.gz", "file"),
        ("/models/c.safetensors", "file"), ("/data/photos", "folder"), ("/models/google-ddpm", "folder"),
    ],
)  # fmt: skip
def test_a_folder_is_asked_for_as_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, dialog: str) -> None:
    asked = []

    def choose_file(*_given: object) -> tuple[str, str]:
        asked.append("file")
        return str(tmp_path), ""

    def choose_folder(*_given: object) -> str:
        asked.append("folder")
        return str(tmp_path)

    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose_file)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", choose_folder)
    assert where_is(source, None) == str(tmp_path)
    assert asked == [dialog]
