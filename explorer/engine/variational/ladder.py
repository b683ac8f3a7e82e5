"""The page from AE to VAE: every network of the ladder on the same test images and the same samples of the prior."""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.card import Card, Metric
from explorer.checkpoints.files import Checkpoint
from explorer.checkpoints.ladder import OnLadder, ladder, paths
from explorer.datasets.images import to_unit_range
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.engine.variational.ladder_messages import (
    Family,
    LadderListed,
    ListLadder,
    ProbeShown,
    Rung,
    RungShown,
    ShowProbe,
    ShowRung,
)
from explorer.engine.variational.subject import held_out, subject
from explorer.errors import BadInput
from explorer.latent.plane import prior_radius
from explorer.latent.prior import prior_codes
from explorer.models.roles import LatentModel

CODES = 2000
"""Test images whose codes are drawn."""
BLOCK = 500
SAMPLES = 48
NEARLY_ALL = 0.001
"""Share of the codes that may lie outside of the picture at each side."""
MARGIN = 1.08


def list_ladder(request: ListLadder, desk: Desk) -> Steps:
    """Answer a ListLadder."""
    yield LadderListed(tuple(_rung(each) for each in ladder()))


def show_rung(request: ShowRung, desk: Desk) -> Steps:
    """Answer a ShowRung.

    Raises
    ------
    BadInput
        If there is no such network, or no such image.
    """
    models = desk.of(Models)
    checkpoint = yield from _opened(request.rung, models)
    model = checkpoint.network
    assert isinstance(model, LatentModel)
    of = subject(checkpoint, request.image, models.device)
    data = held_out(checkpoint)
    codes, sigmas = [], []
    for start in range(0, min(CODES, len(data.images)), BLOCK):
        x = torch.from_numpy(to_unit_range(data.images[start : start + BLOCK])).to(models.device)
        mean, log_variance = model.encode(x)
        codes.append(mean.float().cpu().numpy())
        if log_variance is not None:
            sigmas.append((0.5 * log_variance).exp().float().cpu().numpy())
        yield None
    mean, log_variance = model.encode(of.x)
    sigma = torch.zeros_like(mean) if log_variance is None else (0.5 * log_variance).exp()
    z = prior_codes(request.seed, range(SAMPLES), 2)
    samples = model.decode(z.to(models.device))
    digits, confidences = _read(samples, models)
    places = np.concatenate(codes)
    labels = np.zeros(0, np.uint8) if data.labels is None else data.labels[: len(places)].astype(np.uint8)
    yield RungShown(
        request.rung, read_only(places), read_only(np.concatenate(sigmas) if sigmas else np.zeros((0, 2), np.float32)), read_only(labels),
        _extent(places), read_only(grey_tiles(of.x.float().cpu().numpy())[0]), read_only(grey_tiles(_numpy(model.decode(mean)))[0]),
        _pair(mean), _pair(sigma), of.label, read_only(z.numpy()), read_only(grey_tiles(_numpy(samples))), digits, confidences,
    )  # fmt: skip


def show_probe(request: ShowProbe, desk: Desk) -> Steps:
    """Answer a ShowProbe (BadInput if there is no such network)."""
    models = desk.of(Models)
    checkpoint = yield from _opened(request.rung, models)
    model = checkpoint.network
    assert isinstance(model, LatentModel)
    image = model.decode(torch.tensor([request.code], dtype=torch.float32, device=models.device))
    digits, confidences = _read(image, models)
    read = (int(digits[0]), float(confidences[0])) if len(digits) else (-1, math.nan)
    yield ProbeShown(request.rung, request.code, read_only(grey_tiles(_numpy(image))[0]), *read)


def _opened(name: str, models: Models) -> Generator[None, None, Checkpoint]:
    known = paths()
    if name not in known:
        raise BadInput(f"{name}: is no network of the ladder ({', '.join(known) or 'none is installed'})")
    checkpoint = yield from models.opened_aside(str(known[name]))
    network = checkpoint.network
    if not isinstance(network, LatentModel) or network.config.code != 2:
        raise BadInput(f"{checkpoint.path}: a network of the ladder has an encoder, a decoder and codes of two dimensions")
    return checkpoint


def _read(images: Tensor, models: Models) -> tuple[np.ndarray, np.ndarray]:
    """Digits, and their probabilities, by the digit classifier; empty where there is none for such images."""
    judge = models.judge()
    if judge is None or judge.image_shape != tuple(images.shape[1:]):
        return read_only(np.zeros(0, np.uint8)), read_only(np.zeros(0, np.float32))
    best, digits = judge(images).float().softmax(1).max(1)
    return read_only(digits.cpu().numpy().astype(np.uint8)), read_only(best.cpu().numpy())


def _extent(codes: np.ndarray) -> tuple[float, float, float, float]:
    """A square about the codes, but for a few far out, and about 99 % of the prior."""
    radius = prior_radius(0.99)
    low = np.minimum(np.quantile(codes, NEARLY_ALL, axis=0), -radius)
    high = np.maximum(np.quantile(codes, 1 - NEARLY_ALL, axis=0), radius)
    middle, half = (low + high) / 2, MARGIN * float((high - low).max()) / 2
    return float(middle[0] - half), float(middle[0] + half), float(middle[1] - half), float(middle[1] + half)


def _rung(of: OnLadder) -> Rung:
    card = of.card
    config = card.network.config
    sigma = float(config.get("sigma", 0.0))
    beta = float(config.get("beta", 1.0)) if card.kind == "vae" else 0.0
    family: Family = "ae" if card.kind == "ae" else "vae" if not sigma else "vae-sigma" if beta else "ae-sigma"
    error, elbo, share = (_metric(card, name) for name in ("test reconstruction error", "test ELBO", "confident prior samples"))
    details = {} if elbo is None else elbo.details
    active = details.get("active_units")
    return Rung(
        of.name, family, sigma, beta, config.get("likelihood") == "gaussian", _value(error), _value(elbo),
        float(details.get("kl", math.nan)), tuple(map(float, details.get("kl_per_dimension", ()))),
        active if isinstance(active, int) else -1, _value(share),
        math.nan if share is None or share.reference is None else share.reference,
        math.nan if share is None else float(share.details.get("effective_digits", math.nan)),
    )  # fmt: skip


def _metric(card: Card, name: str) -> Metric | None:
    return next((metric for metric in card.metrics if metric.name == name), None)


def _value(metric: Metric | None) -> float:
    return math.nan if metric is None else metric.value


def _numpy(images: Tensor) -> np.ndarray:
    return images.float().cpu().numpy()


def _pair(values: Tensor) -> tuple[float, float]:
    x, y = values[0].float().cpu().tolist()
    return x, y
