"""Which plane of a latent space of more than two dimensions is shown, and where it lies in the others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from explorer.recipe import Slice
from explorer.views.latent.inspector.offset import Offset
from explorer.views.shared.rows import Rows, Section
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import ActionButton, IconButton
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.wheel import let_wheel_pass
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

KINDS = {
    "components": tr("Principal components"), "axes": tr("Two axes"), "images": tr("Three test images"), "random": tr("Random plane"),
    "pictures": tr("Two or three pictures"),
}  # fmt: skip
FIRST_IMAGES = (0, 1, 2)
NAME_WIDTH = 48
FEW, FIRST_FEW = 64, 8
"""Beyond so many dimensions the plane is moved along the first few others alone: nobody steers thousands by hand."""


class SliceSection(Section):
    """Reports the slice that the person wants.

    Signals
    -------
    slice_chosen(object, bool)
        A Slice, and whether it is one of many while a slider is dragged.
    slider_released()
    plane_chosen(int)
        The plane that shall be steered, of several.
    """

    plane_chosen = Signal(int)
    slice_chosen = Signal(object, bool)
    slider_released = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("plane"), parent)
        self._slice = Slice()
        self._dimensions = 2
        self.planes = QComboBox()
        self.planes.setAccessibleName(tr("Plane to steer"))
        self.planes.setToolTip(tr("Which of the planes side by side is moved here"))
        self.planes.activated.connect(lambda index: self.plane_chosen.emit(self.planes.itemData(index)))
        self.column.addWidget(self.planes)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("Kind of plane"))
        self.kind.setToolTip(tr("Which plane through the latent space is shown"))
        for kind, name in KINDS.items():
            self.kind.addItem(name, kind)
        self.first = IntField(1, 4096, tr("First direction"), tr("The component or axis that runs to the right, from 1"))
        self.second = IntField(1, 4096, tr("Second direction"), tr("The component or axis that runs upwards, from 1"))
        self.images = QLineEdit()
        self.images.setAccessibleName(tr("Test images"))
        self.images.setToolTip(tr("Numbers of three test images, from 0: the plane goes through their codes. Hover a code for its number"))
        self.again = IconButton(actions["another_plane"])
        self.choose = IconButton(actions["pictures"])
        self.walk = ActionButton(actions["walk"], tr("Walk between them"))
        self._actions = actions
        self._which = QLabel(tr("along"))
        mark(self._which, "muted")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._which)
        for widget in (self.first, self.second, self.images):
            row.addWidget(widget, 1)
        row.addWidget(self.again)
        row.addWidget(self.choose)
        self.column.addWidget(self.kind)
        self.column.addLayout(row)
        self.column.addWidget(self.walk)
        self._sliders = Rows(theme, NAME_WIDTH)
        self.column.addLayout(self._sliders)
        self.offsets: list[Offset] = []
        self.through = ActionButton(actions["through_code"], tr("Through code"))
        self.reset = ActionButton(actions["reset_offsets"], tr("To the middle"))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.through, self.reset):
            buttons.addWidget(button, 1)
        self.column.addLayout(buttons)
        let_wheel_pass(self.planes, self.kind)
        self.kind.activated.connect(self._kind_activated)
        self.first.committed.connect(self._directions_committed)
        self.second.committed.connect(self._directions_committed)
        self.images.editingFinished.connect(self._images_edited)
        self.setVisible(False)

    def show_planes(self, planes: Sequence[tuple[int, str]], chosen: int) -> None:
        """The planes that can be steered, by number and model, and the one that is; nothing to choose where there is one."""
        self.planes.setVisible(len(planes) > 1)
        names = [tr("{name} (plane {which})", name=name, which=which + 1) for which, name in planes]
        if names != [self.planes.itemText(i) for i in range(self.planes.count())]:
            self.planes.clear()
            for (which, _), name in zip(planes, names, strict=True):
                self.planes.addItem(name, which)
        self.planes.setCurrentIndex(self.planes.findData(chosen))

    def show_slice(self, slice_: Slice | None, dimensions: int) -> None:
        """The plane that is shown, in so many dimensions; nothing where there are two."""
        self._slice, self._dimensions = slice_ or Slice(), dimensions
        self.setVisible(dimensions > 2)
        if dimensions <= 2:
            return
        shown, along = self._slice, self._slice.kind in ("components", "axes")
        self.set_title(tr("plane through {dimensions} dimensions", dimensions=grouped(dimensions)))
        self.kind.setCurrentIndex(self.kind.findData(shown.kind))
        words = {"images": "through", "pictures": ", ".join(Path(picture).stem for picture in shown.pictures)}
        self._which.setText(tr("along") if along else words.get(shown.kind, f"number {shown.seed + 1}"))
        on_black = (tr("on black where they are transparent"),) if shown.pictures and shown.background == "black" else ()
        self._which.setToolTip("\n".join(shown.pictures + on_black))
        self.choose.setVisible(shown.kind == "pictures")
        self.walk.setVisible(shown.kind in ("pictures", "images"))
        for field, value in ((self.first, shown.first), (self.second, shown.second)):
            field.setVisible(along)
            field.setMaximum(dimensions)
            field.show_value(value + 1)
        self.images.setVisible(shown.kind == "images")
        if not self.images.hasFocus():
            self.images.setText(", ".join(map(str, shown.images)))
        self.again.setVisible(shown.kind == "random")
        self._show_offsets(dimensions - 2 if dimensions <= FEW else FIRST_FEW)
        self.reset.setEnabled(any(shown.offsets) or shown.image is not None or bool(shown.picture))

    def _show_offsets(self, count: int) -> None:
        while len(self.offsets) < count:
            offset = Offset(len(self.offsets))
            offset.moved.connect(self._offset_moved)
            offset.released.connect(self.slider_released)
            self.offsets.append(offset)
            self._sliders.row(offset.name, offset)
        names = self._names()
        for index, offset in enumerate(self.offsets):
            offset.name.setVisible(index < count)
            offset.setVisible(index < count)
            if index < count:
                offset.show_offset(names[index], self._slice.offsets[index] if index < len(self._slice.offsets) else 0.0)

    def _names(self) -> list[str]:
        """What the remaining directions are."""
        shown = self._slice
        if shown.kind in ("components", "axes"):
            word = "PC" if shown.kind == "components" else tr("axis")
            most = min(self._dimensions, FEW)
            return [f"{word} {i + 1}" for i in range(most) if i not in (shown.first, shown.second)]
        return [tr("off {i}", i=i + 1) for i in range(min(self._dimensions, FEW) - 2)]

    def _kind_activated(self, index: int) -> None:
        kind = self.kind.itemData(index)
        if kind == "pictures":
            self.show_slice(self._slice, self._dimensions)  # until they are chosen
            self._actions["pictures"].trigger()
            return
        images = self._slice.images if len(self._slice.images) == 3 else FIRST_IMAGES
        self.slice_chosen.emit(Slice(kind, images=images if kind == "images" else ()), False)

    def _directions_committed(self) -> None:
        first, second = self.first.value() - 1, self.second.value() - 1
        if first == second:
            self.show_slice(self._slice, self._dimensions)
        else:
            self.slice_chosen.emit(msgspec.structs.replace(self._slice, first=first, second=second, offsets=()), False)

    def _images_edited(self) -> None:
        numbers = tuple(int(text) for text in re.findall(r"\d{1,9}", self.images.text()))
        if len(numbers) == 3 and len(set(numbers)) == 3:
            if numbers != self._slice.images:
                self.slice_chosen.emit(Slice("images", images=numbers), False)
        else:
            self.images.setText(", ".join(map(str, self._slice.images)))

    def _offset_moved(self, index: int, value: float) -> None:
        offsets = list(self._slice.offsets) + [0.0] * (index + 1 - len(self._slice.offsets))
        offsets[index] = value
        self.slice_chosen.emit(msgspec.structs.replace(self._slice, offsets=tuple(offsets)), True)
