"""What a training run will cost: tried with real updates of the real networks."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.engine import Engine
from explorer.engine.training.messages import MeasureTraining, TrainingMeasured
from explorer.errors import BadInput
from explorer.recipe.training import TrainRecipe

SMALL = {"width": 8, "batch": 4}


def measured(recipe: TrainRecipe) -> TrainingMeasured:
    last = [outcome for outcome in Engine().handle(MeasureTraining(recipe)) if outcome is not None][-1]
    assert isinstance(last, TrainingMeasured)
    return last


@pytest.mark.parametrize(
    "recipe",
    [
        TrainRecipe("B", **SMALL, attention=True, skip="linear", loss="bound"),  # type: ignore[arg-type]
        TrainRecipe("B", **SMALL, skip="none"),  # type: ignore[arg-type]
        TrainRecipe("V", codes_of="mnist-vae-2d", codes="sample", units=16, depth=1, batch=4),
        TrainRecipe("vae", hidden=(16,), precision="bf16"),
        TrainRecipe("ae", architecture="conv", hidden=(8, 8, 16), batch=4),
        TrainRecipe("hinton", hidden=(16, 8), batch=4),
        TrainRecipe(dataset="/some/folder", size=16, **SMALL),  # type: ignore[arg-type]
    ],
)
def test_every_kind_of_run_can_be_tried(recipe: TrainRecipe) -> None:
    cost = measured(recipe)
    assert cost.recipe == recipe
    assert cost.seconds_per_image > 0
    assert cost.memory > 2**28


def test_memory_grows_with_the_batch_and_all_timesteps_are_so_many_images() -> None:
    few, many = (measured(TrainRecipe(width=8, batch=batch)).memory for batch in (4, 64))
    one = measured(TrainRecipe("A all", width=8, batch=1, timesteps=64)).memory
    per_image = (many - few) / 60
    assert per_image > 100_000, "the activations of a U-Net"
    assert one == pytest.approx(many, rel=0.02)


def test_it_changes_nobodys_chance() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    measured(TrainRecipe("vae", hidden=(16,), batch=4))
    assert torch.equal(torch.rand(2), expected)


def test_pictures_of_unknown_size_are_not_guessed() -> None:
    with pytest.raises(BadInput, match="not known before they are read"):
        measured(TrainRecipe(dataset="/some/folder"))
