"""What a person can do to what is encoded."""

from __future__ import annotations

import pytest

from explorer.recipe import Dab, Encoded, PlaneRecipe
from explorer.state.edits import encoding as edits
from explorer.state.session import LatentState

DRAWN = (Dab(((1.0, 1.0),)),)


def state(encoded: Encoded, drawing: tuple[Dab, ...] = (), **fields: object) -> LatentState:
    """What is encoded, and whether the strip shows draws from its posterior."""
    return LatentState(PlaneRecipe(drawing=drawing, encoded=encoded), **fields)  # type: ignore[arg-type]


def test_one_thing_is_encoded_at_a_time_and_drawings_alone_are_centred() -> None:
    drawn = edits.draw(state(Encoded(image=3)), DRAWN)
    assert drawn == state(Encoded(centre=True), DRAWN)
    assert edits.encode_image(drawn, 5) == state(Encoded(image=5))
    assert edits.encode_file(drawn, "digit.png") == state(Encoded(picture="digit.png"))
    assert edits.encode_nothing(drawn) == state(Encoded())


def test_the_switch_is_of_this_picture_and_of_later_drawings_if_it_is_one() -> None:
    raw = edits.centre(edits.draw(state(Encoded()), DRAWN), False)
    assert not raw.recipe.encoded.centre
    assert not edits.draw(edits.encode_nothing(raw), DRAWN).recipe.encoded.centre
    image = edits.centre(state(Encoded(image=3)), True)
    assert edits.is_centred(image)
    assert not edits.is_centred(edits.encode_image(image, 4))
    empty = edits.centre(state(Encoded()), False)
    assert empty.recipe == state(Encoded()).recipe
    assert not edits.is_centred(edits.draw(empty, DRAWN))


@pytest.mark.parametrize(
    ("found", "is_something"),
    [(state(Encoded()), False), (state(Encoded(), DRAWN), True), (state(Encoded(image=0)), True), (state(Encoded(picture="x")), True)],
)
def test_whether_there_is_anything(found: LatentState, is_something: bool) -> None:
    assert edits.something(found) is is_something


def test_the_picture_is_resized_and_centred_and_the_drawing_stays() -> None:
    assert edits.resize(state(Encoded(picture="x"))) == state(Encoded(picture="x", resize=True))
    assert edits.centre(state(Encoded(), DRAWN), True) == state(Encoded(centre=True), DRAWN)


def test_draws_are_others_each_time_and_go_with_another_picture() -> None:
    once = edits.resample(state(Encoded(image=3), frame=7))
    assert once == state(Encoded(image=3, draws=0), strip="posterior")
    again = edits.resample(once)
    assert again.recipe.encoded.draws == 1
    assert edits.encode_image(again, 4).recipe.encoded == Encoded(image=4, draws=1), "the same draws of another picture"
    assert edits.encode_nothing(again).recipe.encoded == Encoded()
    assert edits.encode_image(state(Encoded(image=3, draws=1)), 4).recipe.encoded == Encoded(image=4), "the strip shows something else"
    assert edits.remove_draws(again).recipe.encoded == Encoded(image=3)
