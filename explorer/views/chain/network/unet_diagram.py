"""The U-Net as the lecture draws it, with a picture of what every block puts out now."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from explorer.engine.chain.network.messages import BlockShown
from explorer.models.anatomy import OUTPUT, Anatomy, Node
from explorer.views.chain.network.unet_layout import UNetLayout, lay_out
from explorer.views.chain.network.unet_painter import UNetPainter
from explorer.views.chain.network.unet_words import added, block_words, skip_words
from explorer.widgets.look.language import tr
from explorer.widgets.look.sharp import to_image
from explorer.widgets.look.theme import Theme

Item = str | int
"""A block by its name, or a skip by its level."""
DIRECTIONS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
PRESS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class UNetDiagram(QWidget):
    """Draws an Anatomy; a block can be chosen, a skip switched off.

    The arrow keys go from block to skip to block; Space switches a skip.

    Signals
    -------
    block_chosen(str)
        The person chose the block of that name.
    skip_toggled(int)
        The person switched the skip of that level.
    """

    block_chosen = Signal(str)
    skip_toggled = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: Anatomy | None = None
        self._layout: UNetLayout | None = None
        self._blocks: Mapping[str, BlockShown] = {}
        self._images: dict[str, QImage] = {}
        self._off: frozenset[int] = frozenset()
        self._chosen, self._t, self._message = "", 0, ""
        self._outside = (0.0, 1.0)
        self._hover: Item | None = None
        self._focus: Item | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("U-Net"))
        theme.changed.connect(self.update)

    # --- what is shown ---

    def show_network(self, parts: Anatomy | None, message: str = "") -> None:
        """Draw a network; None shows only the message."""
        if (parts, message) != (self._parts, self._message):
            if parts != self._parts:
                self._blocks, self._images = {}, {}
            self._parts, self._message = parts, message
            self._place()

    def show_blocks(self, blocks: Mapping[str, BlockShown], t: int, outside: tuple[float, float] = (0.0, 1.0)) -> None:
        """Pictures of the blocks at timestep t, by name; the output is outside[0] x_t + outside[1] head."""
        self._blocks, self._t, self._outside = blocks, t, outside
        self._images = {name: to_image(shown.tile) for name, shown in blocks.items()}
        self._describe()
        self.update()

    def show_choice(self, chosen: str, off: Collection[int]) -> None:
        """The block whose channels are shown, and the levels whose skip is off; does not emit."""
        if (chosen, frozenset(off)) != (self._chosen, self._off):
            self._chosen, self._off = chosen, frozenset(off)
            if isinstance(self._focus, str) or self._focus is None:
                self._focus = chosen
            self._describe()
            self.update()

    @property
    def anatomy(self) -> Anatomy | None:
        """What is drawn."""
        return self._parts

    @property
    def blocks(self) -> Mapping[str, BlockShown]:
        """What every block shows."""
        return self._blocks

    @property
    def outside(self) -> tuple[float, float]:
        """(skip, scale): what is drawn says output = skip x_t + scale head."""
        return self._outside

    @property
    def chosen(self) -> str:
        """Name of the chosen block."""
        return self._chosen

    @property
    def off(self) -> frozenset[int]:
        """Levels whose skip is off."""
        return self._off

    @property
    def focused(self) -> Item | None:
        """What the keys act on."""
        return self._focus

    @property
    def message(self) -> str:
        """What is said instead of a network."""
        return self._message

    def area_of(self, item: Item) -> QRectF:
        """Where a block or a skip is; empty if it is not drawn."""
        if self._layout is None:
            return QRectF()
        if isinstance(item, int):
            return self._layout.skip_area(item) if item in self._layout.skips else QRectF()
        return self._layout.blocks.get(item, QRectF())

    def words_of(self, item: Item) -> str:
        """What a block or a skip is; empty if there is none."""
        if self._parts is None:
            return ""
        if isinstance(item, str):
            node = self._parts.node(item)
            return "" if node is None else self._words_of_block(node)
        skip = self._parts.skip(item)
        if skip is None:
            return ""
        source, target = self._parts.node(skip.source), self._parts.node(skip.target)
        assert source is not None
        assert target is not None
        return skip_words(skip, source, target, item in self._off)

    def _words_of_block(self, node: Node) -> str:
        assert self._parts is not None
        words = block_words(node, self._blocks.get(node.name), self._parts.pooled)
        return f"{words}\n{added(*self._outside)}" if node.name in ("head", OUTPUT) and self._outside != (0.0, 1.0) else words

    def sizeHint(self) -> QSize:
        """Room for pictures of twice their size."""
        return QSize(600, 400)

    def minimumSizeHint(self) -> QSize:
        """Small pictures."""
        return QSize(380, 240)

    def _describe(self) -> None:
        off = ", ".join(str(level + 1) for level in sorted(self._off)) or tr("none")
        words = self.words_of(self._focus if self._focus is not None else self._chosen).replace("\n", "; ")
        self.setAccessibleDescription(
            tr("{words}. Skips switched off: {off}.", words=words, off=off) if self._parts is not None else self._message
        )

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """The network, or what is said instead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._parts is None or self._layout is None:
            painter.setPen(QColor(self._theme.tokens.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()).adjusted(48, 8, -48, -8), flags, self._message)
            return
        focus = self._focus if self.hasFocus() else None
        drawing = UNetPainter(painter, self._theme.tokens, self._parts, self._layout, self.devicePixelRatioF())
        drawing.draw(self._images, self._blocks, self._chosen, self._off, self._hover, focus, self._t, self._outside)

    def _place(self) -> None:
        self._layout = None if self._parts is None else lay_out(self._parts, self.width(), self.height(), self.devicePixelRatioF())
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room."""
        self._place()

    # --- the mouse ---

    def _at(self, point: QPointF) -> Item | None:
        if self._layout is None:
            return None
        return self._layout.block_at(point) or self._layout.skip_at(point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark what is under the mouse."""
        self._set_hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Mark nothing."""
        self._set_hover(None)

    def _set_hover(self, item: Item | None) -> None:
        if item != self._hover:
            self._hover = item
            self.setCursor(Qt.CursorShape.ArrowCursor if item is None else Qt.CursorShape.PointingHandCursor)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a block, switch a skip."""
        item = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and item is not None:
            self._focus = item
            self._press(item)
            self.update()

    def _press(self, item: Item) -> None:
        if isinstance(item, str):
            self.block_chosen.emit(item)
        else:
            self.skip_toggled.emit(item)

    # --- the keyboard ---

    def event(self, event: QEvent) -> bool:
        """Tooltips; and keep plain arrow keys, and Space on a skip, from the window's shortcuts while this has the focus."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            item = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if item is None else self.words_of(item), self)
            return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        return super().event(event)

    def _takes(self, event: QKeyEvent) -> bool:
        return not _modified(event) and (event.key() in DIRECTIONS or (event.key() in PRESS and isinstance(self._focus, int)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go to the next block or skip; Space or Enter presses it."""
        direction = DIRECTIONS.get(Qt.Key(event.key()))
        if direction is not None and not _modified(event) and self._parts is not None:
            self._go(*direction)
        elif event.key() in PRESS and self._focus is not None and not _modified(event):
            self._press(self._focus)
        else:
            super().keyPressEvent(event)

    def _go(self, dx: int, dy: int) -> None:
        """To the nearest block or skip in a direction."""
        if self._layout is None:
            return
        start = self.area_of(self._focus if self._focus is not None else self._chosen).center()
        items: list[Item] = [*self._layout.blocks, *self._layout.skips]
        best: Item | None = None
        least = math.inf
        for item in items:
            way = self.area_of(item).center() - start
            along, aside = way.x() * dx + way.y() * dy, abs(way.x() * dy) + abs(way.y() * dx)
            if along > 4 and item != self._focus and along + 2.5 * aside < least:
                best, least = item, along + 2.5 * aside
        if best is not None:
            self._focus = best
            if isinstance(best, str):
                self.block_chosen.emit(best)
            self._describe()
            self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the focus."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Draw without the focus."""
        self.update()


def _modified(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
