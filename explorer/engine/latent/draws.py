"""Codes drawn at random, decoded and read."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.images import to_unit_range
from explorer.engine.arrays import read_only
from explorer.engine.aside import aside
from explorer.engine.desk import Desk
from explorer.engine.latent.batches import batch
from explorer.engine.latent.decoding import BLOCK
from explorer.engine.latent.encoded_picture import picture_for
from explorer.engine.latent.messages import CONFIDENT, CodesDrawn, DrawCodes, PictureOffered
from explorer.engine.latent.plane import OpenPlane, open_plane
from explorer.engine.latent.readings import readable, to_numpy
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.evaluation.prior import effective_number
from explorer.latent.posterior import draws_within
from explorer.latent.prior import prior_codes
from explorer.recipe import MAX_PRIOR_SAMPLES

READ_BLOCK = 8
"""Decodings read by the classifier between two cancel points."""


def draw_codes(payload: DrawCodes, desk: Desk) -> Steps:
    """Answer a DrawCodes (BadInput if there are too many, or what they are drawn around cannot be encoded)."""
    models = desk.of(Models)
    plane = yield from open_plane(payload.path, payload.slice, models, payload.told)
    if not 1 <= payload.count <= MAX_PRIOR_SAMPLES:
        raise BadInput(f"{payload.count} draws at once; 1 to {MAX_PRIOR_SAMPLES} are possible")
    z = yield from aside(partial(_drawn, payload, plane))
    parts = []
    for block in z.split(batch(plane.model, BLOCK)):
        parts.append(plane.model.decode(block))
        yield None
    images = torch.cat(parts)
    places, distances = (read_only(part.astype(np.float32)) for part in plane.slice.project(to_numpy(z)))
    tiles = read_only(grey_tiles(to_numpy(images)))
    unread = (read_only(np.zeros(0, np.uint8)), read_only(np.zeros(0, np.float32)), math.nan, math.nan)
    judge = models.judge()
    if judge is None or not readable(judge, images):
        yield CodesDrawn(payload.path, places, distances, tiles, *unread)
        return
    yield CodesDrawn(payload.path, places, distances, tiles, *unread, partial=True)
    shares = []
    for block in images.split(READ_BLOCK):
        shares.append(judge(block).float().softmax(1))
        yield None
    best, digits = torch.cat(shares).max(1)
    share = float((best > CONFIDENT).float().mean())
    kinds = effective_number((torch.bincount(digits) / len(digits)).tolist())
    read = (read_only(to_numpy(digits).astype(np.uint8)), read_only(to_numpy(best)), share, kinds)
    yield CodesDrawn(payload.path, places, distances, tiles, *read)


def _drawn(payload: DrawCodes, plane: OpenPlane) -> Tensor:
    """Codes (count, code) from the prior, or from within two standard deviations of a picture's posterior."""
    model = plane.model
    if payload.encoded is None:
        return prior_codes(payload.seed, range(payload.count), model.config.code, plane.device)
    found = picture_for(payload.encoded, plane.checkpoint)
    if isinstance(found, PictureOffered):
        raise BadInput(f"{found.name}: is not encoded yet; resize it first")
    mean, log_variance = model.encode(torch.from_numpy(to_unit_range(found.pixels[None])).to(plane.device))
    if log_variance is None:
        return mean.expand(payload.count, -1)
    draws = draws_within(to_numpy(mean), to_numpy((0.5 * log_variance).exp()), payload.count, payload.seed)
    return torch.from_numpy(draws.astype(np.float32)).to(plane.device)
