"""Draws a placed U-Net."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from explorer.engine.chain.network.messages import BlockShown
from explorer.models.anatomy import INPUT, OUTPUT, Anatomy, Node
from explorer.views.chain.network.unet_layout import TITLES, UNetLayout
from explorer.views.chain.network.unet_words import added, percent
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import draw_sharp, fitted
from explorer.widgets.look.theme import Tokens

HEAD = 4.5
"""Half width of an arrow's head."""
LINE = 15
PITCH = 62
"""Width of a picture with the gap after it from which on its shape fits over it."""
WORDS_LEAST = 36
"""Side from which on there is room for words beside the small pictures."""
VISIBLE = 0.005
"""Change of a block from which on it is written on it."""
TIME = {"film": (tr("scales and shifts"), tr("in every block")), "channel": (tr("one more channel"), tr("of the input"))}


class UNetPainter:
    """One drawing of a network.

    Parameters
    ----------
    painter : QPainter
    tokens : Tokens
    parts : Anatomy
    layout : UNetLayout
    ratio : float
        Screen pixels in a logical pixel.
    """

    def __init__(self, painter: QPainter, tokens: Tokens, parts: Anatomy, layout: UNetLayout, ratio: float) -> None:
        self._painter, self._tokens, self._parts, self._layout, self._ratio = painter, tokens, parts, layout, ratio

    def draw(
        self,
        images: Mapping[str, QImage],
        blocks: Mapping[str, BlockShown],
        chosen: str,
        off: Collection[int],
        hover: str | int | None,
        focus: str | int | None,
        t: int,
        outside: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        """Lines first, pictures over them, words last."""
        for points in self._layout.arrows:
            self._arrow(points, QColor(self._tokens.muted), 1.5)
        self._outer(*outside)
        for level in self._layout.skips:
            self._skip(level, level in off, hover == level, focus == level)
        for node in self._parts.nodes:
            rect = self._layout.blocks[node.name]
            self._picture(rect, images.get(node.name), node.name == chosen, hover == node.name, focus == node.name)
            shown = blocks.get(node.name)
            changed = f"Δ {percent(shown.change)}" if shown is not None and shown.change >= VISIBLE else ""
            self._title(node, rect, changed)
        self._time(t)

    # --- lines ---

    def _arrow(self, points: tuple[QPointF, ...], colour: QColor, width: float, dashed: bool = False) -> None:
        pen = QPen(colour, width, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._painter.setPen(pen)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        tip, before = points[-1], points[-2]
        way = tip - before
        length = math.hypot(way.x(), way.y()) or 1.0
        ahead = QPointF(way.x() / length, way.y() / length)
        aside = QPointF(-ahead.y(), ahead.x())
        neck = tip - ahead * (1.6 * HEAD)
        self._painter.drawPolyline([*points[:-1], neck])
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        self._painter.drawPolygon(QPolygonF([tip, neck + aside * HEAD, neck - aside * HEAD]))

    def _outer(self, skip: float, scale: float) -> None:
        if not self._layout.outer:
            return
        colour = QColor(self._tokens.faint)
        self._arrow(self._layout.outer, colour, 1.2)
        middle = QPointF((self._layout.outer[1].x() + self._layout.outer[2].x()) / 2, self._layout.outer[1].y())
        self._pill(middle, added(skip, scale), colour, QColor(self._tokens.muted))

    def _skip(self, level: int, off: bool, hovered: bool, focused: bool) -> None:
        start, end = self._layout.skips[level]
        tokens = self._tokens
        colour = QColor(tokens.warning if off else tokens.accent)
        if off and not hovered:
            colour.setAlphaF(0.7)
        self._arrow((start, end), colour, 2.6 if hovered or focused else 1.8, dashed=off)
        middle = QPointF((start.x() + end.x()) / 2, start.y())
        skip = self._parts.skip(level)
        node = None if skip is None else self._parts.node(skip.source)
        room = end.x() - start.x() - 44
        short = tr("skip {level} off", level=level + 1) if off else tr("skip {level}", level=level + 1)
        words = short
        self._painter.setFont(text_font(11))
        if node is not None and not off:
            whole = f"{short} · {node.shape_text}"
            words = whole if self._painter.fontMetrics().horizontalAdvance(whole) + 16 <= room else short
        self._pill(middle, words, colour if off or hovered or focused else QColor(tokens.border), QColor(tokens.text), focused)

    def _pill(self, middle: QPointF, text: str, border: QColor, ink: QColor, dotted: bool = False) -> None:
        painter = self._painter
        painter.setFont(text_font(11))
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        rect = QRectF(round(middle.x() - width / 2), round(middle.y() - 9), width, 18)
        painter.setPen(QPen(border, 1, Qt.PenStyle.DotLine if dotted else Qt.PenStyle.SolidLine))
        painter.setBrush(QColor(self._tokens.raised))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 9, 9)
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    # --- blocks ---

    @property
    def _roomy(self) -> bool:
        """Whether there is room for a shape over every picture of the first row."""
        blocks = self._layout.blocks
        return blocks["stem"].left() - blocks[INPUT].left() >= PITCH

    def _picture(self, rect: QRectF, image: QImage | None, chosen: bool, hovered: bool, focused: bool) -> None:
        painter, tokens = self._painter, self._tokens
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(rect, QColor(tokens.image_empty))
        if image is not None:
            draw_sharp(painter, fitted(rect, image, self._ratio), image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        marked = chosen or hovered
        painter.setPen(QPen(QColor(tokens.accent if chosen else tokens.muted if hovered else tokens.border), 2 if marked else 1))
        edge = 1.0 if marked else 0.5
        painter.drawRect(rect.adjusted(-edge, -edge, edge, edge))
        if focused:
            painter.setPen(QPen(QColor(tokens.text), 1, Qt.PenStyle.DotLine))
            painter.drawRect(rect.adjusted(-4, -4, 4, 4))

    def _title(self, node: Node, rect: QRectF, changed: str) -> None:
        """Name, shape and change: over and under the first row, outside of the others, beside the middle."""
        kind, side = node.kind, self._layout.side
        if kind in ("downsample", "upsample"):
            if side >= WORDS_LEAST:
                self._beside(rect, node.shape_text, "", changed, kind == "downsample", small=True)
        elif kind == "middle":
            self._beside(rect, _name(node), node.shape_text, changed, False, below=True)
        elif node.level == 0:
            self._above(rect, {INPUT: "xₜ", OUTPUT: "output"}.get(node.name, _name(node)), node.shape_text if self._roomy else "")
            beside_arrow = kind == "up" and self._parts.levels > 1
            area = QRectF(rect.center().x() - (88 if beside_arrow else 40), rect.bottom() + 1, 80, 13)
            align = Qt.AlignmentFlag.AlignRight if beside_arrow else Qt.AlignmentFlag.AlignHCenter
            self._text(area, changed, self._tokens.warning, 11, align)
        else:
            self._beside(rect, _name(node), node.shape_text, changed, kind == "down")

    def _above(self, rect: QRectF, name: str, shape: str) -> None:
        area = QRectF(rect.center().x() - 60, rect.top() - TITLES, 120, LINE)
        self._text(area if shape else area.translated(0, LINE - 2), name, self._tokens.text, 12, Qt.AlignmentFlag.AlignHCenter)
        self._text(area.translated(0, LINE - 1), shape, self._tokens.muted, 11, Qt.AlignmentFlag.AlignHCenter)

    def _beside(
        self, rect: QRectF, name: str, shape: str, changed: str, left: bool, small: bool = False, below: bool = False
    ) -> None:  # fmt: skip
        """`below` leaves the middle to an arrow."""
        width = 120
        x = rect.left() - width - 8 if left else rect.right() + 8
        align = Qt.AlignmentFlag.AlignRight if left else Qt.AlignmentFlag.AlignLeft
        up = -3.0 if below else LINE / 2 if small else float(LINE)
        area = QRectF(x, rect.center().y() - up, width, LINE)
        self._text(area, name, self._tokens.faint if small else self._tokens.text, 11 if small else 12, align)
        if changed:  # only of the expanding path, whose words stand to the right
            after = area.translated(self._painter.fontMetrics().horizontalAdvance(name) + 8, 0)
            self._text(after, changed, self._tokens.warning, 11, align)
        if shape:
            self._text(area.translated(0, LINE), shape, self._tokens.muted, 11, align)

    def _text(self, area: QRectF, text: str, colour: str, pixels: int, align: Qt.AlignmentFlag) -> None:
        self._painter.setFont(text_font(pixels))
        self._painter.setPen(QColor(colour))
        self._painter.drawText(area, align | Qt.AlignmentFlag.AlignVCenter, text)

    def _time(self, t: int) -> None:
        """Under the input: t, and how it comes in."""
        rect = self._layout.blocks[INPUT]
        area = QRectF(rect.left(), rect.bottom() + 10, 110, LINE)
        left = Qt.AlignmentFlag.AlignLeft
        self._text(area, f"t = {t}", self._tokens.text, 12, left)
        self._painter.setFont(text_font(11))
        metrics, lines = self._painter.fontMetrics(), TIME[self._parts.time]
        resampled = self._parts.node("downsample.0")
        beside = 120.0
        if resampled is not None:  # its shape stands to the left of its picture
            shape = metrics.horizontalAdvance(resampled.shape_text) if self._layout.side >= WORDS_LEAST else 0
            beside = self._layout.blocks[resampled.name].left() - shape - 14 - rect.left()
        fits = self._roomy and beside >= max(metrics.horizontalAdvance(line) for line in lines)
        for number, words in enumerate(lines if fits else (), 1):
            self._text(area.translated(0, number * LINE - 1), words, self._tokens.muted, 11, left)


def _name(node: Node) -> str:
    return tr("{title} + attn", title=node.title) if node.attention else node.title
