"""What the Forward workspace's recipe takes, and what it refuses."""

from __future__ import annotations

import msgspec
import pytest

from explorer.diffusion.schedule_shapes import bent
from explorer.recipe import ForwardRecipe, Recipe, ScheduleChoice, decode_recipe, encode_recipe
from explorer.recipe.forward import Asides, Chain1D, ForwardImage, ForwardSchedule

KNOTS = ((0.0, 8.0), (0.4, 1.0), (1.0, -3.0))


def test_a_recipe_comes_back_from_its_text_with_its_control_points() -> None:
    recipe = Recipe(forward=ForwardRecipe(ForwardImage(7), ForwardSchedule("bent", 50, KNOTS), 3))
    assert decode_recipe(encode_recipe(recipe)) == recipe


def test_a_bent_schedule_is_one_that_lanes_have() -> None:
    choice = ForwardSchedule("bent", 50, KNOTS).choice
    assert choice.T == 50
    assert choice.betas == pytest.approx(bent(KNOTS, 50).betas)
    assert ForwardSchedule("cosine", 200).choice == ScheduleChoice("cosine", 200)


@pytest.mark.parametrize(
    ("make", "cause"),
    [
        (lambda: ForwardSchedule("linear", 3), "T must be"),
        (lambda: ForwardSchedule("bent", 50), "control point"),
        (lambda: ForwardSchedule("bent", 50, ((0.0, 1.0), (1.0, 5.0))), "control point"),
        (lambda: ForwardImage(-1), "index"),
        (lambda: ForwardRecipe(seed=-1), "seed"),
        (lambda: ForwardRecipe(pixels=((0, 0), (0, 999))), "pixels"),
        (lambda: ForwardRecipe(batch=1), "batch"),
        (lambda: Asides(x_sd=0.0), "standard deviations"),
        (lambda: Asides(z=float("nan")), "Gaussians"),
        (lambda: Asides(strength=2.0), "strength"),
        (lambda: Chain1D(()), "modes"),
        (lambda: Chain1D((9.0,)), "modes"),
        (lambda: Chain1D(sd=0.0), "sd"),
    ],
)
def test_what_cannot_be_is_refused(make: object, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        make()  # type: ignore[operator]


def test_a_session_file_cannot_bring_a_schedule_that_rises() -> None:
    text = b'{"schedule": {"shape": "bent", "T": 50, "knots": [[0, -5], [1, 5]]}}'
    with pytest.raises(msgspec.ValidationError, match="control points"):
        msgspec.json.decode(text, type=ForwardRecipe)
