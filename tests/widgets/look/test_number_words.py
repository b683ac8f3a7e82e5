"""Numbers as they are written in the window."""

from __future__ import annotations

import pytest

from explorer.widgets.look.number_words import grouped, milliseconds, number, pair


def test_minus_signs_are_real_and_nothing_is_minus_zero() -> None:
    assert number(-1.25, 2) == "−1.25"
    assert number(-0.0004) == "0.000"
    assert pair(0.5, -2.0, 1) == "(0.5, −2.0)"


def test_digits_are_in_threes() -> None:
    assert grouped(-12345.25, 1) == "−12\u202f345.2"


@pytest.mark.parametrize(("value", "words"), [(0.416, "0.42 ms"), (3.14, "3.1 ms"), (23.6, "24 ms")])
def test_a_short_time_is_as_precise_as_it_is_worth(value: float, words: str) -> None:
    assert milliseconds(value) == words
