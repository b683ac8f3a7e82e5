"""The computation graph of a training step: its nodes and arrows, and where they are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF

from explorer.views.training.step.algorithm import MADE_TARGET, short

PICTURES = ("x0", "eps", "x_t", "output", "target", "error")
BOXES = {"t": (64, 26), "unet": (124, 56), "loss": (92, 46), "gradient": (92, 46)}
COLUMNS = (("x0", "eps"), ("x_t",), ("unet", "t"), ("output", "target"), ("error",), ("loss",), ("gradient",))
CAPTION = 18
"""Height under a picture: its name."""
TOP, BOTTOM = 2, 26
LEAST_SIDE, MOST_SIDE = 32, 168
LEAST_GAP, MOST_GAP = 22, 72
WIDE = sum(width for name, (width, _) in BOXES.items() if name != "t")

Role = Literal["forward", "backward"]


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one node to another.

    Attributes
    ----------
    source, target : str
    points : tuple of QPointF
        The last is the tip.
    factor : str
        What the source is multiplied by.
    role : "forward" or "backward"
        Towards the loss, or from it back to the weights.
    """

    source: str
    target: str
    points: tuple[QPointF, ...]
    factor: str = ""
    role: Role = "forward"


@dataclass(frozen=True, slots=True)
class GraphLayout:
    """Rectangles of the nodes by name, the arrows, and the side of a picture."""

    rects: dict[str, QRectF]
    arrows: tuple[Arrow, ...]
    side: float


def made_by(option: str, line: int) -> frozenset[str]:
    """Nodes that are there once the lines up to this one, from 1, are done."""
    last = 9 if option in MADE_TARGET else 8
    reached = {"unet"}
    for node, at in (("x0", 3), ("t", 4), ("eps", 5), ("x_t", 6)):
        reached |= {node} if line >= at else set()
    reached |= {"target"} if line >= (7 if option in MADE_TARGET else {"B": 3, "C": 5}[option]) else set()
    reached |= {"output", "error", "loss"} if line >= last - 1 else set()
    return frozenset(reached | ({"gradient"} if line >= last else set()))


def line_of(option: str, node: str) -> int:
    """The line that makes a node, from 1."""
    last = 9 if option in MADE_TARGET else 8
    if node == "target":
        return 7 if option in MADE_TARGET else {"B": 3, "C": 5}[option]
    known = {"unet": 1, "x0": 3, "t": 4, "eps": 5, "x_t": 6, "gradient": last}
    return known.get(node, last - 1)


def lay_out(option: str, factors: dict[str, float], width: float, height: float, pixels: int = 28) -> GraphLayout:
    """Place the graph in `width` x `height` logical pixels.

    Parameters
    ----------
    factors : dict
        "signal", "noise", "a0" and "at" at this t; empty before they are known.
    pixels : int
        Of the images' longer side: pictures are a whole number of times as large, where there is room.
    """
    high = (height - TOP - BOTTOM - 3 * CAPTION - 2 * 4) / 3
    wide = (width - 2 * 10 - WIDE - 6 * LEAST_GAP) / 4
    side = min(max(min(high, wide), LEAST_SIDE), MOST_SIDE)
    side = float(side // pixels * pixels) if side >= pixels else side
    gap = min((width - 2 * 10 - WIDE - 4 * side) / 6, MOST_GAP)
    left = (width - WIDE - 4 * side - 6 * gap) / 2
    pitch = min(side + CAPTION + 6 + max(0.0, (high - side) / 2), side + CAPTION + 40)
    top = TOP + max(0.0, (height - TOP - BOTTOM - 2 * pitch - side - CAPTION) / 2)
    rows = [top + side / 2 + pitch * row for row in range(3)]
    rects: dict[str, QRectF] = {}
    x = left
    row_of = {"x0": 0, "eps": 2, "target": 2 if option == "C" else 0, "t": 0 if option == "C" else 2}
    for column in COLUMNS:
        across = max(side if name in PICTURES else BOXES[name][0] for name in column)
        for name in column:
            w, h = (side, side) if name in PICTURES else BOXES[name]
            middle = rows[row_of.get(name, 1)]
            if name == "t":  # nearer to what it goes into than a picture would be
                middle = rows[1] + (-1 if option == "C" else 1) * (BOXES["unet"][1] / 2 + 26 + h / 2)
            rects[name] = QRectF(round(x + (across - w) / 2), round(middle - h / 2), w, h)
        x += across + gap
    return GraphLayout(rects, _arrows(option, factors, rects, height), side)


def label_area(arrow: Arrow, a: QPointF, b: QPointF, arrows: tuple[Arrow, ...]) -> QRectF:
    """Over the stretch of an arrow from a to b; where the way back to the weights crosses it, over what is beyond."""
    left, right = sorted((a.x(), b.x()))
    back = next(each for each in arrows if each.role == "backward" and each.target == "unet")
    x, (top, bottom) = back.points[-1].x(), sorted((back.points[-1].y(), back.points[-2].y()))
    if arrow is not back and left < x < right and top < a.y() < bottom:
        left = x + 4
    return QRectF(left, a.y() - 17, right - left, 15)


def _arrows(option: str, factors: dict[str, float], rects: dict[str, QRectF], height: float) -> tuple[Arrow, ...]:
    def factor(name: str, sign: int = 1) -> str:
        return short(sign * factors[name]) if name in factors else ""

    target, error = rects["target"], rects["error"]
    found = [
        Arrow("x0", "x_t", _corner(rects["x0"], rects["x_t"]), factor("signal")),
        Arrow("eps", "x_t", _corner(rects["eps"], rects["x_t"]), factor("noise")),
        Arrow("x_t", "unet", _straight(rects["x_t"], rects["unet"])),
        Arrow("t", "unet", _upright(rects["t"], rects["unet"])),
        Arrow("unet", "output", _straight(rects["unet"], rects["output"])),
        Arrow("output", "error", _straight(rects["output"], error)),
        Arrow("target", "error", _corner(target, error)),
        Arrow("error", "loss", _straight(error, rects["loss"])),
        Arrow("loss", "gradient", _straight(rects["loss"], rects["gradient"]), role="backward"),
        Arrow("gradient", "unet", _back(rects["gradient"], rects["unet"], height), role="backward"),
    ]
    if option == "C":
        found.append(Arrow("eps", "target", _straight(rects["eps"], target)))
    else:
        found.append(Arrow("x0", "target", _straight(rects["x0"], target), {"A": factor("a0"), "V": factor("noise", -1)}.get(option, "")))
    if option == "A":
        found.append(Arrow("x_t", "target", _around(rects["x_t"].center().x() + 14, rects["x_t"].top() - 2, target), factor("at")))
    if option == "V":
        eps = rects["eps"]
        x = (rects["unet"].right() + target.left()) / 2
        y = (target.bottom() + CAPTION + rects["output"].top()) / 2
        points = QPointF(eps.right() + 3, eps.center().y()), QPointF(x, eps.center().y()), QPointF(x, y)
        tip = QPointF(target.left() + 14, y), QPointF(target.left() + 14, target.bottom() + 2)
        found.append(Arrow("eps", "target", (*points, *tip), factor("signal")))
    return tuple(found)


def _straight(a: QRectF, b: QRectF) -> tuple[QPointF, ...]:
    y = b.center().y()
    return QPointF(a.right() + 3, y), QPointF(b.left() - 3, y)


def _upright(a: QRectF, b: QRectF) -> tuple[QPointF, ...]:
    x = b.center().x()
    if a.top() > b.bottom():
        return QPointF(x, a.top() - 2), QPointF(x, b.bottom() + 3)
    return QPointF(x, a.bottom() + 2), QPointF(x, b.top() - 3)


def _corner(a: QRectF, b: QRectF) -> tuple[QPointF, ...]:
    """To the right, then down or up into the middle of the other's side."""
    x, y = b.center().x(), a.center().y()
    tip = b.top() - 3 if b.top() > y else b.bottom() + CAPTION + 3
    return QPointF(a.right() + 3, y), QPointF(x, y), QPointF(x, tip)


def _around(x: float, y: float, target: QRectF) -> tuple[QPointF, ...]:
    """Up, to the right, and into the target from below."""
    middle = (target.bottom() + CAPTION + y) / 2
    tip = target.left() + 14
    return QPointF(x, y), QPointF(x, middle), QPointF(tip, middle), QPointF(tip, target.bottom() + 3)


def _back(a: QRectF, b: QRectF, height: float) -> tuple[QPointF, ...]:
    """Under everything, back to the weights."""
    y, x = height - 10, b.left() + 16
    return QPointF(a.center().x(), a.bottom() + 3), QPointF(a.center().x(), y), QPointF(x, y), QPointF(x, b.bottom() + 3)
