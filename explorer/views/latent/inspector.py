"""The panel beside the plane: the decoding, what is selected, the encoded picture, the checkpoint."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.engine.messages import CodesDecoded, LibraryEntry, PictureEncoded
from explorer.latent.plane import log_prior
from explorer.latent.strokes import length
from explorer.recipe import MAX_FRAMES, Point, Stroke
from explorer.views.latent.actions import IconButton, LatentActions
from explorer.views.latent.controller import Probe
from explorer.views.latent.facts import Facts, number, pair
from explorer.widgets.number_fields import FloatField, IntField
from explorer.widgets.plane_picture import PlanePicture
from explorer.widgets.style import mark
from explorer.widgets.theme import Theme

MARGIN = 14
READING_FROM = 0.05
HINT = (
    "Double-click the plane to put a point there and drag it. Paint a stroke with the brush. "
    "Drop a picture on the window to see where the encoder puts it."
)


class LatentInspector(QWidget):
    """Shows; reports what the person changes.

    Signals
    -------
    renamed(str, str)
        Name before and after.
    placed(str, float, float)
        A point's coordinates were typed.
    frames_chosen(str, int)
    delete_wanted(str)
    """

    renamed = Signal(str, str)
    placed = Signal(str, float, float)
    frames_chosen = Signal(str, int)
    delete_wanted = Signal(str)

    def __init__(self, theme: Theme, actions: LatentActions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(8)
        self.probe = _ProbeSection(theme)
        self.selection = _SelectionSection()
        self.picture = _PictureSection(theme, actions)
        self.card = _CardSection()
        for section in (self.probe, self.selection, self.picture, self.card):
            column.addWidget(section)
        self.hint = QLabel(HINT)
        self.hint.setWordWrap(True)
        mark(self.hint, "faint")
        column.addWidget(self.hint)
        column.addStretch(1)
        self.selection.renamed.connect(self.renamed)
        self.selection.placed.connect(self.placed)
        self.selection.frames_chosen.connect(self.frames_chosen)
        self.selection.delete_wanted.connect(self.delete_wanted)

    def show_hint(self, on: bool) -> None:
        """What can be done, while nothing has been."""
        self.hint.setVisible(on)


class _Section(QWidget):
    """A heading and what is under it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 4)
        self.column.setSpacing(8)
        self.heading = QLabel(title.upper())
        mark(self.heading, "heading")
        self.column.addWidget(self.heading)

    def set_title(self, title: str) -> None:
        self.heading.setText(title.upper())


class _ProbeSection(_Section):
    """The decoding that is looked at, large, and what can be said of its code."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("under the pointer")
        self.picture = PlanePicture(theme, "Decoding")
        self.picture.setToolTip("Decoding of this code, the decoder's mean; values are fixed to [−1, 1]")
        self.facts = Facts({
            "z": "The code, in latent coordinates",
            "reads as": "How the digit classifier reads the decoding, with its probabilities",
            "log p(z)": "Density of the prior N(0, I) at the code, nats; an AE has no prior",
            "pixel": "Row and column of the pixel under the mouse, and its value in [−1, 1]",
        })  # fmt: skip
        self.column.addWidget(self.picture)
        self.column.addWidget(self.facts)
        self.facts.show_value("pixel", "—")
        self.picture.pixel_hovered.connect(self._show_pixel)
        self._decoded: CodesDecoded | None = None
        self._pixel: tuple[int, int] | None = None

    def show_probe(self, probe: Probe, variational: bool) -> None:
        """A code, with its decoding once it has come."""
        self.set_title(probe.title)
        self.facts.show_value("z", pair(probe.x, probe.y))
        self.facts.show_value("log p(z)", number(log_prior(probe.x, probe.y)) if variational else "no prior")
        decoded = probe.decoded
        if decoded is not self._decoded:
            self._decoded = decoded
            self.picture.set_tile(None if decoded is None else decoded.tiles[0])
            self.facts.show_value("reads as", "" if decoded is None else reading(decoded.readings[0] if decoded.readings else ()))
            self._show_pixel(self._pixel)

    def _show_pixel(self, pixel: tuple[int, int] | None) -> None:
        self._pixel = pixel
        if pixel is None or self._decoded is None:
            self.facts.show_value("pixel", "—")
            return
        values = " ".join(number(float(v), 2) for v in self._decoded.values[0, :, pixel[0], pixel[1]])
        self.facts.show_value("pixel", f"row {pixel[0]}, column {pixel[1]}: {values}")


def reading(classes: tuple[tuple[int, float], ...]) -> str:
    """The likeliest classes with their probabilities: "5 0.71 · 3 0.22"."""
    likely = [c for c in classes[:3] if c[1] >= READING_FROM] or list(classes[:1])
    return "  ·  ".join(f"{label}  {share:.2f}" for label, share in likely)


class _SelectionSection(_Section):
    """The selected point or stroke."""

    renamed = Signal(str, str)
    placed = Signal(str, float, float)
    frames_chosen = Signal(str, int)
    delete_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__("selected")
        self._item: Point | Stroke | None = None
        self.name = QLineEdit()
        self.name.setMaxLength(32)
        self.name.setAccessibleName("Name")
        self.name.setToolTip("Name of what is selected")
        self.delete = QPushButton("Delete")
        self.delete.setToolTip("Take it away (Delete)")
        self.across = FloatField(-1e6, 1e6, 0.1, "First coordinate", "First latent coordinate")
        self.up = FloatField(-1e6, 1e6, 0.1, "Second coordinate", "Second latent coordinate")
        self.frames = IntField(2, MAX_FRAMES, "Frames", "At how many even distances along the stroke it is decoded")
        self.note = QLabel("frames")
        mark(self.note, "muted")
        self.frames.setMinimumWidth(72)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.name, 1)
        first.addWidget(self.delete)
        for field in (self.across, self.up):
            field.setDecimals(3)
            field.setMinimumWidth(72)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # its range would ask for more
            second.addWidget(field, 1)
        second.addWidget(self.frames, 1)
        second.addWidget(self.note, 1)
        for row in (first, second):
            row.setSpacing(8)
            self.column.addLayout(row)
        self.name.editingFinished.connect(self._rename)
        self.delete.clicked.connect(self._delete)
        self.across.committed.connect(self._place)
        self.up.committed.connect(self._place)
        self.frames.committed.connect(self._choose_frames)
        self.setVisible(False)

    def show_item(self, item: Point | Stroke | None) -> None:
        """What is selected; None hides the section."""
        self._item = item
        self.setVisible(item is not None)
        if item is None:
            return
        point = isinstance(item, Point)
        self.set_title("selected point" if point else "selected stroke")
        if not self.name.hasFocus():
            self.name.setText(item.name)
        shown: dict[QWidget, bool] = {self.across: point, self.up: point, self.frames: not point, self.note: not point}
        for widget, visible in shown.items():
            widget.setVisible(visible)
        if isinstance(item, Point):
            self.across.show_value(round(item.x, 3))
            self.up.show_value(round(item.y, 3))
        else:
            self.frames.show_value(item.frames)
            self.set_title(f"selected stroke · length {number(length(item.path), 2)}")

    def _rename(self) -> None:
        if self._item is not None and self.name.text() != self._item.name:
            self.renamed.emit(self._item.name, self.name.text())
            self.name.setText(self._item.name if self._item is not None else "")

    def _delete(self) -> None:
        if self._item is not None:
            self.delete_wanted.emit(self._item.name)

    def _place(self) -> None:
        if self._item is not None:
            self.placed.emit(self._item.name, self.across.value(), self.up.value())

    def _choose_frames(self, frames: int) -> None:
        if self._item is not None:
            self.frames_chosen.emit(self._item.name, frames)


class _PictureSection(_Section):
    """An encoded picture, its reconstruction, and the terms of its ELBO."""

    def __init__(self, theme: Theme, actions: LatentActions) -> None:
        super().__init__("encoded")
        pictures = QHBoxLayout()
        pictures.setSpacing(8)
        self.input, self.output = PlanePicture(theme, "Picture"), PlanePicture(theme, "Reconstruction")
        self.input.setToolTip("The picture as the encoder sees it")
        self.output.setToolTip("Its reconstruction: the decoding of its mean code")
        for widget in (self.input, self.output):
            pictures.addWidget(widget, 1)
        self.column.addLayout(pictures)
        self.facts = Facts({
            "code": "The code of the picture",
            "q(z|x) mean": "Mean of the encoder's Gaussian q(z|x)",
            "σ": "Its standard deviations; the ellipses on the plane are one and two of them",
            "log p(x|z)": "Log likelihood of the picture's pixels, nats: for a VAE its mean over q(z|x)",
            "KL": "KL(q(z|x) ‖ N(0, I)), nats",
            "ELBO": "log p(x|z) − KL, nats: a lower bound of log p(x)",
        })  # fmt: skip
        self.column.addWidget(self.facts)
        self.dismiss = IconButton(actions.no_picture, "ph.x", theme, 20)
        mark(self.dismiss, "quiet")
        title = QHBoxLayout()
        self.column.removeWidget(self.heading)
        title.addWidget(self.heading, 1)
        title.addWidget(self.dismiss)
        self.column.insertLayout(0, title)
        self.setVisible(False)

    def show_picture(self, picture: PictureEncoded | None) -> None:
        """An encoded picture; None hides the section."""
        self.setVisible(picture is not None)
        if picture is None:
            return
        name = picture.name if len(picture.name) <= 24 else f"{picture.name[:12]}…{picture.name[-10:]}"
        self.heading.setText(f"ENCODED · {name}")
        self.heading.setToolTip(picture.name)
        self.input.set_tile(picture.tile)
        self.output.set_tile(picture.reconstruction)
        gaussian = picture.sigma is not None
        self.facts.show_value("code", "" if gaussian else pair(*picture.mean))
        self.facts.show_value("q(z|x) mean", pair(*picture.mean) if gaussian else "")
        self.facts.show_value("σ", pair(*picture.sigma) if picture.sigma is not None else "")
        self.facts.show_value("log p(x|z)", f"{number(picture.log_likelihood, 1)} nats")
        self.facts.show_value("KL", f"{number(picture.kl, 1)} nats" if math.isfinite(picture.kl) else "")
        self.facts.show_value("ELBO", f"{number(picture.log_likelihood - picture.kl, 1)} nats" if math.isfinite(picture.kl) else "")


class _CardSection(_Section):
    """What the checkpoint says of itself."""

    def __init__(self) -> None:
        super().__init__("checkpoint")
        self.facts = Facts({
            "name": "File name",
            "kind": "VAE: codes are Gaussians with a prior. AE: codes are points.",
            "p(x|z)": "The decoder's distribution of a pixel in [0, 1]",
            "test ELBO": "Mean over MNIST's 10,000 test images",
            "IWAE": "Importance-weighted bound, tighter than the ELBO",
            "test error": "Mean squared error of a pixel in [0, 1] on the test images, through the mean code",
            "trained": "Images seen while training",
        })  # fmt: skip
        self.column.addWidget(self.facts)

    def show_entry(self, entry: LibraryEntry | None) -> None:
        """A checkpoint's card; None hides the section."""
        self.setVisible(entry is not None and entry.card is not None)
        if entry is None or entry.card is None:
            return
        card = entry.card
        config = card.network.config
        likelihood = str(config.get("likelihood", "bernoulli")).title()
        metrics = {m.name: m.value for m in card.metrics}
        bounds = ((name.removeprefix("test IWAE-"), value) for name, value in metrics.items() if name.startswith("test IWAE-"))
        iwae = next((f"{number(value, 1)} nats ({draws} draws)" for draws, value in bounds), "")
        error = metrics.get("test reconstruction error")
        layers = "convolutional" if config.get("architecture") == "conv" else "fully connected"
        self.facts.show_value("name", entry.name)
        self.facts.show_value("kind", f"{card.kind.upper()}, {layers}")
        self.facts.show_value("p(x|z)", likelihood if likelihood == "Bernoulli" else f"Gaussian, variance {config.get('variance', 0.1):g}")
        self.facts.show_value("test ELBO", f"{number(metrics['test ELBO'], 1)} nats" if "test ELBO" in metrics else "")
        self.facts.show_value("IWAE", iwae)
        self.facts.show_value("test error", number(error, 4) if error is not None else "")
        training = card.training
        self.facts.show_value("trained", f"{training.images_seen / 1e6:.1f} M images, {training.epochs} epochs" if training else "")
