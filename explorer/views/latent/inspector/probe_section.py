"""The decoding that is looked at, and what the checkpoint says of itself."""

from __future__ import annotations

from explorer.engine.latent.messages import CodesDecoded, CodesShown
from explorer.engine.models.messages import LibraryEntry
from explorer.latent.plane import log_prior
from explorer.views.latent.plane.plane_picture import PlanePicture
from explorer.views.latent.plane_view import Probe
from explorer.views.shared.facts import Facts, number, pair
from explorer.views.shared.rows import Section
from explorer.widgets.look.theme import Theme

READING_FROM = 0.05


class ProbeSection(Section):
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

    def show_probe(self, probe: Probe, variational: bool, codes: CodesShown | None = None, digits: int = 3) -> None:
        """A place, with its decoding once it has come; `codes` say where the plane lies in its latent space."""
        self.set_title(probe.title)
        self.facts.show_value("z", pair(probe.x, probe.y, digits))
        density = "" if codes is None else number(log_prior(probe.x, probe.y, codes.origin, codes.origin_distance, codes.dimensions))
        self.facts.show_value("log p(z)", density if variational else "no prior")
        decoded = probe.decoded
        if decoded is not self._decoded:
            self._decoded = decoded
            self.picture.set_tile(None if decoded is None else decoded.tiles[0])
            if decoded is None or decoded.readings:  # else it is still being read
                self.facts.show_value("reads as", "" if decoded is None else reading(decoded.readings[0]))
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


class CardSection(Section):
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
        linear = card.network.name == "pca"
        self.facts.show_value("kind", "PCA: a linear AE" if linear else f"{card.kind.upper()}, {layers}")
        self.facts.show_value(
            "p(x|z)", likelihood if likelihood == "Bernoulli" and not linear else f"Gaussian, variance {config.get('variance', 0.1):.3g}"
        )
        self.facts.show_value("test ELBO", f"{number(metrics['test ELBO'], 1)} nats" if "test ELBO" in metrics else "")
        self.facts.show_value("IWAE", iwae)
        self.facts.show_value("test error", number(error, 4) if error is not None else "")
        training = card.training
        self.facts.show_value("trained", f"{training.images_seen / 1e6:.1f} M images, {training.epochs} epochs" if training else "")
