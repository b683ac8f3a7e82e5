"""What a run will take, from runs of the same settings that were seen; unknown where there are none."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.recipe.training import TrainRecipe
from explorer.training.runs import Run
from explorer.views.training.figures import clock

COST = (
    "model", "dataset", "size", "batch", "width", "attention", "architecture", "code", "hidden", "precision", "devices",
)  # fmt: skip
GIGABYTE = 2**30


def alike(recipe: TrainRecipe, runs: Sequence[Run]) -> Run | None:
    """The newest run whose updates cost the same and were seen; options of a DDPM cost the same."""
    return next((run for run in runs if run.recipe is not None and _cost(run.recipe) == _cost(recipe) and speed_of(run) > 0), None)


def speed_of(run: Run) -> float:
    """Images a second: now, or as last seen."""
    if run.status is not None and run.status.images_per_second > 0:
        return run.status.images_per_second
    return run.launch.speed if run.launch is not None else 0.0


def time_words(recipe: TrainRecipe, runs: Sequence[Run], count: int = 1) -> str:
    """For example "about 12:30, at the 850 images/s of 2026-01-02-ddpm-c"."""
    if recipe.steps == 0:
        return f"the {recipe.count} images are fewer than one batch of {recipe.batch}"
    like = alike(recipe, runs)
    if like is None:
        return "unknown until it runs: no run of this kind has been seen yet"
    speed = speed_of(like)
    if recipe.steps is None:
        return f"unknown until the images are read; {speed:.0f} images/s in {like.folder.name}"
    seconds = recipe.steps * recipe.batch / speed * count
    together = f" for {count} runs that share this machine" if count > 1 else ""
    return f"about {clock(seconds)}{together}, at the {speed:.0f} images/s of {like.folder.name}"


def memory_words(recipe: TrainRecipe, runs: Sequence[Run], count: int = 1) -> str:
    """For example "about 1.2 GB, as 2026-01-02-ddpm-c"."""
    like = alike(recipe, runs)
    if like is None or like.launch is None or not like.launch.memory:
        return "unknown until it runs"
    return f"about {like.launch.memory / GIGABYTE * count:.1f} GB, as {like.folder.name}"


def _cost(recipe: TrainRecipe) -> tuple[object, ...]:
    model = recipe.model if recipe.model in ("A all", "vae", "ae", "hinton") else "ddpm"
    times = recipe.timesteps if recipe.model == "A all" else 0  # elsewhere an update is of one t for each image
    return (model, times, *(getattr(recipe, name) for name in COST[1:]))
