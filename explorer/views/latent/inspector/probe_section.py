"""The decoding that is looked at, large, and what can be said of its code."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel

from explorer.checkpoints.card import LatentCard
from explorer.engine.latent.messages import CodesDecoded, CodesShown
from explorer.latent.plane import log_prior
from explorer.views.latent.inspector.latent_channels import LatentChannels
from explorer.views.latent.inspector.picture import PlanePicture
from explorer.views.latent.plane_view import Probe
from explorer.views.shared.rows import LABEL_WIDTH, NOTHING, Rows, Section
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number, pair
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

READING_FROM = 0.05
SMALL, LEAST, WIDEST = 112, 56, 16_777_215
"""Sides of the picture: beside its figures, at least, and Qt's largest."""
NARROW = 54
PROBED = {
    "z": tr("The code, in latent coordinates"),
    "reads as": tr("How the digit classifier reads the decoding, with its probabilities"),
    "log p(z)": tr("Density of the prior N(0, I) at the code, nats; an AE has no prior"),
    "pixel": tr("Row and column of the pixel under the mouse, and its value in [−1, 1]"),
}


class ProbeSection(Section):
    """The decoding that is looked at, large, and what can be said of its code."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(tr("under the pointer"))
        self.picture = PlanePicture(theme, tr("Decoding"))
        self.picture.setToolTip(tr("Decoding of this code, the decoder's mean; values are fixed to [−1, 1]"))
        self.facts = Rows(theme)
        for name, tip in PROBED.items():
            self.facts.fact(name, tip)
            self.facts.say(name, "")
        self._beside = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._beside.setSpacing(8)
        self.channels = LatentChannels(theme)
        self.channel_words = QLabel()
        mark(self.channel_words, "muted")
        for widget in (self.channels, self.channel_words):
            widget.setVisible(False)
        self._beside.addWidget(self.picture)
        self._beside.addLayout(self.facts, 1)
        self.column.addLayout(self._beside)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.channels)
        row.addWidget(self.channel_words, 1)
        self.column.addLayout(row)
        self.facts.say("pixel", NOTHING)
        self.picture.pixel_hovered.connect(self._show_pixel)
        self._decoded: CodesDecoded | None = None
        self._pixel: tuple[int, int] | None = None

    def show_small(self, small: bool) -> None:
        """The picture beside what is said of it, where the window is low: the pad's figures stay in view."""
        down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._beside.setDirection(right if small else down)
        self.picture.setMaximumSize(*((SMALL, SMALL) if small else (WIDEST, WIDEST)))
        self.picture.setMinimumSize(*((SMALL, SMALL) if small else (LEAST, LEAST)))
        self.facts.setColumnMinimumWidth(0, NARROW if small else LABEL_WIDTH)
        self.facts.setRowStretch(self.facts.rowCount(), 1 if small else 0)

    def show_probe(
        self, probe: Probe, variational: bool, codes: CodesShown | None = None, digits: int = 3, card: LatentCard | None = None
    ) -> None:
        """A place, with its decoding once it has come; `codes` say where the plane lies in its latent space, `card` what its codes are."""
        self.set_title(probe.title)
        self.facts.say("z", pair(probe.x, probe.y, digits))
        density = "" if codes is None else number(log_prior(probe.x, probe.y, codes.origin, codes.origin_distance, codes.dimensions))
        self.facts.say("log p(z)", density if variational else tr("no prior"))
        decoded = probe.decoded
        if decoded is not self._decoded:
            self._decoded = decoded
            self.picture.set_tile(None if decoded is None else decoded.tiles[0])
            self._show_latent(None if decoded is None else decoded.latent, card)
            if decoded is None or decoded.readings:  # else it is still being read
                self.facts.say("reads as", "" if decoded is None else reading(decoded.readings[0]))
            self._show_pixel(self._pixel)

    def _show_latent(self, latent: np.ndarray | None, card: LatentCard | None) -> None:
        """The code itself, where it is an image."""
        for widget in (self.channels, self.channel_words):
            widget.setVisible(latent is not None and card is not None)
        if latent is not None and card is not None:
            channels, height, width = latent.shape
            self.channels.set_code(latent, card.reach)
            size = tr("of {height} × {width} latent pixels", height=height, width=width)
            self.channel_words.setText(
                tr(
                    "the code: {channels} channels\n{size}\nfrom −{reach:.3g} to {reach:.3g}, raw",
                    channels=channels,
                    size=size,
                    reach=card.reach,
                )
            )

    def _show_pixel(self, pixel: tuple[int, int] | None) -> None:
        self._pixel = pixel
        if pixel is None or self._decoded is None:
            self.facts.say("pixel", NOTHING)
            return
        values = " ".join(number(float(v), 2) for v in self._decoded.values[0, :, pixel[0], pixel[1]])
        self.facts.say("pixel", tr("row {pixel}, column {pixel2}: {values}", pixel=pixel[0], pixel2=pixel[1], values=values))


def reading(classes: tuple[tuple[int, float], ...]) -> str:
    """The likeliest classes with their probabilities: "5 0.71 · 3 0.22"; a class stays with its own where lines break."""
    likely = [c for c in classes[:3] if c[1] >= READING_FROM] or list(classes[:1])
    return "  · ".join(f"{label}\u00a0\u00a0{share:.2f}" for label, share in likely)
