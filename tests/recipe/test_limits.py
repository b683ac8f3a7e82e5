"""Of everything in a recipe there may be so much: exactly that is taken, and no more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from explorer.recipe import (
    MAX_BRANCHES,
    MAX_LANES,
    MAX_SAMPLES,
    MAX_SEED,
    BoundRecipe,
    Branch,
    ChainRecipe,
    Dab,
    Edit,
    FreshNoise,
    Inpaint,
    Lane,
    Paint,
    PlaneGrid,
    PlaneModel,
    PlaneRecipe,
    PriorSamples,
    Sampler,
    ScheduleChoice,
    Shown,
    Stroke,
    mask_of,
    picture_of,
)
from explorer.recipe import plane as planes
from explorer.recipe.chain import MAX_STEPS
from explorer.recipe.dabs import MAX_DAB_CORNERS, MAX_PAINT, MAX_RADIUS, MAX_SIDE
from explorer.recipe.edits import MAX_CORNERS, MAX_DABS, MAX_EDITS, MAX_REPEATS, MAX_STREAM, MAX_T
from explorer.recipe.forward import MAX_BATCH, MAX_KNOTS, MAX_MODES, MOST_T, Chain1D, ForwardRecipe, ForwardSchedule
from explorer.recipe.objective import MAX_IMAGES, MAX_STRATA
from explorer.recipe.training import TrainRecipe

HERE = (1.0, 1.0)
POINT, LONGEST = Dab((HERE,)), Dab((HERE,) * MAX_DAB_CORNERS)
MASK = mask_of(np.ones((2, 2), bool))
SQUARE = (-1.0, 1.0, -1.0, 1.0)


def lane(*edits: Edit) -> Lane:
    return Lane("ab" * 32, "c.safetensors", "C", edits=edits)


LIMITS: list[tuple[float, Callable[..., object]]] = [
    (MAX_LANES, lambda n: ChainRecipe((lane(),) * n)),
    (MAX_BRANCHES, lambda n: ChainRecipe(branches=(Branch(lane(FreshNoise(5))),) * n)),
    (MAX_SAMPLES, lambda n: ChainRecipe(samples=n)),
    (MAX_SEED, lambda n: ChainRecipe(seed=n)),
    (MAX_SEED, lambda n: Lane("a", "b", seed=n)),
    (MAX_STEPS, Sampler),
    (MAX_STEPS, lambda n: ScheduleChoice(T=n)),
    (64, lambda n: Branch(lane(FreshNoise(5)), "n" * n)),
    (MAX_EDITS, lambda n: lane(*[FreshNoise(500)] * n)),
    (MAX_T, FreshNoise),
    (MAX_STREAM, lambda n: FreshNoise(5, n)),
    (MAX_DABS, lambda n: Paint(5, (POINT,) * n)),
    (MAX_CORNERS, lambda n: Paint(5, (LONGEST,) * (n // MAX_DAB_CORNERS) + (POINT,) * (n % MAX_DAB_CORNERS))),
    (MAX_DAB_CORNERS, lambda n: Dab((HERE,) * n)),
    (4096, lambda n: Paint(5, (POINT,), samples=(0,) * n)),
    (4095, lambda n: Paint(5, (POINT,), samples=(n,))),
    (MAX_REPEATS, lambda n: Inpaint(5, MASK, n)),
    (MAX_RADIUS, lambda n: Dab((HERE,), n)),
    (MAX_PAINT, lambda n: Dab((HERE,), 1.0, n)),
    (MAX_PAINT, lambda n: Dab((HERE,), 1.0, -n)),
    (MAX_PAINT, lambda n: Dab((HERE,), 1.0, 0.0, n)),
    (MAX_PAINT, lambda n: Dab((HERE,), 1.0, 0.0, 0.0, (0.0, 0.0, n))),
    (MAX_SIDE, lambda n: mask_of(np.ones((n, 1), bool))),
    (MAX_SIDE, lambda n: mask_of(np.ones((1, n), bool))),
    (MAX_SIDE, lambda n: picture_of(np.zeros((1, n, 1), np.uint8))),
    (MAX_SIDE, lambda n: picture_of(np.zeros((1, 1, n), np.uint8))),
    (planes.MAX_CORNERS, lambda n: Stroke("S", (HERE,) * n)),
    (planes.MAX_FRAMES, lambda n: Stroke("S", (HERE,), n)),
    (planes.MAX_CELLS, lambda n: PlaneGrid(SQUARE, n, 1)),
    (planes.MAX_CELLS, lambda n: PlaneGrid(SQUARE, 1, n)),
    (planes.MAX_CELLS, lambda n: PlaneRecipe(codes=(HERE,) * n)),
    (planes.MAX_PRIOR_SAMPLES, PriorSamples),
    (planes.MAX_BESIDE, lambda n: PlaneRecipe(beside=(PlaneModel("a", "b"),) * n)),
    (planes.MAX_DIMENSIONS - 1, lambda n: planes.Slice(first=n)),
    (planes.MAX_DIMENSIONS - 1, lambda n: planes.Slice(second=n)),
    (MAX_IMAGES, lambda n: BoundRecipe(images=n)),
    (MAX_STRATA, lambda n: BoundRecipe(strata=n)),
    (MAX_LANES, lambda n: BoundRecipe((lane(),) * n)),
    (MAX_SEED, lambda n: BoundRecipe(seed=n)),
    (MAX_KNOTS, lambda n: ForwardSchedule(knots=tuple((i / (n - 1), 9.0 - i) for i in range(n)))),
    (MOST_T, lambda n: ForwardSchedule(T=n)),
    (MAX_MODES, lambda n: Chain1D((0.5,) * n)),
    (MOST_T, lambda n: Chain1D(leap=n)),
    (MAX_BATCH, lambda n: ForwardRecipe(batch=n)),
    (MAX_SEED, lambda n: ForwardRecipe(seed=n)),
    (MAX_STEPS, lambda n: Shown(t=n)),
    (MAX_LANES - 1, lambda n: Shown(reference=n)),
    (MAX_SEED, lambda n: TrainRecipe(seed=n)),
]


@pytest.mark.parametrize(("most", "made"), LIMITS)
def test_there_is_as_much_as_may_be_and_no_more(most: float, made: Callable[..., object]) -> None:
    made(most)
    with pytest.raises(ValueError, match=r"at most|1 to|2 to|in |samples|directions|at least"):
        made(most + 1)
