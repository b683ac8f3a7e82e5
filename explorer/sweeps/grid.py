"""The recipes of a grid: "seed=0..99 steps=10,25,50,100" is every pair of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import msgspec

from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, Lane
from explorer.recipe.sweep import Setting, Value, parse_sweep, swept
from explorer.sweeps.task import MAX_RECIPES, FigureName, Task

EXAMPLE = "seed=0..99 steps=10,25,50,100"


def parse_grid(text: str) -> tuple[tuple[Setting, tuple[Value, ...]], ...]:
    """Settings and their values; none of an empty text.

    Raises
    ------
    BadInput
        If a word is no setting with its values, one comes twice, or there would be more than 10^6 recipes.
    """
    axes = tuple(parse_sweep(word, MAX_RECIPES) for word in text.split())
    names = [setting for setting, _ in axes]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"--grid: {twice} comes twice: write its values after one {twice}=, as in {EXAMPLE}")
    count = math.prod(len(values) for _, values in axes)
    if count > MAX_RECIPES:
        raise BadInput(f"--grid: {count:,} recipes are more than the {MAX_RECIPES:,} that a sweep can have: split it")
    return axes


def tasks_of(
    lanes: Sequence[Lane], axes: Sequence[tuple[Setting, tuple[Value, ...]]], samples: int, figure: FigureName | None
) -> Iterator[Task]:
    """Every lane under every combination of the values, the last setting fastest; a recipe each.

    Raises
    ------
    BadInput
        If a lane of its kind cannot have a setting.
    """
    for lane in lanes:
        for values in itertools.product(*(values for _, values in axes)):
            yield _task(lane, [(setting, value) for (setting, _), value in zip(axes, values, strict=True)], samples, figure)


def _task(lane: Lane, chosen: Sequence[tuple[Setting, Value]], samples: int, figure: FigureName | None) -> Task:
    seed = 0
    for setting, value in chosen:
        if setting == "seed":
            assert isinstance(value, int)
            seed = value  # of the recipe, as `sample --seed`
        else:
            try:
                (lane,) = swept(lane, setting, (value,))
            except ValueError as error:
                raise BadInput(f"--grid {setting}: {lane.source}: {error}") from None
    return Task(chain=ChainRecipe((msgspec.structs.replace(lane, seed=None),), seed, samples), figure=figure)
