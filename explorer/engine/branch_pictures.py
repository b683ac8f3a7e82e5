"""What the window shows of branches: the tree, painting as it is done, pictures to back up from, what survives."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.datasets.images import read_picture, to_unit_range
from explorer.diffusion import branches as walking
from explorer.diffusion.posterior import posterior
from explorer.engine.branches import BranchLane, Draws, made
from explorer.engine.chains import Chains
from explorer.engine.lanes import ChainLane, read_only
from explorer.engine.messages import (
    FitPicture,
    LaneKey,
    Outcome,
    PaintShown,
    PictureFitted,
    PreviewPaint,
    ShowSurvival,
    ShowTree,
    SurvivalShown,
    TreeShown,
    TreeTile,
)
from explorer.engine.pictures import grey_tiles
from explorer.errors import BadInput
from explorer.latent.picture import fit_picture
from explorer.recipe import BackUp, coverage, picture_of

Steps = Iterator[Outcome | None]
GLIMPSE = 8
"""Deterministic steps from a painted state to the image that it leads to."""
BEFORE_SIDE = 256
BranchPayload = ShowTree | PreviewPaint | FitPicture | ShowSurvival


def handle(payload: BranchPayload, chains: Chains) -> Steps:
    """Answer one of the requests; None is a cancel point.

    Raises
    ------
    BadInput
        If a lane is not sampled so far, is no branch, or a picture cannot be read.
    """
    match payload:
        case ShowTree():
            return _tree(payload, chains)
        case PreviewPaint():
            return _paint(payload, chains)
        case FitPicture():
            return _fit(payload, chains)
        case ShowSurvival():
            return _survival(payload, chains)


def _lane(key: LaneKey, chains: Chains) -> ChainLane:
    lane = chains.shown(key)
    if lane is None:
        raise BadInput("this lane has not been sampled yet")
    return lane


def _tile(values: Tensor) -> np.ndarray:
    return read_only(grey_tiles(values[None].float().cpu().numpy())[0])


def _tree(request: ShowTree, chains: Chains) -> Steps:
    tiles = []
    for key in request.keys:
        lane = chains.shown(key)
        if lane is None or not lane.begun or request.sample >= key.samples:
            continue
        for frame in lane.frame(lane.done):
            if frame is None:
                yield None
            else:
                tiles.append(TreeTile(key, lane.next_t, _tile(frame.x[request.sample])))
    yield TreeShown(request.sample, tuple(tiles))


def _paint(request: PreviewPaint, chains: Chains) -> Steps:
    lane = _lane(request.key, chains)
    k, sample = walking.place(lane.course, min(request.t, lane.course.timesteps[0])), request.sample
    if lane.done < k or sample >= request.key.samples:
        raise BadInput(f"this lane has not been sampled to t = {request.t} yet")
    x: Tensor | None = None
    for frame in lane.frame(k):
        if frame is None:
            yield None
        else:
            x = frame.x[sample : sample + 1].to(lane.device)
    assert x is not None
    leg, step = lane.leg(k), lane.course.steps[k]
    t = lane.course.timesteps[k]
    if request.on == "x_t":
        x = canvas = _under_brush(request, lane, x)
        image = leg.predictor.predict(x, t, step, leg.clip).x0_hat
    else:
        image = canvas = _under_brush(request, lane, leg.predictor.predict(x, t, step, leg.clip).x0_hat)
    shown = _tile(canvas[0]), _tile(image[0])
    yield PaintShown(request.key, t, sample, request.on, *shown)
    yield None
    count = 0
    for state in _glimpse(lane, k, x, image):
        x, count = state, count + 1
        yield None
    yield PaintShown(request.key, t, sample, request.on, *shown, _tile(x[0]), count)


def _under_brush(request: PreviewPaint, lane: ChainLane, x: Tensor) -> Tensor:
    _, height, width = lane.image_shape
    marks = [(torch.from_numpy(coverage(dab, height, width)), dab.value, dab.noise) for dab in request.dabs]
    draws = Draws(request.key.seed, [request.sample], lane.image_shape, lane.device)
    return walking.painted(x, marks, draws.noise(request.t, walking.BRUSH, request.stream))


def _glimpse(lane: ChainLane, k: int, x: Tensor, image: Tensor) -> Iterator[Tensor]:
    """States on a quick way to x_0 from state k, whose x0_hat is `image`: DDIM with eta = 0, evenly over what is left."""
    K = lane.course.K
    levels, indices = walking.alpha_bars(lane.course), np.unique(np.linspace(k, K, min(GLIMPSE, K - k) + 1).round().astype(int))
    for here, there in pairwise(indices):
        step = posterior(levels[here], levels[there], 0.0)
        if here != k:
            leg = lane.leg(int(here))
            image = leg.predictor.predict(x, lane.course.timesteps[here], step, leg.clip).x0_hat
        x = step.a0 * image + step.at * x
        yield x


def _fit(request: FitPicture, chains: Chains) -> Steps:
    name = Path(request.path).name if request.path else "pasted picture"
    if request.pixels is not None:
        raw = np.ascontiguousarray(np.atleast_3d(request.pixels).transpose(2, 0, 1), np.uint8)
    else:
        raw = read_picture(Path(request.path))
    yield None
    shape = _lane(request.key, chains).image_shape
    dark = chains.models.checkpoint(request.key.lane.source).card.data.name == "mnist" if request.key.lane.checkpoint else shape[0] == 1
    try:
        fitted = fit_picture(raw, shape, dark)
    except ValueError as error:
        raise BadInput(f"{name}: {error}") from None
    size = (int(raw.shape[1]), int(raw.shape[2]))
    yield PictureFitted(
        name, size, len(raw) == 3 and bool((raw[0] != raw[1]).any() or (raw[0] != raw[2]).any()), shape, read_only(_small(raw)),
        _tile(torch.from_numpy(to_unit_range(fitted))), picture_of(fitted, name),
    )  # fmt: skip


def _small(raw: np.ndarray) -> np.ndarray:
    """Picture (C, H, W) as (H, W, 3), no side above BEFORE_SIDE."""
    picture = Image.fromarray(np.ascontiguousarray(np.broadcast_to(raw, (3, *raw.shape[1:])).transpose(1, 2, 0)))
    picture.thumbnail((BEFORE_SIDE, BEFORE_SIDE))
    return np.asarray(picture)


def _survival(request: ShowSurvival, chains: Chains) -> Steps:
    lane = _lane(request.key, chains)
    edits = request.key.lane.edits
    index = next((i for i in reversed(range(len(edits))) if isinstance(edits[i], BackUp)), None)
    if index is None or not isinstance(lane, BranchLane):
        raise BadInput("this lane was not backed up from an image")
    edit = edits[index]
    assert isinstance(edit, BackUp)
    start: Tensor | None = None
    if edit.picture is not None:
        start = torch.from_numpy(to_unit_range(edit.picture.array()))[None].expand(request.key.samples, *lane.image_shape)
    else:
        source = lane.ancestor(index)
        for frame in made(source, source.course.K):
            if frame is None:
                yield None
            else:
                start = frame.x
    now: Tensor | None = None
    k = lane.nearest(0, "x0_hat")
    for now in lane.show(k, "x0_hat"):
        if now is None:
            yield None
    if start is None or now is None or start.shape != now.shape:
        raise BadInput("this branch has nothing to compare yet")
    distances = (now - start).flatten(1).double().norm(dim=1)
    yield SurvivalShown(
        request.key, request.sample, int(lane.timesteps[k]), _tile(start[request.sample]), _tile(now[request.sample]),
        float(distances[request.sample]), float(distances.mean()), _between(now, start),
    )  # fmt: skip


def _between(now: Tensor, start: Tensor) -> float:
    """Mean distance of each result to the image of the next sample, or to the next result where all images are one."""
    if len(now) < 2:
        return math.nan
    other = start if not torch.equal(start[0], start[1]) else now
    return float((now - other.roll(1, 0)).flatten(1).double().norm(dim=1).mean())
