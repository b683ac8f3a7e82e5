"""What lies under the pointer that can go on paper: a plot, an equation, a panel."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QDialog, QMainWindow, QScrollArea, QStackedWidget, QWidget

from explorer.widgets.look.card import Card
from explorer.widgets.look.latex import HasEquations, Written
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.plot import Plot

SHARP = 2.0
"""Pixels of a picture for each of the screen's, at least."""


def upwards(widget: QWidget) -> Iterator[QWidget]:
    """The widget, and all that it lies in, up to its window."""
    found: QWidget | None = widget
    while found is not None:
        yield found
        found = None if found.isWindow() else found.parentWidget()


def plot_of(widget: QWidget) -> Plot | None:
    """The plot that a widget is or lies on."""
    return next((each for each in upwards(widget) if isinstance(each, Plot)), None)


def plots_in(*roots: QWidget) -> list[Plot]:
    """The plots that are seen in these widgets and show something."""
    found = (plot for root in roots for plot in root.findChildren(Plot))
    return [plot for plot in found if plot.isVisible() and not plot.visibleRegion().isEmpty() and plot.columns()]


def equation_of(widget: QWidget, point: QPoint | None) -> tuple[QWidget, Written] | None:
    """The equation at a point of a widget, or the chosen one without a point, and the widget that shows it."""
    for each in upwards(widget):
        if isinstance(each, HasEquations):
            written = each.equation_at(None if point is None else QPointF(each.mapFrom(widget, point)))
            return None if written is None else (each, written)
    return None


def panel_of(widget: QWidget) -> QWidget | None:
    """The card that a widget lies in, else its page; None in what is around the pages."""
    for each in upwards(widget):
        if isinstance(each, Card | QDialog):
            return each
        if isinstance(each.parentWidget(), QStackedWidget) and not isinstance(each, QMainWindow):
            content = each.widget() if isinstance(each, QScrollArea) else None
            return each if content is None else content
    return None


def picture_of(widget: QWidget, theme: Theme, scale: float = SHARP) -> QImage:
    """A widget as it is seen, with so many pixels for each of the screen's, on the ground that it lies on."""
    scale = max(scale, widget.devicePixelRatioF())
    found = QPixmap(widget.size() * scale)
    found.setDevicePixelRatio(scale)
    around, tokens = list(upwards(widget))[1:], theme.tokens
    on_card, on_panel = any(isinstance(each, Card) for each in around), any(each.objectName() == "inspector" for each in around)
    found.fill(tokens.card if on_card else tokens.panel if on_panel else tokens.window)
    widget.render(found, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)  # its own ground would be that of a window
    return found.toImage()
