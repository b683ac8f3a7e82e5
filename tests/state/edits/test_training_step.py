"""What a person can do to a training step laid open."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.recipe import Lane, picture_of
from explorer.recipe.step import MOST_UPDATES, StepRecipe
from explorer.state.edits import training_step as edits
from explorer.state.training import LAST_LINE, TrainingState


def test_another_step_begins_without_updates_and_is_in_front() -> None:
    state = TrainingState(recipe=StepRecipe(updates=4))
    for changed in (edits.with_step(state, t=10), edits.with_step(state, seed=1), edits.choose_image(state, 3, 100)):
        assert changed.recipe.updates == 0
        assert changed.page == "step"
    assert edits.with_step(state, t=state.recipe.t).recipe.updates == 4


def test_updates_stay_within_their_bounds() -> None:
    state = TrainingState()
    assert edits.update(state, 3).recipe.updates == 3
    assert edits.update(state, -1).recipe.updates == 0
    assert edits.update(state, 10**6).recipe.updates == MOST_UPDATES


def test_a_lanes_network_at_its_timestep_is_shown_whole() -> None:
    lane = Lane("a" * 64, "x.safetensors", "B")
    state = edits.of_lane(TrainingState(line=2), lane, 0)
    assert (state.recipe.checkpoint, state.recipe.source, state.recipe.t, state.line) == ("a" * 64, "x.safetensors", 1, LAST_LINE)


def test_images_are_counted_round_and_pictures_take_their_place() -> None:
    assert edits.choose_image(TrainingState(), 12, 10).recipe.image.index == 2
    assert edits.choose_image(TrainingState(), 12, 0) == TrainingState()
    picture = picture_of(np.zeros((1, 4, 4), np.uint8), "p")
    assert edits.take_picture(TrainingState(), picture).recipe.image.picture == picture


def test_lines_stay_within_the_algorithm() -> None:
    assert edits.go_to_line(TrainingState(), 12, 8).line == 8
    assert edits.go_to_line(TrainingState(), -3, 8).line == 1


@pytest.mark.parametrize("wrong", [{"t": 0}, {"seed": -1}, {"learning_rate": -1.0}, {"learning_rate": float("nan")}, {"updates": 201}])
def test_what_is_no_step_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"t is in|seed|learning rate|updates"):
        StepRecipe(**wrong)  # type: ignore[arg-type]


def test_the_line_is_one_of_the_algorithms() -> None:
    with pytest.raises(ValueError, match="lines"):
        TrainingState(line=10)
