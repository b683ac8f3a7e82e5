"""The row over the plane: tools, layers, and which model's plane it is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from explorer.engine.messages import LibraryEntry
from explorer.views.latent.actions import ActionButton, IconButton, LatentActions
from explorer.widgets.segments import Segment, SegmentBar
from explorer.widgets.style import join
from explorer.widgets.theme import Theme

KINDS = (
    Segment("vae", "VAE", "The plane of a VAE: codes are Gaussians, drawn towards the prior (X)"),
    Segment("ae", "AE", "The plane of an AE: codes are points, wherever the encoder put them (X)"),
)

NARROW, TIGHT, ROOMY = 640, 760, 864


class LatentToolbar(QWidget):
    """Tools and layers to the left, models to the right.

    Signals
    -------
    entry_chosen(str)
        sha256 of a checkpoint.
    kind_chosen(str)
        "vae" or "ae".
    """

    entry_chosen = Signal(str)
    kind_chosen = Signal(str)

    def __init__(self, theme: Theme, actions: LatentActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        buttons = [ActionButton(actions.move), ActionButton(actions.brush)]
        for button in buttons:
            tools.addWidget(button)
        join(buttons)
        row.addLayout(tools)
        row.addSpacing(4)
        for action in (actions.codes, actions.manifold, actions.prior):
            row.addWidget(ActionButton(action))
        row.addSpacing(4)
        self._extras = (IconButton(actions.add_point, "ph.plus-circle", theme), IconButton(actions.fit, "ph.corners-out", theme))
        for extra in self._extras:
            row.addWidget(extra)
        row.addStretch(1)
        self._encode, self._encode_small = ActionButton(actions.encode), IconButton(actions.encode, "ph.image", theme)
        row.addWidget(self._encode)
        row.addWidget(self._encode_small)
        self.kinds = SegmentBar(KINDS, "Kind of model")
        self.kinds.chosen.connect(self.kind_chosen)
        row.addWidget(self.kinds)
        self.models = QComboBox()
        self.models.setAccessibleName("Model")
        self.models.setToolTip("Whose plane is shown; open others with File > Open or by dropping them")
        self.models.activated.connect(self._activated)
        row.addWidget(self.models)
        self.setMinimumWidth(NARROW)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words where there is room for them."""
        roomy, tight = self.width() >= ROOMY, self.width() < TIGHT
        self._encode.setVisible(roomy)
        self._encode_small.setVisible(not roomy)
        for button in self._extras:
            button.setVisible(not tight)
        self.models.setFixedWidth(160 if roomy else 112 if tight else 128)

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
        if current is not None and current.card is not None:
            self.models.setCurrentIndex(self.models.findData(current.sha256))
            self.kinds.set_current(current.card.kind)

    def _activated(self, index: int) -> None:
        self.entry_chosen.emit(self.models.itemData(index))
