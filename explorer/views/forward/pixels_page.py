"""Two pixels of x_t over a batch of images."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.engine.forward.messages import JointShown, NoisedShown
from explorer.recipe import ForwardRecipe
from explorer.recipe.forward import MAX_BATCH
from explorer.views.forward.plots.joint_plot import JointPlot
from explorer.views.forward.plots.pixel_picker import PixelPicker
from explorer.views.forward.words import nats, short
from explorer.views.shared.rows import Rows
from explorer.widgets.controls.number_fields import IntField
from explorer.widgets.controls.segments import Segment, SegmentBar
from explorer.widgets.look.card import Card
from explorer.widgets.look.language import tr
from explorer.widgets.look.style import mark
from explorer.widgets.look.theme import Theme
from explorer.widgets.plots.histogram import Histogram

CHANNEL_TIP = tr("The {0} of both pixels: every channel has noise of its own")
CHANNELS = tuple(
    Segment(name, word, CHANNEL_TIP.format(word)) for name, word in (("red", tr("red")), ("green", tr("green")), ("blue", tr("blue")))
)


class PixelsPage(QWidget):
    """The picker and the histogram to the left, the joint picture to the right.

    Signals
    -------
    batch_committed(int)
    channel_chosen(int)
        0 red, 1 green, 2 blue.
    """

    batch_committed = Signal(int)
    channel_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        left, right = Card(theme), Card(theme)
        self.picker = PixelPicker(theme)
        self.joint = JointPlot(theme)
        self.histogram = Histogram(theme)
        self.histogram.setMaximumHeight(220)
        self.histogram.setMinimumHeight(80)
        self.histogram.setAccessibleName(tr("Histogram of all pixels of x_t"))
        self.batch = IntField(2, MAX_BATCH, tr("Images"), tr("Over how many test images the two pixels are shown"))
        self.batch.setSingleStep(500)
        self.batch.committed.connect(self.batch_committed)
        rows = self.numbers = Rows(theme)
        for name in ("pixels", "mean", "sd", "correlation"):
            rows.fact(name)
        rows.fact("KL to N(0, I)", tr("Of the Gaussian with the points' mean and covariance: it does not see what of them is no Gaussian"))
        rows.add(tr("images"), self.batch)
        self.channel = SegmentBar(CHANNELS, tr("Channel"))
        self.channel.chosen.connect(lambda name: self.channel_chosen.emit([each.name for each in CHANNELS].index(name)))
        self.channel.hide()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        column.addWidget(_words(tr("Drag a and b to two pixels")))
        column.addWidget(self.picker, 3)
        column.addLayout(rows)
        column.addWidget(_words(tr("All pixels of this xₜ against N(0, 1)")))
        column.addWidget(self.histogram, 1)
        self._note = _words("")
        self._note.setWordWrap(True)
        down = QVBoxLayout(right)
        down.setContentsMargins(12, 12, 12, 8)
        down.addWidget(self.channel, 0, Qt.AlignmentFlag.AlignHCenter)
        down.addWidget(self.joint, 1)
        down.addWidget(self._note)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(left, 1)
        row.addWidget(right, 2)

    def show_recipe(self, recipe: ForwardRecipe) -> None:
        """What the person chose."""
        self.picker.set_pixels(recipe.pixels)
        self.batch.show_value(recipe.batch)
        self.channel.set_current(CHANNELS[recipe.channel].name)

    def show_data(self, shape: tuple[int, int, int], total: int) -> None:
        """Shape (C, H, W) of the test images, and how many there are."""
        self.channel.setVisible(shape[0] == 3)
        self.batch.setMaximum(max(2, min(MAX_BATCH, total)))

    def show_noised(self, noised: NoisedShown) -> None:
        """The image that is noised."""
        self.picker.set_picture(noised.tiles["x_t"])
        self.histogram.set_values(noised.values)

    def show_joint(self, joint: JointShown, recipe: ForwardRecipe) -> None:
        """The points."""
        self.joint.set_points(joint.points, joint.labels)
        a, b = recipe.pixels
        say = self.numbers.say
        say("pixels", f"a ({a[0]}, {a[1]}) · b ({b[0]}, {b[1]})")
        say("mean", f"{short(joint.mean[0])} · {short(joint.mean[1])}")
        say("sd", f"{short(joint.sd[0])} · {short(joint.sd[1])}")
        say("correlation", short(joint.correlation))
        say("KL to N(0, I)", nats(joint.kl))
        self._note.setText(
            tr("x₀: real images. Pixels beside each other go together, most are at the ends of their range, and nothing of it is Gaussian.")
            if joint.t == 0
            else tr("Every image shrinks towards 0 by √ᾱ, under noise of sd √(1 − ᾱ): what the pixels had to do with each other fades.")
        )


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    mark(label, "muted")
    return label
