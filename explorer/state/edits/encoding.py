"""What the person can do to what is encoded, one function a verb; all of it can be undone."""

from __future__ import annotations

import msgspec

from explorer.recipe import Dab, Encoded
from explorer.state.store import Store

PICTURE, IMAGE = "encode a picture", "encode a test image"
"""What undo calls them."""


def draw(store: Store, drawing: tuple[Dab, ...]) -> None:
    """Encode what is drawn on the pad."""
    _put(store, "draw", Encoded(centre=_now(store).centre), drawing)


def encode_file(store: Store, path: str) -> None:
    """Encode a picture file."""
    _put(store, PICTURE, Encoded(picture=path, centre=_now(store).centre))


def encode_image(store: Store, index: int) -> None:
    """Encode a test image."""
    _put(store, IMAGE, Encoded(image=index, centre=_now(store).centre))


def encode_nothing(store: Store) -> None:
    """Clear the pad, and take what is encoded off the plane."""
    _put(store, "clear the pad", Encoded(centre=_now(store).centre))


def resize(store: Store) -> None:
    """Fit the picture into the model's images."""
    _change(store, "resize the picture", resize=True)


def centre(store: Store, on: bool) -> None:
    """Bring what is encoded to MNIST's size and place, or leave it as it is."""
    _change(store, "centre the picture" if on else "leave the picture where it is", centre=on)


def resample(store: Store) -> None:
    """Draw codes from the posterior of what is encoded; again, others."""
    draws = _now(store).draws
    recipe = store.session.latent.recipe
    encoded = msgspec.structs.replace(recipe.encoded, draws=0 if draws is None else draws + 1)
    recipe = msgspec.structs.replace(recipe, encoded=encoded)
    store.update_latent("resample", "latent.resample", recipe=recipe, strip="posterior", frame=0)


def remove_draws(store: Store) -> None:
    """Take the draws from the posterior off the plane."""
    _change(store, "remove the draws", draws=None)
    store.update_latent(strip="stroke", frame=0)


def withdraw(store: Store, label: str) -> bool:
    """Undo what was encoded last, if that was the last change: whether it was."""
    if store.undo_label != label:
        return False
    store.undo()
    return True


def _now(store: Store) -> Encoded:
    return store.session.latent.recipe.encoded


def _put(store: Store, label: str, encoded: Encoded, drawing: tuple[Dab, ...] = ()) -> None:
    """Encode something else; draws from the posterior that was there go with it."""
    state = store.session.latent
    if state.strip == "posterior" and (drawing or encoded.image is not None or encoded.picture):
        encoded = msgspec.structs.replace(encoded, draws=state.recipe.encoded.draws)  # the same draws of another picture
    recipe = msgspec.structs.replace(state.recipe, drawing=drawing, encoded=encoded)
    store.update_latent(label, recipe=recipe)


def _change(store: Store, label: str, **fields: object) -> None:
    recipe = store.session.latent.recipe
    encoded = msgspec.structs.replace(recipe.encoded, **fields)
    store.update_latent(label, recipe=msgspec.structs.replace(recipe, encoded=encoded))
