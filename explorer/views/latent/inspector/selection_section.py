"""The selected point or stroke: its name, where it is, how it goes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from explorer.engine.latent.messages import StrokeShown
from explorer.latent.strokes import length
from explorer.recipe import MAX_FRAMES, Point, Stroke
from explorer.views.latent.inspector.coordinate import DIGITS, Coordinate
from explorer.views.shared.rows import Rows, Section
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import ActionButton, IconButton
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.wheel import let_wheel_pass
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number
from explorer.widgets.look.theme import Theme

SHAPES = {"line": tr("Straight line"), "spherical": tr("Spherical"), "geodesic": tr("Geodesic")}
IMAGES_TIP = tr("Length of its decodings: sum of the distances between 257 of them along the stroke, pixels in [0, 1]")
SPACINGS = {"plane": tr("plane steps"), "image": tr("image steps")}


class SelectionSection(Section):
    """Reports what the person changes.

    Signals
    -------
    renamed(str, str)
        Name before and after.
    placed(str, float, float)
    frames_chosen(str, int), shape_chosen(str, str), spacing_chosen(str, str)
    path_wanted(str, str)
        Paths from the selected point to another.
    refused(str)
        Why a coordinate that was typed cannot be.
    """

    refused = Signal(str)

    renamed = Signal(str, str)
    placed = Signal(str, float, float)
    frames_chosen = Signal(str, int)
    shape_chosen = Signal(str, str)
    spacing_chosen = Signal(str, str)
    path_wanted = Signal(str, str)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("selected"), parent)
        self._item: Point | Stroke | None = None
        self.name = QLineEdit()
        self.name.setMaxLength(32)
        self.name.setAccessibleName(tr("Name"))
        self.name.setToolTip(tr("Name of what is selected"))
        self.lock = IconButton(actions["lock"])
        self.copy = IconButton(actions["copy"])
        self.delete = ActionButton(actions["delete"])
        self.across = Coordinate(tr("First coordinate"), tr("First latent coordinate"))
        self.up = Coordinate(tr("Second coordinate"), tr("Second latent coordinate"))
        self.frames = IntField(2, MAX_FRAMES, tr("Frames"), tr("At how many even distances along the stroke it is decoded"))
        self.frames.setMinimumWidth(72)
        self.spacing = self._combo(tr("Steps"), tr("Even distances on the plane, or between decoded images"), SPACINGS)
        self.shape_ = self._combo(tr("Shape"), tr("How the stroke goes between its two ends"), SHAPES)
        self.to = QComboBox()
        self.to.setAccessibleName(tr("Paths to"))
        self.to.setToolTip(tr("Line, spherical interpolation and geodesic from this point to another (J)"))
        self.facts = Rows(theme)
        self.facts.fact("plane", tr("Length of the stroke, in latent units"))
        self.facts.fact("images", IMAGES_TIP)
        self._show_lengths(None, None)
        let_wheel_pass(self.spacing, self.shape_, self.to)
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.name, 1)
        for button in (self.lock, self.copy, self.delete):
            first.addWidget(button)
        for field in (self.across, self.up):
            field.setMinimumWidth(72)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # its range would ask for more
            field.refused.connect(self.refused)
            second.addWidget(field, 1)
        second.addWidget(self.frames)
        second.addWidget(self.spacing, 1)
        third.addWidget(self.shape_, 1)
        third.addWidget(self.to, 1)
        for row in (first, second, third):
            row.setSpacing(8)
            self.column.addLayout(row)
        self.column.addLayout(self.facts)
        self.name.editingFinished.connect(self._rename)
        self.across.committed.connect(self._place)
        self.up.committed.connect(self._place)
        self.frames.committed.connect(self._choose_frames)
        self.spacing.activated.connect(self._choose_spacing)
        self.shape_.activated.connect(self._choose_shape)
        self.to.activated.connect(self._choose_end)
        self.setVisible(False)

    def _combo(self, name: str, tip: str, words: dict[str, str]) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.setToolTip(tip)
        combo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for key, word in words.items():
            combo.addItem(word, key)
        return combo

    def show_item(self, item: Point | Stroke | None, points: tuple[Point, ...], shown: StrokeShown | None = None) -> None:
        """What is selected, the points there are, and the stroke through the model; None hides the section."""
        self._item = item
        self.setVisible(item is not None)
        if item is None:
            return
        point, stroke = isinstance(item, Point), item if isinstance(item, Stroke) else None
        self.set_title(tr("selected point") if point else tr("selected stroke"))
        if not self.name.hasFocus():
            self.name.setText(item.name)
        others = [p.name for p in points if p.name != item.name]
        between = stroke is not None and stroke.shape in SHAPES
        visible: dict[QWidget, bool] = {
            self.across: point, self.up: point, self.lock: point, self.frames: not point,
            self.spacing: not point, self.shape_: between, self.to: point and bool(others),
        }  # fmt: skip
        for widget, on in visible.items():
            widget.setVisible(on)
        if isinstance(item, Point):
            for field, value in ((self.across, item.x), (self.up, item.y)):
                field.show_value(round(value, DIGITS))
                field.setEnabled(not item.locked)
            self.to.clear()
            self.to.addItem(tr("Paths to…"), "")
            for name in others:
                self.to.addItem(name, name)
        if stroke is not None:
            self.frames.show_value(stroke.frames)
            self.spacing.setCurrentIndex(self.spacing.findData(stroke.spacing))
            self.shape_.setCurrentIndex(max(0, self.shape_.findData(stroke.shape)))
        self._show_lengths(stroke, shown)

    def _show_lengths(self, stroke: Stroke | None, shown: StrokeShown | None) -> None:
        if stroke is None:
            self.facts.say("plane", "")
            self.facts.say("images", "")
        elif shown is not None and shown.stroke == stroke:
            way = tr(", step {iteration}", iteration=shown.iteration) if shown.partial else ""
            self.facts.say("plane", tr("{plane_length} units{way}", plane_length=number(shown.plane_length, 2), way=way))
            self.facts.say("images", number(shown.image_length, 2))
        else:
            self.facts.say("plane", tr("{length} units", length=number(length(stroke.path), 2)))

    def _rename(self) -> None:
        if self._item is not None and self.name.text() != self._item.name:
            self.renamed.emit(self._item.name, self.name.text())
            self.name.setText(self._item.name if self._item is not None else "")

    def _place(self) -> None:
        if self._item is not None:
            self.placed.emit(self._item.name, self.across.value(), self.up.value())

    def _choose_frames(self, frames: int) -> None:
        if self._item is not None:
            self.frames_chosen.emit(self._item.name, frames)

    def _choose_spacing(self, index: int) -> None:
        if self._item is not None:
            self.spacing_chosen.emit(self._item.name, self.spacing.itemData(index))

    def _choose_shape(self, index: int) -> None:
        if self._item is not None:
            self.shape_chosen.emit(self._item.name, self.shape_.itemData(index))

    def _choose_end(self, index: int) -> None:
        if self._item is not None and self.to.itemData(index):
            self.path_wanted.emit(self._item.name, self.to.itemData(index))
