"""What the checkpoint says of itself."""

from __future__ import annotations

from explorer.checkpoints.card import LatentCard
from explorer.engine.models.messages import LibraryEntry
from explorer.views.shared.rows import Rows, Section
from explorer.widgets.look.number_words import number
from explorer.widgets.look.theme import Theme

CARD = {
    "name": "File name",
    "kind": "VAE: codes are Gaussians with a prior. AE: codes are points.",
    "p(x|z)": "The decoder's distribution of a pixel in [0, 1]",
    "codes": "Channels, height and width of a code in latent pixels, and of the images that they are decoded to",
    "scale": "Planes are in raw latent units z, as the decoder takes them; a diffusion model over this autoencoder sees x",
    "prior": "What the codes of images are against the prior",
    "decoder": "What the decoder does to a code first",
    "test ELBO": "Mean over MNIST's 10,000 test images",
    "IWAE": "Importance-weighted bound, tighter than the ELBO",
    "test error": "Mean squared error of a pixel in [0, 1] on the test images, through the mean code",
    "trained": "Images seen while training",
}


class CardSection(Section):
    """What the checkpoint says of itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("checkpoint")
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
        iwae = next((f"{number(value, 1)} nats ({draws} draws)" for draws, value in bounds), "")
        error = metrics.get("test reconstruction error")
        is_graph = "encoder" in config  # which says whether there is one, and nothing of layers and likelihood
        layers = card.network.name if is_graph else "convolutional" if config.get("architecture") == "conv" else "fully connected"
        self.facts.say("name", entry.name)
        self._show_latent(card.latent)
        if card.latent is not None:
            self.facts.say("kind", f"{card.kind.upper()}, {card.latent.coder}")
            for name in ("p(x|z)", "test ELBO", "IWAE", "test error", "trained"):
                self.facts.say(name, "")
            return
        linear = card.network.name == "pca"
        self.facts.say("kind", "PCA: a linear AE" if linear else f"{card.kind.upper()}, {layers}")
        said = likelihood if likelihood == "Bernoulli" and not linear else f"Gaussian, variance {config.get('variance', 0.1):.3g}"
        self.facts.say("p(x|z)", "" if is_graph else said)
        self.facts.say("test ELBO", f"{number(metrics['test ELBO'], 1)} nats" if "test ELBO" in metrics else "")
        self.facts.say("IWAE", iwae)
        self.facts.say("test error", number(error, 4) if error is not None else "")
        training = card.training
        self.facts.say("trained", f"{training.images_seen / 1e6:.1f} M images, {training.epochs} epochs" if training else "")

    def _show_latent(self, latent: LatentCard | None) -> None:
        """What is said of codes that are images of latent pixels."""
        said = dict.fromkeys(("codes", "scale", "prior", "decoder"), "")
        if latent is not None:
            code, image = (" × ".join(map(str, shape)) for shape in (latent.shape, latent.images))
            said["codes"] = f"{code} for images of {image}"
            said["scale"] = f"raw z; {latent.scaling}" if latent.scaling else "raw z, as diffusion models see it"
            said["prior"] = "N(0, I) says little of spatial codes: a diffusion model over them is their prior"
            said["decoder"] = "takes the nearest entry of its code book: constant between jumps" if latent.quantizes else ""
        for name, words in said.items():
            self.facts.say(name, words)
