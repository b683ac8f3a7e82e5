"""What marks of the brush make on an empty picture."""

from __future__ import annotations

from explorer.recipe import Dab
from explorer.recipe.drawing import drawn

LINE = Dab(((4.0, 8.0), (12.0, 8.0)), 2.0, 0.0, colour=(1.0, -1.0, 0.2))


def test_a_mark_has_its_colour_where_there_are_three_channels_and_its_value_where_there_is_one() -> None:
    assert drawn((LINE,), (3, 16, 16), dark_ground=False)[:, 8, 8].tolist() == [255, 0, 153]
    assert drawn((LINE,), (1, 16, 16))[:, 8, 8].tolist() == [128]


def test_the_ground_is_black_or_white() -> None:
    assert drawn((LINE,), (3, 16, 16))[:, 0, 0].tolist() == [0, 0, 0]
    assert drawn((LINE,), (3, 16, 16), dark_ground=False)[:, 0, 0].tolist() == [255, 255, 255]


def test_a_later_mark_covers_an_earlier_one() -> None:
    over = Dab(((8.0, 4.0), (8.0, 12.0)), 2.0, -1.0)
    assert drawn((LINE, over), (3, 16, 16), dark_ground=False)[:, 8, 8].tolist() == [0, 0, 0]
