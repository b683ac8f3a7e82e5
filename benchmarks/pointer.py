"""Pointer to decoded pixels in the latent plane, on the screen, at rest and while a chain is sampled.

Usage: python benchmarks/pointer.py [--moves 300]

The real app with its engine in a process of its own, on a fresh session at 1440 x 900. The pointer of the system is set to a place of
the plane, as a hand would at no fixed pace; the time is over when the pixels of the window are read back from the screen and are those of
this very place's decoding. Off screen by default; under an X server, QT_QPA_PLATFORM=xcb, the pointer's events come from it and the
pixels are read from it, `xvfb-run -s "-screen 0 1920x1080x24" env QT_QPA_PLATFORM=xcb python benchmarks/pointer.py`.

The chain is one of 16 samples in Reverse chain, which is out of sight meanwhile; how fast it goes on between the moves is told. The peer is
the bare decoder and one painting of its picture, in the window's own process, with no chain.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import argparse
import random
import tempfile
from time import perf_counter

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QTimer
from PySide6.QtGui import QCursor, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget
from stalls import sample_anew, spend, until

from explorer.app import Explorer, make_application
from explorer.engine.process.link import ProcessLink
from explorer.state.persistence import Loaded, Saved
from explorer.state.session import Session
from explorer.views.latent.inspector.picture import CORNER
from explorer.views.latent.view import LatentWorkspace

PAUSES = 10, 50
"""Milliseconds between what is seen and the next move, at least and at most."""
EDGE = 40
SETTLED = 30
"""Moves that are not counted."""


class Hand(QObject):
    """Moves the pointer in the plane and waits for what is seen of it."""

    def __init__(self, workspace: LatentWorkspace) -> None:
        super().__init__()
        self._workspace, self._chance = workspace, random.Random(0)
        self._place, self._painted = (0.0, 0.0), False
        self._picture.installEventFilter(self)

    @property
    def _picture(self) -> QWidget:
        return self._workspace.inspector.probe.picture

    def _is_decoded(self) -> bool:
        """Whether the decoding of this very place has come, and not one of a place before."""
        probe = self._workspace.panes[0].probe
        decoded = None if probe is None else probe.decoded
        return decoded is not None and np.array_equal(decoded.codes, np.array([self._place], np.float32))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A painting of the picture counts from when it has this place's decoding."""
        if event.type() == QEvent.Type.Paint and self._is_decoded():
            self._painted = True
        return False

    def _on_screen(self) -> QImage:
        corner, screen = self._picture.mapToGlobal(QPoint(0, 0)), QGuiApplication.primaryScreen()
        return screen.grabWindow(0, corner.x(), corner.y(), self._picture.width(), self._picture.height()).toImage()

    def move(self) -> float:
        """Seconds from the pointer's move to the decoding's pixels on the screen."""
        plane = self._workspace.plane
        at = QPoint(self._chance.randrange(EDGE, plane.width() - EDGE), self._chance.randrange(EDGE, plane.height() - EDGE))
        self._place, self._painted = plane.view.to_plane(at.x(), at.y()), False
        begun = perf_counter()
        QCursor.setPos(plane.mapToGlobal(at))
        while not self._painted:
            QGuiApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        seen = self._on_screen()
        seconds = perf_counter() - begun
        shown = self._picture.grab().toImage().convertToFormat(seen.format())
        inside = shown.rect().adjusted(CORNER, CORNER, -CORNER, -CORNER)  # what lies around it shows through its round corners
        assert seen.copy(inside) == shown.copy(inside)
        return seconds

    def moves(self, count: int) -> np.ndarray:
        """Of so many moves, (count,) seconds, those that settle not counted."""
        found = []
        for _ in range(count + SETTLED):
            found.append(self.move())
            loop = QEventLoop()
            QTimer.singleShot(self._chance.randrange(*PAUSES), loop.quit)
            loop.exec()
        return np.array(found[SETTLED:])


def told(what: str, seconds: np.ndarray) -> str:
    """Percentiles."""
    values = "   ".join(f"p{q} {np.percentile(seconds, q) * 1e3:5.1f} ms" for q in (50, 95, 99))
    return f"{what:26} {values}   worst {seconds.max() * 1e3:5.1f} ms"


def bare(workspace: LatentWorkspace, moves: int) -> np.ndarray:
    """Seconds of decoding one code and painting its picture."""
    import torch

    from explorer.checkpoints.locate import locate
    from explorer.engine.engine import Engine
    from explorer.engine.models.models import Models
    from explorer.engine.pictures.tiles import grey_tiles
    from explorer.engine.thread.messages import StartEngine
    from explorer.models.autoencoder import Autoencoder

    engine = Engine()
    list(engine.handle(StartEngine()))
    network = engine.of(Models).checkpoint(str(locate("mnist-vae-2d"))).network
    assert isinstance(network, Autoencoder)
    picture, found = workspace.inspector.probe.picture, []
    canvas = QImage(picture.width(), picture.height(), QImage.Format.Format_RGB32)
    with torch.inference_mode():
        for turn in range(moves):
            begun = perf_counter()
            picture.set_tile(grey_tiles(network.decode(torch.tensor([[turn / 100, -turn / 100]])).numpy())[0])
            picture.render(canvas)
            found.append(perf_counter() - begun)
    return np.array(found)


def main() -> None:
    """At rest, with a chain, and the peer."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--moves", type=int, default=300)
    moves = parser.parse_args().moves
    os.environ["GENERATIVE_EXPLORER_HOME"] = tempfile.mkdtemp()
    app = make_application()
    explorer = Explorer(Loaded(Saved(session=Session(theme="dark")), fresh=True), None, link=ProcessLink(), chooses=True)
    explorer.window.resize(1440, 900)
    explorer.show()
    until(lambda: explorer.has_begun and explorer.window.current.has_picture)
    reverse = explorer.window.current
    explorer.window.choose("latent")
    workspace = explorer.window.current
    assert isinstance(workspace, LatentWorkspace)
    until(lambda: workspace.idle)
    hand = Hand(workspace)
    lines = [told("nothing else under way", hand.moves(moves))]
    explorer.window.choose("reverse-chain")
    sample_anew(explorer.store)
    run = reverse.controller.run  # type: ignore[attr-defined]
    until(lambda: run.sampling and any(done > 20 for done in run.done.values()))
    explorer.window.choose("latent")
    spend(1)
    done, begun = sum(run.done.values()), perf_counter()
    spend(3)
    alone = (sum(run.done.values()) - done) / (perf_counter() - begun)
    done, begun = sum(run.done.values()), perf_counter()
    lines.append(told("a chain is sampled", hand.moves(moves)))
    assert run.sampling, "the chain was over before the moves: too few steps for so many moves"
    beside = (sum(run.done.values()) - done) / (perf_counter() - begun)
    lines.append(f"the chain meanwhile: {beside:.1f} steps/s, {alone:.1f} with the pointer at rest")
    lines.append(told("bare decoder, painted", bare(workspace, moves)))
    explorer.end()
    platform = app.platformName()
    del app
    from common import machine  # with torch, which the window's process has no need of

    print("\n".join((f"{machine()}; Qt on {platform}", *lines)))


if __name__ == "__main__":
    main()
