"""Every kind of plot on paper: its numbers as CSV, its lines as SVG and PDF."""

from __future__ import annotations

import csv
import inspect
import sys
from base64 import b64decode
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QMargins, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.views.forward.plots.joint_plot import JointPlot
from explorer.views.forward.plots.picture_table import PictureTable
from explorer.views.forward.plots.pixel_picker import PixelPicker
from explorer.views.paper.drawing import MARGIN, SVG, pdf_of, picture_of, svg_of
from explorer.views.training.code_scatter import CodeScatter
from explorer.views.variational.plots.code_plane import CodePlane
from explorer.views.variational.plots.prior_tiles import PriorTiles
from explorer.widgets.look.sharp import pixels_of
from explorer.widgets.look.theme import DARK, LIGHT, Theme
from explorer.widgets.plots.curve_plot import CurvePlot
from explorer.widgets.plots.figure import Axes, Figure, Series
from explorer.widgets.plots.legend import Legend
from explorer.widgets.plots.paper_painter import GROUNDS, PaperPainter, inks
from explorer.widgets.plots.plot import Plot
from explorer.widgets.plots.table import Column, against, csv_text
from tests.views.paper.shown import BASES, SHOWN, T, kinds

PICTURES = {PictureTable, PixelPicker, PriorTiles, Legend}
"""Widgets beside plots that draw no numbers."""
DRAWN = {f"{{{SVG}}}{name}" for name in ("path", "polyline", "line", "rect", "circle", "ellipse", "polygon")}


@pytest.fixture
def theme(qapp: object) -> Theme:
    from explorer.widgets.look.fonts import load_fonts

    load_fonts()
    return Theme("dark")


def made(kind: type[Plot], theme: Theme, qtbot: QtBot, size: tuple[int, int] = (480, 320)) -> tuple[Plot, dict[str, object]]:
    """A plot with something in it, and the numbers of its table."""
    make, fill = SHOWN[kind]
    plot = make(theme)
    qtbot.addWidget(plot)
    plot.resize(*size)
    return plot, fill(plot)


def test_no_plot_is_forgotten() -> None:
    assert kinds() == set(SHOWN), "a new kind of plot has a line in tests/views/paper/shown.py"


def test_what_lies_with_the_plots_is_one() -> None:
    kinds()
    beside = [module for name, module in sys.modules.items() if name.startswith("explorer.") and ".plots." in f"{name}."]
    widgets = {
        kind for module in beside for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, QWidget) and kind.__module__ == module.__name__
    }  # fmt: skip
    assert widgets - BASES - set(SHOWN) == PICTURES


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_a_table_has_the_numbers_that_are_drawn(kind: type[Plot], theme: Theme, qtbot: QtBot) -> None:
    empty = SHOWN[kind][0](theme)
    qtbot.addWidget(empty)
    assert not empty.columns()
    plot, expected = made(kind, theme, qtbot)
    lines = csv_text(plot.columns(), ("a recipe",)).splitlines()
    assert lines[0] == "# a recipe"
    head, *rows = csv.reader(lines[1:])
    assert head[0] == next(iter(expected)) or head[0] in ("network", "q"), "the axis comes first"
    for name, values in expected.items():
        cells = [row[head.index(name)] for row in rows]
        wanted = values.tolist() if isinstance(values, np.ndarray) else list(values)  # type: ignore[call-overload]
        assert len(cells) == len(wanted)
        for cell, value in zip(cells, wanted, strict=True):
            if isinstance(value, str):
                assert cell == value
            elif np.isnan(value):
                assert cell == ""
            else:
                assert float(cell) == float(value), f"{name}: to the last bit"


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_an_svg_is_of_lines_on_white(kind: type[Plot], theme: Theme, qtbot: QtBot) -> None:
    plot, _ = made(kind, theme, qtbot)
    written = svg_of(plot, "title & <more>", '{"seed": 1}').decode()
    root = Xml.fromstring(written)
    assert root.findtext(f"{{{SVG}}}title") == "title & <more>"
    assert root.findtext(f"{{{SVG}}}desc") == '{"seed": 1}'
    drawn = [each for each in root.iter() if each.tag in DRAWN]
    assert len(drawn) > 4
    assert "@clip" not in written
    for colour in (DARK.text, DARK.muted, DARK.accent, DARK.card, DARK.grid_line, DARK.border):
        assert colour not in written.lower(), f"{colour} is of the dark theme"
    assert theme.tokens is DARK, "the window is as it was"


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_a_pdf_has_one_page_of_its_size(kind: type[Plot], theme: Theme, qtbot: QtBot) -> None:
    plot, _ = made(kind, theme, qtbot)
    written = pdf_of(plot, "title")
    assert written.startswith(b"%PDF-1.")
    assert written.rstrip().endswith(b"%%EOF")
    size = plot.paper_size.grownBy(QMargins(MARGIN, MARGIN, MARGIN, MARGIN)) * 0.75
    box = written.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert [round(float(side)) for side in box[2:]] == pytest.approx([size.width(), size.height()], abs=1)


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_a_picture_is_twice_as_sharp_and_as_seen(kind: type[Plot], theme: Theme, qtbot: QtBot) -> None:
    plot, _ = made(kind, theme, qtbot)
    image = picture_of(plot)
    assert image.size() == plot.paper_size.grownBy(QMargins(MARGIN, MARGIN, MARGIN, MARGIN)) * 2
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 3, "something is drawn"


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.__name__)
def test_a_picture_of_the_screens_sharpness_is_what_the_screen_shows(kind: type[Plot], theme: Theme, qtbot: QtBot) -> None:
    plot, _ = made(kind, theme, qtbot)
    svg_of(plot, "a")
    alone = QImage(plot.size(), QImage.Format.Format_RGB32)
    alone.fill(QColor(theme.tokens.card))
    plot.render(alone, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
    above = plot.paper_size.height() - plot.height() if isinstance(plot, CurvePlot) else 0  # its legend, which has a widget of its own
    on_paper = picture_of(plot, 1.0).copy(QRect(QPoint(MARGIN, MARGIN + above), plot.size()))
    unlike = np.abs(pixels_of(alone).astype(int) - pixels_of(on_paper)).max(axis=2) > 100
    assert unlike.mean() < 0.002


@pytest.mark.parametrize("kind", [JointPlot, CodeScatter, CodePlane], ids=lambda kind: kind.__name__)
def test_colours_of_classes_have_a_key_on_paper(kind: type[Plot], theme: Theme, qtbot: QtBot) -> None:
    plot, expected = made(kind, theme, qtbot)
    labels = expected["class"]
    assert isinstance(labels, np.ndarray)
    root = Xml.fromstring(svg_of(plot, "a"))
    said = [(each.text or "").strip() for each in root.iter(f"{{{SVG}}}text")]
    key = said[-len(labels) :]
    assert key == [str(label) for label in sorted(labels)]
    assert plot.paper_size.height() > plot.height()


@pytest.mark.parametrize("smooth", [True, False])
def test_a_small_picture_is_as_many_pixels_as_are_seen(qapp: object, smooth: bool) -> None:
    picture = QImage(2, 2, QImage.Format.Format_RGB32)
    picture.fill(QColor("black"))
    picture.setPixelColor(1, 0, QColor("white"))
    kept = QBuffer()
    kept.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(kept)
    painter = PaperPainter(generator)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    painter.drawImage(QRectF(0, 0, 10, 10), picture)
    painter.end()
    drawn = next(Xml.fromstring(bytes(kept.data().data())).iter(f"{{{SVG}}}image"))
    data = next(value for name, value in drawn.items() if name.endswith("href")).partition("base64,")[2]
    enlarged = QImage.fromData(b64decode(data))
    assert enlarged.width() >= 20
    assert (drawn.get("width"), drawn.get("height")) == ("10", "10")
    colours = {enlarged.pixelColor(x, y).name() for x in range(enlarged.width()) for y in range(enlarged.height())}
    assert (len(colours) > 2) == smooth, "between its pixels, or each a square"


def test_a_curve_ends_at_the_axes_in_an_svg(theme: Theme, qtbot: QtBot) -> None:
    plot, _ = made(CurvePlot, theme, qtbot)
    assert isinstance(plot, CurvePlot)
    plot.set_view(plot.view.zoomed(500, 0.25))
    root = Xml.fromstring(svg_of(plot, "a"))
    frame = plot.area.adjusted(-1, -1, 1, 1).translated(MARGIN, MARGIN + plot.paper_size.height() - plot.height())
    clips = {each.get("id"): each[0].get("points", "").split() for each in root.iter(f"{{{SVG}}}clipPath")}
    corners = [tuple(map(float, corner.split(","))) for corner in next(iter(clips.values()))]
    assert min(x for x, _ in corners) >= frame.left() - 0.5
    assert max(x for x, _ in corners) <= frame.right() + 0.5
    clipped = [line for group in root.iter(f"{{{SVG}}}g") if group.get("clip-path") for line in group.iter(f"{{{SVG}}}polyline")]
    outside = [
        line for line in root.iter(f"{{{SVG}}}polyline")
        if any(not -1 <= float(point.split(",")[0]) <= plot.width() + 1 for point in line.get("points", "").split())
    ]  # fmt: skip
    assert outside, "a curve goes on beyond the axes"
    assert all(line in clipped for line in outside)


def test_names_of_a_legend_are_all_there(theme: Theme, qtbot: QtBot) -> None:
    plot = CurvePlot(theme)
    qtbot.addWidget(plot)
    plot.resize(420, 200)
    names = [f"a lane with a long name, {number}" for number in range(9)]
    plot.set_figure(Figure(Axes(1000, 0, 1), tuple(Series(name, T, T / 1000, "#ff0000") for name in names)))
    written = svg_of(plot, "a").decode()
    assert all(name in written for name in names)
    assert "+ 1" not in written


def test_strokes_and_units_are_in_the_names(theme: Theme, qtbot: QtBot) -> None:
    plot = CurvePlot(theme)
    qtbot.addWidget(plot)
    nothing = np.zeros(0)
    series = (Series("C", T, T / 1, "#ff0000"), Series("C", T, T / 2, "#ff0000", "dash"))
    plot.set_figure(Figure(Axes(), series, (series[0], Series("‖x̂₀‖", nothing, nothing, ""), Series("‖xₜ‖", nothing, nothing, "", "dash"))))
    assert [column.name for column in plot.columns()] == ["t", "C: ‖x̂₀‖", "C: ‖xₜ‖"]


def test_every_ink_of_the_dark_theme_has_one_of_the_light() -> None:
    assert inks()[DARK.text] == LIGHT.text
    grounds = {getattr(LIGHT, name) for name in GROUNDS if name != "name"}
    dark = set(inks())
    light = set(inks().values())
    assert not dark & light, "an ink of the light theme would be changed once more"
    assert not dark & (grounds - {"#ffffff"})


def test_pens_brushes_and_fills_are_of_the_light_theme(qapp: object) -> None:
    image = QImage(8, 2, QImage.Format.Format_RGB32)
    painter = PaperPainter(image)
    half = QColor(DARK.text)
    half.setAlpha(128)
    painter.setPen(QPen(half, 1))
    assert (painter.pen().color().name(), painter.pen().color().alpha()) == (LIGHT.text, 128)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(DARK.accent)))
    painter.drawRect(0, 0, 2, 2)
    painter.setBrush(QColor(DARK.violet))
    painter.drawRect(2, 0, 2, 2)
    painter.fillRect(QRectF(4, 0, 2, 2), QColor(DARK.orange))
    path = QPainterPath()
    path.addRect(6, 0, 2, 2)
    painter.fillPath(path, QColor("#123456"))
    painter.end()
    assert [image.pixelColor(x, 1).name() for x in (1, 3, 5, 7)] == [LIGHT.accent, LIGHT.violet, LIGHT.orange, "#123456"]


def test_curves_over_one_axis_are_put_together() -> None:
    columns = against("x", (("a", [3, 1], [30, 10]), ("b", [2, 3], [200, 300]), ("none", [], [])))
    assert [column.name for column in columns] == ["x", "a", "b"]
    np.testing.assert_array_equal(columns[0].values, [1, 2, 3])
    np.testing.assert_array_equal(columns[1].values, [10, np.nan, 30])
    np.testing.assert_array_equal(columns[2].values, [np.nan, 200, 300])


def test_a_csv_is_exact_and_keeps_words() -> None:
    third = 1 / 3
    text = csv_text((Column("x", np.array([1, 2])), Column("a, b", [third, float("nan")]), Column("a, b", ["one", 'two "2"'])), ("l\nm",))
    assert text == f'# l m\nx,"a, b (1)","a, b (2)"\n1,{third!r},one\n2,,"two ""2"""\n'


def test_a_plot_on_the_screen_is_what_it_was(theme: Theme, qtbot: QtBot) -> None:
    plot, _ = made(CurvePlot, theme, qtbot)
    kept = plot.grab().toImage()
    svg_of(plot, "a")
    pdf_of(plot, "a")
    assert plot.grab().toImage() == kept
