"""What every plot is: it draws with one painter, on the screen and on paper, and says its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.widgets.look.theme import CLASSES, Theme, text_pixels
from explorer.widgets.plots.class_key import CLASS_KEY, draw_class_key
from explorer.widgets.plots.table import Column


@runtime_checkable
class Draws(Protocol):
    """A widget whose drawing is a function of the painter, so that it goes on paper, too."""

    def draw(self, painter: QPainter) -> None:
        """Draw what is shown, of the widget's size."""


class Plot(QWidget):
    """A widget that draws numbers.

    What is derived from it sets `_theme` and has `draw` and `columns`. It can then be copied, and saved as SVG, PDF and CSV.
    """

    _theme: Theme

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        self.draw(QPainter(self))

    def draw(self, painter: QPainter) -> None:
        """Draw what is shown, of the widget's size."""
        raise NotImplementedError

    def columns(self) -> Sequence[Column]:
        """The numbers that are drawn, the axis first; none while nothing is shown."""
        raise NotImplementedError

    def classes(self) -> Sequence[int]:
        """Classes in whose colours something is drawn; paper has a key to them."""
        return ()

    # --- on paper ---

    @property
    def theme(self) -> Theme:
        """In whose colours it is drawn."""
        return self._theme

    @property
    def paper_size(self) -> QSize:
        """Size of the drawing on paper, in pixels of 1/96 inch."""
        return self.size() + QSize(0, text_pixels(CLASS_KEY) if self.classes() else 0)

    def draw_on_paper(self, painter: QPainter) -> None:
        """Draw it with what is needed to read it, such as a legend that lies on it or stands beside it."""
        painter.save()  # what lies on it is drawn as with a painter of its own
        self.draw(painter)
        painter.restore()
        draw_children(self, painter)
        if classes := self.classes():
            draw_class_key(painter, QRectF(0, self.height(), self.width(), text_pixels(CLASS_KEY)), self._theme, classes)


def classes_of(labels: np.ndarray | None) -> list[int]:
    """Those of `Plot.classes` that labels (N,) have; none where colours stand for several, or there is but one."""
    found = [] if labels is None else np.unique(labels).tolist()
    return found if len(found) > 1 and found[-1] < CLASSES else []


def draw_children(widget: QWidget, painter: QPainter) -> None:
    """Draw what lies on a widget and can be drawn."""
    for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isVisibleTo(widget) and isinstance(child, Draws):
            painter.save()
            painter.translate(child.pos())
            child.draw(painter)
            draw_children(child, painter)
            painter.restore()
