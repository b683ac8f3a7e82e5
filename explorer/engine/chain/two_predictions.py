"""The two predictions that guidance weighs, at one state of a lane, made when they are asked for: a chain keeps only what it walked by."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from torch import Tensor

from explorer.diffusion.predictor import Labelled
from explorer.engine.chain.lanes import ChainLane


def two_eps(lane: ChainLane, k: int) -> Iterator[tuple[Tensor, Tensor] | None]:
    """eps_hat for the labels and eps_hat without a class, both (N, C, H, W) and unclipped, last; None at each cancel point before it.

    Nothing at all where the network in step k has no null label.
    """
    predictor = lane.leg(k).predictor
    pair = predictor.apart() if isinstance(predictor, Labelled) else None
    if pair is None:
        return
    t, step = lane.course.timesteps[k], lane.course.steps[k]
    for state in lane.show(k, "x_t"):
        if state is None:
            yield None
            continue
        x = state.to(lane.device)
    found, pace = [], lane.pace()
    for each in pair:
        said = yield from pace.step(partial(each.predict, x, t, step, clip=False))
        found.append(said.eps_hat.float().cpu())
        yield None
    yield found[0], found[1]
