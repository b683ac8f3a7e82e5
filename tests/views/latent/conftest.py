"""The Latent workspace in a real window, with the real engine and the shipped models."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.latent.view import LatentWorkspace
from tests.views.latent.hands import Elsewhere


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The app with its engine, on the Latent workspace."""
    loaded = Loaded(Saved(session=Session(workspace="latent")), fresh=False)
    made = Explorer(loaded, None, [LatentWorkspace.facts, Elsewhere.facts])
    qtbot.addWidget(made.window)
    made.window.resize(1280, 800)
    made.show()
    yield made
    assert made.shutdown()


@pytest.fixture
def ws(explorer: Explorer, qtbot: QtBot) -> LatentWorkspace:
    """The workspace, with the codes of the test images shown."""
    made = explorer.window.workspaces["latent"]
    assert isinstance(made, LatentWorkspace)
    qtbot.waitUntil(lambda: made.idle and len(made.plane.codes_drawn) == 10_000, timeout=60_000)
    return made
