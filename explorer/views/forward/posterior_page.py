"""One step back from x_t: what is known with x_0, what the data set says, and what a network says."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.checkpoints.snapshots import name_of
from explorer.engine.forward.messages import Belief, StepBackShown
from explorer.engine.models.messages import LibraryEntry
from explorer.exports.colours import OPTION_COLOURS
from explorer.recipe import Lane
from explorer.views.forward.plots.picture_table import Column, PictureTable, Row
from explorer.views.forward.words import nats, number, short
from explorer.views.shared.labels import PREDICTS
from explorer.views.shared.rows import NOTHING, Rows, heading
from explorer.widgets.controls.name_box import NameBox
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.sharp import squared
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.image_choice import ImageChoice
from explorer.widgets.pictures.picture_tile import PictureTile

SIDE = 236
COLUMNS = ("known", "exact", "network")
KNOWN, DISTANCES = ("a₀", "aₜ", "σₜ"), ("data set", "network")


class PosteriorPage(QWidget):
    """The table of beliefs to the left, numbers and likely images to the right.

    Signals
    -------
    network_chosen(str)
        sha256 of a checkpoint.
    """

    network_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        back = (var("x", "t−1"), words(" | "), var("x", "t"))
        self.table = PictureTable(
            theme,
            (
                Row("x0", (words("x̂₀"),), tr("the clean image")),
                Row("off", (words("x̂₀ − x₀"),), tr("from −1 to 1, 0 in between")),
                Row("mean", (words(tr("mean of ")), var("x", "t−1")), tr("where the step goes")),
                Row("draw", (var("x", "t−1"),), tr("drawn, with one z for all")),
            ),
            (
                Column("known", (var("q"), words("("), *back, words(", "), var("x", 0), words(")")), tr("x₀ is known"), ""),
                Column("exact", (var("q"), words("("), *back, words(")")), tr("the images are known"), OPTION_COLOURS["exact"]),
                Column("network", (var("p", "θ"), words("("), *back, words(")")), tr("learnt"), OPTION_COLOURS["C"]),
            ),
        )
        self.table.setAccessibleName(tr("One step back, three ways"))
        self.table.setToolTip(
            tr("The step back from x_t: with x₀ known (a Gaussian), with the data set known (a mixture of its images), and the network's")
        )
        self.models = NameBox(tr("Whose p_θ is shown; open others with File > Open or by dropping them"))
        self.models.setAccessibleName(tr("Network"))
        self.models.activated.connect(lambda index: self.network_chosen.emit(self.models.itemData(index)))
        self.likely = ImageChoice(theme, rows=1)
        self.likely.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.likely.setAccessibleName(tr("Likely images"))
        self.likely.setToolTip(tr("Training images with the largest weights w_i(x_t), the largest first"))
        self.known, self.distances = Rows(theme), Rows(theme)
        self._weights, self._count = QLabel(), QLabel()
        left, right = Card(theme), Card(theme)
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 12, 8)
        column.addWidget(self.table)
        self._fill(right)
        right.setFixedWidth(SIDE + 24)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(left, 1)
        row.addWidget(right)

    def _fill(self, card: Card) -> None:
        column = QVBoxLayout(card)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(heading(tr("with x₀ known")))
        for name in KNOWN:
            self.known.fact(name)
        column.addLayout(self.known)
        column.addWidget(heading(tr("distance to that mean")))
        for name in DISTANCES:
            self.distances.fact(name, tr("‖mean − μ̃‖ / σₜ, and half its square: the term L_{t−1} of the bound for this image"))
        column.addLayout(self.distances)
        column.addWidget(heading(tr("x₀ may be")))
        column.addWidget(self.likely)
        mark(self._weights, "faint")
        column.addWidget(self._weights)
        self._count.setWordWrap(True)
        column.addWidget(self._count)
        column.addWidget(heading(tr("network")))
        column.addWidget(self.models)
        self.note = QLabel()
        self.note.setWordWrap(True)
        mark(self.note, "muted")
        column.addWidget(self.note)
        column.addWidget(heading(tr("from xₜ")))
        self.x_t = PictureTile(self._theme)
        self.x_t.setFixedWidth(140)
        self.x_t.setToolTip(tr("The x_t that the step back starts from"))
        column.addWidget(self.x_t)
        column.addStretch(1)

    def show_entries(self, entries: Sequence[LibraryEntry], current: Lane | None) -> None:
        """Networks to choose from, the chosen one also where it is none of them; does not emit."""
        wanted = [(f"{e.name} · {PREDICTS.get(e.card.option or '', '')}" if e.card else e.name, e.sha256) for e in entries]
        if current is not None and current.checkpoint not in [e.sha256 for e in entries]:
            wanted.append((name_of(current.source), current.checkpoint))
        if wanted != [(self.models.itemText(i), self.models.itemData(i)) for i in range(self.models.count())]:
            self.models.clear()
            for name, sha256 in wanted:
                self.models.addItem(name, sha256)
        self.models.setEnabled(bool(entries))
        self.models.setCurrentIndex(-1 if current is None else self.models.findData(current.checkpoint))

    def show_image(self) -> None:
        """At t = 0 there is no step back."""
        self.table.show_pictures({}, {"known": tr("At t = 0 there is no step back: go to another t.")})
        self.likely.show_images(0, np.zeros((0, 1, 1, 3), np.uint8))
        self._say(dict.fromkeys(KNOWN, NOTHING), dict.fromkeys(DISTANCES, NOTHING))
        self._weights.setText(NOTHING)
        self._count.setText(NOTHING)
        self.note.setText("")
        self.x_t.show_picture(None, ())

    def show_step(self, shown: StepBackShown) -> None:
        """The three beliefs."""
        self.x_t.show_picture(squared(shown.x_t), (var("x", shown.t),))
        tiles, empty = {}, {}
        for name, belief in zip(COLUMNS, (shown.known, shown.exact, shown.network), strict=True):
            if belief is None:
                empty[name] = shown.note
                continue
            tiles.update({(row, name): tile for row, tile in belief.tiles.items()})
        self.table.show_pictures(tiles, empty)
        if shown.known_images:
            self.table.set_words("exact", tr("{known_images} images known", known_images=grouped(shown.known_images)))
        numbers = (number(shown.a0), number(shown.at), number(shown.sigma))
        distances = (_distance(shown.exact), _distance(shown.network))
        self._say(dict(zip(KNOWN, numbers, strict=True)), dict(zip(DISTANCES, distances, strict=True)))
        self.likely.show_images(0, shown.likely)
        self.likely.set_current(-1)
        self._weights.setText("  ".join(_share(w) for w in shown.weights.tolist()))
        self._count.setText(_count_words(shown.perplexity))
        self.note.setText(shown.note if shown.exact is not None else "")

    def _say(self, known: dict[str, str], distances: dict[str, str]) -> None:
        for rows, texts in ((self.known, known), (self.distances, distances)):
            for name, text in texts.items():
                rows.say(name, text)


def _distance(belief: Belief | None) -> str:
    if belief is None or not math.isfinite(belief.apart):
        return NOTHING
    return f"{short(belief.apart, 2)} σ · {nats(belief.nats)}"


def _share(weight: float) -> str:
    return f"{100 * weight:.0f} %" if weight >= 0.01 or weight == 0 else "<1 %"


def _count_words(perplexity: float) -> str:
    if not math.isfinite(perplexity):
        return ""
    if perplexity < 1.01:
        return tr("x_t leaves one image: the data set knows x₀.")
    count = f"{perplexity:.2f}" if perplexity < 10 else grouped(perplexity)
    return tr("As undecided as among {count} images (exp of the entropy of w).", count=count)
