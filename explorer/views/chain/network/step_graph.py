"""The computation graph of one step: from x_t and t over the network to x_{t-1}, in a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, draw, plain, width_of
from explorer.widgets.look.sharp import draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_popup import PicturePopup

HEIGHT = 112
SIDE, SMALL = 48, 28
BOX, SIGN = (68, 34), 20
TOP = 22
"""Where the pictures begin: over them is the way around."""
WAY_AROUND = 8.0
MARGIN = 4
WIDEST_GAP = 116
FORMULA_PIXELS = 14


@dataclass(frozen=True, slots=True)
class Node:
    """A quantity, what puts one out, or a sign.

    Attributes
    ----------
    name : str
        For a picture: whose.
    kind : "picture", "box" or "sign"
    formula : Formula
    column : int
        From the left.
    below : bool
        Under the line, leading up to its column.
    tip : str
    """

    name: str
    kind: Literal["picture", "box", "sign"]
    formula: Formula
    column: int
    below: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """One goes into another.

    Attributes
    ----------
    source, target : str
    factor : str
        Written on it: what it is multiplied or divided by.
    colour : str
        #rrggbb; empty for the usual.
    over : bool
        It goes around, over the line.
    """

    source: str
    target: str
    factor: str = ""
    colour: str = ""
    over: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """A step."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    title: str = ""

    @property
    def text(self) -> str:
        """In words, for screen readers."""
        names = {node.name: plain(node.formula) for node in self.nodes}
        ways = [f"{names[e.source]} {e.factor} → {names[e.target]}".replace("  ", " ") for e in self.edges]
        return "; ".join((self.title, *ways))


class StepGraph(QWidget):
    """Draws a Graph; a quantity's picture is shown large under the mouse, and chosen by a click.

    Signals
    -------
    term_chosen(str)
        The person clicked the quantity of that name.
    """

    term_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._graph = Graph()
        self._images: dict[str, QImage] = {}
        self._rects: dict[str, QRectF] = {}
        self._hover = ""
        self._popup: PicturePopup | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Computation graph of this step"))
        theme.changed.connect(self.update)

    def show_graph(self, graph: Graph, tiles: Mapping[str, np.ndarray]) -> None:
        """A step, and pictures (H, W, 3) uint8 of its quantities by name."""
        self._images = {name: to_image(tile) for name, tile in tiles.items()}
        if graph != self._graph:
            self._graph = graph
            self.setAccessibleDescription(graph.text)
            self._place()
        if self._popup is not None and self._popup.isVisible() and self._hover in self._images:
            self._popup.set_picture(self._images[self._hover])
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self.show_graph(Graph(), {})

    @property
    def graph(self) -> Graph:
        """What is shown."""
        return self._graph

    @property
    def pictures(self) -> tuple[str, ...]:
        """Names of the pictures there are."""
        return tuple(self._images)

    def area_of(self, name: str) -> QRectF:
        """Where a node is; empty if it is not there."""
        return self._rects.get(name, QRectF())

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(700, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """May be narrow."""
        return QSize(420, HEIGHT)

    # --- where things are ---

    def _place(self) -> None:
        line = [node for node in self._graph.nodes if not node.below]
        widths = [_width(node) for node in line]
        gap = min(WIDEST_GAP, (self.width() - 2 * MARGIN - sum(widths)) / max(1, len(line) - 1))
        x = (self.width() - sum(widths) - gap * (len(line) - 1)) / 2
        middle = TOP + SIDE / 2
        self._rects = {}
        centres: dict[int, float] = {}
        for node, width in zip(line, widths, strict=True):
            height = {"picture": SIDE, "box": BOX[1], "sign": SIGN}[node.kind]
            self._rects[node.name] = QRectF(round(x), round(middle - height / 2), width, height)
            centres[node.column] = x + width / 2
            x += width + gap
        for node in self._graph.nodes:
            if node.below:
                width, height = (SMALL, SMALL) if node.kind == "picture" else (BOX[0], 20)
                top = HEIGHT - height - 2
                self._rects[node.name] = QRectF(round(centres[node.column] - width / 2), top, width, height)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the nodes anew."""
        self._place()

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Arrows, nodes, words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for edge in self._graph.edges:
            self._draw_edge(painter, edge)
        for node in self._graph.nodes:
            self._draw_node(painter, node)

    def _draw_edge(self, painter: QPainter, edge: Edge) -> None:
        a, b, tokens = self._rects[edge.source], self._rects[edge.target], self._theme.tokens
        painter.setPen(QPen(QColor(tokens.muted), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if edge.over:
            x = b.center().x()
            painter.drawPolyline([QPointF(a.center().x(), a.top() - 2), QPointF(a.center().x(), WAY_AROUND), QPointF(x, WAY_AROUND)])
            tip, label = QPointF(x, b.top() - 1), QRectF(x - 60, TOP - 8, 54, 14)
            start, align = QPointF(x, WAY_AROUND), Qt.AlignmentFlag.AlignRight
        elif a.top() > b.bottom():
            start, tip = QPointF(a.center().x(), a.top() - 1), QPointF(a.center().x(), b.bottom() + 1)
            label, align = QRectF(tip.x() + 8, (start.y() + tip.y()) / 2 - 4, 60, 14), Qt.AlignmentFlag.AlignLeft
        else:
            y = b.center().y()
            start, tip = QPointF(a.right() + 2, y), QPointF(b.left() - 2, y)
            label, align = QRectF(start.x() - 20, y - 17, tip.x() - start.x() + 36, 14), Qt.AlignmentFlag.AlignHCenter
        _draw_arrow(painter, start, tip, QColor(tokens.muted))
        if edge.factor:
            painter.setFont(text_font(11))
            painter.setPen(QColor(tokens.text))
            painter.drawText(label, align | Qt.AlignmentFlag.AlignVCenter, edge.factor)
            if edge.colour:
                self._underline(painter, label, align, edge)

    def _underline(self, painter: QPainter, label: QRectF, align: Qt.AlignmentFlag, edge: Edge) -> None:
        width = painter.fontMetrics().horizontalAdvance(edge.factor)
        left = label.left()
        if align == Qt.AlignmentFlag.AlignRight:
            left = label.right() - width
        elif align == Qt.AlignmentFlag.AlignHCenter:
            left = label.center().x() - width / 2
        painter.setPen(QPen(QColor(edge.colour), 2))
        painter.drawLine(QPointF(left, label.bottom() - 0.5), QPointF(left + width, label.bottom() - 0.5))

    def _draw_node(self, painter: QPainter, node: Node) -> None:
        rect, tokens = self._rects[node.name], self._theme.tokens
        if node.kind == "picture":
            painter.fillRect(rect, QColor(tokens.image_empty))
            image = self._images.get(node.name)
            if image is not None:
                draw_sharp(painter, fitted(rect, image, self.devicePixelRatioF()), image)
            hovered = node.name == self._hover
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent if hovered else tokens.border), 2 if hovered else 1))
            painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))
            width = width_of(node.formula, FORMULA_PIXELS)
            under = QPointF(rect.center().x() - width / 2, rect.bottom() + 17)
            at = QPointF(rect.right() + 6, rect.center().y() + 5) if node.below else under
            draw(painter, at, node.formula, FORMULA_PIXELS, QColor(tokens.text))
            return
        boxed = node.kind == "box"
        painter.setPen(QPen(QColor(tokens.accent if boxed and not node.below else tokens.border), 1.4))
        painter.setBrush(QColor(tokens.accent_soft if boxed and not node.below else tokens.raised))
        radius = 6 if boxed else SIGN / 2
        painter.drawRoundedRect(rect, radius, radius)
        pixels = FORMULA_PIXELS if node.kind == "sign" else 13
        width = width_of(node.formula, pixels)
        draw(painter, QPointF(rect.center().x() - width / 2, rect.center().y() + 0.34 * pixels), node.formula, pixels, QColor(tokens.text))

    # --- gestures ---

    def _at(self, point: QPointF) -> Node | None:
        return next((node for node in self._graph.nodes if self._rects[node.name].adjusted(-3, -3, 3, 3).contains(point)), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the picture under the mouse large."""
        self._set_hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Hide it."""
        self._set_hover(None)

    def hideEvent(self, event: QEvent) -> None:
        """Hide it."""
        self._set_hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the quantity."""
        node = self._at(event.position())
        if node is not None and node.kind == "picture" and event.button() == Qt.MouseButton.LeftButton:
            self.term_chosen.emit(node.name)

    def _set_hover(self, node: Node | None) -> None:
        name = node.name if node is not None and node.kind == "picture" else ""
        if name == self._hover:
            return
        self._hover = name
        self.setCursor(Qt.CursorShape.PointingHandCursor if name else Qt.CursorShape.ArrowCursor)
        self.update()
        if node is not None and name in self._images:
            if self._popup is None:
                self._popup = PicturePopup(self._theme, self.window())
            self._popup.show_picture(self._images[name], node.formula, node.tip, self, self._rects[name].toRect())
        elif self._popup is not None:
            self._popup.hide()

    def event(self, event: QEvent) -> bool:
        """Say what a node is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            node = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if node is None or node.kind == "picture" else node.tip, self)
            return True
        return super().event(event)


def _width(node: Node) -> float:
    return float({"picture": SIDE, "box": BOX[0], "sign": SIGN}[node.kind])


def _draw_arrow(painter: QPainter, start: QPointF, tip: QPointF, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.4))
    painter.drawLine(start, tip)
    way = tip - start
    length = (way.x() ** 2 + way.y() ** 2) ** 0.5 or 1.0
    ahead = QPointF(way.x() / length, way.y() / length)
    aside = QPointF(-ahead.y(), ahead.x())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon([tip, tip - ahead * 6 + aside * 3.5, tip - ahead * 6 - aside * 3.5])
