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
        "Nothing says what lies between the codes, nor where they are: samples of the prior miss most of them. Watch how small the circles "
        "of N(0, I) are beside the codes."
    ),
    "ae-sigma": tr(
        "Noise on the code fills the gaps between neighbours, but without a prior the codes escape it: they move so far apart that "
        "the noise no longer matters, and the prior's samples are as lost as before."
    ),
    "vae-sigma": tr(
        "The KL to the prior pulls the codes together, against the noise that pushes them apart: now the samples of the prior land "
        "where codes are. But every image has the same width."
    ),
    "vae": tr(
        "Each image has a width of its own. β weighs the KL: with little of it codes are precise and leave gaps, at 1 the loss is "
        "the ELBO, with much of it q(z|x) becomes the prior and the code says nothing (posterior collapse)."
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
