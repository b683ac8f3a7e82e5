"""A checkpoint written for other programs from the window: it asks where, `export` of the command line writes it, the banner says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.engine.models.messages import LibraryEntry
from explorer.views.window.exporting_models import FOLDER, ModelExporter, named, told


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the person says: Qt's own dialog waits for a hand."""
    path = tmp_path / "vae.onnx"
    monkeypatch.setattr(QFileDialog, "exec", lambda _dialog: True)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _dialog: [str(path)])
    return path


def entry_of(explorer: Explorer, name: str) -> LibraryEntry:
    found = explorer.library.named(name)
    assert found is not None
    return found


def test_the_library_writes_a_model_where_the_person_says(open_app: Callable[..., Explorer], chosen: Path, qtbot: QtBot) -> None:
    pytest.importorskip("onnx")
    explorer = open_app(workspace="reverse-chain")
    window = explorer.window
    window.show_library()
    window.library.export_wanted.emit(entry_of(explorer, "mnist-vae-2d"))
    assert window.library.isHidden()
    assert window.banner.message == f"mnist-vae-2d is being written to {chosen}"
    qtbot.waitUntil(lambda: "is written to" in window.banner.message)
    written = [chosen.with_name(f"vae-{part}.onnx") for part in ("encoder", "decoder")]
    assert all(path.is_file() and str(path) in window.banner.message for path in written)


def test_what_cannot_be_written_is_said_in_the_commands_words(open_app: Callable[..., Explorer], tmp_path: Path, qtbot: QtBot) -> None:
    explorer = open_app(workspace="reverse-chain")
    window, nowhere = explorer.window, tmp_path / "no folder" / "a.onnx"
    exporter = ModelExporter(entry_of(explorer, "mnist-vae-2d"), str(nowhere), window.banner, window)
    with qtbot.waitSignal(exporter.process.finished):
        exporter.start()
    assert str(nowhere.parent) in window.banner.message
    assert "Traceback" not in window.banner.message


def test_it_ends_with_the_window(open_app: Callable[..., Explorer], tmp_path: Path, qtbot: QtBot) -> None:
    explorer = open_app(workspace="reverse-chain")
    exporter = ModelExporter(entry_of(explorer, "mnist-ddpm-c"), str(tmp_path / "c.onnx"), explorer.window.banner, explorer.window)
    exporter.start()
    exporter.end()
    assert exporter.process.state() == QProcess.ProcessState.NotRunning
    assert not (tmp_path / "c.onnx").exists()


def test_the_ending_says_what_is_written() -> None:
    assert named("/a/b", folder=False) == "/a/b.onnx"
    assert named("/a/b.ONNX", folder=False) == "/a/b.ONNX"
    assert named("/a/b.onnx", folder=True) == "/a/b"
    assert FOLDER.endswith("(*)")


def test_what_was_written_is_told_with_how_well_it_agrees() -> None:
    said = {"written": [{"path": "/a/e.onnx", "largest_difference": 2e-7}, {"path": "/a/d.onnx", "largest_difference": None}]}
    assert told("x", json.dumps(said).encode()) == (
        "x is written to /a/e.onnx and /a/d.onnx",
        "It agrees with the network to 2e-07 of its largest output.",
    )
