"""Encode: the pad, the reconstruction beside it, the posterior and the terms of the ELBO."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.datasets.shipped import on_black, shipped
from explorer.engine.latent.messages import PictureEncoded, PictureOffered
from explorer.engine.latent.posterior_messages import TruePosteriorShown
from explorer.recipe import Dab
from explorer.state.edits.encoding import is_centred
from explorer.state.session import LatentState
from explorer.views.latent.inspector.picture import PlanePicture
from explorer.views.latent.inspector.probe_section import reading
from explorer.views.shared.rows import Rows, Section
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import ActionButton, IconButton
from explorer.widgets.controls.draw_pad import DrawPad, Paper
from explorer.widgets.controls.pen_colours import PenColours
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number, pair
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme

FACTS = {
    "picture": tr("What is encoded"),
    "reads as": tr("How the digit classifier reads the picture as it is encoded, with its probabilities"),
    "decoded": tr("How it reads the reconstruction"),
    "code": tr("The code of the picture: an AE has no q(z|x), its code is a point"),
    "q(z|x) mean": tr("Mean of the encoder's Gaussian q(z|x)"),
    "σ": tr("Its standard deviations along the plane's axes; the ellipses on the plane are one and two of them"),
    "off plane": tr("Distance of its code from the plane"),
    "log p(x|z)": tr("Log likelihood of the picture's pixels, nats: for a VAE its mean over q(z|x)"),
    "KL": tr("KL(q(z|x) ‖ N(0, I)), nats"),
    "ELBO": tr("log p(x|z) − KL, nats: a lower bound of log p(x)"),
    "log p(x)": tr("Exact, by quadrature over the plane: Shift+P"),
    "gap": tr("log p(x) − ELBO = KL(q(z|x) ‖ p(z|x)), nats: what the encoder's Gaussian leaves"),
    "error": tr("Mean squared error of the reconstruction, pixels in [0, 1]"),
}

PAD = 280
"""Side of the pad: ten pixels for each of MNIST's."""
SMALL = 88


class EncodeSection(Section):
    """Reports what is drawn.

    Signals
    -------
    drawing_growing(object), drawn(object)
        Marks of the brush, tuples of Dab.
    centre_chosen(bool)
    """

    drawing_growing = Signal(object)
    drawn = Signal(object)
    centre_chosen = Signal(bool)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(tr("encode"), parent)
        self._picture: PictureEncoded | None = None
        self._truth: TruePosteriorShown | None = None
        title = QHBoxLayout()
        title.setSpacing(4)
        self.column.removeWidget(self.heading)
        title.addWidget(self.heading, 1)
        for name in ("encode", "paste", "no_picture"):
            button = IconButton(actions[name], 24, under=True)
            mark(button, "quiet")
            title.addWidget(button)
        self.column.insertLayout(0, title)
        self.pad = DrawPad(theme)
        self.pad.setFixedSize(PAD, PAD)
        self.column.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignHCenter)
        self.colours = PenColours(theme)
        self.colours.chosen.connect(self.pad.set_colour)
        self.colours.hide()
        self.column.addWidget(self.colours)
        self.column.addLayout(self._pictures(theme, actions))
        self._offer = QWidget()
        offer = QVBoxLayout(self._offer)
        offer.setContentsMargins(0, 0, 0, 0)
        offer.setSpacing(4)
        self.offer_words = QLabel()
        self.offer_words.setWordWrap(True)
        self.resize_button = ActionButton(actions["resize"], tr("Resize and encode"))
        offer.addWidget(self.offer_words)
        offer.addWidget(self.resize_button)
        self.column.addWidget(self._offer)
        self.facts = Rows(theme)
        for name, tip in FACTS.items():
            self.facts.fact(name, tip)
        self.column.addLayout(self.facts)
        self.pad.growing.connect(self.drawing_growing)
        self.pad.drawn.connect(self.drawn)
        self.show_state(LatentState())
        self.show_picture(None)

    def _pictures(self, theme: Theme, actions: Actions) -> QHBoxLayout:
        """What the encoder sees, what the decoder makes of its code, and what can be done to both."""
        self.input = PlanePicture(theme, tr("As encoded"), tr("as encoded"))
        self.input.setToolTip(tr("What the encoder sees: the picture of the pad, at MNIST's size and place if it is centred"))
        self.output = PlanePicture(theme, tr("Reconstruction"), tr("its decoding"))
        self.output.setToolTip(tr("Its reconstruction: the decoding of its mean code"))
        self.centre = QCheckBox(tr("Centred"))
        self.centre.setAccessibleName(tr("Centre as MNIST"))
        self.centre.setToolTip(actions["centre"].toolTip())
        self.centre.clicked.connect(self.centre_chosen)
        self.resample: QPushButton = ActionButton(actions["resample"])
        self.exact: QPushButton = ActionButton(actions["truth"], tr("True p(z|x)"))
        tools = QVBoxLayout()
        tools.setSpacing(8)
        tools.addStretch()
        tools.addWidget(self.centre)
        tools.addWidget(self.resample)
        tools.addWidget(self.exact)
        tools.addStretch()
        row = QHBoxLayout()
        row.setSpacing(8)
        for picture in (self.input, self.output):
            picture.setFixedSize(SMALL, SMALL)
            row.addWidget(picture)
        row.addLayout(tools, 1)
        return row

    def show_data(self, shape: tuple[int, int, int], data: str) -> None:
        """Shape (C, H, W) of the model's images and the name of its data: what the pad draws on, and with which colours."""
        known = shipped(data)
        digits = known is not None and known.dark_ground
        self.pad.set_paper(Paper(shape, on_black(data, shape[0]), tr("draw a digit") if digits else tr("draw here")))
        self.colours.setVisible(shape[0] == 3)
        self.centre.setVisible(shape[0] == 1)

    def show_state(self, state: LatentState) -> None:
        """What the person chose."""
        drawing: tuple[Dab, ...] = state.recipe.drawing
        self.pad.set_drawing(drawing)
        self.centre.setChecked(is_centred(state))

    def show_picture(self, picture: PictureEncoded | PictureOffered | None) -> None:
        """An encoded picture, or one that can be resized; None empties the section."""
        self._offer.setVisible(isinstance(picture, PictureOffered))
        if isinstance(picture, PictureOffered):
            height, width = picture.size
            wanted_height, wanted_width = picture.wanted
            self.offer_words.setText(
                tr(
                    "{short} is {width} × {height} pixels; this model takes {wanted_width} × {wanted_height}.",
                    short=_short(picture.name),
                    width=width,
                    height=height,
                    wanted_width=wanted_width,
                    wanted_height=wanted_height,
                )
            )
        encoded = self._picture = picture if isinstance(picture, PictureEncoded) else None
        self.pad.set_picture(None if encoded is None else encoded.tile)
        self.input.set_tile(None if encoded is None else encoded.tile)
        self.output.set_tile(None if encoded is None else encoded.reconstruction)
        self._say()

    def show_truth(self, truth: TruePosteriorShown | None) -> None:
        """The true posterior: log p(x), and the terms of the ELBO by quadrature."""
        self._truth = truth
        self._say()

    def _say(self) -> None:
        for name, text in {**_facts_of(self._picture), **(_exact_facts(self._truth) if self._picture is not None else {})}.items():
            self.facts.say(name, text)


def _facts_of(picture: PictureEncoded | None) -> dict[str, str]:
    facts = dict.fromkeys(FACTS, "")
    if picture is None:
        return facts
    facts["picture"] = _short(picture.name)
    for name, read in (("reads as", picture.reading), ("decoded", picture.reading_again)):
        facts[name] = reading(read) if read else ""
    if picture.sigma is None:
        facts["code"] = pair(*picture.mean)
    else:
        facts["q(z|x) mean"], facts["σ"] = pair(*picture.mean), pair(*picture.sigma)
    facts["off plane"] = number(picture.distance, 2) if picture.distance > 1e-6 else ""
    facts["log p(x|z)"] = (
        tr("{log_likelihood} nats", log_likelihood=number(picture.log_likelihood, 1)) if math.isfinite(picture.log_likelihood) else ""
    )
    facts["error"] = number(picture.error, 4)
    if math.isfinite(picture.kl):
        facts["KL"] = tr("{kl} nats", kl=number(picture.kl, 1))
        facts["ELBO"] = (
            tr("{log_likelihood} nats", log_likelihood=number(picture.log_likelihood - picture.kl, 1))
            if math.isfinite(picture.log_likelihood)
            else ""
        )
    return facts


def _exact_facts(truth: TruePosteriorShown | None) -> dict[str, str]:
    if truth is None:
        return {}
    said = {"log p(x|z)": truth.log_likelihood, "ELBO": truth.elbo, "log p(x)": truth.log_p, "gap": truth.gap}
    return {name: tr("{value} nats", value=number(value, 2)) for name, value in said.items()}


def _short(name: str) -> str:
    return name if len(name) <= 22 else f"{name[:11]}…{name[-9:]}"
