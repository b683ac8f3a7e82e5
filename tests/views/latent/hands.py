"""The Latent workspace as a person uses it: places, drags, strokes; and the networks apart from the engine, to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.checkpoints.files import load
from explorer.engine.pictures.tiles import grey_tiles
from explorer.models.autoencoder import Autoencoder
from explorer.recipe import Point
from explorer.state.edits import encoding as encoding_edits
from explorer.state.session import LatentState
from explorer.views.latent.view import LatentWorkspace
from explorer.views.workspace import Facts, Workspace
from explorer.widgets.look.sharp import pixels_of

LEFT = Qt.MouseButton.LeftButton
Code = tuple[float, float]


class Elsewhere(Workspace):
    """Another page of the window."""

    facts = Facts("compare", "Elsewhere", "ph.columns", "Another page", "&Elsewhere", f"{__name__}:Elsewhere")

    @property
    def inspector(self) -> QWidget:
        """Nothing beside it."""
        return self.findChild(QWidget, "nothing") or QWidget(self, objectName="nothing")

    @property
    def idle(self) -> bool:
        """It has nothing to do."""
        return True


def state(ws: LatentWorkspace) -> LatentState:
    """What the person chose."""
    return ws.context.store.session.latent


def settle(ws: LatentWorkspace, qtbot: QtBot) -> None:
    """Wait until all that was asked for is shown."""
    qtbot.waitUntil(lambda: ws.idle, timeout=30_000)


def wide(ws: LatentWorkspace) -> str:
    """A checkpoint whose codes have more than two dimensions."""
    entry = ws.context.library.named("mnist-vae-16d")
    assert entry is not None
    return entry.path


def at(ws: LatentWorkspace, x: float, y: float) -> QPoint:
    """Pixel of a code."""
    px, py = ws.plane.view.to_screen(x, y)
    return QPoint(round(px), round(py))


def add_point(ws: LatentWorkspace, x: float, y: float) -> Point:
    """Double-click as a hand does, and the point that comes of it."""
    place = at(ws, x, y)
    QTest.mouseClick(ws.plane, LEFT, pos=place)
    QTest.mouseDClick(ws.plane, LEFT, pos=place)
    return state(ws).recipe.points[-1]


def encode_image(ws: LatentWorkspace, index: int) -> None:
    """As a click on a test image's code does."""
    ws.context.store.update(encoding_edits.IMAGE, latent=encoding_edits.encode_image(state(ws), index))


def paint(ws: LatentWorkspace, codes: Sequence[Code]) -> None:
    """Choose the brush and paint through codes."""
    ws.actions_["stroke"].trigger()
    QTest.mousePress(ws.plane, LEFT, pos=at(ws, *codes[0]))
    for code in codes[1:]:
        QTest.mouseMove(ws.plane, at(ws, *code))
    QTest.mouseRelease(ws.plane, LEFT, pos=at(ws, *codes[-1]))


ARC = [(float(x), float(0.6 * np.sin(2 * x))) for x in np.linspace(-1.5, 1.5, 40)]


def network(path: Path) -> Autoencoder:
    """A shipped network, loaded apart from the engine."""
    found = load(path).network
    assert isinstance(found, Autoencoder)
    return found


@torch.inference_mode()
def decodings(path: Path, codes: np.ndarray) -> np.ndarray:
    """The decoder's own pictures (N, 28, 28, 3) of codes (N, 2)."""
    return grey_tiles(network(path).decode(torch.from_numpy(codes.astype(np.float32))).numpy())


def assert_same(image: QImage | None, tile: np.ndarray) -> None:
    """Equal up to one grey level: a batch of another size may round otherwise."""
    assert np.abs(pixels_of(image).astype(int) - tile.astype(int)).max() <= 1
