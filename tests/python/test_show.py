"""`explorer.show`: the window on a network of this process, from its opening to its end, and nothing of it left behind."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import explorer
from explorer.sources.from_python import in_memory
from explorer.state.persistence import session_file
from explorer.views.window.main_window import MainWindow


class Grey(torch.nn.Module):
    def forward(self, x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        assert not self.training
        return 0.5 * x_t


def window() -> MainWindow | None:
    shown = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow) and widget.isVisible()]
    return shown[0] if shown else None


@pytest.fixture
def once_shown(qapp: QApplication) -> Callable[[Callable[[MainWindow], bool]], list[MainWindow]]:
    """Close the window as soon as something holds of it; what it was."""
    timer = QTimer(qapp, interval=50)

    def when(holds: Callable[[MainWindow], bool]) -> list[MainWindow]:
        seen: list[MainWindow] = []

        def look() -> None:
            found = window()
            if found is not None and not seen and holds(found):
                seen.append(found)
                timer.stop()
                found.close()

        timer.timeout.connect(look)
        timer.start()
        return seen

    return when


def is_sampled(found: MainWindow) -> bool:
    lanes = found._context.store.session.reverse.recipe.lanes
    return bool(lanes) and lanes[0].source.endswith("mine") and found._context.store.session.reverse.t == 0


def test_it_shows_a_network_of_this_process_and_leaves_all_as_it_was(
    qtbot: QtBot, qapp: QApplication, once_shown: Callable[..., list[MainWindow]]
) -> None:
    net, own = Grey().train(), QWidget()
    qtbot.addWidget(own)
    own.show()
    before: Any = (qapp.styleSheet(), qapp.palette(), qapp.font(), qapp.applicationName(), qapp.quitOnLastWindowClosed(), sys.excepthook)
    seen = once_shown(is_sampled)
    explorer.show(network=net, option="C", betas=torch.linspace(1e-4, 0.02, 20), shape=(1, 8, 8), name="mine")
    assert seen
    assert net.training
    assert own.isVisible()
    after = (qapp.styleSheet(), qapp.palette(), qapp.font(), qapp.applicationName(), qapp.quitOnLastWindowClosed(), sys.excepthook)
    assert after == before
    assert not session_file().exists()


def test_without_its_program_a_lane_says_what_to_do(tmp_path: Any) -> None:
    model = explorer.Model(network=lambda x, t: x, option="C", betas="linear", shape=(1, 8, 8), name="gone")
    path = in_memory.put(model)
    assert explorer.sample(path, samples=1, steps=2).label.startswith("C · gone")
    in_memory.forget("gone")
    with pytest.raises(explorer.BadInput, match=r'^gone: is a network that a Python program had in its memory; .*name="gone"\)$'):
        explorer.sample(path)


def test_where_no_window_can_be_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            explorer.show("mnist-ddpm-c")
        except explorer.BadInput as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "by the main thread alone" in str(caught[0])
    with pytest.raises(explorer.BadInput, match="no such file"):
        explorer.show("nowhere")
