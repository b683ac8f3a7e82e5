"""Curves against t: a step of the cursor and new values, painted by CurvePlot, against pyqtgraph's plot of the same curves.

The peer is a PlotWidget with antialiased curves, an InfiniteLine as the cursor and dots at it, on axes that do not follow the data:
what CurvePlot was before. Both are repainted at once, off screen, at 900 x 260 pixels.

Usage: python benchmarks/curves.py [--rounds 100]
"""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import argparse

import numpy as np
import pyqtgraph
from common import compare, machine
from PySide6.QtWidgets import QApplication

from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.figure import Axes, Figure, Series

SIZE = (900, 260)
T = np.arange(1000, -1, -1)
COLOURS = ("#e69f00", "#56b4e9", "#009e73")


class Peer(pyqtgraph.PlotWidget):
    """The same plot by pyqtgraph."""

    def __init__(self, series: int) -> None:
        super().__init__(background="#1f222a")
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        box = item.getViewBox()
        box.invertX(True)
        box.disableAutoRange()
        box.setXRange(0, 1000, padding=0)
        box.setYRange(-2, 2, padding=0)
        self.curves = [self.plot([], [], pen=pyqtgraph.mkPen(COLOURS[i % 3], width=2), antialias=True) for i in range(series)]
        self.line = pyqtgraph.InfiniteLine(angle=90)
        self.dots = pyqtgraph.ScatterPlotItem(size=7)
        item.addItem(self.line)
        item.addItem(self.dots)
        self.values: list[np.ndarray] = []

    def set_values(self, values: list[np.ndarray]) -> None:
        """Other curves."""
        self.values = values
        for curve, y in zip(self.curves, values, strict=True):
            curve.setData(T, y)

    def set_cursor(self, t: int) -> None:
        """Move the cursor and the dots at it."""
        self.line.setValue(t)
        self.dots.setData([{"pos": (t, float(y[1000 - t])), "brush": colour} for y, colour in zip(self.values, COLOURS * 6, strict=False)])


def main() -> None:
    """Print a line for each number of curves and each occasion."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    rounds = parser.parse_args().rounds
    app = QApplication([])
    print(machine())
    for count in (3, 16):
        plot, peer = CurvePlot(Theme("dark")), Peer(count)
        for widget in (plot, peer):
            widget.resize(*SIZE)
            widget.show()
        shapes = [[np.sin(T / 150 + i + turn / 20) for i in range(count)] for turn in range(rounds)]

        def ours_new(turn: int, plot: CurvePlot = plot, shapes: list[list[np.ndarray]] = shapes) -> None:
            series = tuple(Series(str(i), T, y, COLOURS[i % 3]) for i, y in enumerate(shapes[turn]))
            plot.set_figure(Figure(Axes(1000, -2, 2), series))
            plot.repaint()

        def peer_new(turn: int, peer: Peer = peer, shapes: list[list[np.ndarray]] = shapes) -> None:
            peer.set_values(shapes[turn])
            peer.viewport().repaint()
            app.processEvents()

        def ours_moved(turn: int, plot: CurvePlot = plot) -> None:
            plot.set_cursor(turn * 7 % 1000)
            plot.repaint()

        def peer_moved(turn: int, peer: Peer = peer) -> None:
            peer.set_cursor(turn * 7 % 1000)
            peer.viewport().repaint()
            app.processEvents()

        for words, ours, other in (("new values", ours_new, peer_new), ("a step of the cursor", ours_moved, peer_moved)):
            found = compare(ours, other, rounds)
            print(f"{count} curves, {words}: {found.ours * 1e3:.2f} ms, pyqtgraph {found.peer * 1e3:.2f} ms, ratio {found.ratio:.2f}")


if __name__ == "__main__":
    main()
