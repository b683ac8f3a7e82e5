"""Codes of images: of a data set's, and of one picture with what its posterior says of it."""

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
from explorer.engine.latent.codes import codes_of, held_out_image
from explorer.engine.latent.decoding import latent_of
from explorer.engine.latent.encoded_picture import picture_for
from explorer.engine.latent.messages import CodesShown, EncodeImages, EncodePicture, ImageShown, PictureEncoded, PictureOffered, ShowImage
from explorer.engine.latent.plane import open_plane, plane_model
from explorer.engine.latent.readings import place, read_digits, readable, to_numpy
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.latent.elbo import gaussian_kl, log_likelihood
from explorer.models.roles import LatentModel

POSTERIOR_DRAWS = 64
"""Draws of z for the reconstruction term of one picture."""


def encode_images(payload: EncodeImages, desk: Desk) -> Steps:
    """Answer an EncodeImages (BadInput if the checkpoint has no latent plane)."""
    models = desk.of(Models)
    plane = yield from open_plane(payload.path, payload.slice, models, payload.told)
    for codes in codes_of(plane.checkpoint, models.device, payload.limit, payload.images):
        if codes is None:
            yield None
        elif plane.model.config.code == 2:
            yield CodesShown(payload.path, codes.means, codes.sigmas, codes.labels, name=codes.name)
        else:
            places, distances = plane.slice.project(codes.means)
            spread = float(np.sqrt(np.mean(distances**2))) if len(distances) else 0.0
            origin, away = plane.slice.project(np.zeros((1, plane.model.config.code)))
            yield CodesShown(
                payload.path, read_only(places.astype(np.float32)), None, codes.labels, read_only(distances.astype(np.float32)),
                spread, plane.model.config.code, place(origin), float(away[0]), codes.name, plane.marks,
            )  # fmt: skip


def encode_picture(payload: EncodePicture, desk: Desk) -> Steps:
    """Answer an EncodePicture (BadInput if the picture cannot be read)."""
    models = desk.of(Models)
    plane = yield from open_plane(payload.path, payload.slice, models)
    model = plane.model
    found = yield from aside(partial(picture_for, payload, plane.checkpoint))
    if isinstance(found, PictureOffered):
        yield found
        return
    x = torch.from_numpy(to_unit_range(found.pixels[None])).to(models.device)
    mean, log_variance = model.encode(x)
    yield None
    sigma = None if log_variance is None else (0.5 * log_variance).exp()
    kl = math.nan if log_variance is None else float(gaussian_kl(mean, log_variance))
    again = model.decode(mean)
    places, distances = plane.slice.project(to_numpy(mean))
    covariance = None if sigma is None else plane.slice.project_covariances(to_numpy(sigma))[0]
    spread = None if covariance is None else (math.sqrt(covariance[0, 0]), math.sqrt(covariance[1, 1]))
    yield PictureEncoded(
        payload.path, found.name, place(places), spread,
        read_only(grey_tiles(to_numpy(x))[0]), read_only(grey_tiles(to_numpy(again))[0]),
        expected_log_likelihood(model, x, mean, sigma), kl, float(((x - again) / 2).square().mean()),
        None if covariance is None else (place(covariance[:1]), place(covariance[1:])), float(distances[0]),
        tuple(plane.slice.off(to_numpy(mean)[0]).tolist()), latent_of(model, to_numpy(mean)[0]), *_read(x, again, models),
    )  # fmt: skip


def _read(x: Tensor, again: Tensor, models: Models) -> list[tuple[tuple[int, float], ...]]:
    """What the digit classifier sees in both; nothing where there is none, or it was trained on other images."""
    judge = models.judge()
    return read_digits(judge, torch.cat([x, again])) if judge is not None and readable(judge, x) else []


def expected_log_likelihood(model: LatentModel, x: Tensor, mean: Tensor, sigma: Tensor | None) -> float:
    """E_q[log p(x|z)] of one image, nats: log p(x|z) at an AE's code, else a mean over the same draws each time.

    NaN if nothing is said of p(x|z).
    """
    if not model.config.likelihood:
        return math.nan
    if sigma is None:
        return float(log_likelihood(model, x, mean))
    noise = torch.randn(POSTERIOR_DRAWS, mean.shape[1], generator=torch.Generator().manual_seed(0)).to(mean.device)
    z = mean + sigma * noise
    return float(log_likelihood(model, x.expand(len(z), -1, -1, -1), z).mean())


def show_image(payload: ShowImage, desk: Desk) -> Steps:
    """Answer a ShowImage (BadInput if there is none of that number)."""
    models = desk.of(Models)
    plane_model(payload.path, models)
    image = yield from aside(partial(held_out_image, models.checkpoint(payload.path), payload.index))
    tile = grey_tiles(to_unit_range(image.pixels[None]))[0]
    yield ImageShown(payload.path, payload.index, read_only(tile), image.called)
