"""The latent plane in its window: pointer to pixels, a 64 x 64 manifold, 10,000 codes panned.

Pointer to pixels: from the mouse event to the decoding painted in the inspector, through the engine thread, against
the bare decoder and one painting of its picture. Manifold: decoded in blocks with cancel points, against one batch.
Panning: a mouse event of a drag and the repaint of the plane with 10,000 codes, against pyqtgraph's scatter plot of
the same codes and size.

Usage: python benchmarks/plane.py
"""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import argparse
import tempfile

import numpy as np
import pyqtgraph
import torch
from common import compare, machine
from PySide6.QtCore import QEventLoop, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.app import Explorer
from explorer.checkpoints.locate import locate
from explorer.engine.engine import Engine
from explorer.engine.latent.messages import DecodeGrid
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.messages import StartEngine
from explorer.models.autoencoder import Autoencoder
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.latent.view import LatentWorkspace
from explorer.widgets.look.theme import CLASS_COLOURS

SIZE = (1280, 800)
SIDE = 64


def wait_for(app: QApplication, condition) -> None:  # type: ignore[no-untyped-def]
    """Let the event loop run until something holds."""
    while not condition():
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def pointer(app: QApplication, ws: LatentWorkspace, model: Autoencoder, rounds: int) -> None:
    """Mouse event to painted decoding."""
    plane, picture = ws.plane, ws.inspector.probe.picture
    canvas = QImage(picture.width(), picture.height(), QImage.Format.Format_RGB32)

    def shown(x: float, y: float) -> bool:
        """Whether the decoding of this very place is shown, and not one of a place before."""
        probe = ws.panes[0].probe
        decoded = None if probe is None else probe.decoded
        return decoded is not None and np.array_equal(decoded.codes, np.array([[x, y]], np.float32))

    def ours(turn: int) -> None:
        px, py = 100 + 2 * (turn % 200), 120 + turn % 200
        QTest.mouseMove(plane, QPoint(px, py))
        wait_for(app, lambda: shown(*plane.view.to_plane(px, py)))
        picture.repaint()

    def peer(turn: int) -> None:
        with torch.inference_mode():
            tile = grey_tiles(model.decode(torch.tensor([[turn / 100, -turn / 100]])).numpy())
        picture.set_tile(tile[0])
        picture.render(canvas)

    found = compare(ours, peer, rounds)
    print(f"pointer to pixels: {found.ours * 1e3:.2f} ms, bare decoder painted {found.peer * 1e3:.2f} ms, ratio {found.ratio:.2f}")


def manifold(engine: Engine, path: str, model: Autoencoder, rounds: int) -> None:
    """64 x 64 decodings as one picture."""

    def ours(turn: int) -> None:
        list(engine.handle(DecodeGrid(path, (-3.0, 3.0, -3.0, 3.0 + turn / 1000), SIDE, SIDE)))

    def peer(turn: int) -> None:
        with torch.inference_mode():
            tiles = grey_tiles(model.decode(torch.randn(SIDE * SIDE, 2)).numpy())
        np.ascontiguousarray(tiles.reshape(SIDE, SIDE, 28, 28, 3).swapaxes(1, 2))

    found = compare(ours, peer, rounds, warm_up=1)
    times = f"{found.ours * 1e3:.0f} ms, one batch {found.peer * 1e3:.0f} ms"
    print(f"manifold {SIDE} x {SIDE}, with its coarse pass: {times}, ratio {found.ratio:.2f}")


def panning(app: QApplication, ws: LatentWorkspace, rounds: int) -> None:
    """A repaint after each step of a drag."""
    plane, codes = ws.plane, ws.panes[0].codes
    assert codes is not None
    assert codes.labels is not None
    scatter = pyqtgraph.PlotWidget()
    brushes = [QColor(CLASS_COLOURS["bright"][label]) for label in codes.labels]
    scatter.addItem(pyqtgraph.ScatterPlotItem(codes.codes[:, 0], codes.codes[:, 1], size=4, pen=None, brush=brushes))
    scatter.resize(plane.size())
    scatter.show()
    app.processEvents()
    button, middle = Qt.MouseButton.MiddleButton, plane.rect().center()
    QTest.mousePress(plane, button, pos=middle)

    def ours(turn: int) -> None:
        QTest.mouseMove(plane, middle + QPoint(turn % 60, turn % 40))
        plane.repaint()

    def peer(turn: int) -> None:
        scatter.setXRange(-4 + turn % 60 / 80, 4 + turn % 60 / 80, padding=0)
        scatter.viewport().repaint()

    found = compare(ours, peer, rounds)
    print(f"10,000 codes panned: {found.ours * 1e3:.2f} ms a frame, pyqtgraph {found.peer * 1e3:.2f} ms, ratio {found.ratio:.2f}")
    QTest.mouseRelease(plane, button, pos=middle)
    scatter.close()


def main() -> None:
    """Print one line for each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    os.environ["GENERATIVE_EXPLORER_HOME"] = tempfile.mkdtemp()
    app = QApplication([])
    explorer = Explorer(Loaded(Saved(session=Session(workspace="latent")), fresh=True), None, [LatentWorkspace.facts])
    explorer.window.resize(*SIZE)
    explorer.show()
    ws = explorer.window.workspaces["latent"]
    assert isinstance(ws, LatentWorkspace)
    wait_for(app, lambda: ws.idle and len(ws.plane.codes_drawn) == 10_000)
    engine = Engine()
    list(engine.handle(StartEngine()))
    path = str(locate("mnist-vae-2d"))
    model = engine.of(Models).checkpoint(path).network
    assert isinstance(model, Autoencoder)
    print(machine())
    pointer(app, ws, model, options.rounds)
    manifold(engine, path, model, max(3, options.rounds // 40))
    panning(app, ws, options.rounds)
    explorer.shutdown()


if __name__ == "__main__":
    main()
