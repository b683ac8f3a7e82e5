"""What a run will take: its share of the processors; time and memory, from runs of the same settings that were seen."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from explorer.datasets.shipped import shipped
from explorer.engine.training.messages import TrainingMeasured
from explorer.processors import share
from explorer.recipe.training import TrainRecipe
from explorer.recipe.training.rows import rows
from explorer.training.runs import Run
from explorer.views.training.figures import clock
from explorer.widgets.look.language import tr

GIGABYTE = 2**30


def beside(recipes: tuple[TrainRecipe, ...], runs: Sequence[Run]) -> tuple[TrainRecipe, ...]:
    """The runs with as many threads as leave each other, and the runs at work, theirs; a number that was asked for stays."""
    at_work = sum(run.phase in ("starting", "running") for run in runs)
    processes = at_work + sum(recipe.devices for recipe in recipes)
    threads = share(processes) if processes > 1 else None
    return tuple(recipe if recipe.threads else msgspec.structs.replace(recipe, threads=threads) for recipe in recipes)


def alike(recipe: TrainRecipe, runs: Sequence[Run]) -> Run | None:
    """The newest run whose updates cost the same and were seen; options of a DDPM cost the same."""
    return next((run for run in runs if run.recipe is not None and _cost(run.recipe) == _cost(recipe) and speed_of(run) > 0), None)


def speed_of(run: Run) -> float:
    """Images a second: now, or as last seen."""
    if run.status is not None and run.status.images_per_second > 0:
        return run.status.images_per_second
    return run.launch.speed if run.launch is not None else 0.0


def unknown(recipe: TrainRecipe, runs: Sequence[Run], measured: TrainingMeasured | None) -> bool:
    """Whether nothing is known of such a run, and trying a few updates would tell."""
    known = alike(recipe, runs) is not None or (measured is not None and _cost(measured.recipe) == _cost(recipe))
    return not known and (shipped(recipe.dataset) is not None or recipe.size is not None)


def seconds_per_image(recipe: TrainRecipe, runs: Sequence[Run], measured: TrainingMeasured | None) -> float | None:
    """What an image of an update costs: in a run of the same settings, else as measured; None if nothing is known."""
    like = alike(recipe, runs)
    if like is not None:
        return 1 / speed_of(like)
    return measured.seconds_per_image if measured is not None and _cost(measured.recipe) == _cost(recipe) else None


def time_words(recipe: TrainRecipe, runs: Sequence[Run], count: int = 1, measured: TrainingMeasured | None = None) -> str:
    """For example "about 12:30, at the 850 images/s of 2026-01-02-ddpm-c"; without such a run, as measured here just now."""
    if recipe.steps == 0:
        return tr("the {count} images are fewer than one batch of {batch}", count=recipe.count, batch=recipe.batch)
    like = alike(recipe, runs)
    tried = like is None and measured is not None and _cost(measured.recipe) == _cost(recipe)
    if like is not None:
        speed, whose = speed_of(like), tr("the {speed_of:.0f} images/s of {name}", speed_of=speed_of(like), name=like.folder.name)
    elif tried and measured is not None:
        speed = 1 / measured.seconds_per_image
        whose = tr("{speed:.3g} images/s, as a few updates took now", speed=speed)
    else:
        return tr("trying a few updates…") if unknown(recipe, runs, measured) else tr("unknown until the images are read")
    if recipe.steps is None:
        return tr("unknown until the images are read; at {whose}", whose=whose)
    seconds = recipe.steps * recipe.batch / speed * (1 if like is not None and recipe.threads else count)
    together = tr(" for {count} runs that share this machine", count=count) if count > 1 else ""
    return tr("about {clock}{together}, at {whose}", clock=clock(seconds), together=together, whose=whose)


def memory_words(recipe: TrainRecipe, runs: Sequence[Run], count: int = 1, measured: TrainingMeasured | None = None) -> str:
    """For example "about 1.2 GB, as 2026-01-02-ddpm-c"."""
    like = alike(recipe, runs)
    if like is None or like.launch is None or not like.launch.memory:
        if measured is None or _cost(measured.recipe) != _cost(recipe):
            return tr("trying a few updates…") if unknown(recipe, runs, measured) else tr("unknown")
        return tr("about {memory:.1f} GB, from what an update keeps", memory=measured.memory / GIGABYTE * count)
    return tr("about {memory:.1f} GB, as {name}", memory=like.launch.memory / GIGABYTE * count, name=like.folder.name)


def _cost(recipe: TrainRecipe) -> tuple[object, ...]:
    model = recipe.model if recipe.model in ("A all", "vae", "ae", "hinton") else "ddpm"
    times = recipe.timesteps if recipe.model == "A all" else 0  # elsewhere an update is of one t for each image
    return (model, times, *(getattr(recipe, row.name) for row in rows(TrainRecipe) if row.about.costs))
