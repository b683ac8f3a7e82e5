"""The latent plane under the pointer and the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from explorer.latent.strokes import circle
from explorer.recipe import Point, Stroke
from explorer.views.latent.plane.canvas import PlaneCanvas
from explorer.views.latent.plane.chain_marks import sample_at
from explorer.views.latent.plane.nodes import CarryNode, node_at
from explorer.views.latent.plane.pointer import Carry, Item, Paint, Pan, item_at
from explorer.widgets.look.language import tr
from explorer.widgets.look.theme import Theme

ZOOM_PER_NOTCH = 1.2
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class Plane(PlaneCanvas):
    """A plane that reports gestures; it changes nothing but its view.

    Signals
    -------
    hovered(object)
        Latent coordinates (x, y) under the pointer, or None when it has left.
    point_wanted(float, float)
        The person asks for a point there.
    item_selected(str)
        Name of the item clicked; empty for none.
    item_carried(object)
        A Point or Stroke as it is now, while it is dragged.
    carry_ended()
    code_hovered(object)
        Number of the test image whose code is under the pointer, or None.
    code_clicked(int)
        A test image's code was clicked.
    sample_clicked(int)
        A sample of the reverse chains was clicked, by number.
    click_withdrawn()
        That click was the first half of a double-click.
    stroke_growing(object), stroke_painted(object)
        Path (M, 2) of the stroke that is being painted (None: given up), and once more when it is done.
    menu_wanted(object, float, float)
        Position on screen, and the code there.
    nudged(int, int)
        Arrow keys: steps to the right and upwards, ten with Shift.
    play_wanted()
        The space bar was struck, not held to pan.
    """

    hovered = Signal(object)
    code_hovered = Signal(object)
    code_clicked = Signal(int)
    sample_clicked = Signal(int)
    click_withdrawn = Signal()
    point_wanted = Signal(float, float)
    item_selected = Signal(str)
    item_carried = Signal(object)
    carry_ended = Signal()
    stroke_growing = Signal(object)
    stroke_painted = Signal(object)
    menu_wanted = Signal(object, float, float)
    nudged = Signal(int, int)
    play_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setObjectName("plane")
        self._editable = True
        self._tool = "move"
        self._code_under: int | None = None
        self._gesture: Pan | Carry | CarryNode | Paint | None = None
        self._panning_key = False
        self._pan_happened = False
        self._pointer: tuple[float, float] | None = None
        self.view_changed.connect(self._tell_place)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Latent plane"))

    def set_tool(self, tool: str) -> None:
        """What the left button does: "move" selects and carries, "stroke" paints freely, "line", "circle" and "geodesic" drag one."""
        if tool != self._tool:
            self._tool = tool
            self._editable = tool == "move"
            self._hover_code(None)
            self._show_cursor()
            self.update()

    @property
    def _brush(self) -> bool:
        return self._tool != "move"

    # --- pointer ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to carry, to paint or to pan."""
        if self._gesture is not None:
            return
        at = (event.position().x(), event.position().y())
        pans = event.button() in (Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton)
        if pans or (self._panning_key and event.button() == Qt.MouseButton.LeftButton):
            self._gesture, self._pan_happened = Pan(at, menu=event.button() == Qt.MouseButton.RightButton), False
        elif event.button() == Qt.MouseButton.LeftButton:
            self._begin(at)
        self._show_cursor()

    def _begin(self, at: tuple[float, float]) -> None:
        code = self._view.to_plane(*at)
        if self._brush:
            self._gesture = Paint([code], self._tool)
            return
        chosen = next((s for s in self._strokes if s.name == self._selected), None)
        node = None if chosen is None else node_at(self._view, chosen, *at)
        if chosen is not None and node is not None:
            self._gesture = CarryNode(chosen, node, at)
            return
        item = self._item_at(*at)
        sample = sample_at(self._view, self._chains[0], self._chains[1], *at) if item is None else None
        if sample is not None:
            self.sample_clicked.emit(sample)
            return
        index = self.code_at(*at) if item is None else None
        self.item_selected.emit(item.name if item is not None else "")
        if isinstance(item, Stroke) or (isinstance(item, Point) and not item.locked):
            self._gesture = Carry(item, at, code)
        elif index is not None:
            self.code_clicked.emit(index)

    def _item_at(self, px: float, py: float) -> Item | None:
        return item_at(self._view, self._points, self._strokes, px, py, outline=self.outline)

    def _hover_code(self, index: int | None) -> None:
        if index != self._code_under:
            self._code_under = index
            self.code_hovered.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with what was begun, and say where the pointer is."""
        px, py = event.position().x(), event.position().y()
        self._pointer = px, py
        gesture = self._gesture
        if isinstance(gesture, Pan):
            self._pan_happened = True
            dx, dy = gesture.by((px, py))
            if dx or dy:
                self._take_view(self._view.panned(dx, dy))
        elif isinstance(gesture, Carry | CarryNode):
            alone = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            item = gesture.at(self._view, px, py, alone) if isinstance(gesture, CarryNode) else gesture.at(self._view, px, py)
            if item is not None:
                self.item_carried.emit(item)
        elif isinstance(gesture, Paint):
            gesture.add(self._view.to_plane(px, py), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            path = gesture.smooth(self._view)
            self._growing = circle(tuple(path[0]), tuple(path[1])) if self._tool == "circle" else path
            self.stroke_growing.emit(path)
            self.update()
        else:
            item = self._item_at(px, py)
            code = self.code_at(px, py) if item is None else None
            self._show_cursor(item is not None or code is not None)
            self._hover_code(code if self._tool == "move" else None)
        self.hovered.emit(self._view.to_plane(px, py))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what was begun."""
        gesture, self._gesture, self._growing = self._gesture, None, None
        px, py = event.position().x(), event.position().y()
        if isinstance(gesture, Pan) and gesture.menu and not gesture.under_way:
            self._want_menu(px, py)
        elif isinstance(gesture, Carry | CarryNode) and gesture.under_way:
            self.carry_ended.emit()
        elif isinstance(gesture, Paint):
            if gesture.tool != "stroke":
                gesture.add(self._view.to_plane(px, py), True)
            if gesture.is_click(self._view):
                self.stroke_growing.emit(None)
                item = self._item_at(px, py)
                self.item_selected.emit(item.name if item is not None else "")
            else:
                self.stroke_painted.emit(gesture.smooth(self._view))
        self._show_cursor(self._item_at(px, py) is not None or self.code_at(px, py) is not None)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for a point, where there is nothing yet."""
        px, py = event.position().x(), event.position().y()
        if self._brush or event.button() != Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)
        elif self._item_at(px, py) is None:
            self.click_withdrawn.emit()
            self.point_wanted.emit(*self._view.to_plane(px, py))

    def _want_menu(self, px: float, py: float) -> None:
        item = self._item_at(px, py)
        if item is not None:
            self.item_selected.emit(item.name)
        self.menu_wanted.emit(self.mapToGlobal(QPoint(round(px), round(py))), *self._view.to_plane(px, py))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key; the right button asks on release, since it also pans."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.menu_wanted.emit(self.mapToGlobal(self.rect().center()), self._view.x, self._view.y)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom towards the pointer."""
        pixels, angle = event.pixelDelta().y(), event.angleDelta().y()
        notches = angle / 120 if angle else pixels / 24
        if notches:
            at = event.position()
            self._pointer = at.x(), at.y()
            self._take_view(self._view.zoomed(ZOOM_PER_NOTCH**notches, at.x(), at.y()))
        event.accept()

    def _tell_place(self) -> None:
        """Another part of the plane is under a pointer that lies still."""
        if self._pointer is not None and self._gesture is None:
            self.hovered.emit(self._view.to_plane(*self._pointer))

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer is nowhere."""
        self._pointer = None
        self._hover_code(None)
        self.hovered.emit(None)

    # --- keys ---

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the window's shortcuts."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
            if plain and (event.key() in ARROWS or event.key() == Qt.Key.Key_Space):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space held pans, arrow keys nudge, Esc gives up what was begun."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._panning_key, self._pan_happened = True, False
                self._show_cursor()
        elif event.key() in ARROWS:
            dx, dy = ARROWS[Qt.Key(event.key())]
            steps = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.nudged.emit(steps * dx, steps * dy)
        elif event.key() == Qt.Key.Key_Escape and self._gesture is not None:
            gesture, self._gesture, self._growing = self._gesture, None, None
            if isinstance(gesture, Paint):
                self.stroke_growing.emit(None)
            elif isinstance(gesture, Carry | CarryNode):
                self.item_carried.emit(gesture.item)
                self.carry_ended.emit()
            self.update()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space struck without panning plays; arrow keys let go end a nudge."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            struck, self._panning_key = self._panning_key and not self._pan_happened, False
            self._pan_happened = False
            self._show_cursor()
            if struck:
                self.play_wanted.emit()
        elif event.key() in ARROWS:
            self.carry_ended.emit()
        else:
            super().keyReleaseEvent(event)

    def _show_cursor(self, over_something: bool = False) -> None:
        if isinstance(self._gesture, Pan):
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._panning_key:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._brush or isinstance(self._gesture, Paint):
            shape = Qt.CursorShape.CrossCursor
        elif isinstance(self._gesture, Carry | CarryNode):
            shape = Qt.CursorShape.SizeAllCursor
        elif over_something:
            shape = Qt.CursorShape.PointingHandCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
