"""Python files in the window: shown and asked for first, and again where a session needs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.sources.from_python import permission
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.window.python_files import WARNING, RunPython

FILE = """
import explorer
open({mark!r}, "w").close()

def load():
    return explorer.Model(network=lambda x, t: 0.5 * x, option="C", betas=[0.1, 0.2, 0.3], shape=(1, 8, 8))
"""


@pytest.fixture
def app(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Callable[[Session], Explorer]:
    monkeypatch.setattr(permission, "_agreed", {})
    made: list[Explorer] = []

    def make(session: Session) -> Explorer:
        explorer = Explorer(Loaded(Saved(session=session), fresh=False), None)
        made.append(explorer)
        with qtbot.waitSignal(explorer.began):
            explorer.show()
        return explorer

    yield make
    for explorer in made:
        assert explorer.end()


def dialog_of(explorer: Explorer) -> RunPython | None:
    found = [child for child in explorer.window.findChildren(RunPython) if child.isVisible()]
    return found[0] if found else None


def test_a_dropped_file_is_run_once_the_person_agrees(app: Callable[[Session], Explorer], qtbot: QtBot, tmp_path: Path) -> None:
    mark, path = tmp_path / "mark", tmp_path / "mine.py"
    path.write_text(FILE.format(mark=str(mark)))
    explorer = app(Session())
    explorer.window.open_paths([str(path)])
    dialog = dialog_of(explorer)
    assert dialog is not None
    assert dialog.leave.hasFocus() or dialog.leave.isDefault()
    assert "delete your files" in WARNING
    qtbot.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)
    assert not permission.all_allowed()
    explorer.window.open_paths([str(path)])
    dialog = dialog_of(explorer)
    assert dialog is not None
    assert not mark.exists()
    qtbot.mouseClick(dialog.run, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: explorer.store.session.reverse.recipe.lanes[0].source == str(path))
    assert mark.exists()


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_session_with_a_lane_of_it_asks_again(app: Callable[[Session], Explorer], qtbot: QtBot, tmp_path: Path, is_kept: bool) -> None:
    mark, path = tmp_path / "mark", tmp_path / "mine.py"
    path.write_text(FILE.format(mark=str(mark)))
    first = app(Session())
    permission.allow(path)
    first.window.opener._python._agreed(str(path), lambda: first.window.open_paths([str(path)]))
    qtbot.waitUntil(lambda: first.store.session.reverse.recipe.lanes[0].source == str(path))
    if is_kept:  # what is on the disk of its chain is shown at once
        qtbot.waitUntil(lambda: first.window.workspaces["reverse-chain"].has_picture and not first.client.busy)
    kept = first.store.session
    permission._agreed.clear()
    mark.unlink()
    second = app(kept)
    qtbot.waitUntil(lambda: second.window.banner.message.startswith("mine.py is a Python file"))
    assert not mark.exists()
    assert not permission.all_allowed()
    offer = second.window.banner.offer
    assert offer is not None
    qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    dialog = dialog_of(second)
    assert dialog is not None
    qtbot.mouseClick(dialog.run, Qt.MouseButton.LeftButton)
    assert permission.is_allowed(path)
    qtbot.waitUntil(lambda: second.window.workspaces["reverse-chain"].has_picture and not second.client.busy)
    assert second.window.banner.message == ""
