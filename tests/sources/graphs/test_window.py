"""What the person sees of a graph: a lane and what runs it, a plane without a pad."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from explorer import sources
from explorer.app import Explorer
from explorer.engine.engine import Engine
from explorer.engine.models.messages import CheckpointOpened, MakeThumbnail, OpenCheckpoint, ThumbnailMade
from explorer.sources.graphs.denoiser import GraphDenoiser
from explorer.state.edits import lanes
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.latent.view import LatentWorkspace
from explorer.views.window.card_words import sections

from .test_lanes import TOLD
from .test_planes import UNIT, decoder


@pytest.fixture
def explorer(qtbot: QtBot) -> Iterator[Explorer]:
    """The app with its engine."""
    made = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=False), None)
    qtbot.addWidget(made.window)
    made.show()
    yield made
    assert made.shutdown()


def test_a_lane_of_it_keeps_what_was_told(lane: Path) -> None:
    sources.remember(lane, TOLD)
    *_, opened = Engine().handle(OpenCheckpoint(str(lane)))
    assert isinstance(opened, CheckpointOpened)
    assert lanes.lane_of(opened.entry).told == TOLD
    assert opened.entry.parameters == sources.parameters(lane)
    assert sections(opened.entry)[0].rows[0].value.startswith("an ONNX graph, written by pytorch")


def test_a_thumbnail_of_a_decoder_is_made_of_codes(tmp_path: Path) -> None:
    path = decoder(tmp_path)
    sources.remember(path, UNIT)
    *_, made = Engine().handle(MakeThumbnail(str(path)))
    assert isinstance(made, ThumbnailMade)
    assert made.picture.shape == (16, 16, 3)


def test_a_lane_in_the_window_says_what_runs_it(qtbot: QtBot, explorer: Explorer, lane: Path) -> None:
    sources.remember(lane, TOLD)
    explorer.window.open_paths([str(lane)])
    qtbot.waitUntil(lambda: any(each.source == str(lane) for each in explorer.store.session.reverse.recipe.lanes))
    page = explorer.window.workspaces["reverse-chain"]
    qtbot.waitUntil(lambda: any("· fp32" in label for label in _texts(page)))
    assert any(text in ("OpenVINO · fp32", "ONNX Runtime · fp32") for text in _texts(page))
    field = page.widgets.inspector.ways  # type: ignore[attr-defined]
    field.menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: page.ways.idle)  # type: ignore[attr-defined]
    field.menu.aboutToShow.emit()
    assert [action.text() for action in field.menu.actions()] == [GraphDenoiser.only_way]


def _texts(page: object) -> list[str]:
    from PySide6.QtWidgets import QLabel

    return [label.text() for label in page.inspector.findChildren(QLabel)]  # type: ignore[attr-defined]


def test_a_decoder_is_a_plane_without_a_pad(qtbot: QtBot, explorer: Explorer, tmp_path: Path) -> None:
    path = decoder(tmp_path)
    sources.remember(path, UNIT)
    explorer.window.open_paths([str(path)])
    qtbot.waitUntil(lambda: explorer.store.session.latent.recipe.source == str(path))
    page = explorer.window.workspaces["latent"]
    assert isinstance(page, LatentWorkspace)
    qtbot.waitUntil(lambda: "a decoder alone" in explorer.window._statuses["latent"].text)
    inspector = page.inspector
    assert inspector.picture.isHidden()
    assert "encoder" not in inspector.hint.text()
    assert inspector.card.facts.said("kind") == "AE, ONNX graph"
    assert inspector.card.facts.said("p(x|z)") == ""
