"""The inspector's part about the network of the ladder that is shown: what it was trained to, its figures, what is to be seen."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QHBoxLayout, QLabel

from explorer.engine.variational.ladder_messages import Rung
from explorer.views.shared.rows import NOTHING, Rows, Section
from explorer.views.variational.rung_words import LESSONS, Q, loss_words, rung_words
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme


class LadderSection(Section):
    """Figures of one network."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__(tr("network"))
        self.rows = Rows(theme)
        for name, tip in (
            ("network", tr("Its place on the ladder. All have the same layers, and were trained for 15 epochs")),
            ("q(z|x)", tr("What the encoder says of a code")),
            ("loss", tr("What it was trained to make small")),
            ("error", tr("Mean squared error of the reconstructions of the test images, pixels in [0, 1]")),
            ("KL", tr("KL(q(z|x) ‖ N(0, I)) of each number of the code, nats, means over the test images")),
            ("active", tr("Units whose mean has a variance above 0.01 over the test images")),
            ("ELBO", tr("Mean over the test images, nats; of an AE there is none")),
            (
                "as digits",
                tr("Of 2,000 samples of the prior, the share read as digits with confidence over 0.9; beside it that of real digits"),
            ),
            ("different", tr("How many different digits those samples are, effectively: exp of the entropy of their shares")),
        ):
            self.rows.fact(name, tip)
        self.column.addLayout(self.rows)
        row = QHBoxLayout()
        row.setSpacing(4)
        for name in ("seed", "same_scale", "centre"):
            row.addWidget(IconButton(actions[name], width=32))
        row.addStretch(1)
        self.column.addLayout(row)
        self.lesson = QLabel()
        self.lesson.setWordWrap(True)
        mark(self.lesson, "muted")
        self.column.addWidget(self.lesson)

    def show_rung(self, rung: Rung | None) -> None:
        """A network; None where the ladder has none of the name."""
        if rung is None:
            for name in ("network", "q(z|x)", "loss", "error", "KL", "active", "ELBO", "as digits", "different"):
                self.rows.say(name, NOTHING)
            self.lesson.setText("")
            return
        kl = " + ".join(f"{part:.2f}" for part in rung.kl_per_dimension)
        said = {
            "network": rung_words(rung), "q(z|x)": Q[rung.family], "loss": loss_words(rung), "error": _number(rung.error, 4),
            "KL": tr("{kl} nats", kl=kl) if kl else NOTHING,
            "active": NOTHING if rung.active < 0 else tr("{active} of 2", active=rung.active),
            "ELBO": tr("{elbo} nats", elbo=_number(rung.elbo, 1)) if math.isfinite(rung.elbo) else NOTHING,
            "as digits": _shares(rung),
            "different": tr("{digits} of 10", digits=_number(rung.digits, 1)) if math.isfinite(rung.digits) else NOTHING,
        }  # fmt: skip
        for name, text in said.items():
            self.rows.say(name, text)
        self.lesson.setText(LESSONS[rung.family])


def _number(value: float, figures: int) -> str:
    return f"{value:.{figures}f}".replace("-", "−") if math.isfinite(value) else NOTHING


def _shares(rung: Rung) -> str:
    if not math.isfinite(rung.share):
        return NOTHING
    if not math.isfinite(rung.real_share):
        return f"{100 * rung.share:.1f} %"
    return tr("{share:.1f} % (real: {real:.1f} %)", share=100 * rung.share, real=100 * rung.real_share)
