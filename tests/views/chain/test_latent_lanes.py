"""A lane whose states are codes, in the window: its channels, what is decoded, and the choice between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer.app import Explorer
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.reverse_chain.view import ReverseChainWorkspace

from ...sources.diffusers.coders import latent_pipeline


@pytest.fixture
def ws(qtbot: QtBot, tmp_path: Path) -> Iterator[ReverseChainWorkspace]:
    """Reverse chain with a latent pipeline in it, sampled, its cursor in the middle."""
    app = Explorer(Loaded(Saved(session=Session(workspace="reverse-chain", default_steps=10)), fresh=False), None)
    qtbot.addWidget(app.window)
    app.show()
    app.window.open_paths([str(latent_pipeline(tmp_path / "latent"))])
    made = app.window.workspaces["reverse-chain"]
    assert isinstance(made, ReverseChainWorkspace)
    qtbot.waitUntil(lambda: made.idle and made.has_picture and not made.controller.run.sampling, timeout=60_000)
    made.playback.scrub(500)
    yield made
    assert app.shutdown()


def frame_shape(ws: ReverseChainWorkspace) -> tuple[int, ...]:
    (frame,) = ws.display.frames.values()
    return frame.tiles.shape[1:3]


def test_codes_are_drawn_as_channels_and_decoded_when_wanted(ws: ReverseChainWorkspace, qtbot: QtBot) -> None:
    action = ws.looks["decoded"]
    qtbot.waitUntil(lambda: ws.idle and frame_shape(ws) == (17, 17), timeout=30_000)
    assert action.isEnabled()
    assert ws.widgets.decoding.isVisible()
    assert ws.widgets.scale.diverging
    assert ws.widgets.scale.scale == 3.0
    action.trigger()
    qtbot.waitUntil(lambda: ws.idle and frame_shape(ws) == (16, 16), timeout=30_000)
    assert not ws.widgets.scale.diverging
    action.trigger()
    ws.part.update(quantity="x0_hat")
    qtbot.waitUntil(lambda: ws.idle and frame_shape(ws) == (16, 16), timeout=30_000)
    ws.part.update(quantity="eps_hat")
    qtbot.waitUntil(lambda: ws.idle and frame_shape(ws) == (17, 17), timeout=30_000)


def test_at_zero_there_are_images(ws: ReverseChainWorkspace, qtbot: QtBot) -> None:
    ws.playback.to_end()
    qtbot.waitUntil(lambda: ws.idle and frame_shape(ws) == (16, 16), timeout=30_000)
