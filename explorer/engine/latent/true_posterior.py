"""The exact p(z|x) of what is encoded, beside which the encoder's q is seen."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch

from explorer.datasets.images import to_unit_range
from explorer.engine.arrays import read_only
from explorer.engine.aside import aside
from explorer.engine.desk import Desk
from explorer.engine.latent.encoded_picture import picture_for
from explorer.engine.latent.messages import PictureOffered
from explorer.engine.latent.plane import open_plane
from explorer.engine.latent.posterior_messages import ShowTruePosterior, TruePosteriorShown
from explorer.engine.models.exact_posterior import FirstCells, density_over, encoded, extent_of, last
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.variational.bound import bound
from explorer.variational.evidence import posterior


def show_true_posterior(request: ShowTruePosterior, desk: Desk) -> Steps:
    """Answer a ShowTruePosterior.

    Raises
    ------
    BadInput
        If the model has no codes of two dimensions, no q(z|x) or no p(x|z), or the picture cannot be read.
    """
    models, picture = desk.of(Models), request.picture
    plane = yield from open_plane(picture.path, picture.slice, models)
    model, config = plane.model, plane.model.config
    if config.code != 2 or not config.variational or not config.likelihood:
        raise BadInput(f"{plane.checkpoint.path}: p(z|x) is drawn of a VAE with two-dimensional codes and a stated p(x|z)")
    found = yield from aside(partial(picture_for, picture, plane.checkpoint))
    if isinstance(found, PictureOffered):
        return
    x = torch.from_numpy(to_unit_range(found.pixels[None])).to(models.device)
    q = encoded(model, x)
    value = bound(model, x, q)
    first = yield from last(desk.of(FirstCells).of(plane.checkpoint))
    exact = yield from last(posterior(model, x, first, q.mean[None]))
    extent = extent_of(exact, q)
    density = yield from density_over(model, x, exact, extent)
    sx, sy = np.sqrt(np.diag(exact.covariance)).tolist()
    mx, my = exact.mean.tolist()
    yield TruePosteriorShown(
        picture.path, exact.log_p, value.log_likelihood, value.kl, extent, read_only(density), (mx, my), (sx, sy)
    )  # fmt: skip
