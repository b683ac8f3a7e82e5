"""What the checkpoint says of itself."""

from __future__ import annotations

from explorer.checkpoints.card import LatentCard
from explorer.engine.models.messages import LibraryEntry
from explorer.views.shared.rows import Rows, Section
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import number
from explorer.widgets.look.theme import Theme

CARD = {
    "name": tr("File name"),
    "kind": tr("VAE: codes are Gaussians with a prior. AE: codes are points."),
    "p(x|z)": tr("The decoder's distribution of a pixel in [0, 1]"),
    "codes": tr("Channels, height and width of a code in latent pixels, and of the images that they are decoded to"),
    "scale": tr("Planes are in raw latent units z, as the decoder takes them; a diffusion model over this autoencoder sees x"),
    "prior": tr("What the codes of images are against the prior"),
    "decoder": tr("What the decoder does to a code first"),
    "test ELBO": tr("Mean over MNIST's 10,000 test images"),
    "IWAE": tr("Importance-weighted bound, tighter than the ELBO"),
    "test error": tr("Mean squared error of a pixel in [0, 1] on the test images, through the mean code"),
    "trained": tr("Images seen while training"),
}


class CardSection(Section):
    """What the checkpoint says of itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(tr("checkpoint"))
        self.facts = Rows(theme)
        for name, tip in CARD.items():
            self.facts.fact(name, tip)
        self.column.addLayout(self.facts)

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
        iwae = next((tr("{value} nats ({draws} draws)", value=number(value, 1), draws=draws) for draws, value in bounds), "")
        error = metrics.get("test reconstruction error")
        is_graph = "encoder" in config  # which says whether there is one, and nothing of layers and likelihood
        layers = card.network.name if is_graph else tr("convolutional") if config.get("architecture") == "conv" else tr("fully connected")
        self.facts.say("name", entry.name)
        self._show_latent(card.latent)
        if card.latent is not None:
            self.facts.say("kind", f"{card.kind.upper()}, {card.latent.coder}")
            for name in ("p(x|z)", "test ELBO", "IWAE", "test error", "trained"):
                self.facts.say(name, "")
            return
        linear = card.network.name == "pca"
        self.facts.say("kind", tr("PCA: a linear AE") if linear else f"{card.kind.upper()}, {layers}")
        said = (
            likelihood
            if likelihood == "Bernoulli" and not linear
            else tr("Gaussian, variance {config:.3g}", config=config.get("variance", 0.1))
        )
        self.facts.say("p(x|z)", "" if is_graph else said)
        self.facts.say("test ELBO", tr("{metrics} nats", metrics=number(metrics["test ELBO"], 1)) if "test ELBO" in metrics else "")
        self.facts.say("IWAE", iwae)
        self.facts.say("test error", number(error, 4) if error is not None else "")
        training = card.training
        self.facts.say(
            "trained",
            tr("{images_seen:.1f} M images, {epochs} epochs", images_seen=training.images_seen / 1000000.0, epochs=training.epochs)
            if training
            else "",
        )

    def _show_latent(self, latent: LatentCard | None) -> None:
        """What is said of codes that are images of latent pixels."""
        said = dict.fromkeys(("codes", "scale", "prior", "decoder"), "")
        if latent is not None:
            code, image = (" × ".join(map(str, shape)) for shape in (latent.shape, latent.images))
            said["codes"] = tr("{code} for images of {image}", code=code, image=image)
            said["scale"] = tr("raw z; {scaling}", scaling=latent.scaling) if latent.scaling else tr("raw z, as diffusion models see it")
            said["prior"] = tr("N(0, I) says little of spatial codes: a diffusion model over them is their prior")
            said["decoder"] = tr("takes the nearest entry of its code book: constant between jumps") if latent.quantizes else ""
        for name, words in said.items():
            self.facts.say(name, words)
