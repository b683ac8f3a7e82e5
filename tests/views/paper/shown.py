"""One of every kind of plot, with something in it, and the numbers that its table shall have."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtGui import QImage

import explorer.views
import explorer.widgets.plots
from explorer.engine.training.messages import BlockGradient
from explorer.engine.variational.ladder_messages import Rung, RungShown
from explorer.recipe import Stroke
from explorer.views.forward.plots.bend_plot import BendPlot
from explorer.views.forward.plots.chain_map import ChainMap
from explorer.views.forward.plots.joint_plot import JointPlot
from explorer.views.forward.plots.plane_map import Cloud, PlaneMap, PlaneScene
from explorer.views.latent.plane.canvas import PlaneCanvas
from explorer.views.latent.plane.contents import PlaneContents
from explorer.views.latent.plane.legend import PlaneLegend
from explorer.views.latent.plane.plane import Plane
from explorer.views.reverse_chain.branch_tree import BranchTree, TreeRow
from explorer.views.training.code_scatter import CodeScatter
from explorer.views.training.run_plot import RunFigure, RunPlot, RunSeries
from explorer.views.training.step.gradient_bars import GradientBars
from explorer.views.variational.plots.code_plane import CodePlane
from explorer.views.variational.plots.ellipse_plane import EllipsePlane, Shape
from explorer.views.variational.plots.gap_bars import BoundRow, GapBars
from explorer.views.variational.plots.integrand import IntegrandView
from explorer.views.variational.plots.line_plot import Handle, LinePlot
from explorer.views.variational.plots.rung_table import RungTable
from explorer.views.variational.plots.square_plane import SquarePlane
from explorer.views.variational.plots.unit_bars import Series as Units
from explorer.views.variational.plots.unit_bars import UnitBars
from explorer.widgets.look.theme import DARK, Theme
from explorer.widgets.plots.bar_chart import BarChart, BarFigure, Bars
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.density_plot import Curve, DensityFigure, DensityPlot
from explorer.widgets.plots.figure import Axes, Figure, Series
from explorer.widgets.plots.histogram import BINS, Histogram
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.value_plot import ValuePlot

BASES = {Plot, ValuePlot, SquarePlane, PlaneContents, PlaneCanvas}
"""What plots are derived from and no window has by itself."""
Numbers = dict[str, Sequence[object] | np.ndarray]
"""Columns that are known, by their names."""
T = np.array([0, 250, 500, 1000])
HIGH = np.array([0.125, 1 / 3, 0.5, 0.9], np.float64)
CODES = np.array([[0.5, -1.25], [1.5, 2.0], [-0.75, 0.1]], np.float32)
LABELS = np.array([3, 7, 1], np.uint8)
NOTHING = np.zeros((0, 2), np.float32)


def kinds() -> set[type[Plot]]:
    """Every kind of plot that the app has: all of its views are imported."""
    for package in (explorer.views, explorer.widgets.plots):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found, open_ = set[type[Plot]](), [Plot]
    while open_:
        kind = open_.pop()
        found.add(kind)
        open_ += kind.__subclasses__()
    return {kind for kind in found if kind.__module__.startswith("explorer.")} - BASES


def curves(plot: CurvePlot) -> Numbers:
    series = (Series("one", T, HIGH, DARK.accent), Series("two", T[:2], HIGH[:2], DARK.orange, "dash"))
    plot.set_figure(Figure(Axes(1000, 0, 1), series, unit="distance"))
    plot.set_cursor(500)
    return {"t": T, "one: distance": HIGH, "two: distance": [*HIGH[:2], np.nan, np.nan]}


def bent(plot: BendPlot) -> Numbers:
    plot.set_knots(((0.0, 0.2), (1.0, 0.9)))
    return curves(plot)


def bars(plot: BarChart) -> Numbers:
    starts, errors = np.array([1, 11, 101]), np.array([0.01, np.nan, 0.02])
    one = Bars("C", "#ff8800", starts, np.array([10, 90, 900]), HIGH[:3], errors)
    plot.set_figure(BarFigure(1000, (one,), unit="nats"))
    return {"t": starts, "timesteps": [10, 90, 900], "C [nats]": HIGH[:3], "C, standard error": errors}


def runs(plot: RunPlot) -> Numbers:
    steps = np.array([100, 200, 300])
    plot.set_figure(RunFigure((RunSeries("a", "#00aa88", steps, HIGH[:3], HIGH[1:]),), 300, unit="loss"))
    return {"update": steps, "a, smoothed [loss]": HIGH[1:], "a, as reported": HIGH[:3]}


def histogram(plot: Histogram) -> Numbers:
    plot.set_values(np.random.default_rng(0).standard_normal(784))
    assert plot.shares is not None
    return {"value": (np.arange(BINS) + 0.5) / BINS * 6 - 3, "share of pixels": plot.shares}


def density(plot: DensityPlot) -> Numbers:
    x, edges = np.array([-1.0, 0.0, 2.0]), np.array([-1.0, 1.0, 3.0])
    bent_one = Curve("", np.log10(T[1:]), HIGH[1:] - 0.1, "#ff0000", of="bound", numbers=(T[1:].astype(float), HIGH[1:]))
    plot.set_figure(DensityFigure(-1, 4, edges, np.array([0.25, 0.5]), (Curve("q", x, HIGH[:3], DARK.violet, filled=True), bent_one)))
    places = np.array([-1, 0, 2, 250, 500, 1000], float)
    nan = np.nan
    return {
        "x": places, "histogram": [nan, 0.25, 0.5, nan, nan, nan], "q": [*HIGH[:3], nan, nan, nan], "bound": [nan] * 3 + HIGH[1:].tolist(),
    }  # fmt: skip


def line(plot: LinePlot) -> Numbers:
    plot.set_handles((Handle(0.0, 1.0, 0.4, "#00ff00"),), 0)
    return density(plot)


def joint(plot: JointPlot) -> Numbers:
    plot.set_points(CODES, LABELS)
    return {"pixel a": CODES[:, 0], "pixel b": CODES[:, 1], "class": LABELS}


def scatter(plot: CodeScatter) -> Numbers:
    plot.show_codes(CODES, LABELS)
    return {"z_1": CODES[:, 0], "z_2": CODES[:, 1], "class": LABELS}


def latent(plot: Plane) -> Numbers:
    plot.set_codes(CODES, LABELS.astype(np.int64))
    plot.set_layers(codes=True, manifold=False, prior=True)
    plot.set_items((), (Stroke("s", ((-1.0, 0.0), (1.0, 0.0)), 8),), "s")
    PlaneLegend(plot.theme, plot)
    plot.set_hidden_classes((7,))
    return {"z_1": CODES[[0, 2], 0], "z_2": CODES[[0, 2], 1], "class": [3, 1]}


def codes(plot: CodePlane) -> Numbers:
    tile, none = np.zeros((28, 28, 3), np.uint8), np.zeros(0)
    sigmas = np.full((3, 2), 0.25, np.float32)
    plot.show_rung(RungShown("a", CODES, sigmas, LABELS, (-4, 4, -4, 4), tile, tile, (0, 0), (0.1, 0.1), 3, CODES, tile[None], none, none))
    return {"z_1": CODES[:, 0], "z_2": CODES[:, 1], "σ_1": sigmas[:, 0], "class": LABELS}


def chain(plot: ChainMap) -> Numbers:
    paths = np.array([[0.5, 1.0], [0.25, -1.0], [0.0, 2.0]], np.float32)
    plot.set_map(np.linspace(0, 1, 12).reshape(4, 3), np.array([0.0, 500.0, 1000.0]), 1000)
    plot.set_paths(paths)
    plot.set_marks((0.5, -1.0), 300, 0.25)
    return {"t": [0, 500, 1000], "path 1": paths[:, 0], "path 2": paths[:, 1]}


def plane(plot: PlaneMap) -> Numbers:
    states = np.stack([CODES, 2 * CODES])
    plot.show_scene(
        PlaneScene(np.array([[0.0, 0.5], [0.75, 1.0]]), CODES, CODES[:1], CODES[:1], 0.1, (Cloud("", states, DARK.text, hollow=True),))
    )
    return {
        "x": [*CODES[:, 0], CODES[0, 0], *CODES[:, 0], *(2 * CODES[:, 0]), -3, 3, -3, 3],
        "what": ["point"] * 3 + ["score"] + ["particle"] * 6 + ["density"] * 4,
        "value, step or arrow's x": ["", "", "", float(CODES[0, 0]), *[0] * 3, *[1] * 3, 0, 0.5, 0.75, 1],
    }


def ellipses(plot: EllipsePlane) -> Numbers:
    plot.set_density(np.array([[0.0, 0.5], [0.75, 1.0]]), (-2, 2, -2, 2))
    plot.set_shapes((Shape("q", np.array([0.5, 1.0]), np.array([[1.0, 0.25], [0.25, 2.0]]), DARK.accent, True),))
    plot.set_track(np.array([[0.0, 0.0], [0.5, 1.0]]))
    return {"x": [0.5, 0, 0.5, -2, 2, -2, 2], "covariance": [0.25, *[""] * 6], "variance of y": [2.0, *[""] * 6]}


def integrand(plot: IntegrandView) -> Numbers:
    plot.set_values(np.array([-2.0, -1.0, 1.0, 2.0]), HIGH - 0.5, 1.0, 6.0, DARK.accent)
    return {"x": [-2, -1, 1, 2], "integrand": HIGH - 0.5}


def gaps(plot: GapBars) -> Numbers:
    plot.set_rows((BoundRow("encoder", "#ff0000", -90.0, 5.5), BoundRow("best", "#00ff00", -80.0, 6.5)), -84.0)
    return {"q": ["encoder", "best"], "ELBO [nats]": [-95.5, -86.5], "log p(x) [nats]": [-84, -84]}


def units(plot: UnitBars) -> Numbers:
    plot.set_series((Units("this image", "#ff0000", HIGH), Units("test", "#0000ff", HIGH[::-1])))
    return {"j": [1, 2, 3, 4], "this image": HIGH, "test": HIGH[::-1]}


def gradients(plot: GradientBars) -> Numbers:
    plot.show_blocks([BlockGradient("in", "in", 80, 0.5, 2.0), BlockGradient("out", "out", 90, 0.125, 3.0)])
    return {"block": ["in", "out"], "norm of the gradient": [0.5, 0.125], "number of weights": [80, 90]}


def rungs(plot: RungTable) -> Numbers:
    plot.set_rungs((Rung("a", "vae", 0.0, 1.0, False, 0.04, -98.0, 6.5, (3.0, 3.5), 2, 0.75, 0.97, 8.5),), 0)
    return {"squared error": [0.04], "KL [nats]": [6.5], "share read as digits": [0.75], "different digits": [8.5]}


def branches(plot: BranchTree) -> Numbers:
    plot.set_rows((TreeRow("chain", "", -1, 1000, 0, "#ff0000"), TreeRow("paint", "", 0, 400, 1, "#ff0000")), 1)
    plot.set_tile(1, QImage(8, 8, QImage.Format.Format_RGB32), 40)
    return {"branch": ["chain", "paint"], "leaves": ["", "chain"], "at t": [1000, 400], "reached t": ["", 40]}


SHOWN: dict[type[Plot], tuple[Callable[[Theme], Plot], Callable[..., Numbers]]] = {
    BarChart: (BarChart, bars), BendPlot: (BendPlot, bent), BranchTree: (BranchTree, branches), ChainMap: (ChainMap, chain),
    CodePlane: (CodePlane, codes), CodeScatter: (CodeScatter, scatter), CurvePlot: (CurvePlot, curves),
    DensityPlot: (lambda theme: DensityPlot(theme, "densities", ""), density),
    EllipsePlane: (lambda theme: EllipsePlane(theme, "plane", ""), ellipses), GapBars: (GapBars, gaps),
    GradientBars: (GradientBars, gradients), Histogram: (Histogram, histogram),
    IntegrandView: (lambda theme: IntegrandView(theme, "integrand", ""), integrand), JointPlot: (JointPlot, joint),
    LinePlot: (lambda theme: LinePlot(theme, "densities", ""), line), Plane: (Plane, latent),
    PlaneMap: (lambda theme: PlaneMap(theme, "plane", "", True), plane), RunPlot: (RunPlot, runs), RungTable: (RungTable, rungs),
    UnitBars: (lambda theme: UnitBars(theme, "KL", ""), units),
}  # fmt: skip
"""How one of each kind is made, and what fills it and tells its numbers."""
