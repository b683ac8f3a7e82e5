"""Where a U-Net is drawn: the contracting path down the left, the expanding path up the right, skips across."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from explorer.models.anatomy import Anatomy, Node
from explorer.widgets.look.sharp import sharp_scale

MARGIN = 12
TITLES = 32
"""Height over the first row: name and shape."""
OUTER = 18
"""Height over the titles for the line that adds x_t."""
BOTTOM_GAP = 14
ARROW = 20
"""Height of an arrow between two rows, without the small picture on it."""
MIN_ACROSS = (72, 104)
"""Width between the two paths, the skips and their words: in a narrow widget and in others."""
NARROW = 480
SMALLEST = 16
REACH = 12
"""How far from a skip's arrow the mouse still touches it."""


@dataclass(frozen=True, slots=True)
class UNetLayout:
    """Rectangles and lines, in the widget.

    Attributes
    ----------
    side : float
        Of a block's picture.
    blocks : dict of QRectF
        Picture of each block, by name.
    arrows : tuple of tuple of QPointF
        From block to block; the last point is the tip.
    skips : dict of (QPointF, QPointF)
        Arrow of each skip, by level.
    outer : tuple of QPointF
        Line that adds x_t to the output; empty for none.
    """

    side: float
    blocks: dict[str, QRectF]
    arrows: tuple[tuple[QPointF, ...], ...]
    skips: dict[int, tuple[QPointF, QPointF]]
    outer: tuple[QPointF, ...]

    def block_at(self, point: QPointF) -> str:
        """Name of the block under a point; empty for none."""
        return next((name for name, rect in self.blocks.items() if rect.adjusted(-2, -2, 2, 2).contains(point)), "")

    def skip_area(self, level: int) -> QRectF:
        """What the mouse touches of a skip."""
        start, end = self.skips[level]
        return QRectF(start.x(), start.y() - REACH, end.x() - start.x(), 2 * REACH)

    def skip_at(self, point: QPointF) -> int | None:
        """Level of the skip under a point; None for none."""
        return next((level for level in self.skips if self.skip_area(level).contains(point)), None)


def lay_out(parts: Anatomy, width: float, height: float, ratio: float = 1.0) -> UNetLayout:
    """Place a U-Net in `width` x `height` logical pixels, its pictures as large as they can be.

    Parameters
    ----------
    ratio : float
        Screen pixels in a logical pixel.
    """
    levels, top = parts.levels, float(TITLES + (OUTER if parts.outer_skip else 0))
    across = MIN_ACROSS[width >= NARROW]
    wide = (width - 2 * MARGIN - across - 4 * 8) / (6 + 4 * 0.28)
    high = (height - top - BOTTOM_GAP - MARGIN - ARROW * (levels - 1)) / (1.5 * levels + 0.5)
    shape = parts.nodes[0].shape
    pixels = max(shape[1:])
    side = max(float(SMALLEST), round(sharp_scale(min(wide, high) / pixels, ratio) * pixels, 3))
    gap = 8 + 0.28 * side
    # what is left of the width goes between the pictures of the first row, up to a limit
    gap += min(max(0.0, width - 2 * MARGIN - across - 6 * side - 4 * gap) / 8, 0.4 * side)
    row = 1.5 * side + ARROW
    used = top + levels * row - 0.5 * side - ARROW + BOTTOM_GAP + side + MARGIN
    top += max(0.0, (height - used) / 2)
    left, right = MARGIN + 2 * (side + gap), width - MARGIN - 3 * side - 2 * gap

    def place(node: Node) -> QRectF:
        y = top + node.level * row
        match node.kind:
            case "input" | "stem":
                return QRectF(MARGIN + (0 if node.kind == "input" else side + gap), top, side, side)
            case "head" | "output":
                return QRectF(right + (1 if node.kind == "head" else 2) * (side + gap), top, side, side)
            case "middle":
                return QRectF((width - side) / 2, y + side + BOTTOM_GAP, side, side)
            case "down" | "up":
                return QRectF(left if node.kind == "down" else right, y, side, side)
            case _:
                above = node.level if node.kind == "upsample" else node.level - 1
                x = left if node.kind == "downsample" else right
                return QRectF(x + side / 4, top + above * row + side + ARROW / 2, side / 2, side / 2)

    blocks = {node.name: _whole(place(node)) for node in parts.nodes}
    arrows = tuple(_arrow(blocks[a], blocks[b]) for a, b in parts.edges)
    skips = {
        skip.level: (
            QPointF(blocks[skip.source].right() + 5, blocks[skip.source].center().y()),
            QPointF(blocks[skip.target].left() - 5, blocks[skip.target].center().y()),
        )
        for skip in parts.skips
    }
    return UNetLayout(side, blocks, arrows, skips, _outer(parts, blocks))


def _whole(rect: QRectF) -> QRectF:
    return QRectF(round(rect.x()), round(rect.y()), rect.width(), rect.height())


def _arrow(a: QRectF, b: QRectF) -> tuple[QPointF, ...]:
    """From one picture to the next: straight where they are in line, else around one corner."""
    if abs(a.center().y() - b.center().y()) < 1:
        y = a.center().y()
        return QPointF(a.right() + 3, y), QPointF(b.left() - 3, y)
    if abs(a.center().x() - b.center().x()) < 2:
        x, down = a.center().x(), b.top() > a.top()
        return (QPointF(x, a.bottom() + 2), QPointF(x, b.top() - 2)) if down else (QPointF(x, a.top() - 2), QPointF(x, b.bottom() + 2))
    if b.top() > a.top():
        return QPointF(a.center().x(), a.bottom() + 2), QPointF(a.center().x(), b.center().y()), QPointF(b.left() - 3, b.center().y())
    return QPointF(a.right() + 3, a.center().y()), QPointF(b.center().x(), a.center().y()), QPointF(b.center().x(), b.bottom() + 2)


def _outer(parts: Anatomy, blocks: dict[str, QRectF]) -> tuple[QPointF, ...]:
    if not parts.outer_skip:
        return ()
    a, b = blocks["input"], blocks["output"]
    y = a.top() - TITLES - OUTER / 2
    return QPointF(a.center().x(), y + 8), QPointF(a.center().x(), y), QPointF(b.center().x(), y), QPointF(b.center().x(), y + 8)
