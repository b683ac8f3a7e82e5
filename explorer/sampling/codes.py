"""Codes of an autoencoder without a window: images encoded, codes decoded, decodings written; for the command line and for Python."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from msgspec.structs import replace
from torch import Tensor

from explorer.checkpoints.files import Checkpoint
from explorer.diffusion.noise import shared_noise
from explorer.errors import BadInput
from explorer.exports.kinds import Drawn, Stored
from explorer.exports.pixels import as_uint8
from explorer.exports.sheet import Sheet
from explorer.latent.decoder import Decoder
from explorer.latent.elbo import elbo, gaussian_kl, reconstruction_error
from explorer.models.roles import LatentModel
from explorer.recipe import PlaneRecipe, Point, Recipe, Shown
from explorer.sampling.writing import MAX_SHEET_PIXELS

BLOCK = 256
DRAWS = 100
"""Of z, over which the log likelihood of a picture is a mean."""
SHEET_COLUMNS = 16


@dataclass(frozen=True, slots=True, eq=False)
class EncodedImage:
    """Where an autoencoder puts an image, and how well it explains it.

    Attributes
    ----------
    mean : ndarray, shape (code,), float32
    sigma : ndarray, shape (code,), float32, or None
        Of q(z|x); None where codes are points.
    reconstruction : ndarray, shape (C, H, W), float32
        Through the mean code, near [-1, 1].
    reconstruction_error : float
        (1/P) ||x - x_hat||^2, pixels in [0, 1].
    kl : float or None
        KL(q(z|x) || N(0, I)) in nats; None where codes are points.
    log_likelihood, elbo : float or None
        Mean over `DRAWS` draws of z, nats; None where nothing is said of p(x|z), or they were not asked for.
    """

    mean: np.ndarray
    sigma: np.ndarray | None
    reconstruction: np.ndarray
    reconstruction_error: float
    kl: float | None = None
    log_likelihood: float | None = None
    elbo: float | None = None


def autoencoder(checkpoint: Checkpoint, device: torch.device, needs: str = "this command needs a vae or an ae") -> LatentModel:
    """Network of a VAE or an AE, on the device (BadInput for another kind)."""
    if not isinstance(checkpoint.network, LatentModel):
        raise BadInput(f"{checkpoint.path}: is of kind {checkpoint.card.kind}; {needs}")
    checkpoint.network.to(device)
    return checkpoint.network


@torch.inference_mode()
def encoded(model: LatentModel, x: Tensor, seed: int, bounds: bool = True) -> EncodedImage:
    """An image encoded.

    Parameters
    ----------
    x : Tensor, shape (1, C, H, W)
        In [-1, 1], on the model's device.
    seed : int
        Of the draws of z.
    bounds : bool
        With the terms of the ELBO that take decodings of draws.
    """
    mean, log_variance = model.encode(x)
    reconstruction, error = _numpy(model.decode(mean))[0], float(reconstruction_error(model, x))
    if log_variance is None:
        return EncodedImage(_numpy(mean[0]), None, reconstruction, error)
    sigma = _numpy((0.5 * log_variance[0]).exp())
    if not model.config.likelihood or not bounds:
        return EncodedImage(_numpy(mean[0]), sigma, reconstruction, error, float(gaussian_kl(mean, log_variance)[0]))
    noise = shared_noise(seed, range(DRAWS), 0, (model.config.code,), x.device)
    terms = elbo(model, x.expand(DRAWS, *x.shape[1:]), noise)
    return EncodedImage(
        _numpy(mean[0]), sigma, reconstruction, error, float(terms.kl[0]), float(terms.log_likelihood.mean()), float(terms.value.mean())
    )


@torch.inference_mode()
def decoded(model: LatentModel, codes: np.ndarray) -> np.ndarray:
    """Mean images (M, C, H, W), float32, near [-1, 1], of codes (M, code) (BadInput if one is not finite)."""
    device = next(model.parameters()).device
    decode = Decoder(model)  # a few at a time where they are large
    parts = [decode(block.to(device)).float().cpu() for block in torch.from_numpy(codes).split(BLOCK)]
    pictures: np.ndarray = torch.cat(parts).numpy()
    if not np.isfinite(pictures).all():
        raise BadInput("a decoding is not finite: its code is too far out; choose one nearer the others")
    return pictures


def recipe_of_codes(codes: np.ndarray, base: PlaneRecipe) -> PlaneRecipe:
    """The recipe of codes (M, code) that are decoded as they are: points of the plane where a code has two numbers.

    Raises
    ------
    BadInput
        If they are not finite, or too many.
    """
    try:
        if codes.shape[1] == 2:
            return replace(base, points=tuple(Point(str(i + 1), float(x), float(y)) for i, (x, y) in enumerate(codes)))
        return replace(base, codes=tuple(tuple(map(float, code)) for code in codes))
    except ValueError as error:
        raise BadInput(f"{base.source}: {error}") from None


def write_decodings(
    out: Path, kind: Drawn | Stored, codes: np.ndarray, pictures: np.ndarray, recipe: Recipe, columns: int, scale: int | None = None
) -> None:
    """A sheet of decodings, or the arrays z (M, code) and x (M, C, H, W) (BadInput if it is too large or cannot be written)."""
    recipe = replace(recipe, shown=Shown(scale=scale or 0, columns=columns))
    if isinstance(kind, Stored):
        with kind.write(out, recipe) as archive:
            archive.put("z", codes)
            archive.put("x", pictures)
        return
    sheet = sheet_of(out, kind, pictures.shape[1:], len(codes), recipe, columns, scale)
    with kind.write(out, recipe, 0) as add:
        add(sheet.draw([as_uint8(pictures)]))


def sheet_of(
    out: Path, kind: Drawn | Stored, image_shape: tuple[int, ...], count: int, recipe: Recipe, columns: int, scale: int | None
) -> Sheet:
    """Layout of a picture of so many decodings (BadInput if it is too large; arrays have none to draw)."""
    channels, height, width = image_shape
    of_grid = recipe.plane is not None and recipe.plane.grid is not None
    sheet = Sheet(count, (channels, height, width), columns=columns, scale=scale, gap=0 if of_grid else 2)
    if isinstance(kind, Drawn) and sheet.size[0] * sheet.size[1] > MAX_SHEET_PIXELS:
        raise BadInput(f"{out}: too large a picture of {sheet.size[1]} x {sheet.size[0]}: ask for fewer decodings, or a lower scale")
    return sheet


def _numpy(tensor: Tensor) -> np.ndarray:
    values: np.ndarray = tensor.float().cpu().numpy()
    return values
