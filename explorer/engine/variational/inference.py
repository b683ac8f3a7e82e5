"""The posterior of one image under a VAE of two-dimensional codes: exact, the encoder's, the best Gaussian, and one of the person's."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.noise import shared_noise
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.models.exact_posterior import FirstCells, density_over, encoded, extent_of, last
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.engine.variational.messages import BoundShown, PosteriorShown, QShown, ShowBound, ShowPosterior
from explorer.engine.variational.subject import Subject, opened, subject
from explorer.errors import BadInput
from explorer.latent.elbo import log_importance_weights, of_importance_weights
from explorer.models.roles import LatentModel
from explorer.recipe.variational import MOST_CODE, CodeGaussian, InferenceRecipe
from explorer.variational.bound import Bound, Family, bound, fitted
from explorer.variational.densities import Gaussian, gaussian
from explorer.variational.evidence import posterior

IWAE_DRAWS, IWAE_AT = 1000, (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Draws, and for how many at a time the bound is told: each divides them."""
DRAWS = 8


def show_posterior(request: ShowPosterior, desk: Desk) -> Steps:
    """Answer a ShowPosterior: what the encoder says first, then p(z|x), then the best Gaussians.

    Raises
    ------
    BadInput
        If the model has no codes of two dimensions or no q(z|x), or there is no such image.
    """
    of = yield from _subject(request.recipe, desk.of(Models))
    model, x = of.model, of.x
    q = encoded(model, x)
    told = _told(q, bound(model, x, q))
    empty = PosteriorShown(
        of.name, read_only(grey_tiles(x.cpu().numpy())[0]), of.label, math.nan, math.nan, (0.0, 0.0, 0.0, 0.0),
        read_only(np.zeros((0, 0), np.float32)), told, None, None, read_only(np.zeros((0, 2))), (math.nan,) * 2, (math.nan,) * 2, True,
    )  # fmt: skip
    yield empty
    first = yield from last(desk.of(FirstCells).of(of.checkpoint))
    exact = yield from last(posterior(model, x, first, q.mean[None]))
    extent = extent_of(exact, q)
    density = yield from density_over(model, x, exact, extent)
    iwae = _iwae(model, x)
    sd = np.sqrt(np.diag(exact.covariance)).tolist()
    known: dict[str, Any] = {
        "log_p": exact.log_p, "moved": exact.moved, "extent": extent, "density": read_only(density), "iwae": read_only(iwae),
        "mean": tuple(exact.mean.tolist()), "sd": tuple(sd),
    }  # fmt: skip
    yield replace(empty, **known)
    best: dict[str, Any] = dict.fromkeys(get_args(Family))
    for family in get_args(Family):
        for start in (exact.mode, q):
            found, value = yield from last(fitted(model, x, start, family))
            so_far = best[family]
            if so_far is None or value.value > so_far.elbo:
                best[family] = _told(found, value)
        yield replace(empty, **known, **best, partial=family != "full")


def show_bound(request: ShowBound, desk: Desk) -> Steps:
    """Answer a ShowBound (BadInput as `show_posterior`)."""
    of = yield from _subject(request.recipe, desk.of(Models))
    q = gaussian(request.q.mean, request.q.sd, request.q.correlation)
    found = _told(q, bound(of.model, of.x, q))
    noise = shared_noise(0, range(DRAWS), 0, (2,)).double().numpy()
    codes = np.concatenate([q.mean[None], q.mean + noise @ q.root.T]).astype(np.float32)
    tiles = grey_tiles(of.model.decode(torch.from_numpy(codes).to(of.x.device)).float().cpu().numpy())
    yield BoundShown(found, read_only(tiles[0].copy()), read_only(tiles[1:].copy()))


def _subject(recipe: InferenceRecipe, models: Models) -> Generator[None, None, Subject]:
    checkpoint = yield from opened(recipe.source, recipe.told, models)
    assert isinstance(checkpoint.network, LatentModel)
    config = checkpoint.network.config
    if config.code != 2 or not config.variational or not config.likelihood:
        raise BadInput(f"{checkpoint.path}: p(z|x) is drawn of a VAE with two-dimensional codes and a stated p(x|z)")
    return subject(checkpoint, recipe.image, models.device)


def _told(q: Gaussian, value: Bound) -> QShown:
    covariance = q.covariance
    sd = np.sqrt(np.diag(covariance))
    within = np.clip(q.mean, -MOST_CODE, MOST_CODE).tolist()
    spread = np.clip(sd, 1e-3, MOST_CODE).tolist()
    correlation = float(np.clip(covariance[1, 0] / (sd[0] * sd[1]), -0.999, 0.999))
    return QShown(CodeGaussian((within[0], within[1]), (spread[0], spread[1]), correlation), value.log_likelihood, value.kl)


def _iwae(model: LatentModel, x: Tensor) -> np.ndarray:
    """The bound with K samples for several K, as rows (K, value): the mean over all groups of K among the same draws.

    So nothing but K differs from row to row, and where one K divides another the larger has no smaller bound (Jensen).
    """
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(1, IWAE_DRAWS, model.config.code, generator=generator).to(x.device)
    weights = log_importance_weights(model, x, noise)[0].double()
    return np.array([(count, float(of_importance_weights(weights.reshape(-1, count)).mean())) for count in IWAE_AT])
