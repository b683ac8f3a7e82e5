"""The panel beside the Forward workspace: the image, the noise, the schedule, and x_t in numbers."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.datasets.shipped import on_black
from explorer.engine.forward.messages import NoisedShown, ScheduleShown, TestImagesShown
from explorer.recipe import Dab, ForwardRecipe
from explorer.views.forward.data_button import DataButton
from explorer.views.forward.plane_controls import PlaneControls
from explorer.views.forward.words import image_words, nats, number, schedule_words, short
from explorer.views.shared.rows import NOTHING, Rows, capitals, heading
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.buttons import IconButton
from explorer.widgets.controls.draw_pad import DrawPad, Paper
from explorer.widgets.controls.labels import labels
from explorer.widgets.controls.number_fields import IntField, SeedField
from explorer.widgets.controls.pen_colours import PenColours
from explorer.widgets.look.language import tr
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.theme import Theme
from explorer.widgets.pictures.image_choice import ImageChoice
from explorer.widgets.plots.histogram import Histogram

MARGIN = 12
PAD = 224
HISTOGRAM = tr("How the values of x_t are spread, from −3 to 3.\nThe height is the cube root of the share of pixels; the line is N(0, 1).")


class ForwardInspector(QWidget):
    """Shows; reports what the person changes.

    Signals
    -------
    index_chosen(int)
        A test image.
    seed_committed(object)
    drawn(object)
        Marks of the brush: a tuple of Dab.
    released()
        Keys go back to the timeline.
    """

    index_chosen = Signal(int)
    seed_committed = Signal(object)
    drawn = Signal(object)
    released = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._source = "mnist"
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self._of_image, self.plane = QWidget(), PlaneControls(theme, actions)
        for part in (self._of_image, self.plane):
            whole.addWidget(part)
        self.plane.hide()
        self._column = QVBoxLayout(self._of_image)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.image_heading = self._heading(tr("image"))
        self.data = DataButton()
        self._column.addWidget(self.data)
        self.choice = ImageChoice(theme)
        self.index = IntField(0, 9999, tr("Test image"), tr("Number of a test image, from 0"))
        self.pad = DrawPad(theme)
        self.pad.setFixedHeight(PAD)
        self.pad.setToolTip(tr("Draw an image: it is noised when you lift the pen. Right button or Shift: erase"))
        self.pad.hide()
        self._column.addWidget(self.choice)
        self._column.addWidget(self.pad)
        self.colours = PenColours(theme)
        self.colours.chosen.connect(self.pad.set_colour)
        self._coloured = False
        self._column.addWidget(self.colours)
        self._add_field(self.index, *(actions[name] for name in ("random", "open", "paste", "draw")))
        self._heading(tr("noise"))
        self.seed = SeedField()
        self.seed.setToolTip(tr("Seed of all noise: the same seed gives the same ε at every step"))
        self._add_field(self.seed, actions["seed"])
        self._add_numbers()
        self.histogram = Histogram(theme)
        self.histogram.setAccessibleName(tr("Histogram of x_t"))
        self.histogram.setToolTip(HISTOGRAM)
        self._heading(tr("values of xₜ"))
        self._column.addWidget(self.histogram, 1)
        self._column.addStretch(0)
        self.pad.drawn.connect(self._drawn)
        self.choice.chosen.connect(self.index_chosen)
        self.index.committed.connect(self.index_chosen)
        self.seed.committed.connect(self.seed_committed)
        for field in (self.index, self.seed):
            field.released.connect(self.released)

    def _heading(self, text: str) -> QLabel:
        label = heading(text)
        self._column.addWidget(label)
        return label

    def _rows(self) -> Rows:
        rows = Rows(self._theme)
        self._column.addLayout(rows)
        return rows

    def _add_field(self, field: QWidget, *actions: QAction) -> None:
        """A field, and buttons beside it; several with their words below it: all would not fit."""
        row, buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight), QHBoxLayout()
        for each in (row, buttons):
            each.setSpacing(4)
        row.addWidget(field, 1)
        row.addLayout(buttons)
        several = len(actions) > 1
        for action in actions:
            buttons.addWidget(IconButton(action, width=32, under=several))
        self._column.addLayout(row)
        if several:
            self._several = row
            labels.changed.connect(self._fold)
            self._fold()

    def _fold(self) -> None:
        """The buttons below their field, while they have labels."""
        self._several.setDirection(QBoxLayout.Direction.TopToBottom if labels.on else QBoxLayout.Direction.LeftToRight)

    def _add_numbers(self) -> None:
        self._heading(tr("schedule"))
        self.schedule = self._rows()
        self.schedule.fact("shape")
        self.schedule.fact("L_T", tr("KL( q(x_T | x₀) ‖ N(0, I) ) of this image: how much of it is left in x_T"), (var("L", "T"),))
        self._heading(tr("at this step"))
        self.step = self._rows()
        self.step.fact("ᾱ", formula=(var("α", "t", "bar"),))
        self.step.fact("β", formula=(var("β", "t"),))
        self.step.fact("log SNR", formula=(words(tr("log SNR")),))
        self.step.fact("mean", tr("Of the values of this x_t; 0 in N(0, I)"), (words(tr("mean")),))
        self.step.fact("variance", tr("Of the values of this x_t; 1 in N(0, I)"), (words(tr("variance")),))

    def _drawn(self, marks: tuple[Dab, ...]) -> None:
        if marks:
            self.drawn.emit(marks)

    def show_page(self, page: str) -> None:
        """The points in the place of the image, where the page is about them."""
        self._of_image.setVisible(page != "plane")
        self.plane.setVisible(page == "plane")

    def show_drawing(self, drawing: bool) -> None:
        """The pad in place of the test images."""
        if drawing and self.pad.isHidden():
            self.pad.set_drawing(())
        self.pad.setVisible(drawing)
        self.choice.setVisible(not drawing)
        self.colours.setVisible(drawing and self._coloured)

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from, and what is drawn in their place."""
        self.choice.show_images(choices.start, choices.tiles)
        self.pad.set_paper(Paper(choices.shape, on_black(self._source, choices.shape[0]), tr("draw here")))
        self._coloured = choices.shape[0] == 3
        self.colours.setVisible(self._coloured and not self.pad.isHidden())
        self.index.setMaximum(max(0, choices.total - 1))
        self.data.show_taken(choices.taken)

    def show_recipe(self, recipe: ForwardRecipe) -> None:
        """What the person chose."""
        own = recipe.image.picture is not None
        self._source = recipe.image.dataset
        self.data.show_source(self._source, recipe.image.read)
        self.image_heading.setText(tr("IMAGE · {image_words}", image_words=capitals(image_words(recipe.image)))[:40])
        self.image_heading.setToolTip(image_words(recipe.image))
        self.choice.set_current(-1 if own else recipe.image.index)
        self.index.show_value(recipe.image.index)
        if recipe.image.picture is None or recipe.image.picture.name != "drawing":
            self.pad.set_drawing(())
        self.seed.show_value(recipe.seed)
        self.schedule.say("shape", schedule_words(recipe.schedule))

    def show_schedule(self, schedule: ScheduleShown) -> None:
        """What x_T is."""
        self.schedule.say("L_T", nats(schedule.image.kl))

    def show_noised(self, noised: NoisedShown) -> None:
        """x_t in numbers."""
        level = noised.alpha_bar
        snr = math.inf if level >= 1 else math.log(level) - math.log1p(-level)
        self.step.say("ᾱ", number(level))
        self.step.say("β", number(noised.beta) if noised.t else NOTHING)
        self.step.say("log SNR", short(snr))
        self.step.say("mean", short(float(np.mean(noised.values))))
        self.step.say("variance", short(float(np.var(noised.values))))
        self.histogram.set_values(noised.values)
