"""What the window shows of branches: the tree, pictures to noise again, what survives; painting is a file of its own."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.datasets.images import load_images, read_picture, to_unit_range
from explorer.datasets.reading import Reading
from explorer.datasets.shipped import is_dark
from explorer.engine.arrays import read_only
from explorer.engine.aside import aside
from explorer.engine.chain.branches import BranchLane, made
from explorer.engine.chain.branching.messages import (
    FitPicture,
    PictureFitted,
    ShowSurvival,
    ShowTree,
    SurvivalShown,
    TreeShown,
    TreeTile,
)
from explorer.engine.chain.branching.painting import lane_of, tile_of
from explorer.engine.chain.chains import Chains
from explorer.engine.desk import Desk
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.latent.picture import fit_picture
from explorer.recipe import BackUp, Lane, picture_of

BEFORE_SIDE = 256


def show_tree(request: ShowTree, desk: Desk) -> Steps:
    """Answer a ShowTree: the newest state of every lane that has one."""
    chains = desk.of(Chains)
    tiles = []
    for key in request.keys:
        lane = chains.shown(key)
        if lane is None or not lane.begun or request.sample >= key.samples:
            continue
        for frame in lane.frame(lane.done):
            if frame is None:
                yield None
            else:
                tiles.append(TreeTile(key, lane.next_t, tile_of(frame.x[request.sample])))
    yield TreeShown(request.sample, tuple(tiles))


def fit(request: FitPicture, desk: Desk) -> Steps:
    """Answer a FitPicture, whether or not the lane is sampled yet (BadInput if the picture or the lane's file cannot be read)."""
    chains = desk.of(Chains)
    name = Path(request.path).name if request.path else "pasted picture"
    data = _data_name(request.key.lane, chains)
    if request.image is not None:
        raw, name = (yield from aside(partial(_test_image, data, request.image))), f"{data}:{request.image}"
    elif request.pixels is not None:
        raw = np.ascontiguousarray(np.atleast_3d(request.pixels).transpose(2, 0, 1), np.uint8)
    else:
        raw = yield from aside(partial(read_picture, Path(request.path), Reading(background=request.paper)))
    yield None
    shape = chains.models.image_shape(request.key.lane)
    dark = request.image is None and is_dark(data)
    try:
        fitted = fit_picture(raw, shape, dark)
    except ValueError as error:
        raise BadInput(f"{name}: {error}") from None
    size = (int(raw.shape[1]), int(raw.shape[2]))
    yield PictureFitted(
        name, size, len(raw) == 3 and bool((raw[0] != raw[1]).any() or (raw[0] != raw[2]).any()), shape, read_only(_small(raw)),
        tile_of(torch.from_numpy(to_unit_range(fitted))), picture_of(fitted, name),
    )  # fmt: skip


def _test_image(data: str, image: int) -> np.ndarray:
    """A test image of a data set that is here, (C, H, W), uint8 (BadInput if there is none such)."""
    known = load_images(data, "test")
    if image >= len(known.images):
        raise BadInput(f"{data}: has the test images 0 to {len(known.images) - 1:,}, not {image}")
    return np.asarray(known.images[image])


def _data_name(lane: Lane, chains: Chains) -> str:
    """The data set that a lane makes images of."""
    return lane.exact.dataset if lane.exact is not None else chains.models.checkpoint(lane.source, lane.told).card.data.name


def _small(raw: np.ndarray) -> np.ndarray:
    """Picture (C, H, W) as (H, W, 3), no side above BEFORE_SIDE."""
    picture = Image.fromarray(np.ascontiguousarray(np.broadcast_to(raw, (3, *raw.shape[1:])).transpose(1, 2, 0)))
    picture.thumbnail((BEFORE_SIDE, BEFORE_SIDE))
    return np.asarray(picture)


def show_survival(request: ShowSurvival, desk: Desk) -> Steps:
    """Answer a ShowSurvival (BadInput if the lane did not noise an image again, or is not sampled so far)."""
    chains = desk.of(Chains)
    lane = lane_of(request.key, chains)
    edits = request.key.lane.edits
    index = next((i for i in reversed(range(len(edits))) if isinstance(edits[i], BackUp)), None)
    if index is None or not isinstance(lane, BranchLane):
        raise BadInput("no image was noised again in this lane")
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
        request.key, request.sample, int(lane.timesteps[k]), tile_of(start[request.sample]), tile_of(now[request.sample]),
        float(distances[request.sample]), float(distances.mean()), _between(now, start),
    )  # fmt: skip


def _between(now: Tensor, start: Tensor) -> float:
    """Mean distance of each result to the image of the next sample, or to the next result where all images are one."""
    if len(now) < 2:
        return math.nan
    other = start if not torch.equal(start[0], start[1]) else now
    return float((now - other.roll(1, 0)).flatten(1).double().norm(dim=1).mean())
