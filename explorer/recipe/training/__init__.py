"""A training run: its settings, each described once, the recipe that a form makes of them, and the command that it is."""

from explorer.recipe.training.command import arguments
from explorer.recipe.training.recipe import ModelName, TrainRecipe, together
from explorer.recipe.training.setting import Kind
from explorer.recipe.training.settings import RunSettings, TrainOptions, TrainSettings
from explorer.recipe.training.words import knot_words, knots_of, widths_of

__all__ = [
    "Kind",
    "ModelName",
    "RunSettings",
    "TrainOptions",
    "TrainRecipe",
    "TrainSettings",
    "arguments",
    "knot_words",
    "knots_of",
    "together",
    "widths_of",
]
