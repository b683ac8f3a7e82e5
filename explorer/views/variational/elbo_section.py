"""The inspector's part about the terms of the ELBO: the model, and the selected number of the code in figures."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtWidgets import QHBoxLayout

from explorer.engine.variational.terms_messages import TermsShown, TestTermsShown
from explorer.views.shared.rows import NOTHING, Rows, Section, capitals, heading
from explorer.views.variational.elbo_page import ACTIVE
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.theme import Theme


class ElboSection(Section):
    """Figures of the ELBO page."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__(tr("model and terms"))
        self._image: TermsShown | None = None
        self._test: TestTermsShown | None = None
        self._selected = 0
        self.rows, self.unit = Rows(theme), Rows(theme)
        for name, tip in (
            ("model", tr("A VAE with a code of any size: open another, or drop it on the window")),
            ("ELBO", tr("E_q[log p(x|z)] − KL of this image, nats")),
            ("log p(x|z)", tr("Its mean under q(z|x), nats: by quadrature where the code has two numbers, else by 256 draws")),
            ("KL", tr("The sum over all numbers of the code, nats")),
            ("test ELBO", tr("Mean over the test images: what evaluate --metric elbo measures")),
            ("active", tr("Units whose mean has a variance above 0.01 over the test images")),
        ):
            self.rows.fact(name, tip)
        for name, tip, formula in (
            ("m", tr("Mean of q(z|x) of this image along the selected number"), (var("m"),)),
            ("s", tr("Its standard deviation: 1 where q is the prior"), (var("s"),)),
            ("of image", tr("KL of the selected number, this image"), (words(tr("KL, this image")),)),
            ("of test", tr("KL of the selected number, mean of the test images"), (words(tr("KL, mean")),)),
            ("spread", tr("Variance of its mean over the test images"), (words(tr("variance")),)),
        ):
            self.unit.fact(name, tip, formula)
        self.column.addLayout(self.rows)
        self.column.addSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(4)
        self.unit_heading = heading("")
        row.addWidget(self.unit_heading)
        row.addStretch(1)
        for name in ("before", "next"):
            row.addWidget(IconButton(actions[name], width=32))
        self.column.addLayout(row)
        self.column.addLayout(self.unit)

    def show_model(self, name: str, selected: int) -> None:
        """The model, and which number of the code is selected."""
        self.rows.say("model", name)
        self._selected = selected
        self._say()

    def show_terms(self, image: TermsShown | None) -> None:
        """Of one image."""
        self._image = image
        self._say()

    def show_test(self, test: TestTermsShown | None) -> None:
        """Over the test images."""
        self._test = test
        self._say()

    def _say(self) -> None:
        image, test = self._image, self._test
        self.rows.say("ELBO", NOTHING if image is None else _nats(image.elbo))
        self.rows.say("log p(x|z)", NOTHING if image is None else _nats(image.log_likelihood))
        self.rows.say("KL", NOTHING if image is None else _nats(float(image.kl.sum())))
        self.rows.say("test ELBO", NOTHING if test is None else _nats(test.elbo))
        known = 0 if test is None else int((test.spread > ACTIVE).sum())
        self.rows.say("active", NOTHING if test is None else tr("{known} of {count}", known=known, count=len(test.spread)))
        self.unit_heading.setText(capitals(tr("number {unit}", unit=self._selected + 1)))
        for name, values, figures in (
            ("m", None if image is None else image.mean, 3),
            ("s", None if image is None else image.sd, 3),
            ("of image", None if image is None else image.kl, 2),
            ("of test", None if test is None else test.kl, 2),
            ("spread", None if test is None else test.spread, 4),
        ):
            self.unit.say(name, _at(values, self._selected, figures))


def _at(values: np.ndarray | None, index: int, figures: int) -> str:
    if values is None or index >= len(values):
        return NOTHING
    return f"{float(values[index]):.{figures}f}".replace("-", "−")


def _nats(value: float) -> str:
    return tr("{value:.2f} nats", value=value).replace("-", "−") if math.isfinite(value) else NOTHING
