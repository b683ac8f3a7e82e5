"""Painting and erasing as they are done: one sample under the brush, and a quick look at where it leads."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion import branches as walking
from explorer.diffusion.pixel_range import HERE, words
from explorer.diffusion.posterior import posterior
from explorer.engine.arrays import read_only
from explorer.engine.aside import paced
from explorer.engine.chain.branching.messages import ErasedShown, PaintShown, PreviewErase, PreviewPaint
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.edited_chain import Draws, drawn_anew, inpainting_of, marks_of
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.chain.messages import LaneKey
from explorer.engine.desk import Desk
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.recipe import Inpaint, coverage

GLIMPSE = 8
"""Steps from a painted state to the image that it leads to."""
MOST_REPEATS = 5
"""How often each of them is taken at the most where a region is made anew."""


def lane_of(key: LaneKey, chains: Chains) -> ChainLane:
    """The computed lane of a key (BadInput if it has no state, or its network is not to be had)."""
    return chains.computed(key)


def tile_of(values: Tensor) -> np.ndarray:
    """Picture (H, W, 3) uint8 of an image (C, H, W) in [-1, 1]."""
    return read_only(grey_tiles(values[None].float().cpu().numpy())[0])


def _place(request: PreviewPaint | PreviewErase, lane: ChainLane) -> int:
    """Index of the state that is painted on (BadInput if the lane has not come so far, or its states are codes)."""
    if lane.latent is not None:
        raise BadInput("this lane's states are codes, which are no pictures to paint on; branch with fresh noise or other settings instead")
    if lane.value_range != HERE:
        raise BadInput(f"this lane's pixels are in {words(lane.value_range)}, and colours in {words(HERE)}; branch in another way instead")
    k = walking.place(lane.course, min(request.t, lane.course.timesteps[0]))
    if lane.done < k or request.sample >= request.key.samples:
        raise BadInput(f"this lane has not been sampled to t = {request.t} yet")
    return k


def _state(lane: ChainLane, k: int, sample: int) -> Generator[None, None, tuple[Tensor, Tensor | None]]:
    """State k of one sample with its memory, as of `ChainLane.placed`; it yields at each cancel point."""
    for frame in lane.frame(k):
        if frame is None:
            yield None
        else:
            placed = lane.placed(frame, sample)
    return placed


def paint(request: PreviewPaint, desk: Desk) -> Steps:
    """Answer a PreviewPaint (BadInput if the lane has not come so far)."""
    lane, sample = lane_of(request.key, desk.of(Chains)), request.sample
    k = _place(request, lane)
    x, memory = yield from _state(lane, k, sample)
    leg, step, pace = lane.leg_of(k, sample), lane.course.steps[k], lane.pace()
    t = lane.course.timesteps[k]
    if request.on == "x_t":
        x = canvas = _under_brush(request, lane, x)
    before = image = (yield from pace.step(partial(leg.ask, x, t, step, memory))).x0_hat
    if request.on == "x0_hat":
        image = canvas = _under_brush(request, lane, before)
    shown = tile_of(canvas[0]), tile_of(image[0])
    yield PaintShown(request.key, t, sample, request.on, *shown, weight=step.a0)
    yield None
    count = 0
    for state in paced(_glimpse(lane, k, sample, x, image, partial(_painted_at, request, lane)), pace):
        if state is not None:
            x, count = state, count + 1
        yield None
    left = survival(x, image, before, request) if request.on == "x0_hat" else math.nan
    yield PaintShown(request.key, t, sample, request.on, *shown, tile_of(x[0]), count, left, step.a0)


def _painted_at(request: PreviewPaint, lane: ChainLane, k: int, image: Tensor) -> Tensor:
    """x0_hat of step k, painted where the marks go on so far."""
    goes_on = request.on == "x0_hat" and request.until is not None and lane.course.timesteps[k] >= request.until
    return _under_brush(request, lane, image) if goes_on else image


def survival(end: Tensor, painted: Tensor, before: Tensor, request: PreviewPaint) -> float:
    """How much of the marks is left in `end`, in [0, 1]: 1 - ||end - painted|| / ||before - painted|| over marked pixels.

    NaN where they change nothing.
    """
    marked = torch.zeros(end.shape[-2:], dtype=torch.bool, device=end.device)
    for dab in request.dabs:
        marked |= torch.from_numpy(coverage(dab, *end.shape[-2:]) >= 0.5).to(end.device)
    apart = float((before - painted)[..., marked].norm())
    return math.nan if apart == 0 else min(1.0, max(0.0, 1 - float((end - painted)[..., marked].norm()) / apart))


def _under_brush(request: PreviewPaint, lane: ChainLane, x: Tensor) -> Tensor:
    draws = Draws(request.key.seed, [request.sample], lane.image_shape, lane.device)
    return walking.painted(x, marks_of(request.dabs, draws), draws.noise(request.t, walking.BRUSH, request.stream))


def _glimpse(
    lane: ChainLane, k: int, sample: int, x: Tensor, image: Tensor, touched: Callable[[int, Tensor], Tensor]
) -> Generator[Tensor, None, None]:
    """States on a quick way to x_0 from state k, whose x0_hat is `image`: DDIM with eta = 0, evenly over what is left.

    `touched` makes of the x0_hat of a later step what the marks do to it.
    """
    levels = walking.alpha_bars(lane.course)
    for here, there in pairwise(walking.spread(k, lane.course.K, GLIMPSE)):
        step = posterior(levels[here], levels[there], 0.0)
        if here != k:
            image = touched(here, lane.leg_of(here, sample).ask(x, lane.course.timesteps[here], step, image).x0_hat)
        x = step.a0 * image + step.at * x
        yield x


def erase(request: PreviewErase, desk: Desk) -> Steps:
    """Answer a PreviewErase (BadInput if the lane has not come so far, or the mask is of another shape)."""
    lane, sample = lane_of(request.key, desk.of(Chains)), request.sample
    if (request.mask.height, request.mask.width) != lane.image_shape[1:]:
        raise BadInput(f"the mask is {request.mask.height} x {request.mask.width}, the images are {lane.image_shape[1:]}")
    k = _place(request, lane)
    x, memory = yield from _state(lane, k, sample)
    t = lane.course.timesteps[k]
    image = (yield from lane.pace().step(partial(lane.leg_of(k, sample).ask, x, t, lane.course.steps[k], memory))).x0_hat
    shown = request.key, t, sample, tile_of(x[0]), tile_of(image[0])
    yield ErasedShown(*shown)
    if not request.mask.array().any() or not lane.finished:
        return
    end = yield from _made_anew(request, lane)
    yield ErasedShown(*shown, tile_of(end[0]))


def _made_anew(request: PreviewErase, lane: ChainLane) -> Generator[None, None, Tensor]:
    """x_0 by RePaint over a few steps of the whole chain."""
    course, indices = lane.course, walking.spread(0, lane.course.K, GLIMPSE)
    edit = Inpaint(request.t, request.mask, min(request.repeats, MOST_REPEATS), request.known, stream=request.stream, anew=True)
    draws = Draws(request.key.seed, [request.sample], lane.image_shape, lane.device)
    kept: dict[int, Tensor] = {}
    end = torch.empty(0)
    for k in indices:
        kept[k], _ = yield from _state(lane, k, request.sample)
    inpainting = inpainting_of(edit, 0, course, draws, kept.__getitem__)
    leg = partial(lane.leg_of, sample=request.sample)
    walk = drawn_anew(edit, inpainting, course, draws, indices, leg, lane.key.lane.sampler.eta).states()
    for x in paced(walk, lane.pace()):
        end = end if x is None else x
        yield None
    return end
