"""What a person can do to what is encoded: state in, state out."""

from __future__ import annotations

import msgspec

from explorer.datasets.reading import Background
from explorer.recipe import Dab, Encoded
from explorer.state.session import LatentState

_replace = msgspec.structs.replace

PICTURE, IMAGE, NOTHING = "encode a picture", "encode a test image", "clear the pad"
"""What undo calls them: one that turns out not to be there is taken back by that name."""


def something(state: LatentState) -> bool:
    """Whether anything is to be encoded."""
    recipe = state.recipe
    return bool(recipe.drawing) or recipe.encoded.image is not None or bool(recipe.encoded.picture)


def draw(state: LatentState, drawing: tuple[Dab, ...]) -> LatentState:
    """What is drawn on the pad, centred if drawings are."""
    return _with(state, Encoded(centre=bool(drawing) and state.centre), drawing)


def encode_file(state: LatentState, path: str, background: Background = "white") -> LatentState:
    """A picture file, on that where it is transparent."""
    return _with(state, Encoded(picture=path, background=background))


def encode_image(state: LatentState, index: int) -> LatentState:
    """A test image."""
    return _with(state, Encoded(image=index))


def encode_nothing(state: LatentState) -> LatentState:
    """An empty pad, and nothing encoded on the plane."""
    return _with(state, Encoded())


def resize(state: LatentState) -> LatentState:
    """The picture fitted into the model's images."""
    return _change(state, resize=True)


def centre(state: LatentState, on: bool) -> LatentState:
    """What is encoded at MNIST's size and place, or as it is; of a drawing, or an empty pad, all later drawings, too."""
    later = state if state.recipe.encoded.image is not None or state.recipe.encoded.picture else _replace(state, centre=on)
    return _change(later, centre=on) if something(state) else later


def is_centred(state: LatentState) -> bool:
    """Whether what is encoded is centred; on an empty pad, what will be drawn."""
    return state.recipe.encoded.centre if something(state) else state.centre


def resample(state: LatentState) -> LatentState:
    """Codes drawn from the posterior of what is encoded; again, others."""
    draws = state.recipe.encoded.draws
    return _replace(_change(state, draws=0 if draws is None else draws + 1), strip="posterior", frame=0)


def remove_draws(state: LatentState) -> LatentState:
    """The draws from the posterior off the plane."""
    return _change(state, draws=None)


def _with(state: LatentState, encoded: Encoded, drawing: tuple[Dab, ...] = ()) -> LatentState:
    """Encode something else.

    Draws from the posterior that was there go with it, unless the strip shows them: then they are the same draws of the other picture.
    """
    before = state.recipe.encoded
    if state.strip == "posterior" and (drawing or encoded.image is not None or encoded.picture):
        encoded = _replace(encoded, draws=before.draws)
    return _replace(state, recipe=_replace(state.recipe, drawing=drawing, encoded=encoded))


def _change(state: LatentState, **fields: object) -> LatentState:
    return _replace(state, recipe=_replace(state.recipe, encoded=_replace(state.recipe.encoded, **fields)))
