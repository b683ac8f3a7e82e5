"""The panel beside the Forward workspace: the image, the noise, the schedule, and x_t in numbers."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from explorer.engine.forward.messages import NoisedShown, ScheduleShown, TestImagesShown
from explorer.recipe import Dab, ForwardRecipe
from explorer.views.forward.plots.image_choice import ImageChoice
from explorer.views.forward.words import image_words, nats, number, schedule_words, short
from explorer.views.shared.rows import Rows, heading
from explorer.widgets.controls.actions import Actions
from explorer.widgets.controls.draw_pad import DrawPad
from explorer.widgets.controls.number_fields import IntField, SeedField
from explorer.widgets.look.math_text import var, words
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.histogram import Histogram

MARGIN = 12
PAD = 224


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
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(8)
        self.image_heading = heading("image")
        self.choice = ImageChoice(theme)
        self.index = IntField(0, 9999, "Test image", "Number of a test image of MNIST, 0 to 9,999")
        self.seed = SeedField()
        self.seed.setToolTip("Seed of all noise: the same seed gives the same ε at every step")
        self.histogram = Histogram(theme)
        self.histogram.setAccessibleName("Histogram of x_t")
        self.histogram.setToolTip(
            "How the values of x_t are spread, from −3 to 3.\nThe height is the cube root of the share of pixels; the line is N(0, 1)."
        )
        column.addWidget(self.image_heading)
        column.addWidget(self.choice)
        self.pad = DrawPad(theme)
        self.pad.setFixedHeight(PAD)
        self.pad.setToolTip("Draw an image: it is noised when you lift the pen. Right button or Shift: erase")
        self.pad.hide()
        self.pad.drawn.connect(self._drawn)
        column.addWidget(self.pad)
        column.addLayout(self._row(actions))
        column.addWidget(heading("noise"))
        column.addLayout(self._seed_row(actions["seed"]))
        self._values = {name: QLabel("–") for name in ("shape", "L_T", "ᾱ", "β", "snr", "mean", "variance")}
        column.addWidget(heading("schedule"))
        rows = Rows(theme)
        rows.add("shape", self._values["shape"])
        rows.add((var("L", "T"),), self._values["L_T"])
        self._values["L_T"].setToolTip("KL( q(x_T | x₀) ‖ N(0, I) ) of this image: how much of it is left in x_T")
        column.addLayout(rows)
        column.addWidget(heading("at this step"))
        rows = Rows(theme)
        for name, formula in (
            ("ᾱ", (var("α", "t", "bar"),)), ("β", (var("β", "t"),)), ("snr", (words("log SNR"),)),
            ("mean", (words("mean"),)), ("variance", (words("variance"),)),
        ):  # fmt: skip
            rows.add(formula, self._values[name])
        self._values["mean"].setToolTip("Of the values of this x_t; 0 in N(0, I)")
        self._values["variance"].setToolTip("Of the values of this x_t; 1 in N(0, I)")
        column.addLayout(rows)
        column.addWidget(heading("values of xₜ"))
        column.addWidget(self.histogram, 1)
        column.addStretch(0)
        self.choice.chosen.connect(self.index_chosen)
        self.index.committed.connect(self.index_chosen)
        self.seed.committed.connect(self.seed_committed)
        for field in (self.index, self.seed):
            field.released.connect(self.released)

    def _row(self, actions: Actions) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.index, 1)
        for name in ("random", "open", "paste", "draw"):
            row.addWidget(_button(actions[name]))
        return row

    def _seed_row(self, action: QAction) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.seed, 1)
        row.addWidget(_button(action))
        return row

    def _drawn(self, marks: tuple[Dab, ...]) -> None:
        if marks:
            self.drawn.emit(marks)

    def show_drawing(self, drawing: bool) -> None:
        """The pad in place of the test images."""
        if drawing and self.pad.isHidden():
            self.pad.set_drawing(())
        self.pad.setVisible(drawing)
        self.choice.setVisible(not drawing)

    def show_choices(self, choices: TestImagesShown) -> None:
        """Test images to choose from."""
        self.choice.show_images(choices.start, choices.tiles)
        self.index.setMaximum(max(0, choices.total - 1))

    def show_recipe(self, recipe: ForwardRecipe) -> None:
        """What the person chose."""
        own = recipe.image.picture is not None
        self.image_heading.setText(f"IMAGE · {image_words(recipe.image).upper()}"[:40])
        self.image_heading.setToolTip(image_words(recipe.image))
        self.choice.set_current(-1 if own else recipe.image.index)
        self.index.show_value(recipe.image.index)
        if recipe.image.picture is None or recipe.image.picture.name != "drawing":
            self.pad.set_drawing(())
        self.seed.show_value(recipe.seed)
        self._values["shape"].setText(schedule_words(recipe.schedule))

    def show_schedule(self, schedule: ScheduleShown) -> None:
        """What x_T is."""
        self._values["L_T"].setText(nats(schedule.image.kl))

    def show_noised(self, noised: NoisedShown) -> None:
        """x_t in numbers."""
        level = noised.alpha_bar
        snr = math.inf if level >= 1 else math.log(level) - math.log1p(-level)
        self._values["ᾱ"].setText(number(level))
        self._values["β"].setText(number(noised.beta) if noised.t else "–")
        self._values["snr"].setText(short(snr))
        self._values["mean"].setText(short(float(np.mean(noised.values))))
        self._values["variance"].setText(short(float(np.var(noised.values))))
        self.histogram.set_values(noised.values)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setIconSize(QSize(16, 16))
    button.setFixedSize(32, 28)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    return button
