"""What the Variational workspace says in the status bar, page by page."""

from __future__ import annotations

from explorer.engine.variational.ladder_messages import Rung
from explorer.engine.variational.messages import PosteriorShown
from explorer.engine.variational.terms_messages import TermsShown, TestTermsShown
from explorer.recipe.forward import ForwardImage
from explorer.recipe.variational import MOST_STEPS
from explorer.state.edits import variational as edits
from explorer.state.variational import VariationalState
from explorer.views.variational.rung_words import rung_words
from explorer.views.workspace import Status
from explorer.widgets.look.language import tr


def of_kl(state: VariationalState) -> Status:
    """Which divergence is followed, and how far."""
    followed = "KL(q ‖ p)" if edits.fit_of(state).direction == "q||p" else "KL(p ‖ q)"
    return Status(tr("{followed} is followed, step {step} of {most_steps}", followed=followed, step=state.step, most_steps=MOST_STEPS))


def of_inference(image: ForwardImage, shown: PosteriorShown | None, trouble: str) -> Status:
    """log p(x), or what is waited for."""
    if trouble or shown is None:
        return Status(trouble or tr("finding p(z|x)"))
    if shown.partial:
        return Status(tr("finding p(z|x) and the best Gaussians"), 0, 1, cancellable=True)
    return Status(f"{_called(image)}: log p(x) = {shown.log_p:.2f} nats".replace("-", "−"))


def of_elbo(image: ForwardImage, shown: TermsShown | None, test: TestTermsShown | None, trouble: str) -> Status:
    """The bound of the image, or how many test images are measured."""
    if trouble or shown is None:
        return Status(trouble or tr("measuring the terms of the ELBO"))
    if test is not None and test.partial:
        return Status(tr("measuring the test images"), test.images, test.total, cancellable=True)
    return Status(f"{_called(image)}: ELBO = {shown.elbo:.2f} nats".replace("-", "−"))


def of_ladder(rung: Rung | None) -> Status:
    """Which network is shown."""
    return Status(tr("from AE to VAE") if rung is None else tr("from AE to VAE: {rung}", rung=rung_words(rung)))


def _called(image: ForwardImage) -> str:
    return tr("test image {index}", index=image.index) if image.picture is None else (image.picture.name or tr("your picture"))
