"""The ELBO page: reconstruction and the KL of each number of the code, of one image and over the test images."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from typing import Self

import numpy as np
import torch

from explorer.checkpoints.files import Checkpoint
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.engine.variational.subject import Subject, held_out, opened, subject
from explorer.engine.variational.terms_messages import ShowTerms, ShowTestTerms, ShowUnit, TermsShown, TestTermsShown, UnitShown
from explorer.errors import BadInput
from explorer.evaluation.elbo import IWAE_DRAWS, blocks
from explorer.latent.elbo import gaussian_kl_terms, log_likelihood, nats_by_pixel
from explorer.models.roles import LatentModel
from explorer.recipe.forward import ForwardImage
from explorer.recipe.variational import ElboRecipe
from explorer.variational.bound import bound, of_encoder
from explorer.variational.terms import spread, terms

DRAWS = 256
"""Of q, for the reconstruction of one image whose code has no quadrature."""
VALUES = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
"""What a number of the code is set to: nearly all that the prior makes of it."""
TOLD_EVERY = 10
"""Blocks of test images between two answers."""


class Measured:
    """Test terms of the models measured last, so that another image waits for none."""

    def __init__(self) -> None:
        self._found: dict[str, TestTermsShown] = {}

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Of this desk."""
        return cls()

    def get(self, sha256: str) -> TestTermsShown | None:
        """Those of a checkpoint."""
        return self._found.get(sha256)

    def keep(self, sha256: str, found: TestTermsShown) -> None:
        """The last four are kept."""
        self._found[sha256] = found
        while len(self._found) > 4:
            del self._found[next(iter(self._found))]


def show_terms(request: ShowTerms, desk: Desk) -> Steps:
    """Answer a ShowTerms.

    Raises
    ------
    BadInput
        If the model has no q(z|x), or there is no such image.
    """
    of = yield from _subject(request.recipe, request.image, desk.of(Models))
    mean, log_variance = of.model.encode(of.x)
    assert log_variance is not None
    said, error = _expected(of, mean, log_variance)
    yield None
    nats, most = _map(of, mean)
    shape = of.model.config.code_shape
    kl = _by_unit(gaussian_kl_terms(mean, log_variance).double().cpu().numpy(), shape, np.sum)[0]
    means = _by_unit(mean.double().cpu().numpy(), shape, np.mean)[0]
    sds = _by_unit((0.5 * log_variance).exp().double().cpu().numpy(), shape, np.mean)[0]
    again = of.model.decode(mean).float().cpu().numpy()
    yield TermsShown(
        of.name, read_only(grey_tiles(of.x.float().cpu().numpy())[0]), read_only(grey_tiles(again)[0]), nats, most, of.label, said, error,
        read_only(kl), read_only(means), read_only(sds),
    )  # fmt: skip


def show_unit(request: ShowUnit, desk: Desk) -> Steps:
    """Answer a ShowUnit (BadInput as `show_terms`)."""
    of = yield from _subject(request.recipe, request.image, desk.of(Models))
    shape = of.model.config.code_shape
    unit = min(request.unit, shape[0] - 1)
    codes = of.model.encode(of.x)[0].repeat(len(VALUES), 1).reshape(len(VALUES), shape[0], -1)
    codes[:, unit] = torch.tensor(VALUES, dtype=codes.dtype, device=codes.device)[:, None]
    images = of.model.decode(codes.reshape(len(VALUES), -1)).float().cpu().numpy()
    change = math.sqrt(float(np.square((images[-1] - images[0]) / 2).mean()))
    yield UnitShown(unit, read_only(np.array(VALUES)), read_only(grey_tiles(images)), change)


def show_test_terms(request: ShowTestTerms, desk: Desk) -> Steps:
    """Answer a ShowTestTerms, by the draws with which `evaluate --metric elbo` measures.

    Raises
    ------
    BadInput
        If there are no test images, or as of `show_terms`.
    """
    models, measured = desk.of(Models), desk.of(Measured)
    checkpoint = yield from _opened(request.recipe, models)
    model = checkpoint.network
    assert isinstance(model, LatentModel)
    known = measured.get(checkpoint.sha256)
    if known is not None:
        yield known
        return
    images = held_out(checkpoint).images
    if images.shape[1:] != model.config.image_shape:
        raise BadInput(f"{checkpoint.path}: takes images of another size than the test images of {checkpoint.card.data.name}")
    said, kl, means = [], [], []
    for x, noise in blocks(model, images, IWAE_DRAWS, 0):
        found = terms(model, x, noise[:, 0])
        said.append(found.log_likelihood)
        kl.append(_by_unit(found.kl, model.config.code_shape, np.sum))
        means.append(found.means)
        if len(said) % TOLD_EVERY == 0:
            yield _told(said, kl, means, len(images), model.config.code_shape, partial=True)
        else:
            yield None
    whole = _told(said, kl, means, len(images), model.config.code_shape)
    measured.keep(checkpoint.sha256, whole)
    yield whole


def _told(
    said: list[np.ndarray], kl: list[np.ndarray], means: list[np.ndarray], total: int, shape: tuple[int, ...], partial: bool = False
) -> TestTermsShown:
    likelihoods, kls = np.concatenate(said), np.concatenate(kl)
    elbos = likelihoods - kls.sum(1)
    error = float(elbos.std(ddof=1)) / math.sqrt(len(elbos)) if len(elbos) > 1 else math.nan
    spreads = _by_unit(spread(np.concatenate(means))[None], shape, np.mean)[0]
    each = read_only(elbos.astype(np.float32))
    return TestTermsShown(len(elbos), total, float(likelihoods.mean()), error, read_only(kls.mean(0)), read_only(spreads), each, partial)


def _opened(recipe: ElboRecipe, models: Models) -> Generator[None, None, Checkpoint]:
    checkpoint = yield from opened(recipe.source, recipe.told, models)
    assert isinstance(checkpoint.network, LatentModel)
    if not checkpoint.network.config.variational:
        raise BadInput(f"{checkpoint.path}: its codes are points, without a q(z|x): only a VAE has an ELBO")
    return checkpoint


def _subject(recipe: ElboRecipe, image: ForwardImage, models: Models) -> Generator[None, None, Subject]:
    checkpoint = yield from _opened(recipe, models)
    return subject(checkpoint, image, models.device)


def _expected(of: Subject, mean: torch.Tensor, log_variance: torch.Tensor) -> tuple[float, float]:
    """E_q[log p(x|z)] and its standard error: by quadrature over a plane, as for the posterior, else by draws, the same each time."""
    config = of.model.config
    if not config.likelihood:
        return math.nan, math.nan
    if config.code == 2:
        q = of_encoder(mean[0].double().cpu().numpy(), log_variance[0].double().cpu().numpy())
        return bound(of.model, of.x, q).log_likelihood, 0.0
    noise = torch.randn(DRAWS, config.code, generator=torch.Generator().manual_seed(0)).to(mean)
    values = log_likelihood(of.model, of.x.expand(DRAWS, -1, -1, -1), mean + (0.5 * log_variance).exp() * noise).double()
    return float(values.mean()), float(values.std()) / math.sqrt(DRAWS)


def _map(of: Subject, mean: torch.Tensor) -> tuple[np.ndarray, float]:
    """Nats of each pixel as brightness, and those of the brightest."""
    if not of.model.config.likelihood:
        return read_only(np.zeros((0, 0, 3), np.uint8)), math.nan
    nats = nats_by_pixel(of.model, of.x, mean).float().cpu().numpy()
    low, high = min(0.0, float(nats.min())), max(float(nats.max()), 1e-6)
    return read_only(grey_tiles((2 * (nats - low) / (high - low) - 1)[:, None].astype(np.float32))[0]), high


def _by_unit(values: np.ndarray, shape: tuple[int, ...], taken: Callable[..., np.ndarray]) -> np.ndarray:
    """Values (N, code) of each unit, (N, d): the numbers of a code themselves, of one that is an image what its channels come to."""
    if len(shape) == 1:
        return values
    return taken(values.reshape(len(values), shape[0], -1), axis=2)
