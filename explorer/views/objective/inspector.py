"""The panel beside the objective: the selected image at the cursor, the terms there, and what is being measured."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.datasets.shipped import shipped
from explorer.engine.objective.messages import BoundShown, DenoisedShown, HeldOutShown
from explorer.recipe import BoundRecipe
from explorer.recipe.objective import MAX_IMAGES, MAX_STRATA
from explorer.state.objective import ObjectiveState
from explorer.views.objective.data_menu import data_words
from explorer.views.objective.figures import values_of
from explorer.views.objective.likelihood_section import LikelihoodSection
from explorer.views.shared.labels import lane_titles, short_titles
from explorer.views.shared.rows import NOTHING, Row, Rows, capitals, heading
from explorer.widgets.controls.number_fields import IntField, SeedField
from explorer.widgets.look.eliding_label import ElidingLabel
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.number_words import grouped
from explorer.widgets.look.style import give_menu, mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.picture_tile import PictureTile
from explorer.widgets.plots.bar_chart import significant

MARGIN = 14
ACROSS = 3
LABEL_WIDTH = 96
LEAST_ROOM, MENU_ROOM = 110, 36
"""What a button needs beside its words for the sign of its menu."""
CURVES = {"terms": tr("Lₜ₋₁ IN NATS"), "running": tr("SUM DOWN TO t, NATS"), "error": tr("ERROR OF x̂₀"), "excess": tr("EXCESS ERROR OF x̂₀")}
NOTE = tr(
    "L bounds −log p(x₀) from above. One timestep is drawn evenly from each of {strata} strata for each image, so every sum is unbiased "
    "from the first round on."
)


class ObjectiveInspector(QWidget):
    """Shows; its fields are read by the workspace when they are committed."""

    def __init__(self, theme: Theme, likelihood: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._column.setSpacing(8)
        self.title = self._heading(tr("Selected image"))
        self._tiles_box = QGridLayout()
        self._tiles_box.setSpacing(8)
        for column in range(ACROSS):
            self._tiles_box.setColumnStretch(column, 1)
        self.tiles: list[PictureTile] = []
        self._column.addLayout(self._tiles_box)
        self._column.addSpacing(4)
        self.at_cursor = self._heading(tr("At the cursor"))
        self._terms = self._rows()
        self._term_rows: list[tuple[Row, ElidingLabel, QLabel]] = []
        self._column.addSpacing(4)
        self._heading(tr("Measured"))
        self.facts = self._rows()
        self.images = IntField(
            1, MAX_IMAGES, tr("Images"), tr("How many images (of one image: draws) are measured. More go on from what is known.")
        )
        self.images.setSingleStep(16)
        self.bars = IntField(
            2, MAX_STRATA, tr("Bars"), tr("Into how many strata the timesteps are cut; t = 1 has its own. E: every timestep has")
        )
        self.seed = SeedField()
        self.seed.setToolTip(tr("Which images, timesteps and noise are drawn. The same seed gives every lane the same ones."))
        self.data = QPushButton(NOTHING)
        self.data.setToolTip(tr("Which images it is measured on: MNIST, emoji, a file or a folder of your own  (D)"))
        self.data.setAccessibleName(tr("Measured on"))
        give_menu(self.data, QMenu(self.data))
        self.data.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.facts.add(tr("data"), self.data)
        self.facts.add(tr("images"), self.images)
        self.facts.fact("of", tr("How many images there are to draw from"))
        self.facts.add(tr("bars"), self.bars)
        self.facts.add(tr("seed"), self.seed)
        self.facts.fact("done", tr("Images of complete rounds, and draws of each"))
        self.facts.fact("evaluated", tr("Images put through each network, over all timesteps"))
        self._note = QLabel()
        self._note.setWordWrap(True)
        mark(self._note, "faint")
        self._column.addWidget(self._note)
        self._column.addSpacing(4)
        self.likelihood = LikelihoodSection(theme, likelihood, LABEL_WIDTH)
        self._column.addWidget(self.likelihood)
        self._column.addStretch(1)

    def _heading(self, text: str) -> QLabel:
        label = heading(text)
        self._column.addWidget(label)
        return label

    def _rows(self) -> Rows:
        rows = Rows(self._theme, LABEL_WIDTH)
        self._column.addLayout(rows)
        return rows

    # --- what is shown ---

    def show_state(self, state: ObjectiveState) -> None:
        """The fields."""
        recipe = state.recipe
        self.images.show_value(recipe.images)
        self.bars.show_value(recipe.strata)
        self.seed.show_value(recipe.seed)
        self._names = lane_titles(recipe.lanes)
        self.at_cursor.setVisible(bool(self._names))
        self._note.setText(NOTE.format(strata=recipe.strata))
        while len(self._term_rows) < len(self._names):
            name, value = ElidingLabel(), QLabel(NOTHING)
            mark(name, "muted")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._term_rows.append((self._terms.row(name, value), name, value))
        for index, (row, name, value) in enumerate(self._term_rows):
            here = index < len(self._names)
            row.setVisible(here)
            if here:
                name.setText(self._names[index])
                name.setToolTip(self._names[index])
                value.setAccessibleName(tr("{names} at the cursor", names=self._names[index]))

    def show_bound(self, shown: BoundShown | None, state: ObjectiveState) -> None:
        """Terms at the cursor, and how much is measured."""
        by_lane = {bound.lane: bound for bound in shown.lanes} if shown is not None else {}
        where = tr("at the cursor")
        for lane, (_, _, value) in zip(state.recipe.lanes, self._term_rows, strict=False):
            bound = by_lane.get(lane)
            if bound is None:
                value.setText(NOTHING)
                continue
            if state.t > bound.T:
                value.setText(f"–  (T = {bound.T})")
                continue
            index = max(0, int((bound.starts <= state.t).sum()) - 1)
            values, errors = values_of(bound, state.curve)
            error = f" ± {significant(float(errors[index]), 1)}" if math.isfinite(float(errors[index])) else ""
            value.setText(f"{significant(float(values[index]))}{error}")
            first, last = int(bound.starts[index]), int(bound.starts[index] + bound.sizes[index] - 1)
            where = f"t = {first}" if first == last else f"t = {first} … {last}"
        self.at_cursor.setText(f"{CURVES[state.curve]}  ·  {where}" if by_lane else tr("AT THE CURSOR"))
        first_bound = shown.lanes[0] if shown is not None and shown.lanes else None
        one = state.recipe.image is not None
        done = (
            NOTHING
            if first_bound is None
            else tr("{rounds} draws", rounds=first_bound.rounds)
            if one
            else tr("{images} images, 1 draw each", images=first_bound.images)
        )
        self.facts.say("done", done)
        self.facts.say("evaluated", NOTHING if first_bound is None else tr("{seen} in each lane", seen=grouped(first_bound.seen)))

    def show_data(self, images: HeldOutShown | None, recipe: BoundRecipe, own: str) -> None:
        """Which images they are; `own` is the data that the first lane was trained on."""
        words_ = data_words(recipe, own)
        room = max(LEAST_ROOM, self.data.width() - MENU_ROOM)
        self.data.setText(self.data.fontMetrics().elidedText(words_, Qt.TextElideMode.ElideMiddle, room))
        if images is None or not images.name:
            self.facts.say("of", NOTHING)
            return
        kind = {"test": "held-out ", "train": "training "}[recipe.split] if shipped(images.name) is not None else ""
        self.facts.say(
            "of",
            tr("{known} {kind}images{value}", known=grouped(images.known), kind=kind, value=f", {images.taken}" if images.taken else ""),
        )

    def show_denoised(self, shown: DenoisedShown | None, class_name: str, state: ObjectiveState) -> None:
        """The image, x_t, and what every lane takes it for; `class_name` is empty where its class is not known."""
        lanes = state.recipe.lanes
        count = 0 if shown is None else 2 + len(shown.guesses)
        while len(self.tiles) < count:
            tile = PictureTile(self._theme)
            self._tiles_box.addWidget(tile, len(self.tiles) // ACROSS, len(self.tiles) % ACROSS)
            self.tiles.append(tile)
        for index, tile in enumerate(self.tiles):
            tile.setVisible(index < count)
        self.title.setVisible(shown is not None)
        if shown is None:
            return
        self.title.setText(
            tr("IMAGE {image}{class_name} · t = {t}", image=shown.image, class_name=class_name and f" · {capitals(class_name)}", t=shown.t)
        )
        self.tiles[0].show_picture(shown.clean, (var("x", 0),))
        self.tiles[1].show_picture(shown.noisy[0], (var("x", shown.timesteps[0]),))
        names = short_titles(lanes)
        for index, (guess, nats, t) in enumerate(zip(shown.guesses, shown.nats, shown.timesteps, strict=True)):
            name = names[index] if index < len(names) else ""
            tile = self.tiles[2 + index]
            tile.show_picture(guess, (var("x", 0, "hat"), words(f" {name}")))
            where = tr("this x_t") if t == shown.t else tr("its own x_{t}, the last of its schedule", t=t)
            tile.setToolTip(
                tr(
                    "x̂₀ of {name} from {where}: {nats} nats at this timestep, for this noise",
                    name=name,
                    where=where,
                    nats=significant(nats),
                )
            )
