"""How long a new run shall be: a quick look first of all, and sizes above it, by what an image costs on this machine."""

from __future__ import annotations

import msgspec

from explorer.datasets.shipped import shipped
from explorer.recipe.training import TrainRecipe
from explorer.state.training import Length
from explorer.views.training.figures import clock
from explorer.widgets.look.language import tr
from explorer.widgets.look.number_words import grouped

NAMES: dict[Length, str] = {
    "quick": tr("Quick look"), "quarter": tr("A quarter of an hour"), "hours": tr("Two hours"), "own": tr("As set below"),
}  # fmt: skip
SECONDS: dict[Length, float] = {"quick": 85.0, "quarter": 850.0, "hours": 7000.0}
"""Of updates; what starts and ends the process comes on top, so that a quick look is under two minutes."""


def fitted(recipe: TrainRecipe, length: Length, per_image: float, count: int = 1) -> TrainRecipe:
    """The run of a shipped data set with as many images as go into its length: a part of one epoch, or whole ones.

    Parameters
    ----------
    per_image : float
        Seconds of an update for each of its images.
    count : int
        Runs that share the machine.
    """
    known = shipped(recipe.dataset)
    if length not in SECONDS or known is None:
        return recipe
    images = int(SECONDS[length] / per_image / count)
    if images >= known.train:
        return msgspec.structs.replace(recipe, images=None, epochs=images // known.train)
    return msgspec.structs.replace(recipe, images=max(1, images // recipe.batch) * recipe.batch, epochs=1)


def length_words(recipe: TrainRecipe, length: Length, per_image: float | None, count: int = 1) -> str:
    """For example "Quick look · about 1:20, 34 048 images once"; without the time while nothing is known."""
    if length not in SECONDS or per_image is None:
        return NAMES[length]
    made = fitted(recipe, length, per_image, count)
    images = made.count or 0
    many = (
        tr("{epochs} epochs", epochs=made.epochs)
        if made.epochs > 1
        else tr("{images} images once", images=grouped(images))
        if made.images
        else tr("one epoch")
    )
    return tr("{names} · about {clock}, {many}", names=NAMES[length], clock=clock(images * made.epochs * per_image * count), many=many)
