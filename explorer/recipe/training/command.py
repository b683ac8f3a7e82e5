"""The command that a person would type for a recipe."""

from __future__ import annotations

from explorer.recipe.training.recipe import USUAL_WARMUP, TrainRecipe
from explorer.recipe.training.rows import Row, rows
from explorer.recipe.training.setting import TRAINED


def arguments(recipe: TrainRecipe, out: str) -> list[str]:
    """Arguments of `generative-explorer` that start this run in the folder `out`: what is not usual, and what everyone asks first."""
    made = ["train", recipe.kind, "--out", out]
    if recipe.is_ddpm:
        made += ["--option", recipe.model[0]]
    if recipe.model == "A all":
        made.append("--all-timesteps")
    if recipe.model == "hinton":
        made += ["--activation", "sigmoid"]
    for row in sorted(rows(TrainRecipe), key=_turn):
        value, usual = getattr(recipe, row.name), row.default
        if row.name == "warmup":
            value, usual = _warmup(recipe), USUAL_WARMUP
        if recipe.kind in row.about.kinds and row.about.said_if(recipe) and (row.about.always or value != usual):
            made += row.typed(value)
    return made


def _turn(row: Row) -> int:
    """What is always said, what any run has, what a kind of model has; and the warm-up, which follows from others."""
    if row.name == "warmup":
        return 3
    return 0 if row.about.always else 1 if set(row.about.kinds) >= set(TRAINED) else 2


def _warmup(recipe: TrainRecipe) -> int:
    if recipe.warmup is not None:
        return recipe.warmup
    return USUAL_WARMUP if recipe.steps is None else min(USUAL_WARMUP, recipe.steps // 10)
