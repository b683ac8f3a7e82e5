"""Draws the computation graph of a training step, with this image's pictures and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.engine.training.messages import TrainingStepShown
from explorer.views.training.step.algorithm import LOSS, OUTPUT, TARGET, X0, XT, short
from explorer.views.training.step.graph_layout import PICTURES, Arrow, GraphLayout, label_area, lay_out, line_of, made_by
from explorer.widgets.look.fonts import text_font
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import Formula, draw, plain, var, width_of, words
from explorer.widgets.look.sharp import draw_sharp, fitted, to_image
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.pointed import Pointed

HEAD = 4.5
GRADIENT: Formula = (words("‖∇"), var("ℓ"), words("‖"))
NAME, SMALL = 14, 11
TIPS = {
    "x0": tr("the training image"),
    "eps": tr("the noise that is mixed in"),
    "t": tr("the timestep: an input of the network like x_t"),
    "x_t": tr("what the network sees: Property 1"),
    "unet": tr("the network with its weights θ; the checkpoint itself is not changed, a copy is"),
    "output": tr("what the network says"),
    "target": tr("what it is asked for"),
    "error": tr("target minus output: blue is negative, orange positive"),
    "loss": tr("the squared norm of the error; the number is its mean over pixels, which training goes down"),
    "gradient": tr("the norm of the gradient with respect to all weights"),
}


class StepGraphView(QWidget):
    """Draws what is reached; a click on a node goes to the line that makes it.

    Signals
    -------
    line_chosen(int)
        From 1.
    """

    line_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: TrainingStepShown | None = None
        self._images: dict[str, QImage] = {}
        self._line, self._after = 0, False
        self._layout: GraphLayout | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Computation graph of the training step"))
        theme.changed.connect(self.update)

    def show_step(self, shown: TrainingStepShown, line: int, after: bool) -> None:
        """A step, up to a line, from 1; `after` shows output and error as the update leaves them."""
        if self._shown is None or shown.tiles is not self._shown.tiles:
            self._images = {name: to_image(tile) for name, tile in shown.tiles.items()}
        self._shown, self._line, self._after = shown, line, after
        self._place()
        self.setAccessibleDescription("; ".join(self.words_of(node) for node in sorted(self.reached)))

    @property
    def reached(self) -> frozenset[str]:
        """Nodes that are there at the line."""
        return frozenset() if self._shown is None else made_by(self._shown.option, self._line)

    @property
    def placed(self) -> GraphLayout | None:
        """Where everything is; None before there is a step."""
        return self._layout

    def sizeHint(self) -> QSize:
        """Three rows of pictures."""
        return QSize(860, 372)

    def minimumSizeHint(self) -> QSize:
        """Small pictures."""
        return QSize(560, 220)

    def _place(self) -> None:
        shown = self._shown
        if shown is not None:
            level = shown.alpha_bar
            factors = {"signal": math.sqrt(level), "noise": math.sqrt(1 - level), "a0": shown.a0, "at": shown.at}
            pixels = max(shown.tiles["x0"].shape[:2])
            self._layout = lay_out(shown.option, factors, self.width(), self.height(), pixels)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room."""
        self._place()

    # --- words

    def _name(self, node: str, option: str) -> Formula:
        named: dict[str, Formula] = {
            "x0": (X0,), "eps": (var("ε"),), "x_t": (XT,), "output": OUTPUT[option], "target": TARGET[option],
            "error": (*TARGET[option], words(" − "), *OUTPUT[option]),
        }  # fmt: skip
        return named[node]

    def words_of(self, node: str) -> str:
        """A node in a sentence."""
        shown = self._shown
        if shown is None:
            return ""
        if node in PICTURES:
            return f"{plain(self._name(node, shown.option))}: {TIPS[node]}"
        return f"{self._lines(shown)[node][0]}: {TIPS[node]}"

    def _lines(self, shown: TrainingStepShown) -> dict[str, tuple[str, str]]:
        """What is written in a box: name and number."""
        loss = shown.loss_t_after if self._after else shown.loss_t
        return {
            "t": (f"t = {shown.t}", ""),
            "unet": (self._unet(shown.recipe.updates), ""),
            "loss": (plain((LOSS,)), short(loss)),
            "gradient": ("‖∇ℓ‖", short(shown.gradient) if shown.blocks else "…"),
        }

    @staticmethod
    def _unet(updates: int) -> str:
        if not updates:
            return "U-Net θ"
        return tr("U-Net, 1 update") if updates == 1 else tr("U-Net, {updates} updates", updates=updates)

    # --- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Arrows first, nodes over them."""
        if self._layout is None or self._shown is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        reached, tokens = self.reached, self._theme.tokens
        lit = {node for node in reached if line_of(self._shown.option, node) == self._line}
        for arrow in self._layout.arrows:
            there = arrow.target in reached if arrow.role == "forward" else "gradient" in reached
            there = there and arrow.source in reached and not (arrow.target == "unet" and "output" not in reached)
            new = arrow.target in lit or (arrow.role == "backward" and "gradient" in lit)
            colour = QColor(
                tokens.border if not there else tokens.warning if arrow.role == "backward" else tokens.accent if new else tokens.muted
            )
            self._draw_arrow(painter, arrow, colour, there)
        for node, rect in self._layout.rects.items():
            if node in PICTURES:
                self._draw_picture(painter, node, rect, node in reached, node in lit)
            else:
                self._draw_box(painter, node, rect, node in reached, node in lit)

    def _draw_arrow(self, painter: QPainter, arrow: Arrow, colour: QColor, there: bool) -> None:
        pen = QPen(colour, 1.5)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        tip, before = arrow.points[-1], arrow.points[-2]
        way = tip - before
        length = math.hypot(way.x(), way.y()) or 1.0
        ahead = QPointF(way.x() / length, way.y() / length)
        aside = QPointF(-ahead.y(), ahead.x())
        neck = tip - ahead * (1.6 * HEAD)
        painter.drawPolyline([*arrow.points[:-1], neck])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([tip, neck + aside * HEAD, neck - aside * HEAD]))
        if there and (arrow.factor or arrow.role == "backward"):
            self._label(painter, arrow)

    def _label(self, painter: QPainter, arrow: Arrow) -> None:
        """The factor over the first stretch that runs across; over the way back, what the update is."""
        painter.setFont(text_font(SMALL))
        painter.setPen(QColor(self._theme.tokens.text))
        pairs = zip(arrow.points, arrow.points[1:], strict=False)
        a, b = next(((a, b) for a, b in pairs if abs(a.y() - b.y()) < 1), (arrow.points[0], arrow.points[1]))
        text = arrow.factor
        if arrow.role == "backward":
            assert self._shown is not None
            text = tr("θ ← θ − η ∇ℓ,  η = {rate}", rate=short(self._shown.rate)) if arrow.target == "unet" else ""
        if arrow.target == "x_t" and len(arrow.points) == 3:  # beside the stretch that is its own, not the one that it shares
            corner, tip = arrow.points[1], arrow.points[2]
            area = QRectF(corner.x() + 6, (corner.y() + tip.y()) / 2 - 8, 70, 16)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
            return
        assert self._layout is not None
        painter.drawText(label_area(arrow, a, b, self._layout.arrows), Qt.AlignmentFlag.AlignCenter, text)

    def _draw_picture(self, painter: QPainter, node: str, rect: QRectF, there: bool, lit: bool) -> None:
        tokens = self._theme.tokens
        assert self._shown is not None
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.fillRect(rect, QColor(tokens.image_empty if there else tokens.raised))
        image = self._image(node) if there else None
        if image is not None:
            draw_sharp(painter, fitted(rect, image, self.devicePixelRatioF()), image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.accent if lit else tokens.border), 2 if lit else 1))
        edge = 1.0 if lit else 0.5
        painter.drawRect(rect.adjusted(-edge, -edge, edge, edge))
        name = self._name(node, self._shown.option)
        width, said = width_of(name, NAME), self._beside_name(node) if there else ""
        painter.setFont(text_font(SMALL))
        whole = width + (painter.fontMetrics().horizontalAdvance(said) + 6 if said else 0)
        left = rect.center().x() - whole / 2
        base = rect.bottom() + 15
        draw(painter, QPointF(left, base), name, NAME, QColor(tokens.text if there else tokens.faint))
        painter.setFont(text_font(SMALL))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(QPointF(left + width + 6, base), said)

    def _image(self, node: str) -> QImage | None:
        later = self._images.get(f"{node} after") if self._after else None
        return later or self._images.get(node)

    def _beside_name(self, node: str) -> str:
        assert self._shown is not None
        if node == "error":
            return f"±{self._shown.error_scale:g}"
        return tr("after") if node == "output" and self._after and "output after" in self._images else ""

    def _draw_box(self, painter: QPainter, node: str, rect: QRectF, there: bool, lit: bool) -> None:
        tokens = self._theme.tokens
        assert self._shown is not None
        own = node == "unet"
        painter.setPen(QPen(QColor(tokens.accent if lit or own else tokens.border), 2 if lit else 1.3))
        painter.setBrush(QColor(tokens.accent_soft if own or lit else tokens.raised))
        painter.drawRoundedRect(rect, 6, 6)
        first, second = self._lines(self._shown)[node] if there else ({"loss": plain((LOSS,)), "gradient": "‖∇ℓ‖", "t": "t"}[node], "")
        if own:
            second = self._added()
        painter.setPen(QColor(tokens.text if there else tokens.faint))
        upper = rect if not second else rect.adjusted(0, 4, 0, -rect.height() / 2)
        written = {"loss": (LOSS,), "gradient": GRADIENT}.get(node)
        if written is not None:
            width = width_of(written, NAME)
            draw(painter, QPointF(upper.center().x() - width / 2, upper.center().y() + 5), written, NAME, painter.pen().color())
        else:
            painter.setFont(text_font(13))
            painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, first)
        if second:
            painter.setFont(text_font(SMALL if own else 13))
            painter.setPen(QColor(tokens.muted if own else tokens.text))
            painter.drawText(rect.adjusted(0, rect.height() / 2 - 2, 0, -3), Qt.AlignmentFlag.AlignCenter, second)

    def _added(self) -> str:
        """How its output is made of what its head puts out."""
        assert self._shown is not None
        skip, scale = self._shown.skip, self._shown.scale
        if (skip, scale) == (0.0, 1.0):
            return ""
        return f"{skip:.3g} xₜ + {scale:.3g} h".replace("+ -", "− ").replace("-", "−")

    # --- gestures

    def _at(self, point: QPointF) -> str:
        rects = self._layout.rects if self._layout is not None else {}
        return next((name for name, rect in rects.items() if rect.contains(point)), "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the line that makes a node."""
        node = self._at(event.position())
        if node and self._shown is not None and event.button() == Qt.MouseButton.LeftButton:
            self.line_chosen.emit(line_of(self._shown.option, node))

    def pointed_at(self, point: QPointF | None) -> Pointed | None:
        """The picture at a point; x_0 without one."""
        node = "x0" if point is None else self._at(point)
        image = self._image(node) if node in self.reached else None
        if image is None or self._shown is None:
            return None
        return Pointed(image, plain(self._name(node, self._shown.option)), PICTURES.index(node))

    def images(self) -> Mapping[str, QImage]:
        """Pictures by name."""
        return self._images

    def event(self, event: QEvent) -> bool:
        """Say what a node is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            node = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words_of(node) if node else "", self)
            return True
        return super().event(event)
