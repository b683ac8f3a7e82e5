"""What the networks of the ladder are called, what they were trained to, and what is to be seen in them."""

from __future__ import annotations

from explorer.engine.variational.ladder_messages import Family, Rung
from explorer.widgets.look.language import tr

Q: dict[Family, str] = {
    "ae": tr("a point: the code itself"),
    "ae-sigma": tr("N(m(x), σ²), σ the same for all"),
    "vae-sigma": tr("N(m(x), σ²), σ the same for all"),
    "vae": tr("N(m(x), s(x)²), s its own"),
}
LESSONS: dict[Family, str] = {
    "ae": tr(
        "Nothing says where codes lie: they spread far beyond the circles of N(0, I), and the samples of the prior all fall into one small "
        "place among them. They may well read as digits, but look at how few kinds they are."
    ),
    "ae-sigma": tr(
        "Noise of one width on every code makes neighbours decode alike. But nothing keeps the codes near 0: they move so far apart that "
        "the noise no longer matters, and the samples of the prior fall into one place again."
    ),
    "vae-sigma": tr(
        "The KL pulls the codes towards the prior. With one width for all they keep at the distance that it takes to tell them apart, and "
        "the middle, where the samples of the prior fall, decodes to few kinds of digits."
    ),
    "vae": tr(
        "Each image has a width of its own, and β weighs the KL. Without it the codes escape as before; with some of it they fill the "
        "prior, and its samples are of several kinds; at 1 the loss is the ELBO; with much of it q(z|x) is the prior for every image: "
        "the code says nothing (posterior collapse)."
    ),
}


def rung_words(rung: Rung) -> str:
    """For example "AE, σ = 0.3" or "VAE, β = 4"."""
    if rung.family == "ae":
        return tr("AE, J (MSE)") if rung.squared else tr("AE")
    if rung.family == "ae-sigma":
        return tr("AE, σ = {sigma:g}", sigma=rung.sigma)
    if rung.family == "vae-sigma":
        return tr("VAE, σ = {sigma:g}", sigma=rung.sigma) if rung.beta == 1 else tr("σ = {s:g}, β = {b:g}", s=rung.sigma, b=rung.beta)
    return tr("VAE, β = {beta:g}", beta=rung.beta)


def loss_words(rung: Rung) -> str:
    """What it was trained to make small."""
    if rung.family == "ae":
        return "J = ‖x − x̂‖² / P" if rung.squared else "−log p(x|z)"
    beta = "" if rung.beta == 1 else f"{rung.beta:g} "
    return "−E[log p(x|z)]" if not rung.beta else f"−E[log p(x|z)] + {beta}KL"
