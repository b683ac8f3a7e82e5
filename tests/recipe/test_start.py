"""What chains start from, as recipes say it."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from explorer.recipe import Lane, picture_of
from explorer.recipe.start import Given, Inverted, NoiseOf, Start, given_of

PICTURE = picture_of(np.zeros((1, 4, 4), np.uint8), "seven.png")


def test_a_lane_with_a_start_is_read_again_and_one_without_is_as_it_was() -> None:
    lane = Lane("a" * 64, "c", "C", start=Start((NoiseOf(3, 7), Inverted(PICTURE, 20)), 9))
    assert msgspec.json.decode(msgspec.json.encode(lane), type=Lane) == lane
    assert b"start" not in msgspec.json.encode(Lane("a" * 64, "c", "C"))


def test_a_given_x_T_is_kept_to_the_last_bit() -> None:
    x_T = np.random.default_rng(0).standard_normal((2, 3, 5)).astype(np.float32)
    lane = Lane("a" * 64, "c", "C", start=Start((given_of(x_T),)))
    again = msgspec.json.decode(msgspec.json.encode(lane), type=Lane)
    assert again == lane
    assert again.start is not None
    (end,) = again.start.ends
    assert isinstance(end, Given)
    assert np.array_equal(end.array(), x_T)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (Start((Inverted(PICTURE),)), "inverted seven.png"), (Start((NoiseOf(3),)), "from sample 3"),
        (Start((NoiseOf(1, 2), Inverted(PICTURE)), 5), "5 stations from seed 2, sample 1 to seven.png"),
        (Start((NoiseOf(1), NoiseOf(2), NoiseOf(4))), "from 3 noises"), (Start((given_of(np.zeros((1, 2, 2))),)), "from a given x_T"),
    ],
)  # fmt: skip
def test_it_says_what_it_is(start: Start, words: str) -> None:
    assert start.words == words


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Start(()), lambda: Start((NoiseOf(),), 5), lambda: Start((NoiseOf(), NoiseOf(1)), 1), lambda: NoiseOf(-1),
        lambda: Given((1, 2, 2), bytes(15)), lambda: Given((0, 2, 2), b""), lambda: Given((2**11, 2**10, 1), bytes(2**23)),
        lambda: given_of(np.full((1, 2, 2), np.inf)), lambda: given_of(np.zeros((2, 2))),
        lambda: Inverted(PICTURE, 0), lambda: Inverted(PICTURE, rounds=99), lambda: NoiseOf(0, 2**63),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each says its own number
        wrong()
