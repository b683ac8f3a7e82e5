"""The row over the plane: tools, layers, and which model's plane it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from explorer.engine.models.messages import LibraryEntry
from explorer.views.latent.plane.fields import FIELDS
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import ActionButton, IconButton
from explorer.widgets.controls.labels import labels
from explorer.widgets.controls.name_box import NameBox
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import join
from explorer.widgets.look.theme import text_pixels

KINDS = (
    Segment("vae", tr("VAE"), tr("The plane of a VAE: codes are Gaussians, drawn towards the prior (X)")),
    Segment("ae", tr("AE"), tr("The plane of an AE: codes are points, wherever the encoder put them (X)")),
)

NO_FIELD = tr("No field")
NARROW, TIGHT, ROOMY = 640, 800, 960
MOST = 264
"""Pixels of the list of models where there is room."""
TOOLS = 5
"""Items of the row that are always in it: the tools, a gap, three layers."""


class LatentToolbar(QWidget):
    """Tools and layers to the left, models to the right; in two rows while buttons have labels.

    Signals
    -------
    entry_chosen(str)
        sha256 of a checkpoint.
    kind_chosen(str)
        "vae" or "ae".
    field_chosen(str)
        A FieldKind, or empty for none.
    """

    entry_chosen = Signal(str)
    kind_chosen = Signal(str)
    field_chosen = Signal(str)

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenting = False
        self._folded: bool | None = None
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        row = self._upper = QHBoxLayout()
        self._lower = QHBoxLayout()
        for each in (self._upper, self._lower):
            each.setSpacing(8)
            rows.addLayout(each)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        buttons = [IconButton(action) for action in actions.choice("tool").values()]
        for button in buttons:
            button.setProperty("compact", "true")
            tools.addWidget(button)
        join(buttons)
        row.addLayout(tools)
        row.addSpacing(4)
        for name in ("codes", "manifold", "prior"):
            row.addWidget(ActionButton(actions[name]))
        self.fields = QComboBox()
        self.fields.setAccessibleName(tr("Field"))
        self.fields.setToolTip(tr("What is drawn as colours over the plane, with its scale"))
        self.fields.addItem(NO_FIELD, "")
        for kind, words in FIELDS.items():
            self.fields.addItem(words.name, kind)
            self.fields.setItemData(self.fields.count() - 1, words.tip, Qt.ItemDataRole.ToolTipRole)
        self.fields.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fields.view().setMinimumWidth(176)
        self.fields.activated.connect(self._field_activated)
        self._fit = IconButton(actions["fit"])
        self._sample = IconButton(actions["sample"])
        self._beside = IconButton(actions["beside"])
        self.kinds = SegmentBar(KINDS, tr("Kind of model"))
        self.kinds.chosen.connect(self.kind_chosen)
        self.models = NameBox(tr("Whose plane is shown; open others with File > Open or by dropping them"))
        self.models.setAccessibleName(tr("Model"))
        self.models.activated.connect(self._activated)
        self.setMinimumWidth(NARROW)
        labels.changed.connect(self._share)
        self._share()

    def _fold(self) -> None:
        """Fields and models behind tools and layers, or in a row below: with their words, or larger ones, the buttons fill a row."""
        folded = labels.on or (text_pixels(100) > 100 and self.width() < text_pixels(TIGHT))
        if folded == self._folded:
            return
        self._folded = folded
        for widget in (self.fields, self._fit, self._sample, self._beside, self.kinds, self.models):
            for row in (self._upper, self._lower):
                row.removeWidget(widget)
        for row, kept in ((self._upper, TOOLS), (self._lower, 0)):
            while row.count() > kept:
                row.takeAt(row.count() - 1)
        into = self._lower if folded else self._upper
        into.addWidget(self.fields)
        into.addWidget(self._fit)
        into.addStretch(1)
        for widget in (self._sample, self._beside, self.kinds, self.models):
            into.addWidget(widget)
        if folded:
            self._upper.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wider lists where there is room for them."""
        self._share()

    def _share(self) -> None:
        self._fold()
        width = max(self.width(), ROOMY) if self._folded else self.width()  # a row of their own is roomy
        roomy, tight = width >= ROOMY, width < TIGHT
        self._fit.setVisible(not tight and not self._presenting)
        for widget in (self._sample, self._beside, self.models):
            widget.setVisible(not self._presenting)
        self.kinds.setVisible(width >= TIGHT - 60)
        self.models.setFixedWidth(min(MOST, 184 + width - ROOMY) if roomy else 112 if tight else 164)
        self.fields.setFixedWidth(176 if roomy else 120 if tight else 144)

    def present(self, on: bool) -> None:
        """Without the choice of models, and what adds to the plane."""
        self._presenting = on
        self._share()

    def show_field(self, field: str, variational: bool) -> None:
        """The field that is drawn, and which there are; does not emit."""
        self.fields.setCurrentIndex(self.fields.findData(field))
        model = self.fields.model()
        for kind, words in FIELDS.items():
            index = model.index(self.fields.findData(kind), 0)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            item = model.itemFromIndex(index)  # type: ignore[attr-defined]
            item.setFlags(flags if variational or words.of_ae else Qt.ItemFlag.NoItemFlags)

    def _field_activated(self, index: int) -> None:
        self.field_chosen.emit(self.fields.itemData(index))

    def show_entries(self, entries: tuple[LibraryEntry, ...], current: LibraryEntry | None) -> None:
        """Models to choose from, and the one shown; does not emit."""
        wanted = [(entry.name, entry.sha256) for entry in entries]
        if wanted != [(self.models.itemText(i), self.models.itemData(i)) for i in range(self.models.count())]:
            self.models.clear()
            for name, sha256 in wanted:
                self.models.addItem(name, sha256)
        self.models.setEnabled(bool(entries))
        kinds = {entry.card.kind for entry in entries if entry.card is not None}
        for segment in KINDS:
            self.kinds.button(segment.name).setEnabled(segment.name in kinds)
        self.models.setCurrentIndex(-1 if current is None else self.models.findData(current.sha256))
        if current is not None and current.card is not None:
            self.kinds.set_current(current.card.kind)

    def _activated(self, index: int) -> None:
        self.entry_chosen.emit(self.models.itemData(index))
