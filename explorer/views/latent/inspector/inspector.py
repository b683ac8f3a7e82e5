"""The panel beside the plane: the decoding, the pad, what is selected, the checkpoint."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.engine.latent.messages import PictureEncoded, PictureOffered
from explorer.engine.latent.posterior_messages import TruePosteriorShown
from explorer.views.latent.inspector.card_section import CardSection
from explorer.views.latent.inspector.chain_section import ChainSection
from explorer.views.latent.inspector.encode_section import EncodeSection
from explorer.views.latent.inspector.probe_section import ProbeSection
from explorer.views.latent.inspector.selection_section import SelectionSection
from explorer.views.latent.inspector.slice_section import SliceSection
from explorer.widgets.controls.actions import Actions
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

MARGIN = 14
HINT = tr("Double-click the plane to put a point there and drag it. Paint a stroke with the brush.")
ENCODING = tr("Draw a digit on the pad, or drop a picture on the window, to see where the encoder puts it.")


class LatentInspector(QWidget):
    """Its sections report what the person changes.

    Attributes
    ----------
    probe : ProbeSection
    selection : SelectionSection
    picture : EncodeSection
    card : CardSection
    slice_ : SliceSection
    chains : ChainSection
    """

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(8)
        self.probe = ProbeSection(theme)
        self.selection = SelectionSection(theme, actions)
        self.picture = EncodeSection(theme, actions)
        self.card = CardSection(theme)
        self.slice_ = SliceSection(theme, actions)
        self.chains = ChainSection(theme, actions)
        for section in (self.probe, self.selection, self.picture, self.chains, self.slice_, self.card):
            column.addWidget(section)
        self.hint = QLabel(f"{HINT} {ENCODING}")
        self.hint.setWordWrap(True)
        mark(self.hint, "faint")
        column.addWidget(self.hint)
        column.addStretch(1)
        for unknown in (self.selection, self.card, self.hint):  # until there is a model
            unknown.setVisible(False)

    def show_picture(self, picture: PictureEncoded | PictureOffered | None) -> None:
        """What is encoded; a picture that wants an answer is scrolled to."""
        self.picture.show_picture(picture)
        if isinstance(picture, PictureOffered):
            QTimer.singleShot(0, self, self._scroll_to_offer)  # once it has its place

    def show_truth(self, truth: TruePosteriorShown | None) -> None:
        """The true posterior of what is encoded."""
        self.picture.show_truth(truth)

    def _scroll_to_offer(self) -> None:
        area = self.parentWidget().parentWidget() if self.parentWidget() is not None else None
        if isinstance(area, QScrollArea) and self.picture.resize_button.isVisible():
            area.ensureWidgetVisible(self.picture.resize_button, 0, 16)

    def show_hint(self, on: bool, encodes: bool = True) -> None:
        """What can be done, while nothing has been; with a decoder alone nothing can be encoded, and there is no pad."""
        self.hint.setText(f"{HINT} {ENCODING}" if encodes else HINT)
        self.hint.setVisible(on)
        self.picture.setVisible(encodes)
